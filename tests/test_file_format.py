"""What a training writes says its format; older formats are read in one place, unknown ones refused with one sentence."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from s2s_demo import checkpoints
from s2s_demo.custom.export.bundle import make_bundle
from s2s_demo.custom.jobs import job_queue, runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.file_format import FORMAT, UPGRADES, UnknownFormat, upgraded
from s2s_demo.lab.snapshots import store
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.side_files import DIGEST, read_facts
from s2s_demo.task import Approach, Shape
from s2s_demo.video import encoder
from train import calibrate
from train.__main__ import main

SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints"
UNKNOWN = [FORMAT + 1, 10**400, -1, True, None, "1", 1.0, [1], {}]
PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
RECIPE = Recipe(steps=2, batch=8, lr=1e-2, warmup=1, dim=8, score_every=2, save_every=2)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    """An empty folder to work in, no checkpoints, no runs."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(job_queue, "_launch", lambda folder: None)


@pytest.fixture
def kept(new_model):
    """The folder of a toy checkpoint among the checkpoints."""
    folder = checkpoints.folder_of("toy-n2n", Shape.N2N, "gru", Approach.ENCODER_ONLY)
    checkpoints.save(new_model(Shape.N2N, "gru"), folder, {"seed": 0, "steps": 3}, ['{"step": 1}'], "# card")
    return folder


@pytest.fixture
def trained():
    """A run on custom data that is done, and its folder."""
    run = runs.start(PAIRS, Plan(Shape.N21, "char", "word", Words("", "")), Suggestion(
        "gru", "encoder-only", RECIPE, 1000, 10.0, Words("왜", "why")
    ))  # fmt: skip
    worker.train_run(files.root() / run)
    return run, files.root() / run


def rewritten(path, found=None):
    """The file with another format, or as it was before there was one."""
    fields = {k: v for k, v in json.loads(path.read_text("utf-8")).items() if k != "format"}
    path.write_text(json.dumps(fields if found is None else {"format": found[0], **fields}, indent=1) + "\n", "utf-8")


def told(call):
    """The sentence with which it is refused, in both languages."""
    with pytest.raises(UnknownFormat) as refused:
        call()
    words = refused.value.words
    assert all("\n" not in text and str(FORMAT) in text for text in (words.ko, words.en)) and words.ko != words.en
    return words.en


def first_and_last(path):
    names = list(json.loads(path.read_text("utf-8")))
    return names[0], names[-1]


def test_every_shipped_file_is_read():
    found = [path for name in ("config.json", "run.json") for path in SHIPPED.rglob(name)]
    assert len(found) > 100
    for path in found:
        stored = json.loads(path.read_text("utf-8"))
        assert {k: v for k, v in stored.items() if k != "format"} == read_facts(path), path


def test_one_function_leads_from_each_format_to_the_next(monkeypatch):
    later = (*UPGRADES, lambda fields: {**fields, "seen": "format 1"}, lambda fields: {**fields, "then": "format 2"})
    monkeypatch.setattr("s2s_demo.file_format.UPGRADES", later)
    monkeypatch.setattr("s2s_demo.file_format.FORMAT", FORMAT + 2)
    assert upgraded({"seed": 1}, "x") == {"seed": 1, "seen": "format 1", "then": "format 2"}
    assert upgraded({"format": 2, "seed": 1}, "x") == {"seed": 1, "then": "format 2"}
    assert upgraded({"format": 3, "seed": 1}, "x") == {"seed": 1}


def test_whatever_a_training_writes_says_its_format(trained, kept, tmp_path):
    assert main(["train", "addition", "--engine", "rnn", "--steps", "2", "--cpu", "--out", "made"]) == 0
    model = checkpoints.load_from(kept, "cpu")
    run = store.SnapshotRun("addition", model.config, (0,), ({"step": 1},), {"seed": 0}, tmp_path / "time")
    store.save_run(run, [model.state_dict()])
    written = [tmp_path / "made/addition/rnn/config.json", kept / "config.json", tmp_path / "time/run.json"]
    written += [trained[1] / name for name in ("plan.json", "recipe.json", "status.json", "model/config.json")]
    for path in written:
        assert json.loads(path.read_text("utf-8"))["format"] == FORMAT, path
        if path.name in ("config.json", "run.json"):
            assert first_and_last(path) == ("format", DIGEST), path


def test_a_format_stays_where_facts_are_written_anew(kept):
    config, weights = kept / "config.json", kept / "model.safetensors"
    rewritten(config)
    calibrate._write(config, read_facts(config), weights)
    assert first_and_last(config) == ("format", DIGEST)
    assert not checkpoints.write_digest(config, weights)


def test_what_was_written_before_there_was_a_format_is_read(kept, trained):
    rewritten(kept / "config.json")
    assert checkpoints.load("toy-n2n", "gru", device="cpu") and checkpoints.facts_of(kept)["steps"] == 3
    run, folder = trained
    for name in ("plan.json", "recipe.json", "status.json", "model/config.json"):
        rewritten(folder / name)
    assert runs.status(run).state == "done" and runs.model_of(run) and runs.facts_of(run)["steps"] == 2
    runs.resume(run, 2)
    assert json.loads((folder / "recipe.json").read_text("utf-8"))["format"] == FORMAT


@pytest.mark.parametrize("found", UNKNOWN, ids=lambda found: f"{found!r:.20}")
def test_an_unknown_format_of_a_checkpoint_is_one_sentence(found, kept):
    rewritten(kept / "config.json", [found])
    for call in (
        lambda: checkpoints.load("toy-n2n", "gru"),
        lambda: checkpoints.load("toy-n2n", "gru", "encoder-only"),
        lambda: checkpoints.load_from(kept),
        lambda: checkpoints.facts_of(kept),
    ):
        assert "gru/config.json" in told(call)
    assert checkpoints.available() == [], "what cannot be read is not offered"


def test_an_unknown_format_of_snapshots_and_frames_is_one_sentence(tmp_path, monkeypatch):
    for name, file in (("time/addition", "run.json"), ("frames", "config.json")):
        shutil.copytree(SHIPPED / name, tmp_path / "shelf" / name)
        rewritten(tmp_path / "shelf" / name / file, [FORMAT + 1])
    told(lambda: store.load_run("addition"))
    assert store.available() == []
    told(lambda: encoder.load.__wrapped__(tmp_path / "shelf"))


@pytest.mark.parametrize("name", ["plan.json", "recipe.json", "status.json", "model/config.json"])
def test_an_unknown_format_in_a_run_is_one_sentence(name, trained):
    run, folder = trained
    rewritten(folder / name, [FORMAT + 1])
    before = (folder / name).read_text("utf-8")
    if name == "status.json":
        assert runs.status(run).state == "damaged", "the run is not lost: what it was given can be read"
    elif name == "model/config.json":
        told(lambda: runs.model_of(run))
        told(lambda: runs.facts_of(run))
    else:
        assert name in told(lambda: runs.status(run))
        told(lambda: runs.resume(run))
        assert (folder / name).read_text("utf-8") == before


def test_a_downloaded_model_says_its_format_and_brings_the_reader(new_model, tmp_path):
    (tmp_path / "a.zip").write_bytes(make_bundle(new_model(Shape.N2M, "lstm"), {}, "# card"))
    shutil.unpack_archive(tmp_path / "a.zip", tmp_path / "a")
    assert first_and_last(tmp_path / "a/config.json") == ("format", DIGEST)
    assert (tmp_path / "a/s2s_demo/file_format.py").exists()
