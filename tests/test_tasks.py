"""Tasks: repeatable and disjoint pairs, true answers, and a plain sentence for whatever a visitor may type."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import islice
from random import Random

import pytest

from s2s_demo import tasks
from s2s_demo.codecs.digits import split
from s2s_demo.prediction import UserError
from s2s_demo.task import FITS, Approach, Shape, Task
from s2s_demo.tasks import addition, arithmetic, sums
from s2s_demo.tasks._numbers import add_columns, split_of
from tests import shipped

TASKS = [task for task in tasks.TASKS.values() if task.input == "text"]  # those of videos are in test_scenes.py
EACH = pytest.mark.parametrize("task", TASKS, ids=[task.name for task in TASKS])
NUMBERS = [sums.TASK, addition.TASK, arithmetic.TASK]
ARITHMETIC = pytest.mark.parametrize("task", NUMBERS, ids=[task.name for task in NUMBERS])

CANONICAL = {
    "347+589": "347+589",
    " 3 4 7 + 589 = ?": "347+589",
    "００７＋５": "7+5",
    "３４７＋５８９": "347+589",
    "٣٤٧+٥٨٩": "347+589",
    "३४७+५८९": "347+589",
    "²+3": "2+3",
    "①+2": "1+2",
    "0+0": "0+0",
    "12\t+\n3": "12+3",
}
REFUSED = [
    "", "   ", "\n", "abc", "덧셈", "1++2", "0*-7", "-5+3", "1/2", "½+1", "1+2+3", "+", "1+", "+1", "12",
    "1+2=3", "1=2+3", "1+2?3", "=1+2", "1.5+2", "1e5+2", "1_000+1", "${alert(1)}", "<img src=x onerror=1>", "{{7*7}}", "\ud800", "1+\udfff",
    "1\x00+2", "\x1b[31m1+2", "1+2\u202e", "\u200b1+2", "a" * 20_000, "9" * 30_000, "9" * 30_000 + "+1",
    "9+" + "9" * 10_001, "﷽" * 10_000, "'; DROP TABLE pairs; --", "../../etc/passwd", "nan+inf",
]  # fmt: skip


def taken(task, split_name, count=None, seed=0):
    return list(islice(task.pairs(split_name, seed), count))


def operands(x):
    a, _, b = split(x)
    return tuple(sorted((a, b)))


@EACH
def test_the_same_seed_gives_the_same_pairs(task, toy_sets):
    for name in ("train", "dev"):
        first, again, other = (taken(task, name, 50, seed) for seed in (1, 1, 2))
        assert first == again
        assert (first == other) == (not task.endless)
        assert len(first) == 50 if task.endless else len(first) >= (5 if task.name in shipped.TASKS else 1)


@EACH
def test_examples_are_read_and_encoded_and_true(task, toy_sets):
    assert task.examples
    for text in task.examples:
        x = task.read(text)
        assert len(task.get_x_codec().encode(x)) == len(task.get_x_codec().tokens(x)) > 0
        y = task.truth(x)
        assert (y is None) == (not task.endless) or task.name not in shipped.TASKS
        assert y is None or task.get_y_codec().decode(task.get_y_codec().encode(y).tolist()) == y


@EACH
def test_the_length_of_y_obeys_the_shape(task, toy_sets):
    for name in ("train", "dev", *task.tests):
        for x, y in taken(task, name, 5 if task.endless else None):
            if task.unknown and y == task.unknown:
                continue
            steps = len(task.get_y_codec().encode(y))
            if task.shape is Shape.N2N:
                assert steps == len(task.get_x_codec().encode(x))
            elif task.shape is Shape.N21:
                assert steps == 1
            else:
                assert 0 < steps < task.longest


@ARITHMETIC
def test_every_way_to_write_y_holds_the_answer(task):
    for x, y in taken(task, "train", 100):
        for codec in task.y_texts.values():
            symbols = codec.encode(y).tolist()
            assert task.answer(codec.decode(symbols)) == task.answer(y), (x, codec)
            assert len(symbols) < task.longest


@EACH
def test_approaches_follow_from_the_shape(task):
    assert task.approaches == FITS[task.shape]
    assert FITS[Shape.LM] == (Approach.DECODER_ONLY,)
    assert FITS[Shape.N2M][0] is Approach.ENCODER_DECODER
    assert Approach.ENCODER_ONLY not in FITS[Shape.N2M]


def test_an_unknown_task_is_answered_with_those_there_are():
    with pytest.raises(UserError) as told:
        tasks.get("division")
    assert all("division" in s and "addition" in s for s in (told.value.words.ko, told.value.words.en))


@ARITHMETIC
def test_splits_share_no_pair_of_operands_in_either_order_or_with_another_sign(task):
    count = 1500 // len(task.tests)
    train = {operands(x) for x, _ in taken(task, "train", 20_000)}
    dev = {operands(x) for x, _ in taken(task, "dev")}
    tests = {operands(x) for name in task.tests for x, _ in taken(task, name, 5 if name.endswith("5000") else count)}
    assert len(train) > 5000 and len(dev) > 500 and len(tests) > 500
    assert not train & dev and not train & tests and not dev & tests


def test_the_split_of_a_pair_knows_no_order():
    rng = Random(0)
    drawn = [(str(rng.randrange(10**4)), str(rng.randrange(10**4))) for _ in range(4000)]
    shares = Counter(split_of(a, b) for a, b in drawn)
    assert all(split_of(a, b) == split_of(b, a) for a, b in drawn)
    assert 0.07 < shares["test"] / 4000 < 0.13 and 0.03 < shares["dev"] / 4000 < 0.07


@pytest.fixture
def long_numbers():
    """Python reads numbers of any length during the test."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(before)


