"""The long-range laboratory: score against distance for every engine, and one cell of that grid trained live."""

from __future__ import annotations

import random
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

import gradio as gr

from s2s_demo import engines
from s2s_demo.lab.long_range.figures import LiveRun
from s2s_demo.lab.long_range.problems import PROBLEMS
from s2s_demo.lab.long_range.runs import results_of, train_cell
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN, NO_QUEUE
from s2s_demo.ui.lab import long_range_content
from s2s_demo.ui.lab.long_range_content import MOST_SECONDS
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.small_views import Chips, Meter, Table
from s2s_demo.ui.words import T, lang_of, mistake, said, toast

NAMES = tuple(long_range_content.LOW)
"""Of the problems."""
SECONDS_A_FRAME, SCORE_EVERY = 0.7, 20
TRAINING_QUEUE: dict[str, Any] = {"concurrency_id": "longrange", "concurrency_limit": 2, **HIDDEN}


@dataclass(frozen=True)
class Sample:
    """One sample of the problem: a figure of numbers, or chips."""

    text: gr.Markdown
    with_numbers: gr.Column
    with_chips: gr.Column
    numbers: PlotlyView
    chips: Chips
    another: gr.Button


@dataclass(frozen=True)
class Grid:
    """The precomputed results."""

    sentence: gr.Markdown
    figure: PlotlyView
    table: Table
    how: gr.Markdown
    settings: Table


@dataclass(frozen=True)
class LiveCell:
    """The parts in which one cell is chosen, trained and shown."""

    part: gr.Column
    about: gr.Markdown
    engine: gr.Radio
    distance: gr.Radio
    train: gr.Button
    stop: gr.Button
    meter: Meter
    result: gr.Markdown
    curves: PlotlyView


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.longrange.about"))
    problems = [(T(f"longrange.{name}"), name) for name in NAMES]
    problem = gr.Radio(problems, value=NAMES[0], label=T("longrange.problem"), elem_id="longrange-problem")
    about = gr.Markdown(elem_id="longrange-about")
    sample, grid, cell = _sample(), _grid(), _cell()
    cancel = gr.State(None)
    sampled = [sample.text, sample.with_numbers, sample.with_chips, sample.numbers, sample.chips]
    live = [cell.part, cell.about, cell.engine, cell.distance, cell.meter, cell.result, cell.curves]
    outputs = [about, *sampled, *vars(grid).values(), *live]
    gr.on([*opened, problem.input], show, [problem, cancel], outputs, trigger_mode="always_last", **NO_QUEUE)
    gr.on([sample.another.click, cell.distance.input], show_sample, [problem, cell.distance], sampled, **NO_QUEUE)
    begun = [cancel, cell.train, cell.stop, cell.meter, cell.result, cell.curves]
    ready = cell.train.click(begin, None, begun, trigger_mode="once", **NO_QUEUE)
    asked = [problem, cell.engine, cell.distance, cancel]
    done = ready.then(train, asked, [cell.meter, cell.curves, cell.result], **TRAINING_QUEUE)
    done.then(end, None, [cell.train, cell.stop], **NO_QUEUE)
    cell.stop.click(stop, cancel, None, **NO_QUEUE)


def _sample() -> Sample:
    gr.Markdown(T("longrange.sample"), elem_classes="heading")
    text = gr.Markdown(elem_id="longrange-told")
    with gr.Column() as with_numbers:
        numbers = PlotlyView(elem_id="longrange-numbers")
    with gr.Column(visible=False) as with_chips:
        chips = Chips(elem_id="longrange-chips")
    another = gr.Button(T("longrange.another"), size="sm", elem_id="longrange-another")
    return Sample(text, with_numbers, with_chips, numbers, chips, another)


def _grid() -> Grid:
    gr.Markdown(T("longrange.grid"), elem_classes="heading")
    sentence = gr.Markdown(elem_id="longrange-says")
    figure = PlotlyView(elem_id="longrange-figure")
    gr.Markdown(T("longrange.grid.about"), elem_classes="quiet")
    table = Table(elem_id="longrange-table")
    with gr.Accordion(T("longrange.settings"), open=False):
        how = gr.Markdown(elem_classes="quiet")
        settings = Table(elem_id="longrange-settings")
    return Grid(sentence, figure, table, how, settings)


def _cell() -> LiveCell:
    with gr.Column() as part:
        gr.Markdown(T("longrange.live"), elem_classes="heading")
        about = gr.Markdown(elem_classes="quiet")
        names = [(T(f"engine.{name}"), name) for name in engines.ENGINES]
        first = "gru" if "gru" in engines.ENGINES else names[0][1]
        engine = gr.Radio(names, value=first, label=T("engine"), elem_id="longrange-engine")
        distance = gr.Radio([], label=T("longrange.distance"), elem_id="longrange-distance")
        with gr.Row():
            train = gr.Button(T("longrange.train"), variant="primary", elem_id="longrange-train")
            stop = gr.Button(T("longrange.stop"), interactive=False, elem_id="longrange-stop")
        meter = Meter(elem_id="longrange-meter")
        result = gr.Markdown(elem_id="longrange-result")
        curves = PlotlyView(elem_id="longrange-curves")
    return LiveCell(part, about, engine, distance, train, stop, meter, result, curves)


