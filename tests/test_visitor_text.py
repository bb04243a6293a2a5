"""A visitor's text is text: never a template, never markup, never a formula, wherever it stands and however far it goes."""

from __future__ import annotations

import ast
import csv
import logging
import unicodedata
from pathlib import Path

import pytest

from s2s_demo.custom.error_analysis import Case, csv_line
from s2s_demo.custom.export.card import make_card
from s2s_demo.custom.plan import Plan, guess_plan
from s2s_demo.custom.training_setup import new_model, task_for
from s2s_demo.faults import place_of
from s2s_demo.figures.theme import label
from s2s_demo.lab.scoreboard.rows import csv_cell
from s2s_demo.prediction import Template, UserError, Words, check_template
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.text import MOST_MARKS, normalised, whole
from s2s_demo.ui.custom import progress, reading
from s2s_demo.ui.custom import text as own_text
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import LABELS, said
from tests.effort import work

QUICK = Recipe(steps=1, dim=4)
ROOT = Path(__file__).resolve().parent.parent
HOSTILE = {
    "field": "{x}",
    "n": "{n}",
    "attribute": "{n.__class__.__mro__}",
    "index": "{0}",
    "width": "{n:>100000000}",
    "open": "{",
    "close": "}",
    "doubled": "{{n}}",
    "percent": "%s%(n)s%n",
    "dollar": "${n}$n$$x^2$$",
    "image": "<img src=x onerror=alert(1)>",
    "script": "</script><script>alert(1)</script>",
    "link": "[a](javascript:alert(1))",
    "address": "http://a.example/www.b.example",
    "bold": "**a**_b_`c`<b>d</b>~~e~~",
    "heading": "# a",
    "entity": "&lt;b&gt;&amp;",
    "override": "a\u202eb\u2066c",
    "nul": "a\0b",
    "half": "a\ud800b",
    "formula": "=HYPERLINK(1)",
    "row": "a|b",
    "i18n": '__i18n__{"key":"title"}',
}


def cases(skip=()):
    return pytest.mark.parametrize(
        "hostile", [v for k, v in HOSTILE.items() if k not in skip], ids=[k for k in HOSTILE if k not in skip]
    )


# Templates.


def test_what_fills_a_template_is_never_read_as_one():
    words = Template("{x}: {n:,}", "{x} and {n:,}").format(x="{n.__class__} {", n=1000)
    assert words == Words("{n.__class__} {: 1,000", "{n.__class__} { and 1,000")
    assert not hasattr(words, "format")


@pytest.mark.parametrize(
    "bad", ["{n.__class__}", "{0}", "{}", "{n[0]}", "{n!r}", "{n:>100}", "{n:{w}}", "{n:1000}", "{", "}"]
)
def test_a_template_holds_bare_names_and_formats_of_numbers_alone(bad):
    with pytest.raises(ValueError):  # noqa: PT011  Python's own words for some
        Template("ok", bad)  # pyright: ignore[reportArgumentType]


def test_every_sentence_with_places_is_a_sound_template():
    for labels in LABELS.values():
        for key, text in labels.items():
            if key != "lens.told.state":  # says {t−1}, and is never filled
                check_template(text)
    assert said("own.cut", "en", side="x", n=2, pieces="{side}") == "x is cut into 2 steps: {side}"


def _formats(path):
    """(line, what it is called on) of every call of .format and .format_map, and of % with a name on its left."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("format", "format_map")
        ):
            yield node.lineno, node.func.value
        if (
            isinstance(node, ast.BinOp)
            and isinstance(node.op, ast.Mod)
            and isinstance(node.right, ast.Tuple | ast.Dict)
        ):
            yield node.lineno, node.left


def test_nothing_is_formatted_but_literals_and_constants_of_our_own():
    """A constant's name is in capitals; where a template is chosen among some it is called `words` or `about`, and is a `Template`."""
    paths = [*ROOT.glob("s2s_demo/**/*.py"), *ROOT.glob("train/*.py"), ROOT / "app.py"]
    paths = [one for one in paths if one.name not in ("prediction.py", "words.py")]  # where templates are filled
    assert len(paths) > 100
    for path, line, of in ((one, *found) for one in paths for found in _formats(one)):
        literal = isinstance(of, ast.Constant) or (
            isinstance(of, ast.Call) and getattr(of.func, "id", "") == "Template"
        )
        names = {node.id for node in ast.walk(of) if isinstance(node, ast.Name)}
        constant = any(name.isupper() for name in names)
        frames = isinstance(of, ast.Name) and of.id in ("words", "about", "frames")
        assert literal or constant or frames, f"{path}:{line}: {ast.unparse(of)} is formatted"


