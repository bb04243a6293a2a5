"""Training in slices on a GPU that is lent: the same as one run, whatever is refused, stopped or forgotten on the way."""

from __future__ import annotations

import pickle
import shutil
import time
from contextvars import ContextVar
from dataclasses import replace
from math import nan
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from s2s_demo import checkpoints
from s2s_demo.custom.jobs import job_queue, runs, worker, zerogpu
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.training_state import STATE_FILE
from s2s_demo.ui import gpu
from s2s_demo.ui.custom import panel
from tests import claimed_runs

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=12, batch=8, lr=1e-2, warmup=2, dim=8, drop=0.2, score_every=5, save_every=4)
WHO = ContextVar("WHO", default="nobody")


@pytest.fixture(autouse=True)
def _alone(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "kept"))
    monkeypatch.setattr(job_queue, "AT_ONCE", 1)
    monkeypatch.setattr(job_queue, "_LAUNCHER", [])
    monkeypatch.setattr(job_queue, "_CONTEXTS", {})
    monkeypatch.setattr(zerogpu, "SLICE_SECONDS", 0.0)  # one step a slice
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Spaces:
    """What stands for the package: it lends as ZeroGPU does, by pickled arguments and results. before: called with the number of each
    slice, from 1, before it begins; after: when it has ended."""

    def __init__(self, before=lambda n: None, after=lambda n: None):
        self.before, self.after, self.durations, self.count, self.who = before, after, [], 0, []

    def GPU(self, duration):
        self.durations.append(duration)
        return lambda function: lambda *args: self.run(function, args)

    def run(self, function, args):
        self.count += 1
        self.who.append(WHO.get())
        self.before(self.count)
        found = pickle.loads(pickle.dumps(function(*pickle.loads(pickle.dumps(args)))))
        self.after(self.count)
        return found

    def lend(self, function=zerogpu.train_slice):
        return self.GPU(40)(function)


@pytest.fixture
def folder(monkeypatch):
    """A run whose turn has come."""
    return claimed(monkeypatch)


def claimed(monkeypatch, **more):
    return claimed_runs.claimed(monkeypatch, PAIRS, PLAN, replace(RECIPE, **more))


def rows(folder):
    return [(r["step"], r["loss"], r["grad_norm"], r.get("scores")) for r in checkpoints.history_of(folder)]


def weights(folder):
    return checkpoints.load_from(folder / "model", "cpu").state_dict()


@pytest.mark.parametrize("average", [0.0, 0.9])
def test_slices_are_one_run_digit_for_digit(monkeypatch, average):
    whole, parts = (claimed(monkeypatch, average=average) for _ in range(2))
    worker.train_run(whole)
    spaces = Spaces()
    zerogpu.train_in_slices(parts, spaces.lend())
    assert spaces.count == 12 and runs.status(parts.name).state == "done"
    assert rows(parts) == rows(whole) and [row[3] is not None for row in rows(parts)].count(True) == 3
    assert all(torch.equal(weights(parts)[name], value) for name, value in weights(whole).items())
    ours, theirs = runs.status(parts.name), runs.status(whole.name)
    assert (ours.scores, ours.examples, ours.baselines) == (theirs.scores, theirs.examples, theirs.baselines)
    assert "slices" in checkpoints.facts_of(parts / "model")["machine"]


def test_a_slice_trains_as_long_as_it_may(folder, monkeypatch):
    monkeypatch.setattr(zerogpu, "SLICE_SECONDS", 60.0)
    spaces = Spaces()
    zerogpu.train_in_slices(folder, spaces.lend())
    assert spaces.count == 1 and runs.status(folder.name).state == "done"


def test_what_a_slice_returns_is_enough_where_nothing_it_writes_stays(folder, monkeypatch, tmp_path):
    whole = claimed(monkeypatch)
    worker.train_run(whole)

    def elsewhere(path, state, seconds):
        """As if the lender's process had a disk of its own, on which only what was asked lies."""
        there = tmp_path / "there" / Path(path).name
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(path, there, ignore=shutil.ignore_patterns(STATE_FILE))
        return zerogpu.train_slice(str(there), state, seconds)

    zerogpu.train_in_slices(folder, Spaces().lend(elsewhere))
    assert runs.status(folder.name).state == "done" and rows(folder) == rows(whole)


def test_a_refused_slice_keeps_what_was_learnt_and_is_gone_on_with(folder, monkeypatch, caplog):
    whole = claimed(monkeypatch)
    worker.train_run(whole)

    def refuse(n):
        if n == 4:
            raise RuntimeError("quota exceeded")

    spaces = Spaces(refuse)
    zerogpu.train_in_slices(folder, spaces.lend())
    status = runs.status(folder.name)
    assert status.state == "stopped" and status.step == 3
    assert "step 3 of 12" in status.message.en and "kept" in status.message.en and "quota" not in status.message.en
    assert runs.model_of(folder.name) and "quota exceeded" in caplog.text
    runs.resume(folder.name)
    zerogpu.train_in_slices(folder, spaces.lend())
    assert runs.status(folder.name).state == "done" and [r[:3] for r in rows(folder)] == [r[:3] for r in rows(whole)]


