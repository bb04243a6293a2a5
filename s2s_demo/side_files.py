"""The files beside a model's weights, read as if a stranger had written them: bounded, of the right kinds, or one sentence.

A file may be cut short, be a folder, be unreadable or hold anything at all; whoever reads it here gets values of the kinds that the
page formats, or `Damaged`, or `UnknownFormat`, and nothing else is ever raised.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from s2s_demo.file_format import upgraded
from s2s_demo.prediction import UserError, quoted

DIGEST = "weights_sha256"
MOST_BYTES = 16 * 2**20
LARGEST = 1e15  # a number the page can format; JSON allows one of a thousand digits
COUNTS = ("step", "steps", "of_steps", "parameters", "batch", "held_out", "n")
NUMBERS = ("lr", "clip", "minutes", "threshold", "temperature", "auxiliary", "strange", "seconds", "grad_norm", "loss")
TEXTS = ("machine", "command", "measure", "name")
NAMES = ("task", "engine", "approach")
TABLES = ("model", "dev", "scores", "layers", "updates")
MEASURED = ("layers", "updates", "scores")
MAY_DIVERGE = ("loss", "grad_norm", *MEASURED)
_CELL = re.compile(r"\S{1,8} [1-9]\d? [1-9]\d?")


class Damaged(UserError):
    """A file beside a checkpoint is missing or does not hold what it should."""

    def __init__(self, path: Path) -> None:
        name = quoted(f"{path.parent.name}/{path.name}", 80)
        super().__init__(
            f"모델 파일 ‘{name}’이 없거나 손상되었습니다. 다른 엔진을 고르거나 다시 학습하세요.",
            f"The model file ‘{name}’ is missing or damaged: choose another engine or train it again.",
        )


def read_facts(path: Path) -> dict[str, Any]:
    """A JSON object such as config.json in today's form, its known fields of their kinds; fields that are not known are left as they are.

    Raises:
        UnknownFormat: it was written by a newer version.
        Damaged: it is anything else.
    """
    try:
        return _checked(upgraded(_object(_text(path)), f"{path.parent.name}/{path.name}"))
    except (OSError, ValueError, RecursionError) as e:
        raise Damaged(path) from e


def read_scores(path: Path) -> dict[str, Any]:
    """scores.json: every value a number but what names the model, "by_length" a table "sign a b" -> [right, asked], and "reliability"
    split -> rows of [answers, mean confidence, share that is right]; {} where there is none.

    Raises:
        Damaged: it is anything else.
    """
    if not path.exists() and not path.is_symlink():
        return {}
    scores = read_facts(path)
    cells, tables = scores.get("by_length", {}), scores.get("reliability", {})
    single = {k: v for k, v in scores.items() if k not in ("by_length", "reliability")}
    fine = all(isinstance(v, str) if k in NAMES else is_number(v) for k, v in single.items())
    fine &= isinstance(cells, dict) and all(map(_cell, cells.items()))
    if not fine or not isinstance(tables, dict) or not all(map(_table, tables.values())):
        raise Damaged(path)
    return scores


def read_rows(path: Path, *, there: bool = False) -> list[dict[str, Any]]:
    """history.jsonl: one object a line, each with its step; [] where there is no file, unless it should be `there`.

    Raises:
        Damaged: a line is anything else.
    """
    if not there and not path.exists() and not path.is_symlink():
        return []
    try:
        rows = [_checked(_object(line, diverged=True)) for line in _text(path).splitlines() if line]
        if not all("step" in row for row in rows):
            raise ValueError("a row without its step")
    except (OSError, ValueError, RecursionError) as e:
        raise Damaged(path) from e
    return rows


def sha256(path: Path) -> str:
    """The digest of a file, read a piece at a time."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(2**20):
            digest.update(piece)
    return digest.hexdigest()


def check_digest(weights: Path, facts: Mapping[str, Any]) -> None:
    """Compares the weights with the digest that stands in the facts beside them; without one there is nothing to compare.

    Raises:
        Damaged: they are not the bytes that were saved.
    """
    try:
        _regular(weights)
        same = DIGEST not in facts or sha256(weights) == facts[DIGEST]
    except OSError as e:
        raise Damaged(weights) from e
    if not same:
        raise Damaged(weights)


def with_digest(text: str, digest: str) -> str:
    """The text of a config.json with the digest of its weights as the last field, every other byte as it was.

    >>> print(with_digest(with_digest('{\\n "seed": 0\\n}\\n', "00"), "a5"), end="")
    {
     "seed": 0,
     "weights_sha256": "a5"
    }
    """
    body = re.sub(rf',\n "{DIGEST}": "[0-9a-f]*"(?=\n}}\n\Z)', "", text)
    if not body.endswith("\n}\n"):
        raise ValueError("expected an object indented by one space")
    return f'{body[:-3]},\n "{DIGEST}": "{digest}"\n}}\n'


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file with one JSON object a line; lines that are anything else, such as one cut short, are passed over."""
    try:
        lines = _text(path).splitlines()
    except (OSError, ValueError):
        return
    for line in lines:
        try:
            yield _checked(_object(line))
        except (ValueError, RecursionError):
            continue


def is_number(value: Any) -> bool:
    """Whether it is a finite number of a size that can be printed.

    >>> [is_number(v) for v in (1, 0.5, True, "1", None, float("nan"), 10**400)]
    [True, True, False, False, False, False, False]
    """
    return not isinstance(value, bool) and isinstance(value, int | float) and abs(value) < LARGEST


def _text(path: Path) -> str:
    """At most `MOST_BYTES` of a regular file."""
    _regular(path)
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise ValueError("too large")
    return data.decode("utf-8")


def _regular(path: Path) -> None:
    """A pipe in the place of a file would be waited for without end."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError("not a file")


def _object(text: str, *, diverged: bool = False) -> dict[str, Any]:
    """diverged: NaN and infinity are let through, as the rows of a training that went astray have them."""

    def refuse(name: str) -> float:
        raise ValueError(f"{name} is no number")

    found = json.loads(text, parse_constant=None if diverged else refuse)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    json.dumps(found, ensure_ascii=False).encode("utf-8")  # half a surrogate pair is valid JSON and no text
    return found


def _checked(data: dict[str, Any]) -> dict[str, Any]:
    for name, value in data.items():
        loose = name in MAY_DIVERGE
        if name in COUNTS:
            fine = isinstance(value, int) and is_number(value) and value >= 0
        elif name in NUMBERS:
            fine = _maybe(value) if loose else is_number(value)
        elif name in TEXTS or name == DIGEST:
            fine = isinstance(value, str) and len(value) <= 1000
        elif name in TABLES:
            fine = isinstance(value, dict) and (name not in MEASURED or all(map(_maybe, value.values())))
        else:
            fine = True
        if not fine:
            raise ValueError(f"{name}: {type(value).__name__}")
    return data


def _maybe(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value)) or is_number(value)


def _cell(item: tuple[str, Any]) -> bool:
    name, value = item
    pair = isinstance(value, list) and len(value) == 2 and all(is_number(v) and isinstance(v, int) for v in value)
    return bool(_CELL.fullmatch(name)) and pair and 0 <= value[0] <= value[1] > 0


def _table(rows: Any) -> bool:
    """At most 100 bins, each with a count and two shares."""
    if (
        not isinstance(rows, list)
        or len(rows) > 100
        or not all(isinstance(row, list) and len(row) == 3 for row in rows)
    ):
        return False
    return all(all(map(is_number, row)) and row[0] >= 0 and 0 <= row[1] <= 1 and 0 <= row[2] <= 1 for row in rows)
