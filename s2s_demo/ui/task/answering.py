"""Answers of the shipped models, and what a panel shows of them, as plain functions: no component is named here."""

from __future__ import annotations

from typing import Any

import numpy as np

from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale
from s2s_demo.task import Task
from s2s_demo.ui import gpu
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.user_errors import user_errors_only


@user_errors_only
def answer(task: Task, engine: str, approach: str, value: Any, *, look: bool = True) -> Prediction:
    """The answer of a shipped model, with its trace.

    Args:
        task: of the model.
        engine: of the model.
        approach: of the model; "" for the task's natural one.
        value: of the input component: what a visitor typed, or the path of a video.
        look: fill the trace as well.

    Raises:
        UserError: with the sentence to show.
    """
    return _predicted(task.name, engine, approach, read_x(task, value), look)


def _predicted(task: str, engine: str, approach: str, x: Any, look: bool) -> Prediction:
    def compute(model: Seq2Seq) -> Prediction:
        return predict_parsed(model, [x], look=look)[0]

    return gpu.with_model(task, engine, approach, compute)


@user_errors_only
def read_x(task: Task, value: Any) -> Any:
    """x as the task reads the value of its input component.

    Raises:
        UserError: with the sentence to show.
    """
    return input_of(task).read(task, value)


def view_data(
    task: Task, answer: Prediction, grid: Grid | None, step: int, lang: str, threshold: float = 0.0
) -> dict[str, Any]:
    """What the view of the task's input kind shows.

    Args:
        task: of the answer.
        answer: of one of its models.
        grid: whose rows tint the input steps, if they are output steps.
        step: the chosen output step.
        lang: of the visitor.
        threshold: the confidence below which the answer of a task with unknown inputs is withheld, 0 to 1.
    """
    matrix = None if grid is None or grid.states else _tints(grid, len(answer.x_pieces))
    return input_of(task).view_data(task, answer, task.truth(answer.x), matrix, step, lang, threshold)


def first_step(task: Task, answer: Prediction) -> int:
    """The output step chosen at first."""
    return input_of(task).first_step(task, answer)


def next_step(task: Task, answer: Prediction, before: Prediction | None, step: int) -> int:
    """The output step chosen in a new answer: the one chosen before, if the same x was answered with the same steps."""
    return step if before is not None and input_of(task).same(answer, before) else first_step(task, answer)


def grid_of(answer: Prediction, kind: str, where: str) -> Grid | None:
    """The grid of that lens at that place, or the first there is of that lens."""
    grids = answer.trace.of(kind)
    return next((grid for grid in grids if grid.where == where), grids[0] if grids else None)


def _tints(grid: Grid, columns: int) -> list[list[float | None]]:
    """(M, S) shares of each row's largest value, rounded; None where there is no path."""
    values = grid.values[:, :columns].astype("float64")
    if grid.scale is Scale.DECADES:
        values = np.where(values > 0, values, np.nan)
    values = np.abs(values)
    largest = np.nanmax(np.where(np.isnan(values), 0, values), axis=1, keepdims=True)
    shares = values / np.where(largest > 0, largest, 1)
    return [[None if np.isnan(v) else round(float(v), 3) for v in row] for row in shares]
