"""The race: engines of about equal size learn the same small task side by side, a step each in turn, in one thread.

Widths come from bisection, so that all models have about as many parameters. Equal steps: one step each, in turn. Equal time: the next
step is taken by the engine that has trained for the fewest seconds. The learning rate of each engine was chosen by hand on another seed
and is shown; it is constant after a short warm-up, so that a race may end at any time.

A race belongs to its iterator and shares nothing. `FifoSemaphore` limits how many run at once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from s2s_demo import tasks
from s2s_demo.explain import predict_parsed
from s2s_demo.lab.race.models import RATE, RATES, TARGET, initialised, match_parameters
from s2s_demo.lab.race.small_tasks import held_out, small
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.recipe import Recipe
from s2s_demo.task import Pair, Task
from s2s_demo.training import fit

STEPS, TIME = "steps", "time"
FEWEST, MOST, LONGEST = 2, 8, 90
HELD, SHOWN, BATCH = 200, 10, 128
SCORE_EVERY, SCORE_SHARE, POINTS = 25, 0.2, 160


@dataclass(frozen=True)
class LeaderboardRow:
    """One engine in a race."""

    engine: str
    dim: int
    parameters: int
    lr: float
    step: int
    seconds: float
    """Of its own training."""
    exact: float
    """The task's main measure on `HELD` held-out pairs, 0 to 1."""
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    """"loss" (nats a symbol, mean since the last point), "norm" (total gradient norm before clipping) and "exact", each as
    (places, values). A place is a step in a race of equal steps, the engine's own training seconds in one of equal time."""
    answers: tuple[str, ...]
    """To the `SHOWN` inputs that the page shows."""
    scores: tuple[float, ...]
    """How right each of these answers is, 0 to 1."""


@dataclass(frozen=True)
class RaceProgress:
    """A race so far."""

    elapsed: float
    """Seconds."""
    left: float
    """Seconds."""
    over: bool
    leaderboard: tuple[LeaderboardRow, ...]
    """In the order in which the engines were given."""


def race_task(name: str) -> Task:
    """The small form of a task that is raced on.

    Raises:
        UserError: its data is not to be had.
    """
    task = tasks.get(name)
    return small(name) if task.endless else small(name, most=task.race_pairs)


def race(
    name: str,
    names: list[str],
    *,
    by: str = STEPS,
    seconds: float = 60,
    seed: int = 0,
    every: float = 0.5,
    stop: Callable[[], bool] = lambda: False,
    most_steps: int = 1_000_000,
) -> Iterator[RaceProgress]:
    """Trains the engines side by side. Two races with one seed differ only in how far they get.

    Args:
        name: of the task.
        names: of 2 to 8 different engines.
        by: "steps" or "time".
        seconds: the time allowed, at most `LONGEST`.
        seed: of the weights and the training pairs.
        every: seconds between two reports; the last one comes when the race is over.
        stop: called before every step; True ends the race.
        most_steps: of each engine.

    Raises:
        UserError: the data of the task is not to be had.
        ValueError: fewer than 2 or more than 8 different engines, or another kind of race.
    """
    if by not in (STEPS, TIME) or not FEWEST <= len(set(names)) <= MOST or len(set(names)) < len(names):
        raise ValueError(f"expected {FEWEST} to {MOST} different engines, by steps or time, got {names}, {by}")
    task = race_task(name)
    pairs = held_out(task, HELD)
    contestants = [_Contestant.of(task, engine, by, seed, pairs, most_steps) for engine in names]
    began, reported = time.perf_counter(), 0.0
    limit = min(seconds, LONGEST)
    yield _progress(contestants, 0.0, limit, over=False)
    try:
        while True:
            elapsed = time.perf_counter() - began
            last = min(contestants, key=lambda one: one.step if by == STEPS else one.seconds)
            if elapsed >= limit or stop() or last.step >= most_steps:
                break
            last.train_step()
            if elapsed - reported >= every:
                reported = elapsed
                yield _progress(contestants, elapsed, limit, over=False)
    finally:
        for one in contestants:
            one.steps.close()
    for one in contestants:
        one.evaluate()
    yield _progress(contestants, min(limit, time.perf_counter() - began), limit, over=True)


def _progress(contestants: list[_Contestant], elapsed: float, limit: float, *, over: bool) -> RaceProgress:
    leaderboard = tuple(one.leaderboard_row() for one in contestants)
    return RaceProgress(elapsed, 0.0 if over else max(0.0, limit - elapsed), over, leaderboard)


