"""A table of text as it was read, and the bounds of what is read."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from s2s_demo.codecs.numbers import looks_like_rows
from s2s_demo.prediction import UserError, Words, quoted

MOST_BYTES = 20_000_000
MOST_UNPACKED = 60_000_000
MOST_FILES = 20_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 2_000
MOST_NUMBERS = 1_000_000
"""Characters of a cell that holds rows of numbers."""
MOST_PAIRS = 50_000


@dataclass(frozen=True)
class Table:
    """Rows of text cells, all as long as the header.

    header: names of the columns, without white space around them; "A", "B", ... where the file names none.
    encoding: as Python calls it, "" where the format fixes it. delimiter: between cells, "" where there is none.
    told: what was guessed, left out or cut, one sentence each, to be shown.
    breaks: the rows before which a blank line stood. made, rate, names: as of a `Plan` (its columns), where x was made of sounds or
    clips.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    encoding: str
    delimiter: str
    told: tuple[Words, ...]
    breaks: tuple[int, ...] = ()
    made: str = ""
    rate: float = 0.0
    names: tuple[str, ...] = ()


def table_of(
    header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, delimiter: str, told: Iterable[Words]
) -> Table:
    """A bounded table: names made clean and distinct, cells cut, columns of lists written with spaces, the rest told.

    Raises:
        UserError: there are fewer than two columns, too many, or no row.
    """
    names, found, said = _named(header), [tuple(row) for row in rows], list(told)
    if len(names) < 2:
        raise UserError(
            "열이 하나뿐입니다. x와 y 두 열이 필요합니다. 둘 사이에 탭이나 쉼표를 넣어 주세요.",
            "There is only one column: x and y need one each. Put a tab or a comma between them.",
        )
    if len(names) > MOST_COLUMNS:
        raise UserError(
            f"열이 {len(names):,}개입니다. {MOST_COLUMNS}개까지 읽습니다.",
            f"{len(names):,} columns are too many: up to {MOST_COLUMNS} are read.",
        )
    if not found:
        raise UserError(
            "제목 줄 말고는 내용이 없습니다. 한 줄에 한 쌍씩 넣어 주세요.", "There are no rows: give one pair a row."
        )
    found = _unlisted(names, found, said)
    long = next((i for i, row in enumerate(found, 1) if any(map(_too_long, row))), None)
    if long is not None:
        count = sum(_too_long(cell) for row in found for cell in row)
        found = [tuple(cell[:MOST_CHARACTERS] if _too_long(cell) else cell for cell in row) for row in found]
        said.append(
            Words(
                f"너무 긴 칸 {count:,}개를 {MOST_CHARACTERS:,}자에서 잘랐습니다. 첫 번째는 자료 {long:,}번째 줄입니다.",
                f"Cells cut at {MOST_CHARACTERS:,} characters: {count:,}, the first in data row {long:,}.",
            )
        )
    if len(found) > MOST_PAIRS:
        said.append(
            Words(
                f"{len(found):,}줄 가운데 고르게 뽑은 {MOST_PAIRS:,}줄로 쌍을 만듭니다.",
                f"Of {len(found):,} rows, {MOST_PAIRS:,} spread evenly become pairs.",
            )
        )
    return Table(tuple(names), tuple(found), encoding, delimiter, tuple(said))


def cell_of(value: Any) -> str:
    """What a person would write for a value of JSON, a spreadsheet or Parquet; a list becomes words between spaces."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple) and value and all(isinstance(one, list | tuple) for one in value):
        return " ; ".join(map(cell_of, value))
    if isinstance(value, list | tuple):
        return " ".join(cell_of(one).replace(" ", "_") for one in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def rows_told(count: int) -> Words:
    """The sentence that says that not all rows were read."""
    return Words(f"앞의 {count:,}줄까지만 읽었습니다.", f"Only the first {count:,} rows were read.")


def letter(column: int) -> str:
    """The name of a column without one, as spreadsheets have it: 0 is "A", 26 is "AA"."""
    return (letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _named(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for i, raw in enumerate(header):
        name = clean = quoted(" ".join(raw.replace("\ufeff", "").split())) or letter(i)
        again = 2
        while name in names:
            name, again = f"{clean} ({again})", again + 1
        names.append(name)
    return names


def _unlisted(names: list[str], rows: list[tuple[str, ...]], told: list[Words]) -> list[tuple[str, ...]]:
    """The rows with every column that holds lists, e.g. "['I', 'see']", as words between spaces; told."""
    for i, name in enumerate(names):
        if not all(row[i].startswith("[") and row[i].rstrip().endswith("]") for row in rows):
            continue
        lists = [_list(row[i]) for row in rows]
        if all(one is not None for one in lists):
            rows = [(*row[:i], cell_of(one), *row[i + 1 :]) for row, one in zip(rows, lists, strict=True)]
            told.append(
                Words(
                    f"‘{name}’ 열의 목록을 띄어쓰기로 나눈 단어로 읽었습니다.",
                    f"The lists of column ‘{name}’ are read as words between spaces.",
                )
            )
    return rows


def _too_long(cell: str) -> bool:
    """Rows of numbers may be long, since it is their steps that count."""
    return len(cell) > MOST_CHARACTERS and (len(cell) > MOST_NUMBERS or not looks_like_rows(cell))


def _list(cell: str) -> list[Any] | None:
    if len(cell) > MOST_CHARACTERS:  # the parser below is slow and deep on hostile text
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        try:
            found = ast.literal_eval(cell)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    flat = isinstance(found, list) and all(isinstance(one, str | int | float) for one in found)
    return found if flat else None
