"""How texts and times of one's own pairs are shown: cut short, and never as markup."""

from __future__ import annotations

import re
from itertools import groupby

from s2s_demo.codecs.numbers import looks_like_rows
from s2s_demo.prediction import quoted
from s2s_demo.ui.words import said

# All signs of ASCII but those that end or part a sentence; what could begin a block or an address: a blank or a number in front, a dot
# within a word.
MARKS = re.compile(r"""[!"#$&'()*+/:<=>@\[\\\]^_`{|}~-]|\A |(?<=\A[0-9])[.]|(?<=\A[0-9][0-9])[.]|[.](?=\S)""")
MOST_SHOWN, MOST_OF_ROWS, MOST_RUNS = 24, 48, 12


def duration(seconds: float, lang: str) -> str:
    """About how long: seconds up to two minutes, then minutes."""
    if seconds < 120:
        return said("own.seconds", lang, n=max(1, round(seconds)))
    return said("own.minutes", lang, n=round(seconds / 60))


def short(text: str) -> str:
    """A text cut short enough for a label; what cannot be seen, and might turn the line round, as "�"."""
    return quoted(text, MOST_SHOWN) if len(text) <= MOST_SHOWN else quoted(text, MOST_SHOWN - 1) + "…"


def cell(text: str) -> str:
    """A cell: short enough for a table; of rows of numbers so little that the column of y is still seen."""
    if len(text) > MOST_OF_ROWS and looks_like_rows(text):
        return text[: MOST_OF_ROWS - 1] + "…"
    return text if len(text) <= 200 else text[:199] + "…"


def escape_markdown(text: str) -> str:
    """A visitor's text as Markdown shows it: nothing in it is markup, a link or a formula, and it stays on one line.

    A sign becomes a reference to itself, which Markdown shows and never reads: a backslash would not hold back an address.
    """
    seen = "".join(c if c.isprintable() else " " if c.isspace() else "\ufffd" for c in text)
    return MARKS.sub(lambda sign: f"&#{ord(sign[0])};", seen)


def run_lengths(y: str) -> str:
    """Equal labels in a row as one: "rest ×12 · lift ×3"."""
    found = [(label, len(list(same))) for label, same in groupby(y.split())]
    told = [f"{label} ×{count}" if count > 1 else label for label, count in found[:MOST_RUNS]]
    return " · ".join(told) + (" · …" if len(found) > MOST_RUNS else "")
