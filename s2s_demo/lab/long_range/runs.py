"""One cell of the long-range grid trained, step by step, and the kept results of all cells.

Adam, batches drawn anew at every step, total gradient norm clipped at 1, a constant learning rate after a short warm-up, no curriculum:
the same for every engine. It stops early once the held-out score is good enough to be sure of `solved`.
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
from s2s_demo.seeding import Seeded
from s2s_demo.side_files import is_number, read_lines

WARMUP, CLIP, SCORE_EVERY = 50, 1.0, 50
HELD, TESTED = 256, 1024
SUMS_SOLVED = 0.95
_CHAIN = re.compile(r"exact_chain_(\d{1,9})")


@dataclass(frozen=True)
class Run:
    """One trained cell. score: on 1,024 fresh sequences, mean squared error or share of 1. seconds: of training, as its clock counted them
    (the grid: processor time)."""

    problem: str
    engine: str
    distance: int
    seed: int
    score: float
    baseline: float
    solved: bool
    steps: int
    seconds: float
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
class Moment:
    """One step. loss: of this batch, in the problem's loss. norm: of the gradient before clipping. score: on 256 held-out
    sequences, where they were scored. left: seconds until the last step or the end of the time allowed. run: the result, at the
    last moment only."""

    step: int
    steps: int
    loss: float
    norm: float
    seconds: float
    left: float
    score: float | None = None
    run: Run | None = None


def fresh(problem: str, engine: str, distance: int, seed: int) -> Net:
    """A net with the weights of that seed; the generator everybody shares is not touched."""
    with Seeded(seed):
        return Net(problem, engine, distance)


def learn(
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
) -> Iterator[Moment]:
    """Trains one cell, one `Moment` a step; the last one holds the `Run`.

    lr, steps: instead of the grid's. seconds: the time allowed, the last scoring included. stop: asked after every step; what is
    trained until then is scored and kept. clock: what counts as time, in seconds.
    """
    lr, steps = lr or setting_of(engine).lr(problem.name), steps or problem.steps
    net = fresh(problem.name, engine, distance, seed)
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
        run = None
        if last:
            kept = score_of(net, problem.draw(TESTED, distance, _generator(seed, 2)))
            count = sum(p.numel() for p in net.parameters())
            facts = (problem.name, engine, distance, seed, kept, problem.baseline, problem.beaten(kept))
            run = Run(*facts, step, spent, count, lr, machine)
        yield Moment(step, steps, loss, norm, spent, max(0.0, left), score, run)
        if last:
            return


def enough(problem: Problem, score: float) -> bool:
    """Whether training may stop: half the error that counts as solved, so that the fresh test does not fall short by chance."""
    return score < problem.solved / 2 if problem.low else 1 - score < (1 - problem.solved) / 2


def cells(problems: Iterable[str], names: Iterable[str], seeds: Iterable[int]) -> list[tuple[str, str, int, int]]:
    """(problem, engine, distance, seed) in the order of training: the middle distance of the first seed before all else."""
    telling = {"adding": 200, "recall": 8}
    grid = [(p, e, d, s) for s in seeds for p in problems for d in PROBLEMS[p].distances for e in names]
    first = min((s for *_, s in grid), default=0)
    return sorted(grid, key=lambda c: (c[3] != first or c[2] != telling[c[0]], c[3]))


def read(path: Path) -> list[Run]:
    """The runs kept in results.jsonl, one a cell, the last written counting; none if there is no file. A line cut short by a
    kill is passed over."""
    kept: dict[tuple[str, str, int, int], Run] = {}
    for row in read_lines(path):
        try:
            run = Run(**row)
        except TypeError:
            continue
        if not _sound(run):
            continue
        kept[run.cell] = run
    return list(kept.values())


def _sound(run: Run) -> bool:
    """Whether its fields, which stood in a file, are of the kinds they should be."""
    counts = (run.distance, run.seed, run.steps, run.parameters)
    texts = all(isinstance(v, str) for v in (run.problem, run.engine, run.machine))
    whole = all(is_number(v) and isinstance(v, int) for v in counts)
    return texts and whole and all(map(is_number, (run.score, run.baseline, run.seconds, run.lr)))


def keep(run: Run, path: Path) -> None:
    """Adds a line to results.jsonl; after a line cut short by a kill it begins a new one."""
    before = path.read_text("utf-8") if path.exists() else ""
    whole = not before or before.endswith("\n")
    with path.open("a", encoding="utf-8") as file:
        file.write(("" if whole else "\n") + run.to_json() + "\n")


def kept(problem: str) -> list[Run]:
    """The precomputed runs of a problem: results.jsonl, or for "addition" the test scores of its shipped checkpoints."""
    if problem == "addition":
        return _added()
    return [run for run in read(checkpoints.ROOT / "longrange" / "results.jsonl") if run.problem == problem]


def _added() -> list[Run]:
    """Aligned addition, encoder-only: the share of 1,000 sums right to the last digit in which 9 of 10 columns pass a carry on."""
    runs = []
    for entry in checkpoints.shelf("addition"):
        facts = checkpoints.facts_at_least(entry.folder)
        if not all(name in facts for name in ("steps", "minutes", "parameters", "lr", "machine")):
            continue
        for name, score in facts["scores"].items():
            digits = int(found[1]) if (found := _CHAIN.fullmatch(name)) else 0
            if digits and is_number(score):
                baseline = facts["scores"].get(f"baseline_chain_{digits}", 0.0)
                trained = (facts["steps"], 60 * facts["minutes"], facts["parameters"], facts["lr"], facts["machine"])
                cell = ("addition", entry.engine, digits, entry.seed)
                runs.append(Run(*cell, score, baseline, score > SUMS_SOLVED, *trained))
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
