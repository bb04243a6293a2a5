"""Spreadsheets (.xlsx): bounded first, then read by openpyxl."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from io import BytesIO
from itertools import islice
from typing import Any
from xml.parsers import expat

from s2s_demo.own.formats import broken, library
from s2s_demo.own.table import MOST_COLUMNS, MOST_ROWS, Table, cell_of, rows_told, table_of
from s2s_demo.prediction import UserError, Words, quoted

MOST_ELEMENTS = 3_000_000
MOST_IN_A_ROW = 4 * 16_384  # a sheet has 16,384 columns at most; a cell is up to four elements
ROW = 3


def read_sheet(data: bytes, name: str) -> Table:
    """The first sheet of a workbook that holds anything; the first row is its header. A formula is what it last showed.

    Raises:
        UserError: it is broken, empty or has too many cells, or openpyxl is not installed here.
    """
    openpyxl = library("openpyxl", "XLSX")
    told = []
    _check(data, name)
    try:
        book = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its own size may be wrong
            cells = sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS + 1)
            rows = [[_dated(value) for value in row] for row in islice(cells, MOST_ROWS + 2)]
            rows = [row for row in rows if any(cell.strip() for cell in row)]
            if rows:
                break
        else:
            rows, sheet = [], None
    except Exception as e:  # a hostile workbook breaks the reader in more ways than can be named
        raise broken(name, "XLSX") from e
    if sheet is None:
        raise UserError(f"‘{quoted(name)}’ 파일이 비어 있습니다.", f"‘{quoted(name)}’ is empty.")
    told.append(
        Words(f"시트 ‘{quoted(sheet.title)}’, 첫 줄은 제목", f"Sheet ‘{quoted(sheet.title)}’, first row as header")
    )
    if len(rows) > MOST_ROWS + 1:
        told.append(rows_told(MOST_ROWS))
    width = max(max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0) for row in rows)
    even = [(row + [""] * width)[:width] for row in rows[: MOST_ROWS + 1]]
    return table_of(even[0], even[1:], "", "", told)


def _dated(value: Any) -> str:
    """A date of a spreadsheet as 2021-03-03, its time only where it has one."""
    return cell_of(value).removesuffix(" 00:00:00")


class _TooMuchError(Exception):
    pass


def _check(data: bytes, name: str) -> None:
    """Counts elements before the reader builds a row of ten million cells of them, which takes gigabytes."""
    seen = 0
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            for info in archive.infolist():
                with archive.open(info) as part:
                    seen += _elements(part, MOST_ELEMENTS - seen)
    except _TooMuchError as e:
        raise UserError(
            f"‘{quoted(name)}’ 시트의 칸이 너무 많습니다. 필요한 열과 줄만 CSV로 저장해 주세요.",
            f"‘{quoted(name)}’ has too many cells: save the columns and rows you need as CSV.",
        ) from e
    except Exception as e:
        raise broken(name, "XLSX") from e


def _elements(part: Any, most: int) -> int:
    """How many elements a part of the workbook has; one that is no XML has none that the reader could meet."""
    depth, total, in_row = 0, 0, 0

    def begins(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, total, in_row
        depth, total = depth + 1, total + 1
        in_row = 0 if depth <= ROW else in_row + 1
        if total > most or in_row > MOST_IN_A_ROW:
            raise _TooMuchError

    def ends(name: str) -> None:
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begins, ends
    with suppress(expat.ExpatError):
        parser.ParseFile(part)
    return total
