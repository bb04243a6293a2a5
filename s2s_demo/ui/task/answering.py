"""What a panel shows, as plain functions of (task, engine, approach, text, language): no component is named here."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.explain import END, predict_parsed
from s2s_demo.figures.curves import Curve, gradient_curves, training_norms
from s2s_demo.figures.length_map import length_map
from s2s_demo.lab.scoreboard.rows import main_score
from s2s_demo.lenses import LONGEST_LOOK, gradient_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, UserError
from s2s_demo.side_files import Damaged
from s2s_demo.task import Shape, Task
from s2s_demo.ui import gpu
from s2s_demo.ui.task import film
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import machine_in, mistake, said, said_of
from s2s_demo.video.clip import Clip

LOG = logging.getLogger(__name__)
LONGEST_SHOWN = 300
CLIPS_KEPT = 4
TICKS = 5
TRAINED_DIGITS = {"addition": {"+": 10}, "arithmetic": {"+": 5, "-": 5, "*": 3}}


def _predicted(task: str, engine: str, approach: str, x: Any, look: bool) -> Prediction:
    def ask(model: Seq2Seq) -> Prediction:
        return predict_parsed(model, [x], look=look)[0]

    return gpu.with_model(task, engine, approach, ask)


@user_errors_only
def answered(task: Task, engine: str, approach: str, asked: str | None, *, look: bool = True) -> Prediction:
    """The answer to what a visitor typed, or to the video at a path, with its trace.

    Raises:
        UserError: with the sentence to show.
    """
    return _predicted(task.name, engine, approach, x_of(task, asked), look)


@user_errors_only
def x_of(task: Task, asked: str | None) -> Any:
    """x as the task reads it. The last few videos are kept, so that choosing another engine does not decode again.

    Raises:
        UserError: with the sentence to show.
    """
    if task.input != "video":
        return task.read(asked or "")
    if not asked:
        raise mistake("clip.none")
    try:
        stat = Path(asked).stat()
    except (OSError, ValueError):
        return task.read(asked)
    return _clip(task.name, asked, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=CLIPS_KEPT)
def _clip(task: str, path: str, changed: int, size: int) -> Any:
    return tasks.get(task).read(path)


def view(
    task: Task, answer: Prediction, grid: Grid | None, step: int, lang: str, threshold: float = 0.0
) -> dict[str, Any]:
    """What `AnswerView` or `FilmView` draws. threshold: below it the answer of a task with unknown inputs is withheld."""
    truth = task.truth(answer.x)
    matrix = None if grid is None or grid.states else _tints(grid, len(answer.x_pieces))
    if isinstance(answer.x, Clip):
        return film.view(task, answer, truth, matrix, step, lang)
    sure = task.shape is not Shape.N21 or float(answer.confidence[0]) >= threshold
    return {
        "said": _said(task, answer, lang) if sure else said("view.unknown", lang),
        **_verdict(task, answer, truth, lang, unsure=None if sure else threshold),
        "x": [str(piece) for piece in answer.x_pieces[:LONGEST_LOOK]],
        "y": _cells(task, answer, truth, lang),
        "top": [[_choice(task, *one, lang) for one in five] for five in answer.top],
        "matrix": matrix,
        "step": step,
        "words": {key: said(f"view.{key}", lang) for key in ("x", "y", "keys", "confidence", "top")},
    }


def _said(task: Task, answer: Prediction, lang: str) -> str:
    """The answer in big type: an equation, an intent, or nothing where the cells say it all."""
    if task.shape is Shape.N21:
        choice = _choice(task, task.answer(answer.y), float(answer.confidence[0]), lang)
        return f"{choice['name']} · {choice['group']}" if choice["group"] else choice["name"]
    return "" if task.meanings else f"{_short(_printed(answer.x))} = {_short(_printed(task.answer(answer.y)))}"


def _verdict(task: Task, answer: Prediction, truth: str | None, lang: str, *, unsure: float | None) -> dict[str, Any]:
    told, right = [], None
    if unsure is not None:
        told.append(said("view.unsure", lang, p=float(answer.confidence[0]), threshold=unsure))
    if truth is not None:
        score = task.score([answer.x], [task.answer(answer.y)], [task.answer(truth)])
        right = score[task.measure] == 1
        if right:
            told.append("✓ " + said("view.right", lang))
        elif task.meanings:
            told.append("✗ " + said("view.partly", lang, share=score[task.measure]))
        else:
            told.append("✗ " + said("view.wrong", lang, truth=_short(task.answer(truth))))
    told.append(said("view.time", lang, ms=f"{answer.seconds * 1000:.1f}") + gpu.by_device(answer))
    return {"verdict": " · ".join(told), "right": right}


def _cells(task: Task, answer: Prediction, truth: str | None, lang: str) -> list[dict[str, Any]]:
    """One cell an output step; where tags have meanings, its word, colour and meaning, and the true tag if it is another."""
    working, cells = _working_steps(answer), []
    tags = list(task.meanings)
    true = task.answer(truth).split(" ") if truth is not None and task.meanings else []
    for i, (name, p) in enumerate(zip(answer.y_pieces[:LONGEST_SHOWN], answer.confidence.tolist(), strict=False)):
        cell: dict[str, Any] = {"name": name, "p": round(p, 4), "part": i < working}
        if task.shape is Shape.N21:
            cell["name"] = _choice(task, name, p, lang)["name"]
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


def _choice(task: Task, name: str, p: float, lang: str) -> dict[str, Any]:
    """ "banking/transfer" -> transfer, of banking; "NOUN/NN" -> NOUN, and NN beside it."""
    group, _, plain = name.rpartition("/")
    if task.shape is not Shape.N21:
        plain, _, group = name.partition("/")
    elif plain in task.meanings:
        plain = task.meanings[plain].say(lang)
    return {"name": plain.replace("_", " "), "group": group.strip("*_").replace("_", " "), "p": round(p, 4)}


def first_step(task: Task, answer: Prediction) -> int:
    """The output step chosen at first: the middle of a film; the last one of N2N, which has all of x behind it; else the
    result's first digit."""
    if isinstance(answer.x, Clip):
        return len(answer.x) // 2
    if task.shape is Shape.N2N:
        return min(len(answer.y_pieces), LONGEST_SHOWN) - 1
    working = _working_steps(answer)
    return min(working + (answer.y_pieces[working] in "+−"), len(answer.y_pieces) - 1) if answer.y_pieces else 0


