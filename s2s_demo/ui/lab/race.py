"""The race: engines learn the same small problem side by side, live, until time is up or the visitor stops them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import gradio as gr

from s2s_demo import engines
from s2s_demo.lab.race.race import FEWEST, HELD, LONGEST, MOST, STEPS, TIME, Line, Moment, race
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN, NO_QUEUE
from s2s_demo.ui.lab import race_content
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.race_view import RaceView
from s2s_demo.ui.words import T, lang_of, said

RACING, WAITING, BEAT = 2, 6, 0.7
LINE = Line(RACING, WAITING)
RACED = {
    "concurrency_id": "race",
    "concurrency_limit": RACING + WAITING,
    **HIDDEN,
}
"""Everybody who waits holds a thread of the page, so there are as many as the line has places."""


class Wish:
    """Whether one visitor wants one race to stop."""

    def __init__(self) -> None:
        self.stopped = False

    def stop(self) -> None:
        """From now on it does."""
        self.stopped = True


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.race.about"))
    names = race_content.names()
    task = gr.Radio(
        [(T(f"task.{name}"), name) for name in names], value=names[0], label=T("race.task"), elem_id="race-task"
    )
    told = gr.Markdown(elem_classes="quiet", elem_id="race-told")
    everyone = [(T(f"engine.{engine.name}"), engine.name) for engine in engines.ENGINES.values()]
    who = gr.CheckboxGroup(everyone, value=list(engines.ENGINES)[:MOST], label=T("race.who"), elem_id="race-who")
    with gr.Row(equal_height=True):
        by = gr.Radio(
            [(T("race.by.steps"), STEPS), (T("race.by.time"), TIME)],
            value=STEPS,
            label=T("race.by"),
            scale=3,
            min_width=300,
            elem_id="race-by",
        )
        seconds = gr.Slider(
            10, LONGEST, 60, step=5, label=T("race.seconds"), buttons=[], scale=3, min_width=260, elem_id="race-seconds"
        )
        seed = gr.Number(
            0, label=T("race.seed"), precision=0, minimum=0, maximum=9999, scale=1, min_width=110, elem_id="race-seed"
        )
    with gr.Row():
        go = gr.Button(T("race.go"), variant="primary", elem_id="race-go")
        stop = gr.Button(T("race.stop"), variant="stop", interactive=False, elem_id="race-stop")
    field = RaceView(elem_id="race-field")
    views = []
    with gr.Row():
        for kind in race_content.KINDS:
            with gr.Column(min_width=320):
                title = gr.Markdown(elem_classes="quiet", elem_id=f"race-{kind}-title")
                views += [title, PlotlyView(elem_id=f"race-{kind}")]
    table = gr.Dataframe(
        visible=False, interactive=False, wrap=True, label=T("race.table"), buttons=["copy"], elem_id="race-table"
    )
    wish = gr.State(None, delete_callback=lambda held: held.stop() if held else None)

    def start(
        task: str, who: list[str], by: str, seconds: float, seed: float | None, request: gr.Request
    ) -> Iterator[list[Any]]:
        lang, mine = lang_of(request), Wish()
        who = [name for name in engines.ENGINES if name in who]
        fit = {"who": who, "by": by if by in (STEPS, TIME) else STEPS, "seconds": min(max(float(seconds), 1), LONGEST)}
        try:
            yield from _run(task, fit, int(seed or 0) % 10_000, mine, lang)
        except UserError as e:
            yield _still(e.words.say(lang), mine)

    def about(name: str, request: gr.Request) -> str:
        return race_content.told(name, lang_of(request))

    gr.on([*opened, task.input], about, task, told, trigger_mode="always_last", **NO_QUEUE)
    outputs = [wish, go, stop, field, *views, table]
    go.click(start, [task, who, by, seconds, seed], outputs, trigger_mode="once", **RACED)
    stop.click(lambda held: held.stop() if held else None, wish, None, **NO_QUEUE)


@user_errors_only
def _run(name: str, fit: dict[str, Any], seed: int, wish: Wish, lang: str) -> Iterator[list[Any]]:
    """Waits for a place in the line, then races; whoever leaves, at whatever moment, makes room."""
    if name not in race_content.names() or not FEWEST <= len(fit["who"]) <= MOST:
        yield _still(said("race.few", lang), wish)
        return
    ticket = LINE.enter()
    if ticket is None:
        yield _still(said("race.full", lang), wish)
        return
    try:
        while place := LINE.place(ticket):
            if wish.stopped:
                yield _still(said("race.gone", lang), wish)
                return
            yield _busy(said("race.waiting", lang, racing=RACING, place=place), wish)
            time.sleep(BEAT)
        yield _busy(said("race.preparing", lang), wish)
        titles: list[Any] = _titles(lang)
        for moment in race(name, **fit, seed=seed, every=BEAT, stop=lambda: wish.stopped):
            yield _shown(name, fit, moment, titles, wish, lang)
            titles = [gr.skip()] * len(titles)
    finally:
        LINE.leave(ticket)


def _shown(name: str, fit: dict[str, Any], moment: Moment, titles: list[Any], wish: Wish, lang: str) -> list[Any]:
    """One moment; what has not changed is not sent again, for a browser may be slow."""
    key = "running" if not moment.over else "stopped" if wish.stopped else "over"
    line = said(f"race.{key}", lang, elapsed=moment.elapsed, left=moment.left)
    drawn = race_content.figures(moment, fit["by"], fit["seconds"], lang)
    pairs = [part for title, figure in zip(titles, drawn, strict=True) for part in (title, figure)]
    buttons, result = [gr.skip(), gr.skip()], gr.skip()
    if moment.over:
        buttons = _buttons(running=False)
        result = gr.update(value=race_content.rows(moment, lang), headers=race_content.heads(lang), visible=True)
    return [gr.skip(), *buttons, race_content.field(name, moment, line, lang), *pairs, result]


def _titles(lang: str) -> list[str]:
    return [said(f"race.{kind}.title", lang, n=HELD) for kind in race_content.KINDS]


def _buttons(*, running: bool) -> list[Any]:
    return [gr.update(interactive=not running), gr.update(interactive=running)]


def _busy(line: str, wish: Wish) -> list[Any]:
    """A race that is not seen yet: the last one's pictures are gone."""
    nothing = [part for _ in race_content.KINDS for part in ("", None)]
    return [wish, *_buttons(running=True), {"line": line}, *nothing, gr.update(visible=False)]


def _still(line: str, wish: Wish) -> list[Any]:
    """No race, and why."""
    nothing = [gr.skip()] * (2 * len(race_content.KINDS))
    return [wish, *_buttons(running=False), {"line": line}, *nothing, gr.skip()]
