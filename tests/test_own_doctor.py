"""The data doctor: each ill is found, counted, shown and mended; healthy pairs are left alone."""

from __future__ import annotations

import unicodedata
from random import Random

import pytest

from s2s_demo.custom.data_checks import LONG, find_issues
from s2s_demo.custom.examples import EXAMPLES, romanised
from s2s_demo.custom.plan import Plan, guess_plan, task_from_plan
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, holdout_split
from s2s_demo.ui.custom import reading

NO = Words("", "")
N2M = Plan(Shape.N2M, "char", "char", NO)
N2N = Plan(Shape.N2N, "char", "char", NO)
N21 = Plan(Shape.N21, "word", "word", NO)


def healthy(n=300, seed=0):
    rng = Random(seed)
    words = {"".join(rng.choices("abcdefgh", k=rng.randrange(5, 9))) for _ in range(2 * n)}
    return [(w, w[::-1] + w[0]) for w in sorted(words)[:n]]


def labelled(n=300):
    return [(f"{('red', 'green', 'blue')[i % 3]} {i % 10} {i // 10 % 10} {i // 100}", "ab"[i % 2]) for i in range(n)]


def finding(pairs, plan, kind):
    found = [one for one in find_issues(pairs, plan) if one.kind == kind]
    assert len(found) == 1, (kind, [one.kind for one in find_issues(pairs, plan)])
    words = found[0].words
    assert words.ko != words.en and "{" not in words.ko + words.en
    assert len(words.ko) < 200 and len(words.en) < 200
    return found[0]


def test_healthy_pairs_have_no_finding():
    assert find_issues(healthy(), N2M) == []
    assert find_issues(labelled(), N21) == []


SICK = {
    "empty": (N2M, [*healthy(), ("", "a"), ("abc", " ")], 2),
    "unequal": (N2N, [(x, x[::-1]) for x, _ in healthy()] + [("abc", "ab")], 1),
    "spaced-label": (N21, [(x, {"a": "very good", "b": "bad"}[y]) for x, y in labelled()], 150),
    "decomposed": (
        N2M,
        [*healthy(), *[(f"é{unicodedata.normalize('NFD', 'é')}{x}", y) for x, y in healthy(20, 1)]],
        20,
    ),
    "space": (N2M, [(x + " " * (i < 3), y) for i, (x, y) in enumerate(healthy())], 3),
    "duplicate": (N2M, [*healthy(), *healthy()[:7], *healthy()[:2]], 9),
    "conflict": (N2M, [*healthy(), *[(x, y + "a") for x, y in healthy()[:4]]], 4),
    "leak": (N2M, [*healthy(), *[(x.upper(), y) for x, y in holdout_split(healthy())[1][:5]]], None),
    "long": (N2M, [*healthy(), ("a" * (LONG + 1), "b")], 1),
    "lonely-label": (N21, [*labelled(), ("red 1 1 1", "c"), ("red 1 1 2", "d")], 2),
    "rare": (N2M, [*healthy(), ("zabc", "cbaza"), ("abqc", "cba")], 2),
}


@pytest.mark.parametrize("kind", list(SICK))
def test_each_ill_is_counted_shown_and_mended(kind):
    plan, pairs, count = SICK[kind]
    before = list(pairs)
    if kind == "rare":
        found = next(one for one in find_issues(pairs, plan) if one.kind == "rare")
    else:
        found = finding(pairs, plan, kind)
    assert found.count == count or count is None
    assert found.example and len(found.example) < 120
    mended = found.fix(pairs)
    assert pairs == before and found.fix(pairs) == mended, "a mend changes nothing in place"
    left = [one for one in find_issues(mended, plan) if one.kind == kind]
    assert not left or (kind == "rare" and sum(one.count for one in left) < found.count + 2)
    assert len(mended) >= 0.9 * len(set(pairs)) - 2
    assert found.fix(mended) == mended


def test_all_mends_in_turn_leave_pairs_that_train():
    rng = Random(3)
    pairs = [pair for plan, some, _ in SICK.values() if plan is N2M for pair in some]
    rng.shuffle(pairs)
    for kind in ("empty", "decomposed", "space", "duplicate", "conflict", "leak", "long", "duplicate"):
        for one in find_issues(pairs, N2M):
            if one.kind == kind:
                pairs = one.fix(pairs)
    kinds = {one.kind for one in find_issues(pairs, N2M)}
    assert kinds <= {"rare"}
    assert len(list(task_from_plan(pairs, N2M).pairs("train", 0))) > 200


def test_of_answers_that_differ_the_commonest_stays():
    pairs = [*healthy(), ("same", "two"), ("same", "one"), ("same", "one")]
    mended = finding(pairs, N2M, "conflict").fix(pairs)
    assert ("same", "two") not in mended and mended.count(("same", "one")) == 2
    assert "same → two / one" in finding(pairs, N2M, "conflict").example


def test_decomposed_and_composed_are_one_x():
    apart = unicodedata.normalize("NFD", "바다")
    pairs = [*healthy(), ("바다", "sea"), (apart, "sea"), (apart, "ocean")]
    assert finding(pairs, N2M, "duplicate").count == 1
    assert finding(pairs, N2M, "conflict").count == 1


def test_the_split_itself_leaks_only_where_there_are_few_x():
    pairs = [("abc"[i % 3], f"answer {i}") for i in range(60)]
    leak = finding(pairs, N2M, "leak")
    assert leak.count == 6 and leak.fix is None, "three pairs would be left"
    assert not [
        one for one in find_issues([*healthy(), *[(x, y + "a") for x, y in healthy()]], N2M) if one.kind == "leak"
    ]


