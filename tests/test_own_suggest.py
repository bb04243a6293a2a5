"""The suggestion: which engine for which pairs, with the number that speaks for it, how large, and how long."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
import torch

from s2s_demo.codecs import HashedNgrams, Symbols
from s2s_demo.custom import suggest
from s2s_demo.custom.evaluation import MEASURES, measure_baselines, scorer_for
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import choose_engine, locality, suggest_training, with_steps
from s2s_demo.custom.training_setup import new_model, sample_evenly, task_for
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Approach, Shape

NONE = Words("", "")
N2M, N2N, N21, LM = (Plan(shape, "char", "char", NONE) for shape in (Shape.N2M, Shape.N2N, Shape.N21, Shape.LM))
LABELS = replace(N21, by_x="word", by_y="word")


def drawn(count=60, letters="abcdefghij"):
    rng = Random(0)
    return ["".join(rng.choices(letters, k=rng.randint(4, 8))) for _ in range(count)]


REVERSED = [(x, x[::-1]) for x in drawn(400)]
LOCAL = [(x, "".join("V" if c in "aei" else "C" for c in x)) for x in drawn(400)]
SENTENCES = [(f"please {'start' if i % 2 else 'stop'} the engine {i % 7}", "on" if i % 2 else "off") for i in range(60)]


@pytest.mark.parametrize(
    "pairs, plan, engine, approach, says",
    [
        (REVERSED, N2M, "attention", Approach.ENCODER_DECODER, "same alphabet"),
        ([(x, "yes it is") for x in drawn()], N2M, "attention", Approach.ENCODER_DECODER, "another length"),
        (LOCAL, N2N, "lstm", Approach.ENCODER_ONLY, "100% of the outputs"),
        (SENTENCES, LABELS, "lstm", Approach.ENCODER_ONLY, "One of 2 labels for a whole text"),
        ([(x, "u") for x in drawn()], N21, "lstm", Approach.ENCODER_ONLY, "One of 1 labels for the whole input"),
        (REVERSED, LM, "lstm", Approach.DECODER_ONLY, "What comes next"),
    ],
)
def test_the_engine_follows_from_the_pairs(pairs, plan, engine, approach, says):
    named, wired, reason = choose_engine(pairs, plan)
    assert (named, wired) == (engine, approach) and says in reason.en
    assert "{" not in reason.en + reason.ko and reason.ko != reason.en


def test_equal_lengths_that_are_not_aligned_are_seen_by_their_number():
    share = locality(REVERSED, N2N)
    assert share < 0.3 and locality(LOCAL, N2N) == 1.0
    engine, approach, reason = choose_engine(REVERSED, N2N)
    assert (engine, approach) == ("attention", Approach.ENCODER_DECODER) and f"{share:.0%}" in reason.en


def test_words_are_read_by_their_spelling_and_a_label_from_the_mean():
    made = suggest_training(SENTENCES, LABELS, 1)
    task = task_for(SENTENCES, LABELS, made.recipe)
    assert isinstance(task.x_codec, HashedNgrams) and isinstance(task.y_codec, Symbols)
    assert made.recipe.pool == "mean" and made.recipe.options["both_ways"]
    assert new_model(task, made.engine, made.approach, made.recipe).parameters_count == made.parameters


def test_any_white_space_parts_spelled_words():
    pairs = [(f"a\u00a0b  c{i}", "u v w") for i in range(20)]
    plan = replace(N2N, by_x="word", by_y="word")
    task = task_for(pairs, plan, suggest_training(pairs, plan, 1).recipe)
    assert {len(task.get_x_codec().tokens(x)) for x, _ in task.pairs("train", 0)} == {3}


def test_a_larger_size_is_wider_and_slower():
    made = [suggest_training(REVERSED, N2M, size) for size in range(1, 6)]
    for small, large in pairwise(made):
        assert small.parameters < large.parameters and small.recipe.steps < large.recipe.steps
    with pytest.raises(ValueError, match="1 to 5"):
        suggest_training(REVERSED, N2M, 6)


def test_the_time_is_measured_and_grows_with_the_steps(monkeypatch):
    monkeypatch.setattr(suggest, "_measure_seconds", lambda task, model, recipe: (0.01, 0.5))
    made = suggest_training(REVERSED, N2M)
    assert made.seconds == pytest.approx(suggest.START_UP + 0.01 * made.recipe.steps + 0.5 * suggest.SCORINGS, rel=0.01)


def test_measuring_takes_real_steps_of_three_lengths_after_one_to_warm_up(monkeypatch):
    lengths, real = [], suggest.collate
    monkeypatch.setattr(suggest, "collate", lambda pairs, *rest: lengths.append(len(pairs[0][0])) or real(pairs, *rest))
    made = suggest_training(REVERSED, N2M, 1)
    assert len(lengths) == 7 and lengths[1:4] == lengths[4:] and lengths[1] < lengths[2] < lengths[3]
    assert made.seconds > suggest.START_UP


def test_suggesting_leaves_the_same_fresh_model():
    made = suggest_training(REVERSED, N2M, 1)
    task = task_for(REVERSED, N2M, made.recipe)
    one, two = (new_model(task, made.engine, made.approach, made.recipe, 3) for _ in range(2))
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_another_engine_may_be_chosen(engine):
    made = suggest_training(REVERSED, N2M, 1, engine)
    assert made.engine == engine and made.approach == "encoder-decoder"
    assert ("yourself" in made.reason.en) == (engine != "attention")


def test_an_engine_that_is_not_there_is_told():
    with pytest.raises(UserError, match="no engine"):
        suggest_training(REVERSED, N2M, 1, "abacus")


def test_long_pairs_make_small_batches_and_few_pairs_a_smaller_one():
    rng = Random(0)
    long = [("".join(rng.choices("abcdefghij", k=150)),) * 2 for _ in range(40)]
    assert suggest_training(long, N2M, 2).recipe.batch < suggest_training(REVERSED, N2M, 2).recipe.batch == 64
    assert suggest_training(REVERSED[:20], N2M, 2).recipe.batch == 18


def test_long_answers_are_learnt_at_a_lower_rate_and_in_more_steps():
    short, long = (suggest_training([(x * n, x * n) for x in drawn(20)], N2M, 1).recipe for n in (1, 4))
    assert long.lr < short.lr and long.steps > short.steps


def test_longer_scores_and_saves_as_often_in_all():
    recipe = with_steps(suggest_training(REVERSED, N2M, 1).recipe, 3000)
    assert recipe.steps == 3000 and recipe.score_every == recipe.save_every == 150


def test_an_answer_may_be_half_as_long_again_as_the_longest():
    pairs = [(x, x * 10) for x in drawn(20)]
    assert task_for(pairs, N2M, suggest_training(pairs, N2M, 1).recipe).longest == 80 * 3 // 2 + 1


def test_steps_are_judged_one_by_one():
    assert scorer_for(N2N)(["x"] * 2, ["abc", "ab"], ["abd", "abc"]) == {"exact": 0.0, "accuracy": 4 / 6}
    by_word = replace(N2N, by_x="word", by_y="word")
    assert scorer_for(by_word)(["x"], ["NOUN VERB"], ["NOUN NOUN"])["accuracy"] == 0.5
    assert scorer_for(N21)(["x"] * 2, ["u", "v"], ["u", "u"])["accuracy"] == 0.5
    assert scorer_for(N2M)(["x"] * 2, ["u", "v"], ["u", "u"]) == {"exact": 0.5}


def test_the_baselines_fit_the_shape_and_the_best_stands_first():
    found = measure_baselines(LOCAL[:300], LOCAL[300:], N2N)
    assert [b.name for b in found] == ["most-frequent", "copy"] and found[0].scores["accuracy"] == 1.0
    copied = [(x, x) for x in drawn()]
    assert measure_baselines(copied[:50], copied[50:], N2M)[0].name == "copy"
    labels = measure_baselines(SENTENCES[:40], SENTENCES[40:], LABELS)
    assert labels[0].name == "tfidf-svm" and labels[0].scores[MEASURES[Shape.N21]] == 1.0
    one = [(x, "same") for x, _ in SENTENCES]
    assert [b.name for b in measure_baselines(one[:40], one[40:], LABELS)] == ["majority"]


def test_a_spread_is_even_and_bounded():
    assert sample_evenly([(str(i), "") for i in range(10)], 3) == [("0", ""), ("3", ""), ("6", "")]
    assert sample_evenly([("a", "")], 3) == [("a", "")]


def test_where_y_is_x_or_its_reverse_each_step_knows_its_own():
    recipe = suggest.recipe_of(REVERSED, N2M, "attention", Approach.ENCODER_DECODER, 1)
    reverse = task_for(REVERSED, N2M, recipe).aligned
    copy = task_for([(x, x) for x, _ in REVERSED], N2N, recipe).aligned
    assert reverse is not None and copy is not None
    assert reverse("abcd", 4) == [3, 2, 1, 0] and copy("abcd", 4) == [0, 1, 2, 3]
    assert reverse("abcd", 5) == [3, 2, 1, 0], "the end of an answer is about no step of x"
    assert reverse("abcd", 3) is None
    assert task_for([*REVERSED, ("abc", "abd")], N2M, recipe).aligned is None
