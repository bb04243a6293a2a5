"""What the tab of one's own pairs shows, as plain functions: no component is named here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from s2s_demo import checkpoint, engines
from s2s_demo.codecs import Numbers
from s2s_demo.codecs.numbers import looks_like_rows
from s2s_demo.explain import predict
from s2s_demo.model import Seq2Seq
from s2s_demo.own import coach, cutting, doctor, examples, hub, judging, media, pairs, publish, runs, suggest
from s2s_demo.own import folder as files
from s2s_demo.own import rows as stepwise
from s2s_demo.own.bundle import bundle
from s2s_demo.own.card import card_of
from s2s_demo.own.pairs import Plan, Table
from s2s_demo.own.rows import Steps
from s2s_demo.own.runs import Status
from s2s_demo.own.setting import task_for
from s2s_demo.own.stepped import guessed_steps, numeric_steps
from s2s_demo.prediction import Grid, Prediction, UserError, Words
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.ui import answering
from s2s_demo.ui.gpu import gpu
from s2s_demo.ui.words import said
from s2s_demo.viz.race import Track, round_up, tracks
from s2s_demo.viz.theme import look

PREVIEW, MOST_TESTED, MOST_SHOWN, MOST_CUT, MOST_NAMED = 8, 2_000, 24, 40, 24
MOST_OF_ROWS, MOST_RUNS, MOST_TICKS = 48, 12, 12
BESIDE = ("lstm", "transformer", "attention", "conv")


@dataclass(frozen=True)
class Mine:
    """One visitor's pairs so far. table: as read; columns: those of x and y in it. plan: the shape and the steps, and why.

    steps: the columns of a table in which a row is a step; None where a row is a pair.
    """

    table: Table
    columns: tuple[int, int]
    pairs: tuple[Pair, ...]
    plan: Plan
    steps: Steps | None = None


@answering.plainly
def read(text: str, path: str | None) -> Mine:
    """The pairs in a file, or in a pasted text where there is none.

    Raises:
        UserError: with the sentence to show.
    """
    return of_table(pairs.read_file(path) if path else pairs.read_pasted(text))


def of_table(table: Table) -> Mine:
    """The pairs of a table, a row being a step or a pair, whichever seems likelier.

    Raises:
        UserError: with the sentence to show.
    """
    steps = guessed_steps(table)
    return of_steps(table, steps) if steps else of_columns(table, *pairs.guessed_columns(table))


@answering.plainly
def of_steps(table: Table, steps: Steps, shape: Shape | None = None) -> Mine:
    """The pairs of a table in which a row is a step.

    Raises:
        UserError: the columns do not fit, with the sentence to show.
    """
    found, plan = stepwise.to_pairs(table, steps, shape)
    return Mine(table, pairs.guessed_columns(table), tuple(found), plan, steps)


def recut(mine: Mine, numbers: list[int], sequence: int, x: int, y: int) -> Mine:
    """The pairs of the same table by other columns; one that is chosen for something new is no longer a number of x.

    Raises:
        UserError: the columns do not fit, with the sentence to show.
    """
    if mine.steps is None:
        return of_columns(mine.table, int(x), int(y))
    kept = tuple(sorted(int(i) for i in numbers if i not in (y, sequence)))
    return of_steps(mine.table, Steps(kept, int(y), int(sequence)))


@answering.plainly
def row_is(mine: Mine, what: str) -> Mine:
    """The same table with its rows read as "step" or as "pair".

    Raises:
        UserError: it has no columns for that.
    """
    if what == "pair":
        return of_columns(mine.table, *mine.columns)
    steps = guessed_steps(mine.table) or numeric_steps(mine.table)
    return of_steps(mine.table, steps)


@answering.plainly
def ready(name: str) -> Mine:
    """The pairs of a ready example."""
    found = examples.EXAMPLES[name].pairs()
    return of_columns(Table(("x", "y"), tuple(found), "", "", (examples.EXAMPLES[name].about,)), 0, 1)


@answering.plainly
def fetched(name: str) -> Mine:
    """The pairs of a dataset of the Hub, fetched because the visitor asks for it now.

    Raises:
        UserError: there is no such set, it is too large, or there is no connection.
    """
    return of_table(hub.from_hub(name.strip()))


@answering.plainly
def of_columns(table: Table, x: int, y: int) -> Mine:
    """The pairs of two columns of a table, and the likeliest plan for them.

    Raises:
        UserError: with the sentence to show.
    """
    found = pairs.to_pairs(table, x, y)
    return Mine(table, (x, y), tuple(found), pairs.marked(pairs.guess(found), table))


@answering.plainly
def planned(mine: Mine, shape: str, by_x: str, by_y: str) -> Mine:
    """The same pairs under a plan the visitor chose; a step that the shape does not offer becomes a character, of a label a word.

    Raises:
        UserError: the pairs do not fit it.
    """
    reason = Words(said("own.chosen", "ko"), said("own.chosen", "en"))
    if mine.steps:
        found = of_steps(mine.table, mine.steps, Shape[shape])
        plan = replace(found.plan, by_x="numbers", by_y=by_y, reason=reason)
        pairs.task_of(list(found.pairs), plan)
        return replace(found, plan=plan)
    ways_x, ways_y = cutting.offered(Shape[shape])
    by_x = "char" if by_x == "subword" and by_x not in ways_x else by_x
    by_y = ("word" if shape == "N21" else "char") if by_y == "subword" and by_y not in ways_y else by_y
    plan = pairs.marked(Plan(Shape[shape], by_x, by_y, reason), mine.table)
    pairs.task_of(list(mine.pairs), plan)
    return replace(mine, plan=plan)


def told(mine: Mine, lang: str) -> str:
    """What was read and guessed, one line each, as text that is safe in Markdown."""
    count = said("own.count", lang, n=len(mine.pairs), columns=len(mine.table.header))
    more = stepwise.told(mine.table, mine.steps, list(mine.pairs)) if mine.steps else []
    return "\n".join(f"- {plain(line)}" for line in (count, *(words.say(lang) for words in (*mine.table.told, *more))))


def preview(mine: Mine) -> list[list[str]]:
    """The first pairs."""
    told = _in_a_row if mine.plan.numbers and mine.plan.shape is Shape.N2N else cell
    return [[cell(x), told(y)] for x, y in mine.pairs[:PREVIEW]]


@answering.plainly
def cut(mine: Mine, lang: str) -> str:
    """How the first pair will be cut into steps, a line a side, as text that is safe in Markdown."""
    lines = []
    for side, text, cutter in zip("xy", mine.pairs[0], cutting.cutters(list(mine.pairs), mine.plan), strict=True):
        steps = cutter(text)
        shown = " | ".join("␣" if step == " " else step for step in steps[:MOST_CUT]) + (
            " | …" if steps[MOST_CUT:] else ""
        )
        lines.append(said("own.cut", lang, side=f"**{side}**", n=len(steps), pieces=plain(shown)))
    return "  \n".join(lines)


def findings(mine: Mine, lang: str) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Rows (what, how many, example) of the data doctor, and (label, kind) of what can be mended with a click."""
    found = doctor.examined(list(mine.pairs), mine.plan)
    rows = [[one.words.say(lang), f"{one.count:,}", cell(one.example)] for one in found]
    return rows, [(one.words.say(lang), one.kind) for one in found if one.mend is not None]


