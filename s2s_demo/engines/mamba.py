"""Mamba-2: a state-space model whose Δ, B and C depend on the input (Gu & Dao 2023; Dao & Gu 2024).

    S_t = exp(Δ_t A) S_{t-1} + Δ_t x_t B_tᵀ,   y_t = S_t C_t + D x_t,   A < 0, one number a head

`step` is this recurrence. `forward` is the same map as matrices: within a chunk y = (C Bᵀ ⊙ L) Δx with L_ts = exp(Σ_{s<r≤t} Δ_r A),
and between chunks one state is carried (the "SSD" form). A short causal convolution stands before, a gate silu(z) after.
As a decoder it first reads the memory's last vector as one more step.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.prediction import Words
from s2s_demo.trace import tap, wanted

CHUNK = 64


class Cell(NamedTuple):
    """State of one block: the convolution's window (B, K − 1, E + 2N) and S (B, H, P, N)."""

    window: Tensor
    S: Tensor


def chunked(x_BTHP: Tensor, decay_BTH: Tensor, b_BTN: Tensor, c_BTN: Tensor) -> Tensor:
    """(B, T, H, P) of the recurrence above without D: x is already Δx, decay is ΔA ≤ 0 (Dao & Gu 2024, listing 1)."""
    T = x_BTHP.shape[1]
    chunk = min(CHUNK, T)
    extra = -T % chunk
    x, b, c = (F.pad(v, (0, 0) * (v.dim() - 2) + (0, extra)).unflatten(1, (-1, chunk)) for v in (x_BTHP, b_BTN, c_BTN))
    sum_BKTH = F.pad(decay_BTH, (0, 0, 0, extra)).unflatten(1, (-1, chunk)).cumsum(2)
    gap = sum_BKTH[:, :, :, None] - sum_BKTH[:, :, None]
    future = torch.ones(chunk, chunk, dtype=torch.bool, device=x.device).triu(1)
    l_BKTSH = gap.masked_fill(future[:, :, None], float("-inf")).exp()
    near = torch.einsum("bktn,bksn,bktsh,bkshp->bkthp", c, b, l_BKTSH, x)
    to_end = (sum_BKTH[:, :, -1:] - sum_BKTH).exp()
    left_BKHPN = torch.einsum("bksn,bksh,bkshp->bkhpn", b, to_end, x)
    S, before = torch.zeros_like(left_BKHPN[:, 0]), []
    for k in range(left_BKHPN.shape[1]):
        before.append(S)
        S = S * sum_BKTH[:, k, -1].exp()[..., None, None] + left_BKHPN[:, k]
    far = torch.einsum("bktn,bkth,bkhpn->bkthp", c, sum_BKTH.exp(), torch.stack(before, 1))
    return (near + far).flatten(1, 2)[:, :T]


def hidden_attention(decay_BTH: Tensor, delta_BTH: Tensor, b_BTN: Tensor, c_BTN: Tensor) -> Tensor:
    """(B, H, T, S): α_ts = C_t·B_s Δ_s exp(Σ_{s<r≤t} Δ_r A), so that y_t = Σ_s α_ts x_s + D x_t (Ali et al. 2024; Dao & Gu 2024).

    Signed, 0 in the future, and rows do not sum to 1.
    """
    sum_BHT = decay_BTH.cumsum(1).transpose(1, 2)
    gap_BHTS = sum_BHT.unsqueeze(-1) - sum_BHT.unsqueeze(-2)
    future = torch.ones(gap_BHTS.shape[-2:], dtype=torch.bool, device=gap_BHTS.device).triu(1)
    kept_BHTS = gap_BHTS.masked_fill(future, float("-inf")).exp()
    return (c_BTN @ b_BTN.transpose(1, 2)).unsqueeze(1) * kept_BHTS * delta_BTH.transpose(1, 2).unsqueeze(-2)


