"""A choice in words: the engine, the number that decided, why not the runner-up, and which answer removed whom."""

from __future__ import annotations

from typing import Any

from s2s_demo.lab.scoreboard.choose import REUSE, STREAM, WHERE, Answers, Choice, Step, Why
from s2s_demo.lab.scoreboard.rows import Board, Row
from s2s_demo.ui.lab.scoreboard_content import NONE, milliseconds, percent, size, title
from s2s_demo.ui.words import said

OPTIONS = {"far": ("own", "near", "sequence", "far"), "where": tuple(WHERE), "stream": STREAM, "reuse": REUSE}


def advice(board: Board, answers: Answers, choice: Choice, lang: str) -> dict[str, Any]:
    """What `AdviceView` draws."""
    several = len({row.approach for row in board.rows}) > 1
    name = title(choice.row, lang, approach=several)
    return {
        "cap": said("board.choose.chosen", lang),
        "name": name,
        "chips": _chips(choice.row, lang),
        "reason": _reason(choice, lang),
        "runner": _runner(choice, lang, several),
        "up": said("board.choose.up", lang),
        "steps": [_step(board, step, answers, lang, several) for step in choice.steps],
    }


def _chips(row: Row, lang: str) -> list[str]:
    """The row's own numbers, with their names."""
    facts = {
        "score": percent(row.score.mean) if row.score else NONE,
        "parameters": f"{row.parameters:,}",
        "minutes": f"{row.minutes:.1f}",
        "state": " → ".join(dict.fromkeys(map(size, row.structure.held))),
    }
    if row.timing:
        facts["p50"] = milliseconds(row.timing.p50)
    return [f"{said(f'board.{key}', lang)}: {value}" for key, value in facts.items()]


def _reason(choice: Choice, lang: str) -> str:
    row, other = choice.row, choice.runner
    facts = {"score": _score(row), "left": choice.left, "best": percent(choice.best), "minutes": f"{row.minutes:.1f}"}
    facts |= {"parameters": f"{row.parameters:,}", "other": ""}
    if other:
        facts["other"] = f"{other.parameters:,}" if choice.reason == "smaller" else _score(other)
    return said(f"board.choose.reason.{choice.reason}", lang, **facts)


def _runner(choice: Choice, lang: str, several: bool) -> str:
    other = choice.runner
    if other is None:
        return said("board.choose.nobody", lang)
    told = said("board.choose.runner", lang, name=title(other, lang, approach=several)) + " "
    if isinstance(choice.against, Why):
        return told + _why(choice.against, lang) + "."
    points = 100 * ((choice.row.score.mean if choice.row.score else 0) - (other.score.mean if other.score else 0))
    facts = {"points": f"{points:.1f}", "minutes": f"{other.minutes:.1f}"}
    facts["other"] = f"{other.parameters:,}" if choice.against == "smaller" else _score(other)
    return told + said(f"board.choose.against.{choice.against}", lang, **facts)


def _step(board: Board, step: Step, answers: Answers, lang: str, several: bool) -> dict[str, Any]:
    asked = getattr(answers, step.question, None)
    return {
        "question": said(f"board.choose.{step.question}", lang),
        "answer": said(f"board.choose.{step.question}.{asked}", lang) if asked else "",
        "left": said("board.choose.left", lang, left=step.left),
        "note": _note(board, step, lang),
        "removed": [{"name": title(r.row, lang, approach=several), "why": _why(r.why, lang)} for r in step.removed],
    }


def _note(board: Board, step: Step, lang: str) -> str:
    if step.unmet and step.question == "baseline" and board.baseline is not None:
        return said("board.choose.unmet.baseline", lang, baseline=percent(board.baseline))
    if step.unmet:
        return said("board.choose.unmet", lang)
    return said(f"board.choose.unknown.{step.question}", lang, count=step.unknown) if step.unknown else ""


def _why(why: Why, lang: str) -> str:
    """The number against a row, in its own unit."""
    shown = {
        "chain": percent,
        "baseline": percent,
        "slow": milliseconds,
        "weights": size,
        "grows": size,
    }.get(why.name, lambda number: f"{number:,.0f}")
    value = f"≥ {why.value:.0f}" if why.name == "ahead" and why.value >= 256 else shown(why.value)
    return said(f"board.choose.why.{why.name}", lang, value=value, asked=shown(why.asked), at=why.at)


def _score(row: Row) -> str:
    return percent(row.score.mean) if row.score else NONE
