"""What the time machine shows, as plain functions of a `SnapshotRequest`; no component is named here."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.figures.curves import Curve, gradient_curves
from s2s_demo.lab.snapshots import store
from s2s_demo.lab.snapshots.figures import learning_curves, training_maps
from s2s_demo.lab.snapshots.store import SnapshotRun
from s2s_demo.lenses import LENSES
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Shape, Task
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import machine_in, mistake, said

SMALL_RUN, CACHED = "own", 128
"""The value that stands for the time machine's own training in the list of trainings, and how many views stay in memory."""


@dataclass(frozen=True)
class SnapshotRequest:
    """What a visitor looks at."""

    task: str
    x: str | None
    """What was typed, or the name of a sample clip."""
    number: int
    """Of the snapshot, from 0; beyond the last one means the last one."""
    lens: str
    """A value of `SnapshotView.lenses`; "" for attention if there is any."""
    step: int | None
    """The output step; None for the task's own choice."""
    lang: str


@dataclass(frozen=True)
class SnapshotView:
    """All that one snapshot shows; figures as JSON text, so that a view can be cached and shared."""

    answer: str
    """JSON for `AnswerView` or `FilmView`."""
    lens: str
    lenses: tuple[tuple[str, str], ...]
    """(label, value) of every grid there is."""
    matrix: str | None
    curve: str | None
    about_curve: str
    learning: str
    heading: str
    step: int


def names() -> list[str]:
    """The tasks that have snapshots, in the order of the page."""
    complete = [name for name in store.available() if store.complete(name)]
    return [name for name in tasks.TASKS if name in complete]


def best_learned(names: list[str]) -> str:
    """The one whose training ended with the best score on dev, the earlier among equals: the page opens on it."""

    def score(name: str) -> float:
        run = store.load_run(name)
        return run.history[-1]["scores"][run.facts["measure"]]

    return max(names, key=score)


def examples(name: str) -> list[str]:
    """Examples short enough for the lenses."""
    return [e for e in answer_task(name).examples if len(e.split()) <= 24 and len(e) <= 80] or [""]


def last_of(name: str) -> int:
    """The number of the last snapshot."""
    return len(store.load_run(name).steps) - 1


@user_errors_only
def read_input(name: str, x: str | None) -> Any:
    """x as the run's model reads it.

    Args:
        name: of the task.
        x: what was typed, or the name of a sample clip.

    Raises:
        UserError: with the sentence to show.
    """
    task = tasks.get(name)
    if not task.typed:
        if x not in task.clips:
            raise mistake("time.data")
        return _clip(name, str(x))
    return answer_task(name).read(x or "")


@lru_cache(maxsize=8)
def _clip(name: str, clip: str) -> Any:
    task = tasks.get(name)
    return answering.read_x(task, input_of(task).sample(task, clip))


@user_errors_only
def view(request: SnapshotRequest) -> SnapshotView:
    """The answer, lens, gradient curve and place in the training of one snapshot.

    Raises:
        UserError: with the sentence to show.
    """
    number = max(0, min(int(request.number), last_of(request.task)))
    return _view(checkpoints.ROOT, replace(request, number=number))


@lru_cache(maxsize=CACHED)
def _view(root: Path, request: SnapshotRequest) -> SnapshotView:
    """root: where the checkpoints lie, a part of the cache's key."""
    name, lang = request.task, request.lang
    run, task = store.load_run(name), answer_task(name)
    answer = store.predict_at(name, request.number, read_input(name, request.x))
    step = answering.first_step(task, answer) if request.step is None else request.step
    step = max(0, min(step, len(answer.confidence) - 1))
    grid = _grid(answer, request.lens)
    shown = answering.view_data(task, answer, grid, step, lang)
    if not task.typed:  # there is no player here for a frame to go to
        shown["words"]["keys"] = said("time.film.keys", lang)
    return SnapshotView(
        json.dumps(shown, ensure_ascii=False),
        _value(grid) if grid else "",
        tuple((_label(one, lang), _value(one)) for one in answer.trace.grids),
        _json(lens_view.picture(task, grid, lang)),
        _json(_curve(run, answer, step, lang)),
        said("time.curve.about", lang, half=_half(run, answer, step, lang)),
        _json(_learning(run, request.number, lang)) or "",
        _heading(run, request.number, lang),
        step,
    )


def answer_task(name: str) -> Task:
    """The task by which answers are read and scored: the small form where that differs."""
    return store.small_task(name) if name in store.SMALL else tasks.get(name)


