"""What the long-range panel shows, as plain functions: figures, sentences, tables, samples; no component is named here."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import plotly.graph_objects as go
import torch

from s2s_demo import engines, tasks
from s2s_demo.lab.long_range import runs
from s2s_demo.lab.long_range.figures import (
    LiveRun,
    ReferenceCurve,
    ScoreCurve,
    live_curves,
    marked_numbers,
    score_curves,
)
from s2s_demo.lab.long_range.problems import KEYS, PROBLEMS, VALUES, adding, majority_accuracy, recall, setting_of
from s2s_demo.lab.long_range.runs import GridRun, TrainingStep, cells, results_of
from s2s_demo.ui.words import said

REFERENCE_DISTANCES = {"adding": 200, "recall": 8, "addition": 5000}
"""The distance at which the engines are compared in a sentence."""
LOW = {"adding": True, "recall": False, "addition": False}
"""Whether a low score is good: a mean squared error."""
MOST_SECONDS = 60.0
"""Of a live training."""


def title(engine: str, lang: str) -> str:
    """The engine's name."""
    return engines.get(engine).title.say(lang)


def score_text(problem: str, score: float) -> str:
    """A score as it is read: three decimals, four for a small error."""
    return f"{score:.4f}" if LOW[problem] and score < 0.0995 else f"{score:.3f}"


def grid(results: list[GridRun]) -> dict[str, dict[int, list[GridRun]]]:
    """engine -> distance -> runs, engines in their order."""
    table: dict[str, dict[int, list[GridRun]]] = {name: defaultdict(list) for name in engines.ENGINES}
    for run in results:
        if run.engine in table:
            table[run.engine][run.distance].append(run)
    return {name: dict(sorted(row.items())) for name, row in table.items() if row}


def references(problem: str, results: list[GridRun], lang: str) -> list[ReferenceCurve]:
    """The levels to compare the engines with."""
    baseline = dict(sorted({run.distance: run.baseline for run in results}.items()))
    solved = PROBLEMS[problem].solved if problem in PROBLEMS else runs.SUMS_SOLVED
    lines = [ReferenceCurve(said("longrange.baseline", lang), baseline)]
    if problem == "recall":
        lines.append(
            ReferenceCurve(said("longrange.commonest", lang), {d: majority_accuracy(d) for d in baseline}, "dot")
        )
    return [*lines, ReferenceCurve(said("longrange.line", lang), dict.fromkeys(baseline, solved), "longdashdot")]


def figure(problem: str, results: list[GridRun], lang: str) -> go.Figure | None:
    """Score against distance; None without results."""
    if not results:
        return None
    lines = [
        ScoreCurve(name, title(name, lang), {d: [r.score for r in cell] for d, cell in row.items()})
        for name, row in grid(results).items()
    ]
    titles = {"x_title": said(f"longrange.x.{problem}", lang), "y_title": said(f"longrange.y.{problem}", lang)}
    seeds = said("longrange.seeds", lang, n="{n}")
    return score_curves(lines, references(problem, results, lang), low=LOW[problem], seeds=seeds, **titles)


def sentence(problem: str, results: list[GridRun], lang: str) -> str:
    """Summary: the engines that solved the reference distance, are at the baseline or in between, and the cells still to train."""
    if not results:
        return said("longrange.none", lang)
    distance = REFERENCE_DISTANCES[problem]
    groups: dict[str, list[str]] = {"solved": [], "some": [], "between": [], "floor": [], "absent": []}
    rows = grid(results)
    for name in engines.ENGINES:
        cell = rows.get(name, {}).get(distance, [])
        solved, told = sum(run.solved for run in cell), title(name, lang)
        if 0 < solved < len(cell):
            told += f" ({solved}/{len(cell)})"
        groups[_group(problem, cell, solved)].append(told)
    parts = [
        said(
            f"longrange.{key}.{problem}" if key in ("floor", "absent") else f"longrange.{key}",
            lang,
            names=", ".join(names),
        )
        for key, names in groups.items()
        if names
    ]
    told = f"**{said(f'longrange.at.{problem}', lang, d=distance)}** — " + "; ".join(parts) + "."
    if problem in PROBLEMS:
        missing = set(cells([problem], engines.ENGINES, range(3))) - {run.cell for run in results}
        told += f" {said('longrange.missing', lang, n=len(missing))}" if missing else ""
    return told


