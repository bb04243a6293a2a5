"""python -m train list | excerpts | frames | snapshots [TASK ...] | longrange | budget TASK | TASK | pairs FILE | evaluate TASK | calibrate TASK
    | predict TASK "x" ... | report | digests | fetch [USER/NAME] | space USER/NAME

Exit code 1 and one sentence on standard error when a file, a checkpoint or an input is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass

from s2s_demo import checkpoints, engines, lenses, tasks
from s2s_demo.explain import predict
from s2s_demo.lab.snapshots.store import FACTS, WEIGHTS
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach
from train import (
    budget,
    calibrate,
    evaluate,
    excerpts,
    fetch,
    frames,
    longrange,
    options,
    pairs,
    report,
    run,
    snapshots,
    space,
)

STORED = (("config.json", "model.safetensors"), (FACTS, WEIGHTS))


@dataclass(frozen=True)
class Command:
    """A word behind `python -m train`."""

    run: Callable[[argparse.Namespace], object]
    """What it does."""
    options: Callable[[argparse.ArgumentParser], None]
    """Adds what can stand behind it."""
    help: str
    """One line for `--help`."""
    epilog: str = ""
    """What stands beneath its own help."""


def main(words: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if words is None else words)
    if words and words[0] not in (*COMMANDS, "-h", "--help"):
        words = ["train", *words]
    args = _parser().parse_args(words or ["--help"])
    try:
        args.run(args)
        return 0
    except UserError as e:
        print(e, file=sys.stderr)
        return 1
    except PermissionError as e:
        print(
            f"‘{e.filename}’ cannot be written to or read: name another folder with --out, or run elsewhere.",
            file=sys.stderr,
        )
        return 1


def _list(args: argparse.Namespace) -> None:
    for task in tasks.TASKS.values():
        there = [f"{e.folder.name}" for e in checkpoints.available(task.name)]
        print(f"{task.name:<12} {task.shape.name:<4} {task.title.en}")
        print(f"{'':<12} approaches: {', '.join(a.value for a in task.approaches)}")
        print(f"{'':<12} checkpoints: {', '.join(there) or 'none yet'}")
    print(f"engines: {', '.join(engines.ENGINES)}")
    for fault in (*engines.FAULTS, *tasks.FAULTS, *lenses.FAULTS):
        print(f"left out: {fault.en}", file=sys.stderr)


def _train(args: argparse.Namespace) -> None:
    task = tasks.get(args.task)
    for engine in _engines(args.engine or "all"):
        for approach in _approaches(task, args.approach or task.approaches[0].value):
            run.train(task, engine, approach, args)


def _budget(args: argparse.Namespace) -> None:
    task = tasks.get(args.task)
    budget.train(task, _engines(args.engine), _approaches(task, args.approach), args)


def _evaluate(args: argparse.Namespace) -> None:
    task = tasks.get(args.task)
    wanted = _engines(args.engine)
    approaches = _approaches(task, args.approach)
    rows = evaluate.rows(
        task, wanted, approaches, seeds=args.seed, data=args.data, keep=args.keep, longest=args.longest
    )
    for row in rows:
        print(json.dumps(row, ensure_ascii=False) if args.json else evaluate.plain(row), flush=True)


def _calibrate(args: argparse.Namespace) -> None:
    task = tasks.get(args.task)
    approaches = _approaches(task, args.approach)
    for line in calibrate.rows(task, _engines(args.engine), approaches, seed=args.seed, above=args.above / 100):
        print(line, flush=True)


def _predict(args: argparse.Namespace) -> None:
    task = tasks.get(args.task)
    model = checkpoints.load(task.name, args.engine, args.approach, seed=args.seed or 0)
    for answer in predict(model, args.x):
        print(f"{answer.x}\t{task.answer(answer.y)}")


def _engines(name: str) -> list[str]:
    return list(engines.ENGINES) if name == "all" else [engines.get(word).name for word in name.split(",")]


def _approaches(task: tasks.Task, name: str) -> list[Approach]:
    fitting = {a.value: a for a in task.approaches}
    if name in ("", "all"):
        return list(task.approaches)
    if name not in fitting:
        there = ", ".join(fitting)
        raise UserError(
            f"{task.name}에 맞는 접근이 아닙니다: {there} 중에서 고르세요.",
            f"‘{name}’ does not fit {task.name}: choose one of {there}.",
        )
    return [fitting[name]]


def _digests(args: argparse.Namespace) -> None:
    kept = [(facts, weights) for name, weights in STORED for facts in sorted(checkpoints.ROOT.rglob(name))]
    changed = 0
    for facts, weights in kept:
        if (place := facts.with_name(weights)).is_file():
            changed += checkpoints.write_digest(facts, place)
    print(f"{len(kept)} models, {changed} digests written")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description="Train, score and ask models.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.help, epilog=command.epilog or None)
        command.options(one)
        one.set_defaults(run=command.run)
    return parser


PROMOTED = "A run is written to runs/. It takes its place in checkpoints/ if that is free or its dev score is at least as good."
COMMANDS = {
    "list": Command(_list, options.none, "tasks, shapes, engines and the checkpoints there are"),
    "train": Command(_train, options.of_train, "train a task (the word train may be left out)", PROMOTED),
    "frames": Command(frames.train, options.of_frames, "train the frame encoder that the video tasks share"),
    "snapshots": Command(
        snapshots.train,
        options.of_snapshots,
        "train one small model a task and keep its weights at many moments",
        PROMOTED,
    ),
    "budget": Command(
        _budget, options.of_budget, "train and score the engines of a task at one equal budget, keeping no weights"
    ),
    "longrange": Command(longrange.train, options.of_longrange, "train the grid of the long-range laboratory"),
    "pairs": Command(pairs.train, options.of_pairs, "train on your own file of pairs"),
    "evaluate": Command(_evaluate, options.of_evaluate, "score checkpoints on the test splits"),
    "calibrate": Command(
        _calibrate, options.of_calibrate, "fit how sure a model is on dev; what it answers stays the same"
    ),
    "predict": Command(_predict, options.of_predict, "the answers the page gives"),
    "report": Command(
        lambda args: report.write(), options.none, "write the tables of docs/results.md from the kept scores"
    ),
    "excerpts": Command(
        lambda args: excerpts.write(),
        options.none,
        "write, from the whole sets, the part of each that the repository keeps",
    ),
    "fetch": Command(fetch.fetch, options.of_fetch, "bring trained models from a repository of the Hub"),
    "space": Command(space.upload, options.of_space, "upload what is committed here to a Space of the Hub"),
    "digests": Command(
        _digests, options.none, "write the sha256 digest of each model's weights into the config.json beside them"
    ),
}

if __name__ == "__main__":
    sys.exit(main())
