"""A fault for the log: what kind it is and where it happened, never what was in it.

The message of an exception often quotes the value that caused it, and here that is a visitor's text, so it stays out of the log, as do
the messages of all that led to it.
"""

from __future__ import annotations

import traceback


def place_of(error: BaseException) -> str:
    """A traceback with types, files, lines and our own code, but no message."""
    parts, seen = [], set[int]()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        frames = traceback.StackSummary.from_list(traceback.extract_tb(link.__traceback__))
        parts.append("".join([*frames.format(), f"{type(link).__module__}.{type(link).__qualname__}\n"]))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\n".join(reversed(parts))
