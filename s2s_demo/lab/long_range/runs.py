"""Training of one cell of the long-range grid, and the precomputed results of all cells.

Adam, a new batch at every step, total gradient norm clipped at 1, a constant learning rate after a short warm-up, no curriculum:
the same for every engine. It stops early once the held-out score is well beyond `solved`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from s2s_demo import checkpoints
from s2s_demo.lab.long_range.problems import PROBLEMS, Net, Problem, Sequences, loss_of, score_of, setting_of
from s2s_demo.seeding import LocalSeed
from s2s_demo.side_files import is_number, read_lines

WARMUP, CLIP, SCORE_EVERY = 50, 1.0, 50
HELD, TESTED = 256, 1024
SUMS_SOLVED = 0.95
_CHAIN = re.compile(r"exact_chain_(\d{1,9})")


@dataclass(frozen=True)
class GridRun:
    """One trained cell of the grid; a line of results.jsonl."""

    problem: str
    engine: str
    distance: int
    seed: int
    score: float
    """On `TESTED` new sequences: mean squared error, or fraction right."""
    baseline: float
    solved: bool
    steps: int
    seconds: float
    """Of training, as its clock counted them (the grid: processor time)."""
    parameters: int
    lr: float
    machine: str = ""

    @property
    def cell(self) -> tuple[str, str, int, int]:
        """What tells one run from another."""
        return self.problem, self.engine, self.distance, self.seed

    def to_json(self) -> str:
        """One line of results.jsonl."""
        rounded = {
            "score": float(f"{self.score:.4g}"),
            "baseline": round(self.baseline, 4),
            "seconds": round(self.seconds, 1),
        }
        return json.dumps({**asdict(self), **rounded})


@dataclass(frozen=True)
class TrainingStep:
    """One step of the training of a cell."""

    step: int
    steps: int
    """At most."""
    loss: float
    """Of this batch, in the problem's loss."""
    norm: float
    """Of the gradient before clipping."""
    seconds: float
    """So far."""
    left: float
    """Seconds until the last step or the end of the time allowed."""
    score: float | None = None
    """On `HELD` held-out sequences, where they were scored."""
    run: GridRun | None = None
    """The result, at the last step only."""


def initialised_net(problem: str, engine: str, distance: int, seed: int) -> Net:
    """A randomly initialised net; the shared generator is not touched."""
    with LocalSeed(seed):
        return Net(problem, engine, distance)


def train_cell(
    problem: Problem,
    engine: str,
    distance: int,
    *,
    seed: int = 0,
    lr: float = 0.0,
    steps: int = 0,
    seconds: float = float("inf"),
    stop: Callable[[], bool] = lambda: False,
    score_every: int = SCORE_EVERY,
    clock: Callable[[], float] = time.monotonic,
    machine: str = "",
) -> Iterator[TrainingStep]:
    """Trains one cell, one `TrainingStep` a step; the last one holds the `GridRun`.

    Args:
        problem, engine, distance, seed: the cell.
        lr, steps: default: those of the grid.
        seconds: the time allowed, including the final test.
        stop: called after every step; True ends the training, which is tested all the same.
        score_every: steps between two scores on held-out sequences.
        clock: what counts as time, in seconds.
        machine: written into the result.
    """
    lr, steps = lr or setting_of(engine).lr(problem.name), steps or problem.steps
    net = initialised_net(problem.name, engine, distance, seed)
    adam = torch.optim.Adam(net.parameters(), lr)
    rng = _generator(seed, 0)
    held = problem.draw(HELD, distance, _generator(seed, 1))
    began, scoring = clock(), 0.0
    for step in range(1, steps + 1):
        for group in adam.param_groups:
            group["lr"] = lr * min(1.0, step / WARMUP)
        loss, norm = _step(net, adam, problem.draw(problem.batch, distance, rng))
        halted, score = stop(), None
        if step % score_every == 0 and not halted:
            at = clock()
            score = score_of(net, held)
            scoring = clock() - at
        spent = clock() - began
        reserve = scoring * TESTED / HELD
        last = halted or step == steps or spent + reserve > seconds or (score is not None and enough(problem, score))
        left = min(spent / step * (steps - step), seconds - reserve - spent)
        run = _tested(net, problem, engine, distance, seed, step, spent, lr, machine) if last else None
        yield TrainingStep(step, steps, loss, norm, spent, max(0.0, left), score, run)
        if last:
            return


