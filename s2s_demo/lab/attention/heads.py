"""Attention heads: statistics of each, ablation of one, and answers under an intervention on the attention.

An edit reaches the model through `trace.editing`, in this thread alone: the parameters of the model are never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Approach, Shape, Task
from s2s_demo.trace import Edit, editing

WAYS = ("uniform", "permuted", "argmax", "cell")
"""The interventions; see `intervene`."""
EXAMPLES = 200
"""Development examples that an ablation is scored on."""
SEED = 0


@dataclass(frozen=True)
class HeadStatistics:
    """Means over the rows of the attention matrix of one head, each 0 to 1."""

    where: str
    """The place and head, as `Grid.where`."""
    entropy: float
    """H / ln n over the n columns a row may attend to: 0 for all weight on one column, 1 for equal weights."""
    first: float
    """Weight on the first column."""
    diagonal: float
    """Weight on the row's own column; NaN where rows and columns do not match."""
    previous: float
    """Weight on the column before the row's own; NaN where rows and columns do not match."""


def head_statistics(grid: Grid) -> HeadStatistics:
    """The statistics of one head from its (M, S) weights; NaN in the grid marks a column that a row may not attend to."""
    weight = np.nan_to_num(grid.values.astype("float64"))
    allowed = np.isfinite(grid.values)
    own = _own_columns(grid)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -(weight * np.where(weight > 0, np.log(weight), 0)).sum(1) / np.log(allowed.sum(1))
    rows = np.arange(len(weight))
    return HeadStatistics(
        grid.where,
        float(np.nanmean(np.where(allowed.sum(1) > 1, entropy, np.nan)))
        if (allowed.sum(1) > 1).any()
        else float("nan"),
        float(weight[:, 0].mean()),
        float(weight[rows, own].mean()) if own is not None else float("nan"),
        float(weight[rows[1:], own[1:] - 1].mean()) if own is not None and len(rows) > 1 else float("nan"),
    )


def _own_columns(grid: Grid) -> np.ndarray | None:
    """(M,) columns of the rows' own steps: the same step of x (N2N), or in a causal stream the step that is fed in; else None."""
    M, columns = grid.values.shape
    if columns == M:
        return np.arange(M)
    last = np.array([int(np.flatnonzero(np.isfinite(row))[-1]) for row in grid.values])
    return last if M > 1 and (np.diff(last) == 1).all() else None


def place_and_head(grid: Grid) -> tuple[str, int | None]:
    """("block 0 self", 2) for a grid named "block 0 self · head 3"; the head is None where the place has one head."""
    where, _, head = grid.where.partition(" · head ")
    return where, int(head) - 1 if head else None


def zero_head(where: str, head: int | None) -> Edit:
    """An edit that sets all weights of one head to 0, or of every head of the place for None."""

    def edit(place: str, weight_BHTS: Tensor) -> Tensor:
        if place != where:
            return weight_BHTS
        mask = torch.ones(weight_BHTS.shape[1], device=weight_BHTS.device)
        mask[slice(None) if head is None else head] = 0
        return weight_BHTS * mask[:, None, None]

    return edit


@dataclass(frozen=True)
class Ablation:
    """Scores on the same held-out examples with and without one head."""

    n: int
    """Examples."""
    whole: float
    """The task's score of the whole model, 0 to 1."""
    without: float
    """The score without the head, 0 to 1."""
    changed: float
    """Fraction of the answers that changed."""


def ablate(model: Seq2Seq, task: Task, where: str, head: int | None, n: int = EXAMPLES) -> Ablation:
    """Scores a trained model with and without one head.

    Args:
        where, head: the head to zero, as of `zero_head`.
        n: how many examples: the first development pairs available offline that have an answer.
    """
    pairs = list(islice((pair for pair in task.local_pairs("dev", SEED) if pair[1] != task.unknown), n))
    xs, truths = [x for x, _ in pairs], [task.answer(y) for _, y in pairs]
    whole = [task.answer(a.y) for a in predict_parsed(model, xs)]
    with editing("attention", zero_head(where, head)):
        less = [task.answer(a.y) for a in predict_parsed(model, xs)]
    before, after = (float(task.score(xs, some, truths)[task.measure]) for some in (whole, less))
    changed = sum(a != b for a, b in zip(whole, less, strict=True)) / max(1, len(pairs))
    return Ablation(len(pairs), before, after, changed)


