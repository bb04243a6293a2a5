"""What is made of the pairs: the shape of the relation, and how each side becomes steps."""

from __future__ import annotations

from dataclasses import dataclass

from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task


@dataclass(frozen=True)
class Plan:
    """by_x, by_y: what one step is, "char", "syllable", "jamo" or "word". reason: why, with the numbers it was seen by."""

    shape: Shape
    by_x: str
    by_y: str
    reason: Words


def task_of(pairs: list[Pair], plan: Plan, name: str = "my-pairs") -> Task:
    """The task of these pairs; every tenth different pair is kept for testing.

    Raises:
        UserError: too few pairs, or one that does not fit the shape.
    """
    return Task.from_pairs(pairs, shape=plan.shape, name=name, by="word" if plan.by_x == "word" else "char")


def guess(pairs: list[Pair]) -> Plan:
    """The likeliest plan by lengths and by how many different y there are."""
    labels = len({y for _, y in pairs})
    if 4 * labels <= len(pairs) and all(len(y.split()) == 1 for _, y in pairs):
        return Plan(Shape.N21, "word", "word", Words("y가 몇 가지뿐입니다: N21.", "y has few values: N21."))
    if all(len(x) == len(y) for x, y in pairs):
        return Plan(
            Shape.N2N, "char", "char", Words("x와 y의 길이가 같습니다: N2N.", "x and y have equal length: N2N.")
        )
    return Plan(Shape.N2M, "char", "char", Words("x와 y의 길이가 다릅니다: N2M.", "x and y differ in length: N2M."))
