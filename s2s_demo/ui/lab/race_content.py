"""What the race shows, as plain functions of (task, progress, language); no component is named here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from s2s_demo import engines, tasks
from s2s_demo.figures.theme import label, look
from s2s_demo.lab.race.figures import Track, round_up, tracks
from s2s_demo.lab.race.models import TARGET
from s2s_demo.lab.race.race import HELD, SHOWN, STEPS, LeaderboardRow, RaceProgress, race_task
from s2s_demo.lab.race.small_tasks import held_out
from s2s_demo.task import Pair
from s2s_demo.ui.words import said, said_of

KINDS = ("loss", "exact", "norm")


@dataclass(frozen=True)
class RaceRequest:
    """What a visitor asks for."""

    task: str
    names: list[str]
    """Of the engines, in their order."""
    by: str
    """"steps" or "time"."""
    seconds: float
    seed: int
    lang: str


def names() -> list[str]:
    """The tasks one can race on: those that read text."""
    return [task.name for task in tasks.TASKS.values() if task.typed]


def description(name: str, lang: str) -> str:
    """What is raced on, and how fair it is."""
    fair = said("race.fair", lang, target=TARGET)
    task = tasks.get(name)
    if task.race_note is not None:
        return f"{task.race_note.say(lang)} {fair}"
    facts = {"title": task.title.say(lang), "measure": said_of("race.measure", task.measure, lang)}
    if task.endless:
        return f"{said('race.told.whole', lang, **facts)} {fair}"
    return f"{said('race.told.part', lang, most=task.race_pairs, **facts)} {fair}"


def field(name: str, progress: RaceProgress, line: str, lang: str) -> dict[str, Any]:
    """The value of `RaceView`."""
    shown = held_out(race_task(name), SHOWN)
    return {
        "line": line,
        "share": 1.0 if progress.over else progress.elapsed / max(1e-9, progress.elapsed + progress.left),
        "words": {"engine": said("race.engine", lang), "share": said("race.exact", lang)},
        "inputs": [{"short": label(x, 14), "full": x} for x, _ in shown],
        "rows": [_row(name, one, shown, lang) for one in progress.leaderboard],
    }


def _row(name: str, one: LeaderboardRow, shown: list[Pair], lang: str) -> dict[str, Any]:
    colour, dash, _ = look(one.engine)
    short = tasks.get(name).endless
    cells = [
        {"share": share, "full": answer, "said": answer if short else "" if share in (0, 1) else f"{share:.0%}"}
        for answer, share in zip(one.answers, one.scores, strict=True)
    ]
    return {
        "title": engines.get(one.engine).title.say(lang),
        "colour": colour,
        "dash": {"solid": "", "dot": "dot"}.get(dash, "dash"),
        "share": f"{one.exact:.0%}",
        "cells": cells[: len(shown)],
    }


def figures(progress: RaceProgress, by: str, seconds: float, lang: str) -> list[go.Figure]:
    """Loss, score and gradient norm, one figure each."""
    furthest = round_up(max(one.step for one in progress.leaderboard))
    until = furthest if by == STEPS else seconds / len(progress.leaderboard)
    x_title = said(f"race.x.{by}", lang)
    return [
        tracks(
            [
                Track(one.engine, engines.get(one.engine).title.say(lang), *one.curves[kind])
                for one in progress.leaderboard
            ],
            kind=kind,
            until=until,
            x_title=x_title,
            y_title="",
        )
        for kind in KINDS
    ]


def headers(lang: str) -> list[str]:
    """The headers of the table of results."""
    keys = ("width", "parameters", "lr", "steps", "seconds")
    plain = [said("race.engine", lang), *(said(f"race.table.{key}", lang) for key in keys)]
    return [*plain, said("race.table.exact", lang, n=HELD)]


def table(progress: RaceProgress, lang: str) -> list[list[str]]:
    """The table of results, the best first."""
    best = sorted(progress.leaderboard, key=lambda one: -one.exact)
    return [
        [
            engines.get(one.engine).title.say(lang),
            str(one.dim),
            f"{one.parameters:,}",
            f"{one.lr:g}",
            f"{one.step:,}",
            f"{one.seconds:.1f}",
            f"{one.exact:.1%}",
        ]
        for one in best
    ]
