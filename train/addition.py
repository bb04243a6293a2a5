"""Recipes for addition: small models, seconds to minutes each on 2 CPU cores.

No weight decay: the carry must survive thousands of steps, which asks for saturated gates, and decay keeps gates soft. The
LSTM starts with its forget gate closed: with an open one its cell learns to count the columns of a carry, and a count that was
never seen larger than 10 is not wiped out in one step (chain-5000 on development seeds: 0.08 to 0.92 with bias 0, 1.00 with −5).
"""

from s2s_demo.recipe import Recipe

RECIPES = {
    "independent": Recipe(steps=1200, batch=64, lr=5e-3, dim=32, weight_decay=0),
    "conv": Recipe(steps=1500, batch=64, lr=5e-3, dim=32, weight_decay=0, options={"depth": 3}),
    "rnn": Recipe(steps=2500, batch=64, lr=1e-2, dim=16, weight_decay=0),
    "lstm": Recipe(steps=2000, batch=64, lr=1e-2, dim=16, weight_decay=0, options={"forget_bias": -5.0}),
    "gru": Recipe(steps=2500, batch=64, lr=1e-2, dim=16, weight_decay=0),
    "attention": Recipe(steps=2000, batch=64, lr=1e-2, dim=16, weight_decay=0),
    "transformer": Recipe(
        steps=2500, batch=64, lr=3e-3, warmup=100, dim=32, weight_decay=0, options={"depth": 2, "heads": 2}
    ),
    "mamba": Recipe(steps=2000, batch=64, lr=5e-3, warmup=100, dim=16, weight_decay=0, options={"depth": 1}),
}
