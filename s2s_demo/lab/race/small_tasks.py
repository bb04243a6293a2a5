"""Small forms of the tasks: problems of the same shape that a minute or a few on one core are enough to learn.

A task says itself what its small form is (`Task.small`): of arithmetic the sums of two short numbers, of words the commonest ones.
Others stay as they are, with fewer training pairs where that is asked for.

With `most`, training keeps that many pairs, drawn once by a fixed shuffle, and nothing is fetched: where the whole set is not on this
machine the pairs are those of the excerpt in the repository, which are the same ones. Splits stay those of the task: no pair of dev or
test is trained on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from s2s_demo import tasks
from s2s_demo.task import Pair, Task
from s2s_demo.tasks._words import sample_pairs


@lru_cache(maxsize=16)
def small(name: str, *, digits: int = 2, most: int = 0, words: int = 256) -> Task:
    """The small form of a task of the project; see above.

    Raises:
        UserError: there is no such task, or its data is not to be had.
    """
    task = tasks.get(name)
    if task.small is not None:
        return task.small(task, digits=digits, most=most, words=words)
    return _fewer(task, most) if task.typed and not task.endless and most else task


def _fewer(task: Task, most: int) -> Task:
    """The task as it is, with `most` of its training pairs, of what can be had without the network."""
    kept = sample_pairs(task.local_pairs("train", 0), most)

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        return iter(kept) if split == "train" else task.local_pairs(split, seed)

    return replace(task, pairs=pairs, offline=None)


def held_out(task: Task, count: int) -> list[Pair]:
    """The first `count` pairs of dev; they are never trained on."""
    return list(islice(task.pairs("dev", 0), count))