# Through the tab of one's own pairs, from reading to results.


def told_of(mine, lang):
    """All that the page says of these pairs."""
    rows, mends = reading.issue_rows(mine, lang)
    return [
        reading.reading_notes(mine, lang),
        reading.tokenization_preview(mine, lang),
        own_text.escape_markdown(mine.plan.reason.say(lang)),
        *(cell for row in reading.preview(mine) for cell in row),
        *(cell for row in rows for cell in row),
        *(name for name, _ in mends),
    ]


def pasted(cells, head="x\ty"):
    return "\n".join([head, *("\t".join(row) for row in cells)])


@cases(skip=["nul"])
@pytest.mark.parametrize("place", ["label", "column", "x", "y", "word"])
def test_hostile_text_is_read_shown_and_suggested_as_text(hostile, place):
    head, xs, ys = (
        "text\tlabel",
        [f"text {i} is {i % 7}" for i in range(40)],
        ["good" if i % 2 else "bad" for i in range(40)],
    )
    one = " ".join(hostile.split())
    if place == "column":
        head = f"{one}\t{one}"
    if place == "label":
        ys = [one.replace(" ", "_") if y == "bad" else y for y in ys]
    if place == "x":
        xs = [f"{x} {one}" for x in xs]
    if place == "y":
        ys = [f"{one} {i}" for i in range(40)]
    if place == "word":
        xs, ys = [f"a {one.replace(' ', '_')} b"] * 20 + xs[:20], ["X Y Z"] * 20 + ["X Y Z Q"] * 20
    mine = reading.read_input(pasted(zip(xs, ys, strict=True), head), None)
    for lang in ("ko", "en"):
        said_of_it = told_of(mine, lang)
        assert sum(map(len, said_of_it)) < 20_000 and "".join(said_of_it).encode()
        assert "<" not in "".join(said_of_it[:3]) and "class 'str'" not in "".join(said_of_it)


@cases(skip=["nul", "half"])
def test_hostile_names_of_columns_and_sequences_and_labels_of_steps(hostile):
    one = " ".join(hostile.split())
    rows = [
        (f"{one} {s}", "1.5", str(i % 5), "3", one if s == 3 and i < 2 else "rest") for s in range(6) for i in range(20)
    ]
    mine = reading.read_input(pasted(rows, f"sequence\t{one}\tb\t{one}\tlabel"), None)
    assert mine.series is not None and mine.plan.columns
    for lang in ("ko", "en"):
        assert sum(map(len, told_of(mine, lang))) < 30_000


def test_all_findings_about_numbers_fill_their_places_once():
    """Names with places in them stand in the sentences of constant, apart and seldom columns and labels."""
    rows = []
    for s in range(6):
        for i in range(20):
            far = 1000.0 if s == 5 else 0.0
            rows.append((f"{{n}}{s}", f"{far + i % 7}", "5", "{n.__class__}" if (s, i) == (4, 4) else "ab"[i % 2]))
    mine = reading.read_input(pasted(rows, "sequence\t{x}\t{n:>1000000}\tlabel"), None)
    steps = reading.from_series(mine.table, reading.SeriesColumns((1, 2), 3, 0))
    text = " ".join(row[0] for row in reading.issue_rows(steps, "en")[0])
    assert "{n:>1000000}" in text and "{n.__class__}" in text and "{n}5" in text and len(text) < 2000


@cases()
def test_hostile_names_of_files_are_told_as_text(hostile, tmp_path):
    """A path holds neither "/" nor NUL; the name of an archive's member may."""
    from s2s_demo.custom.reading.pairs import read_table  # noqa: PLC0415
    from tests.test_own_pairs import packed, workbook_of  # noqa: PLC0415

    name = hostile.encode("utf-8", "replace").decode()
    for data in (
        b"",
        b"%PDF",
        b"PK\x03\x04",
        packed({f"{name}.txt": "a"}),
        packed({f"a/{name}/b.txt": "a"}),
        workbook_of(""),
    ):
        with pytest.raises(UserError) as error:
            read_table(data, f"{hostile}.csv")
        shown = own_text.escape_markdown(error.value.words.en)
        assert len(shown) < 2000 and "<" not in shown and shown.encode() and "\u202e" not in shown


# Markup.


@cases()
def test_nothing_of_it_is_markup(hostile):
    shown = own_text.escape_markdown(hostile)
    assert not any(c in shown for c in "<>`*_[]{}|$~:@\u202e\0\ud800".replace("_", "") if c not in "&#;")
    assert "://" not in shown and "www." not in shown
    tick = label(hostile, 200)
    assert "<" not in tick and "\u202e" not in tick


# The log.


