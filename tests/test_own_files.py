"""Own files that bite: hostile, odd or far away; each is answered by a table or by one plain sentence, within bounds."""

from __future__ import annotations

import struct
from pathlib import Path
from random import Random
from types import SimpleNamespace

import httpx
import huggingface_hub
import pytest

from s2s_demo.custom.plan import guess_plan, task_from_plan
from s2s_demo.custom.reading import archive
from s2s_demo.custom.reading.hub import choose_file, read_dataset
from s2s_demo.custom.reading.pairs import read_file, read_pasted, read_table, to_pairs
from s2s_demo.custom.reading.table import MOST_BYTES, MOST_CHARACTERS, MOST_PAIRS, MOST_ROWS, Table
from s2s_demo.prediction import UserError
from tests.conftest import told
from tests.effort import work
from tests.test_own_pairs import KOREAN, packed, pairs_of, reads, said, workbook_of, written

# Hostile and odd files.

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
NOISE = Random(0).randbytes(5000)


@pytest.mark.parametrize(
    "data, part",
    [
        (b"", "empty"),
        (b"\n \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\0" * 1000, "empty"),
        (PNG, "PNG"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "XLS"),
        (NOISE, "read"),
        (b"\x7fELF" + NOISE, "ELF"),
        (b"word\nother\nthird\n", "one column"),
        (b"x,y\n", "pair"),
        (b"a," * 200 + b"a\n", "columns"),
        (b"a,b\n" + b"x" * 200_000 + b",y\n", "131,072"),
        (b"PK\x03\x04 broken", "damaged"),
        (b"PK\x05\x06" + bytes(18), "nothing to read"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_file_that_is_no_table_is_told_in_one_sentence(data, part):
    assert part in told(data, reads("my.csv"))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path):
    place = tmp_path / "huge.csv"
    with place.open("wb") as file:
        file.truncate(2 * 1024**3)  # a hole: no disk is used
    assert "20 MB" in told(place, read_file)
    assert "20 MB" in told(b"x" * (MOST_BYTES + 1), reads("a.csv"))
    assert "20 MB" in told("x" * (MOST_BYTES + 1), read_pasted)
    assert "cannot be read" in told(tmp_path / "none.csv", read_file)


def test_a_file_on_disk_is_read_as_its_bytes_are(tmp_path):
    (tmp_path / "a.tsv").write_bytes(written(KOREAN, "\t").encode("cp949"))
    assert list(read_file(tmp_path / "a.tsv").rows) == KOREAN


def test_of_millions_of_rows_the_first_are_read_and_told():
    table = read_table(b"a,b\n" * 4_000_000, "a.csv")
    assert len(table.rows) == MOST_ROWS and f"first {MOST_ROWS:,} rows" in said(table)
    assert len(to_pairs(table, 0, 1)) == MOST_PAIRS and f"{MOST_PAIRS:,} spread evenly" in said(table)


def test_pairs_of_a_long_table_are_taken_from_all_of_it():
    rows = tuple((str(i), "first" if i < 100_000 else "last") for i in range(120_000))
    pairs = to_pairs(Table(("x", "y"), rows, "", "", ()), 0, 1)
    assert len(set(pairs)) == MOST_PAIRS and 0.15 < sum(y == "last" for _, y in pairs) / MOST_PAIRS < 0.18


def test_one_row_is_a_table_but_no_task():
    pairs = pairs_of(read_pasted("hello\tworld"))
    assert pairs == [("hello", "world")]
    assert "at least 10" in told(pairs, lambda pairs: task_from_plan(pairs, guess_plan(pairs)))


def test_a_cell_without_end_is_cut_and_told():
    table = read_table(f"x,y\na,{'b' * 5000}\nc,d\n".encode(), "a.csv")
    assert (
        len(table.rows[0][1]) == MOST_CHARACTERS
        and "cut at 2,000 characters: 1" in said(table)
        and "row 1" in said(table)
    )


def test_formula_looking_cells_are_kept_as_text():
    cells = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", '=HYPERLINK("http://x","y")']
    rows = [(cell, "text") for cell in cells] * 3
    assert list(read_table(written(rows).encode(), "a.csv").rows) == rows


def test_a_few_nul_bytes_are_taken_out_and_told():
    table = read_table(written(KOREAN * 40).encode() + b"a\0b,c\n", "a.csv")
    assert table.rows[-1] == ("ab", "c") and "control characters" in said(table)
    assert read_pasted("a\0b\tc\nd\te").rows[0] == ("ab", "c")


def test_a_stray_quote_swallows_no_rows():
    text = "".join('"' * (i in (3, 30)) + f"word {i}\tdrow\n" for i in range(60))
    table = read_table(text.encode(), "a.tsv")
    assert len(table.rows) == 60 and table.rows[3] == ('"word 3', "drow") and "letters" in said(table)


def test_one_bad_quote_does_not_break_the_other_rows():
    rows = written([(f"a, {i}", f"b, {i}") for i in range(50)]).splitlines()
    rows[20] = '"a" x, "20",b'
    table = read_table("\n".join(rows).encode(), "a.csv")
    assert ("a, 30", "b, 30") in table.rows and len(table.rows) >= 49 and "quotes" in said(table)


def test_a_surrogate_that_is_pasted_is_no_harm():
    told_or_read = read_pasted("a\ud800\tb\nc\td")
    told_or_read.rows[0][0].encode()


@pytest.mark.parametrize(
    "sheet",
    [
        "<row>" + "<c/>" * 70_000 + "</row>",
        "<row><c/></row>" * 3000,
        "<x:row xmlns:x='x'>" + "<x:c/>" * 70_000 + "</x:row>",
    ],
    ids=["wide", "many", "prefixed"],
)
def test_a_workbook_of_too_many_cells_is_refused_while_it_is_read(sheet, monkeypatch):
    if "</row><row>" in sheet:
        monkeypatch.setattr("s2s_demo.custom.reading.excel.ELEMENTS", -2000)
    assert "too many cells" in told(workbook_of(sheet), reads("a.xlsx"))


SHEET = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MANY = "".join(f"<sheet name='{i}' r:id='i2'/>" for i in range(3000))


@pytest.mark.parametrize(
    "rows, parts, answer",
    [
        ("<row/>" * 8000, {"workbook": f"<workbook xmlns:r='{SHEET}'><sheets>{MANY}</sheets></workbook>"}, "empty"),
        ("<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", {}, "empty"),
        ("<row><c r='ZZZZZZ1'><v>1</v></c><c r='A'><v>2</v></c></row>", {}, "one column"),
        ("<row><c s='99999999999'><v>1</v></c><c s='x'><v>2</v></c></row>" * 2, {}, None),
        ("<row><c t='s'><v>7</v></c><c><v>2</v></c></row>" * 2, {}, "damaged"),
        ("<row><c><v>abc</v></c><c><v>2</v></c></row>" * 2, {}, "damaged"),
        (f"<row><c><v>{'9' * 5000}</v></c><c><v>1e999</v></c></row>" * 2, {}, None),
        (
            "<row><c t='s'><v>0</v></c><c><v>2</v></c></row>" * 9000,
            {"sharedStrings": "<sst><si><t>" + "7 ; " * 9000 + "</t></si></sst>"},
            "cells",
        ),
        ("", {"styles": "<styleSheet><cellXfs>" + "<xf/>" * 200_000 + "</cellXfs></styleSheet>"}, "cells"),
        ("", {"styles": "<!DOCTYPE s [<!ENTITY a 'b'>]><styleSheet>&a;</styleSheet>"}, "damaged"),
        ("<row>" + "<a>" * 9000 + "</a>" * 9000 + "</row>", {}, "empty"),
    ],
    ids=[
        "one sheet many times",
        "far away",
        "no place",
        "no style",
        "no string",
        "no number",
        "long number",
        "one long text",
        "styles",
        "entity",
        "deep",
    ],
)
def test_a_small_workbook_that_bites_is_read_or_told_at_once(rows, parts, answer):
    data = workbook_of(rows, **parts)
    assert len(data) < 40_000
    events = work(lambda: told(data, reads("a.xlsx")) if answer else read_table(data, "a.xlsx"))
    assert events < 1_000_000
    if answer:
        assert answer in told(data, reads("a.xlsx"))


# Archives that bite.


def test_a_zip_bomb_is_refused_before_it_unpacks(monkeypatch):
    bomb = packed({f"{i}/a.txt": bytes(500_000) for i in range(6)})
    assert len(bomb) < 5_000
    assert "times its size" in told(bomb, reads("a.zip"))
    monkeypatch.setattr(archive, "UNPACKED", 10_000_000)
    monkeypatch.setattr(archive, "MOST_UNPACKED", 2_000_000)
    assert "unpacks to too much" in told(bomb, reads("a.zip"))
    monkeypatch.setattr(archive, "MOST_BYTES", 500_000)
    assert "too large" in told(packed({"a.csv": bytes(500_001)}), reads("a.zip"))


def test_a_zip_that_lies_about_its_sizes_is_told():
    data = bytearray(packed({"a.csv": b"x,y\n" * 100_000}))
    start = data.rfind(b"PK\x01\x02")
    struct.pack_into("<I", data, start + 24, 10)
    assert told(bytes(data), reads("a.zip"))


def test_the_index_of_a_zip_is_bounded(monkeypatch):
    data = packed({f"{i}.txt": b"" for i in range(50)})
    monkeypatch.setattr(archive, "INDEX_BYTES", 100)
    assert "too many files" in told(data, reads("a.zip"))


@pytest.mark.parametrize("path", ["../../etc/x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_a_path_that_leaves_the_archive_is_refused(path):
    assert "outside" in told(packed({path: "a,b\n"}), reads("a.zip"))


def test_an_archive_in_an_archive_and_a_locked_one_are_told():
    inner = packed({"a.csv": "a,b\nc,d\n"})
    assert "pack once" in told(packed({"a.csv": inner}), reads("a.zip"))
    locked = bytearray(inner)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.find(mark) + at] |= 1
    assert "password" in told(bytes(locked), reads("a.zip"))


def test_any_bytes_are_read_or_told():
    rng = Random(1)
    seeds = [written(KOREAN).encode("cp949"), packed({"a.csv": "a,b\nc,d\n"}), b'{"x": "a", "y": "b"}\n' * 5, NOISE]
    for _ in range(300):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 30)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        name = rng.choice(["a.csv", "a.jsonl", "a.zip", "a.conllu", "a"])
        try:
            table = read_table(bytes(data), name)
        except UserError:
            told(bytes(data), reads(name))
        else:
            assert all(len(row) == len(table.header) for row in table.rows)


# The Hub, played by a stand-in: no test goes out.


class Hub:
    """Answers as the Hub would, with these files."""

    def __init__(self, tmp_path, monkeypatch, files, error=None):
        self.files, self.error, self.place, self.asked = files, error, tmp_path, []
        monkeypatch.setattr(huggingface_hub, "HfApi", lambda: self)
        monkeypatch.setattr(huggingface_hub, "hf_hub_download", self.download)

    def dataset_info(self, name, **options):
        assert options["token"] is False and options["timeout"] <= 10
        if self.error:
            raise self.error
        siblings = [SimpleNamespace(rfilename=path, size=len(data)) for path, data in self.files.items()]
        return SimpleNamespace(siblings=siblings, sha="abc")

    def download(self, name, path, **options):
        assert options["token"] is False and options["repo_type"] == "dataset" and options["revision"] == "abc"
        self.asked.append((path, options["cache_dir"]))
        (self.place / "fetched").mkdir(exist_ok=True)
        place = self.place / "fetched" / path.rpartition("/")[2]
        place.write_bytes(self.files[path])
        return str(place)


def test_a_data_set_of_the_hub_is_read_from_one_file_without_a_login(tmp_path, monkeypatch):
    data = written([("text", "label"), *KOREAN]).encode()
    files = {
        "README.md": b"",
        "dataset_infos.json": b"{}",
        "data/test.csv": data,
        "data/train.csv": data,
        "z.parquet": b"",
    }
    hub = Hub(tmp_path, monkeypatch, files)
    table = read_dataset(" https://huggingface.co/datasets/user/set/ ")
    assert list(table.rows) == KOREAN and "data/train.csv" in table.notes[0].en
    (path, folder), *others = hub.asked
    assert path == "data/train.csv" and not others and not Path(folder).exists()


@pytest.mark.parametrize(
    "files, error, part",
    [
        ({"README.md": b"", "config.json": b"{}"}, None, "no table"),
        ({"a.csv": b"x" * 100}, None, "larger than"),
        ({}, OSError("no route"), "connection"),
        ({}, httpx.ConnectError("no route"), "connection"),
        ({"a.csv": b"\x89PNG"}, None, "PNG"),
    ],
)
def test_a_data_set_that_cannot_be_had_is_told(files, error, part, tmp_path, monkeypatch):
    monkeypatch.setattr("s2s_demo.custom.reading.hub.MOST_BYTES", 50)
    Hub(tmp_path, monkeypatch, files, error)
    assert part in told("user/set", read_dataset)


def test_parquet_without_its_reader_is_told(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "Parquet only" in told([("a.parquet", 9)], lambda files: choose_file(files, "user/set"))


@pytest.mark.parametrize(
    "name", ["", "a b", "../x", "a/b/c", "..", "http://x.com/a", "데이터", "a" * 200, "a\nb", "$(ls)"]
)
def test_what_is_no_name_of_a_data_set_never_reaches_the_hub(name, monkeypatch):
    monkeypatch.setattr(huggingface_hub, "HfApi", lambda: pytest.fail("asked"))
    assert "no name" in told(name, read_dataset)
