"""The contract of an engine: one layer, (B, T, D) -> (B, T, D), in two forms proved equal.

Shape legend for every tensor name in the project: B batch, T steps, S steps of x (what is read), M steps of y, D width,
E inner width, H heads, N state, P head width, V symbols. A mask is bool and True means a real step, False padding.
Padding always stands on the right.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any

import torch
from torch import Tensor, nn

from s2s_demo.prediction import Words

State = Any


@dataclass(frozen=True)
class Memory:
    """What an encoder leaves for a decoder. states_BSD: one vector a step of x. mask_BS: True = real step."""

    states_BSD: Tensor
    mask_BS: Tensor

    def last(self) -> Tensor:
        """(B, D): the state at the last real step, the one vector that holds the sentence."""
        at_B = self.mask_BS.sum(1).clamp(min=1) - 1
        return self.states_BSD[torch.arange(len(at_B), device=at_B.device), at_B]

    def mean(self) -> Tensor:
        """(B, D): the average over the real steps."""
        weight_BS1 = self.mask_BS.unsqueeze(-1).to(self.states_BSD.dtype)
        return (self.states_BSD * weight_BS1).sum(1) / weight_BS1.sum(1).clamp(min=1)


class Layer(nn.Module, ABC):
    """What an engine builds. `forward` is parallel, for training; `start` and `step` answer one step at a time.

    causal: an output may depend on its own and earlier steps alone. reads: a Memory is given and used.
    """

    def __init__(self, dim: int, *, causal: bool, reads: bool) -> None:
        super().__init__()
        self.dim, self.causal, self.reads = dim, causal, reads

    @abstractmethod
    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs; what stands at padding is of no meaning and moves no real step."""

    @abstractmethod
    def start(self, memory: Memory | None, batch: int) -> State:
        """The state before the first step, for `batch` rows, on the device and in the type of the weights."""

    @abstractmethod
    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output of the next step and the new state. Equal to `forward`, position for position, if causal."""


@dataclass(frozen=True)
class Engine:
    """One way to turn a sequence of vectors into another. layer(dim, causal=..., reads=..., **options) builds it.

    attends: it has attention to show. as_encoder: options added when it encodes for a decoder of its own kind.
    gates: the names under which its layer taps how open its gates stand, one a step of the first level (`tap("gate", z_BD, name)`).
    """

    name: str
    title: Words
    remembers: Words
    layer: Callable[..., Layer]
    order: float
    attends: bool = False
    as_encoder: Mapping[str, Any] = field(default_factory=dict)
    gates: tuple[str, ...] = ()
    glyph: str = "◇"
    """One sign for its family, where names are too long."""

    def takes(self, option: str) -> bool:
        """Whether its layer knows an option of that name, perhaps one that it passes on to the class it is made from."""
        for builder in getattr(self.layer, "__mro__", (self.layer,)):
            known = signature(builder).parameters
            if option in known or all(one.kind is not one.VAR_KEYWORD for one in known.values()):
                return option in known
        return False
