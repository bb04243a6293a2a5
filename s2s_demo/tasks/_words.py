"""The small form of the tasks that read words, and the sentence of a race on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random
from typing import Any

from s2s_demo.codecs import HashedNgrams, Symbols
from s2s_demo.prediction import Template, Words
from s2s_demo.task import Pair, Task

GRAMS = 16
RACED = Template(
    "학습 쌍 {most:,}개와 가장 잦은 단어 256개만 씁니다. 점수는 {what}의 정확도입니다.",
    "Only {most:,} training pairs and the 256 commonest words are used. The score is accuracy over {what}.",
)
TAGS, SENTENCES = Words("단어 (보편 품사)", "words (universal tags)"), Words("문장", "sentences")


def race_note(most: int, what: Words) -> Words:
    """What a race on so many pairs is about."""
    ko, en = RACED.format(most=most, what=what.ko), RACED.format(most=most, what=what.en)
    return Words(ko.ko, en.en)


def of_words(task: Task, *, most: int, words: int, case: bool = False, **_: Any) -> Task:
    """The task with the answers alone as labels (of tags the universal ones), and its words through hashed n-grams.

    Args:
        task: what is made small.
        most: how many training pairs are kept, 0 for all. Some are taken from what lies here, all from the whole set.
        words: how many of the commonest words have a vector of their own.
        case: whether capital letters tell something.
    """
    source = task.local_pairs if most else task.pairs
    kept = sample_pairs(((x, task.answer(y)) for x, y in source("train", 0) if y != task.unknown), most)

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        if split == "train":
            return iter(kept)
        return ((x, task.answer(y)) for x, y in source(split, seed) if y != task.unknown)

    spelled = HashedNgrams.of((x for x, _ in kept), least=1, grams=GRAMS, case=case)
    labels = Symbols(tuple(sorted({label for _, y in kept for label in y.split(" ")})), by="word")
    return replace(
        task, pairs=pairs, offline=None, x_codec=replace(spelled, words=spelled.words[:words]), y_codec=labels
    )


def sample_pairs(pairs: Iterable[Pair], most: int) -> list[Pair]:
    """`most` of the pairs by a fixed shuffle, 0 for all. So many or fewer stay as they come: an excerpt has been drawn already."""
    kept = list(pairs)
    if most and len(kept) > most:
        Random(0).shuffle(kept)
        kept = kept[:most]
    return kept
