"""Transformer: pre-norm blocks of self-attention, attention to a memory, and a feed-forward network (Vaswani et al. 2017).

    h ← h + SelfAttention(norm h);  h ← h + Attention(norm h, memory);  h ← h + W₂ gelu(W₁ norm h)

Positions are rotary (Su et al. 2021). All steps are computed at once; answering keeps the keys and values of every past step,
so its state grows by 2 · depth · D numbers a step.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from s2s_demo.engine import Engine, Layer, Memory, State
from s2s_demo.engines._attention import attend, heads, joined, rotate
from s2s_demo.prediction import Words


class Cache(NamedTuple):
    """Keys and values of one block: its own so far (B, H, t, P), and the memory's (B, H, S, P) or None."""

    k: Tensor
    v: Tensor
    memory_k: Tensor | None
    memory_v: Tensor | None


class Block(nn.Module):
    """One pre-norm block."""

    def __init__(self, dim: int, count: int, *, reads: bool, wide: int, dropout: float) -> None:
        super().__init__()
        self.count = count
        self.norm_self, self.qkv, self.out = nn.LayerNorm(dim), nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        if reads:
            self.norm_read, self.ask = nn.LayerNorm(dim), nn.Linear(dim, dim)
            self.tell, self.out_read = nn.Linear(dim, 2 * dim), nn.Linear(dim, dim)
        self.think = nn.Sequential(
            nn.LayerNorm(dim), nn.Linear(dim, wide * dim), nn.GELU(), nn.Dropout(dropout), nn.Linear(wide * dim, dim)
        )
        self.drop = nn.Dropout(dropout)

    def project(self, h_BTD: Tensor, first: int) -> tuple[Tensor, Tensor, Tensor]:
        """q, k, v (B, H, T, P) of its own steps, q and k rotated."""
        q, k, v = (heads(part, self.count) for part in self.qkv(self.norm_self(h_BTD)).chunk(3, -1))
        return rotate(q, first), rotate(k, first), v

    def memory_kv(self, memory: Memory) -> tuple[Tensor, Tensor]:
        """k, v (B, H, S, P) of the memory."""
        k, v = (heads(part, self.count) for part in self.tell(memory.states_BSD).chunk(2, -1))
        return k, v

    def after_self_attention(
        self,
        h_BTD: Tensor,
        mixed_BHTP: Tensor,
        memory_kv: tuple[Tensor, Tensor] | None,
        mask_BS: Tensor | None,
        where: str,
    ) -> Tensor:
        """Everything after self-attention."""
        h_BTD = h_BTD + self.drop(self.out(joined(mixed_BHTP)))
        if memory_kv is not None:
            q = heads(self.ask(self.norm_read(h_BTD)), self.count)
            h_BTD = h_BTD + self.drop(
                self.out_read(joined(attend(q, *memory_kv, mask_BS=mask_BS, where=f"{where} reads")))
            )
        return h_BTD + self.drop(self.think(h_BTD))


class Transformer(Layer):
    """`depth` blocks and a last norm. heads must divide dim."""

    def __init__(
        self,
        dim: int,
        *,
        causal: bool,
        reads: bool,
        depth: int = 2,
        heads: int = 4,
        wide: int = 4,
        dropout: float = 0.0,
    ) -> None:
        super().__init__(dim, causal=causal, reads=reads)
        self.blocks = nn.ModuleList(Block(dim, heads, reads=reads, wide=wide, dropout=dropout) for _ in range(depth))
        self.norm = nn.LayerNorm(dim)

    def forward(self, x_BTD: Tensor, mask_BT: Tensor, memory: Memory | None = None) -> Tensor:
        """(B, T, D) outputs."""
        h_BTD = x_BTD
        for i, block in enumerate(self._blocks()):
            q, k, v = block.project(h_BTD, 0)
            mixed = attend(q, k, v, mask_BS=mask_BT, causal=self.causal, where=f"block {i} self")
            memory_kv, mask_BS = (
                (block.memory_kv(memory), memory.mask_BS) if self.reads and memory is not None else (None, None)
            )
            h_BTD = block.after_self_attention(h_BTD, mixed, memory_kv, mask_BS, f"block {i}")
        return self.norm(h_BTD)

    def start(self, memory: Memory | None, batch: int) -> State:
        """(the memory's mask, one Cache a block), nothing of its own yet."""
        caches = []
        for block in self._blocks():
            empty = self.norm.weight.new_zeros(batch, block.count, 0, self.dim // block.count)
            memory_kv = block.memory_kv(memory) if self.reads and memory is not None else (None, None)
            caches.append(Cache(empty, empty, *memory_kv))
        return (memory.mask_BS if self.reads and memory is not None else None), caches

    def step(self, x_BD: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) output and the caches longer by one step."""
        mask_BS, caches = state
        h_B1D, grown = x_BD.unsqueeze(1), []
        for i, (block, cache) in enumerate(zip(self._blocks(), caches, strict=True)):
            q, k, v = block.project(h_B1D, cache.k.shape[2])
            cache = cache._replace(k=torch.cat([cache.k, k], 2), v=torch.cat([cache.v, v], 2))
            mixed = attend(q, cache.k, cache.v, where=f"block {i} self")
            memory_kv = None if cache.memory_k is None else (cache.memory_k, cache.memory_v)
            h_B1D = block.after_self_attention(h_B1D, mixed, memory_kv, mask_BS, f"block {i}")
            grown.append(cache)
        return self.norm(h_B1D).squeeze(1), (mask_BS, grown)

    def _blocks(self) -> list[Block]:
        return [block for block in self.blocks if isinstance(block, Block)]


ENGINE = Engine(
    name="transformer",
    title=Words("트랜스포머", "Transformer"),
    remembers=Words(
        "모든 단계를 한꺼번에 봅니다. 상태가 길이만큼 자랍니다.", "Every step at once; its state grows with the length."
    ),
    layer=Transformer,
    order=7,
    glyph="▦",
    attends=True,
)