class Block(nn.Module):
    """norm, projection, convolution, selective state space, gate, projection; added to its input by the layer."""

    def __init__(self, dim: int, *, state: int, head: int, expand: int, kernel: int, dropout: float) -> None:
        super().__init__()
        self.N, self.P, self.E, self.K = state, head, expand * dim, kernel
        self.H = self.E // head
        self.norm = nn.RMSNorm(dim)
        self.inward = nn.Linear(dim, 2 * self.E + 2 * state + self.H, bias=False)
        self.conv = nn.Conv1d(self.E + 2 * state, self.E + 2 * state, kernel, groups=self.E + 2 * state)
        self.log_a = nn.Parameter(torch.linspace(1, 16, self.H).log())
        delta = torch.empty(self.H).uniform_(-6.9, -2.3).exp()
        self.delta = nn.Parameter(delta + (-torch.expm1(-delta)).log())
        self.skip = nn.Parameter(torch.ones(self.H))
        self.norm_out = nn.RMSNorm(self.E)
        self.outward = nn.Linear(self.E, dim, bias=False)
        self.drop = nn.Dropout(dropout)

    def project(self, h: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(gate z (..., E), what the convolution reads (..., E + 2N), Δ (..., H) > 0)."""
        z, seen, delta = self.inward(self.norm(h)).split([self.E, self.E + 2 * self.N, self.H], -1)
        return z, seen, F.softplus(delta + self.delta)

    def parts(self, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """x (..., H, P), B (..., N), C (..., N) after the convolution."""
        x, b, c = F.silu(seen).split([self.E, self.N, self.N], -1)
        return x.unflatten(-1, (self.H, self.P)), b, c

    def close(self, y: Tensor, z: Tensor) -> Tensor:
        """(..., D) after gate, norm and projection."""
        return self.drop(self.outward(self.norm_out(y.flatten(-2) * F.silu(z))))

    def forward(self, h_BTD: Tensor, where: str = "") -> Tensor:
        """(B, T, D), all steps at once. where: what its marks are called."""
        z, seen, delta_BTH = self.project(h_BTD)
        seen = self.conv(F.pad(seen, (0, 0, self.K - 1, 0)).transpose(1, 2)).transpose(1, 2)
        x, b, c = self.parts(seen)
        decay_BTH = -delta_BTH * self.log_a.exp()
        if wanted("hidden"):
            tap("hidden", hidden_attention(decay_BTH, delta_BTH, b, c), where)
        if wanted("states"):
            tap("states", self._states(x * delta_BTH.unsqueeze(-1), decay_BTH, b), f"{where} S")
        y = chunked(x * delta_BTH.unsqueeze(-1), decay_BTH, b, c)
        return self.close(y + x * self.skip[:, None], z)

    def _states(self, x_BTHP: Tensor, decay_BTH: Tensor, b_BTN: Tensor) -> Tensor:
        """(B, T, H · P · N): S after every step, by the recurrence."""
        S, states = x_BTHP.new_zeros(len(x_BTHP), self.H, self.P, self.N), []
        for x, decay, b in zip(x_BTHP.unbind(1), decay_BTH.unbind(1), b_BTN.unbind(1), strict=True):
            S = S * decay.exp()[..., None, None] + torch.einsum("bhp,bn->bhpn", x, b)
            states.append(S.flatten(1))
        return torch.stack(states, 1)

    def step(self, h_BD: Tensor, cell: Cell) -> tuple[Tensor, Cell]:
        """(B, D) and the next state."""
        z, seen, delta_BH = self.project(h_BD)
        window = torch.cat([cell.window, seen.unsqueeze(1)], 1)
        x, b, c = self.parts(self.conv(window.transpose(1, 2)).squeeze(2))
        keep = (-delta_BH * self.log_a.exp()).exp()[..., None, None]
        S = cell.S * keep + torch.einsum("bh,bhp,bn->bhpn", delta_BH, x, b)
        y = torch.einsum("bhpn,bn->bhp", S, c) + x * self.skip[:, None]
        return self.close(y, z), Cell(window[:, 1:], S)


class Mamba(Layer):
    """`depth` blocks with residuals and a last norm. Always causal, also as an encoder. expand · dim is a multiple of head."""

    def __init__(
        self,
        dim: int,
        *,
        causal: bool,
        reads: bool,
        depth: int = 2,
        state: int = 16,
        head: int = 16,
        expand: int = 2,
        kernel: int = 4,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.blocks = nn.ModuleList(
            Block(dim, state=state, head=head, expand=expand, kernel=kernel, dropout=dropout) for _ in range(depth)
        )
        self.norm = nn.RMSNorm(dim)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs."""
        told = self.reads and memory is not None
        h_BTD = torch.cat([memory.last().unsqueeze(1), x_BTD], 1) if told and memory is not None else x_BTD
        for i, block in enumerate(self._blocks()):
            h_BTD = h_BTD + block(h_BTD, f"block {i}")
        return self.norm(h_BTD[:, 1:] if told else h_BTD)

    def start(self, memory: Memory | None, batch: int) -> State:
        """One Cell a block, zeros; after the memory's last vector if there is one."""
        new = self.norm.weight.new_zeros
        state = [Cell(new(batch, b.K - 1, b.E + 2 * b.N), new(batch, b.H, b.P, b.N)) for b in self._blocks()]
        return self.step(memory.last(), state)[1] if self.reads and memory is not None else state

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output and the next state of every block."""
        moved = []
        for block, cell in zip(self._blocks(), state, strict=True):
            more_BD, cell = block.step(x_BD, cell)
            x_BD = x_BD + more_BD
            moved.append(cell)
        return self.norm(x_BD), moved

    def _blocks(self) -> list[Block]:
        return [block for block in self.blocks if isinstance(block, Block)]


ENGINE = Engine(
    name="mamba",
    title=Words("Mamba", "Mamba"),
    remembers=Words(
        "무엇을 간직할지 입력이 정합니다. 상태 크기는 일정합니다.",
        "The input decides what is kept, in a state of fixed size.",
    ),
    layer=Mamba,
    order=8,
    glyph="≋",
)
