"""A fault as one line of the log: what kind and where, and nothing that a visitor wrote."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

FRAMES = 4


def brief(error: BaseException) -> str:
    """ "KeyError at tables.py:40 in row < answering.py:12 in view": messages may hold a visitor's text, so they stay out."""
    frames = reversed(extract_tb(error.__traceback__)[-FRAMES:])
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} in {frame.name}" for frame in frames)
    cause = f", from {brief(error.__cause__)}" if error.__cause__ is not None else ""
    return f"{type(error).__name__} at {places or 'no place'}{cause}"
