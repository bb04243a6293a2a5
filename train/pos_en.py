"""Recipes for English parts of speech: the LSTM is the large one; the others, about 300,000 parameters, compare engines."""

from train._words import large, small

RECIPES = small(both_ways=True, steps=2000) | {"lstm": large(steps=4500)}
