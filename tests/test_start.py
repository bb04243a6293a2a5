"""The start page's picture: every shape, every engine, either language, and whatever somebody types into it."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

import pytest

from s2s_demo import engines, tasks
from s2s_demo.task import Shape
from s2s_demo.ui import start
from s2s_demo.ui.words import LANGUAGES


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_shape_is_answered_by_a_trained_model_as_its_name_says(lang):
    for name, scene in start.SCENES.items():
        shown = start.picture(name, "lstm", "", lang)
        shape = tasks.get(start._for(scene.tasks, lang)).shape
        assert shown["x"] and shown["y"] and "problem" not in shown and shown["weights"], (name, shown)
        assert (len(shown["x"]) == len(shown["y"])) == (shape is Shape.N2N) and (
            shape is not Shape.N21 or len(shown["y"]) == 1
        )
        assert shape.name in shown["case"] and f"N = {len(shown['x'])}" in shown["case"]


def test_every_engine_is_exchanged_with_one_click_and_the_truth_is_told():
    right = {}
    for engine in engines.ENGINES:
        shown = start.picture("length", engine, "347+589", "en")
        right[engine] = shown["right"]
        assert [one["name"] for one in shown["engines"]] == list(engines.ENGINES) and shown["engine"] == engine
        assert ("✓" in shown["verdict"]) == shown["right"]
    assert not right.pop("independent") and all(right.values()), right


@pytest.mark.parametrize(
    "x", ["1+", "99999+1", "<img src=x onerror=hit()>", "{x.__class__}", "가" * 10_000, "\ud800", "\x00"]
)
def test_what_cannot_be_read_is_one_sentence_and_keeps_what_was_typed(x):
    shown = start.picture("length", "lstm", x, "en")
    assert shown["problem"] and shown["y"] == [] and shown["text"] == x.strip() and len(shown["problem"]) < 300
    assert json.loads(json.dumps(shown))


def test_the_way_into_the_room_asks_the_same_question_there():
    shown = start.picture("next", "gru", "1+2", "en")
    path, _, query = shown["room"].partition("?")
    assert path == "arithmetic" and parse_qs(query) == {"x": ["1+2"], "engine": ["gru"], "approach": ["decoder-only"]}
    assert start.picture("tags", "gru", "", "ko")["room"].startswith("pos?task=pos-ko&x=")


def test_what_nobody_can_choose_is_the_first():
    assert start.picture("../x", "../y", "", "en")["scene"] == start.FIRST_SCENE
    assert start.picture("tags", "../y", "", "xx")["engine"] == start.FIRST_ENGINE


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_room_has_a_card_with_a_real_answer(lang):
    cards = start.cards(lang)
    assert len(cards) == len({task.room or task.name for task in tasks.TASKS.values()})
    for card in cards:
        assert card["title"] and card["x"] and card["y"] and card["path"], card