def _group(problem: str, cell: list[GridRun], solved: int) -> str:
    """A score within a tenth of the baseline counts as the baseline."""
    if not cell:
        return "absent"
    if solved:
        return "solved" if solved == len(cell) else "some"
    mean = sum(run.score for run in cell) / len(cell)
    floor = majority_accuracy(cell[0].distance) if problem == "recall" else cell[0].baseline
    return "floor" if (mean >= 0.9 * floor if LOW[problem] else mean <= 1.1 * floor) else "between"


def table(problem: str, results: list[GridRun], lang: str) -> dict[str, Any]:
    """Headers and rows: an engine a row, a distance a column, "mean score (seeds solved/seeds)" a cell."""
    distances = sorted({run.distance for run in results})
    rows = [
        [title(name, lang), *(_cell(problem, row.get(d, [])) for d in distances)] for name, row in grid(results).items()
    ]
    return {"heads": [said("engine", lang), *(f"{d:,}" for d in distances)], "rows": rows}


def _cell(problem: str, cell: list[GridRun]) -> str:
    if not cell:
        return "–"
    mean = sum(run.score for run in cell) / len(cell)
    return f"{score_text(problem, mean)} ({sum(run.solved for run in cell)}/{len(cell)})"


def settings(problem: str, results: list[GridRun], lang: str) -> dict[str, Any]:
    """Headers and rows: an engine's width, parameters, learning rate, and the steps and seconds its runs took."""
    names = ("width", "rate", "mean.steps", "mean.seconds")
    headers = [said("engine", lang), said("table.parameters", lang), *(said(f"longrange.{n}", lang) for n in names)]
    rows = []
    for name, row in grid(results).items():
        all_runs = [run for cell in row.values() for run in cell]
        steps, seconds = (sum(getattr(r, k) for r in all_runs) / len(all_runs) for k in ("steps", "seconds"))
        width = str(setting_of(name).dim) if problem in PROBLEMS else "–"
        rate = f"{all_runs[0].lr:g}"
        rows.append([title(name, lang), f"{all_runs[0].parameters:,}", width, rate, f"{steps:,.0f}", f"{seconds:,.0f}"])
    return {"heads": headers, "rows": rows}


def about(problem: str, lang: str) -> str:
    """The problem, its score and its source."""
    facts = {"keys": KEYS, "values": VALUES, "chance": 1 / VALUES} if problem == "recall" else {}
    return said(f"longrange.{problem}.about", lang, **facts)


def trained_how(problem: str, lang: str) -> str:
    """Every choice of the training, in numbers."""
    if problem not in PROBLEMS:
        return said("longrange.settings.addition", lang)
    a, r = PROBLEMS["adding"], PROBLEMS["recall"]
    facts = {"adding_steps": a.steps, "recall_steps": r.steps, "adding_batch": a.batch, "recall_batch": r.batch}
    facts |= {"warmup": runs.WARMUP, "every": runs.SCORE_EVERY, "held": runs.HELD, "tested": runs.TESTED}
    return said("longrange.settings.about", lang, **facts)


def sample(problem: str, distance: int, seed: int, lang: str) -> tuple[str, go.Figure | None, dict[str, Any] | None]:
    """A sentence and a real sample of the problem: a figure for the adding problem, chips for the others."""
    rng = torch.Generator().manual_seed(seed)
    if problem == "adding":
        return _numbers(distance, rng, lang)
    return _recalled(distance, rng, lang) if problem == "recall" else _sum(seed, lang)


def _numbers(distance: int, rng: torch.Generator, lang: str) -> tuple[str, go.Figure, None]:
    one = adding(1, distance, rng)
    numbers, marks = one.x[0, :, 0].numpy(), one.x[0, :, 1].numpy()
    (first, second) = marks.nonzero()[0]
    facts = {"steps": distance, "a": numbers[first], "b": numbers[second], "y": float(one.y[0])}
    told = said("longrange.sample.adding", lang, far=distance - 1 - int(first), **facts)
    titles = {"x_title": said("longrange.step", lang), "y_title": said("longrange.number", lang)}
    return told, marked_numbers(numbers, marks, **titles), None


