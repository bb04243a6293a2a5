"""What the recipes of the word tasks share: small models of about equal size, one an engine, and a larger LSTM."""

from __future__ import annotations

from typing import Any

from s2s_demo.recipe import Recipe

EMBED = {"width": 16, "buckets": 4096, "hide": 0.2}


def small(both_ways: bool, **more: Any) -> dict[str, Recipe]:
    """One recipe an engine. both_ways: recurrent encoders also read from right to left."""
    both = {"both_ways": both_ways}
    shared: dict[str, Any] = {"batch": 32, "lr": 3e-3, "warmup": 100, "dim": 96, "embed": EMBED, "drop": 0.3, **more}
    return {
        "independent": Recipe(**shared, options={"depth": 2}),
        "conv": Recipe(**shared, options={"depth": 2}),
        "rnn": Recipe(**{**shared, "lr": 1e-3}, options=both),
        "lstm": Recipe(**shared, options=both),
        "gru": Recipe(**shared, options=both),
        "attention": Recipe(**shared, options=both),
        "transformer": Recipe(**{**shared, "lr": 1.5e-3}, options={"depth": 2}),
        "mamba": Recipe(**shared, options={"depth": 2}),
    }


def large(**more: Any) -> Recipe:
    """The best model of a task: two LSTM levels both ways, wider tables, more dropout."""
    chosen: dict[str, Any] = {
        "batch": 32,
        "lr": 2e-3,
        "warmup": 200,
        "dim": 256,
        "embed": {"width": 64, "buckets": 16384, "hide": 0.25},
        "drop": 0.45,
        "smoothing": 0.05,
        "options": {"both_ways": True, "depth": 2, "dropout": 0.3},
        "score_every": 1000,
    }
    return Recipe(**{**chosen, **more})


def tagger(**more: Any) -> Recipe:
    """The large LSTM that tags words: it also reads their letters, its input is normed, and the mean of its weights is kept."""
    embed = {"width": 64, "buckets": 12288, "hide": 0.25, "spell": 64, "norm": True}
    return large(lr=3e-3, warmup=100, dim=192, embed=embed, average=0.998, **more)