def test_the_log_says_where_and_never_what(caplog):
    def nested(value):
        try:
            {}[value]
        except KeyError as e:
            raise ValueError(f"no {value}") from e

    with caplog.at_level(logging.ERROR), pytest.raises(UserError):
        user_errors_only(nested)("somebody's secret")
    assert "secret" not in caplog.text and "KeyError" in caplog.text and "ValueError" in caplog.text
    assert "test_visitor_text.py" in caplog.text


def test_a_circle_of_causes_ends():
    one, two = ValueError("a"), KeyError("b")
    one.__cause__, two.__cause__ = two, one
    assert place_of(one).count("Error") == 2


# What is no text, and normal forms.


def test_halves_of_characters_are_replaced_where_text_comes_in():
    assert whole("a\ud800b\0") == "a\ufffdb\ufffd" and whole("가") == "가"
    mine = reading.read_input("\n".join(f'{{"x": "a\\ud800 {i}", "y": "b\\u0000"}}' for i in range(20)), None)
    assert all(c.encode() and "\0" not in c for pair in mine.pairs for c in pair)


def test_marks_beyond_all_writing_are_cut_and_others_kept():
    few, many = "e" + "\u0301\u0323" * (MOST_MARKS // 2), "e" + "\u0301\u0323" * 5000
    assert normalised("NFC", few) == unicodedata.normalize("NFC", few)
    assert len(normalised("NFD", many)) == MOST_MARKS + 1
    for text in ("각하", unicodedata.normalize("NFD", "각하"), "สวัสดี" * 30, "ｶﾞ", "é" * 100):
        assert normalised("NFKC", text) == unicodedata.normalize("NFKC", text)


def test_many_kinds_to_mend_are_looked_for_once():
    mine = reading.read_input(pasted([(f"w{i % 30}", "ab"[i % 2]) for i in range(60)]), None)
    few, many = (work(lambda n=n: reading.with_fixes(mine, ["duplicate"] * n)) for n in (1, 50))
    assert many <= 1.2 * few


def test_handlers_of_own_data_end_in_a_sentence(monkeypatch):
    mine = reading.read_input(pasted([(f"w{i}", "ab"[i % 2]) for i in range(30)]), None)
    broken = reading.replace(mine, plan=None)
    calls = [
        lambda: reading.issue_rows(broken, "en"),
        lambda: reading.preview(broken),
        lambda: reading.tokenization_preview(broken, "en"),
        lambda: reading.with_columns(mine, None, None, None, None),
        lambda: reading.with_plan(mine, "none", None, None),
        lambda: reading.with_rows_as(broken, None),
        lambda: reading.load_example("none"),
        lambda: progress.suggestion_for(broken, "none", 2),
        lambda: progress.race_data([None], "en"),
    ]
    for call in calls[:5] + calls[6:]:
        with pytest.raises(UserError):
            call()


def test_the_reason_of_a_plan_is_a_finished_sentence():
    assert "{" not in guess_plan([(f"{{n}} {i}", "{x}" if i % 2 else "{y}") for i in range(40)]).reason.en


@pytest.mark.parametrize("cell", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "＠a"])
def test_no_cell_of_a_csv_is_a_formula(cell):
    assert csv_cell(cell).startswith("\"'") and csv_cell("-3.5") == '"-3.5"' and csv_cell("가") == '"가"'
    line = csv_line(Case(cell, cell, cell, 0.5))
    assert next(csv.reader([line], strict=True))[0].startswith("'")


def test_the_card_of_a_download_holds_names_as_text():
    model = new_model(
        task_for(
            steps_of_hostile(), Plan(Shape.N2N, "numbers", "word", Words("", ""), ("<b>http://a", "www.b|c")), QUICK
        ),
        "lstm",
        "encoder-only",
        QUICK,
    )
    card = make_card(model, {"name": "[a](javascript:x) {x}", "example": ""})
    assert "<b>" not in card and "http://a" not in card and "www.b" not in card and "[a](" not in card


def steps_of_hostile():
    return [(f"{{n}}{i}: {i} 2 ; 3 {i}", "{x} %s") for i in range(20)]


@pytest.mark.parametrize("shape", ["N2N", "N21", "N2M"])
def test_words_that_are_called_numbers_are_told(shape):
    mine = reading.read_input(pasted([(f"word {i}", f"label {i}") for i in range(30)]), None)
    with pytest.raises(UserError) as error:
        reading.with_plan(mine, shape, "numbers", "word")
    assert "went wrong" not in error.value.words.en
    rows, _ = reading.issue_rows(reading.replace(mine, plan=Plan(Shape[shape], "numbers", "word", Words("", ""))), "en")
    assert rows
