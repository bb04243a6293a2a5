"""Deleting a run: what was given goes, with its worker, its place in the queue and what the process remembers; the page says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from s2s_demo.custom.jobs import job_queue, processes, retention, runs
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs import worker as work
from s2s_demo.custom.plan import Plan
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui.custom import delete, errors, progress, run_model, text
from s2s_demo.ui.words import said
from tests.claimed_runs import claimed, launches
from tests.own_page import ENGLISH, listeners, pressed

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=4, batch=8, lr=1e-2, warmup=2, dim=8, score_every=4, save_every=4)


@pytest.fixture
def launched(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    return launches(tmp_path, monkeypatch)


@pytest.fixture
def finished(launched, monkeypatch):
    folder = claimed(monkeypatch, PAIRS, PLAN, RECIPE)
    work.train_run(folder)
    return folder


def queued(monkeypatch):
    folder = claimed(monkeypatch, PAIRS, PLAN, RECIPE)
    job_queue.release(folder)
    return folder


def test_a_run_that_waits_leaves_the_queue_with_its_folder(launched, monkeypatch):
    first, second = queued(monkeypatch), queued(monkeypatch)
    monkeypatch.setattr(job_queue, "advance", lambda: None)
    assert set(job_queue.queue()[1]) == {first, second}
    delete.delete_run(first.name)
    assert not first.exists() and job_queue.queue()[1] == [second] and job_queue.place_of(second)[0] == 1


def test_a_worker_that_trains_is_ended_and_the_next_has_its_turn(launched, monkeypatch):
    monkeypatch.setattr(job_queue, "AT_ONCE", 1)
    folder = claimed(monkeypatch, PAIRS, PLAN, RECIPE)
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as worker:
        processes.note_worker(folder, worker.pid)
        following = queued(monkeypatch)
        delete.delete_run(folder.name)
        assert not psutil.pid_exists(worker.pid)
    assert not folder.exists() and files.exists(following / "claim"), "the free slot went to the next"


def test_what_cannot_be_deleted_is_not_said_to_be_deleted(finished, monkeypatch):
    monkeypatch.setattr(retention, "delete", lambda folder: False)
    with pytest.raises(UserError, match="Not all of this"):
        delete.delete_run(finished.name)
    made, _ = pressed("own-delete-really-use", [finished.name], finished.name)
    assert made["own-deleted-use"] == text.escape_markdown(runs.NOT_DELETED.en)


def test_a_zip_that_was_made_for_download_goes_as_well(finished):
    made, _ = pressed("own-zip", [finished.name], None)
    path = Path(
        made["own-download"].value
        if isinstance(made["own-download"].value, str)
        else made["own-download"].value["path"]
    )
    assert path.exists() and finished not in path.parents
    delete.delete_run(finished.name)
    assert not path.exists()


def test_nothing_of_its_pairs_stays_in_memory(finished):
    run = finished.name
    assert errors.cases(run) and run_model.task_of(run)
    delete.delete_run(run)
    assert run_model._task_of.cache_info().currsize == errors._cases.cache_info().currsize == 0


@pytest.mark.parametrize("place", ["train", "use"])
def test_two_clicks_delete_and_clear_both_steps(finished, place):
    run = finished.name
    made, values = pressed(f"own-delete-{place}", [run], run)
    assert "cannot be undone" in made[f"own-deleted-{place}"] and values[-1] == run and finished.exists()
    made, values = pressed(f"own-delete-really-{place}", [run], run)
    assert not finished.exists() and made[f"own-deleted-{place}"] == said("own.delete.done", "en")
    assert values[3] == [] and made["own-field"] is None and made["own-link"] == made["own-coach"] == ""
    assert made["own-answer"] is None and made["own-table"] is None and made["own-truth"] == made["own-trouble"] == ""
    assert not made["own-download"].interactive and made["own-download"].value is None


def test_the_first_click_is_taken_back_and_names_a_run(finished):
    made, values = pressed("own-delete-use", [], None)
    assert made["own-deleted-use"] == said("own.untrained", "en") and values[-1] == ""
    (keep,), _ = listeners(("own-delete-keep-use", "click"))
    assert keep.fn()[0] == keep.fn()[2] == "" and finished.exists()
    _, values = pressed("own-delete-really-use", [finished.name], "")
    assert values[3] == [finished.name] and finished.exists(), "nobody was asked"


def test_the_other_runs_stay_in_view(finished, monkeypatch):
    other = claimed(monkeypatch, PAIRS, PLAN, RECIPE)
    work.train_run(other)
    made, values = pressed("own-delete-really-train", [finished.name, other.name], finished.name)
    assert values[3] == [other.name] and other.name in made["own-link"] and finished.name not in made["own-link"]
    assert len(made["own-field"]["rows"]) == 1


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_another_tab_is_told_that_it_is_gone(finished, lang):
    run = finished.name
    delete.delete_run(run)
    _, gone = progress.statuses_of([run])
    request = SimpleNamespace(**{**vars(ENGLISH), "query_params": {"lang": lang}})
    told = progress.error_text(gone, lang)
    assert ("deleted" if lang == "en" else "지웠거나") in told
    for trigger in (("own-step-train", "select"), ("own-step-use", "select")):
        found, names = listeners(trigger)
        made = [
            value
            for one in found
            if one.inputs and names[one.outputs[0]._id] in ("own-field", "own-how")
            for value in one.fn([run], run, *([""] if len(one.inputs) == 3 else []), request)
        ]
        assert told in made, trigger
