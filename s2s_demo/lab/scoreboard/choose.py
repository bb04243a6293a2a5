"""Choosing an engine: four answers, and the row of the scoreboard that fits them, with the number that decided.

Every answer removes the rows whose measured number does not meet it; then those that do not beat the baseline are removed. Of the rest the
best test score wins, or, if the model is to be trained again, the shortest training that scores about as well. If an answer would remove
every row, the nearest ones stay. A number that was not measured removes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from s2s_demo.lab.scoreboard.rows import Board, Row

DISTANCES = {"own": 0, "near": 4, "sequence": 50, "far": 200}
"""Answers to "far": how many steps back an output depends on."""
WHERE = {"server": None, "person": 0.1, "often": 0.005, "small": None}
"""Answers to "where" it runs, and the longest p95 of an answer allowed there, in seconds."""
SMALL_BYTES = 1_000_000
STREAM, REUSE = ("no", "yes"), ("yes", "no")
RIGHT = 0.9
ABOUT_AS_GOOD = 0.02


@dataclass(frozen=True)
class Answers:
    """One answer to each of the four questions, by its name."""

    far: str = "own"
    where: str = "server"
    stream: str = "no"
    reuse: str = "yes"

    def __post_init__(self) -> None:
        asked = (self.far, DISTANCES), (self.where, WHERE), (self.stream, STREAM), (self.reuse, REUSE)
        for given, known in asked:
            if given not in known:
                raise ValueError(f"expected one of {list(known)}, got {given!r}")


def all_answers() -> Iterator[Answers]:
    """All combinations of answers."""
    return (Answers(*each) for each in product(DISTANCES, WHERE, STREAM, REUSE))


@dataclass(frozen=True)
class Objection:
    """A number that speaks against a row."""

    name: str
    value: float
    """Of the row."""
    required: float
    factor: float = 1.0
    """By which the value misses what is required, > 1."""
    at: int = 0
    """The length of x that it was measured at, for "chain"."""


@dataclass(frozen=True)
class Removal:
    """A row that an answer removed."""

    row: Row
    objection: Objection


@dataclass(frozen=True)
class FilterStep:
    """What one question did."""

    question: str
    removed: tuple[Removal, ...]
    left: int
    """Rows after it."""
    unmet: bool = False
    """No row met it, so the nearest stay."""
    unknown: int = 0
    """Rows that lack the number."""


@dataclass(frozen=True)
class Choice:
    """The chosen row, and why."""

    row: Row
    runner_up: Row | None
    reason: str
    """"only" (one was left), "score", "smaller" (of equal score) or "minutes"."""
    against: Objection | str
    """Why not the runner-up: one of those names, or the answer that removed it."""
    steps: tuple[FilterStep, ...]
    left: int
    best: float
    """The score that "minutes" was measured against."""


def choose(board: Board, answers: Answers) -> Choice:
    """The row that fits the answers. Deterministic: equal rows stand in the order of the board.

    Raises:
        ValueError: the board has no row.
    """
    if not board.rows:
        raise ValueError(f"no row for {board.task}")
    rows, steps = list(board.rows), []
    for question, check in _checks(board, answers).items():
        rows, step = _filtered(question, rows, check)
        steps.append(step)
    best = max(_score(row) for row in rows)
    if answers.reuse == "yes":
        rows.sort(key=lambda row: (-round(_score(row), 3), row.parameters))
    else:
        rows.sort(key=lambda row: (_score(row) < best - ABOUT_AS_GOOD, row.minutes, row.parameters))
    if len(rows) == 1:
        removal = _last_out(steps)
        return Choice(
            rows[0],
            removal.row if removal else None,
            "only",
            removal.objection if removal else "",
            tuple(steps),
            1,
            best,
        )
    first, second = rows[:2]
    reason = against = "minutes"
    if answers.reuse == "yes":
        reason = against = "smaller" if round(_score(first), 3) == round(_score(second), 3) else "score"
    elif _score(second) < best - ABOUT_AS_GOOD:
        against = "score"
    return Choice(first, second, reason, against, tuple(steps), len(rows), best)


def _score(row: Row) -> float:
    return row.score.mean if row.score else 0.0


def _last_out(steps: Sequence[FilterStep]) -> Removal | None:
    """The best of the rows that the last question to remove any took out."""
    last = next((step.removed for step in reversed(steps) if step.removed), ())
    return max(last, key=lambda removal: _score(removal.row), default=None)


Check = Callable[[Row], "Objection | str | None"]
"""What a question has against a row: an Objection, "unknown" if the number was not measured, or None."""


def _checks(board: Board, answers: Answers) -> dict[str, Check]:
    """The questions in their order."""
    return {
        "far": lambda row: _distance_objection(row, DISTANCES[answers.far]),
        "where": lambda row: _place_objection(row, answers.where),
        "stream": lambda row: (
            Objection("ahead", row.structure.ahead, 0, 1 + row.structure.ahead)
            if answers.stream == "yes" and row.structure.ahead
            else None
        ),
        "baseline": lambda row: _baseline_objection(row, board.baseline),
    }


def _filtered(question: str, rows: list[Row], check: Check) -> tuple[list[Row], FilterStep]:
    checked = [(row, check(row)) for row in rows]
    removed = [Removal(row, objection) for row, objection in checked if isinstance(objection, Objection)]
    unknown = sum(objection == "unknown" for _, objection in checked)
    unmet = len(removed) == len(rows)
    if unmet:
        nearest = min(removal.objection.factor for removal in removed)
        removed = [removal for removal in removed if removal.objection.factor > nearest]
    out = {removal.row.key for removal in removed}
    left = [row for row in rows if row.key not in out]
    return left, FilterStep(question, tuple(removed), len(left), unmet, unknown)


def _baseline_objection(row: Row, baseline: float | None) -> Objection | str | None:
    if row.score is None:
        return Objection("unscored", 0, 0, float("inf"))
    if baseline is None:
        return "unknown"
    if row.score.mean > baseline:
        return None
    return Objection("baseline", row.score.mean, baseline, baseline / max(row.score.mean, 1e-6))


def _distance_objection(row: Row, steps: int) -> Objection | str | None:
    """No path that long; else, where it was tested that far, not right often enough; else the long-range grid's verdict."""
    if row.structure.back < steps:
        return Objection("back", row.structure.back, steps, (steps + 1) / (row.structure.back + 1))
    if steps <= DISTANCES["near"]:
        return None
    tested = {at: spread.mean for at, spread in row.lengths.get("chain", {}).items() if at >= steps}
    if tested:
        at = min(tested)
        return None if tested[at] >= RIGHT else Objection("chain", tested[at], RIGHT, RIGHT / max(tested[at], 1e-3), at)
    if "adding" not in row.solved:
        return "unknown"
    solved = row.solved["adding"]
    return None if solved >= steps else Objection("adding", solved, steps, (steps + 1) / (solved + 1))


def _place_objection(row: Row, where: str) -> Objection | str | None:
    if where == "small":
        if row.weight_bytes > SMALL_BYTES:
            return Objection("weights", row.weight_bytes, SMALL_BYTES, row.weight_bytes / SMALL_BYTES)
        if row.structure.grows:
            return Objection(
                "grows", row.structure.state_bytes[1], row.structure.state_bytes[0], row.structure.state_bytes[1]
            )
        return None
    most = WHERE[where]
    if most is None:
        return None
    if row.timing is None or row.timing.p95 is None:
        return "unknown"
    return None if row.timing.p95 <= most else Objection("slow", row.timing.p95, most, row.timing.p95 / most)
