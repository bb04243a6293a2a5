"""One panel a task, the same for every task: ask, answer, lens, gradient norms, length map, model card."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from s2s_demo import checkpoints, engines
from s2s_demo.lab.scoreboard.rows import main_score
from s2s_demo.lenses import KINDS
from s2s_demo.task import Task
from s2s_demo.ui import inputs
from s2s_demo.ui.events import MODEL_QUEUE, NO_QUEUE, data_listener, listener
from s2s_demo.ui.input_kind import Controls
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task import handlers
from s2s_demo.ui.task.lens_folds import lens_folds
from s2s_demo.ui.views.json_view import JsonView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T

SIGNS = {"*": "×", "-": "−"}


@dataclass(frozen=True)
class _Asked:
    """What a question is made of."""

    controls: Controls
    engine: gr.Radio
    approach: gr.Radio
    lens: gr.Radio
    place: gr.Dropdown
    prediction: gr.State
    step: gr.State

    @property
    def inputs(self) -> list[Any]:
        """The fields of a `Question`, in their order."""
        return [self.engine, self.approach, self.lens, self.place, self.prediction, self.step, self.controls.x]


@dataclass(frozen=True)
class _Answer:
    """What shows an answer."""

    view: JsonView
    note: gr.Markdown
    matrix: PlotlyView
    agreement: gr.Markdown
    curve: PlotlyView


@dataclass(frozen=True)
class _Details:
    """What stands beside a checkpoint."""

    norms: PlotlyView
    sign: gr.Radio
    no_map: gr.Markdown
    area: PlotlyView
    card: gr.Dataframe


def task_panel(task: Task, opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T(f"task.{task.name}.about"))
    if task.input not in inputs.INPUTS:  # its file has a mistake
        faults = "".join(f"<p>{escape(fault.ko)}</p><p>{escape(fault.en)}</p>" for fault in inputs.FAULTS)
        gr.HTML(faults, js_on_load=None, elem_id=f"no-input-{task.name}")
        return
    controls = input_of(task).component(task)
    engine, approach = _model_choice(task)
    props = {**controls.props, "channel": task.name, "elem_id": f"answer-{task.name}"}
    view = input_of(task).view(**props)
    prediction, step = gr.State(None), gr.State(0)
    lens, place = _lens_choice(task)
    note = gr.Markdown(elem_classes="quiet", elem_id=f"lens-note-{task.name}")
    matrix = PlotlyView(channel=task.name, elem_id=f"lens-{task.name}")
    agreement = gr.Markdown(elem_classes="quiet", elem_id=f"agree-{task.name}")
    asked = _Asked(controls, engine, approach, lens, place, prediction, step)
    refreshed = lens_folds(task, _approaches(task), prediction, step, engine, approach, place)
    answer = _Answer(view, note, matrix, agreement, _curves(task, asked))
    _wire(task, opened, asked, answer, _details(task), refreshed)


def _model_choice(task: Task) -> tuple[gr.Radio, gr.Radio]:
    """The pickers of the engine and of the approach."""
    engine = gr.Radio(
        _engine_choices(task), value=_first_engine(task), label=T("engine"), elem_id=f"engine-{task.name}"
    )
    approach = gr.Radio(
        [(T(f"approach.{a.value}"), a.value) for a in _approaches(task)],
        value=_first_approach(task),
        label=T("approach"),
        visible=len(_approaches(task)) > 1,
        elem_id=f"approach-{task.name}",
    )
    return engine, approach


def _lens_choice(task: Task) -> tuple[gr.Radio, gr.Dropdown]:
    """The pickers of the lens and of its place in the model, under their heading."""
    gr.Markdown(T("lens"), elem_classes="heading")
    gr.Markdown(T("lens.about"), elem_classes="quiet")
    with gr.Row():
        lens = gr.Radio(
            [(T(f"lens.{kind}"), kind) for kind in KINDS],
            value=KINDS[0],
            label=T("lens.kind"),
            min_width=280,
            elem_id=f"lens-kind-{task.name}",
        )
        place = gr.Dropdown(
            [],
            label=T("lens.where"),
            interactive=True,
            allow_custom_value=True,
            min_width=280,
            elem_id=f"lens-where-{task.name}",
        )
    return lens, place


def _curves(task: Task, asked: _Asked) -> PlotlyView:
    """The figure for the gradient norms of the chosen engine, and a button for those of every engine."""
    gr.Markdown(T("norms"), elem_classes="heading")
    gr.Markdown(T("norms.about"), elem_classes="quiet")
    curve = PlotlyView(elem_id=f"curve-{task.name}")
    every = gr.Button(T("norms.all"), elem_id=f"all-{task.name}")
    gr.Markdown(T("norms.all.about"), elem_classes="quiet")
    curves = PlotlyView(elem_id=f"curves-{task.name}")
    table = gr.Dataframe(visible=False, interactive=False, wrap=True, elem_id=f"table-{task.name}")
    inputs = [asked.prediction, asked.controls.x, asked.approach, asked.step]
    every.click(listener(handlers.compare_engines, task), inputs, [curves, table], **MODEL_QUEUE)
    return curve


def _details(task: Task) -> _Details:
    """The folds with the norms of a training, its length map and its card."""
    with gr.Accordion(T("training"), open=False):
        gr.Markdown(T("training.about"), elem_classes="quiet")
        norms = PlotlyView(elem_id=f"training-{task.name}")
    signs = list(task.trained_digits)
    with gr.Accordion(T("map"), open=False, visible=bool(signs)):
        gr.Markdown(T("map.about"), elem_classes="quiet")
        sign = gr.Radio(
            [(SIGNS.get(s, s), s) for s in signs],
            value=signs[0] if signs else None,
            label=T("map.sign"),
            visible=len(signs) > 1,
            elem_id=f"sign-{task.name}",
        )
        no_map = gr.Markdown(elem_classes="quiet")
        area = PlotlyView(elem_id=f"map-{task.name}")
    with gr.Accordion(T("card"), open=False):
        card = gr.Dataframe(
            headers=["", ""], interactive=False, wrap=True, show_label=False, elem_id=f"card-{task.name}"
        )
    return _Details(norms, sign, no_map, area, card)


def _wire(
    task: Task, opened: list[Any], asked: _Asked, answer: _Answer, details: _Details, refreshed: dict[str, Any]
) -> None:
    """What happens when. refreshed: the listener that brings the folds beneath the lens up to date."""
    engine, approach, prediction, x = asked.engine, asked.approach, asked.prediction, asked.controls.x
    outputs = [answer.view, prediction, asked.step, asked.place]
    outputs += [answer.note, answer.matrix, answer.agreement, answer.curve]
    described: dict[str, Any] = {
        "fn": listener(handlers.model_details, task),
        "inputs": [engine, approach, details.sign],
        "outputs": [details.norms, details.area, details.no_map, details.card],
    }
    agreed: dict[str, Any] = {
        "fn": listener(handlers.agreement, task),
        "inputs": [prediction, engine, approach],
        "outputs": [answer.agreement],
        "trigger_mode": "always_last",
        **NO_QUEUE,
    }
    progress: dict[str, Any] = {**MODEL_QUEUE, "show_progress_on": [answer.view, answer.matrix, answer.curve]}
    # one listener for all that changes what is shown: the choice that was made last is the one that is seen last
    picked = [engine.input, approach.input, asked.lens.input, asked.place.input]
    sources = [*asked.controls.asks, asked.controls.go.click, *picked]
    ask = listener(handlers.ask, task)
    answered = gr.on(sources, ask, asked.inputs, outputs, trigger_mode="always_last", **progress)
    answered.then(**agreed).then(**refreshed, **NO_QUEUE)
    for filled in asked.controls.fills:
        chosen = filled.then(ask, asked.inputs, outputs, trigger_mode="always_last", **progress)
        chosen.then(**agreed).then(**refreshed, **NO_QUEUE)
    first = listener(handlers.ask_first, task)
    begun = gr.on(opened, first, asked.inputs, [x, *outputs], trigger_mode="once", **progress)
    begun.then(**agreed).then(**described, **NO_QUEUE)
    for name, button in asked.controls.samples.items():
        play = listener(handlers.ask_sample, task, name)
        chosen = button.click(play, asked.inputs[:-1], [x, *outputs], trigger_mode="always_last", **progress)
        chosen.then(**agreed).then(**refreshed, **NO_QUEUE)
    for cleared in asked.controls.clears:
        cleared(handlers.no_answer, None, outputs, **NO_QUEUE)
    for source in (answer.view.pick, answer.matrix.cell):  # type: ignore[attr-defined]
        source(data_listener(handlers.pick, task), [prediction, engine], [asked.step, answer.curve], **NO_QUEUE)
    # what stands beside a checkpoint changes with the checkpoint, not with the question
    changed = [engine.input, approach.input, details.sign.input]
    gr.on(changed, **described, trigger_mode="always_last", **NO_QUEUE)


def _engine_choices(task: Task) -> list[tuple[Any, str]]:
    """Every engine; one that has no model of this task yet says so."""
    there = {entry.engine for entry in checkpoints.available(task.name) if not entry.seed}
    return [(T(f"engine.{name}" if name in there else f"engine.{name}.untrained"), name) for name in engines.ENGINES]


def _approaches(task: Task) -> list[Any]:
    """The approaches of this task that have a checkpoint; the natural one if none has."""
    there = {entry.approach for entry in checkpoints.available(task.name)}
    return [a for a in task.approaches if a.value in there] or [task.approaches[0]]


def _first_approach(task: Task) -> str:
    """The approach shown first: the one whose best engine scores best on the test split, the earlier among equals."""
    best = {a.value: max(_scored(task, a.value).values(), default=0.0) for a in _approaches(task)}
    return max(best, key=lambda name: best[name])


def _first_engine(task: Task) -> str:
    """The engine shown first: of those trained by the first approach the one with the best test score, the LSTM among equals."""
    scored = _scored(task, _first_approach(task))
    fallback = "lstm" if "lstm" in engines.ENGINES else next(iter(engines.ENGINES))
    return max(scored, key=lambda name: scored[name], default=fallback)


def _scored(task: Task, approach: str) -> dict[str, float]:
    """The test score of each engine that is trained by an approach, the LSTM first."""
    scored: dict[str, float] = {}
    for entry in sorted(checkpoints.available(task.name), key=lambda entry: entry.engine != "lstm"):
        if not entry.seed and entry.approach == approach:
            score = main_score(task, checkpoints.facts_at_least(entry.folder)["scores"], task.measure)
            scored[entry.engine] = score or 0.0
    return scored
