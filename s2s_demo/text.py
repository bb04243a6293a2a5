"""Text of people as our code takes it: made whole first, and put into a Unicode normal form within bounds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import takewhile
from typing import Literal

MOST_MARKS = 30
"""Combining marks on one letter, as in Unicode's stream-safe text (UAX #15); the marks of real writing are far fewer."""
NO_TEXT = re.compile("[\0\ud800-\udfff]")
# Starters that decompose into marks alone, so that a run of them is a run of marks after all.
HIDDEN_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f"
FIRST_MARK, LAST_MARK = 0x300, 0x1F000


def whole(text: str) -> str:
    """The text without what no text may hold, each such character as "�": halves of characters, which JSON can name but nothing
    can write, and NUL."""
    return NO_TEXT.sub("\ufffd", text) if NO_TEXT.search(text) else text


def normalised(form: Literal["NFC", "NFD", "NFKC"], text: str) -> str:
    """The text in a normal form, without the marks that stand on one letter beyond `MOST_MARKS`.

    Python sorts the marks of a letter by insertion: twenty thousand of them cost a quarter of a second.
    """
    if text.isascii():
        return text
    if len(text) > MOST_MARKS and _has_many_marks(text):
        text = _many_marks().sub(lambda run: run[0][:MOST_MARKS], text)
    return unicodedata.normalize(form, text)


def _has_many_marks(text: str) -> bool:
    """Looks at every 31st character: a run of marks that is too long has one there, and nearly all text is done with at that."""
    every = MOST_MARKS + 1
    for i, c in enumerate(text[MOST_MARKS::every]):
        if unicodedata.combining(c) or c in HIDDEN_MARKS:
            at = MOST_MARKS + i * every
            before = _marks_at_start(reversed(text[max(0, at - every) : at]))
            if before + _marks_at_start(text[at : at + every]) > MOST_MARKS:
                return True
    return False


def _marks_at_start(some: Iterable[str]) -> int:
    return sum(1 for _ in takewhile(lambda c: unicodedata.combining(c) or c in HIDDEN_MARKS, some))


@cache
def _many_marks() -> re.Pattern[str]:
    marks = "".join(c for c in map(chr, range(FIRST_MARK, LAST_MARK)) if unicodedata.combining(c)) + HIDDEN_MARKS
    return re.compile(f"[{marks}]{{{MOST_MARKS + 1},}}")
