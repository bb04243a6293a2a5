"""Convolution: each output sees a window of neighbouring inputs.

    h_t ← h_t + W gelu(Σ_k K_k norm(h_{t-k})), repeated `depth` times (Gehring et al. 2017, simplified)

It remembers depth · (kernel − 1) steps back (causal), or half of that to each side. Outside the window the gradient is
structurally zero, not vanished; more depth or dilation widens the window.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.prediction import Words


class Convolution(Layer):
    """Residual blocks of one convolution each; a causal layer keeps the last kernel − 1 inputs of every block."""

    def __init__(
        self, dim: int, *, causal: bool, reads: bool, depth: int = 2, kernel: int = 5, dropout: float = 0.0
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.kernel = kernel
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(depth))
        self.convs = nn.ModuleList(nn.Conv1d(dim, dim, kernel) for _ in range(depth))
        self.outs = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))
        self.drop = nn.Dropout(dropout)
        self.read = nn.Linear(dim, dim) if reads else None

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs."""
        left = self.kernel - 1 if self.causal else (self.kernel - 1) // 2
        pad = (0, 0, left, self.kernel - 1 - left)
        real_BT1 = mask_BT.unsqueeze(-1).to(x_BTD.dtype)
        h_BTD = self._read(x_BTD, memory)
        for norm, conv, out in zip(self.norms, self.convs, self.outs, strict=True):
            seen_BTD = F.pad(norm(h_BTD) * real_BT1, pad)
            h_BTD = h_BTD + out(self.drop(F.gelu(conv(seen_BTD.transpose(1, 2)).transpose(1, 2))))
        return h_BTD

    def start(self, memory: Memory | None, batch: int) -> State:
        """(what is read of the memory (B, D) or None, one window (B, kernel − 1, D) a block, zeros)."""
        window_BKD = self.norms.get_parameter("0.weight").new_zeros(batch, self.kernel - 1, self.dim)
        read_BD = None if self.read is None or memory is None else self.read(memory.mean())
        return read_BD, [window_BKD] * len(self.convs)

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output and the windows moved on by one."""
        read_BD, windows = state
        h_BD = x_BD if read_BD is None else x_BD + read_BD
        moved = []
        for norm, conv, out, window_BKD in zip(self.norms, self.convs, self.outs, windows, strict=True):
            seen_BKD = torch.cat([window_BKD, norm(h_BD).unsqueeze(1)], 1)
            h_BD = h_BD + out(F.gelu(conv(seen_BKD.transpose(1, 2)).squeeze(2)))
            moved.append(seen_BKD[:, 1:])
        return h_BD, (read_BD, moved)

    def _read(self, x_BTD: Tensor, memory: Memory | None) -> Tensor:
        return x_BTD if self.read is None or memory is None else x_BTD + self.read(memory.mean()).unsqueeze(1)


ENGINE = Engine(
    name="conv",
    title=Words("합성곱 (Convolution)", "Convolution"),
    remembers=Words("정해진 창 안의 이웃만 봅니다.", "A fixed window of neighbours."),
    layer=Convolution,
    order=2,
    glyph="▭",
)
