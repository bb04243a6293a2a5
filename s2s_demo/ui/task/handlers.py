"""What the listeners of a task's panel do: module-level functions of the task and what was asked. The outputs are those of `panel._wire`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import gradio as gr

from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Task
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task import answering, card, curves, lens_view
from s2s_demo.ui.user_errors import error_view, user_errors_only
from s2s_demo.ui.words import said, toast

OUTPUTS = 8
"""The outputs of an answer."""


@dataclass(frozen=True)
class Question:
    """What a visitor asks a panel, in the order of a listener's inputs."""

    engine: str
    approach: str
    lens: str
    place: str | None
    """Of the lens in the model; one the lens does not have means its first."""
    before: Prediction | None
    """The answer shown so far."""
    step: int
    """The output step chosen so far."""
    value: Any = None
    """Of the input component: a text, the path of a video; None where there is nothing."""


def ask(task: Task, *values: Any, lang: str) -> list[Any]:
    """The outputs of the answer to a `Question`."""
    return _answer(task, Question(*values), lang)


def ask_first(task: Task, *values: Any, lang: str) -> list[Any]:
    """x and the outputs of the first answer of a panel: to what stands in the input, else to the first sample."""
    question = Question(*values)
    if question.before is not None:
        return [gr.skip()] * (1 + OUTPUTS)
    if question.value is None and task.clips:
        return _sample(task, next(iter(task.clips)), question, lang)
    return [gr.skip(), *_answer(task, question, lang)]


def ask_sample(task: Task, name: str, *values: Any, lang: str) -> list[Any]:
    """x and the outputs of the answer to a sample."""
    return _sample(task, name, Question(*values), lang)


def _sample(task: Task, name: str, question: Question, lang: str) -> list[Any]:
    try:
        value = input_of(task).sample(task, name)
    except UserError as e:
        return [gr.skip(), *no_answer(error_view(e, lang))]
    return [value, *_answer(task, replace(question, value=value), lang)]


def _answer(task: Task, question: Question, lang: str) -> list[Any]:
    engine, approach = question.engine, question.approach
    try:
        answer = answering.answer(task, engine, approach, question.value)
        answer = lens_view.with_lens(task, answer, engine, approach, question.lens)
        step = answering.next_step(task, answer, question.before, question.step)
        return _shown(task, answer, replace(question, step=step), lang)
    except UserError as e:
        return no_answer(error_view(e, lang))


@user_errors_only
def _shown(task: Task, answer: Prediction, question: Question, lang: str) -> list[Any]:
    """The outputs of an answer, without the agreement of the lenses, which follows."""
    engine, lens, step = question.engine, question.lens, question.step
    grid = lens_view.grid_at(answer, lens, question.place or "")
    place = lens_view.value_of(grid)
    threshold = card.threshold(task.name, engine, question.approach)
    return [
        answering.view_data(task, answer, grid, step, lang, threshold),
        answer,
        step,
        gr.Dropdown(choices=lens_view.places(answer, lens, lang), value=place),
        said("lens.told.fed", lang) if place == lens_view.FED else lens_view.note(answer, lens, engine, lang),
        lens_view.picture(task, grid, lang),
        gr.skip(),
        curves.one_curve(task, answer, engine, step, lang),
    ]


def no_answer(view: dict[str, Any] | None = None) -> list[Any]:
    """The outputs of an answer there is not: a view that says why, or an empty one."""
    return [view, None, 0, gr.skip(), "", None, "", None]


def agreement(task: Task, answer: Prediction | None, engine: str, approach: str, *, lang: str) -> str:
    """One line on how far the lenses agree."""
    if answer is None:
        return ""
    try:
        return lens_view.agreement_line(
            task, lens_view.with_lens(task, answer, engine, approach, *lens_view.COMPARED), lang
        )
    except UserError as e:
        return e.words.say(lang)


def pick(task: Task, answer: Prediction | None, engine: str, *, data: Any, lang: str) -> list[Any]:
    """The output step that was clicked, and its gradient norms."""
    row = data.get("row") if isinstance(data, dict) else None
    if answer is None or not isinstance(row, int) or not 0 <= row < len(answer.confidence):
        return [gr.skip(), gr.skip()]
    return [row, curves.one_curve(task, answer, engine, row, lang)]


def compare_engines(
    task: Task, answer: Prediction | None, value: Any, approach: str, step: int, *, lang: str
) -> list[Any]:
    """The gradient norms of every engine, and a table of their answers."""
    try:
        x = answer.x if answer is not None else answering.read_x(task, value)
        figure, rows = curves.all_curves(task, approach, x, step, lang)
    except UserError as e:
        raise toast(e, lang) from e
    heads = [said(f"table.{key}", lang) for key in ("engine", "answer")]
    heads += ["", said("table.time", lang), said("table.parameters", lang)]
    return [figure, gr.Dataframe(value=rows, headers=heads, visible=True)]


def model_details(task: Task, engine: str, approach: str, sign: str | None, *, lang: str) -> list[Any]:
    """What stands beside a checkpoint, and a sentence where it has no length map."""
    try:
        norms, area, rows = card.model_details(task, engine, approach, sign, lang)
    except UserError as e:
        norms, area, rows = None, None, [["", e.words.say(lang)]]
    return [norms, area, "" if area is not None else said("map.none", lang), rows]
