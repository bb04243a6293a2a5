"""Pairs as padded tensors. Padding stands on the right; a mask is bool, True = real."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from s2s_demo.codecs import BOS, EOS, PAD, Codec
from s2s_demo.task import Pair, Shape


@dataclass(frozen=True)
class Batch:
    """x_BS, y_BM: int64 symbols, PAD where the mask is False; x may have K numbers a step, (B, S, K), or be floats, (B, S, F).

    y ends in EOS where its length is part of the answer.
    """

    x_BS: Tensor
    x_mask_BS: Tensor
    y_BM: Tensor
    y_mask_BM: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        return Batch(*(t.to(device, non_blocking=True) for t in vars(self).values()))


def pad(rows: list[Tensor]) -> tuple[Tensor, Tensor]:
    """(B, T) or (B, T, K) int64 symbols, or (B, T, F) floats, and their (B, T) mask."""
    lengths = torch.tensor([len(row) for row in rows])
    x_BT = pad_sequence(rows, batch_first=True, padding_value=PAD)
    return x_BT, torch.arange(x_BT.shape[1]) < lengths[:, None]


def collate(pairs: list[Pair], x_codec: Codec, y_codec: Codec, shape: Shape) -> Batch:
    """The pairs as one batch."""
    ends = torch.tensor([EOS] if shape in (Shape.N2M, Shape.LM) else [], dtype=torch.int64)
    xs = [x_codec.encode(x) for x, _ in pairs]
    ys = [torch.cat([y_codec.encode(y), ends]) for _, y in pairs]
    return Batch(*pad(xs), *pad(ys))


def shift(y_BM: Tensor) -> Tensor:
    """(B, M): what is fed at each output step under teacher forcing, BOS first."""
    return torch.cat([torch.full_like(y_BM[:, :1], BOS), y_BM[:, :-1]], 1)
