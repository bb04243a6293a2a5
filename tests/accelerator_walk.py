"""python -m tests.accelerator_walk [--some] [--no-doubles]: whatever a GPU would be asked, asked of the pretended one and of the CPU.

A line a part: how many cases, how many went wrong, and why. Exit code 1 if any did. --some: a few cases of each, in seconds, as the
suite does; all of them take minutes. --no-doubles: the device has no float64, as Apple's.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, islice
from pathlib import Path
from typing import Any

import torch

import tests.pretend_accelerator as pretend
from s2s_demo import checkpoints, device, engines, tasks
from s2s_demo.calibration import calibrate
from s2s_demo.custom.evaluation import Evaluator
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.training_setup import new_model, task_for
from s2s_demo.explain import predict
from s2s_demo.lab.attention import heads
from s2s_demo.lab.decoding import stepwise
from s2s_demo.lenses import KINDS, compute_grids
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Words
from s2s_demo.recipe import Progress, Recipe
from s2s_demo.task import Shape, Task
from s2s_demo.training import fit
from s2s_demo.training_state import STATE_FILE
from s2s_demo.ui import gpu
from s2s_demo.ui.task import answering, lens_view
from tests.conftest import CELLS, OPTIONS, Cell, redrawn

Case = tuple[str, Callable[[], None]]
THERE = torch.device(pretend.NAME)
RECIPE = Recipe(steps=3, batch=8, lr=1e-2, warmup=1, dim=8, average=0.5, score_every=3, save_every=2)


def near(one: Any, other: Any, what: str) -> None:
    """Numbers of two devices that are the same but for rounding."""
    a, b = (torch.as_tensor(value, dtype=torch.float64).nan_to_num(-1) for value in (one, other))
    assert a.shape == b.shape and torch.allclose(a, b, rtol=1e-3, atol=1e-5), f"{what}: {a} on the CPU, {b} there"


def alike(model: Seq2Seq, xs: list[Any], truth: str | None) -> None:
    """Everything that is asked of a trained model, here and there."""
    here = asked(model, xs, truth)
    there = asked(model.to(THERE), xs, truth)
    for (what, one), (_, other) in zip(here, there, strict=True):
        if isinstance(one, str | tuple):
            assert one == other, f"{what}: {one} on the CPU, {other} there"
        else:
            near(one, other, what)


def asked(model: Seq2Seq, xs: list[Any], truth: str | None) -> list[tuple[str, Any]]:
    """(what, the result) of answers, lenses, edits of the attention, beams and forced steps."""
    answers = predict(model, xs)
    found: list[tuple[str, Any]] = [("answers", tuple(a.y for a in answers))]
    found += [("shares", a.confidence) for a in answers]
    answer = answers[0]
    for kind in KINDS:
        found += [(f"{kind} {grid.where}", grid.values) for grid in compute_grids(model, answer, kind)]
    if engines.get(model.config.engine).attends:
        for way in heads.WAYS:
            result = heads.intervene(model, answer, way)
            found += [(way, result.answer.y), (f"{way} moved", result.total_variation)]
    told = stepwise.beams(model, xs[0])
    found += [("beams", tuple(b.pieces for b in told[-1])), ("beam", [b.log_p for b in told[-1]])]
    if truth is not None:
        found.append(("forced", [one.p for one in stepwise.teacher_forced(model, xs[0], truth)]))
    return found


def grid(some: bool) -> Iterator[Case]:
    """The contract grid."""
    for cell in CELLS[::7] if some else CELLS:
        yield str(cell), lambda cell=cell: _cell(cell)


def _cell(cell: Cell) -> None:
    model = Seq2Seq(cell.config).eval()
    redrawn(model)
    (x, y), *_ = cell.task.pairs("train", 0)
    alike(model, [x, "edcba"], y)


def shipped(some: bool) -> Iterator[Case]:
    """The text models in checkpoints/, the one that spells among the few."""
    few = {("pos-en", "lstm"), ("addition", "transformer")}
    for entry in checkpoints.available():
        task = tasks.get(entry.task)
        if task.input == "text" and (not some or (entry.task, entry.engine) in few) and not entry.seed:
            yield f"{entry.task} {entry.folder.name}", lambda entry=entry, task=task: _shipped(entry.folder, task)


def _shipped(folder: Path, task: Task) -> None:
    model = checkpoints.load_from(folder, "cpu")
    xs = [task.read(text) for text in task.examples[:2]]
    try:
        alike(model, xs, predict(model, xs)[0].y)
    finally:
        model.to("cpu")


def trained(some: bool) -> Iterator[Case]:
    """fit: the same losses, state that is kept and gone on with, and one wait a step."""
    for name in ("gru", "transformer") if some else engines.ENGINES:
        yield name, lambda name=name: _trained(tasks.get("addition"), name, RECIPE)
    yield "levels", lambda: _trained(_pairs("N21 word"), "gru", replace(RECIPE, auxiliary=0.3, average=0.0))


def _trained(task: Task, engine: str, recipe: Recipe) -> None:
    recipe = replace(recipe, options=OPTIONS.get(engine, {}))
    here = _steps(task, engine, recipe)
    with tempfile.TemporaryDirectory() as place, device.allocated_gpu(pretend.NAME):
        first = _steps(task, engine, recipe, Path(place), until=2)
        assert (Path(place) / STATE_FILE).exists()
        there = first + _steps(task, engine, recipe, Path(place), resume=True)
    for one, other in zip(here, there, strict=True):
        near([one.loss, one.grad_norm], [other.loss, other.grad_norm], f"step {one.step}")
        near(list(one.layers.values()), list(other.layers.values()), "norms")


def _steps(
    task: Task, engine: str, recipe: Recipe, folder: Path | None = None, *, resume: bool = False, until: int = 9
) -> list[Progress]:
    model = new_model(task, engine, task.approaches[0].value, recipe)
    how: dict[str, Any] = {"folder": folder, "resume": resume, "stop": lambda: len(found) >= until - 1}
    found: list[Progress] = []
    waits = []
    torch.manual_seed(0)  # the heads of lessons for the levels below
    steps = fit(model, task, recipe, logged=lambda step: False, **how)
    pretend.RULES.reads = 0
    for progress in steps:
        waits.append(pretend.RULES.reads)
        found.append(progress)
        pretend.RULES.reads = 0
    assert max(waits[:1]) <= 1, f"{waits[0]} waits for the device in a step"
    assert "forward" not in vars(model)
    return found


WORDS = [(f"{a} {b} {c}", "warm" if a == "hot" else "cold") for a in ("hot", "icy") for b in "abcd" for c in "xyz"]
OWN = {
    "N2M char": ([(f"{i:03}", f"{i:03}"[::-1]) for i in range(40)], Plan(Shape.N2M, "char", "char", Words("", ""))),
    "N2N word": (
        [(f"{a} {b} c", f"{b} {a} z") for a in "abcd" for b in "abcde"],
        Plan(Shape.N2N, "word", "word", Words("", "")),
    ),
    "N21 word": (WORDS, Plan(Shape.N21, "word", "word", Words("", ""))),
    "N21 spelled": (WORDS, Plan(Shape.N21, "word", "word", Words("", ""))),
    "N21 numbers": (
        [(f"0.{i} 2 ; 0.{i + 1} 1", "up" if i % 2 else "down") for i in range(30)],
        Plan(Shape.N21, "numbers", "word", Words("", "")),
    ),
}


def _pairs(kind: str) -> Task:
    pairs, plan = OWN[kind]
    return task_for(pairs, plan, replace(RECIPE, embed={"width": 4, "buckets": 32} if "spelled" in kind else {}))


def own(some: bool) -> Iterator[Case]:
    """Pairs of one's own: trained, calibrated, judged and asked there."""
    for kind in list(OWN)[3:] if some else OWN:
        for engine in ("gru",) if some else engines.ENGINES:
            yield f"{kind} {engine}", lambda kind=kind, engine=engine: _own(kind, engine)


