"""Gradient norms over the input steps: of the chosen engine, and of all engines on one axis."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from s2s_demo import checkpoints, engines
from s2s_demo.explain import predict_parsed
from s2s_demo.figures.curves import Curve, gradient_curves
from s2s_demo.lenses import gradient_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, UserError
from s2s_demo.task import Task
from s2s_demo.ui import gpu
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task.answering import grid_of
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import mistake, said


def one_curve(task: Task, answer: Prediction, engine: str, step: int, lang: str) -> go.Figure | None:
    """|dL_k/de_t| over t for the chosen output step of the chosen engine."""
    grid = grid_of(answer, "gradient", "")
    if grid is None:
        return None
    curve = Curve(engine, engines.get(engine).title.say(lang), grid.values[min(step, len(grid.rows) - 1)])
    return _figure([curve], input_of(task).ticks(grid).columns, lang, relative=False)


@user_errors_only
def all_curves(task: Task, approach: str, x: Any, step: int, lang: str) -> tuple[go.Figure | None, list[list[str]]]:
    """Every engine on one axis for the same x and the same step of the true answer, and a row of a table for each."""
    curves, rows, names = [], [], ()
    truth, kind = task.truth(x), input_of(task)
    for entry in checkpoints.available(task.name):
        if entry.approach != approach or entry.seed:
            continue
        title = engines.get(entry.engine).title.say(lang)
        try:
            answer, grid = _compared(task.name, entry.engine, approach, x, truth)
        except UserError as e:
            rows.append([title, e.words.say(lang), "", "", ""])
            continue
        parameters = f"{checkpoints.facts_at_least(entry.folder).get('parameters', 0):,}"
        rows.append([title, *kind.summary(task, answer, truth, lang), f"{answer.seconds * 1000:.1f} ms", parameters])
        if grid is not None and step < len(grid.rows):
            names = kind.ticks(grid).columns
            curves.append(Curve(entry.engine, title, grid.values[step]))
    if not rows:
        raise mistake("norms.all.none", task=task.name, approach=approach)
    return (_figure(curves, names, lang, relative=True) if curves else None), rows


def _compared(task: str, engine: str, approach: str, x: Any, truth: str | None) -> tuple[Prediction, Grid | None]:
    def compute(model: Seq2Seq) -> tuple[Prediction, Grid | None]:
        answer = predict_parsed(model, [x])[0]
        return answer, gradient_of(model, x, truth if truth is not None else answer.y)

    return gpu.with_model(task, engine, approach, compute)


def _figure(curves: list[Curve], names: tuple[str, ...], lang: str, *, relative: bool) -> go.Figure:
    y_title = said("norms.y.relative" if relative else "norms.y", lang)
    x_title = said("lens.input", lang)
    return gradient_curves(
        curves, names, x_title=x_title, y_title=y_title, no_path=said("lens.nowhere", lang), relative=relative
    )
