"""A run that trains on answers with the weights that were kept last: whatever is made with them says of which step they are."""

from __future__ import annotations

import pytest

from s2s_demo.custom.export import publish
from s2s_demo.custom.jobs import job_queue, runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui.custom import run_model
from tests.claimed_runs import claimed, launches
from tests.own_page import listeners, pressed

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
PLAN = Plan(Shape.N21, "char", "word", Words("", ""))
RECIPE = Recipe(steps=6, batch=8, lr=1e-2, warmup=1, dim=8, score_every=6, save_every=6)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A run whose weights were kept at step 6."""
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    launches(tmp_path, monkeypatch)
    folder = claimed(monkeypatch, PAIRS, PLAN, RECIPE)
    worker.train_run(folder)
    return folder


def trained_on(folder, step, state="running"):
    runs.resume(folder.name)
    files.write_json(folder / "status.json", {**(files.status_of(folder) or {}), "state": state, "step": step})


def test_the_newest_weights_need_no_sentence(folder):
    assert run_model.stale_note(folder.name, "en") == "" and run_model.saved_step(folder.name) == 6
    runs.resume(folder.name)
    assert run_model.stale_note(folder.name, "en") == "", "no step was made since"


@pytest.mark.parametrize("state, said", [("running", "training goes on (now step 728)"), ("failed", "kept no newer")])
def test_the_answer_the_table_the_file_and_the_zip_say_of_which_step_they_are(
    folder, state, said, tmp_path, monkeypatch
):
    trained_on(folder, 728, state)
    given = [[folder.name], None]
    file = tmp_path / "more.csv"
    file.write_text("x,y\n" + "\n".join(f"{x},{y}" for x, y in PAIRS), "utf-8")
    monkeypatch.setattr(publish, "push", lambda made, repo, token: "address")
    told = {
        "own-truth": pressed("own-ask", *given, "012"),
        "own-unsifted": pressed("own-show", *given, True),
        "own-scored": pressed("own-testfile", *given, str(file), event="upload"),
        "own-trouble": pressed("own-zip", *given),
        "own-pushed": pressed("own-pushing", *given, "me/mine", "token"),
    }
    for name, (made, _) in told.items():
        assert "the weights of step 6" in made[name] and said in made[name], name
    sifted, _ = pressed("own-wrong", *given, True, "", "", "", "", event="input")
    assert said in sifted["own-unsifted"]


def test_newer_weights_answer_once_they_are_kept(folder):
    runs.resume(folder.name, 10)
    assert job_queue.state_of(folder)[0] == "starting"
    worker.train_run(folder)
    assert runs.status(folder.name).state == "done", runs.status(folder.name).message
    assert run_model.saved_step(folder.name) == 16 and run_model.stale_note(folder.name, "en") == ""
    made, _ = pressed("own-zip", [folder.name], None)
    assert made["own-trouble"] == "The zip holds the weights of step 16."


def test_weights_whose_step_cannot_be_read_are_spoken_of_by_whoever_reads_them(folder):
    (folder / "model" / "config.json").write_text("{", "utf-8")
    assert run_model.saved_step(folder.name) is None and run_model.stale_note(folder.name, "ko") == ""


def test_what_another_model_gave_does_not_stay_beside_the_one_that_was_chosen():
    (clear,), names = listeners(("own-which", "change"))
    made = dict(zip([names[block._id] for block in clear.outputs], clear.fn(), strict=True))
    assert made["own-answer"] is made["own-lens"] is made["own-table"] is None and not made["own-download"].interactive
    assert all(made[name] == "" for name in ("own-truth", "own-unsifted", "own-scored", "own-trouble", "own-pushed"))
