"""Second step of one's own pairs: what to train, with an estimate; training in the background, looked at live; the coach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo import engines
from s2s_demo.custom.jobs import runs
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom import progress, text
from s2s_demo.ui.custom.data import READ
from s2s_demo.ui.custom.delete import Deletion, deletion
from s2s_demo.ui.custom.reading import Mine
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.views.race_view import RaceView
from s2s_demo.ui.words import T, lang_of, said

BEAT, NOBODY = 1.0, "nobody"


@dataclass(frozen=True)
class Course:
    """What the step shows of runs. which: the picker of a run; outputs: the link, the picker and the live view; of: their values for
    names of runs; deletion: its button that deletes."""

    which: gr.Radio
    outputs: list[Any]
    of: Callable[[list[str], gr.Request], list[Any]]
    deletion: Deletion


def step_two(mine: gr.State, going: gr.State, leads: list[Any], loads: list[Any]) -> Course:
    """Builds the step. going: the names of the visitor's runs. leads: events after which the suggestion is made; loads: those at
    which a link with runs in it is followed."""
    engine = gr.Radio(
        [(T("own.suggested"), "suggested"), *((T(f"engine.{e.name}"), e.name) for e in engines.ENGINES.values())],
        value="suggested",
        label=T("own.engine"),
        elem_id="own-engine",
    )
    size = gr.Slider(1, 5, value=2, step=1, label=T("own.size"), elem_id="own-size")
    advice = gr.Markdown(elem_id="own-advice")
    with gr.Row(equal_height=True):
        go = gr.Button(T("own.go"), variant="primary", elem_id="own-go")
        three = gr.Button(T("own.three"), elem_id="own-three")
        stop = gr.Button(T("own.stop"), elem_id="own-stop")
        more = gr.Button(T("own.more"), elem_id="own-more")
    away = deletion("train")
    link = gr.Markdown(elem_classes="quiet", elem_id="own-link")
    field = RaceView(elem_id="own-field")
    baseline = gr.Markdown(elem_id="own-baseline")
    which = gr.Radio([], label=T("own.which"), visible=False, elem_id="own-which")
    curves = []
    with gr.Row():
        for kind in ("loss", "exact", "norm"):
            with gr.Column(min_width=300):
                curves.append(PlotlyView(elem_id=f"own-curve-{kind}"))
    gr.Markdown(T("own.coach"), elem_classes="heading")
    coach = gr.Markdown(elem_id="own-coach")
    beat = gr.Timer(BEAT, active=False)
    shown = [field, baseline, *curves, coach, beat]

    def suggest(mine: Mine | None, engine: str, size: float, request: gr.Request) -> str:
        lang = lang_of(request)
        if mine is None:
            return said("own.first", lang)
        try:
            return progress.advice(progress.advised(mine, engine, size), lang)
        except UserError as e:
            return text.plain(e.words.say(lang))

    def start(mine: Mine | None, engine: str, size: float, many: bool, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        if mine is None:
            return [gr.skip(), said("own.first", lang), *[gr.skip()] * (2 + len(shown))]
        try:
            one = progress.advised(mine, engine, size)
            names, refused = progress.begun(mine, one, size, many, request.session_hash or NOBODY)
        except UserError as e:
            return [gr.skip(), progress.refusal(e, lang), *[gr.skip()] * (2 + len(shown))]
        told = progress.advice(one, lang)
        if refused is not None:
            told += "  \n" + progress.refusal(refused, lang)
        return [names, told, *followed(names, request)]

    def followed(names: list[str], request: gr.Request) -> list[Any]:
        """The link, the picker and the live view of these runs."""
        lang = lang_of(request)
        found, _ = progress.looked_at(names)
        choices = [(title, one.run) for title, one in zip(progress.titles(found, lang), found, strict=True)]
        picker = gr.Radio(choices=choices, value=choices[0][1] if choices else None, visible=len(choices) > 1)
        told = said("own.link", lang, link=progress.link_to((one.run for one in found), lang)) if found else ""
        return [told, picker, *view(names, choices[0][1] if choices else None, request, first=True)]

    def view(names: list[str], chosen: str | None, request: gr.Request, first: bool = False) -> list[Any]:
        """What is seen of the runs now. first: with the empty curves of runs that have not begun, which need not be drawn again."""
        lang = lang_of(request)
        found, gone = progress.looked_at(names)
        if not found:
            return [None, progress.told_of(gone, lang), None, None, None, "", gr.Timer(active=False)]
        one = next((run for run in found if run.run == chosen), found[0])
        beat = gr.Timer(active=not all(run.over for run in found))
        try:
            told = [progress.baseline_told(found, lang), progress.told_of(gone, lang)]
            return [
                progress.field(found, lang),
                "  \n".join(filter(None, told)),
                *(progress.figures(found, lang) if first or not progress.still(found) else [gr.skip()] * 3),
                progress.coached(one, lang),
                beat,
            ]
        except UserError as e:
            return [None, text.plain(e.words.say(lang)), None, None, None, "", beat]

    def look(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        return view(names, chosen, request)

    def still_there(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        """What is seen, where a run was deleted meanwhile, perhaps in another tab; else nothing is drawn anew."""
        if not progress.looked_at(names)[1]:
            return [gr.skip()] * len(shown)
        return view(names, chosen, request)

    def follow(going: list[str], request: gr.Request) -> list[Any]:
        names = progress.linked(str(request.query_params.get("run", "")))
        if going or not names:
            return [gr.skip()] * (3 + len(shown))
        return [names, *followed(names, request)]

    def act(names: list[str], chosen: str | None, do: Any, request: gr.Request) -> list[Any]:
        refused = progress.done_to(names, do)
        seen = view(names, chosen, request)
        if refused and isinstance(seen[1], str):
            seen[1] = "  \n".join(filter(None, [progress.told_of(refused, lang_of(request)), seen[1]]))
        return [*seen[:-1], gr.Timer(active=bool(names))]

    def end(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        return act(names, chosen, runs.stop, request)

    def go_on(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        return act(names, chosen, runs.go_on, request)

    def one(mine: Mine | None, engine: str, size: float, request: gr.Request) -> list[Any]:
        return start(mine, engine, size, False, request)

    def side_by_side(mine: Mine | None, engine: str, size: float, request: gr.Request) -> list[Any]:
        return start(mine, engine, size, True, request)

    asked, begun = [mine, engine, size], [going, advice, link, which, *shown]
    gr.on(
        [*leads, engine.input, size.release],
        suggest,
        [mine, engine, size],
        [advice],
        trigger_mode="always_last",
        **READ,
    )
    go.click(one, asked, begun, show_progress_on=advice, **READ)
    three.click(side_by_side, asked, begun, show_progress_on=advice, **READ)
    gr.on(loads, follow, [going], [going, link, which, *shown], **NO_QUEUE)
    gr.on(leads, still_there, [going, which], shown, trigger_mode="always_last", **NO_QUEUE)
    gr.on([beat.tick, which.input], look, [going, which], shown, trigger_mode="always_last", **NO_QUEUE)
    stop.click(end, [going, which], shown, **NO_QUEUE)
    more.click(go_on, [going, which], shown, **NO_QUEUE)
    return Course(which, [link, which, *shown], followed, away)
