"""Delimited text (CSV, TSV, ...): the delimiter, the quoting, the header and ragged rows, each guessed where it is not given."""

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

from s2s_demo.custom.reading.columns import COLUMN_NAMES
from s2s_demo.custom.reading.table import MOST_ROWS, Table, check_width, column_letter, make_table, truncated_note
from s2s_demo.prediction import UserError, Words

DELIMITERS = "\t;|,"  # of two equally even ones the first wins: a comma also stands in sentences and in numbers
DELIMITER_NAMES = {
    "\t": Words("탭", "tab"),
    ",": Words("쉼표(,)", "comma"),
    ";": Words("쌍반점(;)", "semicolon"),
    "|": Words("세로줄(|)", "bar (|)"),
}
SAMPLE, ROWS = 200_000, 300
"""How much of the beginning is looked at to guess the delimiter and the header."""
LEAST_EVEN = 0.3
"""A delimiter is believed if at least this fraction of the sampled rows has the commonest number of cells."""
NUMBER = re.compile(r"[-+]?[.,:/ -]*\d[\d.,:/ %-]*")  # the first part has no digits, else both would try each of them


def read_delimited(
    text: str, encoding: str, notes: list[Words], *, delimiter: str = "", header: bool | None = None
) -> Table:
    """The table in a delimited text.

    Args:
        text: the decoded content of a file, or what was pasted.
        encoding: passed on to the table.
        notes: what was guessed about the file so far; the table's notes begin with these.
        delimiter: one character; guessed, with a note, where it is "".
        header: whether the first row names the columns; guessed, with a note, where it is None.

    Raises:
        UserError: fewer than two columns, no rows, or a cell without an end.
    """
    notes = list(notes)
    if not delimiter:
        delimiter = guess_delimiter(text)
        notes.append(_delimiter_note(delimiter))
    rows = _numbered_rows(text, delimiter, notes)
    if not rows:
        raise UserError("내용이 없습니다. 한 줄에 한 쌍씩 넣어 주세요.", "It is empty: give one pair a row.")
    width, _ = commonest_width([row for _, row in rows])
    check_width(width, len(rows))
    after_blank = {b for (a, _), (b, _) in pairwise(rows) if b > a + 1}
    named = is_header([row for _, row in rows[: ROWS + 1]]) if header is None else header
    names: list[str] = [column_letter(i) for i in range(width)]
    if named:
        first = rows.pop(0)[1]
        # A header one cell short has no name for the index column in front, as R writes it.
        names = ([""] * (len(first) == width - 1) + first + [""] * width)[:width]
    if header is None:
        shown = ", ".join(name.strip() for name in names)[:60]
        notes.append(
            Words(f"첫 줄은 제목입니다: {shown} (짐작)", f"The first row is the header: {shown} (guessed)")
            if named
            else Words("제목 줄은 없습니다. (짐작)", "There is no header row. (guessed)")
        )
    even = _padded_rows(rows, width, notes)
    table = make_table(names, [row for _, row in even], encoding, delimiter, notes)
    breaks = tuple(i for i, (number, _) in enumerate(even) if i and number in after_blank)
    return replace(table, breaks=breaks)


def guess_delimiter(text: str) -> str:
    """The delimiter under which most of the first rows have the same number of cells, two or more; a comma where none is convincing."""
    sample = text if len(text) <= SAMPLE else text[: text.rfind("\n", 0, SAMPLE) + 1 or SAMPLE]
    scores = {}
    for delimiter in DELIMITERS:
        rows = [row for row in islice(_tolerant_rows(sample, delimiter), ROWS) if any(cell.strip() for cell in row)]
        width, count = commonest_width(rows)
        # Rounded: one ragged row in hundreds must not decide between two delimiters; their order in `DELIMITERS` does then.
        scores[delimiter] = round(count / len(rows), 2) if rows and width > 1 else 0
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    if scores["\t"] > 0.5:  # nobody writes a tab inside a sentence
        best = "\t"
    return best if scores[best] >= LEAST_EVEN else ","


def commonest_width(rows: list[list[str]]) -> tuple[int, int]:
    """(the commonest number of cells, at least two where any row has two; the number of rows that have it)."""
    widths = Counter(len(row) for row in rows)
    wide = [(count, width) for width, count in widths.items() if width > 1]
    if not wide:
        return 1, widths[1]
    count, width = max(wide)
    return width, count


def is_header(rows: list[list[str]]) -> bool:
    """Whether the first row names the columns, decided by how it differs from the rows below.

    The clear cases come first: a row that recurs below, or has missing, repeated or long cells, is data; known column names make a
    header. Only then is each cell compared with the cells of its column. In doubt it is data: a header read as a pair does little harm.
    """
    first, rest = [cell.strip() for cell in rows[0]], rows[1:]
    known = sum(cell.casefold() in COLUMN_NAMES for cell in first)
    if not rest:
        return known == len(first)
    if sum(map(bool, first)) < min(2, len(first)) or any(len(cell) > 40 for cell in first) or rows[0] in rest:
        return False
    if known >= min(2, len(first)):
        return True
    if len(set(filter(None, first))) < len(list(filter(None, first))):
        return False
    return any(_names_column(cell, column) for cell, column in _columns_below(first, rest)) or _equal_below(first, rest)


def _columns_below(first: list[str], rest: list[list[str]]) -> Iterator[tuple[str, list[str]]]:
    for i, cell in enumerate(first):
        if cell:
            yield cell, [row[i].strip() for row in rest if i < len(row) and row[i].strip()]