def description(name: str, lang: str) -> str:
    """What was trained, and how."""
    run = store.load_run(name)
    what = name if name in store.SMALL else "words" if run.config.x_codec["kind"] == "spelled" else "whole"
    return said(
        "time.run",
        lang,
        engine=engines.get(run.config.engine).title.say(lang),
        approach=said(f"approach.{run.config.approach}", lang),
        what=said(f"time.what.{what}", lang),
        **{key: run.facts[key] for key in ("parameters", "seed", "lr", "batch", "minutes")},
        machine=machine_in(run.facts["machine"], lang),
    )


def trainings(name: str, lang: str) -> list[tuple[str, str]]:
    """(label, value) of every training of a task, the time machine's own first."""
    listed = [(said("time.model.small", lang), SMALL_RUN)]
    for entry in checkpoints.available(name):
        label = f"{engines.get(entry.engine).title.say(lang)} · {said(f'approach.{entry.approach}', lang)}"
        listed.append((label + (f" · seed {entry.seed}" if entry.seed else ""), entry.folder.name))
    return listed


@user_errors_only
def training_figure(name: str, model: str, lang: str) -> tuple[go.Figure | None, str]:
    """The heat maps of one training, and a note on what they lack.

    Raises:
        UserError: with the sentence to show.
    """
    folder = next((e.folder for e in checkpoints.available(name) if e.folder.name == model), None)
    history = list(checkpoints.history_of(folder)) if folder else list(store.load_run(name).history)
    if not history or not history[0].get("layers"):
        return None, ""
    keys = {"loss": "loss", "score": "dev", "step": "step", "norm": "norm", "update": "update", "clipped": "clipped"}
    words = {key: said(f"time.{word}", lang) for key, word in keys.items()}
    figure = training_maps(history, measure=tasks.get(name).measure, log_steps=folder is None, words=words)
    recorded = any(row.get("updates") for row in history)
    return figure, "" if recorded else said("time.unrecorded", lang)


def _json(figure: go.Figure | None) -> str | None:
    return None if figure is None else str(figure.to_json())


def _value(grid: Grid) -> str:
    return f"{grid.kind}:{grid.where}"


def _label(grid: Grid, lang: str) -> str:
    kind = said(f"lens.{grid.kind}", lang)
    return f"{kind} · {grid.where}" if LENSES[grid.kind].heads else kind


def _grid(answer: Prediction, lens: str) -> Grid | None:
    """The grid of that value; else the first head of attention, else the gradient."""
    grids = answer.trace.grids
    return next((grid for grid in grids if _value(grid) == lens), grids[0] if grids else None)


def _curve(run: SnapshotRun, answer: Prediction, step: int, lang: str) -> go.Figure | None:
    grid = answering.grid_of(answer, "gradient", "")
    if grid is None:
        return None
    curve = Curve(run.config.engine, engines.get(run.config.engine).title.say(lang), grid.values[step])
    ticks = input_of(tasks.get(run.task)).ticks(grid).columns
    titles = {key: said(word, lang) for key, word in (("x_title", "lens.input"), ("y_title", "norms.y"))}
    figure = gradient_curves([curve], ticks, no_path=said("lens.nowhere", lang), relative=False, **titles)
    return figure.update_layout(height=300)


def _half(run: SnapshotRun, answer: Prediction, step: int, lang: str) -> str:
    grid = answering.grid_of(answer, "gradient", "")
    shape = Shape[run.config.shape]
    if grid is None or shape not in (Shape.N2N, Shape.N21):
        return said("time.half.other", lang)
    values = grid.values[step] if shape is Shape.N21 else grid.values[step][: step + 1]
    if not (values > 0).all():
        return said("time.half.window", lang, steps=int((values > 0).sum()))
    steps = store.half_life(values)
    return said("time.half.none", lang) if steps is None else said("time.half", lang, steps=steps)


def _learning(run: SnapshotRun, number: int, lang: str) -> go.Figure:
    words = {"loss": said("time.loss", lang), "score": said("time.dev", lang), "step": said("time.step", lang)}
    return learning_curves(run.history, run.steps, number, measure=run.facts["measure"], words=words)


def _heading(run: SnapshotRun, number: int, lang: str) -> str:
    """ "After 172 of 800 training steps · dev score 41.0% (n = 200)"; before the first step no score was taken."""
    step = run.steps[number]
    text = f"## {said('time.at', lang, step=step, last=run.steps[-1])}"
    scores = next((row["scores"] for row in run.history if row["step"] == step), {})
    if run.facts["measure"] in scores:
        text += " · " + said("time.at.score", lang, score=scores[run.facts["measure"]], n=run.facts["held_out"])
    return text
