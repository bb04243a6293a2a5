"""GRU: h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}, n_t = tanh(W x_t + r_t ⊙ (U h_{t-1})) (Cho et al. 2014).

The update gate z_t is the forget gate of an LSTM without a second state.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Engine
from s2s_demo.engines._recurrent import Recurrent
from s2s_demo.prediction import Words
from s2s_demo.trace import tap


def gru_cell(in_BE: Tensor, hid_BE: Tensor, h_BD: Tensor) -> Tensor:
    """(B, D) next state; gates in torch's order r, z, n."""
    in_r, in_z, in_n = in_BE.chunk(3, -1)
    hid_r, hid_z, hid_n = hid_BE.chunk(3, -1)
    r_BD = tap("gate", torch.sigmoid(in_r + hid_r), "reset")
    z_BD = tap("gate", torch.sigmoid(in_z + hid_z), "update")
    n_BD = torch.tanh(in_n + r_BD * hid_n)
    return (1 - z_BD) * n_BD + z_BD * h_BD


class GRU(Recurrent):
    """State h."""

    def kernel(self, dim: int, depth: int, dropout: float) -> nn.RNNBase:
        """torch.nn.GRU."""
        return nn.GRU(dim, dim, depth, batch_first=True, dropout=dropout if depth > 1 else 0.0)

    def cell(self, in_BE: Tensor, hid_BE: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """(h,)."""
        return (gru_cell(in_BE, hid_BE, parts[0]),)


ENGINE = Engine(
    name="gru",
    title=Words("GRU", "GRU"),
    remembers=Words("LSTM처럼, 더 적은 문으로.", "Like an LSTM, with fewer gates."),
    layer=GRU,
    order=5,
    glyph="↻",
    gates=("update", "reset"),
)
