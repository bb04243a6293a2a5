"""Third step of one's own pairs: try the model with its lens, look at its errors, test it on a file, take it away."""

from __future__ import annotations

from typing import Any

import gradio as gr
from gradio import processing_utils

from s2s_demo.custom.jobs import storage as files
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Shape, Task
from s2s_demo.ui.custom import answering as owning
from s2s_demo.ui.custom import delete
from s2s_demo.ui.custom import errors as errors_view
from s2s_demo.ui.custom import text as own_text
from s2s_demo.ui.custom.data import READ
from s2s_demo.ui.custom.delete import deletion
from s2s_demo.ui.custom.errors import ErrorsView
from s2s_demo.ui.custom.file import OwnFile
from s2s_demo.ui.custom.train import Course
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of, mistake, said


def step_three(going: gr.State, course: Course, leads: list[Any]) -> None:
    """Builds the step for the run that the picker names, or the first of `going`. leads: events after which the way to give x is told."""
    which = course.which
    how = gr.Markdown(elem_classes="quiet", elem_id="own-how")
    with gr.Row(equal_height=True):
        x = gr.Textbox(label=T("own.try"), info=T("x.info"), max_lines=3, scale=5, elem_id="own-x-try")
        ask = gr.Button(T("answer"), variant="primary", scale=1, min_width=120, elem_id="own-ask")
    media = OwnFile(label=T("own.media"), type="filepath", height=140, visible=False, elem_id="own-media")
    answer = AnswerView(channel="own", elem_id="own-answer")
    matrix = PlotlyView(channel="own", elem_id="own-lens")
    truth = gr.Markdown(elem_classes="quiet", elem_id="own-truth")
    with gr.Accordion(T("own.errors"), open=False, elem_id="own-errors"):
        show = gr.Button(T("own.show"), elem_id="own-show")
        with gr.Column(visible=False, elem_id="own-sieve") as sieve:
            wrong = gr.Checkbox(True, label=T("own.wrong"), elem_id="own-wrong")
            with gr.Row():
                length, sure = (
                    gr.Radio(
                        [(T(f"own.{key}.{way}"), way) for way in ("", *ways)],
                        value="",
                        label=T(f"own.{key}"),
                        min_width=260,
                        elem_id=f"own-{key}",
                    )
                    for key, ways in (("length", ("short", "long")), ("sure", ("sure", "unsure")))
                )
                label, taken = (
                    gr.Dropdown([], label=T(f"own.{key}"), min_width=200, elem_id=f"own-{key}")
                    for key in ("label", "taken")
                )
        table = ErrorsView(elem_id="own-table")
        unsifted = gr.Markdown(elem_id="own-unsifted")
    with gr.Accordion(T("own.testing"), open=False, elem_id="own-testing"):
        file = OwnFile(label=T("own.file"), type="filepath", height=170, elem_id="own-testfile")
        scored = gr.Markdown(elem_id="own-scored")
    gr.Markdown(T("own.zip.about"), elem_classes="quiet")
    with gr.Row():
        pack = gr.Button(T("own.zip"), elem_id="own-zip")
        download = gr.DownloadButton(T("own.zipped"), interactive=False, elem_id="own-download")
    trouble = gr.Markdown(elem_id="own-trouble")
    with gr.Accordion(T("own.push"), open=False, elem_id="own-push"):
        with gr.Row():
            repo = gr.Textbox(label=T("own.repo"), max_lines=1, min_width=280, elem_id="own-repo")
            token = gr.Textbox(label=T("own.token"), type="password", max_lines=1, min_width=280, elem_id="own-token")
        push = gr.Button(T("own.push"), elem_id="own-pushing")
        pushed = gr.Markdown(elem_id="own-pushed")
    away = deletion("use")

    def run_of(going: list[str], chosen: str | None) -> str:
        if not going:
            raise mistake("own.untrained")
        return chosen if chosen in going else going[0]

    def answered(going: list[str], chosen: str | None, text: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            run = run_of(going, chosen)
            older = owning.older(run, lang)
            return shown(owning.task_of(run), owning.answered(run, text or ""), older, lang)
        except UserError as e:
            return [error_view(e, lang), None, ""]

    def answered_file(going: list[str], chosen: str | None, path: str | None, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        if not path:
            return [gr.skip()] * 3
        try:
            run = run_of(going, chosen)
            older = owning.older(run, lang)
            return shown(owning.task_of(run), owning.answered_file(run, path), older, lang)
        except UserError as e:
            return [error_view(e, lang), None, ""]

    def shown(task: Task, found: Prediction, older: str, lang: str) -> list[Any]:
        grid = next(iter(found.trace.grids), None)
        step = answering.first_step(task, found)
        view, told = answering.view_data(task, found, grid, step, lang), owning.headline(found)
        picture = lens_view.picture(task, owning.axis(grid, found), lang)
        notes = filter(None, (older, owning.unmet(task, found, lang)))
        truth = "<br>".join([*notes, *lens_view.on_truth(task, found, lang)])
        return [view if told is None else {**view, "said": told}, picture, truth]

    def told(going: list[str], chosen: str | None, text: str, request: gr.Request) -> list[Any]:
        """How x is given to this model; where it is rows of numbers, an example stands in an empty box."""
        lang = lang_of(request)
        try:
            hint, example, files = owning.hint(run_of(going, chosen), lang) if going else ("", "", False)
        except UserError as e:
            return [own_text.plain(e.words.say(lang)), gr.skip(), gr.File(visible=False)]
        return [hint, gr.skip() if text.strip() or not example else example, gr.File(visible=files)]

    def errors(going: list[str], chosen: str | None, wrong: bool, request: gr.Request) -> list[Any]:
        """All filters but the first at their beginning, and the table."""
        lang = lang_of(request)
        try:
            run = run_of(going, chosen)
            older = owning.older(run, lang)
            cases, labelled = errors_view.cases(run), owning.task_of(run).shape is Shape.N21
        except UserError as e:
            return [gr.Column(visible=False), "", "", gr.skip(), gr.skip(), None, own_text.plain(e.words.say(lang))]
        true, confused = errors_view.labels(cases, lang)
        rows = errors_view.sifted(cases, wrong, "", "", "", "")
        return [
            gr.Column(visible=True),
            "",
            "",
            gr.Dropdown(choices=true, value="", visible=labelled),
            gr.Dropdown(choices=confused, value="", visible=labelled),
            errors_view.table(rows, len(cases), lang),
            older,
        ]

    def sift(going: list[str], chosen: str | None, request: gr.Request, *asked: Any) -> list[Any]:
        lang = lang_of(request)
        try:
            run = run_of(going, chosen)
            older, cases = owning.older(run, lang), errors_view.cases(run)
            return [errors_view.table(errors_view.sifted(cases, *asked), len(cases), lang), older]
        except UserError as e:
            return [None, own_text.plain(e.words.say(lang))]

    def tested(going: list[str], chosen: str | None, path: str | None, request: gr.Request) -> str:
        lang = lang_of(request)
        if not path:
            return ""
        try:
            run = run_of(going, chosen)
            older = owning.older(run, lang)
            return "  \n".join(filter(None, (owning.tested(run, path, lang), older)))
        except UserError as e:
            return own_text.plain(e.words.say(lang))

    def packed(going: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            run = run_of(going, chosen)
            older, kept = owning.older(run, lang), owning.kept_at(run)
            told = older or ("" if kept is None else said("own.zip.of", lang, kept=kept))
            path = handed(owning.zipped(run))
            owning.copied(run, path)
            return [gr.DownloadButton(value=path, interactive=True), told]
        except UserError as e:
            return [gr.skip(), own_text.plain(e.words.say(lang))]

    def handed(path: str) -> str:
        """A copy in Gradio's own folder: what lies elsewhere, as runs on a volume do, it hands to nobody."""
        try:
            copy = processing_utils.save_file_to_cache(path, download.GRADIO_CACHE)
        except OSError as e:
            raise files.refused(e) from e
        download.temp_files.add(copy)
        return copy

    def send(going: list[str], chosen: str | None, repo: str, token: str, request: gr.Request) -> list[Any]:
        lang = lang_of(request)
        try:
            run = run_of(going, chosen)
            older = owning.older(run, lang)
            told = said("own.pushed", lang, url=owning.pushed(run, repo, token))
            return ["  \n".join(filter(None, (told, older))), ""]
        except UserError as e:
            return [own_text.plain(e.words.say(lang)), ""]

    chosen = [going, which]
    gr.on(leads, told, [*chosen, x], [how, x, media], trigger_mode="always_last", **READ)
    gr.on([ask.click, x.submit], answered, [*chosen, x], [answer, matrix, truth], trigger_mode="always_last", **READ)
    media.upload(answered_file, [*chosen, media], [answer, matrix, truth], **READ)
    filters = [wrong, length, sure, label, taken]
    sieved = [sieve, length, sure, label, taken, table, unsifted]
    show.click(errors, [*chosen, wrong], sieved, show_progress_on=table, **READ)
    gr.on(
        [one.input for one in filters],
        sift,
        [*chosen, *filters],
        [table, unsifted],
        trigger_mode="always_last",
        **READ,
    )
    file.upload(tested, [*chosen, file], [scored], **READ)
    pack.click(packed, chosen, [download, trouble], **READ)
    shows = [how, media, answer, matrix, truth, sieve, table, unsifted, scored, download, trouble, pushed]

    def left(names: list[str], request: gr.Request) -> list[Any]:
        """Both steps without the run that was deleted."""
        how, _, media = told(names, None, " ", request)
        return [*course.of(names, request), how, media, *cleared()]

    def cleared() -> list[Any]:
        """Nothing of what another run's model gave."""
        taken = gr.DownloadButton(value=None, interactive=False)
        return [None, None, "", gr.Column(visible=False), None, "", "", taken, "", ""]

    which.change(cleared, None, shows[2:], **NO_QUEUE)

    delete.wire([course.deletion, away], going, which, left, [*course.outputs, *shows])
    push.click(send, [*chosen, repo, token], [pushed, token], **READ)
