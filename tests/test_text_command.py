"""The command on the text tasks, with toy sets: train, score against baselines, score files of one's own."""

from __future__ import annotations

import json

import pytest

from s2s_demo import checkpoints, tasks
from s2s_demo.engines import ENGINES
from s2s_demo.recipe import Recipe
from tests.test_pos import row
from tests.toy_sets import conllu
from train import run
from train.__main__ import main

TEXTS = ["pos-en", "pos-ko", "intent-en", "intent-ko"]


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch, toy_sets):
    """An empty folder to work in, no checkpoints, toy sets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")


def trained(task, engine="conv", steps=2, *more):
    assert main([task, "--engine", engine, "--steps", str(steps), "--cpu", *more]) == 0
    return checkpoints.facts_of(checkpoints.ROOT / task / engine)


def scored(capsys, *words):
    capsys.readouterr()
    assert main(["evaluate", *words, "--json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert "NaN" not in line
    return json.loads(line)


def refused(capsys, *words):
    capsys.readouterr()
    assert main(list(words)) == 1
    err = capsys.readouterr().err
    assert len(err.strip().splitlines()) == 1 and "Traceback" not in err
    return err


@pytest.mark.parametrize("task", TEXTS)
def test_a_text_task_is_trained_and_scored_against_its_baselines(task, capsys):
    facts = trained(task)
    assert facts["steps"] == 2 and "accuracy" in facts["dev"]
    row = scored(capsys, task)
    ends = ["_test", "_test_new"] if task == "intent-ko" else [""]
    names = {f"baseline_{name}" for name in tasks.get(task).baselines} | {"baseline", "accuracy"}
    assert {f"{name}{end}" for name in names for end in ends} <= set(row)
    assert all(0 <= row[f"{name}{end}"] <= 1 for name in names for end in ends)
    assert all(row[f"baseline{end}"] == row[f"baseline_{next(iter(tasks.get(task).baselines))}{end}"] for end in ends)
    assert row["n"] == sum(len(list(tasks.get(task).pairs(split, 0))) for split in tasks.get(task).tests)


@pytest.fixture
def quick(monkeypatch):
    """A recipe that learns a toy set in seconds."""
    recipe = Recipe(steps=150, batch=6, lr=1e-2, warmup=5, dim=24, options={"both_ways": True}, pool="mean")
    monkeypatch.setattr(run, "recipe_of", lambda *_: recipe)


def test_a_model_that_learns_tags_nearly_every_word_of_the_toy_set(quick, capsys):
    assert trained("pos-en", "lstm", 150)["dev"]["accuracy"] > 0.9
    found = scored(capsys, "pos-en")
    assert found["accuracy"] > 0.9 and found["exact"] > 0.5 and found["n"] == 12


@pytest.mark.parametrize("engine", ENGINES)
def test_an_untrained_model_that_answers_with_a_special_symbol_can_be_scored(engine):
    for seed in range(2):
        assert main(["pos-en", "--engine", engine, "--steps", "1", "--seed", str(seed), "--cpu"]) == 0


def test_intents_get_a_threshold_chosen_on_dev_and_speech_acts_none(capsys):
    assert 0 <= trained("intent-en")["threshold"] < 1
    assert "threshold" not in trained("intent-ko")
    found = scored(capsys, "intent-en")
    assert {"oos_recall", "oos_precision", "accuracy_at_threshold", "macro_f1"} <= set(found)
    assert "oos_recall" not in scored(capsys, "intent-ko")


def test_the_threshold_is_kept_and_tells_known_from_unknown(quick, capsys):
    trained("intent-en", "gru", 60)
    found = scored(capsys, "intent-en")
    assert found["accuracy"] > 0.9 and found["accuracy_at_threshold"] <= found["accuracy"] and found["n"] == 20


def test_own_sentences_are_scored(capsys, tmp_path):
    trained("pos-en")
    text = conllu("we/PRON do/AUX n't/PART wait/VERB ./PUNCT") + conllu("Mina/PROPN smiles/VERB")
    (tmp_path / "mine.conllu").write_text("\ufeff" + text, "utf-8")
    found = scored(capsys, "pos-en", "--data", "mine.conllu")
    assert found["n"] == 2 and 0 <= found["accuracy"] <= 1 and 0 < found["baseline_most-frequent-tag"] <= 1


@pytest.mark.parametrize(
    "content, says",
    [
        (row() + row("2", "me", "NN"), "Row 2"),
        (row() + "2\tme\n", "Row 2"),
        (row() + row("2", head="root"), "Row 2"),
        ("see me\tVERB PRON\n", "Row 1"),
        ("", "no sentence"),
    ],
    ids=ascii,
)
def test_broken_sentences_of_ones_own_are_told_with_their_row(content, says, capsys, tmp_path):
    trained("pos-en")
    (tmp_path / "mine.conllu").write_text(content, "utf-8")
    assert says in refused(capsys, "evaluate", "pos-en", "--data", "mine.conllu")


def test_own_utterances_are_scored(capsys, tmp_path):
    trained("intent-en")
    (tmp_path / "mine.tsv").write_text("Boil an EGG!\tboil_egg\nwhy?\toos\nbake\tkitchen/bake_bread\n", "utf-8")
    found = scored(capsys, "intent-en", "--data", "mine.tsv")
    assert found["n"] == 3 and found["oos_recall"] in (0, 1) and found["accuracy"] in (0, 0.5, 1)
    assert {"baseline_tfidf-svm", "baseline_majority"} <= set(found)


def test_own_utterances_that_are_all_unknown_are_scored(capsys, tmp_path):
    trained("intent-en")
    (tmp_path / "mine.tsv").write_text("why is the pond green\toos\n", "utf-8")
    assert scored(capsys, "intent-en", "--data", "mine.tsv")["n"] == 1


def test_own_speech_acts_are_named_or_numbered(capsys, tmp_path):
    trained("intent-ko")
    (tmp_path / "mine.tsv").write_text("지금 몇 시야?\tquestion\n문 닫아 줘\t3\n", "utf-8")
    assert scored(capsys, "intent-ko", "--data", "mine.tsv")["n"] == 2


@pytest.mark.parametrize("task, content", [
    ("intent-en", "boil\tboil_egg\nfly\tfly_kite\n"), ("intent-en", "boil\tboil_egg\n?!\toos\n"),
    ("intent-en", "boil\tboil_egg\nno tab\n"), ("intent-ko", "문\t3\n창\t7\n"), ("intent-ko", "문\t3\n창\t²\n"),
])  # fmt: skip
def test_an_unknown_intent_of_ones_own_is_told_with_its_row(task, content, capsys, tmp_path):
    trained(task)
    (tmp_path / "mine.tsv").write_text(content, "utf-8")
    assert "Row 2" in refused(capsys, "evaluate", task, "--data", "mine.tsv")


def test_predictions_are_read_as_the_page_reads_them(capsys):
    trained("pos-en")
    capsys.readouterr()
    assert main(["predict", "pos-en", "--engine", "conv", "We don't wait."]) == 0
    x, tags = capsys.readouterr().out.strip().split("\t")
    assert x == "We do n't wait ." and set(tags.split(" ")) <= {*tasks.get("pos-en").meanings, ""}


def test_without_the_set_training_ends_with_one_sentence(capsys, toy_sets, monkeypatch):
    for path in toy_sets.rglob("*.json"):
        path.unlink()
    monkeypatch.setattr("pooch.retrieve", lambda *_, **__: (_ for _ in ()).throw(OSError("unplugged")))
    assert "S2S_DATA" in refused(capsys, "intent-en", "--engine", "conv", "--steps", "1", "--cpu")
