"""How well two lenses agree on one answer, and how well a lens matches the alignment where that is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from s2s_demo.lenses import BEGIN
from s2s_demo.prediction import Grid, Prediction

FED_SUFFIX = ", where y is fed"
"""Added to the name of a grid by `shifted_to_fed_step`."""


def kendall_tau(a: np.ndarray, b: np.ndarray) -> float:
    """Kendall's τ-b of two (n,) rankings, −1 to 1; NaN where all values of one are equal (Kendall 1945).

    >>> rise, fall = np.array([1, 2, 3]), np.array([3, 2, 1])
    >>> round(kendall(rise, 10 * rise), 12), round(kendall(rise, fall), 12)
    (1.0, -1.0)
    """
    from scipy.stats import kendalltau  # noqa: PLC0415  half a second of imports, which the start of the page does not wait for

    return float(kendalltau(a, b).statistic) if len(a) > 1 else float("nan")  # pyright: ignore[reportAttributeAccessIssue]


def magnitudes_on_x(grid: Grid, answer: Prediction) -> np.ndarray:
    """(M, S) absolute values of a grid on the steps of x alone; NaN where there is no path."""
    first = 1 if grid.columns and grid.columns[0] == BEGIN else 0
    return np.abs(grid.values[:, first : first + len(answer.x_pieces)].astype("float64"))


def mean_over_heads(grids: Sequence[Grid]) -> Grid:
    """The mean of the heads of one lens, named as a mean."""
    first = grids[0]
    values = np.mean([grid.values for grid in grids], axis=0)
    return replace(first, where=f"mean of {len(grids)} heads", values=values)


def shifted_to_fed_step(grid: Grid) -> Grid:
    """The grid with row k read at the step that y_k is fed to, one later than the step that produces it; last row NaN (Chen et al. 2020)."""
    values = np.full_like(grid.values, np.nan)
    values[:-1] = grid.values[1:]
    return replace(grid, where=grid.where + FED_SUFFIX, values=values)


def mean_kendall_tau(first: Grid, second: Grid, answer: Prediction) -> float:
    """Mean Kendall τ over the output steps of two lenses, ranking the input steps that both have a path to.

    NaN where no output step has two such input steps that differ.
    """
    taus = []
    for a, b in zip(magnitudes_on_x(first, answer), magnitudes_on_x(second, answer), strict=True):
        both = np.isfinite(a) & np.isfinite(b)
        tau = kendall_tau(a[both], b[both]) if both.sum() > 1 else float("nan")
        if np.isfinite(tau):
            taus.append(tau)
    return float(np.mean(taus)) if taus else float("nan")


def fraction_on_alignment(grid: Grid, answer: Prediction, aligned: Sequence[int]) -> float:
    """The fraction of each row that lies on the input step it is aligned to, averaged over the rows.

    Args:
        aligned: that input step for each row, or for the first rows alone.

    Returns:
        1 for a perfect alignment, 1 / S for one spread evenly over the S input steps.
    """
    magnitudes = np.nan_to_num(magnitudes_on_x(grid, answer))
    total = magnitudes.sum(1)
    rows = np.arange(len(aligned))
    fractions = np.divide(magnitudes[rows, list(aligned)], total[rows], out=np.zeros(len(rows)), where=total[rows] > 0)
    return float(fractions.mean())