def next_step(task: Task, answer: Prediction, before: Prediction | None, step: int) -> int:
    """The output step chosen in a new answer: the one that was chosen before, if the same film or the same text was answered with
    the same steps."""
    if before is None:
        return first_step(task, answer)
    if isinstance(answer.x, Clip):
        same = np.array_equal(answer.x.frames, before.x.frames)
    else:
        same = (answer.x, answer.y_pieces) == (before.x, before.y_pieces)
    return step if same else first_step(task, answer)


def grid_of(answer: Prediction, kind: str, where: str) -> Grid | None:
    """The grid of that lens at that place, or the first there is of that lens."""
    grids = answer.trace.of(kind)
    return next((grid for grid in grids if grid.where == where), grids[0] if grids else None)


def ticked(names: tuple[str, ...]) -> tuple[str, ...]:
    """Long time axes: about five of the times, to a tenth of a second so that they fit a phone; the others blank."""
    every = max(2, 2 * (len(names) // (2 * TICKS)))
    return tuple("" if i % every else re.sub(r"(\.\d)\d s$", r"\1 s", name) for i, name in enumerate(names))


def one_curve(answer: Prediction, engine: str, step: int, lang: str) -> go.Figure | None:
    """|dL_k/de_t| over t for the chosen output step of the chosen engine."""
    grid = grid_of(answer, "gradient", "")
    if grid is None:
        return None
    curve = Curve(engine, engines.get(engine).title.say(lang), grid.values[min(step, len(grid.rows) - 1)])
    names = ticked(grid.columns) if isinstance(answer.x, Clip) else grid.columns
    return _curves([curve], names, lang, relative=False)


@user_errors_only
def all_curves(task: Task, approach: str, x: Any, step: int, lang: str) -> tuple[go.Figure | None, list[list[str]]]:
    """Every engine on one axis for the same x and the same step of the true answer, and a row of a table for each."""
    curves, rows, names = [], [], ()
    truth = task.truth(x)
    for entry in checkpoints.shelf(task.name):
        if entry.approach != approach or entry.seed:
            continue
        title = engines.get(entry.engine).title.say(lang)
        try:
            answer, grid = _compared(task.name, entry.engine, approach, x, truth)
        except UserError as e:
            rows.append([title, e.words.say(lang), "", "", ""])
            continue
        parameters = f"{checkpoints.facts_at_least(entry.folder).get('parameters', 0):,}"
        rows.append([title, *_result(task, answer, truth, lang), f"{answer.seconds * 1000:.1f} ms", parameters])
        if grid is not None and step < len(grid.rows):
            names = ticked(grid.columns) if task.input == "video" else grid.columns
            curves.append(Curve(entry.engine, title, grid.values[step]))
    if not rows:
        facts = {"task": task.name, "approach": approach}
        raise mistake("norms.all.none", **facts)
    return (_curves(curves, names, lang, relative=True) if curves else None), rows


def _result(task: Task, answer: Prediction, truth: str | None, lang: str) -> list[str]:
    """The answer in one cell of a table, and beside it whether it is right, of a film how far."""
    result = task.answer(answer.y)
    true = None if truth is None else task.answer(truth)
    if isinstance(answer.x, Clip):
        names = result.split(" ")
        share = "" if true is None else f"{film.right_share(names, true.split(' ')):.0%}"
        return [film.told(task, names, answer.confidence, lang), share]
    shown = _choice(task, result, 1.0, lang)["name"] if task.shape is Shape.N21 else _printed(result)
    return [_short(shown), "" if true is None else "✓" if result == true else "✗"]


def _compared(task: str, engine: str, approach: str, x: Any, truth: str | None) -> tuple[Prediction, Grid | None]:
    def ask(model: Seq2Seq) -> tuple[Prediction, Grid | None]:
        answer = predict_parsed(model, [x])[0]
        return answer, gradient_of(model, x, truth if truth is not None else answer.y)

    return gpu.with_model(task, engine, approach, ask)


def _curves(curves: list[Curve], names: tuple[str, ...], lang: str, *, relative: bool) -> go.Figure:
    y_title = said("norms.y.relative" if relative else "norms.y", lang)
    x_title = said("lens.input", lang)
    return gradient_curves(
        curves, names, x_title=x_title, y_title=y_title, no_path=said("lens.nowhere", lang), relative=relative
    )


def training(task: str, engine: str, approach: str, lang: str) -> go.Figure | None:
    """The norms of a checkpoint's own training, from its history."""
    entry = _entry(task, engine, approach)
    history = list(checkpoints.history_of(entry.folder)) if entry else []
    facts = checkpoints.facts_of(entry.folder) if entry else {}
    if not history or "clip" not in facts:
        return None
    words = {key: said(f"training.{key}", lang) for key in ("total", "clip")}
    titles = {"x_title": said("training.step", lang), "y_title": said("training.norm", lang)}
    return training_norms(history, **titles, **words, threshold=float(facts["clip"]))


def threshold(task: str, engine: str, approach: str) -> float:
    """The confidence below which this model withholds its answer; 0 where its task knows no unknown inputs."""
    entry = _entry(task, engine, approach)
    return float(checkpoints.facts_at_least(entry.folder).get("threshold") or 0.0) if entry else 0.0


def signs(task: str) -> list[str]:
    """The signs the length map of a task can show."""
    return list(TRAINED_DIGITS.get(task, {}))


def map_of(task: str, engine: str, approach: str, sign: str, lang: str) -> go.Figure | None:
    """The length map, from the scores that `evaluate --keep` left beside the checkpoint."""
    entry = _entry(task, engine, approach)
    cells = checkpoints.facts_of(entry.folder)["scores"].get("by_length", {}) if entry else {}
    if not cells:
        return None
    titles = {"x_title": said("map.b", lang), "y_title": said("map.a", lang), "outlined": said("map.trained", lang)}
    return length_map(cells, sign, trained=TRAINED_DIGITS[task][sign], **titles)


@user_errors_only
def described(
    task: Task, engine: str, approach: str, sign: str | None, lang: str
) -> tuple[go.Figure | None, go.Figure | None, list[list[str]]]:
    """What stands beside a checkpoint: the norms of its training, its length map, its card."""
    area = map_of(task.name, engine, approach, sign, lang) if sign else None
    return training(task.name, engine, approach, lang), area, card(task, engine, approach, lang)


def card(task: Task, engine: str, approach: str, lang: str) -> list[list[str]]:
    """Rows (name, value) of the model card panel.

    Raises:
        UserError: there is no such checkpoint, or what lies beside it is damaged.
    """
    entry = _entry(task.name, engine, approach)
    if entry is None:
        checkpoints.load(task.name, engine, approach)
        return []
    facts = checkpoints.facts_of(entry.folder)
    try:
        return _card(task, engine, facts, lang)
    except KeyError as e:
        raise Damaged(entry.folder / "config.json") from e


def _card(task: Task, engine: str, facts: dict[str, Any], lang: str) -> list[list[str]]:
    scores = facts["scores"]
    shown = {"steps": facts["steps"], "minutes": facts["minutes"], "machine": machine_in(facts["machine"], lang)}
    trained = [said("card.trained.value", lang, **shown)]
    trained += [said(f"card.{more}", lang) for more in ("auxiliary", "calibrated") if facts.get(more)]
    return [
        [said("engine", lang), engines.get(engine).title.say(lang)],
        [said("card.remembers", lang), engines.get(engine).remembers.say(lang)],
        [said("card.data", lang), said("card.synthetic", lang) if task.data == "synthetic" else task.data],
        [said("card.parameters", lang), f"{facts['parameters']:,}"],
        [said("card.trained", lang), " · ".join(trained)],
        *_score_rows(task, scores, lang),
        [said("card.command", lang), facts["command"]],
    ]


def _score_rows(task: Task, scores: dict[str, Any], lang: str) -> list[list[str]]:
    """The test score, how well unknown inputs are told, how far confidence is from it, segments found, and each baseline."""
    score = main_score(task, scores, task.measure)
    if score is None:
        return [[said("card.score", lang), said("card.none", lang)]]
    told = said_of("card.score", task.measure, lang, share=score, n=scores["n"] // _splits(task, scores))
    rows = [[said("card.score", lang), told if len(task.tests) == 1 else f"{told} · {task.tests[0]}"]]
    if "oos_recall" in scores:
        rows.append([said("card.oos", lang), said("card.oos.value", lang, **scores)])
    ece = main_score(task, scores, "ece")
    if ece is not None and "ece_dev" in scores:
        rows.append(
            [said("card.reliability", lang), said("card.reliability.value", lang, dev=scores["ece_dev"], test=ece)]
        )
    edit, f1 = (main_score(task, scores, key) for key in ("edit", "f1_50"))
    if edit is not None and f1 is not None:
        rows.append([said("card.segments", lang), said("card.segments.value", lang, edit=edit, f1=f1)])
    names = list(task.baselines) or [task.baseline_name]
    for name in names:
        share = main_score(task, scores, "baseline" if not task.baselines else f"baseline_{name}")
        if share is not None:
            rows.append([said_of("card.baseline", name, lang), f"{share:.2%}"])
    return rows


def _splits(task: Task, scores: dict[str, Any]) -> int:
    """How many test splits were scored; `evaluate --longest` leaves some out."""
    return max(1, sum(f"{task.measure}_{split.replace('-', '_')}" in scores for split in task.tests))


def _entry(task: str, engine: str, approach: str) -> checkpoints.Entry | None:
    there = checkpoints.shelf(task)
    return next((e for e in there if (e.engine, e.approach, e.seed) == (engine, approach, 0)), None)


def _working_steps(answer: Prediction) -> int:
    """How many output steps come before the sign of the result; 0 where no working is written."""
    signs_at = [i for i, name in enumerate(answer.y_pieces) if name in ("+", "−")]
    return signs_at[-1] if signs_at and answer.y_pieces[-1] == END else 0


def _tints(grid: Grid, columns: int) -> list[list[float | None]]:
    """(M, S) shares of each row's largest value, rounded; None where there is no path."""
    values = grid.values[:, :columns].astype("float64")
    if grid.scale is Scale.DECADES:
        values = np.where(values > 0, values, np.nan)
    values = np.abs(values)
    largest = np.nanmax(np.where(np.isnan(values), 0, values), axis=1, keepdims=True)
    shares = values / np.where(largest > 0, largest, 1)
    return [[None if np.isnan(v) else round(float(v), 3) for v in row] for row in shares]


def _printed(text: str) -> str:
    """ "38*45" -> "38 × 45", "-112" -> "−112"."""
    spaced = re.sub(r"(?<=\d)[+*-](?=\d)", lambda sign: f" {sign[0]} ", text)
    return spaced.replace("*", "×").replace("-", "−")


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:28]}…{text[-28:]}"
