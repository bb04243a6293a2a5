"""The gradient laboratory: how fast a signal fades or grows on its way back, live."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo.lab.gradients import measure, trained
from s2s_demo.prediction import UserError
from s2s_demo.ui.bounded import Bounded
from s2s_demo.ui.events import HIDDEN_MODEL_QUEUE, NO_QUEUE, listener
from s2s_demo.ui.lab import gradients_content as content
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.small_views import Cards
from s2s_demo.ui.words import T, lang_of, said

FIRST = measure.DecaySettings()
FIRST_GATED = "lstm"
FIRST_TASK, FIRST_GAIN, FIRST_THRESHOLD = "intent-en", 1.5, 2.0


@dataclass(frozen=True)
class LiveRequest:
    """The controls of the first part, in the order of the listener's inputs."""

    length: float
    init: str
    """Of W_hh: "default" or "orthogonal"."""
    gain: float
    bias: float
    loss: str
    """At the "last" step or "all"."""
    width: int
    seed: float | None
    visited: bool
    """Whether the panel was drawn before, so that opening it again draws nothing."""

    @user_errors_only
    def settings(self) -> measure.DecaySettings:
        """What is measured; a UserError where a number is none."""
        return measure.DecaySettings(
            length=int(self.length),
            width=int(self.width),
            orthogonal=self.init == "orthogonal",
            gain=float(self.gain),
            forget_bias=float(self.bias),
            every_step=self.loss == "all",
            seed=int(self.seed or 0),
        )


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.gradients.about"))
    visited, never = gr.State(False), gr.State(False)
    live = _live()
    clip = _clip(live["seed"])
    comparison = _comparison()
    gates = _gates(comparison["inputs"])

    def update(part: dict[str, Any], drawn: gr.State = never) -> dict[str, Any]:
        """The part drawn again, unless `drawn` holds."""
        inputs = [*part["inputs"], drawn]
        return {"fn": listener(part["show"]), "inputs": inputs, "outputs": part["outputs"], **HIDDEN_MODEL_QUEUE}

    first = gr.on(opened, **update(live, visited), trigger_mode="once")
    for part in (clip, comparison, gates):
        first = first.then(**update(part, visited))
    first.then(lambda: True, None, visited, **NO_QUEUE)
    for part in (live, clip, comparison, gates):
        done = gr.on(part["events"], **update(part), trigger_mode="always_last")
        if part is comparison:
            done.then(**update(gates))
    comparison["chosen"].then(**update(comparison)).then(**update(gates))
    gates["chosen"].then(**update(gates))


def _live() -> dict[str, Any]:
    """Controls, cards, two figures, table and theory."""
    cards = Cards(elem_id="gr-cards")
    with gr.Row():
        length = Bounded(
            measure.SHORTEST, measure.LONGEST, FIRST.length, step=1, label=T("gradients.length"), elem_id="gr-length"
        )
        bias = Bounded(0, measure.MOST_BIAS, 1, step=0.25, label=T("gradients.bias"), elem_id="gr-bias")
        gain = Bounded(0.25, measure.MOST_GAIN, 1, step=0.05, label=T("gradients.gain"), elem_id="gr-gain")
    with gr.Row():
        starts = [(T(f"gradients.init.{key}"), key) for key in ("default", "orthogonal")]
        start = gr.Radio(starts, value="default", label=T("gradients.init"), elem_id="gr-init")
        places = [(T(f"gradients.loss.{key}"), key) for key in ("last", "all")]
        loss = gr.Radio(places, value="last", label=T("gradients.loss"), elem_id="gr-loss")
        width = gr.Radio(list(measure.WIDTHS), value=FIRST.width, label=T("gradients.width"), elem_id="gr-width")
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
        "show": _show_live,
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
            0.25, measure.MOST_GAIN, FIRST_GAIN, step=0.05, label=T("gradients.clip.gain"), elem_id="gr-clip-gain"
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
    return {"show": _show_clip, "inputs": [gain, threshold, seed], "events": events, "outputs": [result, norms, losses]}