@dataclass
class _Contestant:
    """The training state of one engine in a race."""

    config: ModelConfig
    model: Seq2Seq
    task: Task
    lr: float
    by: str
    pairs: list[Pair]
    """Held out."""
    steps: Any
    """A generator of `Progress`: its training, a step at a time."""
    step: int = 0
    seconds: float = 0.0
    """Of training."""
    evaluation_seconds: float = 0.0
    exact: float = 0.0
    answers: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()
    point_every: int = 1
    """Steps between two points of the curves."""
    pending: list[tuple[float, float]] = field(default_factory=list)
    """(loss, norm) of every step since the last point."""
    points: list[tuple[float, float, float]] = field(default_factory=list)
    """(place, mean loss, mean norm)."""
    evaluations: list[tuple[float, float]] = field(default_factory=list)
    """(place, exact)."""

    @classmethod
    def of(cls, task: Task, engine: str, by: str, seed: int, pairs: list[Pair], most_steps: int) -> _Contestant:
        config = match_parameters(task, engine, TARGET)
        lr = RATES.get(engine, RATE)
        recipe = Recipe(steps=most_steps, batch=BATCH, lr=lr, warmup=50, last_lr=1.0, weight_decay=0.0, dim=config.dim)
        model = initialised(config, seed)
        steps = fit(model, task, recipe, seed=seed, logged=lambda step: False, cpu=True)
        contestant = cls(config, model, task, lr, by, pairs, steps)
        contestant.evaluate()
        return contestant

    def train_step(self) -> None:
        """One training step; an evaluation now and then, as long as evaluations take a small part of the time."""
        began = time.perf_counter()
        progress = next(self.steps)
        self.seconds += time.perf_counter() - began
        self.step = progress.step
        self.pending.append((progress.loss, progress.grad_norm))
        if self.step % self.point_every == 0:
            loss, norm = (sum(values) / len(values) for values in zip(*self.pending, strict=True))
            self.points.append((self._place(), loss, norm))
            self.pending.clear()
        if len(self.points) >= POINTS:  # a longer race has coarser curves, never more points
            self.points, self.point_every = _halved(self.points), 2 * self.point_every
        if self.step % SCORE_EVERY == 0 and self.evaluation_seconds < SCORE_SHARE * self.seconds:
            self.evaluate()

    def evaluate(self) -> None:
        """Answers the held-out pairs and records the score."""
        began = time.perf_counter()
        self.model.eval()
        xs, truths = [x for x, _ in self.pairs], [self.task.answer(y) for _, y in self.pairs]
        answers = [self.task.answer(p.y) for p in predict_parsed(self.model, xs)]
        self.exact = self.task.score(xs, answers, truths)[self.task.measure]
        self.answers = tuple(answers[:SHOWN])
        shown = zip(xs[:SHOWN], answers, truths, strict=False)
        self.scores = tuple(self.task.score([x], [a], [t])[self.task.measure] for x, a, t in shown)
        self.evaluations.append((self._place(), self.exact))
        if len(self.evaluations) >= POINTS:
            self.evaluations = self.evaluations[::2]
        self.evaluation_seconds += time.perf_counter() - began

    def leaderboard_row(self) -> LeaderboardRow:
        """Its row so far, a copy."""
        places, losses, norms = zip(*self.points, strict=True) if self.points else ((), (), ())
        evaluated, exacts = zip(*self.evaluations, strict=True)
        curves = {"loss": (places, losses), "norm": (places, norms), "exact": (evaluated, exacts)}
        count = self.model.parameters_count
        facts = (self.config.engine, self.config.dim, count, self.lr, self.step, self.seconds, self.exact)
        return LeaderboardRow(*facts, curves, self.answers, self.scores)

    def _place(self) -> float:
        return self.step if self.by == STEPS else round(self.seconds, 3)


def _halved(rows: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Two neighbours as one: the later place, the mean of the values."""
    return [(b[0], (a[1] + b[1]) / 2, (a[2] + b[2]) / 2) for a, b in zip(rows[::2], rows[1::2], strict=False)]


class FifoSemaphore:
    """First come, first served: the first `running` slots run, up to `waiting` more wait. A deque's operations are atomic: no lock."""

    def __init__(self, running: int, waiting: int) -> None:
        self.running, self.most = running, running + waiting
        self._slots: deque[object] = deque()

    def acquire(self) -> object | None:
        """A slot, to be given back with `release`; None if as many wait already as may."""
        slot = object()
        self._slots.append(slot)
        if self.position(slot) > self.most - self.running:
            self.release(slot)
            return None
        return slot

    def position(self, slot: object) -> int:
        """0: it runs. Otherwise its number among those who wait, from 1."""
        return max(0, list(self._slots).index(slot) + 1 - self.running)

    def release(self, slot: object) -> None:
        """Lets the next one run; a slot that was given back before is no mistake."""
        if slot in list(self._slots):
            self._slots.remove(slot)
