"""A finished run of a few steps, made without a page, for the attacks that need one."""

from __future__ import annotations

import shutil
from pathlib import Path
from secrets import token_hex

from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs import worker
from s2s_demo.custom.jobs.runs import prepare
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape

PAIRS = [(f"{i:03}", "even" if i % 2 == 0 else "odd") for i in range(80)]
X = "012"


def run(runs: Path) -> str:
    """Trains one in this process into the folder of the runs; its name."""
    name = token_hex(files.ID_BYTES)
    folder = runs / name
    folder.mkdir(parents=True, mode=0o700)
    recipe = Recipe(steps=4, batch=8, lr=1e-2, warmup=2, dim=8, score_every=4, save_every=2)
    asked = Suggestion("gru", "encoder-only", recipe, 1000, 1.0, Words("", ""))
    prepare(folder, PAIRS, Plan(Shape.N21, "char", "word", Words("", "")), asked, 0)
    worker.train_run(folder)
    return name


def copied(runs: Path, name: str) -> str:
    """The same once more, under a name of its own."""
    again = token_hex(files.ID_BYTES)
    shutil.copytree(runs / name, runs / again)
    return again
