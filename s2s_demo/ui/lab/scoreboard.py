"""The scoreboard, and a short dialogue that ends in one of its rows."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import gradio as gr
import plotly.graph_objects as go

from s2s_demo import checkpoints, tasks
from s2s_demo.lab.scoreboard import timing
from s2s_demo.lab.scoreboard.choose import Answers, Choice, choose
from s2s_demo.lab.scoreboard.figures import Mark, score_against_cost
from s2s_demo.lab.scoreboard.rows import Board, Key, board
from s2s_demo.lab.scoreboard.timing import Timing, machine
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.lab.advice import OPTIONS, advice
from s2s_demo.ui.lab.scoreboard_content import board_table, title
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.board_view import AdviceView, BoardView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of, machine_in, mistake, said, said_of

ALL = "all"
FIRST = {"far": "sequence", "where": "server", "stream": "no", "reuse": "yes"}
SECONDS_A_FRAME = 0.5
Timings = dict[Key, Timing]


@dataclass(frozen=True)
class BoardRequest:
    """What a visitor looks at."""

    task: str
    """Or `ALL`."""
    timings: Timings
    """Measured in this session."""
    across: str
    """The x axis of the picture: "parameters" or "time"."""
    answers: Answers
    lang: str


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.board.about"))
    choices = [*((T(f"task.{name}"), name) for name in tasks.TASKS), (T("board.task.all"), ALL)]
    task = gr.Dropdown(choices, value=choices[0][1], label=T("board.task"), interactive=True, elem_id="board-task")
    timings = gr.State({})
    with gr.Row(equal_height=True, elem_id="board-measuring") as measuring:
        go_on = gr.Button(T("board.measure"), variant="primary", scale=0, min_width=200, elem_id="board-measure")
        stop = gr.Button(T("board.stop"), scale=0, min_width=110, elem_id="board-stop", interactive=False)
    note = gr.Markdown(elem_id="board-note", elem_classes="quiet")
    rows = BoardView(elem_id="board-table")
    with gr.Accordion(T("board.how"), open=False, elem_id="board-how"):
        gr.Markdown(T("board.how.text"))
    with gr.Column(elem_id="board-one") as one:
        gr.Markdown(f"## {T('board.choose')}", elem_classes="heading")
        gr.Markdown(T("board.choose.about"), elem_classes="quiet")
        asked = [_question(question) for question in OPTIONS]
        advised = AdviceView(elem_id="board-advice")
        gr.Markdown(f"## {T('board.picture')}", elem_classes="heading")
        gr.Markdown(T("board.picture.about"), elem_classes="quiet")
        axes = [(T(f"board.picture.{key}"), key) for key in ("parameters", "time")]
        across = gr.Radio(axes, value="parameters", label=T("board.picture.x"), elem_id="board-across")
        unmeasured = gr.Markdown(elem_classes="quiet", elem_id="board-unmeasured")
        picture = PlotlyView(elem_id="board-picture")

    given, shown = [task, timings, across, *asked], [rows, advised, unmeasured, picture]
    around = {"fn": show_note, "inputs": [task, timings], "outputs": [note, measuring, one]}
    gr.on(opened, show, given, shown, trigger_mode="once", show_progress_on=rows, **MODEL_QUEUE).then(
        **around, **NO_QUEUE
    )
    task.input(show, given, shown, trigger_mode="always_last", show_progress_on=rows, **MODEL_QUEUE).then(
        **around, **NO_QUEUE
    )
    gr.on([radio.input for radio in (*asked, across)], show, given, shown, trigger_mode="always_last", **NO_QUEUE)
    buttons = {"inputs": None, "outputs": [go_on, stop, task]}
    run = go_on.click(_busy, **buttons, **NO_QUEUE).then(measure, given, [timings, rows, note], **MODEL_QUEUE)
    run.then(_idle, **buttons, **NO_QUEUE).then(show, given, shown, **NO_QUEUE)
    stopped = stop.click(_idle, **buttons, cancels=[run], **NO_QUEUE)
    stopped.then(show, given, shown, **NO_QUEUE).then(**around, **NO_QUEUE)


def _question(name: str) -> gr.Radio:
    choices = [(T(f"board.choose.{name}.{option}"), option) for option in OPTIONS[name]]
    return gr.Radio(choices, value=FIRST[name], label=T(f"board.choose.{name}"), elem_id=f"choose-{name}")


def _busy() -> list[Any]:
    return [gr.Button(interactive=False), gr.Button(interactive=True), gr.Dropdown(interactive=False)]


def _idle() -> list[Any]:
    return [gr.Button(interactive=True), gr.Button(interactive=False), gr.Dropdown(interactive=True)]


def show(
    task: str, timings: Timings, across: str, far: str, where: str, stream: str, reuse: str, request: gr.Request
) -> list[Any]:
    """The table; of a single task also the advice, a note where the picture has no numbers yet, and the picture."""
    lang = lang_of(request)
    try:
        return view(BoardRequest(task, timings, across, Answers(far, where, stream, reuse), lang))
    except UserError as e:
        return [None, None, e.words.say(lang), None]


@user_errors_only
def view(asked: BoardRequest) -> list[Any]:
    """The same, or a UserError."""
    boards, lang = boards_of(asked.task, asked.timings), asked.lang
    if len(boards) != 1 or not boards[0].rows:
        empty = said("board.empty", lang) if not any(one.rows for one in boards) else ""
        return [board_table(boards, lang), None, empty, None]
    one = boards[0]
    choice = choose(one, asked.answers)
    figure = figure_of(one, choice, asked.across, lang)
    note = said("board.picture.unmeasured", lang) if figure is None else _marks(one, lang)
    return [board_table(boards, lang, choice.row.key), advice(one, asked.answers, choice, lang), note, figure]


def _marks(one: Board, lang: str) -> str:
    """Which approach has filled and which open marks, where there are two."""
    approaches = [said(f"approach.{name}", lang) for name in dict.fromkeys(row.approach for row in one.rows)]
    if len(approaches) < 2:
        return ""
    return said("board.picture.marks", lang, filled=approaches[0], open=", ".join(approaches[1:]))


def boards_of(task: str, timings: Timings) -> list[Board]:
    """The board of a task, or those of all, with the timings that were taken.

    Raises:
        UserError: there is no such task.
    """
    boards = [board(name) for name in (tasks.TASKS if task == ALL else (tasks.get(task).name,))]
    return [replace(one, rows=tuple(replace(row, timing=timings.get(row.key)) for row in one.rows)) for one in boards]


def figure_of(one: Board, choice: Choice, across: str, lang: str) -> go.Figure | None:
    """Score against parameters, or against the median time of an answer; None where no engine was timed."""
    several = len({row.approach for row in one.rows}) > 1
    marks = []
    for row in one.rows:
        cost = row.parameters if across == "parameters" else row.timing.p50 * 1000 if row.timing else 0
        if cost and row.score:
            names, other = (title(row, lang), title(row, lang, approach=several)), row.approach != one.rows[0].approach
            marks.append(
                Mark(
                    row.engine,
                    *names,
                    cost,
                    row.score.mean,
                    row.score.least,
                    row.score.most,
                    open=other,
                    chosen=row.key == choice.row.key,
                )
            )
    if not marks:
        return None
    x_title, y_title = said(f"board.picture.{across}", lang), said_of("board.score", one.measure, lang)
    titles = {"x_title": x_title, "y_title": y_title, "baseline_title": said("board.baseline", lang)}
    return score_against_cost(marks, baseline=one.baseline, **titles)


def show_note(task: str, timings: Timings, request: gr.Request) -> list[Any]:
    """A note on the measurement, and whether its row and the parts for a single task are visible."""
    lang, single = lang_of(request), task != ALL
    taken = [one for key, one in timings.items() if key[0] == task]
    if not single:
        note = said("board.pick", lang)
    elif taken:
        note = _measured(task, taken, lang)
    else:
        note = said("board.unmeasured", lang, seconds=f"{timing.SECONDS:.0f}")
    return [note, gr.Row(visible=single), gr.Column(visible=single)]


def _measured(task: str, taken: list[Timing], lang: str) -> str:
    facts = {"n": taken[0].n, "xs": taken[0].xs, "steps": taken[0].steps, "machine": machine_in(machine(), lang)}
    gone = len(board(task).rows) - len(taken)
    return said("board.measured", lang, **facts) + (said("board.gone", lang, count=gone) if gone else "")


def measure(
    task: str, timings: Timings, across: str, far: str, where: str, stream: str, reuse: str, request: gr.Request
) -> Iterator[list[Any]]:
    """The timings, the table and the note, again and again while it measures; a stop keeps what was measured."""
    lang, answers = lang_of(request), Answers(far, where, stream, reuse)
    try:
        for measured, note in measurements(task, lang):
            timings = {**timings, **measured}
            one = boards_of(task, timings)
            yield [timings, board_table(one, lang, choose(one[0], answers).row.key) if measured else gr.skip(), note]
    except UserError as e:
        yield [timings, gr.skip(), e.words.say(lang)]


def measurements(task: str, lang: str) -> Iterator[tuple[Timings, str]]:
    """(timings so far, what to say), about twice a second and once at the end.

    Raises:
        UserError: there is no engine that could answer.
    """
    models = {
        row.key: partial(checkpoints.load, row.task, row.engine, row.approach) for row in boards_of(task, {})[0].rows
    }
    rounds = _rounds(task, models)
    found: Timings = {}
    warmed, last = 0, 0.0
    while (new := _next(rounds)) is not None:
        found, warmed = new, warmed + (not new)
        if time.perf_counter() - last < SECONDS_A_FRAME:
            continue
        last = time.perf_counter()
        facts = {"most": timing.ROUNDS, "seconds": f"{timing.SECONDS:.0f}"}
        if found:
            yield found, said("board.measuring", lang, n=next(iter(found.values())).n, **facts)
        else:
            yield {}, said("board.warming", lang, done=warmed, count=len(models))
    if not found:
        raise mistake("board.nobody")
    yield found, _measured(task, list(found.values()), lang)


@user_errors_only
def _rounds(task: str, models: dict[Key, Any]) -> Iterator[Timings]:
    return timing.rounds(models, timing.examples(tasks.get(task)))


@user_errors_only
def _next(rounds: Iterator[Timings]) -> Timings | None:
    return next(rounds, None)
