"""The gradient laboratory: how fast a signal fades or grows on its way back, live."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo.lab.gradients import measure as lab
from s2s_demo.lab.gradients import trained
from s2s_demo.prediction import UserError
from s2s_demo.ui.bounded import Bounded
from s2s_demo.ui.events import HIDDEN_MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.lab import gradients_content as shown
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.small_views import Cards
from s2s_demo.ui.words import T, lang_of

FIRST = lab.Setting()
FIRST_GATED = "lstm"
FIRST_TASK, FIRST_GAIN, FIRST_THRESHOLD = "intent-en", 1.5, 2.0


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.gradients.about"))
    seen, never = gr.State(False), gr.State(False)
    live = _live()
    clip = _clip(live["seed"])
    beside = _beside()
    gates = _gates(beside["inputs"])
    first = gr.on(
        opened, _show_live, [*live["inputs"], seen], live["outputs"], trigger_mode="once", **HIDDEN_MODEL_QUEUE
    )
    first = first.then(_show_clip, [*clip["inputs"], seen], clip["outputs"], **HIDDEN_MODEL_QUEUE)
    first = first.then(_show_beside, [*beside["inputs"], seen], beside["outputs"], **HIDDEN_MODEL_QUEUE)
    first = first.then(_show_gates, [*gates["inputs"], seen], gates["outputs"], **HIDDEN_MODEL_QUEUE)
    first.then(lambda: True, None, seen, **NO_QUEUE)
    for part, show in ((live, _show_live), (clip, _show_clip), (beside, _show_beside), (gates, _show_gates)):
        asked = [*part["inputs"], never]
        done = gr.on(part["events"], show, asked, part["outputs"], trigger_mode="always_last", **HIDDEN_MODEL_QUEUE)
        if part is beside:
            done.then(_show_gates, [*gates["inputs"], never], gates["outputs"], **HIDDEN_MODEL_QUEUE)
    beside["chosen"].then(_show_beside, [*beside["inputs"], never], beside["outputs"], **HIDDEN_MODEL_QUEUE).then(
        _show_gates, [*gates["inputs"], never], gates["outputs"], **HIDDEN_MODEL_QUEUE
    )
    gates["chosen"].then(_show_gates, [*gates["inputs"], never], gates["outputs"], **HIDDEN_MODEL_QUEUE)


def _live() -> dict[str, Any]:
    """Controls, cards, two figures, table and theory."""
    cards = Cards(elem_id="gr-cards")
    with gr.Row():
        length = Bounded(
            lab.SHORTEST, lab.LONGEST, FIRST.length, step=1, label=T("gradients.length"), elem_id="gr-length"
        )
        bias = Bounded(0, lab.MOST_BIAS, 1, step=0.25, label=T("gradients.bias"), elem_id="gr-bias")
        gain = Bounded(0.25, lab.MOST_GAIN, 1, step=0.05, label=T("gradients.gain"), elem_id="gr-gain")
    with gr.Row():
        starts = [(T(f"gradients.init.{key}"), key) for key in ("default", "orthogonal")]
        start = gr.Radio(starts, value="default", label=T("gradients.init"), elem_id="gr-init")
        places = [(T(f"gradients.loss.{key}"), key) for key in ("last", "all")]
        loss = gr.Radio(places, value="last", label=T("gradients.loss"), elem_id="gr-loss")
        width = gr.Radio(list(lab.WIDTHS), value=FIRST.width, label=T("gradients.width"), elem_id="gr-width")
        seed = gr.Number(0, precision=0, label=T("gradients.seed"), elem_id="gr-seed")
    note = gr.Markdown(elem_id="gr-note")
    gr.Markdown(T("gradients.inputs"), elem_classes="heading")
    gr.Markdown(T("gradients.inputs.about"), elem_classes="quiet")
    inputs = PlotlyView(elem_id="gr-inputs")
    gr.Markdown(T("gradients.states"), elem_classes="heading")
    gr.Markdown(T("gradients.states.about"), elem_classes="quiet")
    states = PlotlyView(elem_id="gr-states")
    table = gr.Dataframe(interactive=False, wrap=True, show_label=False, elem_id="gr-table")
    theory = gr.Markdown(elem_id="gr-theory")
    controls = [length, start, gain, bias, loss, width, seed]
    return {
        "inputs": controls,
        "events": [control.input for control in controls],
        "outputs": [note, cards, inputs, states, table, theory],
        "seed": seed,
    }


def _clip(seed: gr.Number) -> dict[str, Any]:
    """Two trainings, with and without clipping."""
    gr.Markdown(T("gradients.clip"), elem_classes="heading")
    gr.Markdown(T("gradients.clip.about"), elem_classes="quiet")
    with gr.Row():
        gain = Bounded(
            0.25, lab.MOST_GAIN, FIRST_GAIN, step=0.05, label=T("gradients.clip.gain"), elem_id="gr-clip-gain"
        )
        threshold = Bounded(
            0.1, 20, FIRST_THRESHOLD, step=0.1, label=T("gradients.clip.threshold"), elem_id="gr-clip-threshold"
        )
    result = gr.Markdown(elem_id="gr-clip-result")
    with gr.Row():
        with gr.Column(min_width=360):
            norms = PlotlyView(elem_id="gr-clip-norms")
        with gr.Column(min_width=360):
            losses = PlotlyView(elem_id="gr-clip-losses")
    events = [control.input for control in (gain, threshold, seed)]
    return {"inputs": [gain, threshold, seed], "events": events, "outputs": [result, norms, losses]}


def _beside() -> dict[str, Any]:
    """Fresh and trained weights on one example."""
    gr.Markdown(T("gradients.trained"), elem_classes="heading")
    gr.Markdown(T("gradients.trained.about"), elem_classes="quiet")
    with gr.Row(equal_height=True):
        there = trained.offered()
        task_name = FIRST_TASK if FIRST_TASK in there or not there else there[0]
        choices = [(T(f"task.{name}"), name) for name in there]
        task = gr.Dropdown(
            choices,
            value=task_name if there else None,
            label=T("gradients.task"),
            scale=2,
            min_width=260,
            elem_id="gr-task",
        )
        example = shown.example_of(task_name) if there else ""
        text = gr.Textbox(example, label=T("gradients.text"), max_lines=3, scale=3, elem_id="gr-text")
        go = gr.Button(T("gradients.again"), variant="primary", min_width=120, elem_id="gr-go")
    note = gr.Markdown(elem_classes="quiet", elem_id="gr-beside-note")
    with gr.Row():
        with gr.Column(min_width=360):
            gr.Markdown(T("gradients.fresh"), elem_classes="heading")
            fresh = PlotlyView(elem_id="gr-fresh")
        with gr.Column(min_width=360):
            gr.Markdown(T("gradients.learned"), elem_classes="heading")
            learned = PlotlyView(elem_id="gr-learned")
    table = gr.Dataframe(interactive=False, wrap=True, show_label=False, elem_id="gr-beside-table")
    chosen = task.input(_example, task, text, trigger_mode="always_last", **NO_QUEUE)
    return {
        "inputs": [task, text],
        "events": [go.click, text.submit],
        "chosen": chosen,
        "outputs": [note, fresh, learned, table],
    }


def _gates(asked: list[Any]) -> dict[str, Any]:
    """The gates of the same example."""
    gr.Markdown(T("gradients.gates"), elem_classes="heading")
    gr.Markdown(T("gradients.gates.about"), elem_classes="quiet")
    with gr.Row():
        engines = [(T(f"engine.{name}"), name) for name in trained.GATED]
        first = FIRST_GATED if FIRST_GATED in trained.GATED else next(iter(trained.GATED), "")
        engine = gr.Radio(engines, value=first or None, label=T("engine"), elem_id="gr-gate-engine")
        gates = _gate_choices(first)
        gate = gr.Radio(gates, value=gates[0][1] if gates else None, label=T("gradients.gate"), elem_id="gr-gate")
    note = gr.Markdown(elem_id="gr-gate-note")
    with gr.Row():
        with gr.Column(min_width=360):
            area = PlotlyView(elem_id="gr-gate-map")
        with gr.Column(min_width=360):
            means = PlotlyView(elem_id="gr-gate-means")
    chosen = engine.input(_gate_of, engine, gate, trigger_mode="always_last", **NO_QUEUE)
    return {
        "inputs": [*asked, engine, gate],
        "events": [gate.input],
        "chosen": chosen,
        "outputs": [note, area, means],
    }


def _show_live(
    length: float,
    start: str,
    gain: float,
    bias: float,
    loss: str,
    width: int,
    seed: float,
    seen: bool,
    request: gr.Request,
) -> list[Any]:
    if seen:
        return [gr.skip()] * 6
    lang = lang_of(request)
    try:
        now = shown.live(_setting(length, start, gain, bias, loss, width, seed), lang)
    except UserError as e:
        return [e.words.say(lang), *[gr.skip()] * 5]
    table = gr.Dataframe(value=now.rows, headers=shown.heads(lang))
    return [now.note, now.cards, now.inputs, now.states, table, now.theory]


@user_errors_only
def _setting(
    length: float, start: str, gain: float, bias: float, loss: str, width: int, seed: float | None
) -> lab.Setting:
    return lab.Setting(
        length=int(length),
        width=int(width),
        orthogonal=start == "orthogonal",
        gain=float(gain),
        forget_bias=float(bias),
        every_step=loss == "all",
        seed=int(seed or 0),
    )


def _show_clip(gain: float, threshold: float, seed: float | None, seen: bool, request: gr.Request) -> list[Any]:
    if seen:
        return [gr.skip()] * 3
    lang = lang_of(request)
    try:
        norms, losses, result = shown.clipped(float(gain), float(threshold), int(seed or 0), lang)
    except UserError as e:
        return [e.words.say(lang), gr.skip(), gr.skip()]
    return [result, norms, losses]


def _show_beside(task: str, text: str, seen: bool, request: gr.Request) -> list[Any]:
    if seen:
        return [gr.skip()] * 4
    lang = lang_of(request)
    try:
        fresh, learned, rows, heads, note = shown.beside(task, text, lang)
    except UserError as e:
        return [e.words.say(lang), None, None, gr.Dataframe(visible=False)]
    return [note, fresh, learned, gr.Dataframe(value=rows, headers=heads, visible=True)]


def _show_gates(task: str, text: str, engine: str, gate: str, seen: bool, request: gr.Request) -> list[Any]:
    if seen:
        return [gr.skip()] * 3
    lang = lang_of(request)
    try:
        return ["", *shown.gates(task, text, engine, gate, lang)]
    except UserError as e:
        return [e.words.say(lang), None, None]


def _example(task: str) -> Any:
    return shown.example_of(task) if task in trained.offered() else gr.skip()


def _gate_of(engine: str) -> Any:
    if engine not in trained.GATED:
        return gr.skip()
    return gr.Radio(choices=_gate_choices(engine), value=trained.GATED[engine][0])


def _gate_choices(engine: str) -> list[tuple[Any, str]]:
    return [(T(f"gradients.gate.{name}"), name) for name in trained.GATED.get(engine, ())]
