"""Whether a row of a table is a step of a sequence, and which of its columns are numbers, labels and the sequence's name."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

from s2s_demo.custom.reading.columns import Y_NAMES
from s2s_demo.custom.reading.table import Table
from s2s_demo.custom.windows import SeriesColumns, parse_number
from s2s_demo.prediction import UserError

CALLED_LABELS = "phase activity state event gesture behavior behaviour mode action 단계 상태 행동 동작 활동"
CALLED_SEQUENCES = (
    "sequence sequence_id seq seq_id series series_id id name file filename video recording session trial subject user run episode "
    "patient clip group 시퀀스 번호 이름 파일 영상 녹화 회차 피험자 사용자"
)
CALLED_TIMES = (
    "time timestamp t ms s sec seconds datetime date frame step index idx no row 시간 시각 날짜 프레임 순서 번호"
)
LABELS = frozenset([*Y_NAMES, *CALLED_LABELS.split()])
SEQUENCES, TIMES = frozenset(CALLED_SEQUENCES.split()), frozenset(CALLED_TIMES.split())
FEWEST_ROWS, MOST_LABELS, SAMPLE = 12, 50, 2000
MOSTLY, ALONE = 0.9, 0.5


def guess_series_columns(table: Table) -> SeriesColumns | None:
    """The columns, if a row seems to be a step: two columns of numbers or more (or one, where sequences are parted), one of few labels
    that come again, perhaps one of names, and no column of texts. None if a row seems to be a pair."""
    columns = [[row[i].strip() for row in table.rows] for i in range(len(table.header))]
    numeric = [i for i, cells in enumerate(columns) if _numeric(cells)]
    if len(table.rows) < FEWEST_ROWS or not numeric:
        return None
    label = _label_of(table, columns, numeric)
    if label < 0:
        return None
    sequence = _sequence_of(table, columns, numeric, label)
    rest = [i for i in range(len(columns)) if i not in (label, sequence)]
    if any(i not in numeric and len(set(columns[i])) > ALONE * len(table.rows) for i in rest):
        return None  # a column of texts: each row is a pair with something beside it
    same = _blocks(columns[sequence]) if sequence >= 0 else [0, *table.breaks, len(table.rows)]
    kept = [
        i for i in rest if i in numeric and not _counts(table.header[i], columns[i], same) and len(set(columns[i])) > 1
    ]
    if len(kept) < (1 if sequence >= 0 or table.breaks else 2):
        return None
    return SeriesColumns(tuple(kept), label, sequence, tuple(table.header[i] for i in rest if i not in kept))


def _numeric(cells: list[str]) -> bool:
    """Whether nearly all cells that say anything are numbers, looked at in some of them, evenly spread."""
    there = [cell for cell in cells[:: max(1, len(cells) // SAMPLE)] if cell]
    return bool(there) and sum(not isnan(parse_number(cell)) for cell in there) >= MOSTLY * len(there)


def _label_of(table: Table, columns: list[list[str]], numeric: list[int]) -> int:
    """The column of few values that come again: by its name, else the last one of words; -1 for none. Numbers need the name."""
    n = len(table.rows)
    few = [i for i, cells in enumerate(columns) if 1 < len(set(cells) - {""}) <= min(MOST_LABELS, n // 4)]
    called = [i for i in few if table.header[i].casefold() in LABELS]
    worded = [i for i in few if i not in numeric]
    others = [i for i in worded if table.header[i].casefold() not in SEQUENCES]
    return next((i for i in [*reversed(called), *reversed(others), *reversed(worded)]), -1)


def _sequence_of(table: Table, columns: list[list[str]], numeric: list[int], label: int) -> int:
    """The column that says whose step a row is: one whose name says so, else one of words whose equal values stand together."""
    for i, cells in enumerate(columns):
        called = table.header[i].casefold() in SEQUENCES
        values = len(set(cells))
        if i != label and called and 2 <= values <= len(cells) // 2:
            return i
    for i, cells in enumerate(columns):
        values = len(set(cells))
        if i != label and i not in numeric and 2 <= values <= len(cells) // 2 and len(_blocks(cells)) == values + 1:
            return i
    return -1


def _blocks(cells: list[str]) -> list[int]:
    """Where a value begins that is another than the one before, and the end of all."""
    return [0, *(i for i, (a, b) in enumerate(pairwise(cells), 1) if a != b), len(cells)]


def _counts(name: str, cells: list[str], blocks: list[int]) -> bool:
    """Whether the column counts rows, or is called a time and rises within each sequence."""
    values = [parse_number(cell) for cell in cells]
    steps = [b - a for at, end in pairwise(blocks) for a, b in pairwise(values[at:end])]
    called = any(part in TIMES for part in name.casefold().replace("_", " ").split()) or name.casefold() in TIMES
    return bool(steps) and (set(steps) == {1.0} or (called and all(step > 0 for step in steps)))


def default_series_columns(table: Table) -> SeriesColumns:
    """The columns where a person says that a row is a step: all numbers but the label, which is the last column of few values or of words.

    Raises:
        UserError: there are no numbers beside the label.
    """
    columns = [[row[i].strip() for row in table.rows] for i in range(len(table.header))]
    numeric = [i for i, cells in enumerate(columns) if _numeric(cells)]
    label = _label_of(table, columns, numeric)
    if label < 0:
        label = next((i for i in reversed(range(len(columns))) if i not in numeric), len(columns) - 1)
    kept = tuple(i for i in numeric if i != label)
    if not kept:
        raise UserError(
            "숫자로 된 열이 없습니다. 한 줄이 한 단계인 표에는 숫자 열과 라벨 열이 필요합니다.",
            "No column is numbers: a table whose rows are steps needs columns of numbers and one of labels.",
        )
    left = tuple(table.header[i] for i in range(len(columns)) if i not in (*kept, label))
    return SeriesColumns(kept, label, -1, left)
