"""The formats that name their own columns: JSON (lines), .conllu and Parquet."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from s2s_demo.custom.reading.table import (
    MOST_COLUMNS,
    MOST_ROWS,
    Table,
    cell_of,
    check_width,
    column_letter,
    make_table,
    too_deep_error,
    truncated_note,
)
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.tasks import _conllu, _pos


def looks_json(text: str) -> bool:
    """Whether the text begins with a JSON object, or is a list of JSON."""
    start = text[:100].lstrip()
    if start.startswith("["):
        try:
            return bool(json.loads(text, parse_int=str))
        except RecursionError:  # it is, and too deep: who reads it says so
            return True
        except ValueError:
            return False
    return start.startswith("{") and '"' in start


def read_json(text: str, encoding: str, notes: list[Words]) -> Table:
    """One object (or list) a line, or one list of them; the columns are all the keys there are, in order.

    Raises:
        UserError: a row is no JSON; the sentence names it.
    """
    notes = list(notes)
    rows = list(islice(_records(text), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        notes.append(truncated_note(MOST_ROWS))
    keys: dict[str, None] = {}
    for _, row in rows[:MOST_ROWS]:
        if len(keys) <= MOST_COLUMNS:
            keys.update(dict.fromkeys(row))
    check_width(len(keys), len(rows))
    return make_table(
        list(keys), [[cell_of(row.get(key)) for key in keys] for _, row in rows[:MOST_ROWS]], encoding, "", notes
    )


def _records(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    whole = _json(text, 1) if text.lstrip().startswith("[") and looks_json(text) else None
    if isinstance(whole, list) and all(isinstance(one, dict | list) for one in whole):
        values = enumerate(whole, 1)
    else:
        lines = ((i, line) for i, line in enumerate(_lines(text), 1) if line.strip())
        values = ((i, _json(line, i)) for i, line in lines)
    for number, value in values:
        if isinstance(value, list):
            value = {column_letter(i): one for i, one in enumerate(value[: MOST_COLUMNS + 1])}
        if not isinstance(value, dict):
            raise _not_json(number)
        yield number, value


def _lines(text: str) -> Iterator[str]:
    """Lines one by one; a line of JSON may hold any other separator, so only the newline parts them."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield text[start:end]
        start = end + 1


def _json(text: str, number: int) -> Any:
    try:
        # Numbers stay as they are written: 1.50 is not 1.5 to a model that spells.
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError as e:
        raise too_deep_error(number) from e
    except ValueError as e:
        raise _not_json(number) from e


def _not_json(number: int) -> UserError:
    return UserError(
        f'{number:,}번째 줄이 JSON이 아닙니다. 한 줄에 하나씩 {{"x": "…", "y": "…"}} 꼴로 넣어 주세요.',
        f'Row {number:,} is no JSON: give one {{"x": "…", "y": "…"}} a line.',
    )


def looks_conllu(text: str) -> bool:
    """Whether the first rows have ten cells between tabs, a number first and a UPOS tag fourth."""
    rows = [row.split("\t") for row in islice(_lines(text), 60) if row.strip() and not row.startswith("#")]
    full = [row for row in rows if len(row) == 10 and row[0].isdigit()]
    return bool(full) and len(full) >= 0.8 * len(rows) and all(row[3] in _conllu.UPOS for row in full)


def read_conllu(text: str, encoding: str, notes: list[Words]) -> Table:
    """Words between spaces beside their UPOS tags, a sentence a row.

    Raises:
        UserError: a row is broken; the sentence names it.
    """
    notes = list(notes)
    text = text.replace("\r\n", "\n")
    if text.count("\n") > MOST_ROWS:
        lines = list(islice(_lines(text), MOST_ROWS))
        while lines and lines[-1].strip():
            lines.pop()
        text = "\n".join(lines)
        notes.append(truncated_note(MOST_ROWS))
    notes.append(Words(".conllu: 단어와 품사(UPOS)를 읽었습니다.", ".conllu: words and their UPOS tags are read."))
    pairs = _conllu.sentences(text.strip("\n") + "\n\n")
    return make_table(("words", "UPOS"), [(words, _pos.upos(tags)) for words, tags in pairs], encoding, "\t", notes)


def read_parquet(data: bytes, name: str) -> Table:
    """The columns of a Parquet file, its first rows only.

    Raises:
        UserError: it is broken, or pyarrow is not installed here.
    """
    parquet = import_reader("pyarrow.parquet", "Parquet")
    rows: list[dict[str, Any]] = []
    try:
        file = parquet.ParquetFile(BytesIO(data))
        header = list(file.schema_arrow.names)[: MOST_COLUMNS + 1]
        for batch in file.iter_batches(batch_size=1000, columns=header):
            rows += batch.to_pylist()
            if len(rows) > MOST_ROWS:
                break
    except Exception as e:
        raise damaged_file(name, "Parquet") from e
    notes = [truncated_note(MOST_ROWS)] if len(rows) > MOST_ROWS else []
    return make_table(header, [[cell_of(row[key]) for key in header] for row in rows[:MOST_ROWS]], "", "", notes)


def import_reader(name: str, kind: str) -> Any:
    """The package that reads this kind of file.

    Raises:
        UserError: it is not installed here.
    """
    try:
        return importlib.import_module(name)
    except ImportError as e:
        raise UserError(
            f"여기서는 {kind} 파일을 읽을 수 없습니다. CSV로 저장해 주세요.",
            f"{kind} files cannot be read here: save it as CSV.",
        ) from e


def damaged_file(name: str, kind: str) -> UserError:
    """What to tell of a damaged file."""
    return UserError(
        f"‘{quoted(name)}’ 파일이 손상되어 {kind}로 읽을 수 없습니다.",
        f"‘{quoted(name)}’ is damaged: it cannot be read as {kind}.",
    )
