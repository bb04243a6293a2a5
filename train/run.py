"""The training command: a progress bar, a history, a checkpoint with its card.

All of it is written to runs/<task>/<engine>...; the checkpoint takes its place in checkpoints/ as `train.promote` says.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import shlex
import shutil
import signal
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from s2s_demo import checkpoints
from s2s_demo.explain import predict_parsed
from s2s_demo.lab.scoreboard.timing import machine
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Progress, Recipe
from s2s_demo.task import Approach, Task
from s2s_demo.training import fit
from train import promote
from train.card import model_card
from train.evaluate import best_threshold

SCORED = 300


def recipe_of(task: str, engine: str, approach: Approach) -> Recipe:
    """The shipped recipe: train/<task>.py maps "engine-approach" or "engine" to one; otherwise the default."""
    module = f"train.{task.replace('-', '_')}"
    if importlib.util.find_spec(module) is None:
        return Recipe()
    recipes: dict[str, Recipe] = importlib.import_module(module).RECIPES
    return recipes.get(f"{engine}-{approach.value}", recipes.get(engine, Recipe()))


def train(task: Task, engine: str, approach: Approach, args: Namespace) -> None:
    """Trains one model and writes its checkpoint; Ctrl-C stops cleanly and keeps what there is.

    With --resume and nothing left to train, what was made earlier may still take its place.
    """
    recipe = recipe_of(task.name, engine, approach)
    recipe = replace(recipe, steps=args.steps) if args.steps else recipe
    if args.format and args.format not in task.y_texts:
        there = ", ".join(task.y_texts) or "—"
        raise UserError(f"y를 쓰는 방식은 {there} 중 하나입니다.", f"--format must be one of {there}.")
    torch.manual_seed(args.seed)
    config = ModelConfig.of(task, engine, approach, text=args.format, **recipe.config)
    model = Seq2Seq(config)
    root = Path(args.out) if args.out else checkpoints.ROOT
    folder = checkpoints.folder_of(task.name, task.shape, engine, approach, args.seed, root)
    work = promote.RUNS / task.name / folder.name
    if _first_process():
        print(f"{task.name} · {engine} · {approach.value} · seed {args.seed} · {model.parameters_count:,} parameters")
    history, last = _run(model, task, recipe, args, work)
    if not _first_process():
        return
    made = work / promote.MADE
    if last is None:
        print("nothing left to train")
        if not made.exists():
            return
    else:
        facts = _facts(recipe, args, last)
        if task.unknown:
            facts["threshold"] = threshold_of(model, task)
        shutil.rmtree(made, ignore_errors=True)
        checkpoints.save(model, made, facts, history, model_card(task, model, facts))
        if last.step < last.steps:
            print(f"stopped at step {last.step}; go on with --resume")
    scores = {"dev": _dev(made, task), "there": _dev(folder, task)}
    print(promote.promote(made, folder, **scores, asked=bool(args.keep or args.out)))
    if args.push:
        print(checkpoints.push(made, args.push))


def _dev(folder: Path, task: Task) -> float | None:
    """The dev score a checkpoint was kept with, None where there is none."""
    try:
        return float(checkpoints.facts_of(folder)["dev"][task.measure])
    except (OSError, ValueError, KeyError, TypeError, UserError):
        return None


def _run(model: Seq2Seq, task: Task, recipe: Recipe, args: Namespace, work: Path) -> tuple[list[str], Progress | None]:
    held_out = list(islice((pair for pair in task.pairs("dev", args.seed) if pair[1] != task.unknown), SCORED))
    log = work / "history.jsonl"
    history = log.read_text("utf-8").splitlines() if args.resume and log.exists() else []
    work.mkdir(parents=True, exist_ok=True)
    last, shown = None, dict[str, str]()
    silent = not _first_process()
    with (
        stoppable() as stop,
        _trackio(task, model, args) as track,
        tqdm(total=recipe.steps, file=sys.stdout, disable=silent) as bar,
    ):
        steps = fit(
            model,
            task,
            recipe,
            seed=args.seed,
            folder=work,
            resume=args.resume,
            stop=stop,
            score=lambda m: dev_score(m, task, held_out),
            cpu=args.cpu,
        )
        for last in steps:
            if last.scores:
                shown[f"dev {task.measure}"] = f"{last.scores[task.measure]:.3f}"
            bar.n = last.step
            bar.set_postfix(shown | {"loss": f"{last.loss:.3g}", "grad norm": f"{last.grad_norm:.2g}"}, refresh=False)
            bar.update(0)
            if not silent and (last.step % recipe.log_every == 0 or last.scores or last.step == 1):
                history = [line for line in history if _step_of(line) < last.step] if args.resume else history
                history.append(last.to_json())
                track(last)
                log.write_text("\n".join(history) + "\n", "utf-8")
    return history, last


def dev_score(model: Seq2Seq, task: Task, pairs: list[tuple[str, str]]) -> dict[str, float]:
    """The task's measures on held-out pairs, answers generated."""
    xs, ys = [x for x, _ in pairs], [task.answer(y) for _, y in pairs]
    answers = [task.answer(p.y) for p in predict_parsed(model, xs)]
    return {k: round(v, 4) for k, v in task.score(xs, answers, ys).items()}


def threshold_of(model: Seq2Seq, task: Task) -> float:
    """The confidence below which an answer is withheld, chosen on the whole of dev."""
    pairs = list(task.pairs("dev", 0))
    answers = predict_parsed(model, [x for x, _ in pairs])
    sure = [float(p.confidence[0]) for p in answers]
    return best_threshold([p.y for p in answers], sure, [y for _, y in pairs], task.unknown)


def _first_process() -> bool:
    """Whether this is the one process that speaks and writes; launchers number theirs in RANK."""
    return os.environ.get("RANK", "0") == "0"


def _step_of(line: str) -> int:
    return int(json.loads(line)["step"])


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """A question that turns true at the first Ctrl-C; the second one interrupts as usual."""
    asked = []

    def note(signum: int, frame: object) -> None:
        asked.append(signum)
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _trackio(task: Task, model: Seq2Seq, args: Namespace) -> Iterator[Callable[[Progress], None]]:
    """Logs to trackio where it is installed; it writes a local file and opens no connection."""
    if importlib.util.find_spec("trackio") is None or not _first_process():
        yield lambda progress: None
        return
    import trackio  # noqa: PLC0415  # pyright: ignore[reportMissingImports]  optional

    name = f"{task.name}-{model.config.engine}-{model.config.approach}-{args.seed}"
    trackio.init(project="s2s-lab", name=name, config=model.config.to_json(), resume="allow")
    yield lambda p: trackio.log(
        {"loss": p.loss, "grad_norm/total": p.grad_norm, **{f"grad_norm/{k}": v for k, v in p.layers.items()}},
        step=p.step,
    )
    trackio.finish()


def _facts(recipe: Recipe, args: Namespace, last: Progress) -> dict[str, Any]:
    command = ["python", "-m", "train", *(word for word in sys.argv[1:] if word not in ("--resume", "--keep"))]
    return {
        "seed": args.seed,
        "steps": last.step,
        "of_steps": last.steps,
        "batch": recipe.batch,
        "lr": recipe.lr,
        "clip": recipe.clip,
        "minutes": round(last.seconds / 60, 2),
        "machine": machine(),
        "command": shlex.join(command),
        "auxiliary": recipe.auxiliary,
        "dev": last.scores or {},
        "calibrated": recipe.calibrated,
    }
