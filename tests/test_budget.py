"""The equal budget: every engine for the same number of steps, a row a run, nothing twice."""

from __future__ import annotations

import json

from train.__main__ import main
from train.budget import FILE

WORDS = [
    "budget",
    "sums",
    "--engine",
    "rnn,conv",
    "--approach",
    "decoder-only",
    "--steps",
    "2",
    "--seeds",
    "1",
    "--out",
]


def test_a_row_a_run_and_none_twice(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("s2s_demo.tasks.sums.SIZES", {"dev": 8, "test": 8})
    assert main([*WORDS, str(tmp_path)]) == 0
    path = tmp_path / "sums" / FILE
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [(row["engine"], row["approach"], row["seed"], row["steps"]) for row in rows] == [
        ("rnn", "decoder-only", 0, 2),
        ("conv", "decoder-only", 0, 2),
    ]
    assert all(90_000 <= row["parameters"] <= 110_000 and 0 <= row["exact"] <= 1 for row in rows)
    before = path.read_text("utf-8")
    assert main([*WORDS, str(tmp_path), "--resume"]) == 0
    assert path.read_text("utf-8") == before


def test_a_task_without_a_budget_is_told(capsys, tmp_path):
    assert main(["budget", "swing", "--out", str(tmp_path)]) == 1
    assert "BUDGET" in capsys.readouterr().err
