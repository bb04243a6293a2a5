"""What is seen of runs in training: second step of the tab, as plain functions; no component is named here."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import plotly.graph_objects as go

from s2s_demo import engines
from s2s_demo.custom import diagnostics, evaluation, suggest
from s2s_demo.custom.jobs import retention, runs
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.status import Status
from s2s_demo.figures.theme import look
from s2s_demo.lab.race.figures import Track, round_up, tracks
from s2s_demo.prediction import UserError
from s2s_demo.ui.custom.reading import CustomData
from s2s_demo.ui.custom.text import duration, escape_markdown, short
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import said

USUAL, MOST_SHOWN = 2, retention.MOST_OPEN
"""The usual size; the most runs that a link holds and a view shows: as many as one visitor may have waiting or in training."""
BESIDE = ("lstm", "transformer", "attention", "conv")


@user_errors_only
def suggestion_for(mine: CustomData, engine: str | None, size: float | None) -> suggest.Suggestion:
    """What would be trained, with its estimate.

    Raises:
        UserError: the pairs do not fit.
    """
    wanted = "" if engine in (None, "suggested") else engine
    return suggest.suggest_training(list(mine.pairs), mine.plan, model_size(size), wanted)


def model_size(asked: float | None) -> int:
    """The size a slider says, 1 to 5; the usual one where it says nothing, or no number."""
    if not isinstance(asked, int | float) or asked != asked:
        return USUAL
    return round(min(max(suggest.SIZES), max(min(suggest.SIZES), asked)))


@user_errors_only
def suggestion_text(one: suggest.Suggestion, lang: str) -> str:
    """The suggestion in one line of Markdown."""
    title = engines.get(one.engine).title.say(lang)
    return said(
        "own.advice",
        lang,
        engine=title,
        approach=said(f"approach.{one.approach}", lang),
        parameters=one.parameters,
        steps=one.recipe.steps,
        time=duration(one.seconds, lang),
        reason=escape_markdown(one.reason.say(lang)),
    )


@user_errors_only
def start_runs(
    mine: CustomData, suggestion: suggest.Suggestion, size: float | None, three: bool, session: str
) -> tuple[list[str], UserError | None]:
    """Starts the suggested run, or it and two other engines beside it: (the names of the runs, why there are not more of them).

    Raises:
        UserError: no run can be started now.
    """
    wanted, names = [suggestion], list[str]()
    if three:
        others = [name for name in BESIDE if name != suggestion.engine][:2]
        wanted += [suggest.suggest_training(list(mine.pairs), mine.plan, model_size(size), name) for name in others]
    for one in wanted:
        try:
            names.append(runs.start(list(mine.pairs), mine.plan, one, session=session))
        except UserError as e:
            if not names:
                raise
            return names, e
    return names, None


def statuses_of(names: list[str]) -> tuple[list[Status], list[UserError]]:
    """The status of each run that is still there, and what is to be said of the others."""
    there, gone = [], []
    for name in names:
        try:
            there.append(_status(name))
        except UserError as e:
            gone.append(e)
    return there, gone


def apply_to(names: list[str], do: Callable[[str], None]) -> list[UserError]:
    """Does something to each of the runs; what is to be said of those to which it could not be done."""
    refused = []
    for name in names:
        try:
            user_errors_only(do)(name)
        except UserError as e:
            refused.append(e)
    return refused


def error_text(refused: list[UserError], lang: str) -> str:
    """The sentences of these, each once, as Markdown."""
    return "  \n".join(dict.fromkeys(escape_markdown(e.words.say(lang)) for e in refused))


def run_titles(found: list[Status], lang: str) -> list[str]:
    """The title of each run: of its engine, numbered where several runs have the same one."""
    names = [engines.get(one.engine).title.say(lang) for one in found]
    return [f"{name} ({names[: i + 1].count(name)})" if names.count(name) > 1 else name for i, name in enumerate(names)]


def refusal_text(error: UserError, lang: str) -> str:
    """Why no more runs were started, as Markdown; where too many of the visitor's are open, with the way to all of them."""
    told, others = escape_markdown(error.words.say(lang)), getattr(error, "open", ())
    return f"{told} {said('own.others', lang, link=run_link(others, lang))}" if others else told


def run_link(names: Iterable[str], lang: str) -> str:
    """The address of these runs, of as many as a view shows, as a Markdown link."""
    address = f"?lang={lang}&run={','.join(list(names)[:MOST_SHOWN])}"
    return f"[{address}]({address})"


def linked_runs(asked: str) -> list[str]:
    """The names in such an address, which anybody may have written."""
    names = asked[: MOST_SHOWN * (2 * files.ID_BYTES + 1)].split(",")
    return list(dict.fromkeys(name for name in names if name))[:MOST_SHOWN]