@answering.plainly
def mended(mine: Mine, kinds: list[str]) -> Mine:
    """The pairs after the chosen findings have been mended, one after another."""
    left = list(mine.pairs)
    for kind in kinds:
        for one in doctor.examined(left, mine.plan):
            if one.kind == kind and one.mend is not None:
                left = one.mend(left)
    if not left:
        raise UserError(said("own.nothing", "ko"), said("own.nothing", "en"))
    return replace(mine, pairs=tuple(left))


@answering.plainly
def advised(mine: Mine, engine: str, size: int) -> suggest.Suggestion:
    """What would be trained, with its estimate.

    Raises:
        UserError: the pairs do not fit.
    """
    return suggest.suggested(list(mine.pairs), mine.plan, size, "" if engine == "suggested" else engine)


def advice(one: suggest.Suggestion, lang: str) -> str:
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
        reason=plain(one.reason.say(lang)),
    )


@answering.plainly
def begun(mine: Mine, suggestion: suggest.Suggestion, size: int, three: bool) -> list[str]:
    """Starts the suggested run, or it and two other engines beside it; the names of the runs.

    Raises:
        UserError: no run can be started now.
    """
    wanted = [suggestion]
    if three:
        others = [name for name in BESIDE if name != suggestion.engine][:2]
        wanted += [suggest.suggested(list(mine.pairs), mine.plan, size, name) for name in others]
    return [runs.start(list(mine.pairs), mine.plan, one) for one in wanted]


