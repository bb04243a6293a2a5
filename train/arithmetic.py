"""Recipes for arithmetic: how each engine is trained, as encoder-decoder and as decoder-only.

The Transformer as decoder-only is the flagship and gets the most steps. LSTM, GRU and RNN + attention as encoder-decoders get the
same steps, so that what attention adds can be read off. Minutes on CPU stand in the model cards.
"""

from s2s_demo.recipe import Recipe

STACKED = {"depth": 2}

RECIPES = {
    "independent": Recipe(steps=300, batch=256, lr=2e-3, dim=128, options=STACKED),
    "conv": Recipe(steps=400, batch=256, lr=2e-3, dim=128, options=STACKED),
    "rnn": Recipe(steps=700, batch=256, lr=1e-3, dim=192),
    "lstm": Recipe(steps=600, batch=256, lr=3e-3, dim=160),
    "lstm-encoder-decoder": Recipe(steps=3000, batch=256, lr=3e-3, dim=160),
    "gru": Recipe(steps=600, batch=256, lr=3e-3, dim=160),
    "gru-encoder-decoder": Recipe(steps=3000, batch=256, lr=3e-3, dim=160),
    "attention": Recipe(steps=600, batch=256, lr=3e-3, dim=128),
    "attention-encoder-decoder": Recipe(steps=3000, batch=256, lr=3e-3, dim=128),
    "transformer": Recipe(steps=400, batch=256, lr=1.5e-3, warmup=100, dim=128, options={"depth": 2}),
    "mamba": Recipe(steps=300, batch=128, lr=3e-3, warmup=100, dim=96, options=STACKED),
    "transformer-decoder-only": Recipe(
        steps=4000, batch=256, lr=1.5e-3, warmup=200, dim=128, options={"depth": 3}, score_every=250
    ),
}
