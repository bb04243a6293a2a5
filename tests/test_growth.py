"""What strangers send costs work in proportion to its size: twice as much is never three times the work, whatever it is made of.

Work is told in two ways, neither of which looks at a clock: by the number of functions entered, which is the same on every machine, and
by CPU time, which also sees loops inside C such as those of regular expressions. Of the latter only a growth over eight times the size
is judged, and only where it costs more than a visitor may cost a page.
"""

from __future__ import annotations

import io
import json
import wave
from collections.abc import Callable
from functools import partial
from random import Random

import pytest

from s2s_demo import tasks
from s2s_demo.custom import data_checks, tokenization
from s2s_demo.custom.plan import Plan, guess_plan
from s2s_demo.custom.reading.pairs import read_pasted, read_table
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import Shape, nfc
from s2s_demo.ui.custom import reading
from s2s_demo.ui.custom import text as own_text
from tests.effort import cpu, work
from tests.test_own_pairs import packed, workbook_of

SIZE = 2000
TWICE, EIGHT_TIMES = 3.0, 27.0
FREE_SECONDS, FREE_EVENTS = 0.1, 3000
NO = Words("", "")
Family = Callable[[int], object]


def filled(piece: str) -> Family:
    """Texts of about n characters that repeat a piece, alone, after and before a letter, and as a table."""
    return lambda n: (piece * (n // len(piece) + 1))[:n]


PIECES = {
    "comma": ",",
    "comma name": "a,",
    "comma digit": "1,",
    "tab": "\t",
    "semicolon": ";a",
    "bar": "a|",
    "quote": '"',
    "quote comma": '",',
    "quoted": '"a","b"\n',
    "escaped quote": '\\"',
    "apostrophe": "'",
    "digits": "1",
    "number signs": "1.2:3/4-5 ",
    "minus": "-",
    "blank": " ",
    "newline": "\n",
    "short rows": "a\tb\n",
    "ragged rows": "a\tb\nc\n",
    "blank lines": "a\t1\n\n",
    "hash": "#\n",
    "bracket": "[",
    "brackets": "[]",
    "list": "['a', 'b'],",
    "brace": "{",
    "object": '{"a":',
    "objects": '{"a":1,"b":2}\n',
    "sparse objects": "{}\n",
    "backslash": "\\",
    "rows of numbers": "1 2 ; ",
    "named rows": "a [1-2]: 1 2 ;",
    "parts": " [1-1",
    "steps": "1\t2\ta\n",
    "marks": "\u0300\u0327",
    "marked letters": "e\u0301",
    "hangul": "가나 다\n",
    "jamo": "\u1100\u1161\u11a8",
    "emoji": "\U0001f469\u200d",
    "wide": "\uff9e\u0315",
    "ligature": "\ufdfa",
    "controls": "\x01",
    "formula": "=1+1,",
    "braces of templates": "{n:>9}{x.y}",
    "conllu": "1\ta\t_\tNOUN\t_\t_\t0\t_\t_\t_\n",
    "conllu comment": "# a = b\n",
    "conllu range": "1-2\ta\t_\tNOUN\t_\t_\t0\t_\t_\t_\n",
    "xml": "<a>",
    "contraction": "can't ",
    "dots": "a.",
    "quotes and blanks": "' ",
}


def many_labels(n):
    return "\n".join(f"text {i}\tlabel{i // 2}" for i in range(n // 18))


def many_columns(n):
    return "\n".join(["\t".join(f"c{i}" for i in range(n // 8))] * 2)


def same_columns(n):
    return "\n".join(["\t".join("x" for _ in range(n // 4))] * 2)


def keys(n):
    return json.dumps({f"k{i}": i for i in range(n // 10)})


def growing_keys(n):
    return "\n".join(json.dumps({f"k{i}": 1, f"j{i}": 2}) for i in range(n // 20))


def sparse(n):
    return "\n".join([json.dumps({f"k{i}": i for i in range(90)}), *["{}"] * (n // 3)])


def deep_lists(n):
    return "\n".join(f'{{"x": {"[" * 7}1{"]" * 7}, "y": {i}}}' for i in range(n // 30))


def deeper(n):
    return f'[{{"x": "a", "y": {"[" * (n // 2)}{"]" * (n // 2)}}}]'


def sequences(n):
    return "\n".join(f"s{i // 2} [{i}-{i}]: {i % 7} 2 ; 3 {i % 5}\tab" for i in range(n // 24))


def stepped(n):
    return "sequence\ta\tb\tlabel\n" + "\n".join(f"s{i // 4}\t{i % 7}\t{i % 5}\t{'ab'[i % 2]}" for i in range(n // 12))


def lists_in_cells(n):
    return "x\ty\n" + "\n".join("['a', \"b\\'c\", 1]\t[1, 2]" for _ in range(n // 24))


def one_long_list(n):
    return "x\ty\n" + "\n".join(f"[{'1, ' * 600}]\tb" for _ in range(n // 1800 + 1))


def words(n):
    rng = Random(0)
    return "\n".join(
        "".join(rng.choices("abcdef", k=6)) + "\t" + "".join(rng.choices("uvwxyz", k=8)) for _ in range(n // 16)
    )


def conllu(n):
    return "\n".join(f"{i}\tw{i}\t_\tNOUN\t_\t_\t0\t_\t_\t_" for i in range(1, n // 24)) + "\n\n"


TEXTS = {
    **{name: filled(piece) for name, piece in PIECES.items()},
    **{
        f.__name__: f for f in (many_labels, many_columns, same_columns, keys, growing_keys, sparse, deep_lists, deeper)
    },
    **{f.__name__: f for f in (sequences, stepped, lists_in_cells, one_long_list, words, conllu)},
}


def whole_step(text: str) -> None:
    """All of the tab's first step."""
    mine = reading.read_input(text, None)
    reading.issue_rows(mine, "en")
    reading.reading_notes(mine, "ko")
    reading.tokenization_preview(mine, "en")
    reading.preview(mine)


READERS: dict[str, Callable[[str], object]] = {
    "pasted": read_pasted,
    "csv": lambda text: read_table(text.encode("utf-8", "replace"), "a.csv"),
    "jsonl": lambda text: read_table(text.encode("utf-8", "replace"), "a.jsonl"),
    "conllu": lambda text: read_table(text.encode("utf-8", "replace"), "a.conllu"),
    "utf-16": lambda text: read_table(text.encode("utf-16", "replace"), "a.csv"),
    "cp949": lambda text: read_table(text.encode("cp949", "replace"), "a.csv"),
    "first step": whole_step,
    "shown": lambda text: (
        quoted(text),
        own_text.escape_markdown(text),
        own_text.cell(text),
        own_text.short(text),
        nfc(text),
    ),
    **{
        name: tasks.TASKS[name].read
        for name in ("arithmetic", "addition", "pos-en", "pos-ko", "intent-en", "intent-ko")
    },
}


def out_of_proportion(call: Callable[[int], Callable[[], object]], size: int = SIZE) -> str:
    """What is wrong with the work of calls made for a size, for twice and for eight times of it; "" if nothing is."""
    once, twice = work(call(size)), work(call(2 * size))
    if twice > max(FREE_EVENTS, TWICE * once):
        return f"{once} events, {twice} for twice the input"
    eight = cpu(call(8 * size), 1)
    if eight > FREE_SECONDS:
        one, eight = cpu(call(size), 5), min(eight, cpu(call(8 * size), 3))
        if eight > max(FREE_SECONDS, EIGHT_TIMES * one):
            return f"{one:.4f} s, {eight:.4f} s for eight times the input"
    return ""


@pytest.mark.parametrize("reader", READERS)
def test_a_text_costs_in_proportion_to_its_size(reader):
    def call(family, n):
        text = TEXTS[family](n)
        return lambda: READERS[reader](text)

    wrong = {family: out_of_proportion(partial(call, family)) for family in TEXTS}
    assert not any(wrong.values()), {family: told for family, told in wrong.items() if told}


@pytest.mark.parametrize("by", ["char", "jamo", "word", "subword", "numbers"])
@pytest.mark.parametrize("family", ["words", "sequences", "many_labels", "marked letters"])
def test_the_data_doctor_costs_in_proportion(family, by):
    def call(shape, n):
        texts = TEXTS[family](n).split("\n")
        pairs = [tuple((text.split("\t") * 2)[:2]) for text in texts if text]
        plan = Plan(shape, by, "word" if by == "numbers" else by, NO)

        def examine():
            tokenization._subwords.cache_clear()  # else what was learnt for another size is remembered, or not
            return data_checks.find_issues(pairs, plan)

        return examine

    size = 6000 if by == "subword" else 2000  # fewer letters teach no merges, more teach many
    wrong = {shape.name: out_of_proportion(partial(call, shape), size) for shape in (Shape.N2N, Shape.N21, Shape.N2M)}
    assert not any(wrong.values()), wrong


def test_guessing_a_plan_for_thousands_of_labels_costs_in_proportion():
    assert not out_of_proportion(
        lambda n: lambda: guess_plan([(f"text {i} of it", f"l{i // 3}") for i in range(n)]), 1000
    )


def sound(seconds):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(16000 * seconds)))
    return out.getvalue()


ARCHIVES = {
    "texts": lambda n: {f"l{i % 3}/{i}.txt": "word" for i in range(n)},
    "labels": lambda n: {f"l{i}/{i}.txt": "word" for i in range(n)},
    "deep": lambda n: {"a/" * n + "b.txt": "word", "b/c.txt": "w"},
    "tables": lambda n: {f"t{i}.csv": "a,b,label\n" + "1,2,x\n3,4,y\n" * 8 for i in range(n // 10)},
    "odd tables": lambda n: {f"t{i}.csv": f"a{i},b\n1,2\n" for i in range(n // 10)},
    "broken sounds": lambda n: {f"l{i % 2}/{i}.wav": b"RIFF" for i in range(n // 10)},
    "list": lambda n: {
        "labels.csv": "file,label\n" + "".join(f"{i}.wav,{i % 2}\n" for i in range(n)),
        "1.wav": sound(0.1),
    },
    "long name": lambda n: {"x" * n + ".txt": "word"},
}


@pytest.mark.parametrize("kind", ARCHIVES)
def test_an_archive_costs_in_proportion(kind):
    def call(n):
        data = packed(ARCHIVES[kind](n))
        return lambda: read_table(data, "a.zip")

    assert not out_of_proportion(call, 200)


ROWS = {
    "empty rows": "<row/>",
    "empty cells": "<row>" + "<c/>" * 50 + "</row>",
    "far cells": "<row r='99999'><c r='XFD99999'><v>1</v></c></row>",
    "cells": "<row><c><v>1</v></c><c t='inlineStr'><is><t>b</t></is></c></row>",
    "dates": "<row><c s='1'><v>45000</v></c><c t='d'><v>2021-01-01</v></c></row>",
    "runs": "<row><c t='inlineStr'><is>" + "<r><t>a</t></r>" * 9 + "</is></c></row>",
    "strings": "<row><c t='s'><v>0</v></c><c t='s'><v>1</v></c></row>",
    "others": "<x/>",
    "open": "<a>",
}


@pytest.mark.parametrize("kind", ROWS)
def test_a_workbook_costs_in_proportion(kind):
    strings = "<sst>" + f"<si><t>{'7 ; ' * 2000}</t></si><si><t>b</t></si>" + "</sst>"
    styles = "<styleSheet><cellXfs><xf/><xf numFmtId='14'/></cellXfs></styleSheet>"

    def call(n):
        data = workbook_of(ROWS[kind] * n, sharedStrings=strings, styles=styles)
        return lambda: read_table(data, "a.xlsx")

    assert not out_of_proportion(call, 500)


SMALL = {
    "columns": ("a.csv", ("a," * 60_000 + "a\n").encode() * 2),
    "styles": (
        "a.xlsx",
        workbook_of("", styles="<styleSheet><cellXfs>" + "<xf numFmtId='14'/>" * 300_000 + "</cellXfs></styleSheet>"),
    ),
    "rows": ("a.xlsx", workbook_of("<row/>" * 300_000)),
    "bomb": ("a.zip", packed({"a.csv": b"x,y\n" * 2_000_000})),
    "deep": ("a.json", b'[{"x":"a","y":' + b"[" * 900 + b"]" * 900 + b"}]"),
    "deepest": ("a.json", b"[" * 100_000),
    "slow rate": ("a.zip", None),
}


@pytest.mark.parametrize("kind", SMALL)
def test_what_once_cost_seconds_is_refused_at_once(kind):
    name, data = SMALL[kind]
    if data is None:
        slow = sound(1)
        slow = (
            slow[:24] + (1).to_bytes(4, "little") + slow[28:]
        )  # one sample a second: at 8 kHz eight thousand times as many
        data = packed({"a/1.wav": slow, "b/2.wav": slow})
    with pytest.raises(UserError):
        read_table(data, name)
    assert cpu(lambda: read_table(data, name)) < 1.0  # CPU time, with much room


def test_deep_values_are_told():
    with pytest.raises(UserError) as error:
        read_table(b'[{"x":"a","y":' + b"[" * 900 + b"]" * 900 + b"}]", "a.json")
    assert "levels deep" in error.value.words.en
