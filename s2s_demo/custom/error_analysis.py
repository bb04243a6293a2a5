"""The answers to held-out pairs as rows to filter: by correctness, length of x, confidence, label and confusion of two labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_demo.lab.scoreboard.rows import csv_cell
from s2s_demo.prediction import Prediction
from s2s_demo.task import Pair

CONFIDENT, UNCERTAIN = 0.9, 0.5
HEAD = ("x", "y", "answer", "sure", "right")


@dataclass(frozen=True)
class Case:
    """A held-out pair and the model's answer to it."""

    x: str
    y: str
    answer: str
    confidence: float
    """The lowest probability of any step of the answer, 0 to 1."""

    @property
    def right(self) -> bool:
        """Whether the whole answer is."""
        return self.answer == self.y


@dataclass(frozen=True)
class CaseFilter:
    """Which cases to show."""

    wrong: bool = True
    """Only wrong answers."""
    length: str = ""
    """"short" or "long": the shortest or the longest third of x; "" for any."""
    confidence: str = ""
    """"sure" (at least `CONFIDENT`) or "unsure" (below `UNCERTAIN`); "" for any."""
    label: str = ""
    """A true y; "" for any."""
    confusion: tuple[str, str] | None = None
    """A true y and the y it was predicted as; None for any."""


def make_cases(pairs: Sequence[Pair], answers: Sequence[Prediction]) -> list[Case]:
    """A case for every pair, in their order."""
    return [
        Case(x, y, one.y, float(one.confidence.min()) if len(one.confidence) else 0.0)
        for (x, y), one in zip(pairs, answers, strict=True)
    ]


def filter_cases(cases: Sequence[Case], wanted: CaseFilter) -> list[Case]:
    """The cases that pass the filter: wrong ones first, the most confident of them first."""
    lengths = sorted(len(case.x) for case in cases)
    third = (len(lengths) - 1) // 3

    def passes(case: Case) -> bool:
        if (wanted.wrong and case.right) or (wanted.label and case.y != wanted.label):
            return False
        if wanted.confusion is not None and (case.y, case.answer) != wanted.confusion:
            return False
        if wanted.length == "short" and len(case.x) > lengths[third]:
            return False
        if wanted.length == "long" and len(case.x) < lengths[-1 - third]:
            return False
        return {"sure": case.confidence >= CONFIDENT, "unsure": case.confidence < UNCERTAIN}.get(
            wanted.confidence, True
        )

    return sorted(filter(passes, cases), key=lambda case: (case.right, -case.confidence))


def confusions(cases: Sequence[Case]) -> list[tuple[tuple[str, str], int]]:
    """((true y, the y it was predicted as), how often): the most frequent first, ties by name."""
    counts = Counter((case.y, case.answer) for case in cases if not case.right)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def missed_labels(cases: Sequence[Case]) -> list[tuple[str, int, int]]:
    """(true y, how often it was missed, how often it occurs): the most missed first, ties by name."""
    total, wrong = Counter(case.y for case in cases), Counter(case.y for case in cases if not case.right)
    return sorted(((y, wrong[y], n) for y, n in total.items()), key=lambda one: (-one[1], one[0]))


def csv_line(case: Case) -> str:
    """The case as a CSV line under `HEAD`, uncut; a cell that a spreadsheet would run as a formula is escaped."""
    cells = (case.x, case.y, case.answer, f"{case.confidence:.4f}", str(int(case.right)))
    return ",".join(csv_cell(cell) for cell in cells)
