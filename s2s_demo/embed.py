"""What a step of x becomes before an engine sees it: a vector of width D.

A symbol is looked up. A frame or a row of numbers is mapped to D. A word is vectors side by side, mapped to D: its own, the sum of its n-grams', and what a recurrent net
that reads its letters both ways ends with (Ling et al. 2015; Plank et al. 2016).
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence

from s2s_demo.codecs import PAD, UNK, Codec, Frames, HashedNgrams, Numbers
from s2s_demo.codecs.hashed_ngrams import ENDS, FIRST, LETTERS


def embedding(codec: Codec, dim: int, options: dict[str, Any]) -> nn.Module:
    """(B, S) or (B, S, K) int64, or (B, S, F) floats -> (B, S, D), as the codec asks."""
    if isinstance(codec, Frames | Numbers):
        return FrameEmbedding(codec.size, dim)
    if isinstance(codec, HashedNgrams):
        return WordEmbedding(FIRST + len(codec.words), dim, apart=codec.apart, letters=codec.letters, **options)
    return nn.Embedding(codec.size, dim)


class FrameEmbedding(nn.Module):
    """A linear map and a norm, of frames and of rows of numbers: what moves from step to step is small, and a recurrent cell needs its
    input at variance 1."""

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
    is never left out. letters: how many of the last columns are letters. spell: width of the net that reads them, each way; 0
    leaves them unread. norm: the result is brought to mean 0 and variance 1 (Ba et al. 2016), since a recurrent net whose input
    is near 0 hands on next to nothing at first and learns slowly; the tables then start nearer 0, so that what was never met is
    little noise.
    """

    def __init__(
        self,
        words: int,
        dim: int,
        *,
        width: int = 32,
        buckets: int = 4096,
        hide: float = 0.2,
        apart: bool = False,
        letters: int = 0,
        spell: int = 0,
        norm: bool = False,
    ) -> None:
        super().__init__()
        self.hide, self.buckets, self.apart, self.letters = hide, buckets, apart, letters
        self.word, self.gram = nn.Embedding(words, width), nn.Embedding(buckets, width)
        self.spelling = LetterEncoder(spell) if letters and spell else None
        self.join = nn.Linear((4 if apart else 2) * width + (2 * spell if letters else 0), dim)
        self.norm = nn.LayerNorm(dim) if norm else nn.Identity()
        nn.init.normal_(self.word.weight, std=0.1 if norm else 0.3)
        nn.init.normal_(self.gram.weight, std=0.03 if norm else 0.1)

    def forward(self, x_BSK: Tensor) -> Tensor:
        """(B, S, D) vectors of x_BSK int64: number 0 of a step is the word, then its n-grams and its letters, each padded."""
        word_BS, gram_BSG, letter_BSL = x_BSK.tensor_split((1, x_BSK.shape[-1] - self.letters), -1)
        word_BS = word_BS[..., 0]
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
        spelt = [self.spelling(letter_BSL)] if self.spelling else []
        return self.norm(self.join(torch.cat([self.word(word_BS), *sums, *spelt], -1)))


class LetterEncoder(nn.Module):
    """A word by its letters: the two last states of a GRU that reads them both ways, once for each different word of a batch."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.letter = nn.Embedding(FIRST + LETTERS, dim // 2)
        self.read = nn.GRU(dim // 2, dim, batch_first=True, bidirectional=True)

    def forward(self, letter_BSL: Tensor) -> Tensor:
        """(B, S, 2 dim) of letter_BSL int64, PAD after a word's last letter."""
        return self._packed(letter_BSL) if letter_BSL.device.type == "cpu" else self._padded(letter_BSL)

    def _packed(self, letter_BSL: Tensor) -> Tensor:
        word_UL, at_N = letter_BSL.flatten(0, 1).unique(dim=0, return_inverse=True)
        length_U = (word_UL != PAD).sum(1).clamp(min=1)
        packed = pack_padded_sequence(self.letter(word_UL), length_U.cpu(), batch_first=True, enforce_sorted=False)
        there_and_back_2UD = self.read(packed)[1]
        return there_and_back_2UD.transpose(0, 1).flatten(1)[at_N].unflatten(0, letter_BSL.shape[:2])

    def _padded(self, letter_BSL: Tensor) -> Tensor:
        """The same, letter by letter for all words at once: finding the different words and packing them by length would make a GPU
        wait for the CPU twice, and Apple's can do neither."""
        word_NL = letter_BSL.flatten(0, 1)
        real_LN1 = (word_NL != PAD).T.unsqueeze(-1)
        real_LN1 = torch.cat([torch.ones_like(real_LN1[:1]), real_LN1[1:]])  # padding alone is read as one letter
        letter_LND, states = self.letter(word_NL.T), []
        for way in ("", "_reverse"):
            names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
            w_i, w_h, b_i, b_h = (self.read.get_parameter(f"{name}_l0{way}") for name in names)
            in_LNE, h_ND = F.linear(letter_LND, w_i, b_i), letter_LND.new_zeros(len(word_NL), self.read.hidden_size)
            steps = range(len(in_LNE)) if not way else reversed(range(len(in_LNE)))
            for t in steps:
                r_ND, z_ND, n_ND = in_LNE[t].chunk(3, -1)
                hid_r, hid_z, hid_n = F.linear(h_ND, w_h, b_h).chunk(3, -1)
                z_ND = torch.sigmoid(z_ND + hid_z)
                new_ND = (1 - z_ND) * torch.tanh(n_ND + torch.sigmoid(r_ND + hid_r) * hid_n) + z_ND * h_ND
                h_ND = torch.where(real_LN1[t], new_ND, h_ND)
            states.append(h_ND)
        return torch.cat(states, -1).unflatten(0, letter_BSL.shape[:2])
