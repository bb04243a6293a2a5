"""Choosing an engine: four answers, and a row of the scoreboard that fits them, with the number that decided.

The rule is plain. Every answer removes the rows whose measured number does not meet it; then go those that are no better than the
baseline; of those left the best test score wins, or, for whoever trains anew, the shortest training that scores about as well.
Where a question would remove every row, those that come nearest to it stay. Where a number was not taken, nothing is removed by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from s2s_demo.lab.scoreboard.rows import Board, Row

FAR = {"own": 0, "near": 4, "sequence": 50, "far": 200}
"""How far back an answer depends, in steps."""
WHERE = {"server": None, "person": 0.1, "often": 0.005, "small": None}
"""Where it runs, and the longest p95 of an answer that is allowed there, in seconds."""
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
        asked = (self.far, FAR), (self.where, WHERE), (self.stream, STREAM), (self.reuse, REUSE)
        for given, known in asked:
            if given not in known:
                raise ValueError(f"expected one of {list(known)}, got {given!r}")


def every() -> Iterator[Answers]:
    """All combinations of answers."""
    return (Answers(*each) for each in product(FAR, WHERE, STREAM, REUSE))


@dataclass(frozen=True)
class Why:
    """What a number says against a row: its name, the row's value, what was asked, and by which factor it misses that (> 1)."""

    name: str
    value: float
    asked: float
    short: float = 1.0
    at: int = 0


@dataclass(frozen=True)
class Removal:
    """A row that an answer removed."""

    row: Row
    why: Why


@dataclass(frozen=True)
class Step:
    """One question's work. left: rows after it. unmet: none met it, and the nearest stay. unknown: how many rows lack the number."""

    question: str
    removed: tuple[Removal, ...]
    left: int
    unmet: bool = False
    unknown: int = 0


@dataclass(frozen=True)
class Choice:
    """The row that was chosen, the runner-up, and how it came to that.

    reason: "only" one was left, "score", "smaller" (of equal score) or "minutes". against: why not the runner-up: one of those
    names, or what an answer had against it. best: the score that "minutes" was measured against.
    """

    row: Row
    runner: Row | None
    reason: str
    against: Why | str
    steps: tuple[Step, ...]
    left: int
    best: float


def choose(board: Board, answers: Answers) -> Choice:
    """The row that fits the answers. Deterministic: equal rows stand in the order of the board.

    Raises:
        ValueError: the board has no row.
    """
    if not board.rows:
        raise ValueError(f"no row for {board.task}")
    rows, steps = list(board.rows), []
    for question, against in _filters(board, answers).items():
        rows, step = _filtered(question, rows, against)
        steps.append(step)
    best = max(_score(row) for row in rows)
    if answers.reuse == "yes":
        rows.sort(key=lambda row: (-round(_score(row), 3), row.parameters))
    else:
        rows.sort(key=lambda row: (_score(row) < best - ABOUT_AS_GOOD, row.minutes, row.parameters))
    if len(rows) == 1:
        removal = _last_out(steps)
        return Choice(
            rows[0], removal.row if removal else None, "only", removal.why if removal else "", tuple(steps), 1, best
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


def _last_out(steps: Sequence[Step]) -> Removal | None:
    """The best of the rows that the last question to remove any took out."""
    last = next((step.removed for step in reversed(steps) if step.removed), ())
    return max(last, key=lambda removal: _score(removal.row), default=None)


Against = Callable[[Row], "Why | str | None"]
"""What a question has against a row: a Why, "unknown" where the number is not there, or nothing."""


def _filters(board: Board, answers: Answers) -> dict[str, Against]:
    """The questions in their order; one that asks nothing removes nothing."""
    return {
        "far": lambda row: _against_far(row, FAR[answers.far]),
        "where": lambda row: _against_where(row, answers.where),
        "stream": lambda row: (
            Why("ahead", row.structure.ahead, 0, 1 + row.structure.ahead)
            if answers.stream == "yes" and row.structure.ahead
            else None
        ),
        "baseline": lambda row: _against_baseline(row, board.baseline),
    }


def _filtered(question: str, rows: list[Row], against: Against) -> tuple[list[Row], Step]:
    found = [(row, against(row)) for row in rows]
    removed = [Removal(row, why) for row, why in found if isinstance(why, Why)]
    unknown = sum(why == "unknown" for _, why in found)
    unmet = len(removed) == len(rows)
    if unmet:
        nearest = min(removal.why.short for removal in removed)
        removed = [removal for removal in removed if removal.why.short > nearest]
    out = {removal.row.key for removal in removed}
    left = [row for row in rows if row.key not in out]
    return left, Step(question, tuple(removed), len(left), unmet, unknown)


def _against_baseline(row: Row, baseline: float | None) -> Why | str | None:
    if row.score is None:
        return Why("unscored", 0, 0, float("inf"))
    if baseline is None:
        return "unknown"
    if row.score.mean > baseline:
        return None
    return Why("baseline", row.score.mean, baseline, baseline / max(row.score.mean, 1e-6))


def _against_far(row: Row, steps: int) -> Why | str | None:
    """No path that long; else, where it was tested that far, not right often enough; else the long-range grid's verdict."""
    if row.structure.back < steps:
        return Why("back", row.structure.back, steps, (steps + 1) / (row.structure.back + 1))
    if steps <= FAR["near"]:
        return None
    tested = {at: spread.mean for at, spread in row.lengths.get("chain", {}).items() if at >= steps}
    if tested:
        at = min(tested)
        return None if tested[at] >= RIGHT else Why("chain", tested[at], RIGHT, RIGHT / max(tested[at], 1e-3), at)
    if "adding" not in row.solved:
        return "unknown"
    far = row.solved["adding"]
    return None if far >= steps else Why("adding", far, steps, (steps + 1) / (far + 1))


def _against_where(row: Row, where: str) -> Why | str | None:
    if where == "small":
        if row.weight_bytes > SMALL_BYTES:
            return Why("weights", row.weight_bytes, SMALL_BYTES, row.weight_bytes / SMALL_BYTES)
        if row.structure.grows:
            return Why("grows", row.structure.held[1], row.structure.held[0], row.structure.held[1])
        return None
    most = WHERE[where]
    if most is None:
        return None
    if row.timing is None or row.timing.p95 is None:
        return "unknown"
    return None if row.timing.p95 <= most else Why("slow", row.timing.p95, most, row.timing.p95 / most)
