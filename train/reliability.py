"""How far a model's confidence is from how often it is right: the expected calibration error of Guo et al. 2017, section 2."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from s2s_demo.codecs import Codec
from s2s_demo.prediction import Prediction
from s2s_demo.task import Shape, Task

BINS = 15


def ece(task: Task, codec: Codec, answers: list[Prediction], truths: list[str]) -> float:
    """`ece` of answers whose truth is known, a share of 1; codec: of y. See `sure_and_right` for what counts as one answer."""
    parts = [sure_and_right(task, codec, *row) for row in zip(answers, truths, strict=True)]
    if not parts:
        return 0.0
    confidence, right = (np.concatenate(side) for side in zip(*parts, strict=True))
    return expected_calibration_error(confidence, right)


def expected_calibration_error(confidence: Iterable[float], right: Iterable[bool], bins: int = BINS) -> float:
    """The mean over all answers of |share that is right − mean confidence| of the answer's bin; bins of equal width, (l, u].

    >>> round(expected_calibration_error([0.9, 0.9, 0.5, 0.5], [True, True, True, False]), 3)
    0.05
    """
    p_N, right_N = np.asarray(confidence, "float64"), np.asarray(right, "float64")
    bin_N = np.clip(np.ceil(p_N * bins).astype("int64") - 1, 0, bins - 1)
    gap_B = np.bincount(bin_N, right_N - p_N, bins)
    return float(np.abs(gap_B).sum() / max(1, len(p_N)))


def sure_and_right(task: Task, codec: Codec, answer: Prediction, truth: str) -> tuple[np.ndarray, np.ndarray]:
    """Confidences and whether each is right: of every step where y has a step for each of x, of the one label, else of y as a whole,
    whose confidence is the product over its steps."""
    if task.shape not in (Shape.N2N, Shape.N21):
        whole = float(np.prod(answer.confidence.astype("float64")))
        return np.array([whole]), np.array([task.answer(answer.y) == task.answer(truth)])
    said, true = codec.names(list(answer.symbols)), codec.pieces(truth)
    counts = {name: task.answer(name) for name in {*said, *true}}
    return answer.confidence, np.array([counts[s] == counts[t] for s, t in zip(said, true, strict=True)])
