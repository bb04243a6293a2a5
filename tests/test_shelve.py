"""A training takes a place among the checkpoints only if it is free, asked for or earned, and says which in one line."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from s2s_demo import checkpoints
from s2s_demo.lab.long_range.runs import GridRun, append_run, read_runs
from s2s_demo.lab.snapshots import store
from s2s_demo.prediction import UserError
from s2s_demo.video import encoder
from train import frames, longrange, promote, run
from train import snapshots as time_machine
from train.__main__ import main

RNN = ["addition", "--engine", "rnn", "--steps", "3", "--cpu"]


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    """An empty folder to work in and no checkpoints."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    monkeypatch.setattr(encoder, "ROOT", tmp_path / "shelf")
    monkeypatch.setattr(run, "SCORED", 8)
    return tmp_path / "shelf"


def stamp(folder: Path) -> dict[str, str]:
    """A digest of every file below a folder."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def praise(folder: Path, exact: float) -> None:
    """Says of a checkpoint that it is that good, and keeps test scores beside it."""
    facts = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**facts, "dev": {"exact": exact}}))
    (folder / "scores.json").write_text("{}")


def last(capsys) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_a_free_place_is_taken(shelf, capsys):
    assert main(RNN) == 0
    assert last(capsys).endswith("(nothing was there)")
    assert stamp(shelf / "addition" / "rnn") == stamp(Path("runs/addition/rnn/checkpoint"))
    assert [path.name for path in (shelf / "addition").iterdir()] == ["rnn"]


def test_a_worse_model_does_not_take_the_place_of_a_better_one_unless_asked(shelf, capsys):
    assert main(RNN) == 0
    praise(shelf / "addition" / "rnn", 1.0)
    before = stamp(shelf)
    assert main([*RNN, "--seed", "0"]) == 0
    assert stamp(shelf) == before
    told = last(capsys)
    assert "runs/addition/rnn/checkpoint" in told and "stays as it was" in told and "there it is 1.0000" in told
    assert main([*RNN, "--resume", "--keep"]) == 0  # nothing is trained again
    told = capsys.readouterr().out
    assert "nothing left to train" in told and "(as asked)" in told
    assert stamp(shelf / "addition" / "rnn") == stamp(Path("runs/addition/rnn/checkpoint"))
    assert "--keep" not in checkpoints.facts_of(shelf / "addition" / "rnn")["command"]


@pytest.mark.parametrize("exact", [0.0, -1.0])
def test_an_equal_or_a_better_one_takes_it_and_the_old_test_scores_go(shelf, capsys, exact):
    assert main(RNN) == 0
    praise(shelf / "addition" / "rnn", exact)
    assert main([*RNN, "--steps", "2"]) == 0
    assert "at least as good" in last(capsys)
    assert checkpoints.facts_of(shelf / "addition" / "rnn")["steps"] == 2
    assert not (shelf / "addition" / "rnn" / "scores.json").exists()


@pytest.mark.parametrize("damage", ["{", "[]", '{"dev": {}}', '{"dev": null}'])
def test_a_score_nobody_knows_is_not_beaten(shelf, capsys, damage):
    assert main(RNN) == 0
    (shelf / "addition" / "rnn" / "config.json").write_text(damage)
    assert main(RNN) == 0
    assert "there it is unknown" in last(capsys)
    assert (shelf / "addition" / "rnn" / "config.json").read_text() == damage


def test_a_folder_that_is_named_is_written_to(shelf, tmp_path, capsys):
    for _ in range(2):
        assert main([*RNN, "--out", "made"]) == 0
        praise(tmp_path / "made" / "addition" / "rnn", 1.0)
    assert "(as asked)" in last(capsys) and not shelf.exists()


def test_a_shelf_that_cannot_be_written_is_one_sentence_and_the_model_is_kept(shelf, capsys, monkeypatch):
    assert main(RNN) == 0
    before = stamp(shelf)

    def full(self, target):
        raise OSError(28, "no space left on device")

    monkeypatch.setattr(os, "rename", full)
    monkeypatch.setattr(Path, "rename", full)
    assert main([*RNN, "--keep"]) == 1
    told = capsys.readouterr().err
    assert "cannot be written" in told and "runs/addition/rnn/checkpoint" in told and len(told.splitlines()) == 1
    assert stamp(shelf) == before and Path("runs/addition/rnn/checkpoint/config.json").exists()


def test_a_move_that_fails_half_way_puts_the_old_one_back(tmp_path, monkeypatch):
    made, place = tmp_path / "made", tmp_path / "place" / "rnn"
    for folder, text in ((made, "new"), (place, "old")):
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(text)
    rename = Path.rename

    def broken(self, target):
        if self.name == "new":
            raise OSError("gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", broken)
    with pytest.raises(UserError, match="cannot be written"):
        promote.promote(made, place, dev=1.0, there=0.0, asked=False)
    assert (place / "config.json").read_text() == "old" and [p.name for p in place.parent.iterdir()] == ["rnn"]


def test_a_resumed_run_is_the_run_that_was_never_stopped(shelf):
    """Digit for digit, now that state and checkpoint lie in one folder."""
    assert main(["addition", "--engine", "gru", "--steps", "4", "--cpu", "--out", "whole"]) == 0
    whole = stamp(Path("whole/addition/gru"))["model.safetensors"]
    answers = iter([False, False, True])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "stoppable", lambda: _asked(answers))
        assert main(["addition", "--engine", "gru", "--steps", "4", "--cpu"]) == 0
    assert checkpoints.facts_of(Path("runs/addition/gru/checkpoint"))["steps"] < 4
    assert main(["addition", "--engine", "gru", "--steps", "4", "--cpu", "--resume", "--keep"]) == 0
    assert stamp(shelf / "addition" / "gru")["model.safetensors"] == whole


class _asked:
    def __init__(self, answers):
        self.answers = answers

    def __enter__(self):
        return lambda: next(self.answers, True)

    def __exit__(self, *error):
        return None


def test_snapshots_of_a_worse_run_do_not_take_the_place(shelf, capsys, monkeypatch):
    monkeypatch.setattr(time_machine, "HELD", 8)
    assert main(["snapshots", "addition", "--steps", "9"]) == 0
    assert "nothing was there" in last(capsys) and store.available() == ["addition"]
    place = shelf / "time" / "addition"
    rows = [json.loads(line) for line in (place / "history.jsonl").read_text().splitlines()]
    rows[-1]["scores"] = {"exact": 1.0}
    (place / "history.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")
    before = stamp(place)
    assert main(["snapshots", "addition", "--steps", "8"]) == 0
    assert "there it is 1.0000" in last(capsys) and stamp(place) == before
    assert main(["snapshots", "addition", "--steps", "8", "--keep"]) == 0
    assert "as asked" in last(capsys) and stamp(place) == stamp(Path("runs/snapshots/addition")) != before


def test_another_frame_encoder_takes_the_place_only_if_asked(shelf, capsys, monkeypatch):
    monkeypatch.setattr(frames, "RECIPE", replace(frames.RECIPE, batch=8, warmup=1, save_every=1))
    monkeypatch.setattr(frames, "JUDGED", 64)
    (shelf / "frames").mkdir(parents=True)
    (shelf / "frames" / "config.json").write_text("the one the video models know")
    assert main(["frames", "--steps", "1"]) == 0
    assert "stays as it was (--keep" in last(capsys) and len(stamp(shelf / "frames")) == 1
    assert main(["frames", "--steps", "1", "--keep"]) == 0
    assert stamp(shelf / "frames") == stamp(Path("runs/frames/checkpoint"))
    assert (shelf / "frames" / "config.json").read_text("utf-8").startswith('{\n "format": 1,')


def test_the_grid_of_the_long_range_is_not_wiped_and_no_cell_gets_worse(shelf, capsys):
    place = shelf / "longrange" / "results.jsonl"
    words = ["longrange", "--problem", "recall", "--engine", "rnn", "--seeds", "1", "--steps", "1"]
    assert main(words) == 0 and "4 runs" in last(capsys)
    one = read_runs(place)[0]
    append_run(replace(one, score=1.0), place)
    append_run(replace(one, seed=7), place)
    before = read_runs(place)
    assert main(words) == 0
    assert "1 with a worse score" in last(capsys)
    assert {r.cell: r.score for r in read_runs(place)} == {r.cell: r.score for r in before}
    assert main([*words, "--keep"]) == 0 and {r.cell: r.score for r in read_runs(place)}[one.cell] == one.score


def test_less_is_better_where_the_score_is_an_error():
    kept = GridRun("adding", "rnn", 50, 0, 0.1, 1 / 6, False, 1, 1.0, 1, 1e-3)
    assert longrange._as_good(replace(kept, score=0.1), kept) and not longrange._as_good(replace(kept, score=0.2), kept)
