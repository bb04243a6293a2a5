"""The folds beneath the lens of a panel: all heads, the attention intervention, and decoding step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo.lab.attention.heads import WAYS
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Approach, Task
from s2s_demo.ui.events import MODEL_QUEUE, NO_QUEUE, listener
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task import lens_view
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.theatre_view import TheatreView
from s2s_demo.ui.words import T


@dataclass(frozen=True)
class InterventionRequest:
    """An intervention as the visitor set it, in the order of the listener's inputs."""

    answer: Prediction | None
    engine: str
    approach: str
    way: str
    """One of `WAYS`."""
    scope: str
    """ "all" heads, or "one": that of `place`."""
    place: str
    row: int
    """The output step whose attention is set, of the way "cell"."""
    column: float | None
    """The input step it is set to, from 1."""


def lens_folds(
    task: Task, approaches: list[Approach], answer: gr.State, step: gr.State, engine: Any, approach: Any, place: Any
) -> dict[str, Any]:
    """Builds the folds and wires them to the answer of a panel.

    Returns:
        What an event listener takes to bring them up to date after a new answer.
    """
    model = [answer, engine, approach]
    is_open = gr.State(False)
    outputs = [*_heads(task, model, place, is_open), _intervention(task, model, place, step)]
    if lens_view.writes_step_by_step(approaches):
        outputs += _decoding(task, model, step)
    return {"fn": listener(_refresh, len(outputs)), "inputs": [answer, is_open], "outputs": outputs}


def _heads(task: Task, model: list[Any], place: Any, is_open: gr.State) -> list[Any]:
    """The fold with a thumbnail of every head. Returns the figure, the sentence on sinks, and that on the ablation."""
    with gr.Accordion(T("heads"), open=False, elem_id=f"heads-{task.name}") as fold:
        gr.Markdown(T("heads.about"), elem_classes="quiet")
        thumbs = PlotlyView(elem_id=f"thumbs-{task.name}")
        sinks = gr.Markdown(elem_classes="quiet")
        ablate = gr.Button(T("heads.ablate"), elem_id=f"ablate-{task.name}")
        lost = gr.Markdown(elem_id=f"lost-{task.name}")
    fold.expand(listener(_open_heads), model[:1], [is_open, thumbs, sinks], **NO_QUEUE)
    fold.collapse(lambda: False, None, [is_open], **NO_QUEUE)
    ablate.click(listener(_ablate, task), [*model, place], [lost], **MODEL_QUEUE)
    return [thumbs, sinks, lost]


def _intervention(task: Task, model: list[Any], place: Any, step: gr.State) -> Any:
    """The fold with the controls of the intervention. Returns the view of its answer."""
    with gr.Accordion(T("break"), open=False, elem_id=f"break-{task.name}"):
        gr.Markdown(T("break.about"), elem_classes="quiet")
        with gr.Row():
            ways = [(T(f"break.{way}"), way) for way in WAYS]
            way = gr.Radio(ways, value=WAYS[0], label=T("break.way"), elem_id=f"way-{task.name}")
            scopes = [(T("break.all"), "all"), (T("break.one"), "one")]
            scope = gr.Radio(scopes, value="all", label=T("break.scope"), elem_id=f"scope-{task.name}")
        column = gr.Number(
            1, label=T("break.column"), precision=0, minimum=1, visible=False, elem_id=f"column-{task.name}"
        )
        go = gr.Button(T("break.go"), elem_id=f"breaks-{task.name}")
        view = input_of(task).view(channel=f"{task.name} broken", elem_id=f"broken-{task.name}")
    way.input(lambda chosen: gr.Number(visible=chosen == "cell"), [way], [column], **NO_QUEUE)
    go.click(listener(_intervene, task), [*model, way, scope, place, step, column], [view], **MODEL_QUEUE)
    return view


def _decoding(task: Task, model: list[Any], step: gr.State) -> list[Any]:
    """The fold with the steps of a decoding. Returns the sentence on the beam, and the steps."""
    with gr.Accordion(T("theatre"), open=False, elem_id=f"theatre-{task.name}"):
        gr.Markdown(T("theatre.about"), elem_classes="quiet")
        go = gr.Button(T("theatre.go"), elem_id=f"curtain-{task.name}")
        beam = gr.Markdown(elem_id=f"beam-{task.name}")
        view = TheatreView(elem_id=f"stage-{task.name}")
    go.click(listener(_decode, task), [*model, step], [view, beam], **MODEL_QUEUE)
    return [beam, view]


def _refresh(count: int, answer: Prediction | None, is_open: bool, *, lang: str) -> list[Any]:
    """The heads of a new answer if their fold is open; everything else is of the answer before."""
    figure, sinks = lens_view.all_heads(answer, lang) if is_open else (None, "")
    return [figure, sinks, "", None, "", None][:count]


def _open_heads(answer: Prediction | None, *, lang: str) -> list[Any]:
    return [True, *lens_view.all_heads(answer, lang)]


def _ablate(task: Task, answer: Prediction | None, engine: str, approach: str, place: str, *, lang: str) -> str:
    if answer is None:
        return ""
    try:
        return lens_view.ablation(task, answer, engine, approach, place, lang)
    except UserError as e:
        return e.words.say(lang)


def _intervene(task: Task, *values: Any, lang: str) -> dict[str, Any] | None:
    request = InterventionRequest(*values)
    if request.answer is None:
        return None
    scope = lens_view.scope_of(request.answer, request.place) if request.scope == "one" else None
    column = int(min(max(request.column or 1, 1), 1e6)) - 1
    settings = lens_view.InterventionSettings(request.way, scope, request.row, column)
    try:
        return lens_view.intervention(task, request.answer, request.engine, request.approach, settings, lang)
    except UserError as e:
        return error_view(e, lang)


def _decode(task: Task, answer: Prediction | None, engine: str, approach: str, step: int, *, lang: str) -> list[Any]:
    if answer is None:
        return [None, ""]
    try:
        return list(lens_view.decoding(task, answer, engine, approach, step, lang))
    except UserError as e:
        return [None, e.words.say(lang)]