def _tested(
    net: Net, problem: Problem, engine: str, distance: int, seed: int, step: int, spent: float, lr: float, machine: str
) -> GridRun:
    score = score_of(net, problem.draw(TESTED, distance, _generator(seed, 2)))
    count = sum(p.numel() for p in net.parameters())
    facts = (problem.name, engine, distance, seed, score, problem.baseline, problem.is_solved(score))
    return GridRun(*facts, step, spent, count, lr, machine)


def enough(problem: Problem, score: float) -> bool:
    """Whether training may stop: half the error that counts as solved, so that the final test does not fall short by chance."""
    return score < problem.solved / 2 if problem.lower_is_better else 1 - score < (1 - problem.solved) / 2


def cells(problems: Iterable[str], names: Iterable[str], seeds: Iterable[int]) -> list[tuple[str, str, int, int]]:
    """(problem, engine, distance, seed) in the order of training: the middle distance of the first seed before all else."""
    middle = {"adding": 200, "recall": 8}
    grid = [(p, e, d, s) for s in seeds for p in problems for d in PROBLEMS[p].distances for e in names]
    first = min((s for *_, s in grid), default=0)
    return sorted(grid, key=lambda c: (c[3] != first or c[2] != middle[c[0]], c[3]))


def read_runs(path: Path) -> list[GridRun]:
    """The runs of a results.jsonl, one a cell, the last line of a cell counting; none if there is no file. A line cut short by a
    kill is skipped."""
    runs: dict[tuple[str, str, int, int], GridRun] = {}
    for row in read_lines(path):
        try:
            run = GridRun(**row)
        except TypeError:
            continue
        if not _sound(run):
            continue
        runs[run.cell] = run
    return list(runs.values())


def _sound(run: GridRun) -> bool:
    """Whether its fields, which were read from a file, have the right types."""
    counts = (run.distance, run.seed, run.steps, run.parameters)
    texts = all(isinstance(v, str) for v in (run.problem, run.engine, run.machine))
    whole = all(is_number(v) and isinstance(v, int) for v in counts)
    return texts and whole and all(map(is_number, (run.score, run.baseline, run.seconds, run.lr)))


def append_run(run: GridRun, path: Path) -> None:
    """Adds a line to results.jsonl; after a line cut short by a kill it begins a new one."""
    before = path.read_text("utf-8") if path.exists() else ""
    whole = not before or before.endswith("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + run.to_json() + "\n")


def results_of(problem: str) -> list[GridRun]:
    """The precomputed runs of a problem: results.jsonl, or for "addition" the test scores of its shipped checkpoints."""
    if problem == "addition":
        return _added()
    return [run for run in read_runs(checkpoints.ROOT / "longrange" / "results.jsonl") if run.problem == problem]


def _added() -> list[GridRun]:
    """Aligned addition, encoder-only: the fraction of 1,000 sums right to the last digit in which 9 of 10 columns pass a carry on."""
    runs = []
    for entry in checkpoints.available("addition"):
        facts = checkpoints.facts_at_least(entry.folder)
        if not all(name in facts for name in ("steps", "minutes", "parameters", "lr", "machine")):
            continue
        for name, score in facts["scores"].items():
            digits = int(found[1]) if (found := _CHAIN.fullmatch(name)) else 0
            if digits and is_number(score):
                baseline = facts["scores"].get(f"baseline_chain_{digits}", 0.0)
                trained = (facts["steps"], 60 * facts["minutes"], facts["parameters"], facts["lr"], facts["machine"])
                cell = ("addition", entry.engine, digits, entry.seed)
                runs.append(GridRun(*cell, score, baseline, score > SUMS_SOLVED, *trained))
    return runs


def _step(net: Net, adam: torch.optim.Optimizer, batch: Sequences) -> tuple[float, float]:
    loss = loss_of(net, batch)
    adam.zero_grad()
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(net.parameters(), CLIP)
    adam.step()
    return float(loss.detach()), float(norm)


def _generator(seed: int, purpose: int) -> torch.Generator:
    """purpose: 0 training, 1 held-out, 2 test."""
    return torch.Generator().manual_seed(seed * 1_009 + purpose)
