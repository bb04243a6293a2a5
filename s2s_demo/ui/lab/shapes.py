"""One sentence, four shapes: what is fed, what is masked, and where the loss is taken."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo import tasks
from s2s_demo.lab.shapes import masks
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.task import Approach, Shape
from s2s_demo.ui.events import MODEL_QUEUE
from s2s_demo.ui.task import answering
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.views.shapes_view import ShapesView
from s2s_demo.ui.words import T, lang_of, said

MOST_CHARACTERS = 400


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes into view."""
    gr.Markdown(T("lab.shapes.about"))
    with gr.Row(equal_height=True):
        x = gr.Textbox(label=T("shapes.x"), info=T("x.info"), max_lines=1, scale=3, elem_id="shapes-x")
        m = gr.Slider(1, masks.MOST_M, value=3, step=1, label=T("shapes.m"), scale=1, elem_id="shapes-m")
    view = ShapesView(elem_id="shapes")
    gr.on(opened, show_example, [x, m], [x, view], trigger_mode="once", **MODEL_QUEUE)
    gr.on([x.submit, m.release], show, [x, m], [view], trigger_mode="always_last", **MODEL_QUEUE)


def show(text: str, m: float, request: gr.Request) -> dict[str, Any]:
    """The cards of a sentence, or why there are none."""
    lang = lang_of(request)
    try:
        return cards(text, int(m), lang)
    except UserError as e:
        return {"problem": e.words.say(lang)}


def show_example(text: str, m: float, request: gr.Request) -> list[Any]:
    """The first sentence and its cards; nothing once there is a sentence."""
    if text:
        return [gr.skip(), gr.skip()]
    text = said("shapes.start", lang_of(request))
    return [text, show(text, m, request)]


@user_errors_only
def cards(text: str, m: int, lang: str) -> dict[str, Any]:
    """The value of `ShapesView` for a sentence, tagged and labelled by the shipped LSTMs of its language.

    Raises:
        UserError: the sentence has too few words, or too many.
    """
    language = "ko" if any("가" <= c <= "힣" for c in text) else "en"
    tagged = _answer(f"pos-{language}", text[:MOST_CHARACTERS])
    words = masks.check_words(list(tagged.x_pieces))
    intents = tasks.get(f"intent-{language}")
    label = _answer(intents.name, text[:MOST_CHARACTERS]).y.rpartition("/")[2]
    label = intents.meanings[label].say(lang) if label in intents.meanings else label.replace("_", " ")
    tags = [tag.partition("/")[0] for tag in tagged.y_pieces]
    return {"cards": [_card(card, lang) for card in masks.cards(words, tags, label, m)]}


def _answer(task: str, text: str) -> Prediction:
    return answering.answer(tasks.get(task), "lstm", Approach.ENCODER_ONLY.value, text, look=False)


def _card(card: masks.Card, lang: str) -> dict[str, Any]:
    name, last, x = card.shape.name, len(card.inputs) - 1, card.inputs[0][1]
    forced = range(card.loss_steps[0] + 1, len(card.inputs[-1][1]))  # fed from y under teacher forcing
    parts = [
        {
            "of": said(f"shapes.{part}", lang),
            "names": names,
            "given": [] if part == "encoder" else [name for i, name in enumerate(names) if i in forced],
            "out": card.outputs if i == last else [],
            "counted": card.loss_steps if i == last else [],
        }
        for i, (part, names) in enumerate(card.inputs)
    ]
    return {
        "title": said(f"shapes.{name}", lang),
        "about": said(f"shapes.{name}.about", lang),
        "x": x[1 : len(x) - len(card.outputs) + 1] if card.shape is Shape.LM else x,
        "y": card.outputs,
        "between": said("shapes.between", lang),
        "loss": said(f"shapes.{name}.loss", lang),
        "parts": parts,
        "masks": [_mask(mask, lang) for mask in card.masks],
    }


def _mask(mask: masks.Mask, lang: str) -> dict[str, Any]:
    title = said(f"shapes.{mask.kind}", lang, of=said(f"shapes.{mask.part}", lang))
    return {
        "title": title,
        "label": said("shapes.label", lang, title=title, n=int(mask.allowed.sum()), may=mask.allowed.size),
        "rows": mask.rows,
        "columns": mask.columns,
        "may": mask.allowed.astype(int).tolist(),
        "yes": said("shapes.may", lang),
        "no": said("shapes.not", lang),
    }
