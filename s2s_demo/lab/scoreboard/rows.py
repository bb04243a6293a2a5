"""The scoreboard: one row for every engine and approach of a task, all of it read from what lies beside the checkpoints."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from s2s_demo import checkpoints, tasks
from s2s_demo.lab.scoreboard.structure import Structure, structure
from s2s_demo.lab.scoreboard.timing import Timing
from s2s_demo.model import ModelConfig
from s2s_demo.side_files import read_lines
from s2s_demo.task import Task

Key = tuple[str, str, str]
FLOAT_BYTES = 4


@dataclass(frozen=True)
class Spread:
    """A measure over seeds or folds, in fractions of 1."""

    mean: float
    least: float
    most: float
    count: int
    """Of seeds or folds."""

    @classmethod
    def of(cls, shares: list[float | None]) -> Spread | None:
        """The spread of those that were measured; None of none.

        >>> Spread.of([0.5, None, 1.0])
        Spread(mean=0.75, least=0.5, most=1.0, count=2)
        """
        known = [share for share in shares if share is not None]
        return cls(mean(known), min(known), max(known), len(known)) if known else None


@dataclass(frozen=True)
class Row:
    """One engine with one approach on one task."""

    task: str
    engine: str
    approach: str
    score: Spread | None
    """The main measure on the task's first test split."""
    parameters: int
    minutes: float
    """Mean training time of one seed."""
    machine: str
    """On which it was trained."""
    seeds: int
    """Checkpoints available."""
    structure: Structure
    lengths: Mapping[str, Mapping[int, Spread]] = field(default_factory=dict)
    """Kind of test -> steps -> score, where the task is tested on several lengths."""
    solved: Mapping[str, int] = field(default_factory=dict)
    """Long-range problem -> longest distance solved, 0 = none of those tried; empty where the grid was not run."""
    timing: Timing | None = None
    """On this machine; None until it is measured."""

    @property
    def key(self) -> Key:
        """What tells it from every other row."""
        return self.task, self.engine, self.approach

    @property
    def weight_bytes(self) -> int:
        """Bytes of the weights in single precision, as they are when it answers."""
        return FLOAT_BYTES * self.parameters


@dataclass(frozen=True)
class Board:
    """The rows of one task."""

    task: str
    measure: str
    rows: tuple[Row, ...]
    baselines: Mapping[str, float]
    """Name -> main measure (mean over folds)."""
    folds: bool
    """Whether seeds are folds."""

    @property
    def baseline(self) -> float | None:
        """The main measure of the best baseline; None where none was scored."""
        return max(self.baselines.values(), default=None)


def main_score(task: Task, scores: Mapping[str, Any], measure: str) -> float | None:
    """A measure on the task's first test split; None where it was not scored."""
    return scores.get(measure, scores.get(f"{measure}_{task.tests[0].replace('-', '_')}"))


def facts_by_engine(task: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(engine, approach) -> the facts of its checkpoints, one a seed; scores that cannot be read count as not there."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for entry in checkpoints.available(task):
        groups[entry.engine, entry.approach].append(checkpoints.facts_at_least(entry.folder))
    return dict(groups)


def board(name: str) -> Board:
    """The scoreboard of a task, without timings."""
    task, solved = tasks.get(name), solved_distances()
    groups = facts_by_engine(name)
    rows = tuple(filter(None, (_row(task, *key, seeds, solved.get(key[0], {})) for key, seeds in groups.items())))
    every = [facts["scores"] for seeds in groups.values() for facts in seeds if facts["scores"]]
    baselines = {}
    for name_of in task.baselines or (task.baseline_name,):
        asked = f"baseline_{name_of}" if task.baselines else "baseline"
        known = Spread.of([main_score(task, scores, asked) for scores in every])
        if known:
            baselines[name_of] = known.mean
    return Board(name, task.measure, rows, baselines, bool(task.folds))


def _row(task: Task, engine: str, approach: str, seeds: list[dict[str, Any]], solved: Mapping[str, int]) -> Row | None:
    """None where the facts are not those of a model that can be built."""
    try:
        return _row_of(task, engine, approach, seeds, solved)
    except (LookupError, ValueError, TypeError, RuntimeError, AssertionError, ArithmeticError):
        return None


def _row_of(task: Task, engine: str, approach: str, seeds: list[dict[str, Any]], solved: Mapping[str, int]) -> Row:
    scores = [facts["scores"] for facts in seeds]
    first = seeds[0]
    return Row(
        task.name,
        engine,
        approach,
        Spread.of([main_score(task, one, task.measure) for one in scores]),
        int(first["parameters"]),
        mean(float(facts["minutes"]) for facts in seeds),
        str(first["machine"]),
        len(seeds),
        structure(ModelConfig.from_json(first["model"])),
        _lengths(task, scores),
        solved,
    )


def _lengths(task: Task, scores: list[dict[str, Any]]) -> dict[str, dict[int, Spread]]:
    """Splits such as "chain-50" -> {"chain": {50: ...}}, those that were scored."""
    groups: dict[str, dict[int, Spread]] = {}
    for split in task.tests:
        kind, _, steps = split.rpartition("-")
        spread = Spread.of([one.get(f"{task.measure}_{split.replace('-', '_')}") for one in scores])
        if kind and steps.isdigit() and spread:
            groups.setdefault(kind, {})[int(steps)] = spread
    return groups


def solved_distances(path: Path | None = None) -> dict[str, dict[str, int]]:
    """engine -> problem of the long-range grid -> the longest distance that more than half of its seeds solved, 0 if none.

    Read from checkpoints/longrange/results.jsonl, one JSON object a line with problem, engine, distance and solved; lines that
    are anything else are passed over. {} where the grid was not run.
    """
    votes: defaultdict[tuple[str, str, int], list[bool]] = defaultdict(list)
    for row in read_lines(path or checkpoints.ROOT / "longrange" / "results.jsonl"):
        try:
            votes[str(row["engine"]), str(row["problem"]), int(row["distance"])].append(bool(row["solved"]))
        except (ValueError, KeyError, TypeError, OverflowError):
            continue
    groups: dict[str, dict[str, int]] = {}
    for (engine, problem, distance), solved in votes.items():
        most = groups.setdefault(engine, {}).setdefault(problem, 0)
        if 2 * sum(solved) > len(solved):
            groups[engine][problem] = max(most, distance)
    return groups


FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that some spreadsheet reads as a formula; of Japanese ones the wide signs too."""


def csv_cell(cell: str) -> str:
    """A cell of a CSV file: quoted, and text that a spreadsheet would take for a formula held back by an apostrophe.

    >>> print(csv_cell("=1+1"), csv_cell("-3.5"), csv_cell("a,b"))
    "'=1+1" "-3.5" "a,b"
    """
    if cell[:1] in FORMULA and not _number(cell):
        cell = f"'{cell}"
    return '"' + cell.replace('"', '""') + '"'


def markdown_cell(cell: str) -> str:
    """A cell of a Markdown table: on one line, with nothing that ends the cell or begins markup.

    >>> print(markdown_cell("a|b <i>"))
    a\\|b &lt;i>
    """
    return " ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False
