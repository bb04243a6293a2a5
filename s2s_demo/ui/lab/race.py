"""The race: engines learn the same small problem side by side, live, until time is up or the visitor stops them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from threading import Event
from typing import Any

import gradio as gr

from s2s_demo import engines
from s2s_demo.lab.race.race import FEWEST, HELD, LONGEST, MOST, STEPS, TIME, FifoSemaphore, RaceProgress, race
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN, NO_QUEUE
from s2s_demo.ui.lab import race_content
from s2s_demo.ui.lab.race_content import RaceRequest
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.race_view import RaceView
from s2s_demo.ui.words import T, lang_of, said

RUNNING, WAITING, SECONDS_A_FRAME = 2, 6, 0.7
RACES = FifoSemaphore(RUNNING, WAITING)
RACE_QUEUE: dict[str, Any] = {"concurrency_id": "race", "concurrency_limit": RUNNING + WAITING, **HIDDEN}
"""Everybody who waits holds a thread of the page, so there are as many as `RACES` has slots."""


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.race.about"))
    names = race_content.names()
    tasks = [(T(f"task.{name}"), name) for name in names]
    task = gr.Radio(tasks, value=names[0], label=T("race.task"), elem_id="race-task")
    about = gr.Markdown(elem_classes="quiet", elem_id="race-told")
    settings = _settings()
    with gr.Row():
        go = gr.Button(T("race.go"), variant="primary", elem_id="race-go")
        stop = gr.Button(T("race.stop"), variant="stop", interactive=False, elem_id="race-stop")
    field = RaceView(elem_id="race-field")
    figures = []
    with gr.Row():
        for kind in race_content.KINDS:
            with gr.Column(min_width=320):
                title = gr.Markdown(elem_classes="quiet", elem_id=f"race-{kind}-title")
                figures += [title, PlotlyView(elem_id=f"race-{kind}")]
    table = gr.Dataframe(
        visible=False, interactive=False, wrap=True, label=T("race.table"), buttons=["copy"], elem_id="race-table"
    )
    cancel = gr.State(None, delete_callback=stop_race)
    gr.on([*opened, task.input], describe, task, about, trigger_mode="always_last", **NO_QUEUE)
    outputs = [cancel, go, stop, field, *figures, table]
    go.click(start, [task, *settings], outputs, trigger_mode="once", **RACE_QUEUE)
    stop.click(stop_race, cancel, None, **NO_QUEUE)


def _settings() -> list[Any]:
    """Engines, kind of race, seconds, seed."""
    choices = [(T(f"engine.{name}"), name) for name in engines.ENGINES]
    names = gr.CheckboxGroup(choices, value=list(engines.ENGINES)[:MOST], label=T("race.who"), elem_id="race-who")
    with gr.Row(equal_height=True):
        kinds = [(T("race.by.steps"), STEPS), (T("race.by.time"), TIME)]
        by = gr.Radio(kinds, value=STEPS, label=T("race.by"), scale=3, min_width=300, elem_id="race-by")
        seconds = gr.Slider(
            10, LONGEST, 60, step=5, label=T("race.seconds"), buttons=[], scale=3, min_width=260, elem_id="race-seconds"
        )
        seed = gr.Number(
            0, label=T("race.seed"), precision=0, minimum=0, maximum=9999, scale=1, min_width=110, elem_id="race-seed"
        )
    return [names, by, seconds, seed]


def describe(task: str, request: gr.Request) -> str:
    """What is raced on."""
    return race_content.description(task, lang_of(request))


def stop_race(cancel: Event | None) -> None:
    """Ends the race that the session holds, if there is one."""
    if cancel:
        cancel.set()


def start(
    task: str, names: list[str], by: str, seconds: float, seed: float | None, request: gr.Request
) -> Iterator[list[Any]]:
    """The race, and a sentence where there is none."""
    lang, cancel = lang_of(request), Event()
    names, by = [name for name in engines.ENGINES if name in names], by if by in (STEPS, TIME) else STEPS
    asked = RaceRequest(task, names, by, min(max(float(seconds), 1), LONGEST), int(seed or 0) % 10_000, lang)
    try:
        yield from run(asked, cancel)
    except UserError as e:
        yield _refused(e.words.say(lang), cancel)


@user_errors_only
def run(asked: RaceRequest, cancel: Event) -> Iterator[list[Any]]:
    """Waits for a slot, then races; the slot is released however it ends, also when the visitor leaves."""
    if asked.task not in race_content.names() or not FEWEST <= len(asked.names) <= MOST:
        yield _refused(said("race.few", asked.lang), cancel)
        return
    slot = RACES.acquire()
    if slot is None:
        yield _refused(said("race.full", asked.lang), cancel)
        return
    try:
        while place := RACES.position(slot):
            if cancel.is_set():
                yield _refused(said("race.gone", asked.lang), cancel)
                return
            yield _waiting(said("race.waiting", asked.lang, racing=RUNNING, place=place), cancel)
            time.sleep(SECONDS_A_FRAME)
        yield _waiting(said("race.preparing", asked.lang), cancel)
        titles: list[Any] = [said(f"race.{kind}.title", asked.lang, n=HELD) for kind in race_content.KINDS]
        options = {"by": asked.by, "seconds": asked.seconds, "seed": asked.seed}
        for progress in race(asked.task, asked.names, every=SECONDS_A_FRAME, stop=cancel.is_set, **options):
            yield _frame(asked, progress, titles, stopped=cancel.is_set())
            titles = [gr.skip()] * len(titles)
    finally:
        RACES.release(slot)


def _frame(asked: RaceRequest, progress: RaceProgress, titles: list[Any], *, stopped: bool) -> list[Any]:
    """The outputs at one time; what has not changed is not sent again, for a browser may be slow."""
    key = "running" if not progress.over else "stopped" if stopped else "over"
    line = said(f"race.{key}", asked.lang, elapsed=progress.elapsed, left=progress.left)
    figures = race_content.figures(progress, asked.by, asked.seconds, asked.lang)
    pairs = [part for pair in zip(titles, figures, strict=True) for part in pair]
    buttons, table = [gr.skip(), gr.skip()], gr.skip()
    if progress.over:
        rows, headers = race_content.table(progress, asked.lang), race_content.headers(asked.lang)
        buttons, table = _buttons(running=False), gr.update(value=rows, headers=headers, visible=True)
    return [gr.skip(), *buttons, race_content.field(asked.task, progress, line, asked.lang), *pairs, table]


def _buttons(*, running: bool) -> list[Any]:
    return [gr.update(interactive=not running), gr.update(interactive=running)]


def _waiting(line: str, cancel: Event) -> list[Any]:
    """A race that has not begun: the figures of the last one are gone."""
    figures = ["", None] * len(race_content.KINDS)
    return [cancel, *_buttons(running=True), {"line": line}, *figures, gr.update(visible=False)]


def _refused(line: str, cancel: Event) -> list[Any]:
    """No race, and why."""
    figures = [gr.skip()] * (2 * len(race_content.KINDS))
    return [cancel, *_buttons(running=False), {"line": line}, *figures, gr.skip()]
