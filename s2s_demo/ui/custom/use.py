"""The use step: ask the trained model and look inside, see its errors, test it on a file, download and publish it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio import processing_utils

from s2s_demo.custom.jobs import storage
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Shape, Task
from s2s_demo.ui.custom import errors, run_model, train
from s2s_demo.ui.custom.data import CUSTOM_QUEUE
from s2s_demo.ui.custom.delete import delete_buttons, wire_deletion
from s2s_demo.ui.custom.errors import ErrorsView
from s2s_demo.ui.custom.file import UploadFile
from s2s_demo.ui.custom.text import escape_markdown
from s2s_demo.ui.custom.train import RunsView
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.task import answering, lens_view
from s2s_demo.ui.user_errors import error_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.plotly_view import PlotlyView
from s2s_demo.ui.words import T, lang_of, mistake, said


@dataclass(frozen=True)
class RunRequest:
    """What every handler of this step is asked about."""

    run: str
    """The name of the run: the one that the picker names, or the first."""
    lang: str
    """"ko" or "en"."""
    stale: str
    """Which step the weights are of, where training is further; "" where they are the newest. Asked before the weights are read."""

    @classmethod
    def of(cls, names: list[str], chosen: str | None, request: gr.Request) -> RunRequest:
        """The request for one of these runs.

        Raises:
            UserError: there is no run.
        """
        if not names:
            raise mistake("own.untrained")
        run, lang = chosen if chosen in names else names[0], lang_of(request)
        return cls(run, lang, run_model.stale_note(run, lang))


def step_three(names: gr.State, runs_view: RunsView, leads: list[Any]) -> None:
    """Builds the step.

    Args:
        names: the names of the visitor's runs.
        runs_view: that of the training step, whose picker chooses the run here as well.
        leads: events after which the page says how x is written for the model.
    """
    chosen = [names, runs_view.picker]
    hint, answers = _build_asking(chosen, leads)
    outputs = [*answers, *_build_errors(chosen), *_build_file_test(chosen), *_build_download(chosen)]
    outputs.append(_build_publishing(chosen))
    delete = delete_buttons("use")
    runs_view.picker.change(clear, None, outputs, **NO_QUEUE)
    shown = [*runs_view.outputs, *hint, *outputs]
    wire_deletion([runs_view.delete, delete], names, runs_view.picker, without_run, shown)


def _build_asking(chosen: list[Any], leads: list[Any]) -> tuple[list[Any], list[Any]]:
    """(how x is written, and the upload of a file; the outputs that show an answer)."""
    hint = gr.Markdown(elem_classes="quiet", elem_id="own-how")
    with gr.Row(equal_height=True):
        x = gr.Textbox(label=T("own.try"), info=T("x.info"), max_lines=3, scale=5, elem_id="own-x-try")
        ask = gr.Button(T("answer"), variant="primary", scale=1, min_width=120, elem_id="own-ask")
    media = UploadFile(label=T("own.media"), type="filepath", height=140, visible=False, elem_id="own-media")
    answer = AnswerView(channel="own", elem_id="own-answer")
    lens = PlotlyView(channel="own", elem_id="own-lens")
    outputs = [answer, lens, gr.Markdown(elem_classes="quiet", elem_id="own-truth")]
    latest = {"trigger_mode": "always_last", **CUSTOM_QUEUE}
    gr.on(leads, show_hint, [*chosen, x], [hint, x, media], **latest)
    gr.on([ask.click, x.submit], answer_text, [*chosen, x], outputs, **latest)
    media.upload(answer_file, [*chosen, media], outputs, **CUSTOM_QUEUE)
    return [hint, media], outputs


def _build_errors(chosen: list[Any]) -> list[Any]:
    with gr.Accordion(T("own.errors"), open=False, elem_id="own-errors"):
        show = gr.Button(T("own.show"), elem_id="own-show")
        with gr.Column(visible=False, elem_id="own-sieve") as column:
            wrong = gr.Checkbox(True, label=T("own.wrong"), elem_id="own-wrong")
            with gr.Row():
                radios = [_filter_radio("length", ("short", "long")), _filter_radio("sure", ("sure", "unsure"))]
                dropdowns = [
                    gr.Dropdown([], label=T(f"own.{key}"), min_width=200, elem_id=f"own-{key}")
                    for key in ("label", "taken")
                ]
        table = ErrorsView(elem_id="own-table")
        note = gr.Markdown(elem_id="own-unsifted")
    filters, shown = [wrong, *radios, *dropdowns], [table, note]
    show.click(
        show_errors, [*chosen, wrong], [column, *radios, *dropdowns, *shown], show_progress_on=table, **CUSTOM_QUEUE
    )
    changes = [one.input for one in filters]
    gr.on(changes, filter_errors, [*chosen, *filters], shown, trigger_mode="always_last", **CUSTOM_QUEUE)
    return [column, *shown]


def _filter_radio(key: str, values: tuple[str, ...]) -> gr.Radio:
    choices = [(T(f"own.{key}.{value}"), value) for value in ("", *values)]
    return gr.Radio(choices, value="", label=T(f"own.{key}"), min_width=260, elem_id=f"own-{key}")


def _build_file_test(chosen: list[Any]) -> list[Any]:
    with gr.Accordion(T("own.testing"), open=False, elem_id="own-testing"):
        file = UploadFile(label=T("own.file"), type="filepath", height=170, elem_id="own-testfile")
        score = gr.Markdown(elem_id="own-scored")
    file.upload(score_file, [*chosen, file], [score], **CUSTOM_QUEUE)
    return [score]


def _build_download(chosen: list[Any]) -> list[Any]:
    gr.Markdown(T("own.zip.about"), elem_classes="quiet")
    with gr.Row():
        pack = gr.Button(T("own.zip"), elem_id="own-zip")
        download = gr.DownloadButton(T("own.zipped"), interactive=False, elem_id="own-download")
    outputs = [download, gr.Markdown(elem_id="own-trouble")]

    def prepare_download(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
        """A zip of the model behind the button. A closure, since the copy that Gradio serves belongs to the button."""
        try:
            asked = RunRequest.of(names, chosen, request)
            saved = run_model.saved_step(asked.run)
            note = asked.stale or ("" if saved is None else said("own.zip.of", asked.lang, kept=saved))
            path = _cached(run_model.zip_model(asked.run), download)
            run_model.remember_copy(asked.run, path)
            return [gr.DownloadButton(value=path, interactive=True), note]
        except UserError as e:
            return [gr.skip(), _sentence(e, request)]

    pack.click(prepare_download, chosen, outputs, **CUSTOM_QUEUE)
    return outputs


def _cached(path: str, button: gr.DownloadButton) -> str:
    """A copy in Gradio's cache: it serves nothing that lies elsewhere, as runs on a volume do."""
    try:
        copy = processing_utils.save_file_to_cache(path, button.GRADIO_CACHE)
    except OSError as e:
        raise storage.disk_error(e) from e
    button.temp_files.add(copy)
    return copy


