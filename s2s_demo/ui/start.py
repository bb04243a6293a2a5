"""The start page: one picture of Seq2Seq, alive. x on the left, y on the right, an engine between them that one click exchanges."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.prediction import Prediction, UserError, quoted
from s2s_demo.task import Approach, Shape, Task
from s2s_demo.ui.events import NO_QUEUE
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.rooms import path_of, room_label, rooms
from s2s_demo.ui.task import answering, token_view
from s2s_demo.ui.views.json_view import JsonView
from s2s_demo.ui.words import LANGUAGES, lang_of, said

MOST_TILES = 24
CARD_TILES = 7
FIRST_ENGINE = "lstm"


@dataclass(frozen=True)
class Scene:
    """One of the shapes to choose from, with a trained model behind it."""

    tasks: tuple[tuple[str, str], ...]
    """(language, task): the one a visitor of that language sees; the first for any other."""
    approach: Approach
    """How that task is wired here."""
    x: tuple[tuple[str, str], ...]
    """(language, input) that it opens with, likewise."""


SCENES = {
    "tags": Scene(
        (("en", "pos-en"), ("ko", "pos-ko")),
        Approach.ENCODER_ONLY,
        (("en", "Time flies like an arrow ."), ("ko", "나는 어제 새 책을 읽었다 .")),
    ),
    "label": Scene(
        (("en", "intent-en"), ("ko", "intent-ko")),
        Approach.ENCODER_ONLY,
        (("en", "move 100 dollars to my savings"), ("ko", "내일 회의는 몇 시에 시작해?")),
    ),
    "length": Scene((("en", "sums"),), Approach.ENCODER_DECODER, (("en", "347+589"),)),
    "next": Scene((("en", "sums"),), Approach.DECODER_ONLY, (("en", "808+94"),)),
}
FIRST_SCENE = "length"
DOORS = {"try": "arithmetic", "own": "own", "lab": "gradients"}
"""What one can do here -> where."""


class StartView(JsonView):
    """Shows what `picture` gives and, from `cards`, a card a room. Tells "ask" with {scene, engine, x}."""

    html_template = "<div class='start'></div>"
    js_on_load = (Path(__file__).parent / "js" / "start.js").read_text("utf-8")


def panel(opened: list[Any]) -> None:
    """Builds the page inside the open Blocks. opened: events at which it comes to be seen."""
    view, rooms = StartView(elem_id="picture"), StartView(elem_id="rooms")
    gr.on(opened, _first, None, view, trigger_mode="once", **NO_QUEUE).then(_cards, None, rooms, **NO_QUEUE)
    view.ask(_asked, None, view, trigger_mode="always_last", **NO_QUEUE)  # type: ignore[attr-defined]


def _first(request: gr.Request) -> dict[str, Any]:
    return picture(FIRST_SCENE, FIRST_ENGINE, "", lang_of(request))


def _asked(request: gr.Request, event: gr.EventData) -> dict[str, Any]:
    asked = event._data if isinstance(event._data, dict) else {}
    scene, engine, x = (str(asked.get(key) or "") for key in ("scene", "engine", "x"))
    return picture(scene, engine, x, lang_of(request))


def _cards(request: gr.Request) -> dict[str, Any]:
    lang = lang_of(request)
    doors = [
        {"title": said(f"start.door.{key}", lang), "about": said(f"start.door.{key}.about", lang), "path": path}
        for key, path in DOORS.items()
    ]
    return {"doors": [{**door, "door": True, "x": [], "y": []} for door in doors], "cards": cards(lang)}


def picture(scene: str, engine: str, x: str, lang: str) -> dict[str, Any]:
    """What the picture shows: x and y as tiles, the engine between them, what else can be chosen.

    Args:
        scene: one of `SCENES`; any other is the first.
        engine: the name of an engine; any other is the first.
        x: what a visitor typed; empty for the scene's own.
        lang: one of the page's languages.
    """
    scene = scene if scene in SCENES else FIRST_SCENE
    engine = engine if engine in engines.ENGINES else FIRST_ENGINE
    chosen = SCENES[scene]
    task = tasks.get(_for(chosen.tasks, lang))
    x = x.strip() or _for(chosen.x, lang)
    shown = {
        "scene": scene,
        "engine": engine,
        "text": x,
        "scenes": [{"name": name, "title": said(f"start.scene.{name}", lang)} for name in SCENES],
        "engines": [{"name": e.name, "title": e.title.say(lang), "glyph": e.glyph} for e in engines.ENGINES.values()],
        "of": engines.ENGINES[engine].title.say(lang),
        "wiring": said(f"start.wiring.{chosen.approach.value}", lang),
        "words": {key: said(f"start.{key}", lang) for key in ("head", "head.end", "about", "type", "room", "case")},
        "room": _inside(task, engine, chosen.approach, x),
    }
    try:
        answer = answering.answer(task, engine, chosen.approach.value, x, look=False)
    except UserError as e:
        return shown | {"problem": e.words.say(lang), "x": [], "y": []}
    return shown | _tiles(task, answer, lang) | {"weights": _weights(task, engine, chosen.approach, lang)}


def _inside(task: Task, engine: str, approach: Approach, x: str) -> str:
    """The address of the room where the same question has its answer looked into."""
    path = path_of(task.name)
    query = urlencode({"x": x, "engine": engine, "approach": approach.value}, errors="replace")
    return f"{path}{'&' if '?' in path else '?'}{query}"


def _tiles(task: Task, answer: Prediction, lang: str) -> dict[str, Any]:
    """x and y of an answer as tiles, how many there are, and how sure the model is."""
    xs = [str(piece) for piece in answer.x_pieces[:MOST_TILES]]
    ys = _outputs(task, answer, lang)[:MOST_TILES]
    truth = task.truth(answer.x) if isinstance(answer.x, str) else None
    right = None if truth is None or task.meanings else task.answer(answer.y) == task.answer(truth)
    verdict = [] if right is None else [said("start.right" if right else "start.wrong", lang)]
    return {
        "x": xs,
        "y": ys,
        "right": right,
        "case": said("start.sizes", lang, n=len(answer.x_pieces), m=len(ys), case=task.shape.name),
        "verdict": " · ".join(
            [*verdict, said("start.sure", lang, p=min(0.99, float(min(answer.confidence, default=0))))]
        ),
        "took": said("start.took", lang, ms=f"{1000 * answer.seconds:.0f}"),
    }


def _outputs(task: Task, answer: Prediction, lang: str) -> list[dict[str, Any]]:
    """The tiles of y as a person reads them: a label's name, a tag with its colour, the digits of a number."""
    plain = task.answer(answer.y)
    if task.shape is Shape.N21:
        return [{"name": token_view.choice(task, plain, 1.0, lang)["name"]}]
    if task.shape is Shape.N2N and task.meanings:
        tags = list(task.meanings)
        heads = [piece.partition("/")[0] for piece in answer.y_pieces]
        return [
            {"name": tag, "hue": round(360 * tags.index(tag) / len(tags)) if tag in tags else None} for tag in heads
        ]
    return [{"name": symbol} for symbol in plain]


