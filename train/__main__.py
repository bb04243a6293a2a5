"""python -m train list | excerpts | frames | snapshots [TASK ...] | longrange | budget TASK | TASK | pairs FILE | evaluate TASK | calibrate TASK
    | predict TASK "x" ... | report | digests | fetch [USER/NAME] | space USER/NAME

Exit code 1 and one sentence on standard error when a file, a checkpoint or an input is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys

from s2s_demo import checkpoints, engines, lenses, tasks
from s2s_demo.custom.tokenization import UNITS
from s2s_demo.explain import predict
from s2s_demo.lab.snapshots.store import FACTS, WEIGHTS
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach
from train import budget, calibrate, evaluate, excerpts, fetch, frames, longrange, pairs, report, run, snapshots, space

STORED = (("config.json", "model.safetensors"), (FACTS, WEIGHTS))


def main(words: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    words = list(sys.argv[1:] if words is None else words)
    if words and words[0] not in (*COMMANDS, "-h", "--help"):
        words = ["train", *words]
    args = _parser().parse_args(words or ["--help"])
    try:
        return COMMANDS[args.command](args)
    except UserError as e:
        print(e, file=sys.stderr)
        return 1
    except PermissionError as e:
        print(
            f"‘{e.filename}’ cannot be written to or read: name another folder with --out, or run elsewhere.",
            file=sys.stderr,
        )
        return 1


def _list(args: argparse.Namespace) -> int:
    for task in tasks.TASKS.values():
        there = [f"{e.folder.name}" for e in checkpoints.available(task.name)]
        print(f"{task.name:<12} {task.shape.name:<4} {task.title.en}")
        print(f"{'':<12} approaches: {', '.join(a.value for a in task.approaches)}")
        print(f"{'':<12} checkpoints: {', '.join(there) or 'none yet'}")
    print(f"engines: {', '.join(engines.ENGINES)}")
    for fault in (*engines.FAULTS, *tasks.FAULTS, *lenses.FAULTS):
        print(f"left out: {fault.en}", file=sys.stderr)
    return 0


def _train(args: argparse.Namespace) -> int:
    task = tasks.get(args.task)
    for engine in _engines(args.engine or "all"):
        for approach in _approaches(task, args.approach or task.approaches[0].value):
            run.train(task, engine, approach, args)
    return 0


def _frames(args: argparse.Namespace) -> int:
    frames.train(args)
    return 0


def _snapshots(args: argparse.Namespace) -> int:
    snapshots.train(args)
    return 0


def _budget(args: argparse.Namespace) -> int:
    task = tasks.get(args.task)
    budget.train(task, _engines(args.engine), _approaches(task, args.approach), args)
    return 0


def _longrange(args: argparse.Namespace) -> int:
    longrange.train(args)
    return 0


def _excerpts(args: argparse.Namespace) -> int:
    excerpts.write()
    return 0


def _pairs(args: argparse.Namespace) -> int:
    pairs.train(args)
    return 0


def _evaluate(args: argparse.Namespace) -> int:
    task = tasks.get(args.task)
    wanted = _engines(args.engine)
    approaches = _approaches(task, args.approach)
    rows = evaluate.rows(
        task, wanted, approaches, seeds=args.seed, data=args.data, keep=args.keep, longest=args.longest
    )
    for row in rows:
        print(json.dumps(row, ensure_ascii=False) if args.json else evaluate.plain(row), flush=True)
    return 0


def _calibrate(args: argparse.Namespace) -> int:
    task = tasks.get(args.task)
    approaches = _approaches(task, args.approach)
    for line in calibrate.rows(task, _engines(args.engine), approaches, seed=args.seed, above=args.above / 100):
        print(line, flush=True)
    return 0


def _predict(args: argparse.Namespace) -> int:
    task = tasks.get(args.task)
    model = checkpoints.load(task.name, args.engine, args.approach, seed=args.seed or 0)
    for answer in predict(model, args.x):
        print(f"{answer.x}\t{task.answer(answer.y)}")
    return 0


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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m train", description="Train, score and ask models.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="tasks, shapes, engines and the checkpoints there are")
    told = "A run is written to runs/. It takes its place in checkpoints/ if that is free or its dev score is at least as good."
    train = commands.add_parser("train", help="train a task (the word train may be left out)", epilog=told)
    train.add_argument("task")
    train.add_argument("--engine", default="all", help="one engine, several with commas, or all")
    train.add_argument("--approach", default="", help="encoder-only, encoder-decoder, decoder-only or all")
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--steps", type=int, help="instead of the recipe's number of steps")
    train.add_argument("--format", default="", help="how y is written, e.g. worked, reversed or plain")
    train.add_argument("--resume", action="store_true", help="go on from where the run stopped, digit for digit")
    train.add_argument(
        "--out", default="", help="the place of the checkpoint, whatever lies there, instead of checkpoints/"
    )
    train.add_argument("--keep", action="store_true", help="take the place in checkpoints/ even with a worse dev score")
    train.add_argument("--push", default="", metavar="USER/REPO", help="upload the checkpoint when done")
    train.add_argument("--cpu", action="store_true", help="do not use a GPU")
    eyes = commands.add_parser("frames", help="train the frame encoder that the video tasks share")
    eyes.add_argument("--seed", type=int, default=0)
    eyes.add_argument("--steps", type=int, help="instead of the recipe's number of steps")
    eyes.add_argument("--resume", action="store_true", help="go on from where the run stopped")
    eyes.add_argument("--out", default="", help="its place, whatever lies there, instead of checkpoints/")
    eyes.add_argument(
        "--keep", action="store_true", help="take the place in checkpoints/: the video models there need its vectors"
    )
    past = commands.add_parser(
        "snapshots", help="train one small model a task and keep its weights at many moments", epilog=told
    )
    past.add_argument("tasks", nargs="*", metavar="TASK", help="all if left out")
    past.add_argument("--seed", type=int, default=0)
    past.add_argument("--steps", type=int, help="instead of each run's number of steps")
    past.add_argument("--out", default="", help="their place, whatever lies there, instead of checkpoints/")
    past.add_argument("--keep", action="store_true", help="take the place in checkpoints/ even with a worse dev score")
    equal = commands.add_parser(
        "budget", help="train and score the engines of a task at one equal budget, keeping no weights"
    )
    equal.add_argument("task")
    equal.add_argument("--engine", default="all", help="one engine, several with commas, or all")
    equal.add_argument("--approach", default="all", help="one approach, or all")
    equal.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0")
    equal.add_argument("--steps", type=int, help="instead of the task's BUDGET")
    equal.add_argument("--resume", action="store_true", help="train only what is not there yet")
    equal.add_argument("--out", default="", help="the place of the results instead of checkpoints/")
    far = commands.add_parser("longrange", help="train the grid of the long-range laboratory")
    far.add_argument("--problem", default="all", help="adding, recall or all")
    far.add_argument("--engine", default="all", help="one engine, several with commas, or all")
    far.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0")
    far.add_argument("--steps", type=int, help="instead of the problem's number of steps")
    far.add_argument("--resume", action="store_true", help="train only the cells that are not there yet")
    far.add_argument("--choose", action="store_true", help="compare learning rates on the dev seed instead")
    far.add_argument("--out", default="", help="the place of the results instead of checkpoints/")
    far.add_argument("--keep", action="store_true", help="put worse runs in the place of better ones, too")
    own = commands.add_parser("pairs", help="train on your own file of pairs")
    own.add_argument("file", help="a table with a column x and a column y: CSV, TSV, ...")
    own.add_argument(
        "--columns", nargs=2, default=(), metavar=("X", "Y"), help="names of the two columns, else guessed"
    )
    own.add_argument("--engine", default="", help="one engine, several with commas, or all; else the one that fits")
    own.add_argument("--shape", default="", help="n2n, n21, n2m or lm; else guessed")
    for side in "xy":
        own.add_argument(f"--by-{side}", default="", choices=UNITS, help=f"what one step of {side} is; else guessed")
    own.add_argument("--size", type=int, default=2, choices=range(1, 6), help="1 small and fast ... 5 large and slow")
    own.add_argument("--steps", type=int, help="instead of the suggested number of steps")
    own.add_argument("--seed", type=int, default=0)
    own.add_argument("--resume", action="store_true", help="go on from where the run of this file and engine stopped")
    own.add_argument("--out", default="", metavar="DIR", help="copy the checkpoint here")
    test = commands.add_parser("evaluate", help="score checkpoints on the test splits")
    test.add_argument("task")
    test.add_argument("--engine", default="all")
    test.add_argument("--approach", default="", help="one approach; all of them if left out")
    test.add_argument("--seed", type=int, help="one seed; all there are if left out")
    test.add_argument("--data", default="", metavar="FILE", help="your own test file, x<TAB>y a line")
    test.add_argument(
        "--longest", type=int, default=0, help="leave out test splits of longer inputs (attention is quadratic)"
    )
    test.add_argument("--json", action="store_true", help="one JSON object a line")
    test.add_argument("--keep", action="store_true", help="write the scores beside each checkpoint, for the page")
    sure = commands.add_parser("calibrate", help="fit how sure a model is on dev; what it answers stays the same")
    sure.add_argument("task")
    sure.add_argument("--engine", default="all")
    sure.add_argument("--approach", default="", help="one approach; all of them if left out")
    sure.add_argument("--seed", type=int, help="one seed; all there are if left out")
    sure.add_argument(
        "--above",
        type=float,
        default=2.0,
        help="leave alone a model whose calibration error on dev, in points, is at most this",
    )
    ask = commands.add_parser("predict", help="the answers the page gives")
    ask.add_argument("task")
    ask.add_argument("x", nargs="+")
    ask.add_argument("--engine", default="transformer")
    ask.add_argument("--approach", default="")
    ask.add_argument("--seed", type=int)
    commands.add_parser("report", help="write the tables of docs/results.md from the kept scores")
    commands.add_parser("excerpts", help="write, from the whole sets, the part of each that the repository keeps")
    models = commands.add_parser("fetch", help="bring trained models from a repository of the Hub")
    models.add_argument("name", nargs="?", default="", metavar="USER/NAME", help=f"or in ${fetch.VARIABLE}")
    hub = commands.add_parser("space", help="upload what is committed here to a Space of the Hub")
    hub.add_argument("name", metavar="USER/NAME")
    hub.add_argument("--public", action="store_true", help="a new Space is seen by everybody, not by its owner alone")
    commands.add_parser(
        "digests", help="write the sha256 digest of each model's weights into the config.json beside them"
    )
    return parser


def _report(args: argparse.Namespace) -> int:
    report.write()
    return 0


def _fetch(args: argparse.Namespace) -> int:
    fetch.fetch(args)
    return 0


def _space(args: argparse.Namespace) -> int:
    space.upload(args)
    return 0


def _digests(args: argparse.Namespace) -> int:
    kept = [(facts, weights) for name, weights in STORED for facts in sorted(checkpoints.ROOT.rglob(name))]
    changed = 0
    for facts, weights in kept:
        if (place := facts.with_name(weights)).is_file():
            changed += checkpoints.write_digest(facts, place)
    print(f"{len(kept)} models, {changed} digests written")
    return 0


COMMANDS = {
    "list": _list,
    "excerpts": _excerpts,
    "frames": _frames,
    "snapshots": _snapshots,
    "longrange": _longrange,
    "budget": _budget,
    "pairs": _pairs,
    "train": _train,
    "evaluate": _evaluate,
    "calibrate": _calibrate,
    "predict": _predict,
    "report": _report,
    "digests": _digests,
    "fetch": _fetch,
    "space": _space,
}

if __name__ == "__main__":
    sys.exit(main())
