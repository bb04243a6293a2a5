"""Attention heads: what each does in numbers, what is lost without one, and answers whose attention has been broken.

An edit reaches the model through `trace.editing`, in this thread alone: the weights of the model are never touched.
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
EXAMPLES = 200
SEED = 0


@dataclass(frozen=True)
class Head:
    """Shares of 1, means over the rows of one head's grid.

    entropy: H / ln n over the n columns a row may look at (0 one column, 1 all alike). first: mass on the first column.
    diagonal, previous: mass on the row's own column and on the one before it; NaN where rows and columns do not match.
    """

    where: str
    entropy: float
    first: float
    diagonal: float
    previous: float


def described(grid: Grid) -> Head:
    """What the weights of one head are like."""
    weight = np.nan_to_num(grid.values.astype("float64"))
    there = np.isfinite(grid.values)
    own = _own_columns(grid)
    with np.errstate(divide="ignore", invalid="ignore"):
        entropy = -(weight * np.where(weight > 0, np.log(weight), 0)).sum(1) / np.log(there.sum(1))
    rows = np.arange(len(weight))
    return Head(
        grid.where,
        float(np.nanmean(np.where(there.sum(1) > 1, entropy, np.nan))) if (there.sum(1) > 1).any() else float("nan"),
        float(weight[:, 0].mean()),
        float(weight[rows, own].mean()) if own is not None else float("nan"),
        float(weight[rows[1:], own[1:] - 1].mean()) if own is not None and len(rows) > 1 else float("nan"),
    )


def _own_columns(grid: Grid) -> np.ndarray | None:
    """The column each row stands at: its own step of x (N2N), or in a stream the step that is fed when it is produced."""
    M, columns = grid.values.shape
    if columns == M:
        return np.arange(M)
    last = np.array([int(np.flatnonzero(np.isfinite(row))[-1]) for row in grid.values])
    return last if M > 1 and (np.diff(last) == 1).all() else None


def place_of(grid: Grid) -> tuple[str, int | None]:
    """("block 0 self", 2) of a grid called "block 0 self · head 3"; None where the place has one head."""
    where, _, head = grid.where.partition(" · head ")
    return where, int(head) - 1 if head else None


def without(where: str, head: int | None) -> Edit:
    """An edit that gives one head (None: all of the place) no weight at all: nothing flows through it."""

    def edit(place: str, weight_BHTS: Tensor) -> Tensor:
        if place != where:
            return weight_BHTS
        kept = torch.ones(weight_BHTS.shape[1], device=weight_BHTS.device)
        kept[slice(None) if head is None else head] = 0
        return weight_BHTS * kept[:, None, None]

    return edit


@dataclass(frozen=True)
class Ablation:
    """Scores 0 to 1 on the same n held-out examples, with and without one head; changed: the share of answers that became others."""

    n: int
    whole: float
    without: float
    changed: float


def ablated(model: Seq2Seq, task: Task, where: str, head: int | None, n: int = EXAMPLES) -> Ablation:
    """One head of a trained model taken out, on the first n development pairs at hand that have an answer."""
    pairs = list(islice((pair for pair in task.local_pairs("dev", SEED) if pair[1] != task.unknown), n))
    xs, truths = [x for x, _ in pairs], [task.answer(y) for _, y in pairs]
    whole = [task.answer(a.y) for a in predict_parsed(model, xs)]
    with editing("attention", without(where, head)):
        less = [task.answer(a.y) for a in predict_parsed(model, xs)]
    before, after = (float(task.score(xs, some, truths)[task.measure]) for some in (whole, less))
    changed = sum(a != b for a, b in zip(whole, less, strict=True)) / max(1, len(pairs))
    return Ablation(len(pairs), before, after, changed)


@dataclass(frozen=True)
class Broken:
    """An answer given with broken attention. moved: (M,) total variation ½ Σ|p − p′| between the distributions of each output step
    with and without the break, both fed the unbroken answer; 0 nothing moved, 1 all of it."""

    answer: Prediction
    moved: np.ndarray


def broken(
    model: Seq2Seq,
    answer: Prediction,
    way: str,
    scope: tuple[str, int | None] | None = None,
    row: int = 0,
    column: int = 0,
) -> Broken:
    """The same x answered again while its attention is edited; every row stays a share of 1.

    uniform: every column alike. permuted: the same weights on other columns. argmax: all on the largest. cell: of output step
    `row` all on `column`. scope: the (where, head) to edit, head None for all heads of a place; None for every place.
    """
    S = len(answer.x_pieces)
    if model.approach is Approach.DECODER_ONLY:
        row += S
    elif model.shape is Shape.N21 and model.approach is Approach.ENCODER_ONLY:
        row = S - 1

    def edit() -> Edit:
        return Break(way, scope, row, column)

    with editing("attention", edit()):
        (again,) = predict_parsed(model, [answer.x])
    x_BS, y_BM = model.x_codec.encode(answer.x)[None].to(model.device), torch.tensor([answer.symbols])
    told = x_BS, torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device), y_BM.to(model.device)
    with torch.no_grad():
        whole = model(*told).softmax(-1)[0]
        with editing("attention", edit()):
            less = model(*told).softmax(-1)[0]
    return Broken(again, ((whole - less).abs().sum(-1) / 2).float().cpu().numpy())


class Break:
    """An edit of attention weights; made anew for every pass, since it counts the steps of a place that is asked one at a time.

    row: of the place's own matrix.
    """

    def __init__(self, way: str, scope: tuple[str, int | None] | None, row: int, column: int) -> None:
        assert way in WAYS, way
        self.way, self.scope, self.row, self.column = way, scope, row, column
        self.fed: dict[str, int] = {}

    def __call__(self, place: str, weight_BHTS: Tensor) -> Tensor:
        """The weights the model goes on with."""
        first = self.fed.get(place, 0)
        self.fed[place] = first + weight_BHTS.shape[2]
        if self.scope is not None and place != self.scope[0]:
            return weight_BHTS
        edited = self._edited(weight_BHTS, self.row - first)
        if self.scope is None or self.scope[1] is None:
            return edited
        whole = weight_BHTS.clone()
        whole[:, self.scope[1]] = edited[:, self.scope[1]]
        return whole

    def _edited(self, weight_BHTS: Tensor, row: int) -> Tensor:
        there = weight_BHTS > 0
        if self.way == "uniform":
            return (there / there.sum(-1, keepdim=True).clamp(min=1)).to(weight_BHTS.dtype)
        if self.way == "argmax":
            return torch.zeros_like(weight_BHTS).scatter(-1, weight_BHTS.argmax(-1, keepdim=True), 1.0)
        if self.way == "permuted":
            return dealt(weight_BHTS, there)
        if not 0 <= row < weight_BHTS.shape[2] or self.column >= weight_BHTS.shape[3]:
            return weight_BHTS
        moved = weight_BHTS.clone()
        moved[:, :, row] = 0
        moved[:, :, row, self.column] = 1
        return moved


def dealt(weight_BHTS: Tensor, there_BHTS: Tensor) -> Tensor:
    """The weights of each row dealt anew among the columns it may look at, in a fixed random order; the others stay 0."""
    order = torch.rand(weight_BHTS.shape[-1], generator=torch.Generator().manual_seed(SEED)).to(weight_BHTS.device)
    behind = torch.where(there_BHTS, 0.0, 2.0)
    first = behind.argsort(dim=-1, stable=True)
    shuffled = (behind + order).argsort(dim=-1, stable=True)
    return torch.zeros_like(weight_BHTS).scatter(-1, shuffled, weight_BHTS.gather(-1, first))
