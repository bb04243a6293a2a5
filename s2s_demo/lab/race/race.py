"""The race: engines of about equal size learn the same small task side by side, a step each in turn, in one thread.

Widths come from bisection, so that every model has about as many trained numbers as was asked for. Equal steps: one step each, in
turn. Equal time: the next step is the one's who has trained for the fewest seconds. The learning rate of each engine was chosen by
hand on another seed and is shown; it is constant after a short warm-up, so that a race may end at any moment.

A race belongs to whoever iterates over it; nothing of it is shared. `Line` bounds how many run at once.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch

from s2s_demo import tasks
from s2s_demo.explain import predict_parsed
from s2s_demo.lab.race.small_tasks import held_out, small
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.seeding import Seeded
from s2s_demo.task import Pair, Task
from s2s_demo.training import Progress, Recipe, fit

STEPS, TIME = "steps", "time"
FEWEST, MOST, LONGEST = 2, 8, 90
TARGET, WIDEST = 24_000, 512
HELD, SHOWN, BATCH = 200, 10, 128
SCORE_EVERY, SCORE_SHARE, POINTS = 25, 0.2, 160
RATES = {
    "independent": 5e-3,
    "conv": 1e-2,
    "rnn": 5e-3,
    "lstm": 1e-2,
    "gru": 1e-2,
    "attention": 1e-2,
    "transformer": 6e-3,
    "mamba": 1e-2,
}
RATE, UNIT = 5e-3, 4
"""The rate of an engine for which none was chosen, and what its width is a multiple of."""
OPTIONS: dict[str, dict[str, Any]] = {
    "transformer": {"depth": 1, "heads": 2, "wide": 3},
    "mamba": {"depth": 1, "state": 8, "head": 4},
}
UNITS = {**dict.fromkeys(RATES, 1), "transformer": 4, "mamba": 2}
EMBED = {"width": 16, "buckets": 512, "hide": 0.0}


@dataclass(frozen=True)
class Standing:
    """One engine at one moment. seconds: its own training time. exact: on `HELD` held-out pairs (the task's main measure).

    curves: "loss" (nats a symbol, mean since the last point), "norm" (total gradient norm before clipping) and "exact", each as
    (places, values); a place is the step in a race of equal steps, the engine's own training seconds in one of equal time.
    answers, shares: to the `SHOWN` shown inputs, and how right each is, 0 to 1.
    """

    engine: str
    dim: int
    parameters: int
    lr: float
    step: int
    seconds: float
    exact: float
    curves: dict[str, tuple[tuple[float, ...], tuple[float, ...]]]
    answers: tuple[str, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True)
class Moment:
    """A race at one moment. elapsed, left: seconds of the whole race. over: this is the last moment."""

    elapsed: float
    left: float
    over: bool
    standings: tuple[Standing, ...]


def race_task(name: str) -> Task:
    """The small form of a task that is raced on.

    Raises:
        UserError: its data is not to be had.
    """
    task = tasks.get(name)
    return small(name) if task.endless else small(name, most=task.few)


def race(
    name: str,
    who: list[str],
    *,
    by: str = STEPS,
    seconds: float = 60,
    seed: int = 0,
    every: float = 0.5,
    stop: Callable[[], bool] = lambda: False,
    most_steps: int = 1_000_000,
) -> Iterator[Moment]:
    """A `Moment` every so many seconds, and a last one when time is up, `most_steps` are done, or `stop`, asked before every step,
    says so.

    by: "steps" or "time". Two races of one seed differ only in how far they come.

    Raises:
        UserError: the data of the task is not to be had.
        ValueError: fewer than 2 or more than 8 different engines, or another kind of race.
    """
    if by not in (STEPS, TIME) or not FEWEST <= len(set(who)) <= MOST or len(set(who)) < len(who):
        raise ValueError(f"expected {FEWEST} to {MOST} different engines, by steps or time, got {who}, {by}")
    task = race_task(name)
    pairs = held_out(task, HELD)
    lanes = [_Lane.of(task, engine, by, seed, pairs, most_steps) for engine in who]
    began, told = time.perf_counter(), 0.0
    limit = min(seconds, LONGEST)
    yield _moment(lanes, 0.0, limit, over=False)
    try:
        while True:
            elapsed = time.perf_counter() - began
            lane = min(lanes, key=lambda a: a.step if by == STEPS else a.seconds)
            if elapsed >= limit or stop() or lane.step >= most_steps:
                break
            lane.move()
            if elapsed - told >= every:
                told = elapsed
                yield _moment(lanes, elapsed, limit, over=False)
    finally:
        for lane in lanes:
            lane.steps.close()
    for lane in lanes:
        lane.judge()
    yield _moment(lanes, min(limit, time.perf_counter() - began), limit, over=True)


def _moment(lanes: list[_Lane], elapsed: float, limit: float, *, over: bool) -> Moment:
    return Moment(elapsed, 0.0 if over else max(0.0, limit - elapsed), over, tuple(lane.standing() for lane in lanes))


@dataclass
class _Lane:
    """One engine's side of one race; never seen outside of it."""

    config: ModelConfig
    model: Seq2Seq
    task: Task
    lr: float
    by: str
    pairs: list[Pair]
    steps: Any
    step: int = 0
    seconds: float = 0.0
    judging: float = 0.0
    exact: float = 0.0
    answers: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()
    gap: int = 1
    waiting: list[tuple[float, float]] = field(default_factory=list)
    learned: list[tuple[float, float, float]] = field(default_factory=list)
    scored: list[tuple[float, float]] = field(default_factory=list)

    @classmethod
    def of(cls, task: Task, engine: str, by: str, seed: int, pairs: list[Pair], most: int) -> _Lane:
        config = sized(task, engine, TARGET)
        lr = RATES.get(engine, RATE)
        recipe = Recipe(steps=most, batch=BATCH, lr=lr, warmup=50, last_lr=1.0, weight_decay=0.0, dim=config.dim)
        model = fresh(config, seed)
        steps = fit(model, task, recipe, seed=seed, logged=lambda step: False, cpu=True)
        lane = cls(config, model, task, lr, by, pairs, steps)
        lane.judge()
        return lane

    def move(self) -> None:
        """One training step; and, now and then, as far as it takes little time, a look at the held-out pairs."""
        began = time.perf_counter()
        progress: Progress = next(self.steps)
        self.seconds += time.perf_counter() - began
        self.step = progress.step
        self.waiting.append((progress.loss, progress.grad_norm))
        if self.step % self.gap == 0:
            loss, norm = (sum(values) / len(values) for values in zip(*self.waiting, strict=True))
            self.learned.append((self._place(), loss, norm))
            self.waiting.clear()
        if len(self.learned) >= POINTS:  # a longer race has coarser curves, never more points
            self.learned, self.gap = _halved(self.learned), 2 * self.gap
        if self.step % SCORE_EVERY == 0 and self.judging < SCORE_SHARE * self.seconds:
            self.judge()

    def judge(self) -> None:
        """Answers the held-out pairs and notes the score."""
        began = time.perf_counter()
        self.model.eval()
        xs, truths = [x for x, _ in self.pairs], [self.task.answer(y) for _, y in self.pairs]
        answers = [self.task.answer(p.y) for p in predict_parsed(self.model, xs)]
        self.exact = self.task.score(xs, answers, truths)[self.task.measure]
        self.answers = tuple(answers[:SHOWN])
        shown = zip(xs[:SHOWN], answers, truths, strict=False)
        self.shares = tuple(self.task.score([x], [a], [t])[self.task.measure] for x, a, t in shown)
        self.scored.append((self._place(), self.exact))
        if len(self.scored) >= POINTS:
            self.scored = self.scored[::2]
        self.judging += time.perf_counter() - began

    def standing(self) -> Standing:
        """What is told of it now; a copy."""
        places, losses, norms = zip(*self.learned, strict=True) if self.learned else ((), (), ())
        scored, exacts = zip(*self.scored, strict=True)
        curves = {"loss": (places, losses), "norm": (places, norms), "exact": (scored, exacts)}
        count = self.model.parameters_count
        where = (self.config.engine, self.config.dim, count, self.lr, self.step, self.seconds, self.exact)
        return Standing(*where, curves, self.answers, self.shares)

    def _place(self) -> float:
        return self.step if self.by == STEPS else round(self.seconds, 3)


def _halved(rows: list[tuple[float, float, float]]) -> list[tuple[float, float, float]]:
    """Two neighbours as one: the later place, the mean of the values."""
    return [(b[0], (a[1] + b[1]) / 2, (a[2] + b[2]) / 2) for a, b in zip(rows[::2], rows[1::2], strict=False)]


def sized(task: Task, engine: str, target: int) -> ModelConfig:
    """A config whose model has about `target` trained numbers: the nearest there is, by bisection on the width."""

    def count(units: int) -> int:
        with torch.device("meta"):
            return Seq2Seq(_config(task, engine, units * unit)).parameters_count

    unit = UNITS.get(engine, UNIT)
    low, high = 1, WIDEST // unit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) <= target else (low, middle)
    best = min((low, high), key=lambda units: abs(count(units) - target))
    return _config(task, engine, best * unit)


def _config(task: Task, engine: str, dim: int) -> ModelConfig:
    return ModelConfig.of(task, engine, dim=dim, embed=EMBED, **OPTIONS.get(engine, {}))


def fresh(config: ModelConfig, seed: int) -> Seq2Seq:
    """A new model whose weights depend on the seed alone, whatever else draws at the same time."""
    with Seeded(seed):
        return Seq2Seq(config)


class Line:
    """Who may race and who waits. The tickets at the front race; a deque's own steps are atomic, so there is no lock."""

    def __init__(self, racing: int, waiting: int) -> None:
        self.racing, self.most = racing, racing + waiting
        self._tickets: deque[object] = deque()

    def enter(self) -> object | None:
        """A ticket, to be given back with `leave`; None where even the line is full."""
        ticket = object()
        self._tickets.append(ticket)
        if self.place(ticket) > self.most - self.racing:
            self.leave(ticket)
            return None
        return ticket

    def place(self, ticket: object) -> int:
        """0: go. Otherwise how many-th in the line, from 1."""
        return max(0, list(self._tickets).index(ticket) + 1 - self.racing)

    def leave(self, ticket: object) -> None:
        """Makes room for the next; a ticket that is gone already is no mistake."""
        if ticket in list(self._tickets):
            self._tickets.remove(ticket)
