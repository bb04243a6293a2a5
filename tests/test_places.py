"""Where there is no home, no name for the user id and no temporary folder, each place is still somewhere, or one sentence."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import pytest

from s2s_demo import places
from s2s_demo.prediction import UserError
from train.__main__ import main


def fails(error: Exception):
    def failing(*args, **options):
        raise error

    return failing


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A process as of `docker run -u 12345`: no name, no home, a temporary folder."""
    for name in ("HOME", "HF_HOME", "TORCHINDUCTOR_CACHE_DIR", "USER", "S2S_RUNS", "S2S_CACHE"):
        monkeypatch.setenv(name, "to be put back")
        monkeypatch.delenv(name)
    monkeypatch.setattr(places, "getuser", fails(KeyError("getpwuid(): uid not found: 12345")))
    monkeypatch.setattr(Path, "home", fails(RuntimeError("Could not determine home directory.")))
    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("No username set in the environment"), ImportError("pwd")])
def test_a_user_without_a_name_is_a_number(bare, monkeypatch, error):
    monkeypatch.setattr(places, "getuser", fails(error))
    number = str(os.getuid()) if sys.platform != "win32" else "user"
    assert places.user() == number
    assert places.runs() == bare / f"s2s-runs-{number}" and places.cache() == bare / f"s2s-cache-{number}"


def test_libraries_that_ask_for_a_name_and_a_home_get_them(bare):
    places.stand_in()
    assert os.environ["USER"] == places.user()
    for name in ("HOME", "HF_HOME", "TORCHINDUCTOR_CACHE_DIR"):
        assert Path(os.environ[name]).is_relative_to(bare)
    assert list(bare.iterdir()) == []


def test_a_home_that_cannot_be_written_to_is_not_written_to(bare, monkeypatch):
    monkeypatch.setattr(Path, "home", lambda: bare / "home")
    assert places.home() is None and places.cache().is_relative_to(bare)
    (bare / "home").mkdir()
    assert places.cache() == bare / "home" / ".cache" / "s2s-lab"
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert places.home() is None
    monkeypatch.setenv("HOME", "/")
    places.stand_in()
    assert os.environ["HOME"] == "/" and Path(os.environ["HF_HOME"]).is_relative_to(bare)


def test_an_ordinary_user_is_left_alone(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "getuser", lambda: "kim")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    before = dict(os.environ)
    places.stand_in()
    assert dict(os.environ) == before and places.user() == "kim"


def test_what_is_named_is_taken(bare, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", "/data/runs")
    monkeypatch.setenv("S2S_CACHE", "/data/cache")
    assert (places.runs(), places.cache()) == (Path("/data/runs"), Path("/data/cache"))


def test_no_temporary_folder_is_one_sentence(bare, monkeypatch):
    monkeypatch.setattr(tempfile, "gettempdir", fails(FileNotFoundError(2, "No usable temporary directory found")))
    with pytest.raises(UserError, match="TMPDIR"):
        places.runs()
    places.stand_in()


def test_a_folder_that_a_command_cannot_write_to_is_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(Path, "mkdir", fails(PermissionError(13, "Permission denied", "runs")))
    assert main(["addition", "--engine", "gru", "--steps", "1", "--cpu"]) == 1
    assert "‘runs’ cannot be written to" in capsys.readouterr().err
