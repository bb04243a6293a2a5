"""One sentence, four shapes: what is fed, what is masked, and where the loss stands."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo import tasks
from s2s_demo.lab import shapes
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Shape
from s2s_demo.ui.events import MODEL_QUEUE
from s2s_demo.ui.task import answering
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.shapes_view import ShapesView
from s2s_demo.ui.words import T, lang_of, said

MOST = 400


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.shapes.about"))
    with gr.Row(equal_height=True):
        x = gr.Textbox(label=T("shapes.x"), info=T("x.info"), max_lines=1, scale=3, elem_id="shapes-x")
        m = gr.Slider(1, shapes.MOST_M, value=3, step=1, label=T("shapes.m"), scale=1, elem_id="shapes-m")
    view = ShapesView(elem_id="shapes")

    def show(text: str, m: float, request: gr.Request) -> Any:
        lang = lang_of(request)
        try:
            return drawn(text, int(m), lang)
        except UserError as e:
            return {"problem": e.words.say(lang)}

    def first(text: str, m: float, request: gr.Request) -> list[Any]:
        if text:
            return [gr.skip(), gr.skip()]
        text = said("shapes.start", lang_of(request))
        return [text, show(text, m, request)]

    gr.on(opened, first, [x, m], [x, view], trigger_mode="once", **MODEL_QUEUE)
    gr.on([x.submit, m.release], show, [x, m], [view], trigger_mode="always_last", **MODEL_QUEUE)


@user_errors_only
def drawn(text: str, m: int, lang: str) -> dict[str, Any]:
    """What `ShapesView` draws of a sentence. Its tags and its intent are the answers of the shipped LSTMs of its language.

    Raises:
        UserError: the sentence has too few words, or too many.
    """
    tongue = "ko" if any("가" <= c <= "힣" for c in text) else "en"
    tagged = _answer(f"pos-{tongue}", text[:MOST])
    words = shapes.bounded(list(tagged.x_pieces))
    intents = tasks.get(f"intent-{tongue}")
    label = _answer(intents.name, text[:MOST]).y.rpartition("/")[2]
    label = intents.meanings[label].say(lang) if label in intents.meanings else label.replace("_", " ")
    found = shapes.cards(words, [tag.partition("/")[0] for tag in tagged.y_pieces], label, m)
    return {"cards": [_card(card, lang) for card in found]}


def _answer(task: str, text: str) -> Any:
    return answering.answered(tasks.get(task), "lstm", Approach.ENCODER_ONLY.value, text, look=False)


def _card(card: shapes.Card, lang: str) -> dict[str, Any]:
    name, last = card.shape.name, len(card.fed) - 1
    parts = [
        {
            "of": said(f"shapes.{of}", lang),
            "names": names,
            "given": [] if of == "encoder" else [name for i, name in enumerate(names) if i in _given(card)],
            "out": card.out if i == last else [],
            "counted": card.counted if i == last else [],
        }
        for i, (of, names) in enumerate(card.fed)
    ]
    x = card.fed[0][1] if card.shape is not Shape.LM else card.fed[0][1][1 : len(card.fed[0][1]) - len(card.out) + 1]
    return {
        "title": said(f"shapes.{name}", lang),
        "about": said(f"shapes.{name}.about", lang),
        "x": x,
        "y": card.out,
        "between": said("shapes.between", lang),
        "loss": said(f"shapes.{name}.loss", lang),
        "parts": parts,
        "masks": [_mask(mask, lang) for mask in card.masks],
    }


def _given(card: shapes.Card) -> range:
    """The steps of the last row that are fed from y under teacher forcing."""
    return range(card.counted[0] + 1, len(card.fed[-1][1]))


def _mask(mask: shapes.Mask, lang: str) -> dict[str, Any]:
    title = said(f"shapes.{mask.kind}", lang, of=said(f"shapes.{mask.of}", lang))
    return {
        "title": title,
        "label": said("shapes.label", lang, title=title, n=int(mask.may.sum()), may=mask.may.size),
        "rows": mask.rows,
        "columns": mask.columns,
        "may": mask.may.astype(int).tolist(),
        "yes": said("shapes.may", lang),
        "no": said("shapes.not", lang),
    }
