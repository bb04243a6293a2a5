"""Own pairs: whatever file comes in, it is read as it was meant, or one plain sentence says why not."""

from __future__ import annotations

import csv
import datetime
import importlib
import io
import json
import unicodedata
import zipfile
from itertools import product
from random import Random

import openpyxl
import pytest

from s2s_demo.custom.data_checks import find_issues
from s2s_demo.custom.plan import Plan, guess_plan, task_from_plan
from s2s_demo.custom.reading import formats
from s2s_demo.custom.reading.columns import guess_columns
from s2s_demo.custom.reading.pairs import read_pasted, read_table, to_pairs
from s2s_demo.custom.reading.table import Table
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, Task, holdout_split
from s2s_demo.ui.custom import reading
from tests.conftest import told

KOREAN = [
    ("나는 밥을 먹었다", "긍정"),
    ('그가 "응"이라 했다', "중립"),
    ("비가, 온다; 많이", "부정"),
    ("집 | 문", "중립"),
] * 3
ENCODINGS = {
    "utf-8": ("utf-8", b""),
    "utf-8-sig": ("utf-8-sig", b""),
    "cp949": ("cp949", b""),
    "euc-kr": ("euc-kr", b""),
    "utf-16": ("utf-16", b""),
    "utf-16-be with its mark": ("utf-16-be", b"\xfe\xff"),
    "utf-16-le bare": ("utf-16-le", b""),
    "utf-16-be bare": ("utf-16-be", b""),
}


