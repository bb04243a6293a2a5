"""The command: list, train, evaluate, predict, and one sentence with exit code 1 for a mistake."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import pytest

from s2s_demo import checkpoints, engines, predict, tasks
from train import evaluate, run
from train.__main__ import COMMANDS, main

FLAT = (str, int, float)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    """An empty folder to work in, no checkpoints, small tests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    monkeypatch.setattr(run, "SCORED", 8)
    monkeypatch.setattr(
        evaluate, "split_pairs", lambda task, split, fold=0: list(islice(tasks.get(task).pairs("dev", 0), 6))
    )
    monkeypatch.setattr(evaluate, "MAPS", {"addition": lambda: evaluate.split_pairs("addition", "dev")})


@pytest.fixture
def trained(capsys):
    """A model of three steps among the checkpoints."""
    assert main(["addition", "--engine", "rnn", "--steps", "3", "--cpu"]) == 0
    capsys.readouterr()


def refused(words, capsys):
    """The one sentence a wrong command is answered with."""
    assert main(words) == 1
    out = capsys.readouterr()
    assert out.err.strip() and len(out.err.strip().splitlines()) == 1 and "Traceback" not in out.err
    return out.err


def test_list_names_every_task_and_engine(capsys, trained):
    assert main(["list"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in (*tasks.TASKS, *engines.ENGINES))
    assert "checkpoints: rnn" in out and "checkpoints: none yet" in out


def test_training_leaves_a_whole_checkpoint(tmp_path, capsys):
    assert main(["train", "addition", "--engine", "rnn", "--steps", "3", "--seed", "2", "--cpu", "--out", "made"]) == 0
    folder = tmp_path / "made" / "addition" / "rnn-seed2"
    assert {path.name for path in folder.iterdir()} == set(checkpoints.FILES) - {"scores.json"}
    facts = checkpoints.facts_of(folder)
    assert facts["steps"] == facts["of_steps"] == 3 and facts["seed"] == 2 and set(facts["dev"]) == {"exact"}
    assert [row["step"] for row in checkpoints.history_of(folder)] == [1, 2, 3]
    card = (folder / "README.md").read_text("utf-8")
    assert "addition · rnn · encoder-only" in card and f"{facts['parameters']:,}" in card
    assert str(folder.relative_to(tmp_path)) in capsys.readouterr().out


def test_several_engines_and_an_approach_are_trained_in_turn(tmp_path):
    words = ["arithmetic", "--engine", "independent,gru", "--approach", "decoder-only", "--steps", "1"]
    assert main([*words, "--format", "plain", "--cpu"]) == 0
    assert [(e.engine, e.approach) for e in checkpoints.available()] == [
        ("independent", "decoder-only"),
        ("gru", "decoder-only"),
    ]
    assert checkpoints.load("arithmetic", "gru", "decoder-only", device="cpu").y_codec.text == "plain"


def test_a_finished_run_has_nothing_left(trained, capsys):
    assert main(["addition", "--engine", "rnn", "--steps", "3", "--cpu", "--resume"]) == 0
    assert "nothing left" in capsys.readouterr().out


def test_evaluation_is_one_flat_row_a_checkpoint(trained, capsys):
    assert main(["addition", "--engine", "gru", "--steps", "2", "--cpu"]) == 0
    capsys.readouterr()
    assert main(["evaluate", "addition", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["engine"] for row in rows] == ["rnn", "gru"]
    for row in rows:
        assert all(isinstance(value, FLAT) for value in row.values())
        assert {"task", "engine", "approach", "seed", "n", "parameters", "seconds"} <= set(row)
        assert row["n"] == 6 * len(tasks.get("addition").tests)
        assert {f"{k}_{s}" for k in ("exact", "baseline") for s in ("random_5", "chain_5000", "full_50")} <= set(row)


def test_kept_scores_stand_beside_the_checkpoint(trained, capsys, tmp_path):
    assert main(["evaluate", "addition", "--engine", "rnn", "--keep"]) == 0
    assert "rnn" in capsys.readouterr().out
    scores = checkpoints.facts_of(tmp_path / "shelf" / "addition" / "rnn")["scores"]
    assert scores["engine"] == "rnn" and sum(n for _, n in scores["by_length"].values()) == 6


def test_own_test_file_is_scored(trained, capsys, tmp_path):
    (tmp_path / "mine.tsv").write_text("\ufeff1+2\t3\n９ + 9\t18\n\n12+30\t0042\n", "utf-8")
    assert main(["evaluate", "addition", "--engine", "rnn", "--data", "mine.tsv", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert row["n"] == 3 and 0 <= row["exact"] <= 1
    assert row["baseline"] == pytest.approx(2 / 3)


def test_own_test_file_of_sums_has_no_nan(capsys, tmp_path):
    assert main(["arithmetic", "--engine", "rnn", "--steps", "1", "--cpu"]) == 0
    (tmp_path / "mine.tsv").write_text("1+2\t3\n", "utf-8")
    capsys.readouterr()
    assert main(["evaluate", "arithmetic", "--data", "mine.tsv", "--json"]) == 0
    assert "NaN" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "content, says",
    [
        (b"1+2\t3\n1+2 3\n", "Row 2"),
        (b"1+2\t3\n\nabc\t3\n", "Row 3"),
        (b"1*2\t3\n", "Row 1"),
        (b"\t3\n", "Row 1"),
        (b"", "empty"),
        (b"\xff\xfe\x00", "UTF-8"),
        (None, "mine.tsv"),
    ],
)
def test_a_bad_test_file_is_told(content, says, trained, capsys, tmp_path):
    if content is not None:
        (tmp_path / "mine.tsv").write_bytes(content)
    assert says in refused(["evaluate", "addition", "--data", "mine.tsv"], capsys)


def test_predictions_are_those_of_the_page(trained, capsys):
    assert main(["predict", "addition", "--engine", "rnn", "47 + 9", "１+２"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert [x for x, _ in rows] == ["47+9", "1+2"]
    assert all(y.isdecimal() and y == str(int(y)) for _, y in rows)


WRITTEN = {
    "addition": ("47 + 9", "４７+９", "47＋9 ="),
    "arithmetic": ("12*34", "12 × 34", "１２x３４"),
    "pos-en": ("We don't wait.", "We  do n't wait ."),
    "intent-en": ("Where is my bank card?", "where is my bank card"),
}


@pytest.mark.parametrize("task", WRITTEN)
def test_python_and_the_command_read_alike(task, toy_sets, capsys, tmp_path, monkeypatch):
    """`predict` takes whatever the command takes, and gives one answer to every way to write an x."""
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    assert main([task, "--engine", "rnn", "--steps", "2", "--cpu"]) == 0
    capsys.readouterr()
    found = predict(checkpoints.load(task, "rnn"), list(WRITTEN[task]))
    assert len({(answer.x, answer.y) for answer in found}) == 1
    assert main(["predict", task, "--engine", "rnn", *WRITTEN[task]]) == 0
    shown = {f"{answer.x}\t{tasks.get(task).answer(answer.y)}" for answer in found}
    assert set(capsys.readouterr().out.splitlines()) == shown


@pytest.mark.parametrize(
    "words, says",
    [
        (["division"], "arithmetic, addition"),
        (["addition", "--engine", "perceptron"], "transformer"),
        (["addition", "--engine", "rnn", "--approach", "sideways"], "decoder-only"),
        (["arithmetic", "--engine", "rnn", "--approach", "encoder-only"], "encoder-decoder"),
        (["addition", "--engine", "rnn", "--format", "roman"], "--format"),
        (["addition", "--engine", "rnn", "--resume", "--cpu"], "resume"),
        (["evaluate", "addition"], "python -m train addition"),
        (["predict", "addition", "--engine", "rnn", "1+2"], "python -m train addition --engine rnn"),
        (["predict", "division", "1+2"], "arithmetic, addition"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_one(words, says, capsys):
    assert says in refused(words, capsys)


def test_a_bad_question_is_one_sentence(trained, capsys):
    assert "addition" not in refused(["predict", "addition", "--engine", "rnn", "one plus two"], capsys)


def test_no_task_may_be_called_like_a_command_or_a_folder_beside_its_models():
    beside = {path.name for path in (Path(__file__).parent.parent / "checkpoints").iterdir() if path.is_dir()}
    assert {*COMMANDS, *beside - set(tasks.TASKS)} <= set(tasks._TAKEN)


def test_no_command_shows_how_to_use_it(capsys):
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 0 and "evaluate" in capsys.readouterr().out
