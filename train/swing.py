"""Recipes for the phases of a swing: alike for all engines, recurrent ones both ways; the convolution, the best here, is larger."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from s2s_demo.recipe import Recipe


def alike(**more: Any) -> dict[str, Recipe]:
    """One recipe an engine, at about equal size."""
    shared: dict[str, Any] = {"batch": 32, "lr": 2e-3, "dim": 64, "drop": 0.2, "weight_decay": 0.05, **more}
    both = {"both_ways": True}
    return {
        "independent": Recipe(**shared, options={"depth": 2}),
        "conv": Recipe(**shared, options={"depth": 3}),
        "rnn": Recipe(**{**shared, "lr": 1e-3}, options=both),
        "lstm": Recipe(**shared, options=both),
        "gru": Recipe(**shared, options=both),
        "attention": Recipe(**shared, options=both),
        "transformer": Recipe(**shared, options={"depth": 2}),
        "mamba": Recipe(**shared, options={"depth": 2}),
    }


RECIPES = alike(steps=1500)
RECIPES["conv"] = replace(RECIPES["conv"], steps=2500, dim=80, options={"depth": 4})