def show(problem: str, cancel: Event | None, request: gr.Request) -> list[Any]:
    """All that depends on the problem; a training of another one is stopped."""
    stop(cancel)
    try:
        return _shown(problem, lang_of(request))
    except UserError as e:
        raise toast(e, lang_of(request)) from e


@user_errors_only
def _shown(problem: str, lang: str) -> list[Any]:
    """A cell is offered for the problems that train in a minute."""
    problem = problem if problem in NAMES else NAMES[0]
    runs, trainable = results_of(problem), problem in PROBLEMS
    distances = list(PROBLEMS[problem].distances) if trainable else []
    first = distances[1] if trainable else 0
    table = long_range_content.table(problem, runs, lang)
    return [
        long_range_content.about(problem, lang),
        *_sample_values(problem, first, lang),
        long_range_content.sentence(problem, runs, lang),
        long_range_content.figure(problem, runs, lang),
        {"caption": said("longrange.table", lang), **table} if table["rows"] else None,
        long_range_content.trained_how(problem, lang),
        long_range_content.settings(problem, runs, lang) if table["rows"] else None,
        gr.Column(visible=trainable),
        said("longrange.live.about", lang, most=int(MOST_SECONDS)),
        gr.skip(),
        gr.Radio([(str(d), d) for d in distances], value=first) if trainable else gr.skip(),
        None,
        "",
        None,
    ]


def show_sample(problem: str, distance: int, request: gr.Request) -> list[Any]:
    """Another sample."""
    problem = problem if problem in NAMES else NAMES[0]
    distances = PROBLEMS[problem].distances if problem in PROBLEMS else (0,)
    return _sample_values(problem, distance if distance in distances else distances[0], lang_of(request))


def _sample_values(problem: str, distance: int, lang: str) -> list[Any]:
    text, numbers, chips = long_range_content.sample(problem, distance, random.randrange(1_000_000), lang)
    return [text, gr.Column(visible=numbers is not None), gr.Column(visible=chips is not None), numbers, chips]


def begin(request: gr.Request) -> list[Any]:
    """The token that stops a new training, and its parts while it waits."""
    waiting = {"share": 0.0, "text": said("longrange.waiting", lang_of(request))}
    return [Event(), gr.Button(interactive=False), gr.Button(interactive=True), waiting, "", None]


def train(
    problem: str, engine: str, distance: int, cancel: Event, request: gr.Request
) -> Iterator[tuple[Any, Any, Any]]:
    """The training of a cell, and a sentence where there is none."""
    lang = lang_of(request)
    try:
        yield from live(*check_cell(problem, engine, distance), cancel, lang)
    except UserError as e:
        yield None, None, e.words.say(lang)


def check_cell(problem: Any, engine: Any, distance: Any) -> tuple[str, str, int]:
    """The cell.

    Raises:
        UserError: there is no such cell.
    """
    if problem in PROBLEMS and engine in engines.ENGINES and distance in PROBLEMS[problem].distances:
        return problem, engine, int(distance)
    raise mistake("longrange.choose")


@user_errors_only
def live(
    problem: str, engine: str, distance: int, cancel: Event, lang: str
) -> Iterator[tuple[dict[str, Any], Any, str]]:
    """(meter, curves, result in Markdown) a few times a second, until it is solved, out of time or cancelled."""
    seed, run, sent = secrets.randbelow(9_000) + 1_000, LiveRun(), 0.0
    options: dict[str, Any] = {"seed": seed, "seconds": MOST_SECONDS, "score_every": SCORE_EVERY}
    for step in train_cell(PROBLEMS[problem], engine, distance, stop=cancel.is_set, **options):
        run.losses.append(step.loss)
        score = step.run.score if step.run else step.score
        if score is not None:
            run.scores[0].append(step.step)
            run.scores[1].append(score)
        if step.run is None and time.monotonic() - sent < SECONDS_A_FRAME:
            continue
        sent = time.monotonic()
        curves = long_range_content.curves(problem, engine, distance, run, lang)
        result = long_range_content.result(step, lang, cancelled=cancel.is_set())
        yield long_range_content.meter(step, engine, seed, lang), curves, result


def end() -> list[Any]:
    """The buttons of a cell that does not train."""
    return [gr.Button(interactive=True), gr.Button(interactive=False)]


def stop(cancel: Event | None) -> None:
    """Ends the training that the session holds, if there is one."""
    if cancel:
        cancel.set()
