"""python -m train snapshots [TASK ...]: trains one small model a task and keeps its weights at thirteen moments, for the time machine.

Small on purpose: a few thousand numbers each, a minute or a few on one core. Each task has an engine that has something to show. A run is
written to runs/snapshots and takes its place in checkpoints/ as `train.promote` says, by the dev score of its last snapshot.
"""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from s2s_demo import checkpoints
from s2s_demo.lab.race.small_tasks import held_out
from s2s_demo.lab.snapshots.store import FOLDER, HISTORY, SnapshotRun, save_run, small_task, snapshot_steps
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.training import fit
from train import promote
from train.run import dev_score, machine, stoppable

HELD, ROWS = 200, 36


@dataclass(frozen=True)
class Small:
    """How the run of one task is trained."""

    engine: str
    recipe: Recipe
    options: Mapping[str, Any] = field(default_factory=dict)


def _recipe(steps: int, lr: float, dim: int, **more: Any) -> Recipe:
    return Recipe(**{"steps": steps, "lr": lr, "dim": dim, "warmup": 20, "weight_decay": 0.0, **more})


WORDS = {"batch": 32, "embed": {"width": 8, "buckets": 256, "hide": 0.1}, "weight_decay": 0.01}
RUNS = {
    "sums": Small("conv", _recipe(3000, 8e-3, 9, batch=128)),
    "arithmetic": Small("transformer", _recipe(3000, 5e-3, 16, batch=128), {"depth": 1, "heads": 2, "wide": 2}),
    "addition": Small("lstm", _recipe(1500, 1e-2, 12, batch=64)),
    "pos-en": Small("transformer", _recipe(2500, 4e-3, 16, **WORDS), {"depth": 1, "heads": 2, "wide": 2}),
    "pos-ko": Small("gru", _recipe(2500, 6e-3, 12, **WORDS), {"both_ways": True}),
    "intent-en": Small("lstm", _recipe(4000, 6e-3, 20, **WORDS)),
    "intent-ko": Small("attention", _recipe(2500, 4e-3, 16, **WORDS)),
    "swing": Small("conv", _recipe(600, 6e-3, 12, batch=32), {"depth": 2}),
    "exercises": Small("gru", _recipe(400, 6e-3, 12, batch=32)),
}


def train(args: Namespace) -> None:
    """Trains the runs that were asked for, all if none was named.

    Raises:
        UserError: a name has no run here, or its data is not to be had.
    """
    unknown = [name for name in args.tasks if name not in RUNS]
    if unknown:
        there = ", ".join(RUNS)
        raise UserError(
            f"‘{unknown[0]}’ 과제는 없습니다: {there}", f"There is no run for ‘{unknown[0]}’: choose of {there}."
        )
    root = Path(args.out) if args.out else checkpoints.ROOT
    with stoppable() as stop:
        for name in args.tasks or RUNS:
            if not stop():
                _train(name, args, root / FOLDER / name)


def _train(name: str, args: Namespace, folder: Path) -> None:
    small, task = RUNS[name], small_task(name)
    recipe = Recipe(**{**vars(small.recipe), "steps": args.steps or small.recipe.steps, "options": small.options})
    torch.manual_seed(args.seed)
    config = ModelConfig.of(task, small.engine, None, **recipe.config)
    model, pairs = Seq2Seq(config), held_out(task, HELD)
    steps, rows = snapshot_steps(recipe.steps), set(snapshot_steps(recipe.steps, ROWS, 1))
    wanted, history = rows | set(steps), []
    states = [_copy(model)]
    began = time.monotonic()
    runs = fit(model, task, recipe, seed=args.seed, logged=lambda step: step in wanted, cpu=True)
    with tqdm(total=recipe.steps, file=sys.stdout, desc=name) as bar:
        for progress in runs:
            bar.update(1)
            if progress.step in wanted:
                scores = dev_score(model.eval(), task, pairs)
                history.append({**progress.row(), "scores": {task.measure: scores[task.measure]}})
                bar.set_postfix({"loss": f"{progress.loss:.3g}", task.measure: scores[task.measure]})
            if progress.step in steps:
                states.append(_copy(model))
    facts = {
        "seed": args.seed,
        "batch": recipe.batch,
        "lr": recipe.lr,
        "clip": recipe.clip,
        "measure": task.measure,
        "held_out": len(pairs),
        "minutes": round((time.monotonic() - began) / 60, 2),
        "machine": machine(),
        "command": shlex.join(["python", "-m", "train", "snapshots", name]),
        "parameters": model.parameters_count,
    }
    made = promote.RUNS / "snapshots" / name
    shutil.rmtree(made, ignore_errors=True)
    save_run(SnapshotRun(name, config, steps, tuple(history), facts, made), states)
    size = sum(path.stat().st_size for path in made.iterdir()) / 1024
    print(f"{len(steps)} snapshots of {model.parameters_count:,} numbers, {size:.0f} KiB")
    scores = {"dev": _dev(made, task.measure), "there": _dev(folder, task.measure)}
    print(promote.promote(made, folder, **scores, asked=bool(args.keep or args.out)))


def _dev(folder: Path, measure: str) -> float | None:
    """The dev score of the last snapshot of a kept run, None where there is none."""
    try:
        *_, last = (folder / HISTORY).read_text("utf-8").splitlines()
        return float(json.loads(last)["scores"][measure])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _copy(model: Seq2Seq) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.state_dict().items()}
