"""What stands beside a checkpoint: the norms of its training, its length map, its card."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

from s2s_demo import checkpoints, engines
from s2s_demo.figures.curves import training_norms
from s2s_demo.figures.length_map import length_map
from s2s_demo.lab.scoreboard.rows import main_score
from s2s_demo.side_files import Damaged
from s2s_demo.task import Task
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import machine_in, said, said_of


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


def map_of(task: Task, engine: str, approach: str, sign: str, lang: str) -> go.Figure | None:
    """The length map, from the scores that `evaluate --keep` left beside the checkpoint."""
    entry = _entry(task.name, engine, approach)
    cells = checkpoints.facts_of(entry.folder)["scores"].get("by_length", {}) if entry else {}
    if not cells:
        return None
    titles = {"x_title": said("map.b", lang), "y_title": said("map.a", lang), "outlined": said("map.trained", lang)}
    return length_map(cells, sign, trained=task.trained_digits[sign], **titles)


@user_errors_only
def model_details(
    task: Task, engine: str, approach: str, sign: str | None, lang: str
) -> tuple[go.Figure | None, go.Figure | None, list[list[str]]]:
    """What stands beside a checkpoint: the norms of its training, its length map, its card."""
    area = map_of(task, engine, approach, sign, lang) if sign else None
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
    there = checkpoints.available(task)
    return next((e for e in there if (e.engine, e.approach, e.seed) == (engine, approach, 0)), None)
