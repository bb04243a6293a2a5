"""What opens beneath the lens of a panel: all heads, broken attention, and the decode theatre."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from s2s_demo.lab.attention.heads import WAYS
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Approach, Task
from s2s_demo.ui.events import MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.task import lens_view
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.theatre_view import TheatreView
from s2s_demo.ui.words import T, lang_of


def inside(
    task: Task, approaches: list[Approach], held: gr.State, step: gr.State, engine: Any, approach: Any, where: Any
) -> dict[str, Any]:
    """Builds the three accordions and wires them to the answer `held`.

    Returns what an event listener takes to bring them up to date after a new answer.
    """
    seen = gr.State(False)
    with gr.Accordion(T("heads"), open=False, elem_id=f"heads-{task.name}") as all_heads:
        gr.Markdown(T("heads.about"), elem_classes="quiet")
        thumbs = PlotlyView(elem_id=f"thumbs-{task.name}")
        sinks = gr.Markdown(elem_classes="quiet")
        ablate = gr.Button(T("heads.ablate"), elem_id=f"ablate-{task.name}")
        lost = gr.Markdown(elem_id=f"lost-{task.name}")
    with gr.Accordion(T("break"), open=False, elem_id=f"break-{task.name}"):
        way, scope, column, breaks, broken = _breaking(task)
    parts: list[Any] = [thumbs, sinks, lost, broken]
    if lens_view.has_theatre(approaches):
        with gr.Accordion(T("theatre"), open=False, elem_id=f"theatre-{task.name}"):
            gr.Markdown(T("theatre.about"), elem_classes="quiet")
            go = gr.Button(T("theatre.go"), elem_id=f"curtain-{task.name}")
            beam = gr.Markdown(elem_id=f"beam-{task.name}")
            stage = TheatreView(elem_id=f"stage-{task.name}")
            parts += [beam, stage]
        go.click(_performed(task), [held, engine, approach, step], [stage, beam], **MODEL_QUEUE)

    def show(found: Prediction | None, seen: bool, request: gr.Request) -> list[Any]:
        figure, told = lens_view.all_heads(found, lang_of(request)) if seen else (None, "")
        return [figure, told, "", None, "", None][: len(parts)]

    def open_heads(found: Prediction | None, request: gr.Request) -> list[Any]:
        return [True, *lens_view.all_heads(found, lang_of(request))]

    def take_out(found: Prediction | None, engine: str, approach: str, where: str, request: gr.Request) -> Any:
        lang = lang_of(request)
        if found is None:
            return ""
        try:
            return lens_view.ablation(task, found, engine, approach, where, lang)
        except UserError as e:
            return e.words.say(lang)

    def break_it(
        found: Prediction | None,
        engine: str,
        approach: str,
        way: str,
        scope: str,
        where: str,
        row: int,
        column: float | None,
        request: gr.Request,
    ) -> Any:
        lang = lang_of(request)
        if found is None:
            return None
        part = lens_view.scope_of(found, where) if scope == "one" else None
        try:
            return lens_view.broken(
                task, found, engine, approach, way, part, row, int(min(max(column or 1, 1), 1e6)) - 1, lang
            )
        except UserError as e:
            return error_view(e, lang)

    all_heads.expand(open_heads, [held], [seen, thumbs, sinks], **NO_QUEUE)
    all_heads.collapse(lambda: False, None, [seen], **NO_QUEUE)
    ablate.click(take_out, [held, engine, approach, where], [lost], **MODEL_QUEUE)
    breaks.click(break_it, [held, engine, approach, way, scope, where, step, column], [broken], **MODEL_QUEUE)
    return {"fn": show, "inputs": [held, seen], "outputs": parts}


def _performed(task: Task) -> Callable[..., list[Any]]:
    """What the button of the theatre does."""

    def perform(found: Prediction | None, engine: str, approach: str, at: int, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        if found is None:
            return [None, ""]
        try:
            return list(lens_view.staged(task, found, engine, approach, at, lang))
        except UserError as e:
            return [None, e.words.say(lang)]

    return perform


def _breaking(task: Task) -> tuple[Any, Any, Any, gr.Button, Any]:
    """The controls of the broken attention, and the view of its answer."""
    gr.Markdown(T("break.about"), elem_classes="quiet")
    with gr.Row():
        ways = [(T(f"break.{way}"), way) for way in WAYS]
        way = gr.Radio(ways, value=WAYS[0], label=T("break.way"), elem_id=f"way-{task.name}")
        scopes = [(T("break.all"), "all"), (T("break.one"), "one")]
        scope = gr.Radio(scopes, value="all", label=T("break.scope"), elem_id=f"scope-{task.name}")
    column = gr.Number(1, label=T("break.column"), precision=0, minimum=1, visible=False, elem_id=f"column-{task.name}")
    way.input(lambda chosen: gr.Number(visible=chosen == "cell"), [way], [column], **NO_QUEUE)
    breaks = gr.Button(T("break.go"), elem_id=f"breaks-{task.name}")
    shown_in = {"channel": f"{task.name} broken", "elem_id": f"broken-{task.name}"}
    video = task.input == "video"
    broken = FilmView(player=f"no-player-{task.name}", **shown_in) if video else AnswerView(**shown_in)
    return way, scope, column, breaks, broken
