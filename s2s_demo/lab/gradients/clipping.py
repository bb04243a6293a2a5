"""The exploding side: the same small training of a vanilla RNN twice, with and without clipping the gradient.

The net reads T numbers and has to name the first of them at the end, by plain gradient descent. Before each update the norm of the whole
gradient of the batch-mean loss is taken; with clipping, g ← g · min(1, c / ‖g‖) (Pascanu et al. 2013). Clipping bounds the step, it does
not stop the gradient from exploding: the reported norm is the one before clipping in both runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from s2s_demo.lab.gradients.measure import MOST_GAIN, MOST_SEED
from s2s_demo.prediction import UserError
from s2s_demo.seeding import LocalSeed

STEPS, LENGTH, WIDTH, BATCH = 60, 20, 16, 16
RATE = 0.05
LOWEST, HIGHEST = 0.01, 100.0


@dataclass(frozen=True)
class ClippingRun:
    """The curves of one training; NaN from the step at which the numbers overflow double precision."""

    norms: np.ndarray
    """(STEPS,) norms of the whole gradient before clipping."""
    losses: np.ndarray
    """(STEPS,) mean squared errors before each update."""
    update_norms: np.ndarray
    """(STEPS,) norms of the updates."""
    threshold: float
    """Infinite without clipping."""

    @property
    def clipped_fraction(self) -> float:
        """Fraction of the steps whose gradient was clipped."""
        return float((self.norms > self.threshold).mean())


def clip_gradient(slopes: list[Tensor], threshold: float) -> tuple[float, list[Tensor]]:
    """(‖g‖, clipped gradients): ‖g‖ over all tensors together, and g · min(1, threshold / ‖g‖)."""
    norm = float(torch.linalg.vector_norm(torch.stack([g.norm() for g in slopes])))
    scale = min(1.0, threshold / norm) if norm > 0 else 1.0
    return norm, [g * scale for g in slopes]


def compare_clipping(gain: float, threshold: float, seed: int = 0) -> tuple[ClippingRun, ClippingRun]:
    """(without clipping, with clipping): the same start, the same data. W_hh is orthogonal times `gain`.

    Raises:
        UserError: a number is out of bounds.
    """
    if not 0 < gain <= MOST_GAIN or not LOWEST <= threshold <= HIGHEST or not 0 <= seed <= MOST_SEED:
        raise UserError(
            f"이득은 0–{MOST_GAIN:g}, 문턱은 {LOWEST:g}–{HIGHEST:g}, 시드는 0–{MOST_SEED}에서 골라 주세요.",
            f"Choose a gain of 0 to {MOST_GAIN:g}, a threshold of {LOWEST:g} to {HIGHEST:g} and a seed of 0 to {MOST_SEED}.",
        )
    return train(gain, float("inf"), seed), train(gain, threshold, seed)


@torch.enable_grad()
def train(gain: float, threshold: float, seed: int = 0) -> ClippingRun:
    """STEPS steps of gradient descent in double precision."""
    with LocalSeed(seed):
        cell, head = nn.RNN(1, WIDTH, batch_first=True).double(), nn.Linear(WIDTH, 1).double()
        with torch.no_grad():
            hidden = cell.get_parameter("weight_hh_l0")
            nn.init.orthogonal_(hidden)
            hidden *= gain
        batches = torch.randn(STEPS, BATCH, LENGTH, 1, dtype=torch.float64)
    weights = [*cell.parameters(), *head.parameters()]
    rows = np.full((STEPS, 3), np.nan)
    for step, x_BT1 in enumerate(batches):
        loss = (head(cell(x_BT1)[0][:, -1]) - x_BT1[:, 0]).square().mean()
        norm, slopes = clip_gradient(list(torch.autograd.grad(loss, weights)), threshold)
        if not np.isfinite(norm):
            break
        rows[step] = norm, loss.item(), RATE * min(norm, threshold)
        with torch.no_grad():
            for weight, slope in zip(weights, slopes, strict=True):
                weight -= RATE * slope
    norms, losses, update_norms = rows.T
    return ClippingRun(norms, losses, update_norms, threshold)
