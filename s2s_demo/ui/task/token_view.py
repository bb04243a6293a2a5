"""The answer to a text as `AnswerView` shows it: big type, one cell an output step, and whether it is right."""

from __future__ import annotations

import re
from typing import Any

from s2s_demo.explain import END
from s2s_demo.lenses import LONGEST_LOOK
from s2s_demo.prediction import Prediction
from s2s_demo.task import Shape, Task
from s2s_demo.ui import gpu
from s2s_demo.ui.words import said

LONGEST_SHOWN = 300
"""Output steps that are shown."""


def view_data(
    task: Task, answer: Prediction, truth: str | None, matrix: Any, step: int, lang: str, threshold: float = 0.0
) -> dict[str, Any]:
    """What `AnswerView` shows.

    Args:
        task: of the answer.
        answer: to a text.
        truth: the true y, None where it is not known.
        matrix: (M, S) tints of the input steps, or None.
        step: the chosen output step.
        lang: of the visitor.
        threshold: the confidence below which the answer of a task with unknown inputs is withheld, 0 to 1.
    """
    sure = task.shape is not Shape.N21 or float(answer.confidence[0]) >= threshold
    return {
        "said": _headline(task, answer, lang) if sure else said("view.unknown", lang),
        **_verdict(task, answer, truth, lang, unsure=None if sure else threshold),
        "x": [str(piece) for piece in answer.x_pieces[:LONGEST_LOOK]],
        "y": _cells(task, answer, truth, lang),
        "top": [[choice(task, *one, lang) for one in five] for five in answer.top],
        "matrix": matrix,
        "step": step,
        "words": {key: said(f"view.{key}", lang) for key in ("x", "y", "keys", "confidence", "top")},
    }


def summary(task: Task, answer: Prediction, truth: str | None, lang: str) -> list[str]:
    """The answer in one cell of a table, and in another whether it is right."""
    result = task.answer(answer.y)
    shown = choice(task, result, 1.0, lang)["name"] if task.shape is Shape.N21 else _printed(result)
    return [_short(shown), "" if truth is None else "✓" if result == task.answer(truth) else "✗"]


def first_step(task: Task, answer: Prediction) -> int:
    """The output step chosen at first: the last one of N2N, which has all of x behind it; else the result's first digit."""
    if task.shape is Shape.N2N:
        return min(len(answer.y_pieces), LONGEST_SHOWN) - 1
    working = _working_steps(answer)
    return min(working + (answer.y_pieces[working] in "+−"), len(answer.y_pieces) - 1) if answer.y_pieces else 0


def _headline(task: Task, answer: Prediction, lang: str) -> str:
    """The answer in big type: an equation, an intent, or nothing where the cells say it all."""
    if task.shape is Shape.N21:
        named = choice(task, task.answer(answer.y), float(answer.confidence[0]), lang)
        return f"{named['name']} · {named['group']}" if named["group"] else named["name"]
    return "" if task.meanings else f"{_short(_printed(answer.x))} = {_short(_printed(task.answer(answer.y)))}"


def _verdict(task: Task, answer: Prediction, truth: str | None, lang: str, *, unsure: float | None) -> dict[str, Any]:
    parts, right = [], None
    if unsure is not None:
        parts.append(said("view.unsure", lang, p=float(answer.confidence[0]), threshold=unsure))
    if truth is not None:
        score = task.score([answer.x], [task.answer(answer.y)], [task.answer(truth)])
        right = score[task.measure] == 1
        if right:
            parts.append("✓ " + said("view.right", lang))
        elif task.meanings:
            parts.append("✗ " + said("view.partly", lang, share=score[task.measure]))
        else:
            parts.append("✗ " + said("view.wrong", lang, truth=_short(task.answer(truth))))
    parts.append(said("view.time", lang, ms=f"{answer.seconds * 1000:.1f}") + gpu.by_device(answer))
    return {"verdict": " · ".join(parts), "right": right}


def _cells(task: Task, answer: Prediction, truth: str | None, lang: str) -> list[dict[str, Any]]:
    """One cell an output step; where tags have meanings, its word, colour and meaning, and the true tag if it is another."""
    working, cells = _working_steps(answer), []
    tags = list(task.meanings)
    true = task.answer(truth).split(" ") if truth is not None and task.meanings else []
    for i, (name, p) in enumerate(zip(answer.y_pieces[:LONGEST_SHOWN], answer.confidence.tolist(), strict=False)):
        cell: dict[str, Any] = {"name": name, "p": round(p, 4), "part": i < working}
        if task.shape is Shape.N21:
            cell["name"] = choice(task, name, p, lang)["name"]
        plain, _, fine = name.partition("/")
        if plain in task.meanings:
            cell |= {"hue": round(360 * tags.index(plain) / len(tags)), "means": task.meanings[plain].say(lang)}
            cell["name"] = plain if task.shape is Shape.N2N else cell["name"]
        if task.meanings and task.shape is Shape.N2N:
            cell["over"] = answer.x_pieces[i]
            cell["means"] = cell.get("means", "") + (f" ({fine})" if fine.strip("*_") else "")
            cell["wrong"] = true[i] if i < len(true) and true[i] != plain else ""
        cells.append(cell)
    return cells


def choice(task: Task, name: str, p: float, lang: str) -> dict[str, Any]:
    """ "banking/transfer" -> transfer, of banking; "NOUN/NN" -> NOUN, and NN beside it."""
    group, _, plain = name.rpartition("/")
    if task.shape is not Shape.N21:
        plain, _, group = name.partition("/")
    elif plain in task.meanings:
        plain = task.meanings[plain].say(lang)
    return {"name": plain.replace("_", " "), "group": group.strip("*_").replace("_", " "), "p": round(p, 4)}


def _working_steps(answer: Prediction) -> int:
    """How many output steps come before the sign of the result; 0 where no working is written."""
    signs_at = [i for i, name in enumerate(answer.y_pieces) if name in ("+", "−")]
    return signs_at[-1] if signs_at and answer.y_pieces[-1] == END else 0


def _printed(text: str) -> str:
    """ "38*45" -> "38 × 45", "-112" -> "−112"."""
    spaced = re.sub(r"(?<=\d)[+*-](?=\d)", lambda sign: f" {sign[0]} ", text)
    return spaced.replace("*", "×").replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:28]}…{text[-28:]}"
