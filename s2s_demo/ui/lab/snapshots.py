"""The time machine: one small training, seen again moment by moment, and every training seen from inside."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo import tasks
from s2s_demo.lab.snapshots import store
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN_MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.lab import snapshots_content
from s2s_demo.ui.task import answering
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of

LAST = {"trigger_mode": "always_last"}
BEAT = 0.9


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.time.about"))
    names = snapshots_content.names()
    if not names:
        gr.Markdown(T("time.none"), elem_id="time-none")
        return
    first = tasks.get(names[0])
    last = len(store.run_of(names[0]).steps) - 1
    task = gr.Radio(
        [(T(f"task.{name}"), name) for name in names], value=names[0], label=T("time.task"), elem_id="time-task"
    )
    run = gr.Markdown(elem_classes="quiet", elem_id="time-run")
    x = gr.Textbox(label=T("time.x"), value=_examples(names[0])[0], max_lines=2, elem_id="time-x")
    clip = gr.Radio([], label=T("time.clip"), visible=False, elem_id="time-clip")
    examples = gr.Dataset(
        components=[x], samples=[[e] for e in _examples(first.name)], label=T("examples"), elem_id="time-examples"
    )
    with gr.Row(equal_height=True):
        moment = gr.Slider(0, last, 0, step=1, label=T("time.snapshot"), buttons=[], scale=5, elem_id="time-moment")
        play = gr.Button(T("time.play"), scale=1, min_width=230, elem_id="time-play")
    heading = gr.Markdown(elem_id="time-heading")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            # both stay in the page, the unused one empty: a view that is taken away would still answer for the channel
            answer = AnswerView(channel="time", elem_id="time-answer")
            film = FilmView(player="time-no-player", channel="time", elem_id="time-film")
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(T("time.score"), elem_classes="quiet")
            learned = PlotlyView(elem_id="time-learning")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            lens = gr.Dropdown([], label=T("time.lens"), allow_custom_value=True, elem_id="time-lens-kind")
            matrix = PlotlyView(channel="time", elem_id="time-lens")
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(T("time.curve"), elem_classes="quiet")
            curve = PlotlyView(elem_id="time-curve")
            about = gr.Markdown(elem_classes="quiet", elem_id="time-half")
    gr.Markdown(T("time.inside"), elem_classes="heading")
    gr.Markdown(T("time.inside.about"), elem_classes="quiet")
    model = gr.Dropdown([], label=T("time.model"), allow_custom_value=True, elem_id="time-model")
    unrecorded = gr.Markdown(elem_classes="quiet", elem_id="time-unrecorded")
    inside = PlotlyView(elem_id="time-inside")
    step, seen, clock = gr.State(None), gr.State(False), gr.Timer(BEAT, active=False)
    outputs = [heading, answer, film, learned, lens, matrix, curve, about, step]

    def show(
        name: str, text: str, clip: str | None, moment: int, lens: str, step: int | None, request: gr.Request
    ) -> list[Any]:
        lang, video = lang_of(request), tasks.get(name).input == "video"
        try:
            found = snapshots_content.scene(name, moment, clip if video else text, lens or "", step, lang)
        except UserError as e:
            return _trouble(error_view(e, lang), video)
        return [
            found.heading,
            None if video else found.answer,
            found.answer if video else None,
            found.learning,
            gr.update(choices=list(found.lenses), value=found.lens),
            found.matrix,
            found.curve,
            found.about_curve,
            found.step,
        ]

    def anew(name: str, text: str, clip: str | None, moment: int, lens: str, request: gr.Request) -> list[Any]:
        return show(name, text, clip, moment, lens, None, request)

    def choose(name: str, request: gr.Request) -> list[Any]:
        """What stands around the answer for a task that was chosen just now."""
        lang, clips = lang_of(request), tasks.get(name).clips
        shown = [(caption.say(lang), key) for key, caption in clips.items()]
        typed = not clips
        listed = snapshots_content.models(name, lang)
        return [
            snapshots_content.told(name, lang),
            gr.update(value=_examples(name)[0] if typed else "", visible=typed),
            # for what is typed the clips stay: a request on its way may still name one
            gr.update(visible=False) if typed else gr.update(choices=shown, value=next(iter(clips)), visible=True),
            gr.update(samples=[[e] for e in _examples(name)] if typed else [[""]], visible=typed),
            gr.update(value=len(store.run_of(name).steps) // 2),
            gr.update(choices=listed, value=listed[0][1]),
            gr.update(value=""),
        ]

    def enter(name: str, seen: bool, request: gr.Request) -> list[Any]:
        return [*[gr.skip()] * 7, True] if seen else [*choose(name, request), True]

    def look_inside(name: str, model: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            return list(snapshots_content.from_inside(name, model, lang))
        except UserError as e:
            return [None, e.words.say(lang)]

    def beat(
        name: str, text: str, clip: str | None, moment: int, lens: str, step: int | None, request: gr.Request
    ) -> list[Any]:
        moment = min(int(moment) + 1, len(store.run_of(name).steps) - 1)
        done = moment == len(store.run_of(name).steps) - 1
        label = T("time.play") if done else gr.skip()
        return [
            moment,
            gr.Timer(active=not done),
            label,
            not done,
            *show(name, text, clip, moment, lens, step, request),
        ]

    def switch(moment: int, playing: bool) -> list[Any]:
        return (
            [gr.skip(), gr.Timer(active=False), T("time.play"), False]
            if playing
            else [
                0,
                gr.Timer(active=True),
                T("time.pause"),
                True,
            ]
        )

    def pick(step: int | None, request: gr.Request, event: gr.EventData) -> int | None:
        row = event._data.get("row") if isinstance(event._data, dict) else None
        return row if isinstance(row, int) and 0 <= row < answering.LONGEST_SHOWN else step

    playing = gr.State(False)
    asked = [task, x, clip, moment, lens]
    around = [run, x, clip, examples, moment, model, lens]
    shown = {"fn": show, "inputs": [*asked, step], "outputs": outputs}
    again = {"fn": anew, "inputs": asked, "outputs": outputs}
    looked = {"fn": look_inside, "inputs": [task, model], "outputs": [inside, unrecorded]}
    entered = gr.on(opened, enter, [task, seen], [*around, seen], trigger_mode="once", **NO_QUEUE)
    entered.then(**again, **HIDDEN_MODEL_QUEUE).then(**looked, **NO_QUEUE)
    chosen = task.input(choose, task, around, **LAST, **NO_QUEUE)
    chosen.then(**again, **HIDDEN_MODEL_QUEUE).then(**looked, **NO_QUEUE)
    gr.on([x.submit, clip.input], **again, **LAST, **HIDDEN_MODEL_QUEUE)
    examples.click(lambda sample: sample[0], examples, x, **NO_QUEUE).then(**again, **HIDDEN_MODEL_QUEUE)
    gr.on([moment.input, lens.input], **shown, **LAST, **NO_QUEUE)
    for source in (answer.pick, film.pick, matrix.cell):  # type: ignore[attr-defined]
        source(pick, step, step, **NO_QUEUE).then(**shown, **NO_QUEUE)
    model.input(**looked, **LAST, **NO_QUEUE)
    play.click(switch, [moment, playing], [moment, clock, play, playing], **NO_QUEUE).then(**shown, **NO_QUEUE)
    clock.tick(beat, [*asked, step], [moment, clock, play, playing, *outputs], **NO_QUEUE)


def _examples(name: str) -> list[str]:
    """Examples short enough to be looked into."""
    task = snapshots_content.shown_as(name)
    return [e for e in task.examples if len(e.split()) <= 24 and len(e) <= 80] or [""]


def _trouble(view: dict[str, Any], video: bool) -> list[Any]:
    """The outputs where there is no answer: a view that says why."""
    return ["", *([None, view] if video else [view, None]), gr.skip(), gr.skip(), None, None, "", None]
