"""Recipes for English intents: in the small models the last vector holds the sentence; the large LSTM takes the mean of all."""

from dataclasses import replace

from train._words import large, small

LSTM = large(
    steps=3500,
    batch=64,
    lr=3e-3,
    dim=192,
    embed={"width": 64, "buckets": 16384, "hide": 0.3},
    drop=0.4,
    smoothing=0.1,
    pool="mean",
    options={"both_ways": True},
    score_every=500,
)
RECIPES = small(both_ways=False, steps=2000, smoothing=0.1) | {
    "lstm": replace(LSTM, steps=5000, embed={**LSTM.embed, "norm": True}, average=0.995, auxiliary=1.0)
}
