"""Codecs: what is encoded comes back, unknown symbols are told in both languages, and a codec survives as JSON."""

from __future__ import annotations

import doctest
import importlib
import json
import unicodedata
from base64 import b64encode
from random import Random

import pytest

from s2s_demo import codecs
from s2s_demo.codecs import BOS, EOS, PAD, SPECIALS, UNK, Answer, DigitPairs, Expression, HashedNgrams, Symbols
from s2s_demo.codecs.hashed_ngrams import MOST_VOCABULARY, MOST_WORDS, word_hashes
from s2s_demo.prediction import UserError

KNOWN = [
    (Symbols(tuple("가나다abc")), ["가a", "나다cb", "a"]),
    (Symbols(tuple("0123456789"), backwards=True), ["0936", "7", "10"]),
    (Symbols(("left", "오른쪽", "jump"), by="word"), ["jump left", "오른쪽", "left left"]),
    (DigitPairs(), ["047+009", "00+00", "0999+0001"]),
    (Expression(), ["347+589", "0*99999", "12345-7"]),
    (Answer("plain"), ["936", "-112", "0", "998001"]),
    (Answer("reversed"), ["936", "-112", "0", "998001"]),
    (Answer("worked"), ["936", "-112", "190+1520=1710", "0=0", "27+0+200=227", "...999888=-112", "...000000=0"]),
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
    assert len(codec.tokens(raw)) == len(codec.names(symbols)) == len(symbols)
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
        *((Answer(), raw) for raw in ("", "-", "1234567", "x", "1+2+3+4=5", "--1", "...1=1", "...999998=")),
        (
            HashedNgrams(
                word_hashes(
                    "a",
                )
            ),
            "a " * (MOST_WORDS + 1),
        ),
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
    assert "".join(Answer("plain").tokens("936")) == "+000936"
    assert "".join(Answer("reversed").tokens("936")) == "+639000"
    assert "".join(Answer("worked").tokens("-936")) == "−639000"
    assert "".join(Answer("worked").tokens(product)) == "0910" + "2510" + "+017100"
    assert "".join(Answer("reversed").tokens(product)) == "+017100"
    assert "".join(Answer("plain").tokens(product)) == "+001710"
    assert Answer("reversed").decode(Answer("reversed").encode(product).tolist()) == "1710"
    difference = "...999888=-112"
    assert "".join(Answer("worked").tokens(difference)) == "888999" + "−211000"
    assert "".join(Answer("reversed").tokens(difference)) == "−211000"
    assert "".join(Answer("plain").tokens(difference)) == "−000112"


def test_no_digit_of_a_working_is_taken_for_one_of_the_result_or_of_another_working():
    codec = Answer("worked")
    parts = [codec.encode(raw).tolist() for raw in ("111+1110+11100=111111", "...111111=111111")]
    assert len({*parts[0], *parts[1]}) == 12 + 6 + 1 + 6


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


@pytest.mark.parametrize("name", ["symbols", "digits", "hashed_ngrams"])
def test_examples_in_the_docstrings_hold(name):
    tried = doctest.testmod(importlib.import_module(f"s2s_demo.codecs.{name}"))
    assert tried.attempted > 0 and tried.failed == 0


def grams(codec, word):
    """The numbers of a word's n-grams, without the padding."""
    (row,) = codec.encode(word).tolist()
    return [number for number in row[1:] if number]


def test_hangul_is_spelled_below_the_syllable():
    went, came, goes = (set(grams(HashedNgrams(word_hashes()), word)) for word in ("갔다", "왔다", "간다"))
    assert went & came - goes, "갔다 and 왔다 share ㅆ다, 간다 has another end"
    assert went != came


def test_a_word_outside_the_vocabulary_is_still_spelled():
    codec = HashedNgrams(word_hashes("see", "갔다"), grams=40)
    words = codec.encode("see saw 갔다 왔다")
    assert words[:, 0].tolist() == [4, UNK, 5, UNK] and tuple(words.shape) == (4, 41)
    assert len({tuple(row) for row in words[:, 1:].tolist()}) == 4
    assert codec.decode([4, UNK, 5]) == ""
    assert codec.names([PAD, BOS, EOS, UNK, 4]) == [*SPECIALS, "#"]
    assert codec.tokens("see  saw ") == ["see", "saw"] and len(codec.encode(" ")) == 0
    hostile = codec.encode("갔다 🐳 \ud800 \x7f~ \x00 a")
    assert len(hostile) == 6 and all(0 <= number < codec.size for row in hostile.tolist() for number in row)
    assert (hostile[:, 1] >= len(SPECIALS)).all()


def test_jamo_and_syllables_are_one_word():
    codec = HashedNgrams(word_hashes("갔다", "café"))
    for word in ("갔다", "café", "낯설다"):
        composed, apart = (unicodedata.normalize(form, word) for form in ("NFC", "NFD"))
        assert composed != apart and codec.encode(composed).tolist() == codec.encode(apart).tolist()
    assert HashedNgrams.of([unicodedata.normalize("NFD", "갔다"), "갔다"], least=2).words == word_hashes(
        "갔다",
    )


def test_case_may_be_told_or_not():
    told, deaf = (
        HashedNgrams(
            word_hashes(
                "see",
            )
        ),
        HashedNgrams(
            word_hashes(
                "see",
            ),
            case=False,
        ),
    )
    assert deaf.encode("SEE").tolist() == deaf.encode("see").tolist()
    assert told.encode("SEE")[0, 0] == UNK and grams(told, "SEE") != grams(told, "see")
    assert HashedNgrams.of(["See see"], least=2).words == word_hashes()
    assert HashedNgrams.of(["See see"], least=2, case=False).words == word_hashes(
        "see",
    )


def test_the_ends_of_a_word_come_before_its_inside():
    few, many = HashedNgrams(word_hashes(), grams=4), HashedNgrams(word_hashes())
    assert grams(few, "walking") == grams(few, "wailing") == grams(many, "walking")[:4]
    assert grams(many, "walking") != grams(many, "wailing")
    assert grams(few, "walking") != grams(few, "walked")


def test_a_long_word_keeps_its_beginning_and_its_end():
    codec, middle = HashedNgrams(word_hashes()), "m" * 5000
    same, other_end, other_start = (grams(codec, w) for w in (f"un{middle}ing", f"un{middle}ous", f"re{middle}ing"))
    assert same != other_end and same != other_start
    assert len(set(same) & set(grams(codec, "unseeing"))) >= 5


def test_a_vocabulary_holds_what_occurs_often_enough_commonest_first():
    assert HashedNgrams.of(["b a b", "a b c"], least=2).words == word_hashes("b", "a")
    assert HashedNgrams.of(["b a b", "a b c"], least=1).words == word_hashes("b", "a", "c")


@pytest.mark.parametrize(
    "codec",
    [
        HashedNgrams(word_hashes("see", "갔다"), 30, False),
        HashedNgrams(
            word_hashes(
                "x",
            )
        ),
        HashedNgrams(word_hashes()),
    ],
    ids=str,
)
def test_a_spelled_codec_comes_back_from_json(codec):
    again = codecs.from_json(json.loads(json.dumps(codec.to_json())))
    assert again == codec and again.encode("see SEE 왔다").tolist() == codec.encode("see SEE 왔다").tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        *({"grams": n} for n in (0, 65)),
        *({"letters": n} for n in (-1, 65)),
        {"words": b64encode(bytes(4 * MOST_VOCABULARY + 4)).decode()},
    ],
    ids=["0", "65", "letters-1", "letters65", "words"],
)
def test_a_spelled_codec_out_of_bounds_is_refused(wrong):
    with pytest.raises(ValueError, match="out of bounds"):
        codecs.from_json(
            {
                **HashedNgrams(
                    word_hashes(
                        "see",
                    )
                ).to_json(),
                **wrong,
            }
        )