def none_begun(found: list[Status]) -> bool:
    """Whether none of them has begun, so that there is nothing to draw yet."""
    return all(one.state in ("waiting", "starting") and not one.history for one in found)


@user_errors_only
def _status(name: str) -> Status:
    return runs.status(name)


@user_errors_only
def race_data(found: list[Status], lang: str) -> dict[str, Any]:
    """What `RaceView` draws: a row a run, a column for each of ten held-out inputs."""
    shown = next((one.examples for one in found if one.examples), ())
    busy = next((one for one in found if not one.over), found[0])
    gone = busy.seconds / max(1e-9, busy.seconds + busy.left) if busy.step else 0.0
    return {
        "line": _line(found, lang),
        "share": 1.0 if all(one.over for one in found) else gone,
        "words": {"engine": said("engine", lang), "share": said("own.score", lang)},
        "inputs": [{"short": short(example.x), "full": f"{example.x} → {example.y}"} for example in shown],
        "rows": [_row(one, title) for one, title in zip(found, run_titles(found, lang), strict=True)],
    }


def _row(one: Status, title: str) -> dict[str, Any]:
    colour, dash, _ = look(one.engine)
    cells = [{"share": float(e.right), "said": short(e.answer), "full": f"{e.x} → {e.answer}"} for e in one.examples]
    score = "–" if one.score is None else f"{one.score:.1%}"
    return {
        "title": title,
        "colour": colour,
        "dash": {"dot": "dotted", "dash": "dashed", "dashdot": "dashed"}.get(dash, "solid"),
        "share": score,
        "cells": cells,
    }


def _line(found: list[Status], lang: str) -> str:
    """How the runs go; where they go differently, with the engine of each."""
    states = [_state(one, lang) for one in found]
    if len(set(states)) == 1:
        return states[0]
    return " · ".join(f"{title}: {state}" for title, state in zip(run_titles(found, lang), states, strict=True))


def _state(one: Status, lang: str) -> str:
    if one.stopping:
        return said("own.stopping", lang)
    if one.state == "waiting":
        return said("own.waiting", lang, place=one.place, time=duration(one.wait, lang))
    if one.state == "running":
        left = duration(one.left, lang)
        return said("own.running", lang, step=one.step, steps=one.steps, left=left)
    return one.message.say(lang)


@user_errors_only
def baseline_text(found: list[Status], lang: str) -> str:
    """The best baseline on the same held-out pairs, and whether a run beats it."""
    one = next((one for one in found if one.baselines), None)
    if one is None:
        return ""
    best = one.baselines[0]
    share = best.scores.get(one.measure, 0.0)
    title = evaluation.TITLES[best.name].say(lang) if best.name in evaluation.TITLES else best.name
    scored = [run for run in found if run.score is not None]
    key = "own.baseline"
    if scored and all(run.over for run in scored):
        ours = max(run.score or 0.0 for run in scored)
        key = "own.level" if ours == share > 0 else "own.beats" if ours > share else "own.beaten"
    return said(key, lang, name=title, share=share, n=one.scored)


@user_errors_only
def curves(found: list[Status], lang: str) -> list[go.Figure]:
    """Loss, score and gradient norm of every run against its steps."""
    until = round_up(max((one.steps for one in found), default=0))
    made = []
    for kind in ("loss", "exact", "norm"):
        lines = [_track(one, kind, title) for one, title in zip(found, run_titles(found, lang), strict=True)]
        axes = {"x_title": said("training.step", lang), "y_title": said(f"own.{kind}", lang)}
        made.append(tracks(lines, kind=kind, until=until, **axes))
    return made


def _track(one: Status, kind: str, title: str) -> Track:
    key = {"loss": "loss", "norm": "grad_norm"}.get(kind)
    if key:
        rows = [(row["step"], row[key]) for row in one.history if row.get(key) is not None]
    else:
        rows = [
            (row["step"], row["scores"][one.measure]) for row in one.history if one.measure in (row.get("scores") or {})
        ]
    return Track(one.engine, title, tuple(float(s) for s, _ in rows), tuple(float(v) for _, v in rows))


@user_errors_only
def diagnostics_text(one: Status, lang: str) -> str:
    """The coach's sentences as a Markdown list, or that there is nothing to say yet."""
    lines = [
        f"- {'✓' if line.good else '!'} {escape_markdown(line.words.say(lang))}" for line in diagnostics.diagnose(one)
    ]
    return "\n".join(lines) or ("" if one.over else said("own.silent", lang))
