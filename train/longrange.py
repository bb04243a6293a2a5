"""python -m train longrange: the grid of the long-range laboratory, one line of results.jsonl a run.

A line is written to runs/longrange as soon as its run is done, so a stop loses one run at most; --resume passes over what is there and
in checkpoints/longrange. In the end a run takes the place of its cell in checkpoints/longrange if that is free, if its score is at least
as good, or with --keep. --choose tries the learning rates on a seed of its own (T = 100; 8 pairs, or 2 where none solves 8) and prints them; those of the grid
were chosen so.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from s2s_demo import checkpoints, engines
from s2s_demo.lab.long_range.problems import PROBLEMS
from s2s_demo.lab.long_range.runs import GridRun, append_run, cells, read_runs, train_cell
from s2s_demo.prediction import UserError
from train import promote
from train.run import machine, stoppable

RESULTS = "results.jsonl"
DEV_SEED, RATES, CHOSEN_AT = 1000, (1e-3, 3e-3, 1e-2), {"adding": (100,), "recall": (8, 2)}


def train(args: Namespace) -> None:
    """Trains every cell asked for; Ctrl-C stops before the run at hand is kept."""
    names = list(engines.ENGINES) if args.engine == "all" else [engines.get(n).name for n in args.engine.split(",")]
    problems = list(PROBLEMS) if args.problem == "all" else [args.problem]
    if problems[0] not in PROBLEMS:
        there = ", ".join(PROBLEMS)
        raise UserError(f"문제는 {there}, all 중 하나입니다.", f"--problem is one of {there}, all.")
    if args.choose:
        choose(problems, names, args.steps or 700)
        return
    place = (Path(args.out) if args.out else checkpoints.ROOT) / "longrange" / RESULTS
    path = promote.RUNS / "longrange" / RESULTS
    path.parent.mkdir(parents=True, exist_ok=True)
    done = {run.cell for run in (*read_runs(path), *read_runs(place))} if args.resume else set()
    if not args.resume:
        path.unlink(missing_ok=True)
    with stoppable() as stop:
        for cell in cells(problems, names, range(args.seeds)):
            if cell in done or stop():
                continue
            problem, engine, distance, seed = cell
            run = _run(problem, engine, distance, seed, stop=stop, steps=args.steps or 0)
            if stop():
                print("stopped: the run at hand is not kept, go on with --resume")
                continue
            append_run(run, path)
            print(plain(run), flush=True)
    print(promote_runs(read_runs(path), place, asked=bool(args.keep or args.out)))


def promote_runs(runs: list[GridRun], place: Path, *, asked: bool) -> str:
    """Adds to `place` every run that may stand there, and says in one line how many.

    Raises:
        UserError: `place` cannot be written.
    """
    there = {run.cell: run for run in read_runs(place)}
    others = [run for run in runs if there.get(run.cell) != run]
    fit = [run for run in others if asked or run.cell not in there or _as_good(run, there[run.cell])]
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for run in fit:
            append_run(run, place)
    except OSError as e:
        raise UserError(
            f"‘{place}’에 쓸 수 없습니다. 학습한 것은 runs/longrange에 있습니다.",
            f"‘{place}’ cannot be written: what was trained is kept in runs/longrange.",
        ) from e
    left = len(others) - len(fit)
    return f"kept in {place}: {len(fit)} runs" + (
        f"; {left} with a worse score than there stay in runs/" if left else ""
    )


def _as_good(run: GridRun, other: GridRun) -> bool:
    low = PROBLEMS[run.problem].lower_is_better
    return run.score <= other.score if low else run.score >= other.score


def choose(problems: list[str], names: list[str], steps: int) -> None:
    """Prints what each learning rate comes to on the dev seed, best first: solved in the fewest steps, else the best score."""
    for name in names:
        for problem in problems:
            for at, distance in enumerate(CHOSEN_AT[problem]):
                runs = [
                    _run(problem, name, distance, DEV_SEED, lr=lr, steps=steps if at == 0 else PROBLEMS[problem].steps)
                    for lr in RATES
                ]
                sign = 1 if PROBLEMS[problem].lower_is_better else -1
                runs.sort(key=lambda r, sign=sign: (not r.solved, r.steps, sign * r.score))
                print("\n".join(plain(run) for run in runs), flush=True)
                if runs[0].solved:
                    break


def plain(run: GridRun) -> str:
    """A run in one line for the terminal."""
    how = f"{run.score:.4f} (baseline {run.baseline:.3f}){' solved' if run.solved else ''}"
    where = f"{run.problem:<7} {run.engine:<12} {run.distance:>4} seed {run.seed}"
    return f"{where}  {how}  {run.steps} steps  {run.seconds:.0f} s  lr {run.lr:g}  {run.parameters:,} parameters"


def _run(
    problem: str,
    engine: str,
    distance: int,
    seed: int,
    *,
    lr: float = 0.0,
    steps: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> GridRun:
    options = {"seed": seed, "lr": lr, "steps": steps, "stop": stop, "clock": time.process_time, "machine": machine()}
    *_, last = train_cell(PROBLEMS[problem], engine, distance, **options)
    assert last.run is not None
    return last.run
