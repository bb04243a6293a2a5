"""Input kinds, found by file name: every module here that does not start with `_` ends in `INPUT = InputKind(...)`."""

from __future__ import annotations

import sys
from collections.abc import Callable

from s2s_demo import registry
from s2s_demo.prediction import Words
from s2s_demo.task import Task
from s2s_demo.ui.input_kind import InputKind

_FIELDS: dict[str, type | tuple[type, ...]] = {
    "component": Callable,  # pyright: ignore[reportAssignmentType]
    "read": Callable,  # pyright: ignore[reportAssignmentType]
    "view": type,
    "order": (int, float),
}
RULE = registry.Rule(InputKind, _FIELDS)
_FOUND = registry.find(sys.modules[__name__], "INPUT", RULE)
INPUTS: dict[str, InputKind] = _FOUND.members
FAULTS: tuple[Words, ...] = _FOUND.faults


def input_of(task: Task) -> InputKind:
    """The input kind of a task."""
    return INPUTS[task.input]