def test_a_slice_that_fails_after_training_loses_that_slice_at_most(folder):
    def fail(n):
        if n == 3:
            raise RuntimeError("GPU task aborted")

    zerogpu.train_in_slices(folder, Spaces(after=fail).lend())
    assert runs.status(folder.name).state == "stopped" and runs.status(folder.name).step in (2, 3)
    runs.resume(folder.name)
    zerogpu.train_in_slices(folder, Spaces().lend())
    assert runs.status(folder.name).state == "done" and [row[0] for row in rows(folder)] == list(range(1, 13))


def test_refused_from_the_start_is_not_begun_and_can_be_gone_on_with(folder):
    def refuse(n):
        raise RuntimeError("quota exceeded")

    zerogpu.train_in_slices(folder, Spaces(refuse).lend())
    status = runs.status(folder.name)
    assert status.state == "stopped" and status.step == 0 and "not begun" in status.message.en
    runs.resume(folder.name)
    zerogpu.train_in_slices(folder, Spaces().lend())
    assert runs.status(folder.name).state == "done"


def test_stop_works_between_slices(folder):
    spaces = Spaces(after=lambda n: runs.stop(folder.name) if n == 5 else None)
    zerogpu.train_in_slices(folder, spaces.lend())
    status = runs.status(folder.name)
    assert (status.state, status.step, spaces.count) == ("stopped", 5, 5) and runs.model_of(folder.name)
    assert "You can go on" in status.message.en


def test_stop_works_within_a_slice(folder, monkeypatch):
    monkeypatch.setattr(zerogpu, "SLICE_SECONDS", 60.0)
    fit = worker.fit

    def stopping(*args, **options):
        for progress in fit(*args, **options):
            if progress.step == 6:
                runs.stop(folder.name)
            yield progress

    monkeypatch.setattr(worker, "fit", stopping)
    spaces = Spaces()
    zerogpu.train_in_slices(folder, spaces.lend())
    assert (runs.status(folder.name).state, runs.status(folder.name).step, spaces.count) == ("stopped", 7, 1)


def test_stopped_before_the_first_slice_it_takes_none(folder):
    runs.stop(folder.name)
    spaces = Spaces()
    zerogpu.train_in_slices(folder, spaces.lend())
    assert spaces.count == 0 and runs.status(folder.name).state == "stopped"


def test_its_time_is_bounded(folder, monkeypatch):
    monkeypatch.setattr(zerogpu, "MOST_SECONDS", 0.0)
    zerogpu.train_in_slices(folder, Spaces().lend())
    assert runs.status(folder.name).state == "stopped"


@pytest.mark.parametrize("when", ["before", "after"])
def test_of_a_run_that_is_forgotten_meanwhile_nothing_stays(folder, when):
    zerogpu.train_in_slices(folder, Spaces(**{when: lambda n: runs.delete(folder.name) if n == 2 else None}).lend())
    assert not folder.exists() and {path.name for path in files.root().iterdir()} <= {"queue.lock"}


def test_a_loss_that_is_no_number_ends_it(folder, monkeypatch):
    fit = worker.fit

    def exploding(*args, **options):
        for progress in fit(*args, **options):
            yield replace(progress, loss=nan) if progress.step == 3 else progress

    monkeypatch.setattr(worker, "fit", exploding)
    zerogpu.train_in_slices(folder, Spaces().lend())
    assert runs.status(folder.name).state == "failed" and "At step 3" in runs.status(folder.name).message.en


def test_a_damaged_save_is_told(folder):
    spaces = Spaces(before=lambda n: (folder / STATE_FILE).write_bytes(b"no tensors") if n == 2 else None)
    zerogpu.train_in_slices(
        folder, lambda path, state, seconds: spaces.lend()(path, b"no tensors" if spaces.count else state, seconds)
    )
    assert runs.status(folder.name).state == "failed" and "damaged" in runs.status(folder.name).message.en


def test_on_zerogpu_the_page_lends_in_the_name_of_who_asked(monkeypatch):
    spaces = Spaces()
    monkeypatch.setattr(gpu, "spaces", spaces)
    monkeypatch.setenv("SPACES_ZERO_GPU", "true")
    monkeypatch.setattr(job_queue, "_PROCESSES", [])
    panel._use_zerogpu()
    assert spaces.durations == [zerogpu.GPU_SECONDS] and zerogpu.GPU_SECONDS > 2 * zerogpu.SLICE_SECONDS
    asked = Suggestion("gru", "encoder-only", replace(RECIPE, steps=3), 1000, 10.0, Words("왜", "why"))
    names = []
    for who in ("first", "second"):
        WHO.set(who)
        names.append(runs.start(PAIRS, PLAN, asked))
    WHO.set("somebody else")
    end = time.monotonic() + 60
    while not all(runs.status(name).over for name in names):
        assert time.monotonic() < end, [runs.status(name) for name in names]
        time.sleep(0.01)
    assert [runs.status(name).state for name in names] == ["done", "done"]
    assert spaces.who == ["first"] * 3 + ["second"] * 3 and not job_queue._PROCESSES


@pytest.mark.parametrize("there, said", [(True, ""), (False, "true"), (True, "false")])
def test_anywhere_else_nothing_changes(monkeypatch, there, said):
    monkeypatch.setattr(gpu, "spaces", SimpleNamespace() if there else None)
    monkeypatch.setenv("SPACES_ZERO_GPU", said)
    panel._use_zerogpu()
    assert not gpu.zero() and not job_queue._LAUNCHER
