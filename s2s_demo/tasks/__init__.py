"""Tasks, found by file name: every module here that does not start with `_` ends in `TASK = Task(...)`."""

from __future__ import annotations

import importlib
import pkgutil

from s2s_demo.prediction import UserError
from s2s_demo.task import Task


def _find() -> dict[str, Task]:
    names = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
    tasks = [importlib.import_module(f"{__name__}.{name}").TASK for name in names]
    return {task.name: task for task in sorted(tasks, key=lambda task: task.order)}


TASKS: dict[str, Task] = _find()


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
