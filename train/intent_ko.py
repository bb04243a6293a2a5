"""Recipes for Korean speech acts: those of English intents with less smoothing, and more steps for the large LSTM."""

from dataclasses import replace

from train import intent_en
from train._words import small

RECIPES = small(both_ways=False, steps=2000, smoothing=0.05) | {"lstm": replace(intent_en.LSTM, steps=5000)}