def test_as_many_words_as_promised_are_read():
    assert len(HashedNgrams(word_hashes()).encode("a " * MOST_WORDS)) == MOST_WORDS


def test_apart_a_words_shape_its_ends_and_its_inside_have_places_of_their_own():
    codec = HashedNgrams(word_hashes(), apart=True)
    proper, plain, loud, longer = codec.encode("Walking walking WALKING walkings").tolist()
    assert proper[1] != plain[1] != loud[1] != proper[1] and plain[1] == longer[1]
    assert proper[2:] == plain[2:] == loud[2:] != longer[2:]
    (short,) = codec.encode("a").tolist()
    assert short[1] == plain[1] and short[9] == 0 and not any(short[11:])
    assert codecs.from_json(codec.to_json()) == codec


def letters(codec, word):
    """The numbers of a word's letters, without the padding."""
    (row,) = codec.encode(word).tolist()
    return [number for number in row[1 + codec.grams :] if number]


def test_letters_follow_the_n_grams_in_the_order_of_the_word():
    plain, spelt = HashedNgrams(word_hashes("see"), grams=4), HashedNgrams(word_hashes("see"), grams=4, letters=7)
    assert spelt.encode("see Me")[:, :5].tolist() == plain.encode("see Me").tolist()
    s, e = len(SPECIALS) + ord("s"), len(SPECIALS) + ord("e")
    assert letters(spelt, "see") == [s, e, e] and tuple(spelt.encode("see Me").shape) == (2, 12)
    assert letters(spelt, "Me") != letters(spelt, "me") and letters(plain, "see") == []
    assert codecs.from_json(json.loads(json.dumps(spelt.to_json()))) == spelt
    deaf = HashedNgrams(word_hashes(), letters=7, case=False)
    assert letters(deaf, "Me") == letters(deaf, "me")


def test_hangul_letters_are_jamo_however_it_was_written():
    codec = HashedNgrams(word_hashes(), letters=20)
    composed, apart = (unicodedata.normalize(form, "갔다") for form in ("NFC", "NFD"))
    assert letters(codec, composed) == letters(codec, apart) and len(letters(codec, composed)) == 5
    every = [chr(i) for i in (*range(0x20, 0x100), *range(0x1100, 0x1200)) if unicodedata.is_normalized("NFD", chr(i))]
    assert len({letters(codec, c)[0] for c in every if c != " "}) == len(every) - 1, "no two share a number"


def test_of_a_long_word_as_many_letters_are_kept_as_there_is_room_for_from_both_ends():
    codec = HashedNgrams(word_hashes(), letters=7)
    long = letters(codec, f"abc{'m' * 5000}wxyz")
    assert long == letters(codec, "abcwxyz") and len(long) == 7
    for hostile in ("🐳", "\ud800", "\x00", "힣" * 5000, "a" + "\u0301" * 5000):
        found = codec.encode(hostile)
        assert tuple(found.shape) == (1, 40) and int(found.min()) >= 0 and int(found.max()) < codec.size
        assert letters(codec, hostile)


def test_no_word_of_the_data_stands_in_a_checkpoint():
    told = json.dumps(HashedNgrams(word_hashes("unmistakable", "갔다")).to_json(), ensure_ascii=False)
    assert "unmistakable" not in told and "갔다" not in told
    assert codecs.from_json(json.loads(told)).encode("unmistakable 갔다 others")[:, 0].tolist() == [4, 5, UNK]
    with pytest.raises(ValueError, match="base64"):
        codecs.from_json({**json.loads(told), "words": "plain words"})
