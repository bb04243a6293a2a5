"""The answer to a video as `FilmView` shows it: its strip of thumbnails, the colours of its labels, its events."""

from __future__ import annotations

import base64
import io
import re
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from PIL import Image

from s2s_demo.prediction import Prediction, Words
from s2s_demo.task import Task
from s2s_demo.ui import gpu
from s2s_demo.ui.words import said
from s2s_demo.video import files
from s2s_demo.video.clip import SIDE, Clip

THUMBNAILS, ACROSS = 120, 12
# Okabe & Ito 2008 and two more, with an ink that can be read on each; a ninth label begins again with stripes.
COLOURS = (
    ("#0072B2", "#fff"),
    ("#E69F00", "#111"),
    ("#009E73", "#111"),
    ("#CC79A7", "#111"),
    ("#56B4E9", "#111"),
    ("#D55E00", "#111"),
    ("#B8A800", "#111"),
    ("#999999", "#111"),
)
UNKNOWN = ("#666666", "#fff")
_WARNED: WeakKeyDictionary[Clip, Words | None] = WeakKeyDictionary()
WORDS = ("strip", "lens", "truth", "mine", "events", "frame", "sure", "keys", "csv", "srt", "unplayable")


def view_data(
    task: Task, answer: Prediction, truth: str | None, matrix: Any, step: int, lang: str, threshold: float = 0.0
) -> dict[str, Any]:
    """What `FilmView` shows.

    Args:
        task: of the answer.
        answer: of a `Clip` of T frames.
        truth: T labels between spaces, None where they are not known.
        matrix: (T, T) tints, or None.
        step: the chosen frame.
        lang: of the visitor.
        threshold: not used, each frame has a label.
    """
    clip, names = answer.x, task.answer(answer.y).split(" ")
    true = task.answer(truth).split(" ") if truth else None
    labels = looks(task, names + (true or []), lang)
    number = {label["name"]: i for i, label in enumerate(labels)}
    runs = [{**run, "label": number[run["label"]]} for run in events(names, answer.confidence)]
    lasts = float(clip.seconds[1]) if len(clip) > 1 else 1 / 30
    return {
        "said": headline(task, names, answer.confidence, lang),
        **_verdict(names, true, answer, lang),
        "notices": notices(task, clip, lang),
        "file": re.sub(r"[^\w-]", "_", clip.name.rpartition(".")[0])[:60] or task.name,
        "n": len(clip),
        "seconds": [round(float(t), 4) for t in clip.seconds],
        "lasts": lasts,
        "strip": strip(clip),
        "labels": labels,
        "y": [number[name] for name in names],
        "truth": [number[name] for name in true] if true else None,
        "p": [round(float(p), 4) for p in answer.confidence],
        "events": runs,
        "top": [
            [{"name": label_text(task, name, lang), "p": round(p, 4)} for name, p in five if p] for five in answer.top
        ],
        "matrix": matrix,
        "step": step,
        "words": {key: said(f"film.{key}", lang) for key in WORDS}
        | {key: said(f"view.{key}", lang) for key in ("confidence", "top")},
    }


def notices(task: Task, clip: Clip, lang: str) -> list[str]:
    """What a visitor should know of this clip before trusting the labels."""
    if clip not in _WARNED:  # the same for every engine and lens, and not cheap
        _WARNED[clip] = task.warn(clip)
    warning = _WARNED[clip]
    whole = len(clip) < files.MOST and clip.seconds[-1] + clip.seconds[min(1, len(clip) - 1)] < files.SECONDS
    return [
        *([warning.say(lang)] if warning is not None else []),
        *([said("film.drawn", lang)] if clip.rendered else []),
        *([] if whole else [said("film.long", lang, seconds=files.SECONDS, frames=files.MOST)]),
    ]


def label_text(task: Task, label: str, lang: str) -> str:
    """A label as it is shown: in English its own name, in Korean what it means."""
    return task.meanings[label].ko if lang == "ko" and label in task.meanings else label


def right_share(names: list[str], true: list[str]) -> float:
    """Share of frames whose label is the true one, 0 to 1."""
    return sum(a == b for a, b in zip(names, true, strict=True)) / max(1, len(true))


def summary(task: Task, answer: Prediction, truth: str | None, lang: str) -> list[str]:
    """The labels of the events in one cell of a table, and in another the share of frames that are right."""
    names = task.answer(answer.y).split(" ")
    share = "" if truth is None else f"{right_share(names, task.answer(truth).split(' ')):.0%}"
    return [headline(task, names, answer.confidence, lang), share]


def headline(task: Task, names: list[str], confidence: np.ndarray, lang: str, most: int = 8) -> str:
    """The labels of the events one after another, "stance → load → …"."""
    says = [label_text(task, run["label"], lang) for run in events(names, confidence)]
    return " → ".join(says if len(says) <= most else [*says[:most], "…"])


def _verdict(names: list[str], true: list[str] | None, answer: Prediction, lang: str) -> dict[str, Any]:
    time = said("film.time", lang, ms=f"{answer.seconds * 1000:.1f}") + gpu.by_device(answer)
    if not true:
        return {"verdict": time, "right": None}
    share = right_share(names, true)
    how = "✓ " + said("view.right", lang) if share == 1 else said("film.share", lang, share=share)
    return {"verdict": f"{how} · {time}", "right": True if share == 1 else None}


def strip(clip: Clip) -> dict[str, Any]:
    """src: one JPEG of at most 120 frames, evenly chosen, 12 in a row, as a data URI. frames: how many. rows: of 12."""
    count = min(len(clip), THUMBNAILS)
    rows = -(-count // ACROSS)
    sheet = np.zeros((rows * ACROSS, SIDE, SIDE, 3), "uint8")
    sheet[:count] = clip.frames[np.linspace(0, len(clip) - 1, count).round().astype(int)]
    picture = sheet.reshape(rows, ACROSS, SIDE, SIDE, 3).swapaxes(1, 2).reshape(rows * SIDE, ACROSS * SIDE, 3)
    written = io.BytesIO()
    Image.fromarray(picture).save(written, "JPEG", quality=85)
    data = base64.b64encode(written.getvalue()).decode()
    return {"src": f"data:image/jpeg;base64,{data}", "frames": count, "rows": rows, "across": ACROSS}


def looks(task: Task, named: list[str], lang: str) -> list[dict[str, Any]]:
    """One entry a label, those of the task first: name, says (as it is shown), means, colour, ink, striped."""
    out = []
    for i, name in enumerate(dict.fromkeys([*task.meanings, *named])):
        colour, ink = COLOURS[i % len(COLOURS)] if name in task.meanings else UNKNOWN
        means = task.meanings[name].say(lang) if name in task.meanings else ""
        tone = {"colour": colour, "ink": ink, "striped": i >= len(COLOURS)}
        out.append({"name": name, "says": label_text(task, name, lang), "means": means, **tone})
    return out


def events(labels: list[str], confidence: np.ndarray) -> list[dict[str, Any]]:
    """Stretches of one label: label, from and to (frame numbers, `to` the first after it), p (mean confidence, 0 to 1)."""
    out, at = [], 0
    for label, same in groupby(labels):
        to = at + len(list(same))
        out.append({"label": label, "from": at, "to": to, "p": round(float(confidence[at:to].mean()), 4)})
        at = to
    return out
