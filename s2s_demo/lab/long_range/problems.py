"""Two problems with long-range dependencies, and the small nets that are trained on them.

    adding   T steps of (a number in [0, 1], a mark); y = the sum of the two marked numbers, read out at the last step
             (Hochreiter & Schmidhuber 1997, in the form of Le, Jaitly & Hinton 2015; one mark in each half of the sequence
             as in Arjovsky, Shah & Bengio 2016)
    recall   n pairs key, value, then the n keys in another order; y = the value of each asked key
             (multi-query associative recall, Arora et al. 2023)

Adding needs two numbers remembered for long; recall needs one of many found by its key. Every net is
input map -> the engine's causal layer -> linear head, of 16,000 to 21,000 parameters in the layer, whatever the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo import engines

KEYS, VALUES = 32, 16
SIZE, WIDTHS = 18_000, range(8, 257, 8)


@dataclass(frozen=True)
class Sequences:
    """A batch of one problem."""

    x: Tensor
    """(B, T, 2) numbers and marks, or (B, T) symbols."""
    y: Tensor
    """(B,) sums, or (B, n) values of the n last steps."""


@dataclass(frozen=True)
class Problem:
    """A problem, its distances and its training."""

    name: str
    distances: tuple[int, ...]
    unit: str
    """What a distance counts: "steps" or "pairs"."""
    lower_is_better: bool
    """The score is a mean squared error; else a fraction."""
    baseline: float
    """The score of the best answer that ignores x."""
    solved: float
    """The score that must be beaten."""
    steps: int
    """Of training, at most."""
    batch: int
    draw: Callable[[int, int, torch.Generator], Sequences]
    """(count, distance, generator) -> a batch."""

    def is_solved(self, score: float) -> bool:
        """Whether a score counts as solved."""
        return score < self.solved if self.lower_is_better else score > self.solved


@dataclass(frozen=True)
class NetSetting:
    """How an engine is built and trained here."""

    dim: int
    """Its width, so that all have about as many parameters."""
    adding: float
    """Learning rate of the adding problem."""
    recall: float
    """Learning rate of recall."""
    options: Mapping[str, Any] = field(default_factory=dict)
    chrono: bool = False
    """Gates are initialised by `chrono` for the adding problem. Not for recall: a gate that remembers for long binds no value to the
    key just before it."""

    def lr(self, problem: str) -> float:
        """The learning rate at a problem."""
        return self.recall if problem == "recall" else self.adding


def adding(count: int, distance: int, rng: torch.Generator) -> Sequences:
    """`count` sequences of `distance` steps: x (B, T, 2) = number in [0, 1] and mark 0 or 1; y (B,) in [0, 2]."""
    numbers = torch.rand(count, distance, generator=rng)
    half, rows = distance // 2, torch.arange(count)
    first = torch.randint(half, (count,), generator=rng)
    second = half + torch.randint(distance - half, (count,), generator=rng)
    marks = torch.zeros(count, distance)
    marks[rows, first] = marks[rows, second] = 1.0
    return Sequences(torch.stack([numbers, marks], -1), numbers[rows, first] + numbers[rows, second])


def recall(count: int, distance: int, rng: torch.Generator) -> Sequences:
    """`count` sequences of `distance` pairs and as many questions: x (B, 3n) symbols, keys below KEYS and values from there;
    y (B, n) in [0, VALUES). Keys differ within a sequence; values are drawn freely."""
    key_Bn = torch.rand(count, KEYS, generator=rng).argsort(-1)[:, :distance]
    value_Bn = torch.randint(VALUES, (count, distance), generator=rng)
    asked_Bn = torch.rand(count, distance, generator=rng).argsort(-1)
    pairs = torch.stack([key_Bn, value_Bn + KEYS], -1).flatten(1)
    return Sequences(torch.cat([pairs, key_Bn.gather(1, asked_Bn)], 1), value_Bn.gather(1, asked_Bn))


@lru_cache(maxsize=16)
def majority_accuracy(distance: int) -> float:
    """Accuracy of always naming the commonest value among the pairs, on 20,000 sequences: what a memory of the values without their
    keys can reach."""
    value_Bn = torch.randint(VALUES, (20_000, distance), generator=torch.Generator().manual_seed(0))
    return float(F.one_hot(value_Bn, VALUES).sum(1).amax(-1).float().mean() / distance)


class Net(nn.Module):
    """Input map, an engine's causal layer without a memory, linear head."""

    def __init__(self, problem: str, engine: str, distance: int) -> None:
        super().__init__()
        setting = setting_of(engine)
        self.recalls = problem == "recall"
        self.in_proj = nn.Embedding(KEYS + VALUES, setting.dim) if self.recalls else nn.Linear(2, setting.dim)
        self.layer = engines.get(engine).layer(setting.dim, causal=True, reads=False, **setting.options)
        self.head = nn.Linear(setting.dim, VALUES if self.recalls else 1)
        if setting.chrono and not self.recalls:
            chrono(self.layer, distance)

    def forward(self, x: Tensor) -> Tensor:
        """(B,) sums, or (B, n, VALUES) logits of the n last steps of (B, 3n) symbols."""
        h_BTD = self.layer(self.in_proj(x), torch.ones(x.shape[:2], dtype=torch.bool, device=x.device))
        if self.recalls:
            return self.head(h_BTD[:, -(x.shape[1] // 3) :])
        return self.head(h_BTD[:, -1]).squeeze(-1)


def loss_of(net: nn.Module, batch: Sequences) -> Tensor:
    """Mean squared error of the sums, or mean −log p of the values in nats."""
    out = net(batch.x)
    return F.mse_loss(out, batch.y) if out.dim() == 1 else F.cross_entropy(out.flatten(0, 1), batch.y.flatten())


@torch.no_grad()
def score_of(net: nn.Module, held: Sequences) -> float:
    """Mean squared error, or the fraction of questions answered right."""
    outs = torch.cat([net(x) for x in held.x.split(256)])
    if outs.dim() == 1:
        return float(F.mse_loss(outs, held.y))
    return float((outs.argmax(-1) == held.y).float().mean())


def chrono(layer: nn.Module, steps: int) -> None:
    """Chrono initialisation (Tallec & Ollivier 2018, eq. 15-16): gates that at first keep for 1 to T steps, log-bias of uniform
    times. LSTM: b_f = log u, b_i = −b_f. GRU: b_z = log u (z keeps). u ~ U(1, T − 1)."""
    kernel = next(m for m in layer.modules() if isinstance(m, nn.RNNBase))
    D = kernel.hidden_size
    with torch.no_grad():
        bias_i, bias_h = kernel.get_parameter("bias_ih_l0"), kernel.get_parameter("bias_hh_l0")
        keep = torch.empty(D).uniform_(1, max(2, steps - 1)).log()
        bias_h[: 2 * D] = 0
        bias_i[D : 2 * D] = keep
        if isinstance(kernel, nn.LSTM):
            bias_i[:D] = -keep


PROBLEMS = {
    p.name: p
    for p in (
        Problem("adding", (50, 100, 200, 400), "steps", True, 1 / 6, 0.01, 2500, 32, adding),
        Problem("recall", (2, 4, 8, 16), "pairs", False, 1 / VALUES, 0.95, 3000, 64, recall),
    )
}

SETTINGS = {
    "independent": NetSetting(48, 1e-3, 1e-2),
    "conv": NetSetting(40, 3e-3, 1e-2),
    "rnn": NetSetting(96, 3e-3, 3e-3),
    "lstm": NetSetting(48, 1e-2, 3e-3, chrono=True),
    "gru": NetSetting(56, 1e-2, 3e-3, chrono=True),
    "attention": NetSetting(48, 1e-2, 1e-2, chrono=True),
    "transformer": NetSetting(32, 3e-3, 1e-2, {"heads": 2, "wide": 2}),
    "mamba": NetSetting(32, 3e-3, 1e-2, {"head": 32}),
}


@lru_cache(maxsize=64)
def setting_of(engine: str) -> NetSetting:
    """The setting that was chosen for an engine. Default: the width nearest in parameters to the others, and a middling rate."""
    if engine in SETTINGS:
        return SETTINGS[engine]
    build = engines.get(engine).layer

    def size(dim: int) -> int:
        with torch.device("meta"):
            return sum(p.numel() for p in build(dim, causal=True, reads=False).parameters())

    return NetSetting(min(WIDTHS, key=lambda dim: abs(size(dim) - SIZE)), 3e-3, 3e-3)
