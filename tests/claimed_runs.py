"""Runs of own pairs whose workers are not started: what tests of the job queue, of damage and of slices share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from s2s_demo.custom.jobs import job_queue, processes, runs
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe


def launches(tmp_path: Path, monkeypatch: Any) -> list[Path]:
    """The folders whose turn came, in a folder of this test alone; this process stands for each worker, two at a time."""
    found: list[Path] = []

    def launch(folder: Path) -> None:
        found.append(folder)
        processes.note_worker(folder, os.getpid())

    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "kept"))
    monkeypatch.setattr(job_queue, "AT_ONCE", 2)
    monkeypatch.setattr(job_queue, "SNAPSHOT_SECONDS", 0.0)
    monkeypatch.setattr(job_queue, "_launch", launch)
    return found


def claimed(monkeypatch: Any, pairs: list[tuple[str, str]], plan: Plan, recipe: Recipe) -> Path:
    """The folder of a run whose turn has come; this process stands for its worker."""
    monkeypatch.setattr(job_queue, "_launch", lambda folder: processes.note_worker(folder, os.getpid()))
    asked = Suggestion("gru", "encoder-only", recipe, 1000, 10.0, Words("왜", "why"))
    found = files.new_folder()
    runs.prepare(found, pairs, plan, asked, 0)
    job_queue.acquire(found)
    processes.note_worker(found, os.getpid())
    return found
