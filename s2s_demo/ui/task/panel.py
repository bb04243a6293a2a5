"""One panel a task, the same for every task: ask, answer, lens, gradient norms, length map, model card."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from s2s_demo import checkpoints, engines
from s2s_demo.lenses import KINDS
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Task
from s2s_demo.ui.events import MODEL_QUEUE, NO_QUEUE
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.task.inside import inside
from s2s_demo.ui.task.video_input import player_id, sample, video_input
from s2s_demo.ui.user_errors import error_view, user_errors_only
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of, said, toast


def task_panel(task: Task, opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T(f"task.{task.name}.about"))
    x, go, asks, samples = _video(task) if task.input == "video" else _text(task)
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
    shown_in = {"channel": task.name, "elem_id": f"answer-{task.name}"}
    answer = FilmView(player=player_id(task), **shown_in) if task.input == "video" else AnswerView(**shown_in)
    held, step = gr.State(None), gr.State(0)

    gr.Markdown(T("lens"), elem_classes="heading")
    gr.Markdown(T("lens.about"), elem_classes="quiet")
    with gr.Row():
        kind = gr.Radio(
            _lens_choices(), value="gradient", label=T("lens.kind"), min_width=280, elem_id=f"lens-kind-{task.name}"
        )
        where = gr.Dropdown(
            [],
            label=T("lens.where"),
            interactive=True,
            allow_custom_value=True,
            min_width=280,
            elem_id=f"lens-where-{task.name}",
        )
    note = gr.Markdown(elem_classes="quiet", elem_id=f"lens-note-{task.name}")
    matrix = PlotlyView(channel=task.name, elem_id=f"lens-{task.name}")
    agree = gr.Markdown(elem_classes="quiet", elem_id=f"agree-{task.name}")
    refreshed = inside(task, _approaches(task), held, step, engine, approach, where)

    gr.Markdown(T("norms"), elem_classes="heading")
    gr.Markdown(T("norms.about"), elem_classes="quiet")
    curve = PlotlyView(elem_id=f"curve-{task.name}")
    every = gr.Button(T("norms.all"), elem_id=f"all-{task.name}")
    gr.Markdown(T("norms.all.about"), elem_classes="quiet")
    curves = PlotlyView(elem_id=f"curves-{task.name}")
    table = gr.Dataframe(visible=False, interactive=False, wrap=True, elem_id=f"table-{task.name}")

    with gr.Accordion(T("training"), open=False):
        gr.Markdown(T("training.about"), elem_classes="quiet")
        norms = PlotlyView(elem_id=f"training-{task.name}")
    signs = answering.signs(task.name)
    with gr.Accordion(T("map"), open=False, visible=bool(signs)):
        gr.Markdown(T("map.about"), elem_classes="quiet")
        sign = gr.Radio(
            [({"*": "×", "-": "−"}.get(s, s), s) for s in signs],
            value=signs[0] if signs else None,
            label=T("map.sign"),
            visible=len(signs) > 1,
            elem_id=f"sign-{task.name}",
        )
        no_map = gr.Markdown(elem_classes="quiet")
        area = PlotlyView(elem_id=f"map-{task.name}")
    with gr.Accordion(T("card"), open=False):
        facts = gr.Dataframe(
            headers=["", ""], interactive=False, wrap=True, show_label=False, elem_id=f"card-{task.name}"
        )

    def ask(
        text: str | None,
        engine: str,
        approach: str,
        kind: str,
        where: str | None,
        before: Prediction | None,
        at: int,
        request: gr.Request,
    ) -> list[Any]:
        lang = lang_of(request)
        try:
            found = lens_view.with_lens(task, answering.answered(task, engine, approach, text), engine, approach, kind)
            at = answering.next_step(task, found, before, at)
            shown = _seen(task, found, engine, approach, kind, where or "", at, lang)
        except UserError as e:
            return _nothing(error_view(e, lang))
        return [shown[0], found, at, *shown[1:]]

    def play(name: str, *more: Any) -> list[Any]:
        try:
            path = sample(task, name)
        except UserError as e:
            return [gr.skip(), *_nothing(error_view(e, lang_of(more[-1])))]
        return [path, *ask(path, *more)]

    def play_of(name: str) -> Callable[..., list[Any]]:
        def played(
            engine: str,
            approach: str,
            kind: str,
            where: str | None,
            before: Prediction | None,
            at: int,
            request: gr.Request,
        ) -> list[Any]:
            return play(name, engine, approach, kind, where, before, at, request)

        return played

    def first(
        text: str | None,
        engine: str,
        approach: str,
        kind: str,
        where: str | None,
        before: Prediction | None,
        at: int,
        request: gr.Request,
    ) -> list[Any]:
        if before is not None:
            return [gr.skip()] * 9
        if text is None and task.clips:
            return play(next(iter(task.clips)), engine, approach, kind, where, before, at, request)
        return [gr.skip(), *ask(text, engine, approach, kind, where, before, at, request)]

    def compared(found: Prediction | None, engine: str, approach: str, request: gr.Request) -> Any:
        lang = lang_of(request)
        if found is None:
            return ""
        try:
            return lens_view.agreement_line(task, lens_view.with_lens(task, found, engine, approach, "occlusion"), lang)
        except UserError as e:
            return e.words.say(lang)

    def pick(found: Prediction | None, engine: str, request: gr.Request, event: gr.EventData) -> list[Any]:
        row = event._data.get("row") if isinstance(event._data, dict) else None
        if found is None or not isinstance(row, int) or not 0 <= row < len(found.confidence):
            return [gr.skip(), gr.skip()]
        return [row, answering.one_curve(found, engine, row, lang_of(request))]

    def compare(found: Prediction | None, text: str | None, approach: str, at: int, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            asked = found.x if found is not None else answering.x_of(task, text)
            figure, rows = answering.all_curves(task, approach, asked, at, lang)
        except UserError as e:
            raise toast(e, lang) from e
        heads = [said(f"table.{key}", lang) for key in ("engine", "answer")]
        heads += ["", said("table.time", lang), said("table.parameters", lang)]
        return [figure, gr.Dataframe(value=rows, headers=heads, visible=True)]

    def about(engine: str, approach: str, sign: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            norms, area, rows = answering.described(task, engine, approach, sign, lang)
        except UserError as e:
            norms, area, rows = None, None, [["", e.words.say(lang)]]
        return [norms, area, "" if area is not None else said("map.none", lang), rows]

    asked = [x, engine, approach, kind, where, held, step]
    answers = [answer, held, step, where, note, matrix, agree, curve]
    described = {"fn": about, "inputs": [engine, approach, sign], "outputs": [norms, area, no_map, facts]}
    agreed: dict[str, Any] = {"fn": compared, "inputs": [held, engine, approach], "outputs": [agree]}
    agreed |= {"trigger_mode": "always_last", **NO_QUEUE}
    seen: dict[str, Any] = {**MODEL_QUEUE, "show_progress_on": [answer, matrix, curve]}
    # one listener for all that changes what is shown: the choice that was made last is the one that is seen last
    sources = [*asks, go.click, engine.input, approach.input, kind.input, where.input]
    answered = gr.on(sources, ask, asked, answers, trigger_mode="always_last", **seen)
    answered.then(**agreed).then(**refreshed, **NO_QUEUE)
    begun = gr.on(opened, first, asked, [x, *answers], trigger_mode="once", **seen)
    begun.then(**agreed).then(**described, **NO_QUEUE)
    for name, button in samples.items():
        chosen = button.click(play_of(name), asked[1:], [x, *answers], trigger_mode="always_last", **seen)
        chosen.then(**agreed).then(**refreshed, **NO_QUEUE)
    if isinstance(x, gr.Video):
        x.clear(lambda: _nothing(None), None, answers, **NO_QUEUE)
    for source in (answer.pick, matrix.cell):  # type: ignore[attr-defined]
        source(pick, [held, engine], [step, curve], **NO_QUEUE)
    every.click(compare, [held, x, approach, step], [curves, table], **MODEL_QUEUE)
    # what stands beside a checkpoint changes with the checkpoint, not with the question
    gr.on([engine.input, approach.input, sign.input], **described, trigger_mode="always_last", **NO_QUEUE)


def _text(task: Task) -> tuple[Any, gr.Button, list[Any], dict[str, gr.Button]]:
    """The box to type in, the button that asks, what else asks, and no samples: the examples below only fill the box."""
    with gr.Row(equal_height=True):
        x = gr.Textbox(
            label=T(f"task.{task.name}.asks"),
            info=T("x.info"),
            value=task.examples[0],
            max_lines=3,
            scale=5,
            elem_id=f"x-{task.name}",
        )
        go = gr.Button(T("answer"), variant="primary", scale=1, min_width=120, elem_id=f"go-{task.name}")
    gr.Examples([[example] for example in task.examples], [x], label=T("examples"), elem_id=f"examples-{task.name}")
    return x, go, [x.submit], {}


def _video(task: Task) -> tuple[Any, gr.Button, list[Any], dict[str, gr.Button]]:
    """The player, the button that asks, what else asks, and a button a sample clip."""
    x, go, samples = video_input(task)
    return x, go, [x.upload, x.stop_recording], samples


def _nothing(view: dict[str, Any] | None) -> list[Any]:
    """The outputs of an answer there is not: a view that says why, or an empty one."""
    return [view, None, 0, gr.skip(), "", None, "", None]


@user_errors_only
def _seen(
    task: Task, found: Prediction, engine: str, approach: str, kind: str, where: str, at: int, lang: str
) -> list[Any]:
    """answer view, place picker, note, matrix, agreement (which follows), curve."""
    grid = lens_view.grid_at(found, kind, where)
    at_where = lens_view.value_of(grid)
    return [
        answering.view(task, found, grid, at, lang, answering.threshold(task.name, engine, approach)),
        gr.Dropdown(choices=lens_view.places(found, kind, lang), value=at_where),
        said("lens.told.fed", lang) if at_where == lens_view.FED else lens_view.note(found, kind, engine, lang),
        lens_view.picture(task, grid, lang),
        gr.skip(),
        answering.one_curve(found, engine, at, lang),
    ]


def _engine_choices(task: Task) -> list[tuple[Any, str]]:
    """Every engine; one that has no model of this task yet says so."""
    there = {entry.engine for entry in checkpoints.shelf(task.name) if not entry.seed}
    return [(T(f"engine.{name}" if name in there else f"engine.{name}.untrained"), name) for name in engines.ENGINES]


def _lens_choices() -> list[tuple[Any, str]]:
    return [(T(f"lens.{kind}"), kind) for kind in KINDS]


def _approaches(task: Task) -> list[Any]:
    """The approaches of this task that the shelf has; the natural one if it has none."""
    there = {entry.approach for entry in checkpoints.shelf(task.name)}
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
    for entry in sorted(checkpoints.shelf(task.name), key=lambda entry: entry.engine != "lstm"):
        if not entry.seed and entry.approach == approach:
            score = answering.main_score(task, checkpoints.facts_at_least(entry.folder)["scores"], task.measure)
            scored[entry.engine] = score or 0.0
    return scored
