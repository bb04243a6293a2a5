"""LSTM: c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t, h_t = o_t ⊙ tanh(c_t) (Hochreiter & Schmidhuber 1997; Gers et al. 2000).

Along c the gradient is multiplied by the forget gate f_t alone, which training can hold near 1. With an untrained gate near
½ it vanishes much like a plain RNN's: `forget_bias` (Jozefowicz et al. 2015) starts the gate open.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Engine
from s2s_demo.engines._recurrent import Recurrent
from s2s_demo.prediction import Words
from s2s_demo.trace import tap


class LSTM(Recurrent):
    """State (h, c)."""

    parts = 2

    def __init__(self, dim: int, *, causal: bool, reads: bool, forget_bias: float = 1.0, **options: object) -> None:
        super().__init__(dim, causal=causal, reads=reads, **options)  # type: ignore[arg-type]
        with torch.no_grad():
            for name, bias in self.named_parameters():
                if ".bias_" in name:
                    bias[dim : 2 * dim].fill_(forget_bias / 2)

    def kernel(self, dim: int, depth: int, dropout: float) -> nn.RNNBase:
        """torch.nn.LSTM."""
        return nn.LSTM(dim, dim, depth, batch_first=True, dropout=dropout if depth > 1 else 0.0)

    def cell(self, in_BE: Tensor, hid_BE: Tensor, parts: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """(h, c); gates in torch's order i, f, g, o."""
        i, f, g, o = (in_BE + hid_BE).chunk(4, -1)
        i, f, o = (tap("gate", torch.sigmoid(z), name) for z, name in ((i, "input"), (f, "forget"), (o, "output")))
        c_BD = f * parts[1] + i * torch.tanh(g)
        return o * torch.tanh(c_BD), c_BD


ENGINE = Engine(
    name="lstm",
    title=Words("LSTM", "LSTM"),
    remembers=Words("문(gate)이 허락하는 만큼 오래 기억합니다.", "As long as its gates allow."),
    layer=LSTM,
    order=4,
    glyph="↻",
    gates=("forget", "input", "output"),
)
