"""The real sets, where $S2S_DATA names a folder that holds them: as many sentences as their authors say, and what is kept of them.

Without such a folder these tests are deselected, see conftest.
"""

from __future__ import annotations

import io
from itertools import pairwise

import numpy as np
import pytest

from s2s_demo import datasets, excerpts, tasks
from s2s_demo.tasks import exercises
from s2s_demo.video import mocap
from tests.conftest import forget_sets
from train import excerpts as command

pytestmark = pytest.mark.data

# How many tenths of a second each action lasts in actions_per_tstep.csv, in order.
LABELLED = (
    {"JumpJack": 38, "Twist": 62, "ArmCircle": 59, "ToeTouchOneHand": 65, "KneeRaise": 92, "Squat": 66},
    {"JumpJack": 17, "Twist": 49, "KneeRaise": 51, "Squat": 43, "Jog": 45},
    {"Twist": 251},
)


@pytest.fixture(scope="module", autouse=True)
def _whole():
    assert all(map(datasets.is_local, datasets.FILES)), "S2S_DATA names a folder that lacks a set"
    forget_sets()


def split(task, name):
    return list(tasks.get(task).pairs(name, 0))


@pytest.mark.parametrize(
    "task, name, sentences, words", [("pos-en", "test", 2077, 25094), ("pos-ko", "test", 2287, 28366)]
)
def test_treebanks_are_whole_and_every_word_has_a_tag(task, name, sentences, words):
    pairs = split(task, name)
    assert len(pairs) == sentences and sum(len(x.split(" ")) for x, _ in pairs) == words
    codecs = tasks.get(task).get_x_codec(), tasks.get(task).get_y_codec()
    assert all(len(codecs[0].encode(x)) == len(codecs[1].encode(y)) for x, y in pairs)
    assert sum(tasks.get(task).truth(x) == y for x, y in pairs) > 0.98 * sentences


def test_english_parts_of_speech_are_trained_on_all_of_train():
    assert len(split("pos-en", "train")) == 12_544


def test_a_sentence_of_the_test_set_as_typed_is_cut_as_it_stands():
    """Gold words, put back into a sentence by their treebank's own SpaceAfter, and cut again by the reader."""
    task = tasks.get("pos-en")
    known = {x for x, _ in task.pairs("test", 0)}
    texts = [
        row[9:]
        for row in datasets.read_text("ud_english_ewt/en_ewt-ud-test.conllu").splitlines()
        if row[:9] == "# text = "
    ]
    again = sum(task.read(text) in known for text in texts if text.strip())
    assert again > 0.6 * len(texts)


def test_english_intents_and_questions_without_one():
    test, train = split("intent-en", "test"), split("intent-en", "train")
    assert len(test) == 5500 and sum(y == "oos" for _, y in test) == 1000
    assert len(train) == 15_000 and len({y for _, y in train}) == 150 == len(
        tasks.get("intent-en").get_y_codec().symbols
    )


def test_korean_speech_acts_and_the_new_among_them():
    test, new = split("intent-ko", "test"), split("intent-ko", "test-new")
    assert len(test) == 6121 and len(new) == 5502
    train, dev = split("intent-ko", "train"), split("intent-ko", "dev")
    assert not {x for x, _ in train} & {x for x, _ in dev} and not {x for x, _ in new} & {x for x, _ in (*train, *dev)}


@pytest.mark.parametrize("name", ["pos-en", "pos-ko", "intent-en", "intent-ko"])
def test_the_excerpts_of_the_repository_are_those_of_the_whole_sets(name):
    for split, pairs in command.kept(tasks.get(name), tasks.get(name).race_pairs).items():
        assert excerpts.pairs(name, split) == pairs


def test_the_clips_of_the_repository_are_those_of_the_motion_file(monkeypatch):
    kept = excerpts.motion()
    assert all((kept[key] == value).all() for key, value in command.motion().items())
    clips, films = list(exercises.offline("dev", 0)), [exercises.film(name).pictures for name in exercises.CLIPS]
    monkeypatch.setattr(datasets, "is_local", lambda name: False)
    for (x, y), (again, label) in zip(clips, exercises.offline("dev", 0), strict=True):
        assert (x == again).all() and y == label
    for name, pictures in zip(exercises.CLIPS, films, strict=True):
        assert (exercises.film(name).pictures == pictures).all()


def test_the_motion_file_is_packed_to_its_digest_and_its_labels_are_those_of_the_originals():
    content = datasets.read_bytes(exercises.SET)
    found = np.load(io.BytesIO(content), allow_pickle=False)
    edges = list(pairwise(found["offsets"]))
    bones = {str(name): mocap.Bone(int(up), *[np.zeros(3)] * 3, ()) for name, up in zip(found["joint_names"], found["parent"], strict=True)}  # type: ignore[arg-type]  # fmt: skip
    parts = [[found[key][a:b] for a, b in edges] for key in ("joints", "label")]
    again = np.load(io.BytesIO(mocap.packed(bones, *parts)), allow_pickle=False)
    assert again.files == found.files and all((again[key] == found[key]).all() for key in found.files)
    table = "seq_id,tstep_id,action_name\n" + "".join(
        f"{i},{t},{action}\n"
        for i, runs in enumerate(LABELLED)
        for t, action in enumerate(action for action, count in runs.items() for _ in range(count))
    )
    labels = mocap.labels_of(table, [b - a for a, b in edges])
    for i in (0, 1):  # of the third the runs are not told apart by their names
        assert (labels[i] == parts[1][i]).all()
    assert mocap.off(content) == 0
