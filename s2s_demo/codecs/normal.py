"""One way to write each character, for every text that a visitor types: letters in other widths and fonts become the plain ones.

Unicode's NFKC (Standard Annex 15) does that too, and more than a reader of text may: ㅋㅋ would become the beginnings of syllables that
never end, x² the other number x2, and "…", a word of its own in treebanks, three words.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from s2s_demo.text import normalised

OTHER_MEANING = ("<super>", "<sub>", "<fraction>")
DOTS = "․‥…"
CONJOINING = range(0x1100, 0x1200)


def normal(text: str) -> str:
    """The text with full-width and half-width forms, letters in other fonts, in circles and in ligatures as the plain characters, and
    composed (NFC).

    >>> normal("ｗｈａｔ ｉｓ　ﬁｎｅ？ ㅋㅋ x² …")
    'what is fine? ㅋㅋ x² …'
    """
    return text if text.isascii() else normalised("NFC", "".join(map(_plain, text)))


@lru_cache(maxsize=10_000)
def _plain(c: str) -> str:
    kind, *points = unicodedata.decomposition(c).split(" ")
    if not kind.startswith("<") or kind in OTHER_MEANING or c in DOTS:
        return c
    if kind == "<narrow>":  # the half of ㄱ is ㄱ, one step of NFKC, and not the beginning of a syllable
        return "".join(chr(int(point, 16)) for point in points)
    plain = unicodedata.normalize("NFKC", c)
    if any(ord(one) in CONJOINING for one in plain) or (plain[0] == " " and len(plain) > 1):
        return c  # a letter of Hangul that stands alone; an accent that stands alone
    return plain
