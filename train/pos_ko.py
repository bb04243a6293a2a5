"""Recipes for Korean parts of speech: the LSTM is the large one; the others compare engines at about equal size.

RNN + attention learns this task more slowly than the rest and gets more steps.
"""

from dataclasses import replace

from train._words import small, tagger

RECIPES = small(both_ways=True, steps=2000) | {"lstm": tagger(steps=11000, drop=0.35, auxiliary=1.0, calibrated=True)}
RECIPES["attention"] = replace(RECIPES["attention"], steps=5000)
