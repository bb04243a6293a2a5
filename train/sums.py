"""Recipes for three-digit sums: models of about 100,000 numbers each, trained until dev no longer improves.

As encoder-decoder every engine has one vector, or what it attends to, of x. No weight decay: the sums are drawn without end, so there
is nothing to overfit. `BUDGET` is the number of steps of the equal-budget rows (`python -m train budget sums`), in which attention and
convolution have learned and one copied vector has not.
"""

from s2s_demo.recipe import Recipe

BUDGET = 2000
PLAIN = {"batch": 128, "warmup": 200, "weight_decay": 0.0, "score_every": 1000}
STACKED = {"depth": 2}

RECIPES = {
    "independent": Recipe(steps=1500, lr=3e-3, dim=72, options=STACKED, **PLAIN),
    "independent-decoder-only": Recipe(steps=1500, lr=3e-3, dim=108, options=STACKED, **PLAIN),
    "conv": Recipe(steps=4500, lr=3e-3, dim=64, options=STACKED, **PLAIN),
    "conv-decoder-only": Recipe(steps=4500, lr=3e-3, dim=88, options=STACKED, **PLAIN),
    "rnn": Recipe(steps=16_000, lr=1.5e-3, dim=152, **PLAIN),
    "rnn-decoder-only": Recipe(steps=16_000, lr=1.5e-3, dim=212, **PLAIN),
    "lstm": Recipe(steps=8000, lr=5e-3, dim=76, **PLAIN),
    "lstm-decoder-only": Recipe(steps=8000, lr=4e-3, dim=108, **PLAIN),
    "gru": Recipe(steps=8500, lr=4e-3, dim=88, **PLAIN),
    "gru-decoder-only": Recipe(steps=8500, lr=3e-3, dim=124, **PLAIN),
    "attention": Recipe(steps=2500, lr=4e-3, dim=72, **PLAIN),
    "attention-decoder-only": Recipe(steps=3000, lr=4e-3, dim=104, **PLAIN),
    "transformer": Recipe(steps=2500, lr=3e-3, dim=40, options=STACKED, **PLAIN),
    "transformer-decoder-only": Recipe(steps=2500, lr=3e-3, dim=64, options=STACKED, **PLAIN),
    "mamba": Recipe(steps=4000, lr=2e-3, dim=56, options=STACKED, **PLAIN),
    "mamba-decoder-only": Recipe(steps=4000, lr=2e-3, dim=80, options=STACKED, **PLAIN),
}
