"""Small forms of the tasks: problems of the same shape that a minute or a few on one core are enough to learn.

    arithmetic   sums of two numbers of up to `digits` digits, the result written ones first, no working
    pos-*        the universal tag alone (the whole task also tells the treebank's own)
    the words    the `words` commonest words have a vector of their own, the rest are seen through hashed n-grams only
    others       as they are

With `most`, training keeps that many pairs, drawn once by a fixed shuffle, and nothing is fetched: where the whole set is not on this
machine the pairs are those of the excerpt in the repository, which are the same ones. Splits stay those of the task: no pair of dev or
test is trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from random import Random

from s2s_demo import tasks
from s2s_demo.codecs import Spelled, Symbols
from s2s_demo.task import Pair, Task
from s2s_demo.tasks._numbers import number, read_expression, split_of

GRAMS = 16
SUMS = ("47+38", "99+1", "6+7", "50+25", "347+589", "999+1")


@lru_cache(maxsize=16)
def small(name: str, *, digits: int = 2, most: int = 0, words: int = 256) -> Task:
    """The small form of a task of the project; see above.

    Raises:
        UserError: there is no such task, or its data is not to be had.
    """
    task = tasks.get(name)
    if name == "arithmetic":

        def sums(split: str, seed: int) -> Iterator[Pair]:
            return _sums(split, seed, digits)

        asks = {"examples": SUMS if digits > 2 else SUMS[:4], "read": _read(digits), "truth": _sum}
        y_codec = Symbols(tuple("0123456789"), backwards=True)
        return replace(task, pairs=sums, y_codec=y_codec, y_texts={}, longest=digits + 3, **asks)
    if task.input == "video" or task.endless:
        return task
    return _of_words(task, most, words)


def _sums(split: str, seed: int, digits: int) -> Iterator[Pair]:
    """Endless for "train", 1,000 pairs for any other split, lengths drawn evenly; splits as in arithmetic."""
    rng, left = Random(f"small arithmetic {split} {seed} {digits}"), 1000
    while split == "train" or left:
        a, b = number(rng, rng.randint(1, digits)), number(rng, rng.randint(1, digits))
        if split_of(a, b) == split:
            left -= 1
            yield f"{a}+{b}", str(int(a) + int(b))


def _read(digits: int) -> Callable[[str], str]:
    return lambda text: read_expression(text, signs="+", digits={"+": digits}, example="47+38")


def _sum(x: str) -> str | None:
    a, sign, b = x.partition("+")
    return str(int(a) + int(b)) if sign else None


def _of_words(task: Task, most: int, words: int) -> Task:
    source = task.at_hand if most else task.pairs
    kept = drawn(((x, task.answer(y)) for x, y in source("train", 0) if y != task.unknown), most)

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        if split == "train":
            return iter(kept)
        return ((x, task.answer(y)) for x, y in source(split, seed) if y != task.unknown)

    spelled = Spelled.of((x for x, _ in kept), least=1, grams=GRAMS, case=task.name == "pos-en")
    # the answers themselves make the labels; of tags the universal ones alone
    labels = Symbols(tuple(sorted({label for _, y in kept for label in y.split(" ")})), by="word")
    return replace(
        task, pairs=pairs, offline=None, x_codec=replace(spelled, words=spelled.words[:words]), y_codec=labels
    )


def drawn(pairs: Iterable[Pair], most: int) -> list[Pair]:
    """`most` of the pairs by a fixed shuffle, 0 for all. So many or fewer stay as they come: an excerpt has been drawn already."""
    kept = list(pairs)
    if most and len(kept) > most:
        Random(0).shuffle(kept)
        kept = kept[:most]
    return kept


def held_out(task: Task, count: int) -> list[Pair]:
    """The first `count` pairs of dev; they are never trained on."""
    return list(islice(task.pairs("dev", 0), count))
