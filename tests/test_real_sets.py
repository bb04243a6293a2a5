"""The real sets, where $S2S_DATA names a folder that holds them: as many sentences as their authors say."""

from __future__ import annotations

import os

import pytest

from s2s_demo import data, tasks
from tests.conftest import forget_sets

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(
        not os.environ.get("S2S_DATA"),  # a folder that is named but lacks a set fails, it does not skip
        reason="NOT CHECKED AGAINST THE REAL SETS: name a folder that holds them in S2S_DATA",
    ),
]


@pytest.fixture(autouse=True)
def _whole():
    assert all(map(data.there, data.FILES)), "S2S_DATA names a folder that lacks a set"
    forget_sets()


def split(task, name):
    return list(tasks.get(task).pairs(name, 0))


@pytest.mark.parametrize(
    "task, name, sentences, words", [("pos-en", "test", 2077, 25094), ("pos-ko", "test", 2287, 28366)]
)
def test_treebanks_are_whole_and_every_word_has_a_tag(task, name, sentences, words):
    pairs = split(task, name)
    assert len(pairs) == sentences and sum(len(x.split(" ")) for x, _ in pairs) == words
    codecs = tasks.get(task).reads(), tasks.get(task).writes()
    assert all(len(codecs[0].encode(x)) == len(codecs[1].encode(y)) for x, y in pairs)
    assert sum(tasks.get(task).truth(x) == y for x, y in pairs) > 0.98 * sentences


def test_english_parts_of_speech_are_trained_on_all_of_train():
    assert len(split("pos-en", "train")) == 12_544


def test_a_sentence_of_the_test_set_as_typed_is_cut_as_it_stands():
    """Gold words, put back into a sentence by their treebank's own SpaceAfter, and cut again by the reader."""
    task = tasks.get("pos-en")
    known = {x for x, _ in task.pairs("test", 0)}
    texts = [
        row[9:] for row in data.read("ud_english_ewt/en_ewt-ud-test.conllu").splitlines() if row[:9] == "# text = "
    ]
    again = sum(task.read(text) in known for text in texts if text.strip())
    assert again > 0.6 * len(texts)


def test_english_intents_and_questions_without_one():
    test, train = split("intent-en", "test"), split("intent-en", "train")
    assert len(test) == 5500 and sum(y == "oos" for _, y in test) == 1000
    assert len(train) == 15_000 and len({y for _, y in train}) == 150 == len(tasks.get("intent-en").writes().symbols)


def test_korean_speech_acts_and_the_new_among_them():
    test, new = split("intent-ko", "test"), split("intent-ko", "test-new")
    assert len(test) == 6121 and len(new) == 5502
    train, dev = split("intent-ko", "train"), split("intent-ko", "dev")
    assert not {x for x, _ in train} & {x for x, _ in dev} and not {x for x, _ in new} & {x for x, _ in (*train, *dev)}
