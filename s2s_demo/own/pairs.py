"""Pairs of one's own, first step: a file or a pasted text to a table, a table to pairs, pairs to a task.

What a file is follows from its content; its name only helps. Bounds are constants of `table.py`.
"""

from __future__ import annotations

from pathlib import Path

from s2s_demo.own import archive
from s2s_demo.own.columns import guessed_columns
from s2s_demo.own.decoding import decoded
from s2s_demo.own.delimited import read_delimited
from s2s_demo.own.formats import looks_conllu, looks_json, read_conllu, read_json, read_parquet
from s2s_demo.own.plan import Pair, Plan, guess, task_of
from s2s_demo.own.sheet import read_sheet
from s2s_demo.own.table import MOST_BYTES, MOST_PAIRS, Table, table_of
from s2s_demo.prediction import UserError, Words, quoted

__all__ = [
    "Pair",
    "Plan",
    "Table",
    "guess",
    "guessed_columns",
    "read_file",
    "read_pasted",
    "read_table",
    "task_of",
    "to_pairs",
]


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


def read_table(data: bytes, name: str, *, encoding: str = "", delimiter: str = "", header: bool | None = None) -> Table:
    """The table in a CSV, TSV, XLSX, JSON(L), .conllu or Parquet file, or a zip of one, or of text files in folders of labels.

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
        return _unpacked(data, name, encoding=encoding, delimiter=delimiter, header=header)
    text, encoding, told = decoded(data, name, encoding)
    return _of_text(text, name, encoding, told, delimiter, header)


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
    return _of_text(clean.removeprefix("\ufeff"), "", "", [], delimiter, header)


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


def _of_text(text: str, name: str, encoding: str, told: list[Words], delimiter: str, header: bool | None) -> Table:
    end = Path(name).suffix.lower()
    if not delimiter and (end in (".jsonl", ".ndjson", ".json") or looks_json(text)):
        return read_json(text, encoding, told)
    if not delimiter and (end == ".conllu" or looks_conllu(text)):
        return read_conllu(text, encoding, told)
    if not delimiter and end in (".tsv", ".tab") and "\t" in text:
        delimiter = "\t"
    return read_delimited(text, encoding, told, delimiter=delimiter, header=header)


def _unpacked(data: bytes, name: str, *, encoding: str, delimiter: str, header: bool | None) -> Table:
    with archive.opened(data, name) as packed:
        if archive.is_workbook(packed):
            return read_sheet(data, name)
        inside = archive.the_table(packed, name)
        if inside is None:
            rows, told = archive.labelled(packed, name)
            return table_of(("text", "label"), rows, "", "", told)
    if archive.is_zip(inside[1]) and not inside[0].lower().endswith(".xlsx"):
        raise UserError(
            "압축 안에 또 압축이 있습니다. 한 번만 묶어 주세요.", "An archive lies in the archive: pack once."
        )
    return read_table(inside[1], inside[0], encoding=encoding, delimiter=delimiter, header=header)


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