def _own(kind: str, engine: str) -> None:
    task = _pairs(kind)
    embed = {"width": 4, "buckets": 32, "hide": 0.0} if "spelled" in kind else {}
    recipe = replace(RECIPE, embed=embed, options=OPTIONS.get(engine, {}))
    held = list(task.pairs("test", 0))
    scores = []
    for name in ("", pretend.NAME):
        model, judge = new_model(task, engine, task.approaches[0].value, recipe), Evaluator(task, held, recipe)
        with device.allocated_gpu(name or "cpu"):
            found = [progress.scores for progress in fit(model, task, recipe, score=judge)]
        assert model.device.type == (name or "cpu")
        calibrate(model, replace(task, pairs=lambda split, seed: iter(held)))
        scores.append([found[-1]["held_loss"], judge(model)["held_loss"], *predict(model, [held[0][0]])[0].confidence])
    near(*scores, kind)


def page(some: bool) -> Iterator[Case]:
    """What the page asks, through its own functions."""
    chosen = [("addition", "transformer"), ("arithmetic", "attention"), ("pos-ko", "transformer"), ("intent-en", "gru")]
    for name, engine in chosen[:1] if some else chosen:
        yield f"{name} {engine}", lambda name=name, engine=engine: _page(tasks.get(name), engine)


def _page(task: Task, engine: str) -> None:
    x, approach = task.examples[0], task.approaches[0].value
    with device.allocated_gpu(pretend.NAME):
        answer = answering.answer(task, engine, approach, x)
        assert answer.device == pretend.NAME and gpu.by_device(answer) == " · PRETEND"
        answer = lens_view.with_lens(task, answer, engine, approach, *KINDS)
        places = lens_view.places(answer, "attention", "en")
        for way in heads.WAYS if places else ():
            assert lens_view.intervention(
                task, answer, engine, approach, lens_view.InterventionSettings(way, None, 0, 0), "en"
            )["verdict"]
        if places and not task.meanings and task.endless:
            assert "%" in lens_view.ablation(task, answer, engine, approach, places[0][1], "en")
        assert lens_view.decoding(task, answer, engine, approach, 0, "en")[0]["steps"]
    assert lens_view.agreement_line(task, answer, "en")


PARTS = {"contract grid": grid, "shipped models": shipped, "training": trained, "own pairs": own, "page": page}


def main(words: list[str] | None = None) -> int:
    """Prints a line a part; the exit code says whether all went well."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--some", action="store_true")
    parser.add_argument("--no-doubles", action="store_true")
    args = parser.parse_args(words)
    torch.set_num_threads(1)
    pretend.RULES.doubles = not args.no_doubles
    failed = 0
    for title, part in PARTS.items():
        began, wrong = time.perf_counter(), list[str]()
        cases = list(part(args.some))
        for name, case in cases:
            try:
                case()
            except Exception as e:
                wrong.append(f"  {name}: {type(e).__name__}: {e}")
                traceback.print_exc(limit=-5)
        failed += len(wrong)
        print(
            f"{title:<16} {len(cases):>4} cases {len(wrong):>4} wrong {time.perf_counter() - began:>7.1f} s", flush=True
        )
        print(*islice(chain(wrong), 20), sep="\n", end="\n" if wrong else "")
    print("all as on the CPU" if not failed else f"{failed} cases differ")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
