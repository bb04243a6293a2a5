"""A fault for the log: what kind it is and where it happened, never what was in it.

The message of an exception often quotes the value that caused it, and here that is a visitor's text, so it stays out of the log, as do
the messages of all that led to it.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

FRAMES = 4


def brief(error: BaseException) -> str:
    """One line: "KeyError at tables.py:40 in row < answering.py:12 in view, from ValueError at ..."."""
    return ", from ".join(map(_line, _chain(error)))


def place_of(error: BaseException) -> str:
    """A whole traceback with types, files, lines and our own code."""
    parts = []
    for link in _chain(error):
        frames = traceback.StackSummary.from_list(traceback.extract_tb(link.__traceback__))
        parts.append("".join([*frames.format(), f"{type(link).__module__}.{type(link).__qualname__}\n"]))
    return "\n".join(reversed(parts))


def _line(error: BaseException) -> str:
    frames = reversed(traceback.extract_tb(error.__traceback__)[-FRAMES:])
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames)
    return f"{type(error).__name__} at {places or 'no place'}"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, each once, as a traceback shows them."""
    link, seen = error, set[int]()
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
