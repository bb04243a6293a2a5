"""Text with delimiters: which delimiter, which quotes, is there a header, which rows are ragged."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from io import StringIO
from itertools import islice, pairwise
from statistics import mean
from typing import Any

from s2s_demo.custom.reading.columns import NAMES
from s2s_demo.custom.reading.table import MOST_ROWS, Table, check_width, letter, rows_told, table_of
from s2s_demo.prediction import UserError, Words

DELIMITERS = "\t;|,"  # of two equally even ones the first wins: a comma also stands in sentences and in numbers
SAID = {
    "\t": Words("탭", "tab"),
    ",": Words("쉼표(,)", "comma"),
    ";": Words("쌍반점(;)", "semicolon"),
    "|": Words("세로줄(|)", "bar (|)"),
}
SAMPLE, ROWS = 200_000, 300
LEAST_EVEN = 0.3
NUMBER = re.compile(r"[-+]?[.,:/ -]*\d[\d.,:/ %-]*")  # the first part has no digits, else both would try each of them


def read_delimited(
    text: str, encoding: str, told: list[Words], *, delimiter: str = "", header: bool | None = None
) -> Table:
    """The table in a text with delimiters; `delimiter` and `header` are guessed, and told, where they are not given.

    Raises:
        UserError: there are not two columns, no rows, or a cell without end.
    """
    told = list(told)
    if not delimiter:
        delimiter = guessed_delimiter(text)
        told.append(_delimiter_told(delimiter))
    rows = _numbered(text, delimiter, told)
    if not rows:
        raise UserError("내용이 없습니다. 한 줄에 한 쌍씩 넣어 주세요.", "It is empty: give one pair a row.")
    width, _ = evenness([row for _, row in rows])
    check_width(width, len(rows))
    after_blank = {b for (a, _), (b, _) in pairwise(rows) if b > a + 1}
    named = is_header([row for _, row in rows[: ROWS + 1]]) if header is None else header
    names: list[str] = [letter(i) for i in range(width)]
    if named:
        first = rows.pop(0)[1]
        names = ([""] * (len(first) == width - 1) + first + [""] * width)[:width]
    if header is None:
        shown = ", ".join(name.strip() for name in names)[:60]
        told.append(
            Words(f"첫 줄은 제목입니다: {shown} (짐작)", f"The first row is the header: {shown} (guessed)")
            if named
            else Words("제목 줄은 없습니다. (짐작)", "There is no header row. (guessed)")
        )
    even = _even(rows, width, told)
    table = table_of(names, [row for _, row in even], encoding, delimiter, told)
    breaks = tuple(i for i, (number, _) in enumerate(even) if i and number in after_blank)
    return replace(table, breaks=breaks)


def guessed_delimiter(text: str) -> str:
    """The delimiter that cuts most rows of the beginning into the same number of cells, two or more."""
    sample = text if len(text) <= SAMPLE else text[: text.rfind("\n", 0, SAMPLE) + 1 or SAMPLE]
    scores = {}
    for delimiter in DELIMITERS:
        rows = [row for row in islice(_tolerant(sample, delimiter), ROWS) if any(cell.strip() for cell in row)]
        width, count = evenness(rows)
        scores[delimiter] = round(count / len(rows), 2) if rows and width > 1 else 0
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores["\t"] > 0.5:  # nobody writes a tab inside a sentence
        best = "\t"
    return best if scores[best] >= LEAST_EVEN else ","


def evenness(rows: list[list[str]]) -> tuple[int, int]:
    """(the commonest number of cells, two or more where any row has them; how many rows have it)."""
    widths = Counter(len(row) for row in rows)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 1, widths[1]
    count, width = max(wide)
    return width, count


def is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names columns, judged by what sets it apart from the others."""
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    known = sum(cell.casefold() in NAMES for cell in first)
    if not rest:
        return known == len(first)
    if sum(map(bool, first)) < min(2, len(first)) or any(len(cell) > 40 for cell in first) or rows[0] in rest:
        return False
    if known >= min(2, len(first)):
        return True
    if len(set(filter(None, first))) < len(list(filter(None, first))):
        return False
    return any(_set_apart(cell, column) for cell, column in _columns(first, rest)) or _longer(first, rest)


