"""A task from a table of two columns: x, a tab, y, one pair a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from s2s_demo.prediction import UserError
from s2s_demo.task import Pair, Shape, Task, read_text


def from_tsv(table: str | Path, *, name: str, shape: Shape, by: str = "char", **more: Any) -> Task:
    """A task from the rows of a table. A tenth of them is held out, in turn for dev and test; which, follows from their text.

    Args:
        table: the text of the table, or the file it stands in (UTF-8).
        name: of the task.
        shape: how many outputs an x has.
        by: what a step is, "char", "jamo", "word" or "subword"; a label (N21) is a word.
        more: other fields of `Task`. By default the examples are held-out xs, and the truth is what the table says.

    Raises:
        UserError: the file cannot be read, a row has no tab, or the pairs do not fit the shape.
    """
    pairs = list(_rows(_text(table)))
    made = Task.from_pairs(pairs, shape=shape, name=name, by=by)
    held = list(made.pairs("test", 0))
    splits = {"dev": held[::2], "test": held[1::2] or held}
    known = dict(pairs)

    def split_of(split: str, seed: int) -> Iterator[Pair]:
        return made.pairs("train", seed) if split == "train" else iter(splits[split])

    fields = {"read": read_text, "truth": known.get, "examples": tuple(dict.fromkeys(x for x, _ in held[:6])), **more}
    return replace(made, pairs=split_of, **fields)


def _text(table: str | Path) -> str:
    if isinstance(table, str):
        return table
    try:
        return table.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(
            f"‘{table.name}’ 파일을 UTF-8로 읽을 수 없습니다.", f"The file ‘{table.name}’ cannot be read as UTF-8."
        ) from e


def _rows(text: str) -> Iterator[Pair]:
    for number, line in enumerate(text.splitlines(), 1):
        x, tab, y = line.partition("\t")
        if line.strip() and not tab:
            raise UserError(f"{number}번째 줄에 탭이 없습니다.", f"Row {number} has no tab between x and y.")
        if tab:
            yield read_text(x) if x.strip() else "", y.strip()
