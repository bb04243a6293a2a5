"""The contract of an input kind: how a visitor gives an x, how it is read, and how its answer is shown.

A task names its kind (`Task.input`). Each kind is one file of `ui/inputs/`; what it leaves out is as for text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Task
from s2s_demo.ui.task import token_view
from s2s_demo.ui.views.answer_view import AnswerView
from s2s_demo.ui.views.json_view import JsonView

TICKS = 5


@dataclass(frozen=True)
class Controls:
    """The input side of a panel, as it was built."""

    x: Any
    """The component whose value is read."""
    go: Any
    """The button that asks."""
    asks: list[Any] = field(default_factory=list)
    """Further events that ask."""
    clears: list[Any] = field(default_factory=list)
    """Events at which x is gone, and its answer with it."""
    samples: dict[str, Any] = field(default_factory=dict)
    """A button for each sample, by its name."""
    props: dict[str, Any] = field(default_factory=dict)
    """What the view of the answer has to know of x, such as the id of its player."""
    fills: list[Any] = field(default_factory=list)
    """Listeners that put something into x, such as a click on an example: it is answered at once."""


def _read(task: Task, value: Any) -> Any:
    return task.read(value or "")


def _no_sample(task: Task, name: str) -> Any:
    raise KeyError(name)


def _same_text(answer: Prediction, before: Prediction) -> bool:
    return (answer.x, answer.y_pieces) == (before.x, before.y_pieces)


def few_ticks(names: tuple[str, ...]) -> tuple[str, ...]:
    """About five of the names on a long axis, times to a tenth of a second so that they fit a phone; the others blank."""
    every = max(2, 2 * (len(names) // (2 * TICKS)))
    return tuple("" if i % every else re.sub(r"(\.\d)\d s$", r"\1 s", name) for i, name in enumerate(names))


def _every_tick(grid: Grid) -> Grid:
    return grid


@dataclass(frozen=True)
class InputKind:
    """One kind of x."""

    name: str
    """What `Task.input` says, and the name of the file."""
    component: Callable[[Task], Controls]
    """Builds the input side of a panel inside the open Blocks."""
    read: Callable[[Task, Any], Any] = _read
    """(task, value of the component) -> x. Raises a UserError that says what to do."""
    view: type[JsonView] = AnswerView
    """The component that shows an answer."""
    view_data: Callable[..., dict[str, Any]] = token_view.view_data
    """(task, answer, truth, matrix, step, lang, threshold) -> the dict that `view` shows."""
    summary: Callable[[Task, Prediction, str | None, str], list[str]] = token_view.summary
    """(task, answer, truth, lang) -> the answer in one cell of a table, and in another how right it is."""
    first_step: Callable[[Task, Prediction], int] = token_view.first_step
    """The output step that is chosen in a new answer."""
    same: Callable[[Prediction, Prediction], bool] = _same_text
    """Whether two answers have the same x and steps, so that the chosen step stays."""
    ticks: Callable[[Grid], Grid] = _every_tick
    """The grid with the names on its axes thinned out until they can be read."""
    sample: Callable[[Task, str], Any] = _no_sample
    """(task, one of `Task.clips`) -> a value of the component."""
    order: float = 100
    """Where it stands among the others."""
