"""The models of a race: about as many parameters each, and the learning rate that was chosen for each engine."""

from __future__ import annotations

from typing import Any

import torch

from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.seeding import LocalSeed
from s2s_demo.task import Task

TARGET, WIDEST = 24_000, 512
"""Parameters of each model, and the largest width."""
RATES = {
    "independent": 5e-3,
    "conv": 1e-2,
    "rnn": 5e-3,
    "lstm": 1e-2,
    "gru": 1e-2,
    "attention": 1e-2,
    "transformer": 6e-3,
    "mamba": 1e-2,
}
RATE, UNIT = 5e-3, 4
"""The rate of an engine for which none was chosen, and what its width is a multiple of."""
OPTIONS: dict[str, dict[str, Any]] = {
    "transformer": {"depth": 1, "heads": 2, "wide": 3},
    "mamba": {"depth": 1, "state": 8, "head": 4},
}
UNITS = {**dict.fromkeys(RATES, 1), "transformer": 4, "mamba": 2}
EMBED = {"width": 16, "buckets": 512, "hide": 0.0}


def match_parameters(task: Task, engine: str, target: int) -> ModelConfig:
    """The config whose number of parameters is nearest to `target`, by bisection on the width."""

    def count(units: int) -> int:
        with torch.device("meta"):
            return Seq2Seq(_config(task, engine, units * unit)).parameters_count

    unit = UNITS.get(engine, UNIT)
    low, high = 1, WIDEST // unit
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) <= target else (low, middle)
    best = min((low, high), key=lambda units: abs(count(units) - target))
    return _config(task, engine, best * unit)


def _config(task: Task, engine: str, dim: int) -> ModelConfig:
    return ModelConfig.of(task, engine, dim=dim, embed=EMBED, **OPTIONS.get(engine, {}))


def initialised(config: ModelConfig, seed: int) -> Seq2Seq:
    """A randomly initialised model whose weights depend on the seed alone, whatever else draws at the same time."""
    with LocalSeed(seed):
        return Seq2Seq(config)