def _build_publishing(chosen: list[Any]) -> gr.Markdown:
    with gr.Accordion(T("own.push"), open=False, elem_id="own-push"):
        with gr.Row():
            repo = gr.Textbox(label=T("own.repo"), max_lines=1, min_width=280, elem_id="own-repo")
            token = gr.Textbox(label=T("own.token"), type="password", max_lines=1, min_width=280, elem_id="own-token")
        push = gr.Button(T("own.push"), elem_id="own-pushing")
        published = gr.Markdown(elem_id="own-pushed")
    push.click(publish, [*chosen, repo, token], [published, token], **CUSTOM_QUEUE)
    return published


def show_hint(names: list[str], chosen: str | None, text: str, request: gr.Request) -> list[Any]:
    """How x is written for this model; where it is rows of numbers, an example fills an empty box."""
    if not names:
        return ["", gr.skip(), gr.File(visible=False)]
    try:
        asked = RunRequest.of(names, chosen, request)
        hint, example, takes_files = run_model.input_hint(asked.run, asked.lang)
    except UserError as e:
        return [_sentence(e, request), gr.skip(), gr.File(visible=False)]
    return [hint, gr.skip() if text.strip() or not example else example, gr.File(visible=takes_files)]


def answer_text(names: list[str], chosen: str | None, text: str, request: gr.Request) -> list[Any]:
    """The answer to what was typed, its lens, and what is known of the truth."""
    try:
        asked = RunRequest.of(names, chosen, request)
        return _answer(asked, run_model.task_of(asked.run), run_model.answer(asked.run, text or ""))
    except UserError as e:
        return [error_view(e, lang_of(request)), None, ""]


