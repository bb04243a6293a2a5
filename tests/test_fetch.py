"""Models from the Hub on request: what is taken, what stays, and one sentence for whatever goes wrong."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

import huggingface_hub
import pytest

from s2s_demo import checkpoints
from s2s_demo.side_files import sha256
from train import fetch
from train.__main__ import main

SHIPPED = Path(__file__).resolve().parent.parent / "checkpoints"
OFFERED = ["addition/rnn", "addition/gru", "frames", "time/addition"]
HOSTILE = ["checkpoints/../x/config.json", "checkpoints/a/b/../config.json", "checkpoints/a/b/c/d/config.json"]
HOSTILE += ["checkpoints/addition/rnn/run.py", "/checkpoints/a/config.json", "app.py", "checkpoints/a/*/config.json"]


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """An empty place for models, and no repository named anywhere."""
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "here" / "models")
    monkeypatch.delenv(fetch.VARIABLE, raising=False)
    return tmp_path / "here" / "models"


class Hub:
    """A repository with some shipped models and files that nobody should take; it counts what it is asked for."""

    def __init__(self):
        self.files = {f"checkpoints/{path.relative_to(SHIPPED).as_posix()}": path.stat().st_size for name in OFFERED
                      for path in (SHIPPED / name).iterdir()}  # fmt: skip
        self.extra, self.asked = dict.fromkeys(HOSTILE, 9), []

    def __call__(self, repo_id, *, repo_type, allow_patterns, dry_run=False, local_dir=None):
        self.asked.append((repo_id, repo_type, dry_run))
        if dry_run:
            return [SimpleNamespace(filename=k, file_size=v) for k, v in {**self.files, **self.extra}.items()]
        for name in allow_patterns:
            assert name in self.files, name
            place = Path(local_dir, name)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(SHIPPED.parent / name, place)
        return local_dir


@pytest.fixture
def hub(monkeypatch):
    found = Hub()
    monkeypatch.setattr(huggingface_hub, "snapshot_download", found)
    return found


def refused(capsys, *words):
    assert main(["fetch", *words]) == 1
    told = capsys.readouterr().err.strip()
    assert told and "\n" not in told and "Traceback" not in told
    return told


@pytest.mark.parametrize("name, kind", [("someone/lab", None), ("spaces/someone/lab", "space")])
def test_models_come_to_where_they_are_looked_for(name, kind, hub, root, capsys):
    assert main(["fetch", name]) == 0
    assert "2 models" in capsys.readouterr().out
    assert hub.asked == [("someone/lab", kind, True), ("someone/lab", kind, False)]
    assert {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} == {
        path.removeprefix("checkpoints/") for path in hub.files
    }
    assert [path.name for path in root.parent.iterdir()] == ["models"], "nothing of the fetching is left"
    assert checkpoints.load("addition", "gru", device="cpu").config.engine == "gru"


def test_the_repository_may_be_named_in_the_environment_and_what_is_there_stays(hub, root, capsys, monkeypatch):
    monkeypatch.setenv(fetch.VARIABLE, "someone/lab")
    mine = root / "addition" / "rnn" / "model.safetensors"
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"mine")
    assert main(["fetch"]) == 0
    assert mine.read_bytes() == b"mine" and [path.name for path in mine.parent.iterdir()] == [mine.name]
    assert sha256(root / "addition/gru/model.safetensors") == sha256(SHIPPED / "addition/gru/model.safetensors")
    hub.asked.clear()
    assert main(["fetch"]) == 0
    assert "already" in capsys.readouterr().out and [dry for _, _, dry in hub.asked] == [True]


@pytest.mark.parametrize("name", ["", "lab", "a/b/c", "models/a/b", "https://x.y/z", "a b/c", "../x"])
def test_what_is_no_name_never_reaches_the_hub(name, hub, capsys):
    assert fetch.VARIABLE in refused(capsys, *([name] if name else [])) and hub.asked == []


@pytest.mark.parametrize("files", [{}, {"checkpoints/a/b/config.json": fetch.MOST_BYTES + 1}, dict.fromkeys(HOSTILE, 1),
    {f"checkpoints/a/e{i}/config.json": 1 for i in range(fetch.MOST_FILES + 1)}], ids=["none", "large", "others", "many"])  # fmt: skip
def test_no_models_or_too_many_are_told_before_anything_is_fetched(files, hub, capsys):
    hub.files, hub.extra = files, {}
    assert "someone/lab" in refused(capsys, "someone/lab")
    assert [dry for _, _, dry in hub.asked] == [True]


@pytest.mark.parametrize("error", [OSError("no route"), ConnectionError("reset"), RuntimeError("x"), ValueError("y")])
@pytest.mark.parametrize("late", [False, True])
def test_whatever_the_hub_does_is_one_sentence_and_leaves_nothing(error, late, hub, root, capsys, monkeypatch):
    def broken(*args, **options):
        if late and options.get("dry_run"):
            return hub(*args, **options)
        raise error

    monkeypatch.setattr(huggingface_hub, "snapshot_download", broken)
    assert "someone/lab" in refused(capsys, "someone/lab")
    assert not root.exists() and not list(root.parent.glob("*"))


def test_a_place_that_cannot_be_written_is_told(hub, root, capsys):
    root.parent.write_text("a file in the way")
    assert "S2S_CHECKPOINTS" in refused(capsys, "someone/lab")
