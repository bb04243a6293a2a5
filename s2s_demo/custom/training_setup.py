"""From pairs and a plan to the task and the fresh model that a recipe asks for; the same again from the files of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from s2s_demo.codecs import Codec, HashedNgrams
from s2s_demo.custom.evaluation import MEASURES, scorer_for
from s2s_demo.custom.plan import Plan, task_from_plan
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.seeding import LocalSeed
from s2s_demo.task import Approach, Pair, Shape, Task

NGRAMS, LEAST_COUNT = 24, 2
MOST_PAIRS, LONGEST, MOST_CHARACTERS = 50_000, 512, 4_000_000
MOST_NUMBERS, CHARACTERS_PER_NUMBER = 1_500_000, 12
"""Rows of numbers are bounded by how many numbers there are in all, at so many characters each: as text and as floats 24 MB."""
NAME = "my-pairs"


def check_limits(pairs: list[Pair], *, numbers: bool = False) -> None:
    """Refuses what would not fit the time and the memory a run may take. numbers: x is rows of numbers.

    Raises:
        UserError: too many pairs, one too long, or too much text or too many numbers in all.
    """
    if len(pairs) > MOST_PAIRS:
        raise UserError(
            f"쌍이 {len(pairs):,}개입니다. {MOST_PAIRS:,}개까지 학습합니다.",
            f"{len(pairs):,} pairs are too many: up to {MOST_PAIRS:,} are trained on.",
        )
    if numbers:
        total = max(sum(len(x.split()) for x, _ in pairs), sum(len(x) for x, _ in pairs) // CHARACTERS_PER_NUMBER)
        if total > MOST_NUMBERS:
            raise UserError(
                f"x가 숫자 {total:,}개입니다. {MOST_NUMBERS:,}개까지 학습합니다. 줄이나 열을 줄여 주세요.",
                f"x has {total:,} numbers: up to {MOST_NUMBERS:,} are trained on. Use fewer rows or columns.",
            )
        return
    for row, (x, y) in enumerate(pairs, 1):
        if max(len(x), len(y)) > 8 * LONGEST:
            raise UserError(
                f"{row}번째 쌍이 {max(len(x), len(y)):,}자입니다. {8 * LONGEST:,}자까지 학습합니다.",
                f"Pair {row} has {max(len(x), len(y)):,} characters: up to {8 * LONGEST:,} are trained on.",
            )
    if (total := sum(len(x) + len(y) for x, y in pairs)) > MOST_CHARACTERS:
        raise UserError(
            f"모두 {total:,}자입니다. {MOST_CHARACTERS:,}자까지 학습합니다. 쌍을 줄여 주세요.",
            f"{total:,} characters in all: up to {MOST_CHARACTERS:,} are trained on. Use fewer pairs.",
        )


def task_for(pairs: list[Pair], plan: Plan, recipe: Recipe) -> Task:
    """The task of these pairs as the recipe wants it: where it embeds spellings (`recipe.embed`), x is words with their n-grams.

    Held-out pairs are its "test" split. `longest` is half as long again as the longest y.

    Raises:
        UserError: the pairs do not fit the plan, or the bounds of a run.
    """
    check_limits(pairs, numbers=plan.numbers)
    task = task_from_plan(pairs, plan, NAME)
    if recipe.embed:
        task = _spelled(task)
    x_codec, y_codec = task.get_x_codec(), task.get_y_codec()
    for row, (x, y) in enumerate(pairs, 1):
        if max(len(x_codec.tokens(x)), len(y_codec.tokens(y))) > LONGEST:
            raise UserError(
                f"{row}번째 쌍이 {LONGEST}단계를 넘습니다. 더 짧게 나누거나 단어 단위로 읽으세요.",
                f"Pair {row} has more than {LONGEST} steps: cut it, or read it word by word.",
            )
        if plan.numbers:
            _check_width(x_codec, x, row)
    longest = max(len(y_codec.tokens(y)) for _, y in pairs)
    alike = plan.by_x == plan.by_y and plan.shape in (Shape.N2N, Shape.N2M)
    return replace(
        task,
        x_codec=x_codec,
        y_codec=y_codec,
        score=scorer_for(plan),
        measure=MEASURES[plan.shape],
        aligned=alignment_of(pairs, x_codec) if alike and not recipe.embed else None,
        longest=max(8, longest * 3 // 2 + 1),
    )


def _check_width(x_codec: Codec, x: str, row: int) -> None:
    try:
        x_codec.encode(x)
    except UserError as e:
        raise UserError(f"{row}번째 쌍: {e.words.ko}", f"Pair {row}: {e.words.en}") from e


def alignment_of(pairs: list[Pair], codec: Codec) -> Callable[[str, int], list[int] | None] | None:
    """Which step of x each step of y is about, where the pairs themselves say so: y is a copy of x, or x from the other end.

    None for all other pairs. What it gives is None where an answer has another length than its x.
    """
    way = next((way for way in (1, -1) if all(codec.tokens(x)[::way] == codec.tokens(y) for x, y in pairs)), None)
    if way is None:
        return None

    def aligned(x: str, steps: int) -> list[int] | None:
        there = len(codec.tokens(x))
        return list(range(there))[::way] if steps in (there, there + 1) else None  # one more: the end of an answer

    return aligned


def new_model(task: Task, engine: str, approach: str, recipe: Recipe, seed: int = 0) -> Seq2Seq:
    """A fresh model, the same for the same seed."""
    config = ModelConfig.of(task, engine, Approach(approach), **recipe.config)
    with LocalSeed(seed):
        return Seq2Seq(config)


def sample_evenly(pairs: list[Pair], count: int) -> list[Pair]:
    """At most `count` of the pairs, at even distances."""
    return [pairs[i * len(pairs) // count] for i in range(count)] if len(pairs) > count else list(pairs)


def _spelled(task: Task) -> Task:
    """The task whose x is words, seen whole and through their n-grams; white space of any kind counts as one space."""

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        return ((" ".join(x.split()), y) for x, y in task.pairs(split, seed))

    x_codec = HashedNgrams.of((x for x, _ in pairs("train", 0)), least=LEAST_COUNT, grams=NGRAMS, case=False)
    return replace(task, pairs=pairs, x_codec=x_codec)
