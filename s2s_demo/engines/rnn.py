"""Vanilla RNN: h_t = tanh(W x_t + U h_{t-1} + b) (Elman 1990).

∂h_t/∂h_{t-1} = diag(1 − h_t²) U is multiplied once for every step back, so a gradient shrinks or grows geometrically:
vanishing and exploding gradients (Hochreiter 1991; Bengio et al. 1994; Pascanu et al. 2013).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Engine
from s2s_demo.engines._recurrent import Recurrent
from s2s_demo.prediction import Words


class VanillaRNN(Recurrent):
    """One tanh state."""

    def kernel(self, dim: int, depth: int, dropout: float) -> nn.RNNBase:
        """torch.nn.RNN."""
        return nn.RNN(dim, dim, depth, batch_first=True, dropout=dropout if depth > 1 else 0.0)

    def cell(self, in_BE: Tensor, hid_BE: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """(h,)."""
        return (torch.tanh(in_BE + hid_BE),)


ENGINE = Engine(
    name="rnn",
    title=Words("기본 RNN", "Vanilla RNN"),
    remembers=Words("과거 전체를 한 벡터에, 그러나 금방 흐려집니다.", "All the past in one vector, but it fades fast."),
    layer=VanillaRNN,
    order=3,
    glyph="↻",
)
