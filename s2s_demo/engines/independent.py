"""Independent per step: y_t = f(x_t), a small residual network applied to every step by itself.

    h ← h + W₂ gelu(W₁ norm(h)), repeated `depth` times

It remembers nothing: its Jacobian is block-diagonal, and every gradient off the diagonal is structurally zero. As a decoder it
is told the mean of the memory and the symbol before, and nothing else.
"""

from __future__ import annotations

from torch import Tensor, nn

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.prediction import Words


class Independent(Layer):
    """The same network for every step, no path between steps."""

    def __init__(
        self, dim: int, *, causal: bool, reads: bool, depth: int = 2, wide: int = 2, dropout: float = 0.0
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                nn.LayerNorm(dim),
                nn.Linear(dim, wide * dim),
                nn.GELU(),
                nn.Dropout(dropout),
                nn.Linear(wide * dim, dim),
            )
            for _ in range(depth)
        )
        self.read = nn.Linear(dim, dim) if reads else None

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs."""
        return self._each(x_BTD, self.start(memory, len(x_BTD)))

    def start(self, memory: Memory | None, batch: int) -> State:
        """(B, 1, D): what is read of the memory, its mean; None without one."""
        return None if self.read is None or memory is None else self.read(memory.mean()).unsqueeze(1)

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output; the state never changes."""
        return self._each(x_BD.unsqueeze(1), state).squeeze(1), state

    def _each(self, h_BTD: Tensor, read_B1D: Tensor | None) -> Tensor:
        if read_B1D is not None:
            h_BTD = h_BTD + read_B1D
        for block in self.blocks:
            h_BTD = h_BTD + block(h_BTD)
        return h_BTD


ENGINE = Engine(
    name="independent",
    title=Words("독립 (단계마다 따로)", "Independent per step"),
    remembers=Words("아무것도 기억하지 않습니다. 각 단계를 따로 봅니다.", "Nothing: each step is seen by itself."),
    layer=Independent,
    order=1,
    glyph="∘",
)
