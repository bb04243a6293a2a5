"""python -m train pairs FILE: a model of one's own pairs, from a table with two columns, by the same parts as the page.

Shape and engine are guessed, with the reason, where they are not given. The run lies in runs/pairs, so it can be gone on with.
"""

from __future__ import annotations

import shutil
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

from tqdm import tqdm

from s2s_demo import engines
from s2s_demo.custom import windows as rows
from s2s_demo.custom.diagnostics import diagnose
from s2s_demo.custom.jobs import runs, worker
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.status import status_in
from s2s_demo.custom.plan import Plan, guess_plan, label_unit
from s2s_demo.custom.reading.columns import guess_columns
from s2s_demo.custom.reading.pairs import read_file, to_pairs, with_features
from s2s_demo.custom.reading.table import Table
from s2s_demo.custom.suggest import suggest_training, with_steps
from s2s_demo.custom.time_series import guess_series_columns
from s2s_demo.prediction import UserError, quoted
from s2s_demo.task import Pair, Shape
from train.run import stoppable


def train(args: Namespace) -> None:
    """Trains one model, or one for each engine named; Ctrl-C stops cleanly and keeps what there is."""
    path = Path(args.file)
    pairs, plan = given(path, args.columns, args.shape)
    plan = cut(plan, args.by_x, args.by_y)
    print(plan.reason.en)
    names = list(engines.ENGINES) if args.engine == "all" else args.engine.split(",")
    for name in names:
        _train(path.stem, pairs, plan, name, args)


def given(path: Path, columns: Sequence[str], shape: str) -> tuple[list[Pair], Plan]:
    """The pairs of a file and their plan; a table whose rows seem to be steps is read as such, unless columns are named.

    Raises:
        UserError: it cannot be read, or there is no such shape.
    """
    table = read_file(path)
    steps = None if columns else guess_series_columns(table)
    if steps is None:
        pairs = read(table, columns)
        return pairs, with_features(planned(pairs, shape), table)
    pairs, plan = rows.series_to_pairs(table, steps, _shape(shape) if shape else None)
    for told in (*table.notes, *rows.series_notes(table, steps, pairs)):
        print(told.en)
    return pairs, plan


def read(table: Table, columns: Sequence[str] = ()) -> list[Pair]:
    """The pairs of a table, what was guessed about it told on the way. columns: names of x and y; guessed where none are given.

    Raises:
        UserError: it has no two such columns.
    """
    for told in table.notes:
        print(told.en)
    if not columns:
        return to_pairs(table, *guess_columns(table))
    for name in columns:
        if name not in table.header:
            there = ", ".join(table.header)
            raise UserError(
                f"‘{quoted(name)}’ 열이 없습니다. 있는 열: {there}",
                f"There is no column ‘{quoted(name)}’. There are: {there}",
            )
    return to_pairs(table, *(table.header.index(name) for name in columns))


def planned(pairs: list[Pair], shape: str) -> Plan:
    """The guessed plan, or one of the shape that was asked for.

    Raises:
        UserError: there is no such shape.
    """
    plan = guess_plan(pairs)
    if not shape:
        return plan
    wanted = _shape(shape)
    if wanted is plan.shape:
        return plan
    if wanted is Shape.N21:
        by_y = label_unit(y for _, y in pairs)
    elif wanted is Shape.N2N:
        by_y = plan.by_x
    else:
        by_y = "char" if plan.by_y == "label" else plan.by_y
    return replace(plan, shape=wanted, by_y=by_y, reason=wanted.value)


def _shape(name: str) -> Shape:
    if name.upper() not in Shape.__members__:
        there = ", ".join(s.name.lower() for s in Shape)
        raise UserError(f"모양은 {there} 중 하나입니다.", f"--shape must be one of {there}.")
    return Shape[name.upper()]


def cut(plan: Plan, by_x: str, by_y: str) -> Plan:
    """The plan with other steps, where some were asked for."""
    return replace(plan, by_x=by_x or plan.by_x, by_y=by_y or plan.by_y)


def _train(name: str, pairs: list[Pair], plan: Plan, engine: str, args: Namespace) -> None:
    suggestion = suggest_training(pairs, plan, args.size, engine)
    if args.steps:
        each = suggestion.seconds / suggestion.recipe.steps
        suggestion = replace(suggestion, recipe=with_steps(suggestion.recipe, args.steps), seconds=each * args.steps)
    folder = Path("runs") / "pairs" / f"{name}-{suggestion.engine}"
    if not args.resume:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        runs.prepare(folder, pairs, plan, suggestion, args.seed)
    except OSError as e:
        raise files.disk_error(e) from e
    print(
        f"{suggestion.engine} · {suggestion.approach} · {suggestion.parameters:,} parameters · about {suggestion.seconds:.0f} s\n"
        f"{suggestion.reason.en}"
    )
    with stoppable() as stop, tqdm(total=suggestion.recipe.steps, file=sys.stdout) as bar:
        worker.train_run(folder, stop, lambda data: _shown(bar, data), inf)
    _ended(folder, args.out)


def _shown(bar: Any, data: dict[str, Any]) -> None:
    bar.n = data["step"]
    facts = {"loss": data.get("loss"), **(data.get("scores") or {})}
    bar.set_postfix({k: f"{v:.3g}" for k, v in facts.items() if v is not None}, refresh=False)
    bar.update(0)


def _ended(folder: Path, out: str) -> None:
    status = status_in(folder)
    if status.state == "failed":
        raise UserError(status.message.ko, status.message.en)
    print(status.message.en)
    rows = {"this model": status.scores or {}, **{b.name: b.scores for b in status.baselines}}
    for name, scores in rows.items():
        print(f"{name:<14} " + "  ".join(f"{k} {v:.4f}" for k, v in scores.items()))
    print(f"on {status.scored:,} held-out pairs")
    for said in diagnose(status):
        print(f"- {said.words.en}")
    kept = folder / "model"
    if out:
        try:
            kept = Path(shutil.copytree(kept, out, dirs_exist_ok=True))
        except OSError as e:
            raise UserError(f"‘{out}’에 쓸 수 없습니다.", f"‘{out}’ cannot be written to.") from e
    print(f"kept in {kept}")