def _weights(task: Task, engine: str, approach: Approach, lang: str) -> str:
    entry = next(
        (e for e in checkpoints.available(task.name) if (e.engine, e.approach, e.seed) == (engine, approach.value, 0)),
        None,
    )
    count = checkpoints.facts_at_least(entry.folder)["parameters"] if entry else 0
    return said("start.weights", lang, n=int(count)) if count else ""


def _for(choices: tuple[tuple[str, str], ...], lang: str) -> str:
    return dict(choices).get(lang, choices[0][1])


@lru_cache(maxsize=8)
def cards(lang: str) -> list[dict[str, Any]]:
    """A card a room: what it is called, its shape, and one input with the answer of a trained model."""
    return [_card(room, names, lang) for room, names in rooms().items()]


def _card(room: str, names: list[str], lang: str) -> dict[str, Any]:
    task = tasks.get(next((name for name in names if name.endswith(f"-{lang}")), names[0]))
    title = said(room_label(room), lang)
    card = {"title": title, "case": task.shape.name, "path": path_of(task.name), "x": [], "y": [], "about": ""}
    card["about"] = said("start.tasks", lang, n=len(names)) if len(names) > 1 else ""
    entry = next((e for e in checkpoints.available(task.name) if e.engine == FIRST_ENGINE and not e.seed), None)
    scenes = [_for(scene.x, lang) for scene in SCENES.values() if task.name in dict(scene.tasks).values()]
    example = next(iter(task.clips or (*scenes, *task.examples)), "")
    if entry is None or not example:
        return card
    try:
        asked = input_of(task).sample(task, example) if task.clips else example
        answer = answering.answer(task, entry.engine, entry.approach, asked, look=False)
    except UserError:
        return card
    if task.clips:
        runs = [name for i, name in enumerate(answer.y_pieces) if i == 0 or name != answer.y_pieces[i - 1]]
        frames = said("start.frames", lang, n=len(answer.x_pieces))
        return card | {"x": [frames], "y": [{"name": _named(task, name, lang)} for name in runs[:CARD_TILES]]}
    words = [str(piece) for piece in answer.x_pieces[:CARD_TILES]]
    return card | {"x": words, "y": _outputs(task, answer, lang)[:CARD_TILES]}


def _named(task: Task, label: str, lang: str) -> str:
    return task.meanings[label].say(lang) if label in task.meanings else quoted(label)


WARM = [partial(cards, lang) for lang in LANGUAGES]
"""What is computed once before the first visitor comes."""