def answer_file(names: list[str], chosen: str | None, path: str | None, request: gr.Request) -> list[Any]:
    """The same for a sound or a clip."""
    if not path:
        return [gr.skip()] * 3
    try:
        asked = RunRequest.of(names, chosen, request)
        return _answer(asked, run_model.task_of(asked.run), run_model.answer_file(asked.run, path))
    except UserError as e:
        return [error_view(e, lang_of(request)), None, ""]


def _answer(asked: RunRequest, task: Task, answer: Prediction) -> list[Any]:
    lang = asked.lang
    grid = next(iter(answer.trace.grids), None)
    view = answering.view_data(task, answer, grid, answering.first_step(task, answer), lang)
    headline = run_model.headline(answer)
    picture = lens_view.picture(task, run_model.with_sparse_ticks(grid, answer), lang)
    notes = filter(None, (asked.stale, run_model.unknown_symbols_note(task, answer, lang)))
    truth = "<br>".join([*notes, *lens_view.alignment_lines(task, answer, lang)])
    return [view if headline is None else {**view, "said": headline}, picture, truth]


def show_errors(names: list[str], chosen: str | None, wrong: bool, request: gr.Request) -> list[Any]:
    """The table of held-out pairs, with all filters but the first reset."""
    try:
        asked = RunRequest.of(names, chosen, request)
        cases, labelled = errors.cases(asked.run), run_model.task_of(asked.run).shape is Shape.N21
    except UserError as e:
        return [gr.Column(visible=False), "", "", gr.skip(), gr.skip(), None, _sentence(e, request)]
    labels, confusions = errors.label_choices(cases, asked.lang)
    return [
        gr.Column(visible=True),
        "",
        "",
        gr.Dropdown(choices=labels, value="", visible=labelled),
        gr.Dropdown(choices=confusions, value="", visible=labelled),
        errors.table_data(errors.filter_cases(cases, wrong, "", "", "", ""), len(cases), asked.lang),
        asked.stale,
    ]


def filter_errors(names: list[str], chosen: str | None, request: gr.Request, *filters: Any) -> list[Any]:
    """The cases that pass the filters, and a note."""
    try:
        asked = RunRequest.of(names, chosen, request)
        cases = errors.cases(asked.run)
        return [errors.table_data(errors.filter_cases(cases, *filters), len(cases), asked.lang), asked.stale]
    except UserError as e:
        return [None, _sentence(e, request)]


def score_file(names: list[str], chosen: str | None, path: str | None, request: gr.Request) -> str:
    """The score on the pairs of a file, in one sentence."""
    if not path:
        return ""
    try:
        asked = RunRequest.of(names, chosen, request)
        return "  \n".join(filter(None, (run_model.score_file(asked.run, path, asked.lang), asked.stale)))
    except UserError as e:
        return _sentence(e, request)


def publish(names: list[str], chosen: str | None, repo: str, token: str, request: gr.Request) -> list[Any]:
    """Where the model was published, or why not; the token's box is emptied either way."""
    try:
        asked = RunRequest.of(names, chosen, request)
        note = said("own.pushed", asked.lang, url=run_model.push_model(asked.run, repo, token))
        return ["  \n".join(filter(None, (note, asked.stale))), ""]
    except UserError as e:
        return [_sentence(e, request), ""]


def clear() -> list[Any]:
    """Every output of the step emptied: what it shows is of another run."""
    download = gr.DownloadButton(value=None, interactive=False)
    return [None, None, "", gr.Column(visible=False), None, "", "", download, "", ""]


def without_run(names: list[str], request: gr.Request) -> list[Any]:
    """Both steps after a run was deleted. names: of the runs that are left."""
    hint, _, media = show_hint(names, None, " ", request)
    return [*train.show_runs(names, request), hint, media, *clear()]


def _sentence(error: UserError, request: gr.Request) -> str:
    return escape_markdown(error.words.say(lang_of(request)))
