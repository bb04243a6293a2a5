"""Recipes for exercises: those of the swing with more dropout, as two recordings are little to learn from."""

from train.swing import alike

RECIPES = alike(steps=600, drop=0.4, smoothing=0.1)