def test_a_sum_of_three_digits_is_padded_as_on_paper():
    task = sums.TASK
    assert (
        "".join(task.get_x_codec().tokens("47+9")) == "␣47+␣␣9" and "".join(task.get_y_codec().tokens("56")) == "65␣␣"
    )
    for x, y in taken(task, "train", 200):
        a, b = map(int, x.split("+"))
        assert (
            task.truth(x) == y == str(a + b)
            and len(task.get_x_codec().encode(x)) == 7
            and len(task.get_y_codec().encode(y)) == 4
        )
        assert task.get_x_codec().decode(task.get_x_codec().encode(x).tolist()) == x
    assert len({x for x, _ in taken(task, "test")}) == sums.SIZES["test"]


@pytest.mark.parametrize("text", ["1000+1", "1+1234", "12345", "1+2+3", "1-2", "-1+2", ""])
def test_a_number_of_another_width_is_refused_by_the_padded_codecs(text):
    with pytest.raises(UserError):
        sums.TASK.get_x_codec().encode(text)
    with pytest.raises(UserError):
        sums.TASK.get_y_codec().encode(f"{text}00000")


def test_sums_are_those_of_python(long_numbers):
    for name in ("train", "dev", *addition.TASK.tests):
        for x, y in taken(addition.TASK, name, 6):
            a, _, b = split(x)
            assert int(y) == int(a) + int(b)
            assert len(y) == max(len(a), len(b)) + 1
            assert addition.TASK.answer(y) == str(int(a) + int(b))
            assert addition.TASK.truth(x) == y


def test_results_and_workings_are_those_of_python():
    for name, count in (("train", 2000), ("dev", None), ("test", 3000)):
        for x, y in taken(arithmetic.TASK, name, count):
            a, sign, b = split(x)
            expected = {"+": int(a) + int(b), "-": int(a) - int(b), "*": int(a) * int(b)}[sign]
            working, _, result = y.rpartition("=")
            assert result == arithmetic.TASK.answer(y) == str(expected)
            assert (sign == "+") == (not working)
            assert sign != "*" or sum(map(int, working.split("+"))) == expected
            assert sign != "-" or working == f"...{expected % 10**6:06}"
            assert arithmetic.TASK.truth(x) == y


