"""Each engine learns what it can and, as important, fails at what it cannot: which letter came first, eleven steps ago?"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
import torch

from s2s_demo import engines
from s2s_demo.codecs import Symbols
from s2s_demo.explain import predict
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.training import fit

LETTERS, LENGTH = "abcd", 12
BLIND = {"independent": "it sees the last letter alone", "conv": "its window of nine ends before the first letter"}

FADES = {"rnn": "there is a path, but what comes back over twelve steps is too faint to learn from"}


def _pairs(split: str, seed: int) -> Iterator[Pair]:
    rng = Random(f"{split} {seed}")
    while True:
        x = "".join(rng.choices(LETTERS, k=LENGTH))
        yield x, x[0]


FIRST = Task(
    name="first",
    title=Words("첫 글자", "first letter"),
    about=Words("첫 글자", "first letter"),
    shape=Shape.N21,
    pairs=_pairs,
    x_codec=Symbols(tuple(LETTERS)),
    y_codec=Symbols(tuple(LETTERS)),
    endless=True,
)


@pytest.mark.slow
@pytest.mark.parametrize("engine", engines.ENGINES)
def test_an_engine_tells_the_first_letter_if_it_can_reach_it_and_hear_it(engine):
    torch.manual_seed(0)
    model = Seq2Seq(ModelConfig.of(FIRST, engine, dim=32))
    for _ in fit(model, FIRST, Recipe(steps=600, batch=64, lr=4e-3), cpu=True):
        pass
    pairs = [pair for pair, _ in zip(_pairs("test", 1), range(400), strict=False)]
    right = sum(p.y == y for p, (_, y) in zip(predict(model, [x for x, _ in pairs]), pairs, strict=True)) / len(pairs)
    assert right < 0.4 if engine in {**BLIND, **FADES} else right > 0.95, f"{engine}: {right:.2f}"
