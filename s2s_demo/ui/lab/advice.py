"""The advice in words: the engine, the number that decided, why not the runner-up, and what each answer removed."""

from __future__ import annotations

from typing import Any

from s2s_demo.lab.scoreboard.choose import REUSE, STREAM, WHERE, Answers, Choice, FilterStep, Objection
from s2s_demo.lab.scoreboard.rows import Board, Row
from s2s_demo.ui.lab.scoreboard_content import NONE, milliseconds, percent, size, title
from s2s_demo.ui.words import said

OPTIONS = {"far": ("own", "near", "sequence", "far"), "where": tuple(WHERE), "stream": STREAM, "reuse": REUSE}


def advice(board: Board, answers: Answers, choice: Choice, lang: str) -> dict[str, Any]:
    """The value of `AdviceView`."""
    several = len({row.approach for row in board.rows}) > 1
    name = title(choice.row, lang, approach=several)
    return {
        "cap": said("board.choose.chosen", lang),
        "name": name,
        "chips": _chips(choice.row, lang),
        "reason": _reason(choice, lang),
        "runner": _runner_up(choice, lang, several),
        "up": said("board.choose.up", lang),
        "steps": [_step(board, step, answers, lang, several) for step in choice.steps],
    }


def _chips(row: Row, lang: str) -> list[str]:
    """The row's own numbers, with their names."""
    facts = {
        "score": percent(row.score.mean) if row.score else NONE,
        "parameters": f"{row.parameters:,}",
        "minutes": f"{row.minutes:.1f}",
        "state": " → ".join(dict.fromkeys(map(size, row.structure.state_bytes))),
    }
    if row.timing:
        facts["p50"] = milliseconds(row.timing.p50)
    return [f"{said(f'board.{key}', lang)}: {value}" for key, value in facts.items()]


def _reason(choice: Choice, lang: str) -> str:
    row, other = choice.row, choice.runner_up
    facts = {"score": _score(row), "left": choice.left, "best": percent(choice.best), "minutes": f"{row.minutes:.1f}"}
    facts |= {"parameters": f"{row.parameters:,}", "other": ""}
    if other:
        facts["other"] = f"{other.parameters:,}" if choice.reason == "smaller" else _score(other)
    return said(f"board.choose.reason.{choice.reason}", lang, **facts)


def _runner_up(choice: Choice, lang: str, several: bool) -> str:
    other = choice.runner_up
    if other is None:
        return said("board.choose.nobody", lang)
    text = said("board.choose.runner", lang, name=title(other, lang, approach=several)) + " "
    if isinstance(choice.against, Objection):
        return text + _objection_text(choice.against, lang) + "."
    points = 100 * ((choice.row.score.mean if choice.row.score else 0) - (other.score.mean if other.score else 0))
    facts = {"points": f"{points:.1f}", "minutes": f"{other.minutes:.1f}"}
    facts["other"] = f"{other.parameters:,}" if choice.against == "smaller" else _score(other)
    return text + said(f"board.choose.against.{choice.against}", lang, **facts)


def _step(board: Board, step: FilterStep, answers: Answers, lang: str, several: bool) -> dict[str, Any]:
    asked = getattr(answers, step.question, None)
    return {
        "question": said(f"board.choose.{step.question}", lang),
        "answer": said(f"board.choose.{step.question}.{asked}", lang) if asked else "",
        "left": said("board.choose.left", lang, left=step.left),
        "note": _note(board, step, lang),
        "removed": [
            {"name": title(r.row, lang, approach=several), "why": _objection_text(r.objection, lang)}
            for r in step.removed
        ],
    }


def _note(board: Board, step: FilterStep, lang: str) -> str:
    if step.unmet and step.question == "baseline" and board.baseline is not None:
        return said("board.choose.unmet.baseline", lang, baseline=percent(board.baseline))
    if step.unmet:
        return said("board.choose.unmet", lang)
    return said(f"board.choose.unknown.{step.question}", lang, count=step.unknown) if step.unknown else ""


def _objection_text(objection: Objection, lang: str) -> str:
    """The number against a row, in its own unit."""
    shown = {
        "chain": percent,
        "baseline": percent,
        "slow": milliseconds,
        "weights": size,
        "grows": size,
    }.get(objection.name, lambda number: f"{number:,.0f}")
    value = (
        f"≥ {objection.value:.0f}" if objection.name == "ahead" and objection.value >= 256 else shown(objection.value)
    )
    return said(
        f"board.choose.why.{objection.name}", lang, value=value, asked=shown(objection.required), at=objection.at
    )


def _score(row: Row) -> str:
    return percent(row.score.mean) if row.score else NONE
