"""The lenses: ways of looking into one answer, each a matrix of output steps × input steps with the same axes for every engine.

Every module here that does not start with `_` ends in `LENS = Lens(...)`, which says how it is read, scaled and worded; a file with a
mistake in it is left out, and `FAULTS` holds a sentence for each. All are read while the answer is fed back in (teacher forcing with
the model's own answer), on one input without padding.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from string import Formatter
from typing import Any

import numpy as np
import torch

from s2s_demo import registry
from s2s_demo.lens import Lens
from s2s_demo.lenses._common import BEGIN, columns_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words, check_template

__all__ = ["BEGIN", "FAULTS", "KINDS", "LENSES", "LONGEST_LOOK", "columns_of", "compute_grids", "gradient_of"]

LONGEST_LOOK = 64
_TAKEN = (
    "about",
    "kind",
    "where",
    "mean",
    "fed",
    "step",
    "long",
    "input",
    "output",
    "states",
    "share",
    "nowhere",
    "told",
    "none",
)
"""What else the page says of lenses, under the same first word."""
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": Words,
    "about": Words,
    "absent": Words,
    "read": Callable,  # pyright: ignore[reportAssignmentType]
    "fits": Callable,  # pyright: ignore[reportAssignmentType]
    "scale": Scale,
    "order": (int, float),
}


def _check(lens: Lens) -> None:
    for text in (lens.absent.ko, lens.absent.en):
        check_template(text)
        if any(place not in (None, "engine") for _, place, _, _ in Formatter().parse(text)):
            raise registry.Mistake(
                "`absent`에는 {engine}만 쓸 수 있습니다.", "`absent` may have the place {engine} alone."
            )


RULE = registry.Rule(Lens, _FIELDS, _TAKEN, _check)
_FOUND = registry.find(sys.modules[__name__], "LENS", RULE)
LENSES: dict[str, Lens] = _FOUND.members
FAULTS: tuple[Words, ...] = _FOUND.faults
KINDS = tuple(LENSES)


def compute_grids(model: Seq2Seq, answer: Prediction, kind: str) -> tuple[Grid, ...]:
    """The grids of one lens for an answer of this model; none above 64 steps, or where the engine lacks the lens.

    answer: from `predict`, or made by hand with `y` and its symbols.
    """
    x_BS, y_BM = model.x_codec.encode(answer.x)[None], torch.tensor([answer.symbols])
    if not min(x_BS.shape[1], y_BM.shape[1]) or max(x_BS.shape[1], y_BM.shape[1]) > LONGEST_LOOK:
        return ()
    lens = LENSES[kind]
    found = lens.read(model, x_BS.to(model.device), y_BM.to(model.device), answer) if lens.fits(model) else []
    grids = found if isinstance(found, list) else [found]
    return tuple(replace(grid, kind=kind, scale=lens.scale, states=lens.states) for grid in grids)


def gradient_of(model: Seq2Seq, x: Any, y: str) -> Grid | None:
    """The gradient lens while a given y, the true one say, is fed in; None above 64 steps."""
    symbols = model.y_codec.encode(y).tolist()
    names = tuple(model.y_codec.names(symbols))
    forced = Prediction(x, y, tuple(model.x_codec.tokens(x)), names, np.ones(len(symbols)), 0.0, symbols=tuple(symbols))
    return next(iter(compute_grids(model, forced, "gradient")), None)