def _comparison() -> dict[str, Any]:
    """Untrained and trained weights on one example."""
    gr.Markdown(T("gradients.trained"), elem_classes="heading")
    gr.Markdown(T("gradients.trained.about"), elem_classes="quiet")
    with gr.Row(equal_height=True):
        offered = trained.available_tasks()
        task_name = FIRST_TASK if FIRST_TASK in offered or not offered else offered[0]
        choices = [(T(f"task.{name}"), name) for name in offered]
        task = gr.Dropdown(
            choices,
            value=task_name if offered else None,
            label=T("gradients.task"),
            scale=2,
            min_width=260,
            elem_id="gr-task",
        )
        example = content.default_text(task_name) if offered else ""
        text = gr.Textbox(example, label=T("gradients.text"), max_lines=3, scale=3, elem_id="gr-text")
        go = gr.Button(T("gradients.again"), variant="primary", min_width=120, elem_id="gr-go")
    note = gr.Markdown(elem_classes="quiet", elem_id="gr-beside-note")
    with gr.Row():
        with gr.Column(min_width=360):
            gr.Markdown(T("gradients.fresh"), elem_classes="heading")
            untrained = PlotlyView(elem_id="gr-fresh")
        with gr.Column(min_width=360):
            gr.Markdown(T("gradients.learned"), elem_classes="heading")
            learned = PlotlyView(elem_id="gr-learned")
    table = gr.Dataframe(interactive=False, wrap=True, show_label=False, elem_id="gr-beside-table")
    chosen = task.input(_example, task, text, trigger_mode="always_last", **NO_QUEUE)
    return {
        "show": _show_comparison,
        "inputs": [task, text],
        "events": [go.click, text.submit],
        "chosen": chosen,
        "outputs": [note, untrained, learned, table],
    }


def _gates(example: list[Any]) -> dict[str, Any]:
    """The gates of the same example."""
    gr.Markdown(T("gradients.gates"), elem_classes="heading")
    gr.Markdown(T("gradients.gates.about"), elem_classes="quiet")
    with gr.Row():
        engines = [(T(f"engine.{name}"), name) for name in trained.GATED_ENGINES]
        first = FIRST_GATED if FIRST_GATED in trained.GATED_ENGINES else next(iter(trained.GATED_ENGINES), "")
        engine = gr.Radio(engines, value=first or None, label=T("engine"), elem_id="gr-gate-engine")
        gates = [(T(f"gradients.gate.{name}"), name) for name in trained.GATED_ENGINES.get(first, ())]
        gate = gr.Radio(gates, value=gates[0][1] if gates else None, label=T("gradients.gate"), elem_id="gr-gate")
    note = gr.Markdown(elem_id="gr-gate-note")
    with gr.Row():
        with gr.Column(min_width=360):
            area = PlotlyView(elem_id="gr-gate-map")
        with gr.Column(min_width=360):
            means = PlotlyView(elem_id="gr-gate-means")
    chosen = engine.input(_gate_of, engine, gate, trigger_mode="always_last", **NO_QUEUE)
    return {
        "show": _show_gates,
        "inputs": [*example, engine, gate],
        "events": [gate.input],
        "chosen": chosen,
        "outputs": [note, area, means],
    }


def _show_live(*values: Any, lang: str) -> list[Any]:
    request = LiveRequest(*values)
    if request.visited:
        return [gr.skip()] * 6
    try:
        view = content.decay_view(request.settings(), lang)
    except UserError as e:
        return [e.words.say(lang), *[gr.skip()] * 5]
    table = gr.Dataframe(value=view.rows, headers=content.table_headers(lang))
    return [view.note, view.cards, view.inputs, view.states, table, view.theory]


def _show_clip(gain: float, threshold: float, seed: float | None, visited: bool, *, lang: str) -> list[Any]:
    if visited:
        return [gr.skip()] * 3
    try:
        norms, losses, result = content.clipping_view(float(gain), float(threshold), int(seed or 0), lang)
    except UserError as e:
        return [e.words.say(lang), gr.skip(), gr.skip()]
    return [result, norms, losses]


def _show_comparison(task: str, text: str, visited: bool, *, lang: str) -> list[Any]:
    if visited:
        return [gr.skip()] * 4
    try:
        untrained, learned, rows, headers, note = content.comparison_view(task, text, lang)
    except UserError as e:
        return [e.words.say(lang), None, None, gr.Dataframe(visible=False)]
    return [note, untrained, learned, gr.Dataframe(value=rows, headers=headers, visible=True)]


def _show_gates(task: str, text: str, engine: str, gate: str, visited: bool, *, lang: str) -> list[Any]:
    if visited:
        return [gr.skip()] * 3
    try:
        return ["", *content.gate_figures(task, text, engine, gate, lang)]
    except UserError as e:
        return [e.words.say(lang), None, None]


def _example(task: str) -> Any:
    return content.default_text(task) if task in trained.available_tasks() else gr.skip()


def _gate_of(engine: str, request: gr.Request) -> Any:
    gates = trained.GATED_ENGINES.get(engine)
    if not gates:
        return gr.skip()
    lang = lang_of(request)
    return gr.Radio(choices=[(said(f"gradients.gate.{name}", lang), name) for name in gates], value=gates[0])
