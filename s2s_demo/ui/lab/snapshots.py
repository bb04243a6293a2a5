"""The time machine: one small training snapshot by snapshot, and the gradients and updates of every training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo import tasks
from s2s_demo.prediction import UserError
from s2s_demo.ui.events import HIDDEN_MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.lab import snapshots_content
from s2s_demo.ui.lab.snapshots_content import SnapshotRequest
from s2s_demo.ui.task.token_view import LONGEST_SHOWN
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of, said

LAST = {"trigger_mode": "always_last"}
SECONDS_A_SNAPSHOT = 0.9


@dataclass(frozen=True)
class Inputs:
    """What is chosen and typed, and the description of the run between them."""

    task: gr.Radio
    run: gr.Markdown
    x: gr.Textbox
    clip: gr.Radio
    examples: gr.Dataset
    number: gr.Slider
    play: gr.Button


@dataclass(frozen=True)
class Views:
    """What one snapshot shows."""

    heading: gr.Markdown
    answer: AnswerView
    film: FilmView
    learning: PlotlyView
    lens: gr.Dropdown
    matrix: PlotlyView
    curve: PlotlyView
    about_curve: gr.Markdown


@dataclass(frozen=True)
class Training:
    """A training of the task, and its figure."""

    model: gr.Dropdown
    note: gr.Markdown
    figure: PlotlyView


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.time.about"))
    names = snapshots_content.names()
    if not names:
        gr.Markdown(T("time.none"), elem_id="time-none")
        return
    _wire(opened, _inputs(names), _views(), _training())


def _inputs(names: list[str]) -> Inputs:
    choices = [(T(f"task.{name}"), name) for name in names]
    first = snapshots_content.best_learned(names)
    task = gr.Radio(choices, value=first, label=T("time.task"), elem_id="time-task")
    run = gr.Markdown(elem_classes="quiet", elem_id="time-run")
    texts = snapshots_content.examples(first)
    x = gr.Textbox(label=T("time.x"), value=texts[0], max_lines=2, elem_id="time-x")
    clip = gr.Radio([], label=T("time.clip"), visible=False, elem_id="time-clip")
    samples = [[text] for text in texts]
    examples = gr.Dataset(components=[x], samples=samples, label=T("examples"), elem_id="time-examples")
    with gr.Row(equal_height=True):
        last = snapshots_content.last_of(first)
        number = gr.Slider(0, last, 0, step=1, label=T("time.snapshot"), buttons=[], scale=5, elem_id="time-moment")
        play = gr.Button(T("time.play"), scale=1, min_width=230, elem_id="time-play")
    return Inputs(task, run, x, clip, examples, number, play)


def _views() -> Views:
    heading = gr.Markdown(elem_id="time-heading")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            # both stay in the page, the unused one empty: a view that is taken away would still answer for the channel
            answer = AnswerView(channel="time", elem_id="time-answer")
            film = FilmView(player="time-no-player", channel="time", elem_id="time-film")
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(T("time.score"), elem_classes="quiet")
            learning = PlotlyView(elem_id="time-learning")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            lens = gr.Dropdown([], label=T("time.lens"), allow_custom_value=True, elem_id="time-lens-kind")
            matrix = PlotlyView(channel="time", elem_id="time-lens")
        with gr.Column(scale=2, min_width=320):
            gr.Markdown(T("time.curve"), elem_classes="quiet")
            curve = PlotlyView(elem_id="time-curve")
            about_curve = gr.Markdown(elem_classes="quiet", elem_id="time-half")
    return Views(heading, answer, film, learning, lens, matrix, curve, about_curve)


def _training() -> Training:
    gr.Markdown(T("time.inside"), elem_classes="heading")
    gr.Markdown(T("time.inside.about"), elem_classes="quiet")
    model = gr.Dropdown([], label=T("time.model"), allow_custom_value=True, elem_id="time-model")
    note = gr.Markdown(elem_classes="quiet", elem_id="time-unrecorded")
    return Training(model, note, PlotlyView(elem_id="time-inside"))


def _wire(opened: list[Any], given: Inputs, views: Views, training: Training) -> None:
    step, visited = gr.State(None), gr.State(False)
    clock = gr.Timer(SECONDS_A_SNAPSHOT, active=False)
    playing = gr.State(False)
    asked = [given.task, given.x, given.clip, given.number, views.lens]
    around = [given.run, given.x, given.clip, given.examples, given.number, training.model, views.lens]
    player = [given.number, clock, given.play, playing]
    outputs = [*vars(views).values(), step]
    same_step: dict[str, Any] = {"fn": show, "inputs": [*asked, step], "outputs": outputs}
    first_step: dict[str, Any] = {"fn": show_first_step, "inputs": asked, "outputs": outputs}
    trained: dict[str, Any] = {
        "fn": show_training,
        "inputs": [given.task, training.model],
        "outputs": [training.figure, training.note],
    }
    entered = gr.on(opened, enter, [given.task, visited], [*around, visited], trigger_mode="once", **NO_QUEUE)
    entered.then(**first_step, **HIDDEN_MODEL_QUEUE).then(**trained, **NO_QUEUE)
    chosen = given.task.input(choose_task, given.task, around, **LAST, **NO_QUEUE)
    chosen.then(**first_step, **HIDDEN_MODEL_QUEUE).then(**trained, **NO_QUEUE)
    gr.on([given.x.submit, given.clip.input], **first_step, **LAST, **HIDDEN_MODEL_QUEUE)
    typed = given.examples.click(lambda sample: sample[0], given.examples, given.x, **NO_QUEUE)
    typed.then(**first_step, **HIDDEN_MODEL_QUEUE)
    gr.on([given.number.input, views.lens.input], **same_step, **LAST, **NO_QUEUE)
    for pick in (views.answer.pick, views.film.pick, views.matrix.cell):  # type: ignore[attr-defined]
        pick(pick_step, step, step, **NO_QUEUE).then(**same_step, **NO_QUEUE)
    training.model.input(**trained, **LAST, **NO_QUEUE)
    given.play.click(play_or_pause, [given.number, playing], player, **NO_QUEUE).then(**same_step, **NO_QUEUE)
    clock.tick(play_next, [*asked, step], [*player, *outputs], **NO_QUEUE)


def show(
    task: str, text: str, clip: str | None, number: int, lens: str, step: int | None, request: gr.Request
) -> list[Any]:
    """The views of one snapshot, and the output step they show."""
    lang, film = lang_of(request), input_of(tasks.get(task)).view is FilmView
    try:
        view = snapshots_content.view(
            SnapshotRequest(task, text if tasks.get(task).typed else clip, number, lens or "", step, lang)
        )
    except UserError as e:
        problem = error_view(e, lang)
        return ["", *([None, problem] if film else [problem, None]), gr.skip(), gr.skip(), None, None, "", None]
    return [
        view.heading,
        None if film else view.answer,
        view.answer if film else None,
        view.learning,
        gr.update(choices=list(view.lenses), value=view.lens),
        view.matrix,
        view.curve,
        view.about_curve,
        view.step,
    ]


def show_first_step(task: str, text: str, clip: str | None, number: int, lens: str, request: gr.Request) -> list[Any]:
    """The same at the output step that the task chooses."""
    return show(task, text, clip, number, lens, None, request)


def choose_task(task: str, request: gr.Request) -> list[Any]:
    """The description, the inputs and the choices of a task."""
    lang, clips = lang_of(request), tasks.get(task).clips
    typed = not clips
    trainings, texts = snapshots_content.trainings(task, lang), snapshots_content.examples(task)
    choices = [(caption.say(lang), key) for key, caption in clips.items()]
    return [
        snapshots_content.description(task, lang),
        gr.update(value=texts[0] if typed else "", visible=typed),
        # for what is typed the clips stay: a request on its way may still name one
        gr.update(visible=False) if typed else gr.update(choices=choices, value=next(iter(clips)), visible=True),
        gr.update(samples=[[text] for text in texts] if typed else [[""]], visible=typed),
        gr.update(value=(snapshots_content.last_of(task) + 1) // 2),
        gr.update(choices=trainings, value=trainings[0][1]),
        gr.update(value=""),
    ]


def enter(task: str, visited: bool, request: gr.Request) -> list[Any]:
    """The same when the panel is opened for the first time."""
    return [*[gr.skip()] * 7, True] if visited else [*choose_task(task, request), True]


def show_training(task: str, model: str, request: gr.Request) -> list[Any]:
    """The figure of a training, and a note on it."""
    lang = lang_of(request)
    try:
        return list(snapshots_content.training_figure(task, model, lang))
    except UserError as e:
        return [None, e.words.say(lang)]


def play_or_pause(number: int, playing: bool, request: gr.Request) -> list[Any]:
    """Snapshot, timer, label of the button, whether it plays; playing begins at the first snapshot."""
    if playing:
        return [gr.skip(), gr.Timer(active=False), said("time.play", lang_of(request)), False]
    return [0, gr.Timer(active=True), said("time.pause", lang_of(request)), True]


def play_next(
    task: str, text: str, clip: str | None, number: int, lens: str, step: int | None, request: gr.Request
) -> list[Any]:
    """The same one snapshot later, followed by its views; the last one stops the timer."""
    last = snapshots_content.last_of(task)
    number = min(int(number) + 1, last)
    done = number == last
    label = said("time.play", lang_of(request)) if done else gr.skip()
    return [number, gr.Timer(active=not done), label, not done, *show(task, text, clip, number, lens, step, request)]


def pick_step(step: int | None, event: gr.EventData) -> int | None:
    """The output step that was clicked or touched in a view."""
    row = event._data.get("row") if isinstance(event._data, dict) else None
    return row if isinstance(row, int) and 0 <= row < LONGEST_SHOWN else step
