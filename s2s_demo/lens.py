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
    """One way of looking into an answer.

    Attributes:
        name: of the lens, and the `kind` of its grids.
        title: what it is called.
        told: one sentence on what its numbers are.
        none: one sentence on why there are none; {engine} stands for the engine's title.
        read: (model, x (1, S), y (1, M), answer) -> a grid, or several, one a place in the model; [] where the model has none.
        scale: how its numbers are drawn.
        order: where it stands among the others.
        fits: whether a model can be looked into this way at all.
        heads: its places are heads of one kind, whose mean can be shown too.
        fed: a row can also be read one step later, where its y is fed in.
        states: its rows are states, not output steps.
    """

    name: str
    title: Words
    told: Words
    none: Words
    read: Callable[..., Grid | list[Grid]]
    scale: Scale
    order: float = 100
    fits: Callable[[Any], bool] = _always
    heads: bool = False
    fed: bool = False
    states: bool = False
