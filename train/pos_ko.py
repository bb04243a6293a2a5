"""Recipes for Korean parts of speech: the LSTM is the large one; the others compare engines at about equal size.

RNN + attention learns this task more slowly than the rest and gets more steps.
"""

from dataclasses import replace

from train._words import large, small

RECIPES = small(both_ways=True, steps=2000) | {
    "lstm": large(
        steps=11000,
        lr=3e-3,
        warmup=100,
        dim=192,
        embed={"width": 64, "buckets": 12288, "hide": 0.25, "spell": 64, "norm": True},
        drop=0.35,
        average=0.998,
    )
}
RECIPES["attention"] = replace(RECIPES["attention"], steps=5000)