def written(rows, delimiter=",", end="\r\n"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(rows)
    return out.getvalue()


def reads(name):
    return lambda data: read_table(data, name)


def pairs_of(table):
    return to_pairs(table, *guess_columns(table))


def packed(files, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook_of(rows, **parts):
    """A workbook of one sheet with these rows of XML; parts: others by the beginning of their name, in place of what is there."""
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    kept = {
        "sharedStrings": "<sst/>",
        "styles": "<styleSheet/>",
        "s": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
    }
    kept = {**kept, **parts}
    book = kept.pop("workbook", f"<workbook xmlns:r='{links}'><sheets><sheet name='S' r:id='i2'/></sheets></workbook>")
    kinds = ("sharedStrings", "styles", "worksheet")
    named = zip(kinds, kept, strict=False)
    rels = "".join(
        f"<Relationship Id='i{i}' Type='{links}/{kind}' Target='{part}.xml'/>" for i, (kind, part) in enumerate(named)
    )
    files = {"xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": f"<Relationships>{rels}</Relationships>"}
    return packed(files | {f"xl/{name}.xml": content for name, content in kept.items()})


def said(table):
    return " ".join(words.en for words in table.notes)


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_a_table_written_in_any_way_comes_back_equal(encoding):
    codec, mark = ENCODINGS[encoding]
    for way in product("\t,;|", [True, False], ["\n", "\r\n", "\r"]):
        delimiter, header, end = way
        rows = [*([("문장", "라벨")] if header else []), *KOREAN]
        table = read_table(mark + written(rows, delimiter, end).encode(codec), "my.csv")
        assert list(table.rows) == KOREAN, way
        assert table.header == (("문장", "라벨") if header else ("A", "B")), way
        assert table.delimiter == delimiter, way
        assert "Encoding" in said(table) and "Delimiter" in said(table) and "header" in said(table), way


@pytest.mark.parametrize("delimiter", ["\t", ",", ";", "|"])
@pytest.mark.parametrize("seed", range(6))
def test_random_cells_come_back_equal(delimiter, seed):
    rng = Random(seed)
    alphabet = "ab 가나é',;|\t\n\"0=é"
    rows = [tuple("z" + "".join(rng.choices(alphabet, k=rng.randrange(8))) + "z" for _ in range(3)) for _ in range(40)]
    table = read_table(written(rows, delimiter).encode(), "my.csv", delimiter=delimiter, header=False)
    assert list(table.rows) == rows


def test_an_encoding_is_guessed_and_named():
    text = written([("단어", "뜻"), *KOREAN])
    found = {
        name: read_table(text.encode(name), "a.csv").encoding for name in ("utf-8", "utf-8-sig", "cp949", "euc-kr")
    }
    assert found == {"utf-8": "utf-8", "utf-8-sig": "utf-8-sig", "cp949": "cp949", "euc-kr": "cp949"}
    french = written([("café", "coffee"), ("été", "summer"), ("où", "where")] * 9).encode("cp1252")
    assert read_table(french, "a.csv").encoding == "cp1252"
    assert read_table(french, "a.csv").rows[1] == ("été", "summer")
    capitals = written([("ÊÀ", "loud")] * 9).encode("cp1252")  # two bytes that CP949 reads as a Hanja
    assert capitals.decode("cp949") and read_table(capitals, "a.csv").encoding == "cp1252"


def test_one_bad_byte_does_not_cost_the_file():
    data = written(KOREAN * 50).encode() + "끝,가\n".encode() + b"\xff\xff,x\n"
    table = read_table(data, "a.csv")
    assert table.encoding == "utf-8" and "Unreadable" in said(table) and table.rows[0] == KOREAN[0]


def test_a_chosen_encoding_delimiter_and_header_are_obeyed():
    table = read_table("x;y,z\na;b,c\n".encode("cp949"), "a.csv", encoding="cp949", delimiter=",", header=False)
    assert table.rows == (("x;y", "z"), ("a;b", "c")) and table.notes == ()
    told(b"a,b", lambda data: read_table(data, "a.csv", encoding="klingon"))


@pytest.mark.parametrize(
    "rows, named",
    [
        ([("text", "label"), ("I like it", "good"), ("I do not", "bad")], True),
        ([("word", "drow"), ("stone", "enots"), ("tree", "eert"), ("sea", "aes")], False),
        ([("word", "reversed"), *[(w, w[::-1]) for w in ("stone", "tree", "sea", "river", "hill")]], True),
        ([("utter", "feel"), *[(f"a rather long sentence no {i}", "ab"[i % 2]) for i in range(12)]], True),
        ([(f"sentence {i} is here", "ab"[i % 2]) for i in range(12)], False),
        ([("written", "iso"), ("3 March 2021", "2021-03-03"), ("4 May 1999", "1999-05-04")], True),
        ([("3 March 2021", "2021-03-03"), ("4 May 1999", "1999-05-04")], False),
        ([("12", "144"), ("3", "9"), ("5", "25")], False),
        ([("n", "square"), ("3", "9"), ("5", "25")], True),
        (
            [("한글", "로마자"), ("바다", "bada"), ("나무", "namu"), ("하늘", "haneul")],
            False,
        ),  # told, and can be changed
        ([("안녕", "hello"), ("사랑", "love")], False),
        ([("only", "row")], False),
    ],
)
def test_a_header_is_told_from_data(rows, named):
    table = read_table(written(rows).encode(), "a.csv")
    assert len(table.rows) == len(rows) - named
    assert (table.header == rows[0]) == named


def test_a_column_without_a_name_and_one_that_comes_twice_are_named():
    table = read_table(b",text, text \n0,a b,c\n1,d e,f\n", "a.csv")
    assert table.header == ("A", "text", "text (2)")
    assert guess_columns(table) == (1, 2)


def test_a_numbering_with_gaps_and_repeats_and_an_empty_column_are_neither_x_nor_y():
    rows = [f"{n};ask {n};;{'ab'[n % 2]}" for n in [*range(1, 20), *range(25, 60), 3, 9, 30]]
    table = read_table("\n".join(["no.;what was asked;remark;kind", *rows]).encode(), "a.csv")
    assert guess_columns(table) == (1, 3)


def test_numbers_that_are_the_data_are_still_x():
    table = read_table("\n".join(f"{n * n % 97},{n},{'ab'[n % 2]}" for n in range(40, 0, -1)).encode(), "a.csv")
    assert guess_columns(table) == (0, 1)


# The complaints that importers of this kind meet most often.


def test_complaint_how_to_do_seq2seq_two_columns_of_text_are_enough():
    pasted = "\n".join(f"long text number {i} to be told shortly\tshort {i}" for i in range(20))
    plan = guess_plan(pairs := pairs_of(read_pasted(pasted)))
    assert plan.shape is Shape.N2M
    assert len(list(task_from_plan(pairs, plan).pairs("train", 0))) == 18


def test_complaint_two_columns_of_a_csv_become_steps():
    table = read_table(
        written([("source", "target"), *[(f"in {i}", f"out, {i}") for i in range(12)]]).encode(), "a.csv"
    )
    pairs = pairs_of(table)
    assert pairs[3] == ("in 3", "out, 3")
    task = task_from_plan(pairs, guess_plan(pairs))
    assert task.get_y_codec().tokens("out, 3") == list("out, 3")


@pytest.mark.parametrize(
    "text",
    [
        '"a, b","c"\n"d ""e""","f\ng"\n',
        '"a, b","c"\r\n"d ""e""","f\ng"\r\n',
        '"a, b", "c"\n"d ""e""", "f\ng"\n',
        '"a, b","c"\n"d \\"e\\"","f\ng"\n',
        '\n\n"a, b","c"\n\n"d ""e""","f\ng"\n\n',
        '\ufeff"a, b","c"\n"d ""e""","f\ng"',
    ],
)
def test_complaint_parse_error_with_a_valid_csv(text):
    assert read_table(text.encode(), "a.csv").rows == (("a, b", "c"), ('d "e"', "f\ng"))


def test_complaint_parse_error_rows_of_unequal_length_are_told_with_their_number():
    table = read_table(b"x,y\na,b\nc\nd,e,f\ng,h,\ni,j\n", "a.csv")
    assert table.rows == (("a", "b"), ("c", ""), ("g", "h"), ("i", "j"))
    assert "Row 3 has fewer" in said(table) and "Row 4 has more" in said(table)


@pytest.mark.parametrize("names", [("Text", "Label"), ("발화", "의도"), ("foo", "bar"), ("", "b")])
def test_complaint_key_error_text_no_column_needs_a_certain_name(names):
    rows = [(f"please do thing number {i}", "on" if i % 2 else "off") for i in range(12)]
    table = read_table(written([names, *rows]).encode(), "a.csv", header=True)
    assert to_pairs(table, 0, 1) == rows == pairs_of(table)


def test_complaint_white_space_in_a_column_name():
    table = read_table(" text ,\tlabel\xa0, two  words\na b,c,d\n".encode(), "a.csv", header=True)
    assert table.header == ("text", "label", "two words")


@pytest.mark.parametrize("kind", ["jsonl", "csv with python lists", "csv with json lists"])
def test_complaint_token_classification_columns_are_lists(kind):
    rows = [(["I", "see", "New York"], ["PRON", "VERB", "PROPN"]), (["Birds", "fly"], ["NOUN", "VERB"])] * 6
    if kind == "jsonl":
        data, name = "\n".join(json.dumps({"tokens": x, "ner_tags": y}) for x, y in rows), "a.jsonl"
    else:
        write = str if "python" in kind else json.dumps
        data, name = written([("tokens", "ner_tags"), *[(write(x), write(y)) for x, y in rows]]), "a.csv"
    pairs = pairs_of(read_table(data.encode(), name))
    assert pairs[:2] == [("I see New_York", "PRON VERB PROPN"), ("Birds fly", "NOUN VERB")]
    plan = guess_plan(pairs)
    assert (plan.shape, plan.by_x, plan.by_y) == (Shape.N2N, "word", "word")


def test_complaint_a_column_of_numbers_as_labels():
    pairs = pairs_of(
        read_table(written([("text", "label"), *[(f"word {i} here", i % 2) for i in range(20)]]).encode(), "a")
    )
    assert guess_plan(pairs).shape is Shape.N21 and {y for _, y in pairs} == {"0", "1"}


@pytest.mark.parametrize("word", ["NA", "null", "None", "nan", "007", "1e5", "TRUE", "-0", "1.50"])
def test_complaint_a_cell_that_looks_like_a_value_stays_the_text_it_is(word):
    rows = [(word, f"meaning {i}") for i in range(12)]
    assert list(read_table(written(rows).encode(), "a.csv").rows) == rows


# Formats.


def test_jsonl_json_and_a_pasted_one_are_the_same():
    rows = [{"x": "a\u2028b", "y": 1.50, "z": None}, {"y": "d", "x": True, "more": {"k": [1]}}]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    tables = [
        read_table(lines.encode(), "a.jsonl"),
        read_table(json.dumps(rows).encode(), "a.json"),
        read_pasted(lines),
        read_table(lines.encode("utf-16"), "a.txt"),
    ]
    for table in tables:
        assert table.header == ("x", "y", "z", "more")
        assert table.rows == (("a\u2028b", "1.5", "", ""), ("true", "d", "", '{"k": ["1"]}'))


def test_numbers_of_json_stay_as_they_are_written():
    table = read_table(b'{"x": 1.50, "y": 10000000000000000000001}\n{"x": NaN, "y": 1e3}', "a.jsonl")
    assert table.rows == (("1.50", "10000000000000000000001"), ("NaN", "1e3"))


@pytest.mark.parametrize(
    "text", ['{"x": 1, "y": 2}\n{"x": 1,', '{"x": 1, "y": 2}\n3', '{"x": 1, "y": 2}\n' + "[" * 100_000]
)
def test_a_broken_row_of_json_is_named(text):
    assert "Row 2" in told(text.encode(), reads("a.jsonl"))


def conllu(*sentences):
    rows = []
    for sentence in sentences:
        rows += [f"{i}\t{w}\t_\t{t}\t_\t_\t0\t_\t_\t_" for i, (w, t) in enumerate(sentence, 1)] + [""]
    return "# text\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_conllu_gives_words_and_their_universal_tags(end):
    text = conllu([("I", "PRON"), ("see", "VERB")], [("새가", "NOUN"), ("난다", "VERB")]).replace("\n", end)
    for table in (read_table(text.encode(), "a.conllu"), read_table(text.encode(), "a.txt"), read_pasted(text)):
        assert table.rows == (("I see", "PRON VERB"), ("새가 난다", "NOUN VERB"))
    assert "Row" in told(b"1\tI\tPRON\n", reads("a.conllu"))


def test_a_zip_of_one_table_is_that_table():
    inner = written([("문장", "라벨"), *KOREAN]).encode("cp949")
    extras = {"__MACOSX/._my.csv": b"\0\1\2", ".DS_Store": b"\0", "readme.txt": b"hello"}
    assert list(read_table(packed({"data/my.csv": inner, **extras}), "a.zip").rows) == KOREAN
    assert "2 tables" in told(packed({"a.csv": inner, "b.csv": inner}), reads("a.zip"))


def test_a_zip_of_label_folders_gives_labels():
    files = {f"train/{label}/{i}.txt": f"text {i}\nof {label}" for label in ("pos", "neg") for i in range(6)}
    table = read_table(packed(files), "a.zip")
    assert table.header == ("text", "label") and len(table.rows) == 12
    assert ("text 3 of neg", "neg") in table.rows
    assert guess_plan(pairs_of(table)).shape is Shape.N21
    assert "folder" in told(packed({f"a/{i}.txt": "x" for i in range(3)}), reads("a.zip"))
    assert "no folder" in told(packed({"1.txt": "x", "b/2.txt": "y"}), reads("a.zip"))


def test_korean_folder_names_of_windows_are_read():
    data = packed({f"{label}/{i}.txt": f"글 {i}" for label in ("aa", "bb") for i in range(3)})
    data = data.replace(b"aa/", "긍".encode("cp949") + b"/").replace(b"bb/", "부".encode("cp949") + b"/")
    assert {label for _, label in read_table(data, "a.zip").rows} == {"긍", "부"}


def test_a_workbook_is_read_where_there_is_a_reader():
    book = openpyxl.Workbook()
    for row in [(" text ", "label"), ("=1+1", "a"), (3, "b"), (4.5, None)]:
        book.active.append(row)
    book.active["A2"].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    table = read_table(out.getvalue(), "a.xlsx")
    assert table.header == ("text", "label") and table.rows == (("=1+1", "a"), ("3", "b"), ("4.5", ""))


@pytest.mark.parametrize(
    "data", [packed({"xl/workbook.xml": "<x/>"}), b"PAR1 and nothing more"], ids=["xlsx", "parquet"]
)
def test_a_format_without_its_reader_is_told(data, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(formats.importlib, "import_module", missing)
    assert "cannot be read here" in told(data, reads("a.csv"))


def workbook(*sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        for cell in (cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)):
            cell.data_type = "s"  # text, whatever it begins with
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_first_sheet_with_content_is_read_as_text():
    moment = datetime.datetime(2021, 3, 3, 12, 30)
    rows = [(" text ", "label", None), (None, None, None), ("=1+1", 3.0, None), (datetime.datetime(2021, 3, 3), True)]
    rows += [(moment, 1e-3), (datetime.timedelta(hours=30), -2), ("<b> & é", None), (datetime.time(8, 5), 0.25)]
    table = read_table(workbook([(None, None)], rows), "a.csv")
    assert table.header == ("text", "label") and table.rows == (
        ("=1+1", "3"),
        ("2021-03-03", "true"),
        ("2021-03-03 12:30:00", "0.001"),
        ("1 day, 6:00:00", "-2"),
        ("<b> & é", ""),
        ("08:05:00", "0.25"),
    )
    assert "Sheet1" in said(table)


def test_a_workbook_may_say_where_its_cells_stand_and_write_texts_in_place():
    rows = (
        "<row r='1'><c r='A1' t='inlineStr'><is><t>x</t><rPh><t>no</t></rPh></is></c><c r='C1' t='str'><v>y</v></c></row>"
        "<row r='9'><c r='C9' t='b'><v>1</v></c><c r='A9' t='inlineStr'><is><r><t>a </t></r><r><t>b</t></r></is></c></row>"
        "<row r='12'><c t='d'><v>2021-03-03T00:00:00</v></c><c t='e'><v>#N/A</v></c><c><v>12345678901234567890</v></c></row>"
    )
    table = read_table(workbook_of(rows), "a.xlsx")
    assert table.header == ("x", "B", "y")
    assert table.rows == (("a b", "", "true"), ("2021-03-03", "#N/A", "12345678901234567890"))


def test_importlib_is_whole_again():
    assert importlib.import_module("json") is json


# Plans and tasks.


def spread(pairs):
    plan = guess_plan(pairs)
    return plan.shape, plan.by_x, plan.by_y


def letters(rng, k):
    return "".join(rng.choices("abcdefghij", k=k))


def test_the_shape_is_guessed_from_lengths_and_labels():
    rng = Random(0)
    words = [letters(rng, rng.randrange(3, 9)) for _ in range(100)]
    assert spread([(w, w[::-1]) for w in words]) == (Shape.N2N, "char", "char")
    assert "100 % of rows" in guess_plan([(w, w[::-1]) for w in words]).reason.en
    assert spread([(w, w + w) for w in words]) == (Shape.N2M, "char", "char")
    assert spread([(w, "ab"[i % 2]) for i, w in enumerate(words)])[0] is Shape.N21
    assert (
        spread([(w, "cat" if i % 2 else "dog") for i, w in enumerate(letters(rng, 3) for _ in range(99))])[0]
        is Shape.N21
    )
    tagged = [(f"the {w} sees a bird", "DET NOUN VERB DET NOUN") for w in words]
    tagged += [(f"{w} sings", "NOUN VERB") for w in words]
    assert spread(tagged) == (Shape.N2N, "word", "word")
    assert spread([(x.replace(" ", "_"), y) for x, y in tagged])[0] is not Shape.N2N


SPACED = ("very good", "bad", "neutral", "so so")


@pytest.mark.parametrize(
    "n, labels", [(600, SPACED), (40, SPACED), (300, ("전혀 아니다", "매우 그렇다")), (16, SPACED[:2])]
)
@pytest.mark.parametrize("numbers", [False, True])
def test_few_values_that_come_again_are_labels_with_their_spaces(n, labels, numbers):
    rng = Random(0)
    pairs = [
        (
            " ; ".join(f"{rng.random():.2f} 1" for _ in range(5))
            if numbers
            else f"{letters(rng, 9)} {i}" + " or so" * (i % 2),
            labels[i % len(labels)],
        )
        for i in range(n)
    ]
    plan = guess_plan(pairs)
    assert (plan.shape, plan.by_y, plan.numbers) == (Shape.N21, "label", numbers), plan.reason.en
    assert f"{len(labels)} different values in {n} rows" in plan.reason.en and f"{len(labels)}가지" in plan.reason.ko
    task = task_from_plan(pairs, plan)
    assert {task.get_y_codec().decode(task.get_y_codec().encode(y).tolist()) for y in labels} == set(labels)
    assert not [one for one in find_issues(pairs, plan) if one.kind == "spaced-label"], "they are no fault"


def test_sentences_are_no_labels_though_some_of_them_come_again():
    rng = Random(0)
    pairs = [(f"ask {i}", "thank you" if i < 320 else f"it is {letters(rng, 8)}") for i in range(400)]
    plan = guess_plan(pairs)
    assert plan.shape is Shape.N2M and "81 different values in 400 rows" in plan.reason.en
    assert "81가지" in plan.reason.ko


def test_spaced_labels_can_be_chosen_and_left_again():
    mine = reading.read_input("\n".join(f"text {i}\t{SPACED[i % 4]}" for i in range(80)), None)
    assert mine.plan.by_y == "label"
    freely = reading.with_plan(mine, "N2M", mine.plan.by_x, mine.plan.by_y)
    assert (freely.plan.shape, freely.plan.by_y) == (Shape.N2M, "char")
    again = reading.with_plan(freely, "N21", "char", "char")
    assert (again.plan.shape, again.plan.by_y) == (Shape.N21, "label")


def test_almost_equal_lengths_are_no_n2n():
    pairs = [(f"{i:04}", f"{i + 7:04}") for i in range(999)] + [("12345", "1")]
    plan = guess_plan(pairs)
    assert plan.shape is Shape.N2M and "99.9 %" in plan.reason.en


def test_what_a_step_is_follows_from_the_text():
    rng = Random(0)
    nouns, verbs = ("물을", "밥을", "책을", "문을"), ("연다", "본다", "산다", "준다")
    asked = [(f"{rng.choice(('나는', '너는'))} {rng.choice(nouns)} 안 {rng.choice(verbs)}", "예") for _ in range(50)]
    asked += [(x, "아니오") for x, _ in asked]
    assert spread(asked) == (Shape.N21, "word", "word")
    rare = [(chr(0xAC00 + 41 * i) + chr(0xAC00 + 43 * i), "ab" * (1 + i % 3)) for i in range(200)]
    plan = guess_plan([(x, f"{y}{i}") for i, (x, y) in enumerate(rare)])
    assert plan.by_x == "jamo" and "syllables" in plan.reason.en and "자모" in plan.reason.ko
    new = [(f"{letters(rng, 6)} {letters(rng, 6)} {letters(rng, 6)}", "ab"[i % 2]) for i in range(100)]
    assert spread(new) == (Shape.N21, "char", "word")


def test_a_task_from_a_plan_reads_x_and_y_each_in_its_own_steps():
    pairs = [(f"바다 {i}", f"bada {i} sea") for i in range(20)]
    task = task_from_plan(pairs, Plan(Shape.N2M, "jamo", "word", Words("", "")), "mine")
    assert task.name == "mine"
    assert "".join(task.get_x_codec().tokens("바다")) == unicodedata.normalize("NFD", "바다")
    assert task.get_x_codec().decode(task.get_x_codec().encode("바다 1").tolist()) == "바다 1"
    assert task.get_y_codec().tokens("bada 1 sea") == ["bada", "1", "sea"]
    syllables = task_from_plan(pairs, Plan(Shape.N2M, "syllable", "char", Words("", "")))
    assert syllables.get_x_codec().tokens("바다") == ["바", "다"]


def test_decomposed_and_composed_letters_are_the_same():
    pairs = [(f"바다{i}", f"été{i}") for i in range(20)]
    apart = [(unicodedata.normalize("NFD", x), unicodedata.normalize("NFD", y)) for x, y in pairs]
    tasks = [task_from_plan(some, Plan(Shape.N2M, "char", "char", Words("", ""))) for some in (pairs, apart)]
    assert list(tasks[0].pairs("train", 0)) == list(tasks[1].pairs("train", 0))
    assert tasks[0].get_x_codec() == tasks[1].get_x_codec() and tasks[0].get_y_codec() == tasks[1].get_y_codec()
    assert tasks[1].read(apart[0][0]) == pairs[0][0]
    assert guess_plan(pairs) == guess_plan(apart)


def test_an_answer_longer_than_usual_can_be_said():
    task = Task.from_pairs([(str(i), "b" * 100) for i in range(12)], shape=Shape.N2M)
    assert task.longest == 101


def test_the_split_knows_neither_order_nor_period_and_shares_no_x():
    pairs = [(f"{a}*{b}", str(a * b)) for a in range(20) for b in range(10)]
    kept, held = holdout_split(pairs)
    assert len(held) == 20 and len({x[-1] for x, _ in held}) > 4
    assert set(holdout_split(pairs[::-1])[1]) == set(held)
    twice = [*pairs, *((x, y + "!") for x, y in pairs)]
    kept, held = holdout_split(twice)
    assert len(kept) + len(held) == 400 and not {x for x, _ in kept} & {x for x, _ in held}
    kept, held = holdout_split([("", str(i)) for i in range(50)])
    assert len(held) == 5 and len(kept) == 45


@pytest.mark.parametrize("columns", [(0, 0), (0, 9), (-1, 0)])
def test_columns_that_are_not_there_are_told(columns):
    told(read_pasted("a\tb\nc\td"), lambda table: to_pairs(table, *columns))


def test_two_empty_columns_are_told():
    table = Table(("x", "y", "z"), (("", " ", "a"),), "", "", ())
    told(table, lambda table: to_pairs(table, 0, 1))
    told([("", "a"), ("b", " ")], guess_plan)
