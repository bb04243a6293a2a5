"""Tasks, found by file name: every module here that does not start with `_` ends in `TASK = Task(...)`.

A file with a mistake in it is left out; `FAULTS` holds a sentence for each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from pathlib import Path

from s2s_demo import registry
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Shape, Task

TRIED = 3
INPUTS = tuple(sorted(path.stem for path in (Path(__file__).parents[1] / "ui" / "inputs").glob("[!_]*.py")))
"""The input kinds by their files, which the page alone can read."""
_COMMANDS = (
    "list excerpts fetch frames snapshots longrange budget pairs train evaluate calibrate predict report digests space"
)
_TAKEN = ("all", "own", "lab", "time", *_COMMANDS.split())
"""Rooms of the page, folders beside the checkpoints, and words that come first on the command line."""
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": Words,
    "about": Words,
    "shape": Shape,
    "pairs": Callable,  # pyright: ignore[reportAssignmentType]
    "examples": (tuple, list),
    "tests": tuple,
    "read": Callable,  # pyright: ignore[reportAssignmentType]
    "score": Callable,  # pyright: ignore[reportAssignmentType]
    "measure": str,
    "room": str,
    "input_label": Words,
    "longest": int,
    "race_pairs": int,
    "order": (int, float),
}


def _check(task: Task) -> None:
    """Looks at what a type does not say, without reading a whole set: the examples, the codecs, and of a synthetic task a few pairs."""
    if task.input not in INPUTS:
        raise registry.Mistake(
            f"`input`은 {', '.join(INPUTS)} 중 하나여야 합니다.", f"`input` must be {' or '.join(INPUTS)}."
        )
    if task.room and (task.room in _TAKEN or not registry.NAME.fullmatch(task.room)):
        raise registry.Mistake("`room`을 다르게 지으세요.", "choose another `room`.")
    for side in ("x_codec", "y_codec"):
        if not (callable(getattr(task, side)) or hasattr(getattr(task, side), "encode")):
            raise registry.Mistake(
                f"`{side}`은 Codec이나 그것을 만드는 함수여야 합니다.", f"`{side}` must be a Codec, or make one."
            )
    if not task.tests:
        raise registry.Mistake("`tests`가 비어 있습니다.", "`tests` is empty.")
    if not task.typed:
        if not task.clips or task.film is None:
            raise registry.Mistake("`clips`와 `film`이 필요합니다.", "it needs `clips` and `film`.")
        return
    if not task.examples or not all(isinstance(example, str) for example in task.examples):
        raise registry.Mistake("`examples`에 글이 하나는 있어야 합니다.", "`examples` must hold at least one text.")
    if task.data == "synthetic":
        for x, y in islice(task.pairs("train", 0), TRIED):
            _check_pair(task, x, y)


def _check_pair(task: Task, x: str, y: str) -> None:
    """Holds one pair to the task's shape."""
    steps = len(task.get_x_codec().encode(x)), len(task.get_y_codec().encode(y))
    fits = {Shape.N2N: steps[0] == steps[1], Shape.N21: steps[1] == 1}.get(task.shape, steps[1] > 0)
    if not fits:
        raise registry.Mistake(
            f"{task.shape.name}인데 x는 {steps[0]}단계, y는 {steps[1]}단계인 쌍이 있습니다.",
            f"its shape is {task.shape.name}, but a pair has {steps[0]} steps of x and {steps[1]} of y.",
        )


RULE = registry.Rule(Task, _FIELDS, _TAKEN, _check)
_FOUND = registry.find(sys.modules[__name__], "TASK", RULE)
TASKS: dict[str, Task] = _FOUND.members
FAULTS: tuple[Words, ...] = _FOUND.faults


def get(name: str) -> Task:
    """The task of that name.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    if name not in TASKS:
        there = ", ".join(TASKS)
        raise UserError(
            f"‘{name}’ 과제는 없습니다. 있는 과제: {there}", f"There is no task ‘{name}’. There are: {there}"
        )
    return TASKS[name]
