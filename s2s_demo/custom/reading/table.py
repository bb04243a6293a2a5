"""A table of text as it was read, and the bounds of what is read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from s2s_demo.codecs.numbers import looks_like_rows
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.text import whole

MOST_BYTES = 20_000_000
MOST_UNPACKED = 60_000_000
MOST_FILES = 20_000
MOST_ROWS = 200_000
MOST_COLUMNS = 100
MOST_CHARACTERS = 2_000
MOST_NUMBERS = 1_000_000
"""Characters of a cell that holds rows of numbers."""
MOST_PAIRS = 50_000
MOST_CELLS = 5_000_000
MOST_DEPTH = 8
"""Lists in lists of one cell of JSON."""
# One item of a list as Python or JSON writes it: each is told from the next by its first character, so nothing is looked at twice.
ITEM = re.compile(r"""\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([-+.\w]+))\s*(,|\Z)""", re.DOTALL)
ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)


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
    notes: tuple[Words, ...]
    breaks: tuple[int, ...] = ()
    made: str = ""
    rate: float = 0.0
    names: tuple[str, ...] = ()


def make_table(
    header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str, delimiter: str, notes: Iterable[Words]
) -> Table:
    """A bounded table: names made clean and distinct, cells cut, columns of lists written with spaces, the rest told.

    Raises:
        UserError: there are fewer than two columns, too many, or no row.
    """
    check_width(len(header))
    names, found, said = _distinct_names(header), [tuple(map(whole, row)) for row in rows], list(notes)
    if len(names) < 2:
        raise UserError(
            "열이 하나뿐입니다. x와 y 두 열이 필요합니다. 둘 사이에 탭이나 쉼표를 넣어 주세요.",
            "There is only one column: x and y need one each. Put a tab or a comma between them.",
        )
    if not found:
        raise UserError(
            "제목 줄 말고는 내용이 없습니다. 한 줄에 한 쌍씩 넣어 주세요.", "There are no rows: give one pair a row."
        )
    found = _flatten_lists(names, found, said)
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


def check_width(columns: int, rows: int = 0) -> None:
    """Refuses a table that would be too large, before any of its cells is made.

    Raises:
        UserError: there are too many columns, or too many cells in so many rows.
    """
    if columns > MOST_COLUMNS:
        raise UserError(
            f"열이 {columns:,}개입니다. {MOST_COLUMNS}개까지 읽습니다.",
            f"{columns:,} columns are too many: up to {MOST_COLUMNS} are read.",
        )
    if columns * rows > MOST_CELLS:
        raise UserError(
            f"칸이 {columns * rows:,}개입니다. {MOST_CELLS:,}개까지 읽습니다. 필요한 열과 줄만 넣어 주세요.",
            f"{columns * rows:,} cells are too many: up to {MOST_CELLS:,} are read. Put in the columns and rows you need.",
        )


def cell_of(value: Any, deep: int = MOST_DEPTH) -> str:
    """What a person would write for a value of JSON, a spreadsheet or Parquet; a list becomes words between spaces.

    Raises:
        UserError: it is a list of lists of lists, and so on, of more than `deep`.
    """
    if not deep:
        raise too_deep_error()
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple) and value and all(isinstance(one, list | tuple) for one in value):
        return " ; ".join(cell_of(one, deep - 1) for one in value)
    if isinstance(value, list | tuple):
        return " ".join(cell_of(one, deep - 1).replace(" ", "_") for one in value)
    if isinstance(value, dict):
        _check_depth(value, deep)
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _check_depth(value: Any, deep: int) -> None:
    if not isinstance(value, dict | list | tuple):
        return
    if not deep:
        raise too_deep_error()
    for one in value.values() if isinstance(value, dict) else value:
        _check_depth(one, deep - 1)


def too_deep_error(row: int = 0) -> UserError:
    """What is said of JSON in JSON in JSON; row: which, where that is known."""
    ko, en = (f"{row:,}번째 줄: ", f"Row {row:,}: ") if row else ("", "")
    flat = '{"x": "…", "y": "…"}'
    return UserError(
        f"{ko}값이 {MOST_DEPTH}겹보다 깊이 들어 있습니다. 한 줄에 하나씩 {flat} 꼴로 펴 주세요.",
        f"{en}values lie more than {MOST_DEPTH} levels deep: make them flat, one {flat} a line.",
    )


def truncated_note(count: int) -> Words:
    """The sentence that says that not all rows were read."""
    return Words(f"앞의 {count:,}줄까지만 읽었습니다.", f"Only the first {count:,} rows were read.")


def column_letter(column: int) -> str:
    """The name of a column without one, as spreadsheets have it: 0 is "A", 26 is "AA"."""
    return (column_letter(column // 26 - 1) if column >= 26 else "") + chr(ord("A") + column % 26)


def _distinct_names(header: Sequence[str]) -> list[str]:
    names: list[str] = []
    for i, raw in enumerate(header):
        name = clean = quoted(" ".join(raw.replace("\ufeff", "").split())) or column_letter(i)
        again = 2
        while name in names:
            name, again = f"{clean} ({again})", again + 1
        names.append(name)
    return names


def _flatten_lists(names: list[str], rows: list[tuple[str, ...]], notes: list[Words]) -> list[tuple[str, ...]]:
    """The rows with every column that holds lists, e.g. "['I', 'see']", as words between spaces; told."""
    for i, name in enumerate(names):
        if not all(row[i].startswith("[") and row[i].rstrip().endswith("]") for row in rows):
            continue
        lists = [_parse_list(row[i]) for row in rows]
        if all(one is not None for one in lists):
            rows = [(*row[:i], cell_of(one), *row[i + 1 :]) for row, one in zip(rows, lists, strict=True)]
            notes.append(
                Words(
                    f"‘{name}’ 열의 목록을 띄어쓰기로 나눈 단어로 읽었습니다.",
                    f"The lists of column ‘{name}’ are read as words between spaces.",
                )
            )
    return rows


def _too_long(cell: str) -> bool:
    """Rows of numbers may be long, since it is their steps that count."""
    return len(cell) > MOST_CHARACTERS and (len(cell) > MOST_NUMBERS or not looks_like_rows(cell))


def _parse_list(cell: str) -> list[str] | None:
    """The items of a list of texts and numbers; None where it is none, e.g. where lists lie in it."""
    inner = cell.strip()[1:-1]
    if len(cell) > MOST_CHARACTERS or not inner.strip():
        return None if inner.strip() else []
    items, at = list[str](), 0
    while at < len(inner):
        item = ITEM.match(inner, at)
        if item is None:
            return [*items] if items and not inner[at:].strip() else None
        single, double, bare = item[1], item[2], item[3]
        items.append(bare if bare is not None else _unescaped(single if single is not None else double))
        at = item.end()
    return items


def _unescaped(text: str) -> str:
    """A string literal's text: what follows a backslash, be it a quote, a letter of ESCAPES or a code."""
    return ESCAPE.sub(
        lambda found: chr(int(found[1] or found[2], 16)) if found[1] or found[2] else _letter(found[3]), text
    )


def _letter(letter: str) -> str:
    return {"n": "\n", "t": "\t", "r": "\r"}.get(letter, letter)
