"""Numbers: one step a row of numbers, written as text, so that a row of a table, of a sound or of a sensor can be a step."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite, nan
from typing import Any

import torch
from torch import Tensor

from s2s_demo.prediction import UserError, quoted

MOST_COLUMNS, MOST_KEPT = 128, 2_000_000
FARTHEST = 8.0
"""In standard deviations: what lies farther out is read as this far, so that one wild cell cannot drown its row."""
HUGE = 1e30
"""Beyond it a number is taken for a fault: mean and standard deviation are those of the others."""
CONSTANT = 1e-9
MISSING = frozenset(("?", "-", "na", "n/a", "null", "none"))
PART = re.compile(r" \[\d+-\d+\]$")
ROWS = re.compile(r"[-+\d.eE?\s;]+")


def named(raw: str) -> tuple[str, str]:
    """(name, rows): "a1 [1-64]: 0.5 2 ; 0.6 2" -> ("a1 [1-64]", " 0.5 2 ; 0.6 2"); the name is "" where none is given."""
    name, _, rows = raw.rpartition(":")
    return name.strip(), rows


def sequence_of(raw: str) -> str:
    """The name of the whole sequence that these rows are a part of; the rows themselves where they have no name."""
    name, rows = named(raw)
    return PART.sub("", name) or rows


def rows_of(raw: str) -> list[str]:
    """The rows that are not blank, as text."""
    return [row for row in named(raw)[1].replace("\n", ";").split(";") if row.strip()]


def looks_like_rows(raw: str) -> bool:
    """Whether the text is rows of numbers, two of them or more, or one after a name."""
    name, rows = named(raw)
    return (";" in rows or bool(name)) and ROWS.fullmatch(rows) is not None and any(c.isdigit() for c in rows)


@dataclass(frozen=True)
class Numbers:
    """Rows between ";" or new lines, the numbers of a row between spaces or commas; a name and ":" may stand before them.

    Each column is z-scored by `mean` and `spread`, its standard deviation, both of the training pairs alone, and held within ±8.
    A column that never changed there (spread 0) and a missing cell ("?", "nan") are read as 0, the mean.
    columns: their names. made: what makes such rows of a file ("": they are given as numbers). rate: steps a second, 0 if no time.

    >>> Numbers(("a", "b"), (1.0, 0.0), (2.0, 0.0)).encode("5 7 ; ? 7").tolist()
    [[2.0, 0.0], [0.0, 0.0]]
    """

    columns: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    made: str = ""
    rate: float = 0.0
    _kept: dict[str, Tensor] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Numbers a step, F."""
        return len(self.columns)

    def encode(self, raw: str) -> Tensor:
        """(T, F) floats.

        Raises:
            UserError: a cell is no number, or a row has another number of them; the sentence names the row.
        """
        if raw not in self._kept:
            x_TF = self._scored(parse_table(raw, self.size))
            # Training asks for the same pairs again and again; a page that answers has a codec of its own a time.
            if (len(self._kept) + 1) * max(1, x_TF.numel()) > MOST_KEPT:
                return x_TF
            self._kept[raw] = x_TF
        return self._kept[raw]

    def _scored(self, value_TF: Tensor) -> Tensor:
        mean_F, spread_F = (torch.tensor(one, dtype=torch.float64) for one in (self.mean, self.std))
        z_TF = (value_TF - mean_F) / torch.where(spread_F > 0, spread_F, torch.inf)
        return z_TF.nan_to_num(0.0, FARTHEST, -FARTHEST).clamp(-FARTHEST, FARTHEST).float()

    def decode(self, symbols: list[int]) -> str:
        """Nothing: no answer is written in numbers."""
        return ""

    def tokens(self, raw: str) -> list[str]:
        """T names: times such as "0.25 s" where the steps are moments, else numbers from 1."""
        steps = range(len(rows_of(raw)))
        return [f"{t / self.rate:.2f} s" for t in steps] if self.rate else [str(t + 1) for t in steps]

    def names(self, symbols: list[int]) -> list[str]:
        """Numbers."""
        return [str(i) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "numbers"."""
        facts = {"columns": list(self.columns), "mean": list(self.mean), "spread": list(self.std)}
        return {"kind": "numbers", **facts, "made": self.made, "rate": self.rate}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Numbers:
        """The codec that `to_json` described.

        Raises:
            ValueError: there are no columns or too many, or their means and spreads do not fit them.
        """
        columns = tuple(map(str, data["columns"]))
        mean, spread = (tuple(map(float, data[key])) for key in ("mean", "spread"))
        fits = 1 <= len(columns) == len(mean) == len(spread) <= MOST_COLUMNS
        rate = float(data["rate"])
        if not fits or not all(map(isfinite, (*mean, *spread, rate))) or min(*spread, rate) < 0:
            raise ValueError("numbers: expected a finite mean and a spread for each of its columns")
        return cls(columns, mean, spread, str(data["made"]), rate)

    @classmethod
    def of(cls, xs: Iterable[str], columns: Sequence[str] = (), made: str = "", rate: float = 0.0) -> Numbers:
        """The codec of these training xs, whose commonest width is the number of columns; rows of another width are passed over.

        Raises:
            UserError: no x has a row of numbers, the rows are too wide, or there are not as many names as columns.
        """
        xs = list(xs)
        width = width_of(xs)
        if not 1 <= width <= MOST_COLUMNS:
            raise UserError(
                f"한 단계가 숫자 {width}개입니다. 1개에서 {MOST_COLUMNS}개까지 읽습니다.",
                f"A step is {width} numbers: from 1 to {MOST_COLUMNS} are read.",
            )
        if columns and len(columns) != width:
            raise UserError(
                f"열 이름은 {len(columns)}개인데 한 단계의 숫자는 {width}개입니다.",
                f"{len(columns)} names of columns, but {width} numbers a step.",
            )
        names = tuple(columns) or tuple(str(i + 1) for i in range(width))
        read = [one for x in xs if (one := parsed_or_none(x, width)) is not None]
        if not read:
            raise UserError(
                "x에 숫자로 된 줄이 없습니다. x를 글자나 단어로 나누세요.",
                "No x is rows of numbers: cut x into characters or words.",
            )
        value_NF = torch.cat(read)
        mean, spread = [], []
        for column_N in value_NF.T:
            there_N = column_N[column_N.abs() <= HUGE]  # false for what is missing as well
            middle = float(there_N.mean()) if len(there_N) else 0.0
            wide = float((there_N - middle).square().mean().sqrt()) if len(there_N) else 0.0
            mean.append(middle)
            spread.append(wide if wide > CONSTANT * max(abs(middle), CONSTANT) else 0.0)
        return cls(names, tuple(mean), tuple(spread), made, rate)


def width_of(xs: Iterable[str], most: int = 10_000) -> int:
    """The commonest number of numbers a row, 0 where there is no row; looked at in so many xs."""
    widths = Counter(len(_cells(row)) for x in islice(xs, most) for row in rows_of(x)[:64])
    return max(widths, key=lambda width: widths[width], default=0)


def parse_table(raw: str, width: int) -> Tensor:
    """(T, F) float64 as written, NaN for what is missing.

    Raises:
        UserError: a cell is no number, or a row is not `width` numbers.
    """
    rows = [_row(row, number, width) for number, row in enumerate(rows_of(raw), 1)]
    return torch.tensor(rows, dtype=torch.float64).view(len(rows), width)


def parsed_or_none(raw: str, width: int) -> Tensor | None:
    """`table_of`, or None where it cannot be read."""
    try:
        return parse_table(raw, width)
    except UserError:
        return None


def _cells(row: str) -> list[str]:
    return row.replace(",", " ").split()


def _row(row: str, number: int, width: int) -> list[float]:
    cells = _cells(row)
    if len(cells) != width:
        raise UserError(
            f"{number}번째 단계의 숫자가 {len(cells)}개입니다. 이 모델은 한 단계에 {width}개를 읽습니다.",
            f"Step {number} has {len(cells)} numbers: this model reads {width} a step.",
        )
    try:
        return list(map(float, cells))
    except ValueError:
        return [_number(cell, number) for cell in cells]


def _number(cell: str, number: int) -> float:
    try:
        return nan if cell.lower() in MISSING else float(cell)
    except ValueError as e:
        raise UserError(
            f"{number}번째 단계의 ‘{quoted(cell, 20)}’은(는) 숫자가 아닙니다. 단계는 ‘;’로, 숫자는 띄어쓰기로 나눠 주세요.",
            f"Step {number}: ‘{quoted(cell, 20)}’ is no number. Part steps by “;” and numbers by spaces.",
        ) from e