def _names_column(name: str, column: list[str]) -> bool:
    """Whether the cell looks like the name of this column: above numbers, above few recurring labels, or above much longer texts."""
    if len(column) < 2 or name in column:
        return False
    if all(map(NUMBER.fullmatch, column)):
        return not NUMBER.fullmatch(name)
    # A label would have recurred in so many rows; this cell has not.
    if len(column) >= 8 and len(set(column)) <= len(column) / 4:
        return True
    plain = re.fullmatch(r"[\w .()/-]+", name) is not None and not any(c.isdigit() for c in name)
    return plain and len(column) >= 3 and min(map(len, column)) > len(name) and mean(map(len, column)) > 3 * len(name)


def _equal_below(first: list[str], rest: list[list[str]]) -> bool:
    """Whether the two sides have equal lengths in every row but the first: then the first is not one of them."""
    if len(first) != 2 or len(first[0]) == len(first[1]):
        return False
    both = [row for row in rest if len(row) == 2]
    return len(both) >= 5 and all(len(x.strip()) == len(y.strip()) for x, y in both)


def _delimiter_note(delimiter: str) -> Words:
    name = DELIMITER_NAMES[delimiter]
    return Words(f"칸을 나누는 것: {name.ko} (짐작)", f"Delimiter: {name.en} (guessed)")


def _tolerant_rows(text: str, delimiter: str, **options: Any) -> Iterator[list[str]]:
    """The rows up to the first that cannot be parsed."""
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=delimiter, **options)
    except csv.Error:
        return


def _numbered_rows(text: str, delimiter: str, notes: list[Words]) -> list[tuple[int, list[str]]]:
    """(row number from 1, cells) of each row that is not blank, at most `MOST_ROWS`."""
    found = [(i, row) for i, row in enumerate(_parse(text, delimiter, notes), 1) if any(c.strip() for c in row)]
    if len(found) > MOST_ROWS:
        notes.append(truncated_note(MOST_ROWS))
    return found[:MOST_ROWS]


def _parse(text: str, delimiter: str, notes: list[Words]) -> list[list[str]]:
    """The rows under the quoting convention that parses without error and gives the most rows the commonest width.

    Where every convention fails, or quotes contain line breaks, reading quotes as ordinary characters is tried as well.
    """
    plain = {"quoting": csv.QUOTE_NONE}
    if '"' not in text:
        return _parse_strictly(text, delimiter, plain, last=True) or []
    conventions: list[dict[str, Any]] = [{}]
    conventions += [{"skipinitialspace": True}] if f'{delimiter} "' in text else []
    conventions += [{"escapechar": "\\"}] if '\\"' in text else []
    parsed = [rows for one in conventions if (rows := _parse_strictly(text, delimiter, one)) is not None]
    found = max(parsed, key=lambda rows: commonest_width(rows)[1] / max(1, sum(map(bool, rows))), default=None)
    if found is not None and not any("\n" in cell for row in found for cell in row):
        return found
    unquoted = list(islice(_tolerant_rows(text, delimiter, **plain), MOST_ROWS + 2))
    if found is not None:
        # Quotes contain line breaks: either cells really do, or two stray quotes have swallowed the rows between them. They are stray
        # if every row has the same width when quotes are ordinary characters.
        width, count = commonest_width(unquoted)
        if width != commonest_width(found)[0] or count < len([row for row in unquoted if row]):
            return found
    else:
        tolerant = list(islice(_tolerant_rows(text, delimiter), MOST_ROWS + 2))
        better = commonest_width(tolerant)[1] - commonest_width(unquoted)[1]
        if better > 0 or (better == 0 and delimiter != "\t"):
            notes.append(Words("따옴표가 어긋난 곳이 있습니다.", "Some quotes are out of place."))
            return tolerant
    notes.append(Words("따옴표를 글자로 읽었습니다.", "Quotes are read as letters."))
    return unquoted


def _parse_strictly(
    text: str, delimiter: str, convention: dict[str, Any], *, last: bool = False
) -> list[list[str]] | None:
    """All rows, or None where one cannot be parsed; with `last` that is an error of the visitor's."""
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True, **convention)
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


def _padded_rows(rows: list[tuple[int, list[str]]], width: int, notes: list[Words]) -> list[tuple[int, list[str]]]:
    """The numbered rows with exactly `width` cells: short ones padded, long ones dropped unless their surplus is empty; with notes."""
    short = [number for number, row in rows if len(row) < width]
    kept = [(n, (row + [""] * width)[:width]) for n, row in rows if not any(cell.strip() for cell in row[width:])]
    long = [number for number, row in rows if any(cell.strip() for cell in row[width:])]
    if short:
        notes.append(
            Words(
                f"{short[0]:,}번째 줄의 칸이 {width}개보다 적어 빈칸으로 채웠습니다. (그런 줄 {len(short):,}개)",
                f"Row {short[0]:,} has fewer than {width} cells; the missing ones are empty. (Such rows: {len(short):,})",
            )
        )
    if long:
        notes.append(
            Words(
                f"{long[0]:,}번째 줄의 칸이 {width}개보다 많아 뺐습니다. (그런 줄 {len(long):,}개)",
                f"Row {long[0]:,} has more than {width} cells and is left out. (Such rows: {len(long):,})",
            )
        )
    return kept
