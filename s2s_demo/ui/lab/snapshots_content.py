"""What the time machine shows, as plain functions of (task, moment, x, language): no component is named here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.figures.curves import Curve, gradient_curves
from s2s_demo.lab.snapshots import store
from s2s_demo.lab.snapshots.figures import inside, learning
from s2s_demo.lab.snapshots.store import Run
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Shape, Task
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.task.video_input import sample
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import machine_in, mistake, said

OWN, KEPT = "own", 128


@dataclass(frozen=True)
class Scene:
    """All that one moment shows together, figures as JSON, so that nothing in it can change while it is kept and shared.

    answer: JSON for `AnswerView` or `FilmView`. lenses: (label, value) of every grid there is.
    """

    answer: str
    lens: str
    lenses: tuple[tuple[str, str], ...]
    matrix: str | None
    curve: str | None
    about_curve: str
    learning: str
    heading: str
    step: int


def names() -> list[str]:
    """The tasks that have snapshots, in the order of the page."""
    kept = [name for name in store.there() if store.complete(name)]
    return [name for name in tasks.TASKS if name in kept]


@user_errors_only
def x_of(name: str, asked: str | None) -> Any:
    """x as the run's model reads it: what was typed, or the sample clip of that name.

    Raises:
        UserError: with the sentence to show.
    """
    task = tasks.get(name)
    if task.input == "video":
        if asked not in task.clips:
            raise mistake("time.data")
        return _clip(name, str(asked))
    return store.task_of(name).read(asked or "") if name in store.SMALL else task.read(asked or "")


@lru_cache(maxsize=8)
def _clip(name: str, clip: str) -> Any:
    return answering.x_of(tasks.get(name), sample(tasks.get(name), clip))


@user_errors_only
def scene(name: str, moment: int, asked: str | None, lens: str, step: int | None, lang: str) -> Scene:
    """The answer, lens, gradient curve and place in the training at one moment. lens: of `lenses`; "" for attention if there is any.

    step: the chosen output step, None for the task's own choice.

    Raises:
        UserError: with the sentence to show.
    """
    moment = max(0, min(int(moment), len(store.run_of(name).steps) - 1))
    return _scene(checkpoints.ROOT, name, moment, asked, lens, step, lang)


@lru_cache(maxsize=KEPT)
def _scene(root: Path, name: str, moment: int, asked: str | None, lens: str, step: int | None, lang: str) -> Scene:
    run, task = store.run_of(name), shown_as(name)
    found = store.seen(name, moment, x_of(name, asked))
    step = answering.first_step(task, found) if step is None else step
    step = max(0, min(step, len(found.confidence) - 1))
    grid = _grid(found, lens)
    view = answering.view(task, found, grid, step, lang)
    if task.input == "video":  # there is no player here for a frame to go to
        view["words"]["keys"] = said("time.film.keys", lang)
    return Scene(
        json.dumps(view, ensure_ascii=False),
        _value(grid) if grid else "",
        tuple((_label(one, lang), _value(one)) for one in found.trace.grids),
        _written(lens_view.picture(task, grid, lang)),
        _written(_curve(run, found, step, lang)),
        said("time.curve.about", lang, half=_half(run, found, step, lang)),
        _written(_learning(run, moment, lang)) or "",
        _heading(run, moment, lang),
        step,
    )


def shown_as(name: str) -> Task:
    """The task as its answers are shown: the small form where that reads and judges otherwise."""
    return store.task_of(name) if name in store.SMALL else tasks.get(name)


def told(name: str, lang: str) -> str:
    """The sentence that says what was trained, and how."""
    run = store.run_of(name)
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


def models(name: str, lang: str) -> list[tuple[str, str]]:
    """(label, value) of every training of a task that can be seen from inside, the time machine's own first."""
    found = [(said("time.model.small", lang), OWN)]
    for entry in checkpoints.shelf(name):
        label = f"{engines.get(entry.engine).title.say(lang)} · {said(f'approach.{entry.approach}', lang)}"
        found.append((label + (f" · seed {entry.seed}" if entry.seed else ""), entry.folder.name))
    return found


@user_errors_only
def from_inside(name: str, model: str, lang: str) -> tuple[go.Figure | None, str]:
    """The heat maps of one training, and what is to be said of them.

    Raises:
        UserError: with the sentence to show.
    """
    folder = next((e.folder for e in checkpoints.shelf(name) if e.folder.name == model), None)
    history = list(checkpoints.history_of(folder)) if folder else list(store.run_of(name).history)
    if not history or not history[0].get("layers"):
        return None, ""
    keys = {"loss": "loss", "score": "dev", "step": "step", "norm": "norm", "update": "update", "clipped": "clipped"}
    words = {key: said(f"time.{word}", lang) for key, word in keys.items()}
    figure = inside(history, measure=tasks.get(name).measure, log_steps=folder is None, words=words)
    recorded = any(row.get("updates") for row in history)
    return figure, "" if recorded else said("time.unrecorded", lang)


def _written(figure: go.Figure | None) -> str | None:
    return None if figure is None else str(figure.to_json())


def _value(grid: Grid) -> str:
    return f"{grid.kind}:{grid.where}"


def _label(grid: Grid, lang: str) -> str:
    kind = said(f"lens.{grid.kind}", lang)
    return kind if grid.kind == "gradient" else f"{kind} · {grid.where}"


def _grid(found: Prediction, lens: str) -> Grid | None:
    """The grid of that name; else the first head of attention, else the gradient."""
    grids = found.trace.grids
    return next((grid for grid in grids if _value(grid) == lens), grids[0] if grids else None)


def _curve(run: Run, found: Prediction, step: int, lang: str) -> go.Figure | None:
    grid = answering.grid_of(found, "gradient", "")
    if grid is None:
        return None
    one = Curve(run.config.engine, engines.get(run.config.engine).title.say(lang), grid.values[step])
    names = answering.ticked(grid.columns) if tasks.get(run.task).input == "video" else grid.columns
    titles = {
        "x_title": said("lens.input", lang),
        "y_title": said("norms.y", lang),
        "no_path": said("lens.nowhere", lang),
    }
    figure = gradient_curves([one], names, **titles, relative=False)
    return figure.update_layout(height=300)


def _half(run: Run, found: Prediction, step: int, lang: str) -> str:
    grid = answering.grid_of(found, "gradient", "")
    shape = Shape[run.config.shape]
    if grid is None or shape not in (Shape.N2N, Shape.N21):
        return said("time.half.other", lang)
    values = grid.values[step] if shape is Shape.N21 else grid.values[step][: step + 1]
    if not (values > 0).all():
        return said("time.half.window", lang, steps=int((values > 0).sum()))
    steps = store.half_life(values)
    return said("time.half.none", lang) if steps is None else said("time.half", lang, steps=steps)


def _learning(run: Run, moment: int, lang: str) -> go.Figure:
    words = {"loss": said("time.loss", lang), "score": said("time.dev", lang), "step": said("time.step", lang)}
    return learning(run.history, run.steps, moment, measure=run.facts["measure"], words=words)


def _heading(run: Run, moment: int, lang: str) -> str:
    """ "After 172 of 800 training steps · dev score 41.0% (n = 200)"; before the first step no score was taken."""
    step = run.steps[moment]
    text = f"## {said('time.at', lang, step=step, last=run.steps[-1])}"
    scores = next((row["scores"] for row in run.history if row["step"] == step), {})
    if run.facts["measure"] in scores:
        text += " · " + said("time.at.score", lang, score=scores[run.facts["measure"]], n=run.facts["held_out"])
    return text