def _recalled(distance: int, rng: torch.Generator, lang: str) -> tuple[str, None, dict[str, Any]]:
    one = recall(1, distance, rng)
    x, y = one.x[0].tolist(), one.y[0].tolist()
    keys, values, asked = x[0 : 2 * distance : 2], x[1 : 2 * distance : 2], x[2 * distance :]
    hue = {key: round(360 * i / distance) for i, key in enumerate(keys)}
    pairs = [{"name": f"k{k} v{v - KEYS}", "hue": hue[k]} for k, v in zip(keys, values, strict=True)]
    questions = [{"name": f"k{k}", "under": f"v{v}", "hue": hue[k]} for k, v in zip(asked, y, strict=True)]
    rows = [
        {"caption": said("longrange.read", lang), "chips": pairs},
        {"caption": said("longrange.asked", lang), "chips": questions},
    ]
    return said("longrange.sample.recall", lang, steps=3 * distance), None, {"rows": rows}


def _sum(seed: int, lang: str) -> tuple[str, None, dict[str, Any]]:
    task = tasks.get("addition")
    x, y = next(p for i, p in enumerate(task.pairs("chain-10", 0)) if i == seed % 1000)
    a, _, b = x.partition("+")
    alone = task.baseline(x) if task.baseline else y
    wide = max(len(a), len(b), len(y))
    columns = zip(*(text.zfill(wide)[::-1] for text in (a, b, y, alone)), strict=True)
    chips = [{"name": f"{p}+{q}", "under": s, "hue": 28 if s != t else None} for p, q, s, t in columns]
    told = said("longrange.sample.addition", lang, sum=f"{int(a):,} + {int(b):,} = {int(task.answer(y)):,}")
    return told, None, {"rows": [{"caption": said("longrange.columns", lang), "chips": chips}]}


def precomputed_cell(problem: str, engine: str, distance: int, lang: str) -> str:
    """The same cell of the grid in a sentence."""
    cell = [r for r in results_of(problem) if (r.engine, r.distance) == (engine, distance)]
    if not cell:
        return said("longrange.result.none", lang)
    mean, steps = (sum(getattr(r, k) for r in cell) / len(cell) for k in ("score", "steps"))
    return said("longrange.result.grid", lang, n=len(cell), score=score_text(problem, mean), steps=round(steps))


def curves(problem: str, engine: str, distance: int, run: LiveRun, lang: str) -> go.Figure:
    """The figure of a live training."""
    facts = PROBLEMS[problem]
    titles = {"x": said("longrange.step", lang), "score": said(f"longrange.held.{problem}", lang)}
    titles |= {"loss": said(f"longrange.loss.{problem}", lang)}
    levels = [
        (said("longrange.baseline", lang), facts.baseline, "dash"),
        (said("longrange.line", lang), facts.solved, "longdashdot"),
    ]
    if problem == "recall":
        levels.append((said("longrange.commonest", lang), majority_accuracy(distance), "dot"))
    return live_curves(run, engine, low=facts.lower_is_better, levels=levels, titles=titles)


def meter(step: TrainingStep, engine: str, seed: int, lang: str) -> dict[str, Any]:
    """The value of `Meter`: the fraction of the time that may still be needed."""
    facts = {"engine": title(engine, lang), "seed": seed, "step": step.step, "steps": step.steps}
    if step.run:
        return {"share": 1.0, "text": said("longrange.over", lang, seconds=step.seconds, **facts)}
    fraction = step.seconds / max(step.seconds + step.left, 1e-9)
    text = said("longrange.running", lang, seconds=step.seconds, left=step.left, **facts)
    return {"share": round(fraction, 3), "text": text}


def result(step: TrainingStep, lang: str, *, cancelled: bool) -> str:
    """The outcome of a live training beside the precomputed one; "" until it has ended."""
    if step.run is None:
        return ""
    run = step.run
    reason = "solved" if run.solved else "asked" if cancelled else "steps" if run.steps == step.steps else "time"
    facts = {"engine": title(run.engine, lang), "seed": run.seed, "steps": run.steps, "seconds": run.seconds}
    facts["why"] = said(f"longrange.done.{reason}", lang, most=int(MOST_SECONDS))
    facts["score"] = f"{said(f'longrange.y.{run.problem}', lang).split(' (')[0]} {score_text(run.problem, run.score)}"
    where = said(f"longrange.where.{run.problem}", lang, d=run.distance)
    precomputed = precomputed_cell(run.problem, run.engine, run.distance, lang)
    return f"{said('longrange.result', lang, where=where, **facts)} {precomputed}"