def looked_at(names: list[str]) -> tuple[list[Status], list[UserError]]:
    """The status of each run that is still there, and what is to be said of the others."""
    there, gone = [], []
    for name in names:
        try:
            there.append(runs.status(name))
        except UserError as e:
            gone.append(e)
    return there, gone


def field(found: list[Status], lang: str) -> dict[str, Any]:
    """What `RaceView` draws: a row a run, a column for each of ten held-out inputs."""
    shown = next((one.examples for one in found if one.examples), ())
    busy = next((one for one in found if not one.over), found[0])
    gone = busy.seconds / max(1e-9, busy.seconds + busy.left) if busy.step else 0.0
    return {
        "line": _line(found, lang),
        "share": 1.0 if all(one.over for one in found) else gone,
        "words": {"engine": said("engine", lang), "share": said("own.score", lang)},
        "inputs": [{"short": short(example.x), "full": f"{example.x} → {example.y}"} for example in shown],
        "rows": [_row(one, lang) for one in found],
    }


def _row(one: Status, lang: str) -> dict[str, Any]:
    colour, dash, _ = look(one.engine)
    cells = [{"share": float(e.right), "said": short(e.answer), "full": f"{e.x} → {e.answer}"} for e in one.examples]
    score = "–" if one.score is None else f"{one.score:.1%}"
    return {
        "title": engines.get(one.engine).title.say(lang),
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
    titles = [engines.get(one.engine).title.say(lang) for one in found]
    return " · ".join(f"{title}: {state}" for title, state in zip(titles, states, strict=True))


def _state(one: Status, lang: str) -> str:
    if one.stopping:
        return said("own.stopping", lang)
    if one.state == "waiting":
        return said("own.waiting", lang, place=one.place, time=duration(one.wait, lang))
    if one.state == "running":
        left = duration(one.left, lang)
        return said("own.running", lang, step=one.step, steps=one.steps, left=left)
    return one.told.say(lang)


def baseline_told(found: list[Status], lang: str) -> str:
    """The best baseline on the same held-out pairs, and whether a run beats it."""
    one = next((one for one in found if one.baselines), None)
    if one is None:
        return ""
    best = one.baselines[0]
    share = best.scores.get(one.measure, 0.0)
    title = judging.TITLES[best.name].say(lang) if best.name in judging.TITLES else best.name
    scored = [run for run in found if run.score is not None]
    key = "own.baseline"
    if scored and all(run.over for run in scored):
        ours = max(run.score or 0.0 for run in scored)
        key = "own.level" if ours == share > 0 else "own.beats" if ours > share else "own.beaten"
    return said(key, lang, name=title, share=share, n=one.scored)


def figures(found: list[Status], lang: str) -> list[go.Figure]:
    """Loss, score and gradient norm of every run against its steps."""
    until = round_up(max((one.steps for one in found), default=0))
    made = []
    for kind in ("loss", "exact", "norm"):
        lines = [_track(one, kind, lang) for one in found]
        titles = {"x_title": said("training.step", lang), "y_title": said(f"own.{kind}", lang)}
        made.append(tracks(lines, kind=kind, until=until, **titles))
    return made


def _track(one: Status, kind: str, lang: str) -> Track:
    title = engines.get(one.engine).title.say(lang)
    key = {"loss": "loss", "norm": "grad_norm"}.get(kind)
    if key:
        rows = [(row["step"], row[key]) for row in one.history if row.get(key) is not None]
    else:
        rows = [
            (row["step"], row["scores"][one.measure]) for row in one.history if one.measure in (row.get("scores") or {})
        ]
    return Track(one.engine, title, tuple(float(s) for s, _ in rows), tuple(float(v) for _, v in rows))


def coached(one: Status, lang: str) -> str:
    """The coach's sentences as a Markdown list, or that there is nothing to say yet."""
    lines = [f"- {'✓' if line.good else '!'} {plain(line.words.say(lang))}" for line in coach.advice(one)]
    return "\n".join(lines) or ("" if one.over else said("own.silent", lang))


@lru_cache(maxsize=8)
def _task_of(run: str, changed: int) -> Task:
    folder = files.root() / run
    return task_for(files.pairs_of(folder), files.plan_of(folder), files.asked_of(folder)[0].recipe)


def task_of(run: str) -> Task:
    """The task of a run.

    Raises:
        UserError: there is no such run.
    """
    runs.status(run)
    return _task_of(run, (files.root() / run / "recipe.json").stat().st_mtime_ns)


@answering.plainly
def answered(run: str, text: str) -> Prediction:
    """The answer of a run's model, with its trace.

    Raises:
        UserError: there is no model yet, or the text has symbols it does not know.
    """
    return predicted(run, [task_of(run).read(text)], True)[0]


def headline(answer: Prediction) -> str | None:
    """The answer in big type where x is rows of numbers, equal labels in a row as one ("rest ×12 · lift ×3"); None for other x."""
    if not looks_like_rows(str(answer.x)):
        return None
    return _in_a_row(answer.y)


def _in_a_row(y: str) -> str:
    found = [(label, len(list(same))) for label, same in groupby(y.split())]
    told = [f"{label} ×{count}" if count > 1 else label for label, count in found[:MOST_RUNS]]
    return " · ".join(told) + (" · …" if len(found) > MOST_RUNS else "")


def axis(grid: Grid | None, answer: Prediction) -> Grid | None:
    """The grid with some of its input steps named, where they are many rows of numbers and their names would overlap."""
    if grid is None or len(grid.columns) <= MOST_TICKS or headline(answer) is None:
        return grid
    return replace(grid, columns=answering.ticked(grid.columns))


@gpu
def predicted(run: str, xs: list[str], look: bool) -> list[Prediction]:
    """The answers of a run's model. look: with their traces."""
    model = runs.model_of(run)
    return predict(model, xs, look=look)


@answering.plainly
def hint(run: str, lang: str) -> tuple[str, str, bool]:
    """(how x is written for a run's model, an example of it from the held-out pairs, whether it also takes sounds or clips); nothing
    where x is plain text.

    Raises:
        UserError: there is no such run.
    """
    task = task_of(run)
    codec = task.reads()
    if not isinstance(codec, Numbers):
        return "", "", False
    x, _ = next(task.pairs("test", 0))
    if codec.made:
        return said("own.made", lang, n=codec.size), x, True
    columns = plain(", ".join(codec.columns[:MOST_NAMED]) + (", …" if codec.size > MOST_NAMED else ""))
    return said("own.numbers.how", lang, n=codec.size, columns=columns), x, False


@answering.plainly
def answered_file(run: str, path: str) -> Prediction:
    """The answer of a run's model to a sound or a clip, with its trace.

    Raises:
        UserError: there is no model yet, it takes no files, or this one cannot be read.
    """
    codec = task_of(run).reads()
    if not isinstance(codec, Numbers) or not codec.made:
        raise UserError(said("own.no_file", "ko"), said("own.no_file", "en"))
    return predicted(run, [media.rows_of_file(path, codec.made)], True)[0]


@answering.plainly
def tested(run: str, path: str, lang: str) -> str:
    """The score of a run's model on the pairs of a file, in one sentence.

    Raises:
        UserError: the file cannot be read, or there is no model yet.
    """
    task, model = task_of(run), runs.model_of(run)
    some = _to_test(path, files.plan_of(files.root() / run), model)[:MOST_TESTED]
    right, done = 0.0, 0
    xs, ys = [], []
    for x, y in _as_trained(run, some):
        try:
            x = task.read(x)
            model.x_codec.encode(x)
        except UserError:
            continue
        xs.append(x)
        ys.append(y)
    if xs:
        answers = [one.y for one in predicted(run, xs, False)]
        right, done = task.score(xs, answers, ys)[task.measure], len(xs)
    return said("own.tested", lang, share=right, n=done, refused=len(some) - len(xs))


def _as_trained(run: str, some: list[Pair]) -> list[Pair]:
    """Pairs of a test file without what the training pairs are free of: blanks at the ends, and pairs with an empty side."""
    kept = files.pairs_of(files.root() / run)
    if any(text != text.strip() or not text for pair in kept for text in pair):
        return some
    return [(x.strip(), y.strip()) for x, y in some if x.strip() and y.strip()]


def _to_test(path: str, plan: Plan, model: Seq2Seq) -> list[Pair]:
    """The pairs of a test file; in a table of steps the columns are found by the names that the model knows."""
    mine = read("", path)
    if not isinstance(model.x_codec, Numbers) or mine.steps is None:
        return list(mine.pairs)
    steps = mine.steps
    if set(model.x_codec.columns) <= set(mine.table.header):
        steps = replace(steps, numbers=tuple(mine.table.header.index(name) for name in model.x_codec.columns))
    return list(of_steps(mine.table, steps, plan.shape).pairs)


@answering.plainly
def zipped(run: str) -> str:
    """The path of the zip of a run's model; it lies in the run's folder and goes with it.

    Raises:
        UserError: there is no model yet.
    """
    folder = runs.model_folder(run)
    model, facts, card = _described(run, folder)
    path = folder.parent / "model.zip"
    path.write_bytes(bundle(model, facts, card))
    return str(path)


@answering.plainly
def pushed(run: str, repo: str, token: str) -> str:
    """The address to which a run's model was uploaded, with the visitor's own token, which is kept nowhere.

    Raises:
        UserError: the name, the token or the connection is not good, or there is no model yet.
    """
    return publish.push(bundle(*_described(run, runs.model_folder(run))), repo, token)


def _described(run: str, folder: Path) -> tuple[Seq2Seq, dict[str, Any], str]:
    model, facts = runs.model_of(run), checkpoint.facts_of(folder)
    return model, facts, card_of(model, facts)


def duration(seconds: float, lang: str) -> str:
    """About how long: seconds up to two minutes, then minutes."""
    if seconds < 120:
        return said("own.seconds", lang, n=max(1, round(seconds)))
    return said("own.minutes", lang, n=round(seconds / 60))


def short(text: str) -> str:
    """A text cut short enough for a label."""
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…"


def cell(text: str) -> str:
    """A cell: short enough for a table; of rows of numbers so little that the column of y is still seen."""
    if len(text) > MOST_OF_ROWS and looks_like_rows(text):
        return text[: MOST_OF_ROWS - 1] + "…"
    return text if len(text) <= 200 else text[:199] + "…"


def plain(text: str) -> str:
    """A visitor's text as Markdown shows it: nothing in it is markup."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return "".join("\\" + c if c in "\\`*_{}[]()#+!|$~" else c for c in escaped)
