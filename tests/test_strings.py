"""The language files: the same keys everywhere, none that is missing, none that nobody shows, and a third language as one file."""

from __future__ import annotations

import ast
import json
import re
import string
from pathlib import Path

import pytest

from s2s_demo.ui import words
from s2s_demo.ui.words import FALLBACK, FOLDER, LABELS, LANGUAGES, STRINGS

ROOT = Path(words.__file__).parent.parent
SOURCES = [ast.parse(path.read_text("utf-8")) for path in ROOT.rglob("*.py")]
TELLERS = {"said", "both", "mistake", "T"}


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def named_wholly():
    """The text constants of the program."""
    return {
        n.value for tree in SOURCES for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def named_in_part():
    """Patterns of the keys that are put together while the page runs: f"approach.{name}", said_of("race.measure", name, ...)."""
    found = set()
    for node in (node for tree in SOURCES for node in ast.walk(tree)):
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and "." in node.values[0].value:
            parts = [re.escape(v.value) if isinstance(v, ast.Constant) else r"[\w.-]+" for v in node.values]
            found.add("".join(parts))
        if (
            isinstance(node, ast.Call)
            and getattr(node.func, "id", "") == "said_of"
            and isinstance(node.args[0], ast.Constant)
        ):
            found.add(re.escape(node.args[0].value) + r"\.[\w-]+")
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_language_has_every_key_once_with_the_same_places(lang):
    pairs = json.loads((FOLDER / f"{lang}.json").read_text("utf-8"), object_pairs_hook=list)
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys))
    assert list(keys) == list(STRINGS[FALLBACK])
    for key, text in LABELS[lang].items():
        assert text.strip(), key
        assert places(text) == places(LABELS[FALLBACK][key]), key


def test_korean_sentences_are_korean():
    same_in_both = {"norms.y", "card.score.other", "engine.lstm", "engine.gru", "engine.mamba"}
    mute = [
        key
        for key, text in LABELS["ko"].items()
        if re.search("[a-z]", re.sub("{.*?}", "", text)) and not re.search("[가-힣]", text)
    ]
    assert set(mute) <= same_in_both


def test_no_key_is_asked_for_that_is_not_there():
    asked = {
        node.args[0].value
        for tree in SOURCES
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in TELLERS
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 300
    assert asked <= set(LABELS[FALLBACK])


def test_no_key_is_there_that_nobody_asks_for():
    whole, parts = named_wholly(), [re.compile(one) for one in named_in_part()]
    unused = [key for key in STRINGS[FALLBACK] if key not in whole and not any(one.fullmatch(key) for one in parts)]
    assert unused == []


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    for lang in LANGUAGES:
        (tmp_path / f"{lang}.json").write_text(json.dumps(STRINGS[lang]), "utf-8")
    (tmp_path / "eo.json").write_text(json.dumps({"answer": "Respondi", "engine.lstm": "LSTM-o"}), "utf-8")
    found = words.read_strings(tmp_path)
    monkeypatch.setattr(words, "STRINGS", found)
    monkeypatch.setattr(words, "LANGUAGES", tuple(found))
    assert words.LANGUAGES == (FALLBACK, "eo", "ko")
    assert words.chosen_lang("eo", "ko") == "eo" and words.chosen_lang("", "eo-XX,en;q=0.8") == "eo"
    assert words.said("answer", "eo") == "Respondi" and words.said("shade", "eo") == STRINGS[FALLBACK]["shade"]
    labels = words._labels("eo", words._NAMED)
    assert labels["engine.lstm"] == "LSTM-o" and labels["engine.gru"] == LABELS[FALLBACK]["engine.gru"]
    assert set(labels) == set(LABELS[FALLBACK])
