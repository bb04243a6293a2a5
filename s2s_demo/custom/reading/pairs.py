"""Pairs of one's own, first step: a file or a pasted text to a table, a table to pairs, pairs to a task.

What a file is follows from its content; its name only helps. Bounds are constants of `table.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

from s2s_demo.custom.plan import Pair, Plan
from s2s_demo.custom.reading import archive, media
from s2s_demo.custom.reading.delimited import read_delimited
from s2s_demo.custom.reading.encodings import decode
from s2s_demo.custom.reading.excel import read_workbook
from s2s_demo.custom.reading.formats import looks_conllu, looks_json, read_conllu, read_json, read_parquet
from s2s_demo.custom.reading.table import (
    MOST_BYTES,
    MOST_PAIRS,
    MOST_ROWS,
    Table,
    make_table,
    too_deep_error,
    truncated_note,
)
from s2s_demo.custom.time_series import guess_series_columns
from s2s_demo.prediction import UserError, Words, quoted


def _within_limits(read: Callable[..., Table]) -> Callable[..., Table]:
    """The same reader; where it runs out of room or of depth, that is one sentence too."""

    @wraps(read)
    def reader(*args: Any, **chosen: Any) -> Table:
        try:
            return read(*args, **chosen)
        except RecursionError:
            error = too_deep_error()
        except MemoryError:
            error = UserError(
                "읽는 데 메모리가 너무 많이 듭니다. 필요한 열과 줄만 넣어 주세요.",
                "Reading it takes too much memory: put in the columns and rows you need.",
            )
        raise error  # out here, so that it does not hold on to thousands of frames

    return reader


def read_file(path: str | Path, **chosen: str | bool | None) -> Table:
    """The table in a file; see `read_table`. A file that is too large is refused before it is read.

    Raises:
        UserError: with the sentence to show.
    """
    path = Path(path)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _too_large(path.name)
        data = path.read_bytes()
    except OSError as e:
        raise UserError(
            f"‘{quoted(path.name)}’ 파일을 읽을 수 없습니다.", f"The file ‘{quoted(path.name)}’ cannot be read."
        ) from e
    return read_table(data, path.name, **chosen)  # type: ignore[arg-type]


@_within_limits
def read_table(data: bytes, name: str, *, encoding: str = "", delimiter: str = "", header: bool | None = None) -> Table:
    """The table in a CSV, TSV, XLSX, JSON(L) or .conllu file (where pyarrow is installed also Parquet), or a zip of one, of several CSV files with the same
    columns, of sounds or clips in folders of labels, or of text files in folders of labels.

    encoding, delimiter, header: what a person chose; what is not given is guessed and told. They count for text with delimiters.

    Raises:
        UserError: with the sentence to show.
    """
    if len(data) > MOST_BYTES:
        raise _too_large(name)
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UserError(f"‘{quoted(name)}’ 파일이 비어 있습니다.", f"‘{quoted(name)}’ is empty.")
    if data.startswith(b"PAR1"):
        return read_parquet(data, name)
    if archive.is_zip(data):
        return _read_archive(data, name, encoding=encoding, delimiter=delimiter, header=header)
    text, encoding, notes = decode(data, name, encoding)
    return _read_text(text, name, encoding, notes, delimiter, header)


@_within_limits
def read_pasted(text: str, *, delimiter: str = "", header: bool | None = None) -> Table:
    """The table in a text that was pasted: with delimiters, JSON lines or .conllu; `encoding` is "".

    Raises:
        UserError: with the sentence to show.
    """
    if len(text) > MOST_BYTES:
        raise _too_large("")
    if not text.strip("\ufeff \t\r\n"):
        raise UserError("쌍을 한 줄에 하나씩 넣어 주세요. 예: x<탭>y", "Paste one pair a line, for example x<tab>y")
    clean = text.replace("\0", "").encode("utf-8", "replace").decode()
    return _read_text(clean.removeprefix("\ufeff"), "", "", [], delimiter, header)


def to_pairs(table: Table, x_column: int, y_column: int) -> list[Pair]:
    """(x, y) of each row, as it stands; rows with neither are left out, and of very many rows some are taken, evenly spread.

    Raises:
        UserError: the columns are not two different ones of the table, or no row has anything in them.
    """
    if x_column == y_column or not {x_column, y_column} <= set(range(len(table.header))):
        raise UserError("x와 y로 서로 다른 두 열을 골라 주세요.", "Choose two different columns for x and y.")
    pairs = [(row[x_column], row[y_column]) for row in table.rows]
    pairs = [(x, y) for x, y in pairs if x.strip() or y.strip()]
    if not pairs:
        raise UserError("고른 두 열이 비어 있습니다.", "The two columns are empty.")
    if len(pairs) > MOST_PAIRS:
        # The first rows alone would miss labels of a file that is sorted by label.
        pairs = [pairs[i * len(pairs) // MOST_PAIRS] for i in range(MOST_PAIRS)]
    return pairs


def with_features(plan: Plan, table: Table) -> Plan:
    """The plan, with what made the rows of numbers in this table where it was made of sounds or clips."""
    return replace(plan, made=table.made, rate=table.rate, columns=table.names) if plan.numbers else plan


def _read_text(text: str, name: str, encoding: str, notes: list[Words], delimiter: str, header: bool | None) -> Table:
    end = Path(name).suffix.lower()
    if not delimiter and (end in (".jsonl", ".ndjson", ".json") or looks_json(text)):
        return read_json(text, encoding, notes)
    if not delimiter and (end == ".conllu" or looks_conllu(text)):
        return read_conllu(text, encoding, notes)
    if not delimiter and end in (".tsv", ".tab") and "\t" in text:
        delimiter = "\t"
    return read_delimited(text, encoding, notes, delimiter=delimiter, header=header)


def _read_archive(data: bytes, name: str, *, encoding: str, delimiter: str, header: bool | None) -> Table:
    with archive.open_archive(data, name) as packed:
        if archive.is_workbook(packed):
            return read_workbook(data, name)
        if media.has_media(packed):
            return media.read_media(packed, name)
        inside = archive.tables_in(packed, name)
        if not inside:
            rows, notes = archive.read_labelled_texts(packed, name)
            return make_table(("text", "label"), rows, "", "", notes)
    found = []
    for path, content in inside:
        if archive.is_zip(content) and not path.lower().endswith(".xlsx"):
            raise UserError(
                "압축 안에 또 압축이 있습니다. 한 번만 묶어 주세요.", "An archive lies in the archive: pack once."
            )
        found.append((path, read_table(content, path, encoding=encoding, delimiter=delimiter, header=header)))
    return found[0][1] if len(found) == 1 else _join_tables(found)


def _join_tables(found: list[tuple[str, Table]]) -> Table:
    """Tables with the same columns as one, whose first column "file" says of which a row is, where each is a sequence of steps."""
    names, header = [path for path, _ in found], found[0][1].header
    if any(table.header != header for _, table in found) or len(set(names)) < len(names):
        raise archive.several_tables(names)
    rows = [(Path(path).stem, *row) for path, table in found for row in table.rows]
    notes = [line for line in found[0][1].notes if all(line in table.notes for _, table in found)]
    if len(rows) > MOST_ROWS:
        rows = rows[:MOST_ROWS]
        notes.append(truncated_note(MOST_ROWS))
    shown = quoted(", ".join(names[:8]), 80)
    notes.insert(
        0,
        Words(
            f"열이 같은 표 {len(names):,}개를 하나로 읽었습니다. ‘file’ 열이 어느 파일인지 말합니다: {shown}",
            f"Tables with the same columns, read as one: {len(names):,}. The column ‘file’ says which: {shown}",
        ),
    )
    table = make_table(("file", *header), rows, found[0][1].encoding, found[0][1].delimiter, notes)
    if guess_series_columns(table) is None:  # train.csv beside test.csv must not become one
        raise archive.several_tables(names)
    return table


def _too_large(name: str) -> UserError:
    most = MOST_BYTES // 1_000_000
    return UserError(
        f"‘{quoted(name)}’ 파일이 너무 큽니다. {most} MB까지 읽습니다. 줄 일부만 넣어 주세요."
        if name
        else f"너무 깁니다. {most} MB까지 읽습니다.",
        f"‘{quoted(name)}’ is too large: up to {most} MB is read. Put in some of its rows."
        if name
        else f"Too long: up to {most} MB is read.",
    )
