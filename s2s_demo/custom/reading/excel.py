"""Spreadsheets (.xlsx), read as they stream past: only what a table needs, and never more than the file's own size allows for.

A workbook is a zip of XML. A few kilobytes of it can name one sheet a thousand times, a row a million or a style a hundred thousand
times, so its elements and the characters of its cells are counted while they are read, by the size of the file as it was packed.
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any
from xml.parsers import expat

from s2s_demo.custom.reading.formats import damaged_file, import_reader
from s2s_demo.custom.reading.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Table,
    cell_of,
    check_width,
    make_table,
    truncated_note,
)
from s2s_demo.prediction import UserError, Words, quoted

MOST_ELEMENTS, MOST_SHEETS, MOST_DIGITS = 3_000_000, 20, 40
ELEMENTS, ELEMENTS_A_BYTE = 40_000, 4
CHARACTERS, CHARACTERS_A_BYTE = 1_000_000, 100
BOOK = "xl/workbook.xml"
Attributes = dict[str, str]


def read_workbook(data: bytes, name: str) -> Table:
    """The first sheet of a workbook that holds anything; the first row is its header. A formula is what it last showed.

    Raises:
        UserError: it is broken, empty or has too many cells, or openpyxl is not installed here.
    """
    dates = _Dates(import_reader("openpyxl.styles.numbers", "XLSX"), import_reader("openpyxl.utils.datetime", "XLSX"))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            title, rows = _read(archive, _Budget(len(data)), dates)
    except _TooMuchError as e:
        raise UserError(
            f"‘{quoted(name)}’ 시트의 칸이 너무 많습니다. 필요한 열과 줄만 CSV로 저장해 주세요.",
            f"‘{quoted(name)}’ has too many cells: save the columns and rows you need as CSV.",
        ) from e
    except Exception as e:  # a hostile workbook breaks a reader in more ways than can be named
        raise damaged_file(name, "XLSX") from e
    if not rows:
        raise UserError(f"‘{quoted(name)}’ 파일이 비어 있습니다.", f"‘{quoted(name)}’ is empty.")
    notes = [Words(f"시트 ‘{quoted(title)}’, 첫 줄은 제목", f"Sheet ‘{quoted(title)}’, first row as header")]
    if len(rows) > MOST_ROWS + 1:
        notes.append(truncated_note(MOST_ROWS))
    width = max(max((i for i, cell in enumerate(row, 1) if cell.strip()), default=0) for row in rows)
    check_width(width, len(rows))
    even = [(row + [""] * width)[:width] for row in rows[: MOST_ROWS + 1]]
    return make_table(even[0], even[1:], "", "", notes)


class _TooMuchError(Exception):
    pass


@dataclass
class _Budget:
    """What may still be read of a file that is so many bytes as it was packed."""

    packed: int
    elements: int = field(init=False)
    characters: int = field(init=False)

    def __post_init__(self) -> None:
        self.elements = min(MOST_ELEMENTS, ELEMENTS + ELEMENTS_A_BYTE * self.packed)
        self.characters = CHARACTERS + CHARACTERS_A_BYTE * self.packed

    def element(self) -> None:
        self.elements -= 1
        if self.elements < 0:
            raise _TooMuchError

    def cell(self, text: str) -> str:
        self.characters -= len(text)
        if self.characters < 0:
            raise _TooMuchError
        return text


@dataclass
class _Dates:
    """Which styles of a workbook show a number as a date or as a duration; openpyxl knows the formats, and the calendar."""

    numbers: Any
    calendar: Any
    formats: dict[str, str] = field(default_factory=dict)
    styles: list[str] = field(default_factory=list)
    since_1904: bool = False

    def shown(self, style: str, value: float) -> Any:
        """The number, or the date that it stands for."""
        number = int(style) if style.isdecimal() and len(style) < 9 else 0
        kind = self.styles[number] if number < len(self.styles) else "0"
        code = self.formats.get(kind) or self.numbers.BUILTIN_FORMATS.get(int(kind) if kind.isdecimal() else 0)
        if not code or not self.numbers.is_date_format(code):
            return value
        epoch = self.calendar.MAC_EPOCH if self.since_1904 else self.calendar.WINDOWS_EPOCH
        try:
            return self.calendar.from_excel(value, epoch, timedelta=self.numbers.is_timedelta_format(code))
        except (ValueError, OverflowError):
            return "#VALUE!"


def _read(archive: zipfile.ZipFile, budget: _Budget, dates: _Dates) -> tuple[str, list[list[str]]]:
    """(title, rows that hold anything) of the first sheet that has one; ("", []) for none."""
    sheets, parts = list[tuple[str, str]](), dict[str, tuple[str, str]]()

    def of_book(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif name == "workbookPr":
            dates.since_1904 = attributes.get("date1904", "0") in ("1", "true")

    def of_links(name: str, attributes: Attributes) -> None:
        kind, target = attributes.get("Type", "").rpartition("/")[2], attributes.get("Target", "")
        parts[attributes.get("Id", "")] = (kind, posixpath.normpath(posixpath.join("/xl", target))[1:])

    _parsed(archive, BOOK, budget, of_book)
    _parsed(archive, "xl/_rels/workbook.xml.rels", budget, of_links)
    first = dict(reversed(list(parts.values())))
    strings = _strings(archive, first.get("sharedStrings", ""), budget)
    _styles(archive, first.get("styles", ""), budget, dates)
    kept = [(title, parts[link][1]) for title, link in sheets if parts.get(link, ("", ""))[0] == "worksheet"]
    for title, path in list({path: (title, path) for title, path in reversed(kept)}.values())[::-1][:MOST_SHEETS]:
        if rows := _Sheet(strings, dates, budget).rows_of(archive, path):
            return title, rows
    return "", []


def _parsed(
    archive: zipfile.ZipFile,
    path: str,
    budget: _Budget,
    begins: Callable[[str, Attributes], object],
    ends: Callable[[str], object] = lambda name: None,
    text: Callable[[str], object] = lambda text: None,
) -> None:
    """Tells the elements of a part, their names without what stands before ":"; nothing where there is no such part."""

    def counted(name: str, attributes: Attributes) -> None:
        budget.element()
        begins(name.rpartition(" ")[2], {key.rpartition(" ")[2]: value for key, value in attributes.items()})

    def refused(*_: object) -> None:
        raise ValueError("a workbook has no document type")  # an entity in it may stand for as much text as it likes

    if path not in archive.NameToInfo:
        return
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refused
    parser.StartElementHandler = counted
    parser.EndElementHandler = lambda name: ends(name.rpartition(" ")[2])
    parser.CharacterDataHandler = text
    with archive.open(path) as part:
        parser.ParseFile(part)


def _strings(archive: zipfile.ZipFile, path: str, budget: _Budget) -> list[str]:
    """The texts that cells name by number."""
    found, part, open_ = list[str](), list[str](), list[str]()

    def begins(name: str, attributes: Attributes) -> None:
        open_.append(name)

    def ends(name: str) -> None:
        open_.pop()
        if name == "si":
            found.append(_plain("".join(part)))
            part.clear()

    def text(some: str) -> None:
        if open_[-1] == "t" and "rPh" not in open_[-3:]:
            part.append(some)

    _parsed(archive, path, budget, begins, ends, text)
    return found


def _styles(archive: zipfile.ZipFile, path: str, budget: _Budget, dates: _Dates) -> None:
    open_ = list[str]()

    def begins(name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            dates.formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:255]
        elif name == "xf" and open_[-1:] == ["cellXfs"]:
            dates.styles.append(attributes.get("numFmtId", "0"))
        open_.append(name)

    _parsed(archive, path, budget, begins, lambda name: open_.pop())


class _Sheet:
    """The rows of one sheet, put together while its elements pass."""

    def __init__(self, strings: list[str], dates: _Dates, budget: _Budget) -> None:
        self.strings, self.dates, self.budget = strings, dates, budget
        self.rows, self.row, self.text = list[list[str]](), dict[int, str](), list[str]()
        self.column, self.kind, self.style, self.into = 0, "n", "0", ""
        self.phonetic = False

    def rows_of(self, archive: zipfile.ZipFile, path: str) -> list[list[str]]:
        """Those that hold anything, one more than may be read."""
        _parsed(archive, path, self.budget, self.begins, self.ends, self.heard)
        return self.rows

    def begins(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self.row, self.column = {}, 0
        elif name == "c":
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s", "0")
            self.column = _column(attributes.get("r", "")) or self.column + 1
            self.text = []
        elif name in ("v", "t"):
            self.into = name
        elif name == "rPh":
            self.phonetic = True

    def heard(self, text: str) -> None:
        if self.into and not self.phonetic:
            self.text.append(text)

    def ends(self, name: str) -> None:
        if name in ("v", "t"):
            self.into = ""
        elif name == "rPh":
            self.phonetic = False
        elif name == "c" and self.column <= MOST_COLUMNS + 1:
            text = self.budget.cell(self.shown("".join(self.text)))
            if text.strip():
                self.row[self.column] = text
        elif name == "row" and self.row and len(self.rows) < MOST_ROWS + 2:
            self.rows.append([self.row.get(i, "") for i in range(1, max(self.row) + 1)])

    def shown(self, raw: str) -> str:
        """What a person sees in the cell; a date without a time of day is a day."""
        if self.kind == "s":
            return self.strings[int(raw)] if raw.strip().isdecimal() and len(raw) < 9 else ""
        if self.kind == "b":
            return cell_of(raw.strip() == "1")
        if self.kind == "d":
            return cell_of(datetime.fromisoformat(raw.rstrip("Z"))).removesuffix(" 00:00:00")
        if self.kind != "n" or not raw or len(raw) > MOST_DIGITS:
            return _plain(raw)
        value = float(raw) if any(c in raw for c in ".eE") else int(raw)
        return cell_of(self.dates.shown(self.style, value)).removesuffix(" 00:00:00")


def _column(reference: str) -> int:
    """Which column "AB12" lies in, from 1; 0 if it does not say."""
    letters = reference[:4].rstrip("0123456789").upper()
    if not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return 0
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def _plain(text: str) -> str:
    return text.replace("x005F_", "")
