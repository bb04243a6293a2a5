"""The training step: what to train, with an estimate; the runs in the background, followed live; the diagnostics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo import engines
from s2s_demo.custom.jobs import runs
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom import progress
from s2s_demo.ui.custom.data import CUSTOM_QUEUE
from s2s_demo.ui.custom.delete import DeleteButtons, delete_buttons
from s2s_demo.ui.custom.reading import CustomData
from s2s_demo.ui.custom.text import escape_markdown
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.race_view import RaceView
from s2s_demo.ui.words import T, lang_of, said

REFRESH_SECONDS, NO_SESSION = 1.0, "nobody"
LIVE, SHOWN = 7, 9
"""How many values the live view has, and how many with the link and the picker before it."""


@dataclass(frozen=True)
class RunsView:
    """What the step shows of the runs."""

    picker: gr.Radio
    """Which run the details are of; visible where there are several."""
    outputs: list[Any]
    """The link, the picker and the live view: what `show_runs` returns values for."""
    delete: DeleteButtons


def step_two(data: gr.State, names: gr.State, leads: list[Any], loads: list[Any]) -> RunsView:
    """Builds the step.

    Args:
        data: the visitor's `CustomData`.
        names: the names of the visitor's runs.
        leads: events that lead to this step, after which the suggestion is made.
        loads: the page's load, at which a link to runs is followed.
    """
    titles = [(T(f"engine.{e.name}"), e.name) for e in engines.ENGINES.values()]
    choices = [(T("own.suggested"), "suggested"), *titles]
    engine = gr.Radio(choices, value="suggested", label=T("own.engine"), elem_id="own-engine")
    size = gr.Slider(1, 5, value=2, step=1, label=T("own.size"), elem_id="own-size")
    advice = gr.Markdown(elem_id="own-advice")
    with gr.Row(equal_height=True):
        one = gr.Button(T("own.go"), variant="primary", elem_id="own-go")
        three = gr.Button(T("own.three"), elem_id="own-three")
        stop = gr.Button(T("own.stop"), elem_id="own-stop")
        resume = gr.Button(T("own.more"), elem_id="own-more")
    delete = delete_buttons("train")
    link = gr.Markdown(elem_classes="quiet", elem_id="own-link")
    picker, timer, live = _build_live_view()
    asked, chosen, shown = [data, engine, size], [names, picker], [link, picker, *live]
    latest = {"trigger_mode": "always_last"}
    gr.on([*leads, engine.input, size.release], suggest, asked, [advice], **latest, **CUSTOM_QUEUE)
    for button, start in ((one, start_one), (three, start_three)):
        button.click(start, asked, [names, advice, *shown], show_progress_on=advice, **CUSTOM_QUEUE)
    gr.on(loads, follow_link, [names], [names, *shown], **NO_QUEUE)
    gr.on(leads, refresh_if_deleted, chosen, live, **latest, **NO_QUEUE)
    gr.on([timer.tick, picker.input], refresh, chosen, live, **latest, **NO_QUEUE)
    stop.click(stop_runs, chosen, live, **NO_QUEUE)
    resume.click(resume_runs, chosen, live, **NO_QUEUE)
    return RunsView(picker, shown, delete)


def _build_live_view() -> tuple[gr.Radio, gr.Timer, list[Any]]:
    """(the picker of a run, the timer that refreshes, the outputs of the live view, the timer last)."""
    race = RaceView(elem_id="own-field")
    notes = gr.Markdown(elem_id="own-baseline")
    picker = gr.Radio([], label=T("own.which"), visible=False, elem_id="own-which")
    curves = []
    with gr.Row():
        for kind in ("loss", "exact", "norm"):
            with gr.Column(min_width=300):
                curves.append(PlotlyView(elem_id=f"own-curve-{kind}"))
    gr.Markdown(T("own.coach"), elem_classes="heading")
    diagnostics = gr.Markdown(elem_id="own-coach")
    timer = gr.Timer(REFRESH_SECONDS, active=False)
    return picker, timer, [race, notes, *curves, diagnostics, timer]


def suggest(data: CustomData | None, engine: str, size: float, request: gr.Request) -> str:
    """The suggestion in one line, or what is missing for it."""
    lang = lang_of(request)
    if data is None:
        return said("own.first", lang)
    try:
        return progress.suggestion_text(progress.suggestion_for(data, engine, size), lang)
    except UserError as e:
        return escape_markdown(e.words.say(lang))


def start_one(data: CustomData | None, engine: str, size: float, request: gr.Request) -> list[Any]:
    """Starts the suggested run."""
    return _start(data, engine, size, False, request)


def start_three(data: CustomData | None, engine: str, size: float, request: gr.Request) -> list[Any]:
    """Starts the suggested run and two other engines beside it."""
    return _start(data, engine, size, True, request)


def _start(data: CustomData | None, engine: str, size: float, three: bool, request: gr.Request) -> list[Any]:
    lang = lang_of(request)
    if data is None:
        return [gr.skip(), said("own.first", lang), *[gr.skip()] * SHOWN]
    try:
        one = progress.suggestion_for(data, engine, size)
        names, refused = progress.start_runs(data, one, size, three, request.session_hash or NO_SESSION)
    except UserError as e:
        return [gr.skip(), progress.refusal_text(e, lang), *[gr.skip()] * SHOWN]
    advice = progress.suggestion_text(one, lang)
    if refused is not None:
        advice += "  \n" + progress.refusal_text(refused, lang)
    return [names, advice, *show_runs(names, request)]


def show_runs(names: list[str], request: gr.Request) -> list[Any]:
    """The link, the picker and the live view of these runs."""
    lang = lang_of(request)
    found, _ = progress.statuses_of(names)
    choices = [(title, one.run) for title, one in zip(progress.run_titles(found, lang), found, strict=True)]
    first = choices[0][1] if choices else None
    picker = gr.Radio(choices=choices, value=first, visible=len(choices) > 1)
    link = said("own.link", lang, link=progress.run_link((one.run for one in found), lang)) if found else ""
    return [link, picker, *_live_view(names, first, request, redraw=True)]


def _live_view(names: list[str], chosen: str | None, request: gr.Request, *, redraw: bool = False) -> list[Any]:
    """The runs as they are now. redraw: with the curves of runs that have not begun, which are empty and else left as they are."""
    lang = lang_of(request)
    found, gone = progress.statuses_of(names)
    if not found:
        return [None, progress.error_text(gone, lang), None, None, None, "", gr.Timer(active=False)]
    one = next((run for run in found if run.run == chosen), found[0])
    timer = gr.Timer(active=not all(run.over for run in found))
    try:
        notes = [progress.baseline_text(found, lang), progress.error_text(gone, lang)]
        return [
            progress.race_data(found, lang),
            "  \n".join(filter(None, notes)),
            *(progress.curves(found, lang) if redraw or not progress.none_begun(found) else [gr.skip()] * 3),
            progress.diagnostics_text(one, lang),
            timer,
        ]
    except UserError as e:
        return [None, escape_markdown(e.words.say(lang)), None, None, None, "", timer]


def refresh(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """The live view now."""
    return _live_view(names, chosen, request)


def refresh_if_deleted(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """The live view where a run was deleted meanwhile, perhaps in another tab; else nothing is drawn again."""
    gone = progress.statuses_of(names)[1]
    return _live_view(names, chosen, request) if gone else [gr.skip()] * LIVE


def follow_link(names: list[str], request: gr.Request) -> list[Any]:
    """The runs that the page's address names, unless the visitor has some already."""
    linked = progress.linked_runs(str(request.query_params.get("run", "")))
    if names or not linked:
        return [gr.skip()] * (1 + SHOWN)
    return [linked, *show_runs(linked, request)]


def stop_runs(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """Stops all runs of the visitor."""
    return _apply(runs.stop, names, chosen, request)


def resume_runs(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """Resumes all runs of the visitor."""
    return _apply(runs.resume, names, chosen, request)


def _apply(action: Callable[[str], None], names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    refused = progress.apply_to(names, action)
    view = _live_view(names, chosen, request)
    if refused and isinstance(view[1], str):
        view[1] = "  \n".join(filter(None, [progress.error_text(refused, lang_of(request)), view[1]]))
    return [*view[:-1], gr.Timer(active=bool(names))]
