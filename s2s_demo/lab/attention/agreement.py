"""How well two lenses agree on one answer, and how well a lens finds the truth where the truth is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from s2s_demo.lenses import BEGIN
from s2s_demo.prediction import Grid, Prediction

LATER = ", where y is fed"


def kendall(a: np.ndarray, b: np.ndarray) -> float:
    """Kendall's τ-b of two rankings of the same things, −1 to 1; NaN where one of them ranks nothing (Kendall 1945).

    >>> rise, fall = np.array([1, 2, 3]), np.array([3, 2, 1])
    >>> round(kendall(rise, 10 * rise), 12), round(kendall(rise, fall), 12)
    (1.0, -1.0)
    """
    from scipy.stats import kendalltau  # noqa: PLC0415  half a second of imports, which the start of the page does not wait for

    return float(kendalltau(a, b).statistic) if len(a) > 1 else float("nan")  # pyright: ignore[reportAttributeAccessIssue]


def on_x(grid: Grid, answer: Prediction) -> np.ndarray:
    """(M, S): the sizes of a grid's numbers on the steps of x alone; NaN where there is no path."""
    first = 1 if grid.columns and grid.columns[0] == BEGIN else 0
    return np.abs(grid.values[:, first : first + len(answer.x_pieces)].astype("float64"))


def mean_of(grids: Sequence[Grid]) -> Grid:
    """The mean of the heads of one lens. No head does this, so its name says so."""
    first = grids[0]
    values = np.mean([grid.values for grid in grids], axis=0)
    return replace(first, where=f"mean of {len(grids)} heads", values=values)


def where_fed(grid: Grid) -> Grid:
    """Row k as the step that is fed y_k reads it, not the one that produces it: one row later, the last NaN (Chen et al. 2020)."""
    values = np.full_like(grid.values, np.nan)
    values[:-1] = grid.values[1:]
    return replace(grid, where=grid.where + LATER, values=values)


def agreement(first: Grid, second: Grid, answer: Prediction) -> float:
    """Mean over the output steps of Kendall's τ between two lenses, over the input steps both have a path to.

    NaN where no output step has two such input steps that differ.
    """
    found = []
    for a, b in zip(on_x(first, answer), on_x(second, answer), strict=True):
        both = np.isfinite(a) & np.isfinite(b)
        tau = kendall(a[both], b[both]) if both.sum() > 1 else float("nan")
        if np.isfinite(tau):
            found.append(tau)
    return float(np.mean(found)) if found else float("nan")


def on_truth(grid: Grid, answer: Prediction, aligned: Sequence[int]) -> float:
    """The share of each row that lies on its true input step, mean over the rows; aligned: that step for the first rows, or all.

    A perfect alignment has 1; one spread evenly over S input steps has 1 / S.
    """
    size = np.nan_to_num(on_x(grid, answer))
    total = size.sum(1)
    rows = np.arange(len(aligned))
    shares = np.divide(size[rows, list(aligned)], total[rows], out=np.zeros(len(rows)), where=total[rows] > 0)
    return float(shares.mean())
