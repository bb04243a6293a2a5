"""What is suggested for one's own pairs learns them: reversed words, with both shapes a person may choose, and dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest

from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import suggest_training
from s2s_demo.custom.training_setup import new_model, task_for
from s2s_demo.explain import predict
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape
from s2s_demo.training import fit

WAYS = ("%B %d, %Y", "%d %B %Y", "%d/%m/%Y", "%b %d %Y", "%d. %m. %Y")


def _words() -> Iterator[Pair]:
    rng = Random(1)
    for _ in range(5000):
        word = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(4, 10)))
        yield word, word[::-1]


def _dates() -> Iterator[Pair]:
    rng = Random(1)
    for _ in range(3000):
        day = date(1950, 1, 1) + timedelta(days=rng.randrange(27_000))
        yield day.strftime(rng.choice(WAYS)), day.isoformat()


@pytest.mark.slow
@pytest.mark.parametrize(
    "pairs, shape, least",
    [(_words, Shape.N2M, 0.99), (_words, Shape.N2N, 0.99), (_dates, Shape.N2M, 0.98)],
    ids=["words-n2m", "words-n2n", "dates"],
)
def test_the_suggestion_learns_held_out_pairs(pairs, shape, least):
    found, plan = list(pairs()), Plan(shape, "char", "char", Words("", ""))
    made = suggest_training(found, plan)
    task = task_for(found, plan, made.recipe)
    model = new_model(task, made.engine, made.approach, made.recipe)
    for _ in fit(model, task, made.recipe, cpu=True):
        pass
    xs, ys = zip(*task.pairs("test", 0), strict=True)
    assert task.score(list(xs), [p.y for p in predict(model, list(xs))], list(ys))["exact"] >= least
