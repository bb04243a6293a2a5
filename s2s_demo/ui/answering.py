"""What a panel shows, as plain functions of (task, engine, approach, text, language): no component is named here."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo import checkpoint, engines
from s2s_demo.explain import END, LONGEST_LOOK, gradient_of, predict
from s2s_demo.prediction import Grid, Prediction, UserError
from s2s_demo.task import Shape, Task
from s2s_demo.ui.gpu import gpu
from s2s_demo.ui.words import said
from s2s_demo.viz.curves import Curve, gradient_curves, training_norms
from s2s_demo.viz.heat import heat
from s2s_demo.viz.length_map import length_map

LOG = logging.getLogger(__name__)
TRAINED_DIGITS = {"addition": {"+": 10}, "arithmetic": {"+": 5, "-": 5, "*": 3}}


def plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, whose every failure is a UserError: a visitor meets one sentence, the log the rest."""

    @wraps(function)
    def guarded(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except UserError:
            raise
        except Exception as e:
            LOG.exception("in %s", function.__name__)
            raise UserError(said("problem", "ko"), said("problem", "en")) from e

    return guarded


@gpu
def _predicted(task: str, engine: str, approach: str, x: str, look: bool) -> Prediction:
    model = checkpoint.load(task, engine, approach)
    predict(model, [x])  # the first call of a model pays for memory it keeps; the time on the page is the second's
    return predict(model, [x], look=look)[0]


@plainly
def answered(task: Task, engine: str, approach: str, text: str, *, look: bool = True) -> Prediction:
    """The answer to what a visitor typed, with its trace.

    Raises:
        UserError: with the sentence to show.
    """
    x = task.read(text)
    return _predicted(task.name, engine, approach, x, look)


def view(task: Task, answer: Prediction, grid: Grid | None, step: int, lang: str) -> dict[str, Any]:
    """What `AnswerView` draws."""
    truth = task.truth(answer.x)
    result = task.answer(answer.y)
    right = None if truth is None else result == task.answer(truth)
    verdict = said("view.time", lang, ms=f"{answer.seconds * 1000:.1f}")
    if right is not None and truth is not None:
        mark = (
            "✓ " + said("view.right", lang)
            if right
            else "✗ " + said("view.wrong", lang, truth=_short(task.answer(truth)))
        )
        verdict = f"{mark} · {verdict}"
    shown_y = list(zip(answer.y_pieces, answer.confidence.tolist(), strict=True))[:LONGEST_LOOK]
    working = _working_steps(answer)
    return {
        "said": f"{_short(_printed(answer.x))} = {_short(_printed(result))}",
        "verdict": verdict,
        "right": right,
        "x": [str(piece) for piece in answer.x_pieces[:LONGEST_LOOK]],
        "y": [{"name": name, "p": round(p, 4), "part": i < working} for i, (name, p) in enumerate(shown_y)],
        "matrix": None if grid is None else _tints(grid, len(answer.x_pieces)),
        "step": step,
        "words": {key: said(f"view.{key}", lang) for key in ("x", "y", "keys", "confidence")},
    }


def trouble(error: UserError, lang: str) -> dict[str, Any]:
    """What `AnswerView` draws instead of an answer."""
    return {"problem": error.words.say(lang)}


def first_step(task: Task, answer: Prediction) -> int:
    """The output step chosen at first: the last one of N2N, which has all of x behind it; else the result's first digit."""
    if task.shape is Shape.N2N:
        return len(answer.y_pieces) - 1
    working = _working_steps(answer)
    return min(working + (answer.y_pieces[working] in "+−"), len(answer.y_pieces) - 1) if answer.y_pieces else 0


def kinds(answer: Prediction) -> list[str]:
    """The lenses this answer has."""
    return [kind for kind in ("gradient", "attention") if answer.trace.of(kind)]


def grid_of(answer: Prediction, kind: str, where: str) -> Grid | None:
    """The grid of that lens at that place, or the first there is of that lens."""
    grids = answer.trace.of(kind)
    return next((grid for grid in grids if grid.where == where), grids[0] if grids else None)


def lens(grid: Grid | None, lang: str) -> go.Figure | None:
    """The heat map of one grid."""
    if grid is None:
        return None
    scale = said("lens.share", lang) if grid.kind == "attention" else grid.unit
    titles = {"x_title": said("lens.input", lang), "y_title": said("lens.output", lang)}
    return heat(grid, **titles, scale_title=scale, nowhere=said("lens.nowhere", lang))


def one_curve(answer: Prediction, engine: str, step: int, lang: str) -> go.Figure | None:
    """|dL_k/de_t| over t for the chosen output step of the chosen engine."""
    grid = grid_of(answer, "gradient", "")
    if grid is None:
        return None
    curve = Curve(engine, engines.get(engine).title.say(lang), grid.values[min(step, len(grid.rows) - 1)])
    return _curves([curve], grid.columns, lang, relative=False)


@plainly
def all_curves(task: Task, approach: str, x: str, step: int, lang: str) -> tuple[go.Figure | None, list[list[str]]]:
    """Every engine on one axis for the same x and the same step of the true answer, and a row of a table for each."""
    curves, rows, names = [], [], ()
    truth = task.truth(x)
    for entry in checkpoint.shelf(task.name):
        if entry.approach != approach or entry.seed:
            continue
        title = engines.get(entry.engine).title.say(lang)
        try:
            answer, grid = _compared(task.name, entry.engine, approach, x, truth)
        except UserError as e:
            rows.append([title, e.words.say(lang), "", "", ""])
            continue
        result = task.answer(answer.y)
        mark = "" if truth is None else ("✓" if result == task.answer(truth) else "✗")
        parameters = f"{checkpoint.facts_of(entry.folder)['parameters']:,}"
        rows.append([title, _short(_printed(result)), mark, f"{answer.seconds * 1000:.1f} ms", parameters])
        if grid is not None and step < len(grid.rows):
            names = grid.columns
            curves.append(Curve(entry.engine, title, grid.values[step]))
    return (_curves(curves, names, lang, relative=True) if curves else None), rows


@gpu
def _compared(task: str, engine: str, approach: str, x: str, truth: str | None) -> tuple[Prediction, Grid | None]:
    model = checkpoint.load(task, engine, approach)
    predict(model, [x])
    answer = predict(model, [x])[0]
    return answer, gradient_of(model, x, truth if truth is not None else answer.y)


def _curves(curves: list[Curve], names: tuple[str, ...], lang: str, *, relative: bool) -> go.Figure:
    y_title = said("norms.y.relative" if relative else "norms.y", lang)
    x_title = said("lens.input", lang)
    return gradient_curves(
        curves, names, x_title=x_title, y_title=y_title, no_path=said("lens.nowhere", lang), relative=relative
    )


def training(task: str, engine: str, approach: str, lang: str) -> go.Figure | None:
    """The norms of a checkpoint's own training, from its history."""
    entry = _entry(task, engine, approach)
    history = list(checkpoint.history_of(entry.folder)) if entry else []
    if not entry or not history:
        return None
    words = {key: said(f"training.{key}", lang) for key in ("total", "clip")}
    titles = {"x_title": said("training.step", lang), "y_title": said("training.norm", lang)}
    return training_norms(history, **titles, **words, threshold=float(checkpoint.facts_of(entry.folder)["clip"]))


def signs(task: str) -> list[str]:
    """The signs the length map of a task can show."""
    return list(TRAINED_DIGITS.get(task, {}))


def map_of(task: str, engine: str, approach: str, sign: str, lang: str) -> go.Figure | None:
    """The length map, from the scores that `evaluate --keep` left beside the checkpoint."""
    entry = _entry(task, engine, approach)
    cells = checkpoint.facts_of(entry.folder)["scores"].get("by_length", {}) if entry else {}
    if not cells:
        return None
    titles = {"x_title": said("map.b", lang), "y_title": said("map.a", lang), "outlined": said("map.trained", lang)}
    return length_map(cells, sign, trained=TRAINED_DIGITS[task][sign], **titles)


def card(task: Task, engine: str, approach: str, lang: str) -> list[list[str]]:
    """Rows (name, value) of the model card panel.

    Raises:
        UserError: there is no such checkpoint.
    """
    entry = _entry(task.name, engine, approach)
    if entry is None:
        checkpoint.load(task.name, engine, approach)
        return []
    facts = checkpoint.facts_of(entry.folder)
    scores = facts["scores"]
    score, base = _main_score(task, scores, "exact"), _main_score(task, scores, "baseline")
    told = said("card.none", lang)
    if score is not None:
        told = said("card.score.value", lang, share=score, n=scores["n"] // _splits(task, scores))
    trained = said("card.trained.value", lang, **{k: facts[k] for k in ("steps", "minutes", "machine")})
    return [
        [said("engine", lang), engines.get(engine).title.say(lang)],
        [said("card.remembers", lang), engines.get(engine).remembers.say(lang)],
        [said("card.data", lang), said("card.synthetic", lang) if task.data == "synthetic" else task.data],
        [said("card.parameters", lang), f"{facts['parameters']:,}"],
        [said("card.trained", lang), trained],
        [said("card.score", lang), told if len(task.tests) == 1 or score is None else f"{told} · {task.tests[0]}"],
        [said("card.baseline", lang), f"{base:.2%}" if base is not None else told],
        [said("card.command", lang), facts["command"]],
    ]


def _splits(task: Task, scores: dict[str, Any]) -> int:
    """How many test splits were scored; `evaluate --longest` leaves some out."""
    return max(1, sum(f"exact_{split.replace('-', '_')}" in scores for split in task.tests))


def _main_score(task: Task, scores: dict[str, Any], measure: str) -> float | None:
    return scores.get(measure, scores.get(f"{measure}_{task.tests[0].replace('-', '_')}"))


def _entry(task: str, engine: str, approach: str) -> checkpoint.Entry | None:
    there = checkpoint.shelf(task)
    return next((e for e in there if (e.engine, e.approach, e.seed) == (engine, approach, 0)), None)


def _working_steps(answer: Prediction) -> int:
    """How many output steps come before the sign of the result; 0 where no working is written."""
    signs_at = [i for i, name in enumerate(answer.y_pieces) if name in ("+", "−")]
    return signs_at[-1] if signs_at and answer.y_pieces[-1] == END else 0


def _tints(grid: Grid, columns: int) -> list[list[float | None]]:
    """(M, S) shares of each row's largest value, rounded; None where there is no path."""
    values = grid.values[:, :columns].astype("float64")
    if grid.kind == "gradient":
        values = np.where(values > 0, values, np.nan)
    largest = np.nanmax(np.where(np.isnan(values), 0, values), axis=1, keepdims=True)
    shares = values / np.where(largest > 0, largest, 1)
    return [[None if np.isnan(v) else round(float(v), 3) for v in row] for row in shares]


def _printed(text: str) -> str:
    """ "38*45" -> "38 × 45", "-112" -> "−112"."""
    spaced = re.sub(r"(?<=\d)[+*-](?=\d)", lambda sign: f" {sign[0]} ", text)
    return spaced.replace("*", "×").replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:28]}…{text[-28:]}"
