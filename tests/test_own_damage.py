"""Any file of a run may be damaged, or be something else than a file: that run has a sentence of its own, every other goes on."""

from __future__ import annotations

import json
import os
import shutil

import pytest
import torch

from s2s_demo.custom.jobs import job_queue, retention, runs, scheduler, validation, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui.custom import progress, run_model
from s2s_demo.ui.words import said
from tests import claimed_runs

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=4, batch=8, lr=1e-2, warmup=1, dim=8, score_every=4, save_every=4)
ASKED = Suggestion("gru", "encoder-only", RECIPE, 1000, 10.0, Words("왜", "why"))
TEXTS = ["", "{broken", "[]", "{}", "null", "3", '"text"', "NaN", "[" * 50_000, "1" * 6000]
DAMAGES = {
    "status.json": [
        *TEXTS,
        '{"state": "waiting"}',
        '{"state": "running"}',
        '{"state": "dancing"}',
        '{"state": ["done"]}',
        '{"state": "waiting", "queued": NaN, "left": NaN}',
        '{"state": "waiting", "queued": -1, "left": "x"}',
        '{"state": "waiting", "queued": 1e999}',
        '{"state": "waiting", "queued": 5, "left": -1e9, "estimate": 0, "step": 1e300}',
        '{"state": "running", "left": -5, "step": NaN}',
        '{"state": "done", "told": 3, "step": "a", "seconds": [], "scores": {"accuracy": "x"}, "examples": [1]}',
        '{"state": "done", "scores": [], "examples": [[1, 2, 3, 4]], "baselines": [{"name": 1}], "facts": {"rows": null}}',
        '{"state": "done", "scores": {}, "baselines": [{"name": "copy", "scores": {}}], "estimate": 0, "took": 1}',
    ],
    "plan.json": [*TEXTS, '{"shape": "N21"}', '{"shape": [], "by_x": {}, "by_y": [], "reason": {"ko": "", "en": ""}}'],
    "recipe.json": [*TEXTS, '{"seed": 0}', '{"seed": "x", "engine": []}', '{"seed": true}'],
    "pairs.json": [*TEXTS, '[["a"]]', "[[1, 2]]", '[["a", "b", "c"]]', '["ab"]'],
    "worker.json": [*TEXTS, '{"pid": -1, "created": 0}', '{"pid": 1e30, "created": NaN}', '{"pid": [], "created": {}}'],
    "history.jsonl": TEXTS,
    "model/config.json": TEXTS,
    **dict.fromkeys(("claim", "stop", "visitor", "used", "spare", "training.safetensors"), TEXTS[:2]),
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A finished run to copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("S2S_RUNS", str(tmp_path_factory.mktemp("trained")))
        patch.setattr(job_queue, "_launch", lambda folder: None)
        torch.set_num_threads(1)
        folder = files.root() / runs.start(PAIRS, PLAN, ASKED)
        worker.train_run(folder)
        return folder


@pytest.fixture(autouse=True)
def launched(tmp_path, monkeypatch):
    return claimed_runs.launches(tmp_path, monkeypatch)


def copied(trained):
    files.make_root()
    there = [path.name for path in job_queue.folders()]
    name = f"{len(there):024x}"
    return shutil.copytree(trained, files.root() / name)


def put(path, text):
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    if text is None:
        path.mkdir()
    else:
        path.write_text(text, "utf-8")


def tried(run):
    """Everything a visitor can do to a run, in an order that a person might choose; what is told each time."""
    told = []
    for do in (
        lambda: seen(run),
        lambda: runs.stop(run),
        lambda: run_model.answer(run, "012"),
        lambda: run_model.input_hint(run, "en"),
        lambda: runs.resume(run),
        lambda: seen(run),
        lambda: runs.stop(run),
    ):
        try:
            do()
        except UserError as e:
            told.append(e.words)
    return told


def seen(run):
    """What the page draws of it, or its sentence."""
    one = runs.status(run)
    for lang in ("ko", "en"):
        json.dumps(progress.race_data([one], lang))
        progress.baseline_text([one], lang)
        progress.curves([one], lang)
        progress.diagnostics_text(one, lang)
    return one


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file_is_the_trouble_of_one_run(trained, launched, name):
    mine = copied(trained)
    for text in (None, *DAMAGES[name]):
        other = copied(trained)
        put(other / name, text)
        if name == "status.json":
            (other / "claim").unlink()
        seen(mine.name)
        told = tried(other.name)
        assert all(words.ko != words.en and words.en != said("problem", "en") for words in told), (text, told)
        assert seen(mine.name).state == "done" and job_queue.place_of(mine) == (0, 0.0)
        scheduler.Scheduler().tick()
        fresh = runs.start(PAIRS, PLAN, ASKED)
        assert runs.status(fresh).state in ("starting", "waiting")
        for run in (other.name, fresh):
            runs.delete(run)
        assert [path.name for path in job_queue.folders()] == [mine.name]


def test_a_run_whose_status_is_damaged_says_so_and_goes_on(trained):
    folder = copied(trained)
    for text in ("[]", None, "{broken"):
        put(folder / "status.json", text)
        (folder / "worker.json").unlink(missing_ok=True)
        status = runs.status(folder.name)
        assert status.state == "damaged" and status.over and "how far it got is damaged" in status.message.en
        runs.resume(folder.name)
        worker.train_run(folder)
        assert runs.status(folder.name).state == "done" and runs.status(folder.name).step == 4


def test_a_run_that_trains_is_not_started_twice_because_a_file_is_damaged(launched):
    folder = files.root() / runs.start(PAIRS, PLAN, ASKED)
    for name, then in (("status.json", "running"), ("worker.json", "running")):
        worker.ActiveRun(folder).update(now=True)
        put(folder / name, "[]")
        os.utime(folder / "claim", (1, 1))
        assert job_queue.state_of(folder)[0] == then and len(job_queue.queue()[0]) == 1
        runs.resume(folder.name)
    assert launched == [folder]
    os.utime(folder / "status.json", (1, 1))
    assert job_queue.state_of(folder)[0] == "died"


@pytest.mark.parametrize("name", ["plan.json", "recipe.json", "pairs.json"])
def test_a_run_whose_question_is_damaged_says_so(trained, name):
    folder = copied(trained)
    put(folder / name, "[1]")
    with pytest.raises(validation.Damaged, match="what this run was given"):
        runs.resume(folder.name)
    assert job_queue.state_of(folder)[0] == "done"
    (folder / "claim").unlink()
    ended = {**files.status_of(folder), "state": "waiting", "queued": 1.0}
    files.write_json(folder / "status.json", ended)
    job_queue.acquire(folder)
    worker.train_run(folder)
    assert files.status_of(folder)["state"] == "failed" and "damaged" in files.status_of(folder)["told"]["en"]


def test_a_broken_line_of_the_history_no_longer_blocks_going_on(trained):
    folder, path = copied(trained), copied(trained) / "history.jsonl"
    lines = (folder / "history.jsonl").read_text("utf-8").splitlines()
    for broken in ("{", "null", "[]", '{"step": "x"}', '{"step": 2, "loss": null, "grad_norm": 1}', "[" * 50_000):
        put(folder / "history.jsonl", "\n".join([lines[0], broken, *lines[1:]]) + "\n")
        assert [row["step"] for row in runs.status(folder.name).history] == [1, 2, 3, 4]
    runs.resume(folder.name, 4)
    worker.train_run(folder)
    assert runs.status(folder.name).state == "done", runs.status(folder.name).message
    assert (folder / "history.jsonl").read_text("utf-8").splitlines()[:4] == lines
    put(path, None)
    runs.resume(path.parent.name, 4)
    worker.train_run(path.parent)
    assert [row["step"] for row in runs.status(path.parent.name).history] == [5, 6, 7, 8]


def test_a_model_whose_files_are_damaged_says_so_in_the_run_s_own_words(trained):
    for name, text in (
        ("config.json", "{"),
        ("config.json", "[]"),
        ("model.safetensors", "no tensors"),
        ("model.safetensors", None),
    ):
        folder = copied(trained)
        put(folder / "model" / name, text)
        with pytest.raises(UserError, match="model files of this run are damaged"):
            run_model.answer(folder.name, "012")
        runs.delete(folder.name)


def test_a_flipped_bit_in_the_weights_is_told(trained):
    folder = copied(trained)
    path = folder / "model" / "model.safetensors"
    data = bytearray(path.read_bytes())
    data[-3] ^= 64
    path.write_bytes(bytes(data))
    with pytest.raises(UserError, match="model files of this run are damaged"):
        run_model.answer(folder.name, "012")


def test_a_pipe_in_the_place_of_a_file_is_not_waited_for(trained):
    for name in ("status.json", "recipe.json", "history.jsonl", "visitor"):
        folder = copied(trained)
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
        tried(folder.name)
        runs.delete(folder.name)


def test_what_is_no_folder_of_a_run_counts_for_nothing_and_is_cleared_away(trained, tmp_path):
    mine = copied(trained)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.txt").write_text("kept")
    (files.root() / ("a" * 24)).write_text("a file")
    (files.root() / ("b" * 24)).symlink_to(elsewhere)
    (files.root() / ("c" * 24)).mkdir()
    assert seen(mine.name).state == "done"
    for name in "ac":
        os.utime(files.root() / (name * 24), (1, 1))
    os.utime(files.root() / ("b" * 24), (1, 1), follow_symlinks=False)
    for path in (elsewhere, elsewhere / "kept.txt"):
        os.utime(path, (1, 1))
    assert retention.delete_unused() == 3
    assert [path.name for path in job_queue.folders()] == [mine.name] and (elsewhere / "kept.txt").exists()


def test_one_damaged_run_does_not_stop_what_is_done_to_the_others(trained):
    broken, sound = copied(trained), copied(trained)
    put(broken / "recipe.json", "[]")
    refused = progress.apply_to([broken.name, sound.name], runs.resume)
    assert len(refused) == 1 and runs.status(sound.name).state == "starting"
    found, gone = progress.statuses_of([broken.name, sound.name])
    assert [one.run for one in found] == [sound.name] and "damaged" in progress.error_text(gone, "en")
    assert "손상" in progress.error_text(gone, "ko")


def test_a_status_keeps_what_is_sound_in_it():
    found = validation.status({"state": "done", "step": 3, "loss": float("nan"), "scores": {"a": 1.0}, "more": 1})
    assert found == {"state": "done", "queued": 0.0, "step": 3, "seconds": 0.0, "left": 0.0, "scores": {"a": 1.0}}


@pytest.mark.parametrize("asked, size", [(None, 2), (float("nan"), 2), (1e9, 5), (-3, 1), (float("inf"), 5), (3.4, 3)])
def test_a_size_that_is_none_is_the_usual_one(asked, size):
    assert progress.model_size(asked) == size
