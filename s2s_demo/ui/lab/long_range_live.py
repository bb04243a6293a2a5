"""One cell of the long-range grid trained before the visitor's eyes: a bounded run that a flag stops."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from s2s_demo import engines
from s2s_demo.lab.long_range.figures import Live, live
from s2s_demo.lab.long_range.problems import PROBLEMS, commonest
from s2s_demo.lab.long_range.runs import Moment, learn
from s2s_demo.ui.lab import long_range_content
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import mistake, said

MOST_SECONDS, EVERY_SECONDS, SCORE_EVERY = 60.0, 0.7, 20
Shown = tuple[dict[str, Any], "go.Figure | None", str]


@dataclass
class Flag:
    """One run's wish to stop. It lives in its visitor's session; a new run has a new one."""

    raised: bool = False


def cell_of(problem: Any, engine: Any, distance: Any) -> tuple[str, str, int]:
    """The cell that was asked for.

    Raises:
        UserError: there is no such cell.
    """
    if problem in PROBLEMS and engine in engines.ENGINES and distance in PROBLEMS[problem].distances:
        return problem, engine, int(distance)
    raise mistake("longrange.choose")


@user_errors_only
def train(problem: str, engine: str, distance: int, flag: Flag, lang: str) -> Iterator[Shown]:
    """(meter, curves, result in Markdown) a few times a second, until it is solved, the time is over or the flag is raised."""
    seed, run, shown = secrets.randbelow(9_000) + 1_000, Live(), 0.0
    moments = learn(
        PROBLEMS[problem],
        engine,
        distance,
        seed=seed,
        seconds=MOST_SECONDS,
        stop=lambda: flag.raised,
        score_every=SCORE_EVERY,
    )
    for moment in moments:
        run.losses.append(moment.loss)
        score = moment.run.score if moment.run else moment.score
        if score is not None:
            run.scores[0].append(moment.step)
            run.scores[1].append(score)
        if moment.run is None and time.monotonic() - shown < EVERY_SECONDS:
            continue
        shown = time.monotonic()
        curves = _curves(problem, engine, distance, run, lang)
        yield _meter(moment, engine, seed, lang), curves, _result(moment, flag, lang)


def _curves(problem: str, engine: str, distance: int, run: Live, lang: str) -> go.Figure:
    asked = PROBLEMS[problem]
    titles = {"x": said("longrange.step", lang), "score": said(f"longrange.held.{problem}", lang)}
    titles |= {"loss": said(f"longrange.loss.{problem}", lang)}
    floors = [
        (said("longrange.baseline", lang), asked.baseline, "dash"),
        (said("longrange.line", lang), asked.solved, "longdashdot"),
    ]
    if problem == "recall":
        floors.append((said("longrange.commonest", lang), commonest(distance), "dot"))
    return live(run, engine, low=asked.low, floors=floors, titles=titles)


def _meter(moment: Moment, engine: str, seed: int, lang: str) -> dict[str, Any]:
    """The share done is that of the time which may still be needed."""
    facts = {"engine": long_range_content.title(engine, lang), "seed": seed, "step": moment.step, "steps": moment.steps}
    if moment.run:
        return {"share": 1.0, "text": said("longrange.over", lang, seconds=moment.seconds, **facts)}
    share = moment.seconds / max(moment.seconds + moment.left, 1e-9)
    text = said("longrange.running", lang, seconds=moment.seconds, left=moment.left, **facts)
    return {"share": round(share, 3), "text": text}


def _result(moment: Moment, flag: Flag, lang: str) -> str:
    if moment.run is None:
        return ""
    run = moment.run
    over = "steps" if run.steps == moment.steps else "time"
    why = said(
        "longrange.done.solved" if run.solved else f"longrange.done.{'asked' if flag.raised else over}",
        lang,
        most=int(MOST_SECONDS),
    )
    facts = {
        "engine": long_range_content.title(run.engine, lang),
        "seed": run.seed,
        "steps": run.steps,
        "seconds": run.seconds,
    }
    score = f"{said(f'longrange.y.{run.problem}', lang).split(' (')[0]} {long_range_content.written(run.problem, run.score)}"
    where = said(f"longrange.where.{run.problem}", lang, d=run.distance)
    told = said("longrange.result", lang, where=where, score=score, why=why, **facts)
    return f"{told} {long_range_content.precomputed(run.problem, run.engine, run.distance, lang)}"
