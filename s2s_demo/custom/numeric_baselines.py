"""Baselines for rows of numbers, which see no order: the commonest label, and linear models of a row or of a column's mean and spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import torch

from s2s_demo.codecs import Numbers
from s2s_demo.codecs.numbers import rows_of
from s2s_demo.task import Learner, Pair, Shape
from s2s_demo.tasks._intent import majority

MOST_ROWS, ROUNDS = 10_000, 300


def learners(shape: Shape) -> dict[str, Learner]:
    """The baselines by name: (training pairs) -> (xs) -> answers."""
    if shape is Shape.N2N:
        return {"commonest": most_frequent_label, "rows-linear": rows_linear}
    if shape is Shape.N21:
        return {"majority": majority, "means-linear": means_linear}
    return {"majority": majority}


def most_frequent_label(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """Each step gets the commonest label of all."""
    label = Counter(word for _, y in train for word in y.split()).most_common(1)[0][0]
    return lambda xs: [" ".join([label] * len(rows_of(x))) for x in xs]


def rows_linear(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """Logistic regression from one row to its label, learned from at most 10,000 rows, evenly spread.

    Raises:
        ValueError: there is only one label.
    """
    codec = Numbers.of(x for x, _ in train)
    rows = torch.cat([codec.encode(x) for x, _ in train]).numpy()
    labels = [word for _, y in train for word in y.split()]
    every = -(-len(rows) // MOST_ROWS)
    model = _linear().fit(rows[::every], labels[::every])
    return lambda xs: [" ".join(model.predict(codec.encode(x).numpy())) for x in xs]


def means_linear(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    """Logistic regression from the mean and the standard deviation of each column to the label of the whole.

    Raises:
        ValueError: there is only one label.
    """
    codec = Numbers.of(x for x, _ in train)

    def seen(xs: list[str]) -> torch.Tensor:
        tables = [codec.encode(x) for x in xs]
        return torch.stack([torch.cat([one.mean(0), one.std(0, correction=0)]) for one in tables])

    model = _linear().fit(seen([x for x, _ in train]).numpy(), [y for _, y in train])
    return lambda xs: list(map(str, model.predict(seen(xs).numpy())))


def _linear() -> Any:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  slow to import, needed to score a baseline alone

    return LogisticRegression(max_iter=ROUNDS)
