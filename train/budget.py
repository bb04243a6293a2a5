"""python -m train budget TASK: every engine at one equal budget, one line of checkpoints/<task>/budget.jsonl a run.

Equal budget: the recipes of train/<task>.py, whose models have about equal numbers of parameters, all for the `BUDGET` steps that
file names. The weights are not kept, only the scores on the test split. A line is written as soon as its run is done; --resume
passes over what is there.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import time
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from s2s_demo import checkpoints
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Task
from s2s_demo.training import fit
from train.evaluate import TEST_SEED, split_pairs
from train.run import dev_score, machine, recipe_of, stoppable

FILE = "budget.jsonl"


def train(task: Task, names: list[str], approaches: list[Approach], args: Namespace) -> None:
    """Trains and scores every run that is asked for; Ctrl-C ends before the run at hand is kept.

    Raises:
        UserError: the task names no equal budget.
    """
    steps = budget_of(task.name)
    folder = (Path(args.out) if args.out else checkpoints.ROOT) / task.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    if not args.resume:
        path.unlink(missing_ok=True)
    done = {(row["engine"], row["approach"], row["seed"]) for row in read_rows(path)}
    cells = [(s, a, n) for s in range(args.seeds) for a in approaches for n in names]
    with stoppable() as stop:
        for seed, approach, engine in cells:
            if (engine, approach.value, seed) in done or stop():
                continue
            row = _run(task, engine, approach, seed, args.steps or steps, stop)
            if row is None:
                print("stopped: the run at hand is not kept, go on with --resume")
                continue
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            print(json.dumps(row), flush=True)


def budget_of(task: str) -> int:
    """The steps of an equal budget.

    Raises:
        UserError: the task names none.
    """
    module = f"train.{task.replace('-', '_')}"
    steps = getattr(importlib.import_module(module), "BUDGET", 0) if importlib.util.find_spec(module) else 0
    if not steps:
        raise UserError(
            f"‘{task}’ 과제에는 같은 예산이 정해져 있지 않습니다: train/ 아래 그 과제 파일에 BUDGET을 적으세요.",
            f"‘{task}’ names no equal budget: give its file in train/ a BUDGET.",
        )
    return int(steps)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The runs that are kept: task, engine, approach, seed, steps, batch, parameters, seconds (CPU), exact, ..."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line] if path.exists() else []


def _run(task: Task, engine: str, approach: Approach, seed: int, steps: int, stop: Any) -> dict[str, Any] | None:
    recipe = replace(recipe_of(task.name, engine, approach), steps=steps)
    torch.manual_seed(seed)
    model = Seq2Seq(ModelConfig.of(task, engine, approach, **recipe.config))
    began = time.process_time()
    for _ in fit(model, task, recipe, seed=seed, stop=stop, cpu=True):
        pass
    if stop():
        return None
    spent = time.process_time() - began
    scores = dev_score(model, task, split_pairs(task.name, task.tests[0], TEST_SEED))
    facts = {"task": task.name, "engine": engine, "approach": approach.value, "seed": seed}
    facts |= {"steps": steps, "batch": recipe.batch, "parameters": model.parameters_count}
    return {**facts, "seconds": round(spent, 1), "machine": machine(), **scores}
