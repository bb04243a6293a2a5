"""Engines, found by file name: every module here that does not start with `_` ends in `ENGINE = Engine(...)`.

A file with a mistake in it is left out; `FAULTS` holds a sentence for each.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import torch

from s2s_demo import registry
from s2s_demo.engine import Engine, Layer, Memory
from s2s_demo.prediction import UserError, Words
from s2s_demo.seeding import LocalSeed

_DIM, _STEPS = 32, 3
_FIELDS: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "title": Words,
    "remembers": Words,
    "layer": Callable,  # pyright: ignore[reportAssignmentType]
    "order": (int, float),
    "as_encoder": Mapping,
}


def _check(engine: Engine) -> None:
    """Builds the three layers a model may ask for, small, and runs each once: what comes out has the shape of what goes in."""
    wanted = (2, _STEPS, _DIM)
    for causal, reads in ((False, False), (True, False), (True, True)):
        layer = engine.layer(_DIM, causal=causal, reads=reads)
        if not isinstance(layer, Layer):
            raise registry.Mistake("`layer`는 Layer를 만들어야 합니다.", "`layer` must build a Layer.")
        x_BTD, mask_BT = torch.zeros(wanted), torch.ones(wanted[:2], dtype=torch.bool)
        memory = Memory(x_BTD, mask_BT) if reads else None
        out: list[tuple[str, torch.Tensor, tuple[int, ...]]] = [("forward", layer(x_BTD, mask_BT, memory), wanted)]
        if causal:
            out.append(("step", layer.step(x_BTD[:, 0], layer.start(memory, 2))[0], (2, _DIM)))
        for form, got, shape in out:
            if tuple(got.shape) != shape:
                raise registry.Mistake(
                    f"`{form}`은 {shape} 모양을 내야 하는데 {tuple(got.shape)}입니다.",
                    f"`{form}` must give the shape {shape}, not {tuple(got.shape)}.",
                )


def _tried(engine: Engine) -> None:
    with torch.no_grad(), LocalSeed(0):
        _check(engine)


RULE = registry.Rule(Engine, _FIELDS, ("all", "suggested"), _tried)
_FOUND = registry.find(sys.modules[__name__], "ENGINE", RULE)
ENGINES: dict[str, Engine] = _FOUND.members
FAULTS: tuple[Words, ...] = _FOUND.faults


def get(name: str) -> Engine:
    """The engine of that name.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    if name not in ENGINES:
        there = ", ".join(ENGINES)
        raise UserError(
            f"‘{name}’ 엔진은 없습니다. 있는 엔진: {there}", f"There is no engine ‘{name}’. There are: {there}"
        )
    return ENGINES[name]
