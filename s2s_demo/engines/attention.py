"""RNN + attention.

As a decoder that reads a memory (Bahdanau et al. 2015, with the *previous* state s_{k-1}):

    a_kj = vᵀ tanh(W s_{k-1} + U h_j),  α_k = softmax_j(a_kj),  c_k = Σ_j α_kj h_j,  s_k = GRU([x_k; c_k], s_{k-1})

Elsewhere a GRU attends over its own states: y_t = tanh(W [h_t; Σ_j α_tj h_j]), j ≤ t if causal (Luong et al. 2015, "general").
Attention adds a short path to every h_j; the path inside the GRU still decays.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.engines._attention import attend
from s2s_demo.engines._recurrent import flip
from s2s_demo.engines.gru import gru_cell
from s2s_demo.prediction import Words
from s2s_demo.trace import tap


class RNNAttention(Layer):
    """A GRU with attention. own: without a memory, attend over one's own states; off for the encoder of a pair."""

    def __init__(
        self,
        dim: int,
        *,
        causal: bool,
        reads: bool,
        own: bool = True,
        both_ways: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.own = own
        self.gru = nn.GRU(2 * dim if reads else dim, dim, batch_first=True)
        self.back = nn.GRU(dim, dim, batch_first=True) if both_ways and not causal else None
        self.both = nn.Linear(2 * dim, dim) if self.back is not None else None
        self.query = nn.Linear(dim, dim, bias=False) if reads or own else None
        self.key = nn.Linear(dim, dim, bias=False) if reads else None
        self.score = nn.Linear(dim, 1, bias=False) if reads else None
        self.join = nn.Linear(2 * dim, dim) if reads or own else None
        self.drop = nn.Dropout(dropout)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs."""
        if self.reads:
            state = self.start(memory, len(x_BTD))
            outputs = []
            for x_BD in x_BTD.unbind(1):
                h_BD, state = self.step(x_BD, state)
                outputs.append(h_BD)
            return torch.stack(outputs, 1)
        h_BTD = tap("states", self.gru(x_BTD)[0], "h")
        if self.back is not None and self.both is not None:
            back_BTD = tap("states", flip(self.back(flip(x_BTD, mask_BT))[0], mask_BT), "h ←")
            h_BTD = self.both(torch.cat([h_BTD, back_BTD], -1))
        return self._look(h_BTD, h_BTD, mask_BT, causal=self.causal) if self.own else h_BTD

    def start(self, memory: Memory | None, batch: int) -> State:
        """Reading: (s (B, D), memory, U h (B, S, D)). Else (h (B, D), the states so far (B, t, D))."""
        if self.reads and self.key is not None:
            assert memory is not None, "this layer reads a memory"
            return memory.last(), memory, self.key(memory.states_BSD)
        new = self.gru.get_parameter("weight_hh_l0").new_zeros
        return new(batch, self.dim), new(batch, 0, self.dim)

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output and the new state."""
        if self.reads:
            return self._read(x_BD, state)
        h_BD = self._cell(x_BD, state[0])
        seen_BTD = torch.cat([state[1], h_BD.unsqueeze(1)], 1)
        if not self.own:
            return h_BD, (h_BD, seen_BTD)
        return self._look(h_BD.unsqueeze(1), seen_BTD, None, causal=False).squeeze(1), (h_BD, seen_BTD)

    def _read(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        assert self.query is not None and self.score is not None and self.join is not None
        s_BD, memory, key_BSD = state
        score_BS = self.score(torch.tanh(self.query(s_BD).unsqueeze(1) + key_BSD)).squeeze(-1)
        weight_BS = score_BS.masked_fill(~memory.mask_BS, float("-inf")).softmax(-1)
        weight_BS = tap("attention", weight_BS[:, None, None, :], "reads")[:, 0, 0]
        c_BD = (weight_BS.unsqueeze(1) @ memory.states_BSD).squeeze(1)
        s_BD = self._cell(torch.cat([x_BD, c_BD], -1), s_BD)
        return self.drop(torch.tanh(self.join(torch.cat([s_BD, c_BD], -1)))), (s_BD, memory, key_BSD)

    def _cell(self, x_BE: Tensor, h_BD: Tensor) -> Tensor:
        w_i, w_h, b_i, b_h = (
            self.gru.get_parameter(f"{name}_l0") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        return gru_cell(F.linear(x_BE, w_i, b_i), F.linear(h_BD, w_h, b_h), h_BD)

    def _look(self, h_BTD: Tensor, seen_BSD: Tensor, mask_BS: Tensor | None, *, causal: bool) -> Tensor:
        assert self.query is not None and self.join is not None
        q, k = self.query(h_BTD).unsqueeze(1), seen_BSD.unsqueeze(1)
        c_BTD = attend(q, k, k, mask_BS=mask_BS, causal=causal, where="own states").squeeze(1)
        return self.drop(torch.tanh(self.join(torch.cat([h_BTD, c_BTD], -1))))


ENGINE = Engine(
    name="attention",
    title=Words("RNN + 어텐션", "RNN + attention"),
    remembers=Words("모든 단계를 다시 볼 수 있습니다.", "Every step can be looked up again."),
    layer=RNNAttention,
    order=6,
    glyph="⌒",
    attends=True,
    as_encoder={"own": False},
)
