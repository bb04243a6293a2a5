"""Recipes for English parts of speech: the LSTM is the large one; the others, about 300,000 parameters, compare engines."""

from train._words import small, tagger

RECIPES = small(both_ways=True, steps=2000) | {"lstm": tagger(steps=6000, drop=0.35, auxiliary=1.0, calibrated=True)}
