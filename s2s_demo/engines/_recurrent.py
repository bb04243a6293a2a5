"""What the vanilla RNN, LSTM and GRU share: torch's fused kernel, and the same weights one step at a time.

The gradient of a fused output with respect to its own earlier outputs is not to be had (the stack is a side exit), so while
"state" is recorded `forward` runs the unrolled cell and taps every h_t inside the loop; a test holds the two equal. "states" are
the same numbers as whole sequences (B, T, D), in the order of the steps, for those who want values and no gradients.
"""

from __future__ import annotations

from abc import abstractmethod

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.engine import Layer, Memory, State
from s2s_demo.trace import tap, wanted


def flip(x_BTD: Tensor, mask_BT: Tensor) -> Tensor:
    """(B, T, D) with the real steps of every row in reverse order; padding stays where it is."""
    length_B1 = mask_BT.sum(1, keepdim=True)
    at_BT = torch.arange(x_BTD.shape[1], device=x_BTD.device).expand_as(mask_BT)
    at_BT = torch.where(at_BT < length_B1, length_B1 - 1 - at_BT, at_BT)
    return x_BTD.gather(1, at_BT.unsqueeze(-1).expand_as(x_BTD))


class Recurrent(Layer):
    """A stack of recurrent cells. As a decoder, the encoded vector (last state) is copied into every part of its state.

    parts: how many tensors make a cell's state (1: h; 2: h and c). both_ways: an encoder also reads from right to left, and
    each level above hears both directions of the one below.
    """

    parts = 1

    def __init__(
        self,
        dim: int,
        *,
        causal: bool,
        reads: bool,
        depth: int = 1,
        both_ways: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        both_ways = both_ways and not causal
        self.depth = 1 if both_ways else depth
        self.fused = self.kernel(dim, self.depth, dropout)
        self.back = self.kernel(dim, 1, dropout) if both_ways else None
        self.join = nn.Linear(2 * dim, dim) if both_ways else None
        self.drop, self.above, self.first = nn.Dropout(dropout), None, 0
        if both_ways and depth > 1:
            more = {"depth": depth - 1, "both_ways": True, "dropout": dropout}
            self.above = type(self)(dim, causal=causal, reads=reads, **more)
            for upper in self.above.levels():
                upper.first += 1

    @abstractmethod
    def kernel(self, dim: int, depth: int, dropout: float) -> nn.RNNBase:
        """Torch's fused, batch-first stack of this cell."""

    @abstractmethod
    def cell(self, in_BE: Tensor, hid_BE: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """The new state parts, h first. in_BE = W_i x + b_i, hid_BE = W_h h + b_h, E = gates · D in torch's order."""

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) states of the top cell; both ways: a linear map of the two directions' states."""
        run = self._unrolled if wanted("state") or wanted("states") else self._run
        h_BTD = run(self.fused, x_BTD, memory, None)
        if self.back is None or self.join is None:
            return h_BTD
        back_BTD = flip(run(self.back, flip(x_BTD, mask_BT), None, mask_BT), mask_BT)
        h_BTD = self.join(torch.cat([h_BTD, back_BTD], -1))
        return h_BTD if self.above is None else self.above(self.drop(tap("level", h_BTD)), mask_BT)

    def levels(self) -> list[Recurrent]:
        """This stack and those above it."""
        return [self, *(self.above.levels() if self.above is not None else [])]

    def start(self, memory: Memory | None, batch: int) -> State:
        """`parts` tensors (depth, B, D): zeros, or copies of the memory's last vector."""
        if memory is not None and self.reads:
            first = memory.last().expand(self.depth, -1, -1).contiguous()
        else:
            first = self.fused.get_parameter("weight_hh_l0").new_zeros(self.depth, batch, self.dim)
        return (first,) * self.parts

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) state of the top cell, and all states."""
        return self._step(self.fused, x_BD, state)

    def _run(self, fused: nn.RNNBase, x_BTD: Tensor, memory: Memory | None, back_BT: Tensor | None) -> Tensor:
        state = self.start(memory, len(x_BTD))
        return fused(x_BTD, state if self.parts > 1 else state[0])[0]

    def _unrolled(self, fused: nn.RNNBase, x_BTD: Tensor, memory: Memory | None, back_BT: Tensor | None) -> Tensor:
        """back_BT: the mask, where x is read from right to left."""
        state = self.start(memory, len(x_BTD))
        outputs, states = [], []
        for x_BD in x_BTD.unbind(1):
            h_BD, state = self._step(fused, x_BD, state)
            outputs.append(h_BD)
            states.append(state)
        for name, steps in zip("hc", zip(*states, strict=True), strict=False):
            for level, seen_BTD in enumerate(torch.stack(steps, 2)):
                whole_BTD = seen_BTD if back_BT is None else flip(seen_BTD, back_BT)
                tap("states", whole_BTD, f"layer {self.first + level} {name}" + (" ←" if back_BT is not None else ""))
        return torch.stack(outputs, 1)

    def _step(self, fused: nn.RNNBase, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        new: list[tuple[Tensor, ...]] = []
        for level in range(self.depth):
            w_i, w_h, b_i, b_h = (
                getattr(fused, f"{n}_l{level}") for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            )
            parts = tuple(part[level] for part in state)
            parts = self.cell(F.linear(x_BD, w_i, b_i), F.linear(parts[0], w_h, b_h), parts)
            parts = tuple(tap("state", part, f"layer {level} {name}") for part, name in zip(parts, "hc", strict=False))
            new.append(parts)
            x_BD = parts[0]
        return x_BD, tuple(torch.stack(part) for part in zip(*new, strict=True))
