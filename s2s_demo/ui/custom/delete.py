"""Deleting a run: two buttons, one that asks and one that does it, wherever a run is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import gradio as gr

from s2s_demo.custom.jobs import runs
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom import answering as owning
from s2s_demo.ui.custom import errors, progress, text
from s2s_demo.ui.custom.data import READ
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import T, lang_of, said


@dataclass(frozen=True)
class Deletion:
    """The buttons in one place. armed: the run that the second button would delete, which stays the one that was named."""

    ask: gr.Button
    told: gr.Markdown
    sure: gr.Row
    really: gr.Button
    keep: gr.Button
    armed: gr.State


def deletion(place: str) -> Deletion:
    """Builds the buttons. The second is another one than the first, so that a double click deletes nothing."""
    ask = gr.Button(T("own.delete"), size="sm", elem_id=f"own-delete-{place}")
    told = gr.Markdown(elem_id=f"own-deleted-{place}")
    with gr.Row(visible=False) as sure:
        really = gr.Button(T("own.delete.really"), variant="stop", elem_id=f"own-delete-really-{place}")
        keep = gr.Button(T("own.delete.keep"), elem_id=f"own-delete-keep-{place}")
    return Deletion(ask, told, sure, really, keep, gr.State(""))


@user_errors_only
def deleted(run: str) -> None:
    """Deletes a run, what this process remembers of its pairs, and the zips it made of its model.

    Raises:
        UserError: it is gone already, or cannot be deleted.
    """
    try:
        runs.forget(run)
    finally:
        owning.forget(run)
        errors.forget()


def wire(
    places: list[Deletion],
    going: gr.State,
    which: gr.Radio,
    left: Callable[[list[str], gr.Request], list[Any]],
    outputs: list[Any],
) -> None:
    """Lets the buttons do it. left: of the names that are left, the values of `outputs`, which is all that showed the run."""
    for place in places:
        sure = [place.told, place.sure, place.armed]
        place.ask.click(_asked, [going, which], sure, **NO_QUEUE)
        gr.on([place.keep.click, which.input], lambda: ["", gr.Row(visible=False), ""], None, sure, **NO_QUEUE)

        def delete_run(names: list[str], armed: str, request: gr.Request) -> list[Any]:
            told, rest = _done(names or [], armed or "", lang_of(request))
            shown = left(rest, request) if rest != names else [gr.skip()] * len(outputs)
            return [told, gr.Row(visible=False), "", rest, *shown]

        place.really.click(
            delete_run, [going, place.armed], [*sure, going, *outputs], show_progress_on=place.told, **READ
        )


def _asked(going: list[str], chosen: str | None, request: gr.Request) -> list[Any]:
    """The question, and the second button; or why there is nothing to delete."""
    lang = lang_of(request)
    if not going:
        return [said("own.untrained", lang), gr.Row(visible=False), ""]
    run = chosen if chosen in going else going[0]
    there, gone = progress.looked_at([run])
    if gone:
        return [progress.told_of(gone, lang), gr.Row(visible=False), ""]
    name = progress.titles(there, lang)[0]
    return [said("own.delete.ask", lang, engine=name), gr.Row(visible=True), run]


def _done(names: list[str], armed: str, lang: str) -> tuple[str, list[str]]:
    """(what is said, the names that are left). armed: "" where nobody was asked."""
    if not armed:
        return said("own.untrained", lang), names
    rest = [name for name in names if name != armed]
    try:
        deleted(armed)
    except UserError as e:
        still = progress.looked_at([armed])[0]
        return text.plain(e.words.say(lang)), names if still else rest
    return said("own.delete.done", lang), rest
