"""How far a model's confidence is from how often it is right: the expected calibration error of Guo et al. 2017, section 2."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from s2s_demo.codecs import Codec
from s2s_demo.prediction import Prediction
from s2s_demo.task import Shape, Task

BINS = 15
Table = list[list[float]]


def table(task: Task, codec: Codec, answers: list[Prediction], truths: list[str]) -> Table:
    """Answers whose truth is known, in their bins. codec: of y. See `confidence_and_correct` for what counts as one answer."""
    parts = [confidence_and_correct(task, codec, *row) for row in zip(answers, truths, strict=True)]
    confidence, right = (np.concatenate(side) for side in zip(*parts, strict=True)) if parts else ([], [])
    return binned(confidence, right)


def binned(confidence: Sequence[float] | np.ndarray, right: Sequence[bool] | np.ndarray, bins: int = BINS) -> Table:
    """A row for every bin of equal width, (l, u]: how many answers, their mean confidence, the share of them that is right."""
    p_N, right_N = np.asarray(confidence, "float64"), np.asarray(right, "float64")
    bin_N = np.clip(np.ceil(p_N * bins).astype("int64") - 1, 0, bins - 1)
    count_B = np.bincount(bin_N, minlength=bins)
    means = (np.bincount(bin_N, values, bins) / np.maximum(1, count_B) for values in (p_N, right_N))
    return [[int(n), float(p), float(share)] for n, p, share in zip(count_B, *means, strict=True)]


def ece(table: Table) -> float:
    """The expected calibration error, a share of 1: the mean over all answers of |share that is right − mean confidence| of its bin.

    >>> round(ece(binned([0.9, 0.9, 0.5, 0.5], [True, True, True, False])), 3)
    0.05
    """
    count = sum(n for n, _, _ in table)
    return sum(n * abs(right - p) for n, p, right in table) / max(1, count)


def rounded(table: Table) -> Table:
    """The same to four digits, as it is kept."""
    return [[n, *(round(share, 4) for share in shares)] for n, *shares in table]


def confidence_and_correct(task: Task, codec: Codec, answer: Prediction, truth: str) -> tuple[np.ndarray, np.ndarray]:
    """Confidences and whether each is right: of every step where y has a step for each of x, of the one label, else of y as a whole,
    whose confidence is the product over its steps."""
    if task.shape not in (Shape.N2N, Shape.N21):
        whole = float(np.prod(answer.confidence.astype("float64")))
        return np.array([whole]), np.array([task.answer(answer.y) == task.answer(truth)])
    said, true = codec.names(list(answer.symbols)), codec.tokens(truth)
    if len(said) != len(true):  # a truth of one's own with more zeros in front, or fewer
        return answer.confidence, np.full(len(said), task.answer(answer.y) == task.answer(truth))
    counts = {name: task.answer(name) for name in {*said, *true}}
    return answer.confidence, np.array([counts[s] == counts[t] for s, t in zip(said, true, strict=True)])
