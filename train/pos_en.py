"""Recipes for English parts of speech: the LSTM is the large one; the others, about 300,000 parameters, compare engines."""

from train._words import large, small

RECIPES = small(both_ways=True, steps=2000) | {
    "lstm": large(
        steps=6000,
        lr=3e-3,
        warmup=100,
        dim=192,
        embed={"width": 64, "buckets": 12288, "hide": 0.25, "spell": 64, "norm": True},
        drop=0.4,
        average=0.998,
    )
}
