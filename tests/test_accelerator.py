"""Whatever a GPU would be asked, asked of a pretended one: a few cases here, all of them by `python -m tests.accelerator_walk`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

PARTS = ["contract grid", "shipped models", "training", "own pairs", "page"]


@pytest.mark.parametrize("words", [[], ["--no-doubles"]], ids=["with float64", "without"])
def test_a_second_device_gives_the_answers_of_the_cpu(words):
    command = [sys.executable, "-m", "tests.accelerator_walk", "--some", *words]
    done = subprocess.run(
        command, cwd=Path(__file__).resolve().parent.parent, capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr[-4000:]
    found = dict(re.findall(r"^(\D+?) +(\d+) cases +0 wrong", done.stdout, re.M))
    assert list(found) == PARTS and all(map(int, found.values()))
