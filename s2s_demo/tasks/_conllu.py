"""Reading .conllu: one word a row in ten columns, sentences parted by an empty row (universaldependencies.org/format)."""

from __future__ import annotations

import re

import conllu

from s2s_demo.prediction import UserError, quoted
from s2s_demo.task import Pair

UPOS = [
    "ADJ",
    "ADP",
    "ADV",
    "AUX",
    "CCONJ",
    "DET",
    "INTJ",
    "NOUN",
    "NUM",
    "PART",
    "PRON",
    "PROPN",
    "PUNCT",
    "SCONJ",
    "SYM",
    "VERB",
    "X",
]
MOST_ROWS = 2_000_000
# A number without end is none of a word, and Python refuses to read one of thousands of digits.
NUMBER, HEAD = re.compile(r"[0-9]{1,9}([-.][0-9]{1,9})?"), re.compile(r"[0-9]+|_")
AS_IS = {name: lambda row, i: row[i] for name in ("feats", "head", "deps", "misc", "xpos")}


def sentences(text: str) -> list[Pair]:
    """(words between spaces, their tags between spaces) of every sentence; a space inside a word becomes "_".

    A tag is "UPOS/XPOS", the treebank's own finer tag behind the universal one.

    Raises:
        UserError: a row is broken; the sentence names it.
    """
    _check(text)
    pairs = []
    for sentence in conllu.parse(text, field_parsers=AS_IS):
        words = [token for token in sentence if isinstance(token["id"], int)]
        if words:
            forms = [token["form"].replace(" ", "_") for token in words]
            pairs.append(
                (" ".join(forms), " ".join(f"{t['upos']}/{t['xpos'] or '_'}".replace(" ", "_") for t in words))
            )
    if not pairs:
        raise UserError("문장이 하나도 없는 .conllu입니다.", "This .conllu holds no sentence.")
    return pairs


def is_conllu(text: str) -> bool:
    """Whether a pasted text is .conllu: a row with a number, a tab and a word."""
    return any(row.split("\t")[0].isdigit() and row.count("\t") >= 3 for row in text.splitlines())


def _check(text: str) -> None:
    for number, row in enumerate(text.splitlines(), 1):
        if not row.strip() or row.startswith("#"):
            continue
        cells = row.split("\t")
        right = len(cells) == 10 and cells[1] and NUMBER.fullmatch(cells[0]) and HEAD.fullmatch(cells[6])
        if not right or number > MOST_ROWS:
            raise UserError(
                f"{number}번째 줄이 .conllu 형식이 아닙니다: 탭으로 나눈 열 칸이어야 합니다.",
                f"Row {number} is not .conllu: it needs ten cells between tabs, a number and a word first.",
            )
        if cells[0].isdigit() and cells[3] not in UPOS:
            raise UserError(
                f"{number}번째 줄의 품사 ‘{quoted(cells[3])}’는 UPOS가 아닙니다.",
                f"Row {number}: ‘{quoted(cells[3])}’ is not a UPOS tag.",
            )
