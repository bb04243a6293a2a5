"""One way to write each character, in every task that reads text: on the page, in the command, over the API and in own runs."""

from __future__ import annotations

import unicodedata

import pytest

from s2s_demo import tasks
from s2s_demo.codecs import UNK, HashedNgrams, Subwords, Symbols, normal
from s2s_demo.codecs.hashed_ngrams import word_hashes
from s2s_demo.prediction import UserError
from s2s_demo.task import Shape, Task

WIDE = {chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)} | {" ": "\u3000"}
BOLD = {c: chr(0x1D41A + i) for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}


def wide(text):
    """The text as a Korean or Japanese keyboard writes it in full width."""
    return "".join(WIDE.get(c, c) for c in text)


@pytest.mark.parametrize(
    "text, plain",
    [
        (wide("What's 20% of $15?"), "What's 20% of $15?"),
        ("ﬁnd oﬀers ﬂy", "find offers fly"),
        ("".join(BOLD.get(c, c) for c in "what is fine"), "what is fine"),
        ("ⓗⓘ ①", "hi 1"),
        ("a\u00a0b", "a b"),
        ("10㎏ №5 Ⅳ", "10kg No5 IV"),
        ("ｶﾞｷﾞ", "ガギ"),
        ("ﾡﾢ", "ㄱㄲ"),
    ],
)
def test_other_widths_and_fonts_are_written_plainly(text, plain):
    assert normal(text) == plain == normal(plain)


@pytest.mark.parametrize(
    "text", ["ㅋㅋㅋ ㅠㅠ ㅇㅇ ㄱ", "x² H₂O ½", "wait … ‥", "don´t", "㉠ ㈀", "™ ª", "갔다 왔다", "ά é", "👩‍👩‍👧 ♥", ""]
)
def test_what_nfkc_would_change_into_something_else_stays(text):
    assert normal(text) == text


def test_hangul_typed_in_jamo_is_composed():
    assert normal(unicodedata.normalize("NFD", "갔다 ㅋㅋ")) == "갔다 ㅋㅋ"


def test_no_character_becomes_the_beginning_of_a_syllable_and_every_result_is_final():
    for code in range(0x110000):
        c = chr(code)
        if not unicodedata.decomposition(c).startswith("<") or 0xD800 <= code < 0xE000:
            continue
        plain = normal(c)
        assert normal(plain) == plain and not any(0x1100 <= ord(one) < 0x1200 for one in plain), ascii(c)


@pytest.mark.parametrize("name", [name for name, task in tasks.TASKS.items() if task.input == "text"])
def test_every_task_that_reads_text_reads_full_width_as_it_reads_the_plain_text(name, toy_sets):
    task = tasks.get(name)
    for example in task.examples:
        assert task.read(wide(example)) == task.read(example)
    assert task.read(wide("12+7")) == task.read("12+7")


def test_laughter_reaches_the_model_as_it_is_typed(toy_sets):
    assert tasks.get("intent-ko").read("진짜 ㅋㅋ") == "진짜 ㅋㅋ" == tasks.get("pos-ko").read("진짜 ㅋㅋ")


def own(pairs, **more):
    return Task.from_pairs(pairs, shape=Shape.N21, **more)


@pytest.mark.parametrize("by", ["char", "word", "subword", "jamo"])
def test_a_model_of_ones_own_reads_the_width_it_has_not_met_as_the_one_it_has(by):
    task = own([(f"cat {i} 가다", "a") for i in range(12)], by=by, by_y="word")
    codec = task.get_x_codec()
    plain, asked = codec.encode("cat 1 가다").tolist(), codec.encode("ｃａｔ １ 가다").tolist()
    assert asked == plain and UNK not in plain
    assert codec.encode("ｄ").tolist() == [UNK] or by == "subword"


@pytest.mark.parametrize("by", ["char", "word", "subword"])
def test_a_model_that_has_met_both_widths_tells_them_apart(by):
    task = own([(f"{x} {i}", "ab"[x == "ｃ"]) for i in range(12) for x in "cｃ"], by=by, by_y="word")
    assert task.get_x_codec().encode("ｃ 1").tolist() != task.get_x_codec().encode("c 1").tolist()


def test_spelled_words_likewise():
    codec = HashedNgrams(word_hashes("cat", "ｄｏｇ"))
    assert codec.encode("ｃａｔ").equal(codec.encode("cat")) and codec.encode("ｃａｔｓ").equal(codec.encode("cats"))
    assert not codec.encode("ｄｏｇ").equal(codec.encode("dog"))


def test_the_codecs_still_refuse_what_they_do_not_know():
    for codec in (Symbols(tuple("abc")), Subwords(tuple(" abc"), ())):
        assert codec.encode("ａ").equal(codec.encode("a"))
        with pytest.raises(UserError):
            codec.encode("ｚ")