def test_carries_run_across_the_blocks_of_a_long_sum():
    for length in (999, 1000, 1001, 2000, 5000):
        assert add_columns("9" * length, "1") == "1" + "0" * length
        assert add_columns("9" * length, "9" * length) == "1" + "9" * (length - 1) + "8"
    assert add_columns("95", "17", carries=False) == "002"


@ARITHMETIC
def test_what_people_type_is_read(task):
    assert {text: task.read(text) for text in CANONICAL} == CANONICAL


@ARITHMETIC
def test_what_cannot_be_read_is_told_in_one_sentence(task):
    for text in REFUSED:
        try:
            pytest.fail(f"{text[:80]!a} is read as {task.read(text)!a}")
        except UserError as told:
            for sentence in (told.words.ko, told.words.en):
                assert sentence.strip() and sentence.isprintable() and len(sentence) < 200, text[:80]
                sentence.encode("utf-8")


def read_or_told(task, text):
    """(the two sentences, None) or ((), x)."""
    try:
        return (), task.read(text)
    except UserError as e:
        return (e.words.ko, e.words.en), None


def test_random_text_is_read_or_told():
    rng = Random(0)
    alphabet = "0123456789+-*×x=? .٣७９²½<>${}\n\t\x00\ud800\u202e한a"
    for _ in range(2000):
        text = "".join(rng.choices(alphabet, k=rng.randrange(12)))
        for task in NUMBERS:
            told, x = read_or_told(task, text)
            assert x is None or (task.read(x) == x and len(task.x_codec.encode(x)))
            assert all(sentence.strip() and sentence.isprintable() for sentence in told)


def test_signs_of_print_are_read():
    assert {arithmetic.TASK.read(f"12{sign}3") for sign in "*×x·"} == {"12*3"}
    assert {arithmetic.TASK.read(f"12{sign}3") for sign in "-−–"} == {"12-3"}
    for text in ("12-3", "12*3"):
        with pytest.raises(UserError, match=r"\+"):
            addition.TASK.read(text)


def test_addition_takes_ten_thousand_digits_and_no_more():
    long = "9" * 10_000
    assert addition.TASK.read(f"{long} + {long}") == f"{long}+{long}"
    assert addition.TASK.truth(f"{long}+1") == "1" + "0" * 10_000
    with pytest.raises(UserError, match="10,000"):
        addition.TASK.read(f"9{long}+1")


def test_arithmetic_takes_as_many_digits_as_it_has_learned():
    for good, bad in (("99999+1", "100000+1"), ("1-99999", "1-100000"), ("999*999", "1000*1")):
        assert arithmetic.TASK.read(good) == good
        with pytest.raises(UserError, match="digits"):
            arithmetic.TASK.read(bad)
    assert arithmetic.TASK.read("000000999*1") == "999*1"


def chain(a, b):
    """The longest run of carries in a + b."""
    carry = run = longest = 0
    width = max(len(a), len(b))
    for u, v in zip(a.zfill(width)[::-1], b.zfill(width)[::-1], strict=True):
        carry = int(u) + int(v) + carry > 9
        run = run + 1 if carry else 0
        longest = max(longest, run)
    return longest


def test_training_meets_long_chains_of_carries_and_borrows():
    sums = [split(x) for x, _ in taken(addition.TASK, "train", 2000)]
    assert sum(chain(a, b) >= 6 for a, _, b in sums) > 100
    drawn = [split(x) for x, _ in taken(arithmetic.TASK, "train", 6000)]
    assert sum(chain(a, b) >= 4 for a, sign, b in drawn if sign == "+") > 50
    late = [(a, b) for a, sign, b in drawn if sign == "-" and len(a) == len(b) >= 4 and a[:3] == b[:3]]
    assert len(late) > 20


def test_full_chains_carry_from_end_to_end():
    pairs = [(x, y) for x, y in taken(addition.TASK, "full-50", 60) if not split(x)[0].endswith("0")]
    assert len(pairs) > 40
    for x, y in pairs:
        a, _, b = split(x)
        assert chain(a, b) == len(a) == 50
        assert addition.TASK.answer(addition.TASK.baseline(x)) != addition.TASK.answer(y)


