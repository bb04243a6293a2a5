"""Deleting a run: two buttons, one that asks and one that does it, wherever a run is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo.custom.jobs import runs
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom import errors, progress, run_model
from s2s_demo.ui.custom.data import CUSTOM_QUEUE
from s2s_demo.ui.custom.text import escape_markdown
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import T, lang_of, said


@dataclass(frozen=True)
class DeleteButtons:
    """The components of one place where a run can be deleted."""

    ask: gr.Button
    message: gr.Markdown
    """The question, then what came of it."""
    confirm: gr.Row
    """Holds the two buttons below; visible after the question."""
    really: gr.Button
    keep: gr.Button
    armed: gr.State
    """The name of the run that was asked about: that one is deleted, whatever is picked meanwhile."""


def delete_buttons(place: str) -> DeleteButtons:
    """Builds the buttons. The one that deletes is not where the one that asks was, so that a double click deletes nothing."""
    ask = gr.Button(T("own.delete"), size="sm", elem_id=f"own-delete-{place}")
    message = gr.Markdown(elem_id=f"own-deleted-{place}")
    with gr.Row(visible=False) as confirm:
        really = gr.Button(T("own.delete.really"), variant="stop", elem_id=f"own-delete-really-{place}")
        keep = gr.Button(T("own.delete.keep"), elem_id=f"own-delete-keep-{place}")
    return DeleteButtons(ask, message, confirm, really, keep, gr.State(""))


@user_errors_only
def delete_run(run: str) -> None:
    """Deletes a run, what this process remembers of its pairs, and the zips it made of its model.

    Raises:
        UserError: it is gone already, or cannot be deleted.
    """
    try:
        runs.delete(run)
    finally:
        run_model.forget_run(run)
        errors.forget_cases()


def wire_deletion(
    places: list[DeleteButtons],
    names: gr.State,
    picker: gr.Radio,
    view: Callable[[list[str], gr.Request], list[Any]],
    outputs: list[Any],
) -> None:
    """Wires the buttons.

    Args:
        places: where a run can be deleted.
        names: the names of the visitor's runs.
        picker: which of them is meant; picking another takes the question back.
        view: the values of `outputs` for the names that are left.
        outputs: all that shows anything of a run.
    """

    def delete(names: list[str], armed: str, request: gr.Request) -> list[Any]:
        message, left = _delete(names or [], armed or "", lang_of(request))
        shown = view(left, request) if left != names else [gr.skip()] * len(outputs)
        return [message, gr.Row(visible=False), "", left, *shown]

    for place in places:
        question = [place.message, place.confirm, place.armed]
        place.ask.click(ask, [names, picker], question, **NO_QUEUE)
        gr.on([place.keep.click, picker.input], lambda: ["", gr.Row(visible=False), ""], None, question, **NO_QUEUE)
        place.really.click(
            delete,
            [names, place.armed],
            [*question, names, *outputs],
            show_progress_on=place.message,
            **CUSTOM_QUEUE,
        )


def ask(names: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """The question and the buttons that answer it; or why there is nothing to delete."""
    lang = lang_of(request)
    if not names:
        return [said("own.untrained", lang), gr.Row(visible=False), ""]
    run = chosen if chosen in names else names[0]
    found, gone = progress.statuses_of([run])
    if gone:
        return [progress.error_text(gone, lang), gr.Row(visible=False), ""]
    title = progress.run_titles(found, lang)[0]
    return [said("own.delete.ask", lang, engine=title), gr.Row(visible=True), run]


def _delete(names: list[str], armed: str, lang: str) -> tuple[str, list[str]]:
    """(the message, the names that are left). armed: "" where no question was asked."""
    if not armed:
        return said("own.untrained", lang), names
    left = [name for name in names if name != armed]
    try:
        delete_run(armed)
    except UserError as e:
        exists = progress.statuses_of([armed])[0]
        return escape_markdown(e.words.say(lang)), names if exists else left
    return said("own.delete.done", lang), left
