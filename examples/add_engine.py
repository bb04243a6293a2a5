"""A minimal GRU (minGRU, Feng et al. 2024): z_t and the candidate know x_t alone, h_t = (1 − z_t) ⊙ h_{t-1} + z_t ⊙ n_t.

Copy this file into s2s_demo/engines/ and start the page: the engine stands in every list. Until it is trained on a task,
`python -m train TASK --engine mingru` is what the page proposes there.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.prediction import Words


class MinGRU(Layer):
    """As a decoder it starts from the last vector of what was read."""

    def __init__(self, dim: int, *, causal: bool, reads: bool) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.gate, self.new = nn.Linear(dim, dim), nn.Linear(dim, dim)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) states, a step after the other."""
        state, out = self.start(memory, len(x_BTD)), []
        for x_BD in x_BTD.unbind(1):
            h_BD, state = self.step(x_BD, state)
            out.append(h_BD)
        return torch.stack(out, 1)

    def start(self, memory: Memory | None, batch: int) -> State:
        """(B, D): zeros, or the last vector of the memory."""
        return memory.last() if memory is not None and self.reads else self.gate.weight.new_zeros(batch, self.dim)

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) the new state, twice: it is the output too."""
        h_BD = torch.lerp(state, self.new(x_BD), torch.sigmoid(self.gate(x_BD)))
        return h_BD, h_BD


ENGINE = Engine(
    name="mingru",
    title=Words("최소 GRU", "minGRU"),
    remembers=Words("GRU처럼, 문은 지금 입력만 보고.", "Like a GRU, with a gate that sees the input alone."),
    layer=MinGRU,
    order=50,
)
