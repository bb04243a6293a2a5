"""What a step of x becomes before an engine sees it: a vector of width D.

A symbol is looked up. A frame is mapped to D. A word is two vectors side by side, its own and the sum of its n-grams', mapped to D.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from s2s_demo.codecs import PAD, UNK, Codec, Frames, Spelled
from s2s_demo.codecs.spelled import ENDS, FIRST


def embedding(codec: Codec, dim: int, options: dict[str, Any]) -> nn.Module:
    """(B, S) or (B, S, K) int64, or (B, S, F) floats -> (B, S, D), as the codec asks."""
    if isinstance(codec, Frames):
        return FrameEmbedding(codec.size, dim)
    if isinstance(codec, Spelled):
        return WordEmbedding(FIRST + len(codec.words), dim, apart=codec.apart, **options)
    return nn.Embedding(codec.size, dim)


class FrameEmbedding(nn.Module):
    """A linear map and a norm: what moves from frame to frame is small, and a recurrent cell needs its input at variance 1."""

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.linear, self.norm = nn.Linear(size, dim), nn.LayerNorm(dim)

    def forward(self, x_BSF: Tensor) -> Tensor:
        """(B, S, D) of floats x_BSF of any precision."""
        return self.norm(self.linear(x_BSF.to(self.linear.weight.dtype)))


class WordEmbedding(nn.Module):
    """width: of a word's vector and of an n-gram's. buckets: rows of the table of n-grams; hashes that meet share one.

    hide: while training, the share of words whose own vector is hidden, so that their n-grams learn to stand in for it, and of
    n-grams left out. apart: the codec keeps a word's shape, its ends and its inside apart, and each has a sum of its own; the shape
    is never left out.
    """

    def __init__(
        self, words: int, dim: int, *, width: int = 32, buckets: int = 4096, hide: float = 0.2, apart: bool = False
    ) -> None:
        super().__init__()
        self.hide, self.buckets, self.apart = hide, buckets, apart
        self.word, self.gram = nn.Embedding(words, width), nn.Embedding(buckets, width)
        self.join = nn.Linear((4 if apart else 2) * width, dim)
        nn.init.normal_(self.word.weight, std=0.3)
        nn.init.normal_(self.gram.weight, std=0.1)

    def forward(self, x_BSK: Tensor) -> Tensor:
        """(B, S, D) vectors of x_BSK int64: number 0 of a step is the word, the rest its n-grams, PAD after the last."""
        word_BS, gram_BSG = x_BSK[..., 0], x_BSK[..., 1:]
        there_BSG = gram_BSG != PAD
        if self.training and self.hide:
            word_BS = word_BS.where(torch.rand(word_BS.shape, device=word_BS.device) >= self.hide, UNK)
            kept_BSG = torch.rand(gram_BSG.shape, device=word_BS.device) >= self.hide
            if self.apart:
                kept_BSG[..., 0] = True
            there_BSG = there_BSG & kept_BSG
        there_BSG1 = there_BSG.unsqueeze(-1).to(self.gram.weight.dtype)
        gram_BSGW = self.gram((gram_BSG - FIRST) % self.buckets) * there_BSG1
        parts = [(0, 1), (1, 1 + ENDS), (1 + ENDS, None)] if self.apart else [(0, None)]
        sums = [gram_BSGW[..., i:j, :].sum(-2) / there_BSG1[..., i:j, :].sum(-2).clamp(min=1).sqrt() for i, j in parts]
        return self.join(torch.cat([self.word(word_BS), *sums], -1))
