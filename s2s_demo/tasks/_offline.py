"""What a task of a real set gives without the network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from s2s_demo import datasets, excerpts
from s2s_demo.task import Pair

Splits = Callable[[str, int], Iterator[Pair]]


def local_or_excerpt(task: str, pairs: Splits, files: Callable[[str], tuple[str, ...]]) -> Splits:
    """The task's `offline`: the whole split where its files lie on this machine, else its excerpt in the repository.

    files: split -> the files of the set that `pairs` would read for it.
    """

    def offline(split: str, seed: int) -> Iterator[Pair]:
        if all(map(datasets.is_local, files(split))):
            return pairs(split, seed)
        return iter(excerpts.pairs(task, split))

    return offline
