"""Codecs: what is encoded comes back, unknown symbols are told in both languages, and a codec survives as JSON."""

from __future__ import annotations

import doctest
import importlib
import json
from random import Random

import pytest

from s2s_demo import codecs
from s2s_demo.codecs import BOS, EOS, PAD, SPECIALS, UNK, Answer, DigitPairs, Expression, Symbols
from s2s_demo.prediction import UserError

KNOWN = [
    (Symbols(tuple("가나다abc")), ["가a", "나다cb", "a"]),
    (Symbols(tuple("0123456789"), backwards=True), ["0936", "7", "10"]),
    (Symbols(("left", "오른쪽", "jump"), by="word"), ["jump left", "오른쪽", "left left"]),
    (DigitPairs(), ["047+009", "00+00", "0999+0001"]),
    (Expression(), ["347+589", "0*99999", "12345-7"]),
    (Answer("plain"), ["936", "-112", "0", "998001"]),
    (Answer("reversed"), ["936", "-112", "0", "998001"]),
    (Answer("worked"), ["936", "-112", "190+1520=1710", "0=0", "27+0+200=227"]),
]
CASES = [pytest.param(codec, raw, id=f"{type(codec).__name__}-{raw}") for codec, raws in KNOWN for raw in raws]


@pytest.mark.parametrize("codec, raw", CASES)
def test_what_is_encoded_is_decoded(codec, raw):
    # DigitPairs adds the empty column of the carry, so its raw text stands here as it comes back
    plain = "+".join(n[1:] for n in raw.split("+")) if isinstance(codec, DigitPairs) else raw
    assert codec.decode(codec.encode(plain).tolist()) == raw


@pytest.mark.parametrize("codec, raw", CASES)
def test_specials_are_left_out_of_the_text(codec, raw):
    symbols = codec.encode(raw).tolist()
    assert codec.decode([BOS, *symbols, EOS, PAD, UNK]) == codec.decode(symbols)


@pytest.mark.parametrize("codec, raw", CASES)
def test_every_step_has_one_name_and_one_symbol_of_the_vocabulary(codec, raw):
    symbols = codec.encode(raw).tolist()
    assert len(codec.pieces(raw)) == len(codec.names(symbols)) == len(symbols)
    assert all(len(SPECIALS) <= i < codec.size for i in symbols)
    assert codec.names([PAD, BOS, EOS, UNK]) == list(SPECIALS)


@pytest.mark.parametrize("codec, raw", CASES)
def test_a_codec_comes_back_from_json(codec, raw):
    again = codecs.from_json(json.loads(json.dumps(codec.to_json())))
    assert again == codec and type(again) is type(codec)
    assert again.encode(raw).tolist() == codec.encode(raw).tolist()


def test_an_unknown_kind_of_codec_is_refused():
    for data in ({"kind": "pickle"}, {}):
        with pytest.raises(ValueError, match="expected one of"):
            codecs.from_json(data)


@pytest.mark.parametrize(
    "codec, raw",
    [
        (Symbols(tuple("abc")), "abd"),
        (Symbols(("left",), by="word"), "left right"),
        *(
            (codec, raw)
            for codec in (DigitPairs(), Expression())
            for raw in ("", "12", "1+", "+1", "a+b", "1+2+3", "٣+1")
        ),
        (Expression(), "123456+1"),
        *((Answer(), raw) for raw in ("", "-", "1234567", "x", "1+2+3+4=5", "--1")),
    ],
)
def test_what_cannot_be_written_is_told_in_both_languages(codec, raw):
    with pytest.raises(UserError) as told:
        codec.encode(raw)
    assert told.value.words.ko.strip() and told.value.words.en.strip()
    assert told.value.words.ko != told.value.words.en


def test_an_open_vocabulary_marks_what_it_does_not_know():
    codec = Symbols.of(["ab", "ca"], unknown=True)
    assert codec.symbols == ("a", "b", "c")
    assert codec.encode("axc").tolist() == [4, UNK, 6]
    assert Symbols.of(["go left", "go"], by="word").symbols == ("go", "left")


def test_the_formats_of_an_answer_differ_as_promised():
    product = "190+1520=1710"
    assert "".join(Answer("plain").pieces("936")) == "+000936"
    assert "".join(Answer("reversed").pieces("936")) == "+639000"
    assert "".join(Answer("worked").pieces("-936")) == "−639000"
    assert "".join(Answer("worked").pieces(product)) == "0910" + "2510" + "+017100"
    assert "".join(Answer("reversed").pieces(product)) == "+017100"
    assert "".join(Answer("plain").pieces(product)) == "+001710"
    assert Answer("reversed").decode(Answer("reversed").encode(product).tolist()) == "1710"


def test_a_digit_knows_its_column_and_its_number():
    sevens = Expression().encode("77+77").tolist()
    assert len(set(sevens)) == 5
    assert Expression().encode("7+1").tolist()[0] == sevens[1]
    ones, tens = Answer("reversed").encode("77").tolist()[1:3]
    assert ones != tens


def test_a_column_is_the_pair_of_its_digits():
    assert DigitPairs().encode("47+9").tolist() == [4 + 79, 4 + 40, 4]
    assert DigitPairs().decode([4 + 79, 4 + 40, 4]) == "047+009"


def test_any_answer_a_model_may_give_has_a_reading():
    rng = Random(0)
    for codec in (Answer(), DigitPairs(), Expression(), Symbols(tuple("ab"))):
        for _ in range(200):
            symbols = [rng.randrange(codec.size) for _ in range(rng.randrange(20))]
            assert isinstance(codec.decode(symbols), str)
            assert len(codec.names(symbols)) == len(symbols)


@pytest.mark.parametrize("name", ["symbols", "digits"])
def test_examples_in_the_docstrings_hold(name):
    tried = doctest.testmod(importlib.import_module(f"s2s_demo.codecs.{name}"))
    assert tried.attempted > 0 and tried.failed == 0