def test_lengths_are_drawn_about_evenly():
    lengths = Counter(len(split(x)[0]) for x, _ in taken(addition.TASK, "train", 5000))
    assert sorted(lengths) == list(range(1, 11)) and min(lengths.values()) > 300
    drawn = [split(x) for x, _ in taken(arithmetic.TASK, "train", 6000)]
    for sign, most in arithmetic.DIGITS.items():
        sizes = Counter(len(a) for a, s, _ in drawn if s == sign)
        assert sorted(sizes) == list(range(1, most + 1))
        assert min(sizes.values()) > 0.5 * sum(sizes.values()) / most
    assert set(Counter(sign for _, sign, _ in drawn)) == set("+-*")


def test_the_answer_is_what_counts():
    assert [addition.TASK.answer(y) for y in ("0936", "000", "", "10")] == ["936", "0", "0", "10"]
    assert [arithmetic.TASK.answer(y) for y in ("190+1520=1710", "...999988=-12", "7", "")] == ["1710", "-12", "7", ""]


def test_the_working_of_a_difference_tells_its_sign():
    for x, y in taken(arithmetic.TASK, "train", 2000):
        a, sign, b = split(x)
        if sign == "-":
            working = arithmetic.TASK.get_y_codec().tokens(y)[:6]
            assert working[-1] == ("9" if int(a) < int(b) else "0")
            assert int("".join(working[::-1])) == (int(a) - int(b)) % 10**6


def test_baselines_answer_without_a_carry():
    assert addition.TASK.answer(addition.TASK.baseline("47+9")) == "46"
    assert [arithmetic.TASK.baseline(x) for x in ("47+9", "12-30", "38*45")] == ["46", "-22", "1200"]


def test_scores_count_whole_answers_for_each_sign_and_hold_no_nan():
    xs, truths = ["1+2", "9+9", "5-3", "100*100"], ["3", "18", "2", "10000"]
    scores = arithmetic.TASK.score(xs, ["3", "8", "2", "10000"], truths)
    assert scores == {"exact": 0.75, "exact_add": 0.5, "exact_subtract": 1, "exact_multiply": 1, "exact_3x3": 1}
    assert arithmetic.TASK.score(xs[:2], ["3", "8"], truths[:2]) == {"exact": 0.5, "exact_add": 0.5}


def test_the_grid_of_lengths_holds_out_every_sum():
    pairs = addition.grid_pairs(3, 4, 0)
    assert {tuple(map(len, x.split("+"))) for x, _ in pairs} == {(m, n) for m in (1, 2, 3) for n in (1, 2, 3)}
    assert all(split_of(*x.split("+")) == "test" for x, _ in pairs)


def own(count, make=lambda i: (f"x{i}", "ab"[i % 2])):
    return [make(i) for i in range(count)]


def test_own_pairs_keep_every_tenth_for_testing():
    task = Task.from_pairs(own(30), shape=Shape.N21)
    train, held = taken(task, "train"), taken(task, "test")
    assert len(train) == 27 and len(held) == 3 and not set(train) & set(held)
    assert taken(task, "dev") == held


def test_a_pair_that_comes_twice_is_never_both_trained_on_and_tested():
    task = Task.from_pairs([*own(15), *own(15)[::-1]], shape=Shape.N21)
    assert not set(taken(task, "train")) & set(taken(task, "test"))


@pytest.mark.parametrize(
    "pairs, shape",
    [
        (own(9), Shape.N21),
        (own(1) * 20, Shape.N21),
        ([*own(10, lambda i: (f"{i}", "a")), ("abc", "ab")], Shape.N2N),
        ([*own(10), ("", "a")], Shape.N2M),
        ([*own(10), ("x", "two words")], Shape.N21),
        ([*own(10), ("x", "")], Shape.N21),
    ],
)
def test_own_pairs_that_do_not_fit_are_told(pairs, shape):
    with pytest.raises(UserError) as told:
        Task.from_pairs(pairs, shape=shape)
    assert told.value.words.ko and told.value.words.en
    assert ("11" in told.value.words.en and "11" in told.value.words.ko) == (len(pairs) == 11)
