"""Intents: utterances without punctuation, splits that share nothing, scores, thresholds and baselines."""

from __future__ import annotations

import unicodedata

import pytest

from s2s_demo.codecs.hashed_ngrams import word_hashes
from s2s_demo.tasks import intent_en, intent_ko
from s2s_demo.tasks._intent import accuracy, majority, tfidf_svm, utterance
from tests import toy_sets as sets
from tests.conftest import read_or_told, told
from tests.test_pos import HOSTILE
from train.evaluate import best_threshold, oos_scores

TASKS = pytest.mark.parametrize("task", [intent_en.TASK, intent_ko.TASK], ids=lambda task: task.name)


def test_punctuation_and_capitals_are_taken_off():
    for text, x in {
        "  Could you, please, boil an EGG?! ": "could you please boil an egg",
        "What’s 20% of $15.50 + tax?": "what's 20% of $15 50 + tax",
        "지금 몇 시야?": "지금 몇 시야",
        "문(門)을 닫아…줘!": "문 門 을 닫아 줘",
    }.items():
        assert utterance(text) == x == utterance(x)


def test_korean_typed_in_jamo_is_the_same_as_in_syllables():
    assert utterance(unicodedata.normalize("NFD", "문 좀 닫아 줄래")) == "문 좀 닫아 줄래"


@TASKS
def test_whatever_is_typed_is_read_or_told_in_one_sentence(task, toy_sets):
    read_or_told(task, HOSTILE, most=200)


def test_long_input_is_read_up_to_its_bounds():
    assert utterance("a " * 200) == " ".join("a" * 200) and utterance("a" * 2000)
    assert "201" in told("a " * 201, utterance)
    assert "2,001" in told("a" * 2001, utterance)


def test_an_intent_is_named_with_its_domain_or_is_oos(toy_sets):
    assert intent_en.labelled(" boil_egg ") == intent_en.labelled("kitchen/boil_egg") == "kitchen/boil_egg"
    assert intent_en.labelled("oos") == "oos"
    for wrong in ("", "boil", "kitchen", "x" * 500):
        told(wrong, intent_en.labelled)
    assert list(intent_en.labels().symbols) == sorted(f"{d}/{i}" for d, found in sets.DOMAINS.items() for i in found)


def test_a_speech_act_is_named_or_numbered():
    assert [intent_ko.labelled(act) for act in ("0", " question ", "6")] == ["fragment", "question", intent_ko.ACTS[6]]
    for wrong in ("", "7", "-1", "²", "ask", "x" * 500):
        assert "command" in told(wrong, intent_ko.labelled)


def test_english_splits_are_the_official_ones_and_only_training_has_no_oos(toy_sets):
    found = {name: list(intent_en.TASK.pairs(name, 0)) for name in ("train", "dev", "test")}
    assert {name: len(pairs) for name, pairs in found.items()} == {"train": 40, "dev": 20, "test": 20}
    assert {name: sum(y == "oos" for _, y in pairs) for name, pairs in found.items()} == {
        "train": 0,
        "dev": 4,
        "test": 4,
    }
    assert list(intent_en.TASK.pairs("dev", 1)) == found["dev"]
    x, y = found["train"][0]
    assert x == "please water my ferns" and y == "garden/water_plants"


def test_korean_development_utterances_are_never_trained_on(toy_sets):
    train, dev = (list(intent_ko.TASK.pairs(name, 0)) for name in ("train", "dev"))
    assert len(train) + len(dev) == len(sets.THINGS) * 14 and len(dev) >= 5
    assert not {x for x, _ in train} & {x for x, _ in dev}
    assert list(intent_ko.TASK.pairs("dev", 1)) == dev


def test_new_test_utterances_occur_nowhere_in_training(toy_sets):
    test, new = (list(intent_ko.TASK.pairs(name, 0)) for name in intent_ko.TASK.tests)
    known = {x for name in ("train", "dev") for x, _ in intent_ko.TASK.pairs(name, 0)}
    assert len(test) == 28 and len(new) == 14 and set(new) < set(test)
    assert all(x.startswith("고래") for x, _ in new) and not {x for x, _ in new} & known


@TASKS
def test_words_met_once_are_left_to_their_spelling(task, toy_sets):
    words = [word for x, _ in task.pairs("train", 0) for word in x.split(" ")]
    assert set(task.get_x_codec().words) == set(word_hashes(*(word for word in words if words.count(word) > 1)))
    assert not task.get_x_codec().case


def test_scores_count_answers_and_weigh_every_intent_alike():
    scores = accuracy([""] * 4, ["a", "a", "a", "c"], ["a", "a", "b", "b"])
    assert scores == pytest.approx({"accuracy": 0.5, "macro_f1": (0.8 + 0) / 2})
    assert accuracy([], [], []) == {"accuracy": 0, "macro_f1": 0}
    assert accuracy(["", ""], ["a", "b"], ["a", "b"]) == {"accuracy": 1, "macro_f1": 1}


def test_the_commonest_intent_is_a_baseline():
    assert majority([("x", "a"), ("y", "b"), ("z", "b")])(["p", "q"]) == ["b", "b"]


@TASKS
def test_the_svm_learns_the_toy_sets(task, toy_sets):
    train, test = (list(task.pairs(name, 0)) for name in ("train", "test"))
    test = [pair for pair in test if pair[1] != task.unknown]
    truths = [y for _, y in test]
    scores = [task.score([], learn(train)([x for x, _ in test]), truths)["accuracy"] for learn in (tfidf_svm, majority)]
    assert scores[0] > 0.9 > 0.3 > scores[1]


def test_recognised_counts_what_was_withheld_and_what_was_said():
    answers = ["a", "b", "a", "b", "a", "b"]
    truths = ["a", "b", "b", "a", "oos", "oos"]
    sure = [True, False, True, True, False, True]
    assert oos_scores(answers, sure, truths, "oos") == {
        "oos_recall": 0.5, "oos_precision": 0.5, "accuracy_at_threshold": 0.25,
    }  # fmt: skip
    assert oos_scores(answers, [False] * 6, truths, "oos")["oos_recall"] == 1
    assert "oos_precision" not in oos_scores(answers, [True] * 6, truths, "oos"), "nothing was withheld"
    assert set(oos_scores(["a"], [True], ["a"], "oos")) == {"accuracy_at_threshold"}


def test_the_threshold_keeps_97_of_100_right_answers_to_known_inputs():
    sure = [i / 100 for i in range(1, 101)]
    answers, truths = ["a"] * 100, ["a"] * 100
    assert best_threshold(answers, sure, truths, "oos") == 0.04
    kept = oos_scores(answers, [c >= 0.04 for c in sure], truths, "oos")
    assert kept["accuracy_at_threshold"] == 0.97
    # neither wrong answers nor strange inputs move it
    assert best_threshold([*answers, "b", "a"], [*sure, 0.001, 0.002], [*truths, "a", "oos"], "oos") == 0.04
    assert best_threshold(["a"], [0.5], ["oos"], "oos") == 0.0


@pytest.mark.parametrize("sure", [0.99996, 0.12347, 0.5])
def test_the_threshold_withholds_no_right_answer_by_its_rounding(sure):
    found = best_threshold(["a"] * 9, [sure] * 9, ["a"] * 9, "oos")
    assert sure - 1e-3 < found <= sure
