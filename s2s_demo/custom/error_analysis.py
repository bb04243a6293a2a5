"""The answers to held-out pairs as rows that can be sifted: by what is in them, how long, how sure, and which label was taken for which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from s2s_demo.lab.scoreboard.rows import csv_cell
from s2s_demo.prediction import Prediction
from s2s_demo.task import Pair

SURE, UNSURE = 0.9, 0.5
HEAD = ("x", "y", "answer", "sure", "right")


@dataclass(frozen=True)
class Case:
    """A held-out pair and the answer to it. sure: the probability of the answer's least sure step, 0 to 1."""

    x: str
    y: str
    answer: str
    sure: float

    @property
    def right(self) -> bool:
        """Whether the whole answer is."""
        return self.answer == self.y


@dataclass(frozen=True)
class Sieve:
    """Which cases to keep. length: "", "short" or "long", the shortest and the longest third of x. sure: "", "sure" (0.9 and more)
    or "unsure" (less than 0.5). label: a true y. taken: a true y and the answer it got, as a confusion."""

    wrong: bool = True
    length: str = ""
    sure: str = ""
    label: str = ""
    taken: tuple[str, str] | None = None


def cases_of(pairs: Sequence[Pair], answers: Sequence[Prediction]) -> list[Case]:
    """A case for every pair, in their order."""
    return [
        Case(x, y, one.y, float(one.confidence.min()) if len(one.confidence) else 0.0)
        for (x, y), one in zip(pairs, answers, strict=True)
    ]


def sifted(cases: Sequence[Case], sieve: Sieve) -> list[Case]:
    """The cases that the sieve keeps: the wrong ones first, among them the surest first."""
    lengths = sorted(len(case.x) for case in cases)
    third = (len(lengths) - 1) // 3

    def kept(case: Case) -> bool:
        if (sieve.wrong and case.right) or (sieve.label and case.y != sieve.label):
            return False
        if sieve.taken is not None and (case.y, case.answer) != sieve.taken:
            return False
        if sieve.length == "short" and len(case.x) > lengths[third]:
            return False
        if sieve.length == "long" and len(case.x) < lengths[-1 - third]:
            return False
        return {"sure": case.sure >= SURE, "unsure": case.sure < UNSURE}.get(sieve.sure, True)

    return sorted(filter(kept, cases), key=lambda case: (case.right, -case.sure))


def confusions(cases: Sequence[Case]) -> list[tuple[tuple[str, str], int]]:
    """((true y, the answer it got), how often), the most frequent first, equally frequent ones by name."""
    counts = Counter((case.y, case.answer) for case in cases if not case.right)
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def missed(cases: Sequence[Case]) -> list[tuple[str, int, int]]:
    """(true y, how often it was missed, how often it stands there), the most missed first."""
    there, wrong = Counter(case.y for case in cases), Counter(case.y for case in cases if not case.right)
    return sorted(((y, wrong[y], n) for y, n in there.items()), key=lambda one: (-one[1], one[0]))


def csv_line(case: Case) -> str:
    """The case as a line under `HEAD`, whole; what a spreadsheet would take for a formula is held back."""
    cells = (case.x, case.y, case.answer, f"{case.sure:.4f}", str(int(case.right)))
    return ",".join(csv_cell(cell) for cell in cells)
