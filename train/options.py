"""What can stand behind each word of `python -m train`."""

from __future__ import annotations

import argparse

from s2s_demo.custom.tokenization import UNITS
from train import fetch

ENGINES = "one engine, several with commas, or all"


def none(parser: argparse.ArgumentParser) -> None:
    """Nothing stands behind the word."""


def of_train(parser: argparse.ArgumentParser) -> None:
    """Behind `train`."""
    parser.add_argument("task")
    _choice(parser, approach="encoder-only, encoder-decoder, decoder-only or all")
    _training(parser)
    parser.add_argument("--format", default="", help="how y is written, e.g. worked, reversed or plain")
    parser.add_argument("--resume", action="store_true", help="go on from where the run stopped, digit for digit")
    parser.add_argument(
        "--out", default="", help="the place of the checkpoint, whatever lies there, instead of checkpoints/"
    )
    parser.add_argument(
        "--keep", action="store_true", help="take the place in checkpoints/ even with a worse dev score"
    )
    parser.add_argument("--push", default="", metavar="USER/REPO", help="upload the checkpoint when done")
    parser.add_argument("--cpu", action="store_true", help="do not use a GPU")


def of_frames(parser: argparse.ArgumentParser) -> None:
    """Behind `frames`."""
    _training(parser)
    parser.add_argument("--resume", action="store_true", help="go on from where the run stopped")
    parser.add_argument("--out", default="", help="its place, whatever lies there, instead of checkpoints/")
    parser.add_argument(
        "--keep", action="store_true", help="take the place in checkpoints/: the video models there need its vectors"
    )


def of_snapshots(parser: argparse.ArgumentParser) -> None:
    """Behind `snapshots`."""
    parser.add_argument("tasks", nargs="*", metavar="TASK", help="all if left out")
    _training(parser)
    parser.add_argument("--out", default="", help="their place, whatever lies there, instead of checkpoints/")
    parser.add_argument(
        "--keep", action="store_true", help="take the place in checkpoints/ even with a worse dev score"
    )


def of_budget(parser: argparse.ArgumentParser) -> None:
    """Behind `budget`."""
    parser.add_argument("task")
    _choice(parser, approach="one approach, or all")
    _grid(parser, "the task's BUDGET", "train only what is not there yet")


def of_longrange(parser: argparse.ArgumentParser) -> None:
    """Behind `longrange`."""
    parser.add_argument("--problem", default="all", help="adding, recall or all")
    parser.add_argument("--engine", default="all", help=ENGINES)
    _grid(parser, "the problem's number of steps", "train only the cells that are not there yet")
    parser.add_argument("--choose", action="store_true", help="compare learning rates on the dev seed instead")
    parser.add_argument("--keep", action="store_true", help="put worse runs in the place of better ones, too")


def of_pairs(parser: argparse.ArgumentParser) -> None:
    """Behind `pairs`."""
    parser.add_argument("file", help="a table with a column x and a column y: CSV, TSV, ...")
    parser.add_argument(
        "--columns", nargs=2, default=(), metavar=("X", "Y"), help="names of the two columns, else guessed"
    )
    parser.add_argument("--engine", default="", help="one engine, several with commas, or all; else the one that fits")
    parser.add_argument("--shape", default="", help="n2n, n21, n2m or lm; else guessed")
    for side in "xy":
        parser.add_argument(f"--by-{side}", default="", choices=UNITS, help=f"what one step of {side} is; else guessed")
    parser.add_argument(
        "--size", type=int, default=2, choices=range(1, 6), help="1 small and fast ... 5 large and slow"
    )
    _training(parser, "the suggested number of steps")
    parser.add_argument(
        "--resume", action="store_true", help="go on from where the run of this file and engine stopped"
    )
    parser.add_argument("--out", default="", metavar="DIR", help="copy the checkpoint here")


def of_evaluate(parser: argparse.ArgumentParser) -> None:
    """Behind `evaluate`."""
    parser.add_argument("task")
    _choice(parser, approach="one approach; all of them if left out")
    parser.add_argument("--seed", type=int, help="one seed; all there are if left out")
    parser.add_argument("--data", default="", metavar="FILE", help="your own test file, x<TAB>y a line")
    parser.add_argument(
        "--longest", type=int, default=0, help="leave out test splits of longer inputs (attention is quadratic)"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--keep", action="store_true", help="write the scores beside each checkpoint, for the page")


def of_calibrate(parser: argparse.ArgumentParser) -> None:
    """Behind `calibrate`."""
    parser.add_argument("task")
    _choice(parser, approach="one approach; all of them if left out")
    parser.add_argument("--seed", type=int, help="one seed; all there are if left out")
    told = "leave alone a model whose calibration error on dev, in points, is at most this"
    parser.add_argument("--above", type=float, default=2.0, help=told)


def of_predict(parser: argparse.ArgumentParser) -> None:
    """Behind `predict`."""
    parser.add_argument("task")
    parser.add_argument("x", nargs="+")
    parser.add_argument("--engine", default="transformer")
    parser.add_argument("--approach", default="")
    parser.add_argument("--seed", type=int)


def of_fetch(parser: argparse.ArgumentParser) -> None:
    """Behind `fetch`."""
    parser.add_argument("name", nargs="?", default="", metavar="USER/NAME", help=f"or in ${fetch.VARIABLE}")


def of_space(parser: argparse.ArgumentParser) -> None:
    """Behind `space`."""
    parser.add_argument("name", metavar="USER/NAME")
    parser.add_argument(
        "--public", action="store_true", help="a new Space is seen by everybody, not by its owner alone"
    )


def _choice(parser: argparse.ArgumentParser, approach: str) -> None:
    """Which models of a task."""
    parser.add_argument("--engine", default="all", help=ENGINES)
    parser.add_argument("--approach", default="", help=approach)


def _training(parser: argparse.ArgumentParser, steps: str = "the recipe's number of steps") -> None:
    """How one model is trained."""
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help=f"instead of {steps}")


def _grid(parser: argparse.ArgumentParser, steps: str, resume: str) -> None:
    """How many models are trained, whose results alone are kept."""
    parser.add_argument("--seeds", type=int, default=3, help="how many seeds, from 0")
    parser.add_argument("--steps", type=int, help=f"instead of {steps}")
    parser.add_argument("--resume", action="store_true", help=resume)
    parser.add_argument("--out", default="", help="the place of the results instead of checkpoints/")
