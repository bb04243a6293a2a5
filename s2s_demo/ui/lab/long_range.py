"""The long-range laboratory: score against distance for every engine, and one cell trained live."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

import gradio as gr

from s2s_demo import engines
from s2s_demo.lab.long_range.problems import PROBLEMS
from s2s_demo.lab.long_range.runs import kept
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN, NO_QUEUE
from s2s_demo.ui.lab import long_range_content, long_range_live
from s2s_demo.ui.lab.long_range_live import Flag
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.small_views import Chips, Meter, Table
from s2s_demo.ui.words import T, lang_of, said, toast

KINDS = tuple(long_range_content.LOW)
TRAINED = {
    "concurrency_id": "longrange",
    "concurrency_limit": 2,
    **HIDDEN,
}


class Cell(NamedTuple):
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
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.longrange.about"))
    kinds = [(T(f"longrange.{kind}"), kind) for kind in KINDS]
    problem = gr.Radio(kinds, value=KINDS[0], label=T("longrange.problem"), elem_id="longrange-problem")
    about = gr.Markdown(elem_id="longrange-about")
    gr.Markdown(T("longrange.sample"), elem_classes="heading")
    told = gr.Markdown(elem_id="longrange-told")
    with gr.Column() as with_numbers:
        numbers = PlotlyView(elem_id="longrange-numbers")
    with gr.Column(visible=False) as with_chips:
        chips = Chips(elem_id="longrange-chips")
    another = gr.Button(T("longrange.another"), size="sm", elem_id="longrange-another")
    gr.Markdown(T("longrange.grid"), elem_classes="heading")
    says = gr.Markdown(elem_id="longrange-says")
    figure = PlotlyView(elem_id="longrange-figure")
    gr.Markdown(T("longrange.grid.about"), elem_classes="quiet")
    table = Table(elem_id="longrange-table")
    with gr.Accordion(T("longrange.settings"), open=False):
        how = gr.Markdown(elem_classes="quiet")
        built = Table(elem_id="longrange-settings")
    cell = _cell()
    flag = gr.State(Flag())

    def show(problem: str, flag: Flag, request: gr.Request) -> list[Any]:
        flag.raised = True
        try:
            return _shown(problem, lang_of(request))
        except UserError as e:
            raise toast(e, lang_of(request)) from e

    def begin(lang: gr.Request) -> list[Any]:
        waiting = {"share": 0.0, "text": said("longrange.waiting", lang_of(lang))}
        return [Flag(), gr.Button(interactive=False), gr.Button(interactive=True), waiting, "", None]

    def run(
        problem: str, engine: str, distance: int, flag: Flag, request: gr.Request
    ) -> Iterator[tuple[Any, Any, Any]]:
        lang = lang_of(request)
        try:
            yield from long_range_live.train(*long_range_live.cell_of(problem, engine, distance), flag, lang)
        except UserError as e:
            yield None, None, e.words.say(lang)

    def halt(flag: Flag) -> None:
        flag.raised = True

    pictured = [told, with_numbers, with_chips, numbers, chips]
    outputs = [about, *pictured, says, figure, table, how, built, *cell[:4], cell.meter, cell.result, cell.curves]
    gr.on([*opened, problem.input], show, [problem, flag], outputs, trigger_mode="always_last", **NO_QUEUE)
    gr.on([another.click, cell.distance.input], _pictured, [problem, cell.distance], pictured, **NO_QUEUE)
    fresh = [flag, cell.train, cell.stop, cell.meter, cell.result, cell.curves]
    ready = cell.train.click(begin, None, fresh, trigger_mode="once", **NO_QUEUE)
    asked = [problem, cell.engine, cell.distance, flag]
    done = ready.then(run, asked, [cell.meter, cell.curves, cell.result], **TRAINED)
    done.then(
        lambda: [gr.Button(interactive=True), gr.Button(interactive=False)], None, [cell.train, cell.stop], **NO_QUEUE
    )
    cell.stop.click(halt, flag, None, **NO_QUEUE)


def _cell() -> Cell:
    with gr.Column() as part:
        gr.Markdown(T("longrange.live"), elem_classes="heading")
        about = gr.Markdown(elem_classes="quiet")
        names = [(T(f"engine.{name}"), name) for name in engines.ENGINES]
        engine = gr.Radio(
            names,
            value="gru" if "gru" in engines.ENGINES else names[0][1],
            label=T("engine"),
            elem_id="longrange-engine",
        )
        distance = gr.Radio([], label=T("longrange.distance"), elem_id="longrange-distance")
        with gr.Row():
            train = gr.Button(T("longrange.train"), variant="primary", elem_id="longrange-train")
            stop = gr.Button(T("longrange.stop"), interactive=False, elem_id="longrange-stop")
        meter = Meter(elem_id="longrange-meter")
        result = gr.Markdown(elem_id="longrange-result")
        curves = PlotlyView(elem_id="longrange-curves")
    return Cell(part, about, engine, distance, train, stop, meter, result, curves)


@user_errors_only
def _shown(problem: str, lang: str) -> list[Any]:
    """Everything that depends on the problem; the cell is offered for the problems that train in a minute."""
    problem = problem if problem in KINDS else KINDS[0]
    found, alive = kept(problem), problem in PROBLEMS
    distances = list(PROBLEMS[problem].distances) if alive else []
    first = distances[1] if alive else 0
    heads, rows = long_range_content.table(problem, found, lang)
    more_heads, more_rows = long_range_content.settings(problem, found, lang)
    return [
        long_range_content.about(problem, lang),
        *_sample(problem, first, lang),
        long_range_content.sentence(problem, found, lang),
        long_range_content.figure(problem, found, lang),
        {"caption": said("longrange.table", lang), "heads": heads, "rows": rows} if rows else None,
        long_range_content.trained_how(problem, lang),
        {"heads": more_heads, "rows": more_rows} if rows else None,
        gr.Column(visible=alive),
        said("longrange.live.about", lang, most=int(long_range_live.MOST_SECONDS)),
        gr.skip(),
        gr.Radio([(str(d), d) for d in distances], value=first) if alive else gr.skip(),
        None,
        "",
        None,
    ]


def _pictured(problem: str, distance: int, request: gr.Request) -> list[Any]:
    problem = problem if problem in KINDS else KINDS[0]
    known = PROBLEMS[problem].distances if problem in PROBLEMS else (0,)
    return _sample(problem, distance if distance in known else known[0], lang_of(request))


def _sample(problem: str, distance: int, lang: str) -> list[Any]:
    told, numbers, chips = long_range_content.sample(problem, distance, random.randrange(1_000_000), lang)
    return [told, gr.Column(visible=numbers is not None), gr.Column(visible=chips is not None), numbers, chips]
