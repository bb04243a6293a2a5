"""The contract of a lens: how one way of looking into an answer is read, scaled and worded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from s2s_demo.prediction import Grid, Scale, Words


def _always(model: Any) -> bool:
    return True


@dataclass(frozen=True)
class Lens:
    """One way of looking into an answer."""

    name: str
    """Also the `kind` of its grids."""
    title: Words
    """What it is called."""
    about: Words
    """One sentence on what its numbers are."""
    absent: Words
    """One sentence on why there are none; {engine} stands for the engine's title."""
    read: Callable[..., Grid | list[Grid]]
    """(model, x (1, S), y (1, M), answer) -> a grid, or several, one a place in the model; [] where the model has none."""
    scale: Scale
    """How its numbers are drawn."""
    order: float = 100
    """Where it stands among the others; the first one is shown first."""
    fits: Callable[[Any], bool] = _always
    """Whether a model can be looked into this way at all."""
    heads: bool = False
    """Its places are heads of one kind, whose mean can be shown too."""
    fed: bool = False
    """A row can also be read one step later, where its y is fed in."""
    states: bool = False
    """Its rows are states, not output steps."""
    with_answer: bool = False
    """Computed together with each answer, not when it is first chosen."""