def _columns(first: list[str], rest: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
    for i, cell in enumerate(first):
        if cell:
            yield cell, [row[i].strip() for row in rest if i < len(row) and row[i].strip()]


def _set_apart(name: str, column: list[str]) -> bool:
    """A name over numbers, over labels that come again, or over text much longer than itself."""
    if len(column) < 2 or name in column:
        return False
    if all(map(NUMBER.fullmatch, column)):
        return not NUMBER.fullmatch(name)
    # Enough rows that a label of the first row would have come again by now.
    if len(column) >= 8 and len(set(column)) <= len(column) / 4:
        return True
    plain = re.fullmatch(r"[\w .()/-]+", name) is not None and not any(c.isdigit() for c in name)
    return plain and len(column) >= 3 and min(map(len, column)) > len(name) and mean(map(len, column)) > 3 * len(name)


def _longer(first: list[str], rest: list[list[str]]) -> bool:
    """Whether x and y have equal length in every row but the first."""
    if len(first) != 2 or len(first[0]) == len(first[1]):
        return False
    both = [row for row in rest if len(row) == 2]
    return len(both) >= 5 and all(len(x.strip()) == len(y.strip()) for x, y in both)


def _delimiter_told(delimiter: str) -> Words:
    said = SAID[delimiter]
    return Words(f"칸을 나누는 것: {said.ko} (짐작)", f"Delimiter: {said.en} (guessed)")


def _tolerant(text: str, delimiter: str, **options: Any) -> Iterator[list[str]]:
    """Rows as far as they can be read."""
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter, **options)
    except csv.Error:
        return


def _numbered(text: str, delimiter: str, told: list[Words]) -> list[tuple[int, list[str]]]:
    """(row number from 1, cells) of each row that is not blank."""
    found = [(i, row) for i, row in enumerate(_parsed(text, delimiter, told), 1) if any(c.strip() for c in row)]
    if len(found) > MOST_ROWS:
        told.append(rows_told(MOST_ROWS))
    return found[:MOST_ROWS]


def _parsed(text: str, delimiter: str, told: list[Words]) -> list[list[str]]:
    """The rows under the way to quote that reads them without fault and leaves most of them even, else under the latter."""
    plain = {"quoting": csv.QUOTE_NONE}
    if '"' not in text:
        return _strictly(text, delimiter, plain, last=True) or []
    ways: list[dict[str, Any]] = [{}]
    ways += [{"skipinitialspace": True}] if f'{delimiter} "' in text else []
    ways += [{"escapechar": "\\"}] if '\\"' in text else []
    sound = [rows for way in ways if (rows := _strictly(text, delimiter, way)) is not None]
    found = max(sound, key=lambda rows: evenness(rows)[1] / max(1, sum(map(bool, rows))), default=None)
    if found is not None and not any("\n" in cell for row in found for cell in row):
        return found
    unquoted = list(islice(_tolerant(text, delimiter, **plain), MOST_ROWS + 2))
    if found is not None:
        # A newline inside quotes, unless without quotes every row is even: then the quotes are letters.
        width, count = evenness(unquoted)
        if width != evenness(found)[0] or count < len([row for row in unquoted if row]):
            return found
    else:
        tolerant = list(islice(_tolerant(text, delimiter), MOST_ROWS + 2))
        better = evenness(tolerant)[1] - evenness(unquoted)[1]
        if better > 0 or (better == 0 and delimiter != "\t"):
            told.append(Words("따옴표가 어긋난 곳이 있습니다.", "Some quotes are out of place."))
            return tolerant
    told.append(Words("따옴표를 글자로 읽었습니다.", "Quotes are read as letters."))
    return unquoted


def _strictly(text: str, delimiter: str, way: dict[str, Any], *, last: bool = False) -> list[list[str]] | None:
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True, **way)
    try:
        return list(islice(reader, MOST_ROWS + 2))
    except csv.Error as e:
        if last:
            row = reader.line_num
            raise UserError(
                f"{row:,}번째 줄에 {csv.field_size_limit():,}자가 넘는 칸이 있습니다.",
                f"Row {row:,} has a cell of more than {csv.field_size_limit():,} characters.",
            ) from e
        return None


def _even(rows: list[tuple[int, list[str]]], width: int, told: list[Words]) -> list[tuple[int, list[str]]]:
    """The numbered rows of `width` cells: missing ones are empty, empty ones beyond it fall away, longer rows are left out and told."""
    short = [number for number, row in rows if len(row) < width]
    kept = [(n, (row + [""] * width)[:width]) for n, row in rows if not any(cell.strip() for cell in row[width:])]
    long = [number for number, row in rows if any(cell.strip() for cell in row[width:])]
    if short:
        told.append(
            Words(
                f"{short[0]:,}번째 줄의 칸이 {width}개보다 적어 빈칸으로 채웠습니다. (그런 줄 {len(short):,}개)",
                f"Row {short[0]:,} has fewer than {width} cells; the missing ones are empty. (Such rows: {len(short):,})",
            )
        )
    if long:
        told.append(
            Words(
                f"{long[0]:,}번째 줄의 칸이 {width}개보다 많아 뺐습니다. (그런 줄 {len(long):,}개)",
                f"Row {long[0]:,} has more than {width} cells and is left out. (Such rows: {len(long):,})",
            )
        )
    return kept