@dataclass(frozen=True)
class InterventionResult:
    """An answer given under an intervention."""

    answer: Prediction
    total_variation: np.ndarray
    """(M,) total variation distances ½ Σ|p − p′|, 0 to 1, between the distributions of each output step without and with the
    intervention, both fed the original answer."""


def intervene(
    model: Seq2Seq,
    answer: Prediction,
    way: str,
    scope: tuple[str, int | None] | None = None,
    row: int = 0,
    column: int = 0,
) -> InterventionResult:
    """Answers the same x again while the attention weights are edited; every row still sums to 1.

    Args:
        way: "uniform" gives every column the same weight, "permuted" puts the same weights on other columns, "argmax" puts all
            weight on the largest, "cell" puts all weight of output step `row` on `column`.
        scope: the (where, head) to edit, head None for all heads of a place; None for every place.
        row, column: output step and input step of the way "cell".
    """
    S = len(answer.x_pieces)
    if model.approach is Approach.DECODER_ONLY:
        row += S
    elif model.shape is Shape.N21 and model.approach is Approach.ENCODER_ONLY:
        row = S - 1

    def edit() -> Edit:  # a new one for each pass, since it counts steps
        return AttentionIntervention(way, scope, row, column)

    with editing("attention", edit()):
        (again,) = predict_parsed(model, [answer.x])
    x_BS, y_BM = model.x_codec.encode(answer.x)[None].to(model.device), torch.tensor([answer.symbols])
    teacher_forced = x_BS, torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device), y_BM.to(model.device)
    with torch.no_grad():
        whole = model(*teacher_forced).softmax(-1)[0]
        with editing("attention", edit()):
            less = model(*teacher_forced).softmax(-1)[0]
    return InterventionResult(again, ((whole - less).abs().sum(-1) / 2).float().cpu().numpy())


class AttentionIntervention:
    """An edit of attention weights, good for one pass: it counts the rows of a place that decodes one step at a time."""

    def __init__(self, way: str, scope: tuple[str, int | None] | None, row: int, column: int) -> None:
        """Args as of `intervene`, but `row` is a row of the whole matrix of the place, decoder-only prefix included."""
        assert way in WAYS, way
        self.way, self.scope, self.row, self.column = way, scope, row, column
        self.rows_fed: dict[str, int] = {}

    def __call__(self, place: str, weight_BHTS: Tensor) -> Tensor:
        """The (B, H, T, S) weights that the model uses instead."""
        first = self.rows_fed.get(place, 0)
        self.rows_fed[place] = first + weight_BHTS.shape[2]
        if self.scope is not None and place != self.scope[0]:
            return weight_BHTS
        edited = self._edited(weight_BHTS, self.row - first)
        if self.scope is None or self.scope[1] is None:
            return edited
        whole = weight_BHTS.clone()
        whole[:, self.scope[1]] = edited[:, self.scope[1]]
        return whole

    def _edited(self, weight_BHTS: Tensor, row: int) -> Tensor:
        allowed = weight_BHTS > 0
        if self.way == "uniform":
            return (allowed / allowed.sum(-1, keepdim=True).clamp(min=1)).to(weight_BHTS.dtype)
        if self.way == "argmax":
            return torch.zeros_like(weight_BHTS).scatter(-1, weight_BHTS.argmax(-1, keepdim=True), 1.0)
        if self.way == "permuted":
            return permute_weights(weight_BHTS, allowed)
        if not 0 <= row < weight_BHTS.shape[2] or self.column >= weight_BHTS.shape[3]:
            return weight_BHTS
        one_hot = weight_BHTS.clone()
        one_hot[:, :, row] = 0
        one_hot[:, :, row, self.column] = 1
        return one_hot


def permute_weights(weight_BHTS: Tensor, allowed_BHTS: Tensor) -> Tensor:
    """(B, H, T, S): the weights of each row permuted over the columns it may attend to, in a fixed random order; the others stay 0."""
    order = torch.rand(weight_BHTS.shape[-1], generator=torch.Generator().manual_seed(SEED)).to(weight_BHTS.device)
    masked_last = torch.where(allowed_BHTS, 0.0, 2.0)
    first = masked_last.argsort(dim=-1, stable=True)
    shuffled = (masked_last + order).argsort(dim=-1, stable=True)
    return torch.zeros_like(weight_BHTS).scatter(-1, shuffled, weight_BHTS.gather(-1, first))
