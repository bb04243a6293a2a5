"""The Dockerfile keeps its promises, as far as they can be read: no root, one volume, a health check, nothing copied that is not there."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LINES = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()


def words(instruction: str) -> list[str]:
    return [line.split(" ", 1)[1] for line in LINES if line.startswith(instruction + " ")]


def test_it_does_not_run_as_root():
    (user,) = words("USER")
    assert all(int(number) > 0 for number in user.split(":"))
    assert LINES.index(f"USER {user}") < LINES.index(f"CMD {words('CMD')[0]}")
    assert json.loads(words("CMD")[0]) == ["python", "app.py"]


def test_everything_that_is_written_lies_in_the_one_volume():
    (volume,) = words("VOLUME")
    (settings,) = [line for line in words("ENV") if "GRADIO_SERVER_PORT" in line]
    named = dict(word.split("=", 1) for word in settings.split())
    for name in ("HOME", "TMPDIR", "GRADIO_TEMP_DIR", "S2S_RUNS", "S2S_CACHE"):
        assert named[name].startswith(f"{volume}/"), name
    assert words("EXPOSE") == [named["GRADIO_SERVER_PORT"]]


def test_the_health_check_asks_the_queue():
    (check,) = words("HEALTHCHECK")
    command = json.loads(check[check.index("[") :])
    compile(command[2], "healthcheck", "exec")
    assert command[:2] == ["python", "-c"] and "/healthz" in command[2]


def test_what_is_copied_is_there_and_is_let_through():
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for line in words("COPY"):
        *sources, _ = line.split()
        for source in sources:
            assert (ROOT / source).exists() and f"!{source}" in ignored, source
    assert ignored.count("*") == 1 and any(fnmatch("s2s_demo/__pycache__", pattern) for pattern in ignored)


def test_both_variants_install_the_pinned_requirements():
    (step,) = [line for line in words("RUN") if "requirements.txt" in line]
    assert "cpu)" in step and "cuda)" in step and step.rstrip().endswith("pip install -r requirements.txt")
    pinned = re.search(r"^torch==([0-9.]+)", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    assert pinned and "grep -o '^torch==[0-9.]*' requirements.txt" in step


@pytest.mark.parametrize("path", sorted(ROOT.glob(".github/workflows/*.yml")), ids=lambda path: path.name)
def test_a_workflow_names_only_what_is_there(path):
    text = path.read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for asked in re.findall(r"make ([a-z-]+)", text):
        assert asked in targets
    for matrix in re.findall(r"what: \[([^]]+)\]", text):
        assert set(matrix.replace(" ", "").split(",")) <= targets
    for script in re.findall(r"bash (\.\S+)", text):
        assert (ROOT / script).exists()


def test_weights_are_no_text_to_git_and_need_no_large_file_storage():
    text = (ROOT / ".gitattributes").read_text("utf-8")
    assert "*.safetensors binary" in text and "filter=lfs" not in text
