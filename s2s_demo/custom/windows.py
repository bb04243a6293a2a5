"""A table in which a row is a step: columns of numbers are x, a column of labels is y, another may say whose step it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import isnan, nan

from s2s_demo.codecs.numbers import HUGE
from s2s_demo.custom.plan import MOST_WHOLE, Pair, Plan, plural
from s2s_demo.custom.reading.table import Table
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import Shape

ENOUGH, LEAST, MOST = 10, 8, 64
"""So many sequences are kept whole; fewer are cut into windows, of so many steps at least and at most."""


@dataclass(frozen=True)
class SeriesColumns:
    """Which columns of a table are what. numbers: of x. label: of y. sequence: the name of a row's sequence (-1: there is none).

    left: columns that are none of these, and why is told.
    """

    numbers: tuple[int, ...]
    label: int
    sequence: int = -1
    left: tuple[str, ...] = field(default=(), compare=False)


def parse_number(cell: str) -> float:
    """What a cell says, a decimal comma read as a point; NaN for one that is empty, no number or beyond all measure."""
    try:
        value = float(cell.replace(",", ".") if "." not in cell else cell)
    except ValueError:
        return nan
    return value if abs(value) <= HUGE else nan


def series_to_pairs(table: Table, steps: SeriesColumns, shape: Shape | None = None) -> tuple[list[Pair], Plan]:
    """A pair for each sequence, or for each window of a long one: x "name [1-64]: 0.5 2 ; …", y a label a step, or one for all (N21).

    shape: N2N or N21; None: N21 where no sequence has two labels and there are several. Rows without a label are left out.

    Raises:
        UserError: the columns do not fit the table, there are no such pairs, or labels change within a sequence (N21).
    """
    _check_columns(table, steps)
    parts = {name: rows for name, rows in _sequences(table, steps).items() if rows}
    if not parts:
        raise UserError(
            "라벨이 있는 줄이 없습니다. 다른 라벨 열을 골라 주세요.",
            "No row has a label: choose another column of labels.",
        )
    one = len(parts) > 1 and all(len({_label(table, steps, i) for i in rows}) == 1 for rows in parts.values())
    shape = shape or (Shape.N21 if one else Shape.N2N)
    if shape not in (Shape.N2N, Shape.N21) or (shape is Shape.N21 and not one):
        raise UserError(
            "한 시퀀스 안에서 라벨이 바뀝니다. N2N을 고르거나 시퀀스 열을 골라 주세요."
            if shape is Shape.N21
            else "줄마다 라벨이 있는 표는 N2N이나 N21로 배웁니다.",
            "The label changes within a sequence: choose N2N, or a column that names sequences."
            if shape is Shape.N21
            else "A table with a label a row is learned as N2N or N21.",
        )
    most = window_length(list(map(len, parts.values())))
    pairs = []
    for name, rows in parts.items():
        for at in range(0, len(rows), most):
            some = rows[at : at + most]
            part = f"{name} [{at + 1}-{at + len(some)}]" if len(rows) > most else name
            labels = [_label(table, steps, i) for i in some]
            x = " ; ".join(_row_text(table, steps, i) for i in some)
            pairs.append((f"{part}: {x}", " ".join(labels[:1] if shape is Shape.N21 else labels)))
    names = tuple(table.header[i] for i in steps.numbers)
    return pairs, Plan(shape, "numbers", "word", _reason(table, steps, shape, len(parts)), names)


def window_length(lengths: list[int]) -> int:
    """Window length in steps: whole sequences, or where they are few or long, chosen to yield at least about 40 windows."""
    if len(lengths) >= ENOUGH and max(lengths) <= MOST_WHOLE:
        return MOST_WHOLE
    return min(MOST, max(LEAST, sum(lengths) // 40))


def series_notes(table: Table, steps: SeriesColumns, pairs: list[Pair]) -> list[Words]:
    """What was left out, cut, or taken for missing, one sentence each."""
    said, names = [], [table.header[i] for i in steps.numbers]
    if steps.left:
        shown = quoted(", ".join(steps.left[:8]), 80)
        said.append(
            Words(
                f"x에 넣지 않은 열(줄 번호, 시각, 변하지 않는 값, 글): {shown}",
                f"Columns left out of x (they count rows, tell the time, never change or hold words): {shown}",
            )
        )
    count = sum(isnan(parse_number(row[i])) for row in table.rows for i in steps.numbers)
    if count:
        said.append(
            Words(
                f"비었거나 숫자가 아닌 칸 {count:,}개는 그 열의 평균으로 읽습니다.",
                f"Cells that are empty or no number: {count:,}; they are read as the mean of their column.",
            )
        )
    parts = {name: len(rows) for name, rows in _sequences(table, steps).items() if rows}
    most = window_length(list(parts.values()))
    if max(parts.values()) > most:
        said.append(
            Words(
                f"긴 시퀀스를 {most}단계씩 잘라 {len(pairs):,}쌍을 만들었습니다. 채점용은 창이 아니라 시퀀스째 따로 둡니다."
                if len(parts) > 1
                else f"시퀀스를 나누는 열이 없어, 긴 시퀀스 하나를 {most}단계씩 자른 {len(pairs):,}쌍입니다. 마지막 1/10을 채점용으로 둡니다.",
                f"Long sequences are cut into windows of {most} steps: {len(pairs):,} pairs. Whole sequences are held out, not windows."
                if len(parts) > 1
                else f"Nothing names sequences: it is one long sequence, cut into {len(pairs):,} windows of {most} steps. The last tenth is held out.",
            )
        )
    said.append(Words(f"x의 숫자 {len(names)}개: {_list(names)}", f"Numbers of x ({len(names)}): {_list(names)}"))
    return said


def _sequences(table: Table, steps: SeriesColumns) -> dict[str, list[int]]:
    """The rows of each sequence that have a label, by its name: from its column, else from blank lines, else all are one."""
    found: dict[str, list[int]] = {}
    at, breaks = 1, set(table.breaks)
    for i, row in enumerate(table.rows):
        at += i in breaks
        raw = row[steps.sequence].strip() or "?" if steps.sequence >= 0 else str(at)
        name = quoted(" ".join(raw.replace(":", "·").split()), 40)
        if row[steps.label].strip():
            found.setdefault(name, []).append(i)
    return found


def _label(table: Table, steps: SeriesColumns, row: int) -> str:
    return "_".join(table.rows[row][steps.label].split())


def _row_text(table: Table, steps: SeriesColumns, row: int) -> str:
    values = (parse_number(table.rows[row][i]) for i in steps.numbers)
    return " ".join("?" if isnan(value) else f"{value:.7g}" for value in values)


def _check_columns(table: Table, steps: SeriesColumns) -> None:
    every = [*steps.numbers, steps.label, *([steps.sequence] if steps.sequence >= 0 else [])]
    if not steps.numbers or len(set(every)) < len(every) or not set(every) <= set(range(len(table.header))):
        raise UserError(
            "숫자 열 하나 이상과, 그와 다른 라벨 열, 시퀀스 열을 골라 주세요.",
            "Choose one or more columns of numbers, and other columns for labels and for sequences.",
        )
    for i in steps.numbers:
        if all(isnan(parse_number(row[i])) for row in table.rows):
            name = quoted(table.header[i])
            raise UserError(f"‘{name}’ 열에는 숫자가 없습니다.", f"Column ‘{name}’ holds no number.")


def _reason(table: Table, steps: SeriesColumns, shape: Shape, sequences: int) -> Words:
    label, n = quoted(table.header[steps.label]), len({row[steps.label].strip() for row in table.rows} - {""})
    if steps.sequence >= 0:
        name = quoted(table.header[steps.sequence])
        ko, en = (
            f"‘{name}’ 열이 시퀀스 {sequences:,}개를 가리킵니다",
            f"‘{name}’ names {plural(sequences, 'sequence')}",
        )
    elif table.breaks:
        ko, en = f"빈 줄이 시퀀스 {sequences:,}개를 나눕니다", f"blank lines part {plural(sequences, 'sequence')}"
    else:
        ko, en = "시퀀스를 나누는 열이 없습니다", "nothing names sequences"
    end = (
        Words("한 시퀀스의 라벨은 하나입니다: N21", "a sequence has one label: N21")
        if shape is Shape.N21
        else Words("한 줄이 한 단계입니다: N2N", "a row is a step: N2N")
    )
    return Words(
        f"{len(steps.numbers)}개 열이 숫자이고, ‘{label}’의 값은 {n}가지이며, {ko}. {end.ko}.",
        f"{plural(len(steps.numbers), 'column')} of numbers, ‘{label}’ has {plural(n, 'different value')}, {en}: {end.en}.",
    )


def _list(names: Iterable[str]) -> str:
    return quoted(", ".join(names), 200)