def test_white_space_that_has_its_own_answer_is_not_taken_off():
    pairs = [(x, x[::-1]) for x, _ in healthy()] + [(" ab", "01 "), (" ab", "010")]
    assert finding(pairs, N2N, "space").count == 1
    assert finding([(" ab ", "ab")] * 3, N2M, "space").example == "␣ab␣ → ab"


def test_a_remedy_that_would_leave_no_pairs_is_not_offered():
    assert finding([("a" * (LONG + i), "b") for i in range(1, 30)], N2M, "long").fix is None
    assert finding([(f"x{i}", "") for i in range(30)], N2M, "empty").fix is None


@pytest.mark.parametrize("n, part", [(3, "at least 10"), (50, "5 held-out")])
def test_too_few_pairs_are_told_with_the_number(n, part):
    found = finding(healthy(n), N2M, "few")
    assert found.count == n and found.fix is None and part in found.words.en
    assert str(n) in found.words.ko


def test_a_column_of_one_value_is_told():
    assert "“same”" in finding([(x, "same") for x, _ in healthy()], N2M, "one-value").words.en
    assert finding([("same", y) for _, y in healthy()], N2M, "one-value").fix is None


def test_lopsided_labels_are_told_with_the_share_of_always_saying_the_commonest():
    pairs = [(x, "a" if i % 10 else "b") for i, (x, _) in enumerate(labelled())]
    found = finding(pairs, N21, "imbalance")
    assert "90 %" in found.words.en and "90 %" in found.words.ko and found.count == 270
    assert not [one for one in find_issues(labelled(), N21) if one.kind == "imbalance"]


def test_where_most_pairs_hold_something_rare_nothing_is_left_out():
    pairs = [(f"w{i} common", "ab"[i % 2]) for i in range(300)]
    found = finding(pairs, N21, "rare")
    assert found.count == 300 and found.fix is None


@pytest.mark.parametrize("pairs", [[], [("", "")], [("a", "b")], [(" ", "\n")] * 3, [("\ud800", "a")] * 12])
@pytest.mark.parametrize("plan", [N2M, N2N, N21, Plan(Shape.LM, "jamo", "syllable", NO)])
def test_nothing_is_too_odd_to_be_examined(pairs, plan):
    for found in find_issues(pairs, plan):
        assert found.words.ko and (found.fix is None or found.fix(pairs) is not pairs)


# The ready examples.

COUNTS = {"reverse": 5000, "dates": 3000, "romanise": 3000, "spacing": 3000, "movements": 600}
SHAPES = {"reverse": Shape.N2N, "dates": Shape.N2M, "romanise": Shape.N2M, "spacing": Shape.N2N, "movements": Shape.N2N}


@pytest.mark.parametrize("name", list(COUNTS))
def test_an_example_is_healthy_repeatable_and_guessed_right(name):
    example = EXAMPLES[name]
    pairs = example.pairs()
    assert len({x for x, _ in pairs}) == len(pairs) == COUNTS[name] and example.pairs() == pairs
    plan = guess_plan(pairs)
    assert plan.shape is SHAPES[name]
    assert [one.kind for one in find_issues(pairs, plan) if one.kind != "rare"] == []
    task = task_from_plan(pairs, plan)
    for x, y in list(task.pairs("test", 0)):
        assert 3 not in task.get_x_codec().encode(x).tolist(), "an unknown symbol"
        assert task.get_y_codec().decode(task.get_y_codec().encode(y).tolist()) == y
    assert "synthetic" in example.about.en and "합성" in example.about.ko


def test_examples_say_what_is_true():
    assert all(y == x[::-1] for x, y in EXAMPLES["reverse"].pairs())
    dates = dict(EXAMPLES["dates"].pairs())
    for x, y in dates.items():
        year, month, day = y.split("-")
        assert year in x and str(int(day)) in x and len(month) == len(day) == 2
    for x, y in EXAMPLES["spacing"].pairs():
        assert len(x) == len(y) and " " not in x and set(y) <= {"0", "1"} and y[-1] == "0" and "1" in y


@pytest.mark.parametrize(
    "word, letters",
    [
        ("한국", "hanguk"), ("부산", "busan"), ("서울", "seoul"), ("김밥", "gimbap"), ("강남", "gangnam"),
        ("대구", "daegu"), ("의사", "uisa"), ("꽃", "kkot"), ("까치", "kkachi"), ("원주", "wonju"), ("닭", "dak"),
    ],
)  # fmt: skip
def test_hangul_is_written_as_the_official_romanisation_does_without_sound_changes(word, letters):
    assert romanised(word) == letters


def test_what_a_click_does_is_said_before_and_after():
    rows = [(f"word{i} ", f"tag{i % 3}") for i in range(40)]
    mine = reading.read_input("\n".join("\t".join(row) for row in [*rows, rows[0], rows[0]]), None)
    labels = {kind: label for label, kind in reading.issue_rows(mine, "en")[1]}
    assert "leaves 2 pairs out and keeps 40" in labels["duplicate"]
    assert f"rewrites {len(mine.pairs)} pairs" in labels["space"]
    healed = reading.with_fixes(mine, ["duplicate", "space"])
    assert "40 of 42 pairs are left" in reading.reading_notes(healed, "en") and "40" in reading.reading_notes(
        healed, "ko"
    )
