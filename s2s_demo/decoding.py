"""The likeliest y of every x, one step after another. Torch alone: a downloaded model answers with this very file."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from s2s_demo.batch import pad
from s2s_demo.codecs import BOS, EOS, PAD, UNK
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Shape

LARGEST_BATCH = 512


@dataclass(frozen=True)
class Decoded:
    """symbols: the M numbers of y in the model's alphabet, its end included. share_M: the probability of each answer, 0 to 1, on the
    CPU; where several symbols give one answer, as the fine tags of one part of speech do, it is their sum.

    seconds: wall-clock time of the batches it was in.
    """

    symbols: list[int]
    prob_M: Tensor
    seconds: float

    def cropped(self, span: Span) -> Decoded:
        """What a span keeps of it; all, where x is one span (y may then have another length)."""
        if (span.first, span.last) == (span.start, span.stop):
            return self
        kept = slice(span.first - span.start, span.last - span.start)
        return Decoded(self.symbols[kept], self.prob_M[kept], self.seconds)


@dataclass(frozen=True)
class Span:
    """Steps start to stop of x are answered together; the answers from first to last are kept."""

    start: int
    stop: int
    first: int
    last: int


def encode_all(model: Seq2Seq, xs: list[Any]) -> list[Tensor]:
    """Every x as the model reads it: (S,) or (S, K) int64 symbols, or (S, F) floats.

    Raises:
        UserError: an x is empty (a language model may begin from nothing) or cannot be written in the model's symbols.
    """
    found = [model.x_codec.encode(x) for x in xs]
    if model.shape is not Shape.LM and not all(map(len, found)):
        raise UserError("x가 비어 있습니다. 한 단계 이상 입력해 주세요.", "x is empty: give at least one step.")
    return found


def greedy_decode(model: Seq2Seq, xs: list[Tensor]) -> list[Decoded]:
    """The answer to every encoded x, in their order.

    Inputs of equal length are answered together, without padding; one longer than the model's window in overlapping windows, of
    which the middles are kept.
    """
    by_length: defaultdict[int, list[tuple[int, Span]]] = defaultdict(list)
    for i, x_S in enumerate(xs):
        for span in windows(len(x_S), model.config.window):
            by_length[span.stop - span.start].append((i, span))
    parts: dict[int, list[Decoded]] = defaultdict(list)
    for length, rows in by_length.items():
        together = max(1, min(LARGEST_BATCH, 400_000 // max(1, length)))
        for at in range(0, len(rows), together):
            some = rows[at : at + together]
            found = decode_batch(model, [xs[i][span.start : span.stop] for i, span in some])
            for (i, span), part in zip(some, found, strict=True):
                parts[i].append(part.cropped(span))
    return [_joined(parts[i]) for i in range(len(xs))]


def windows(length: int, window: int) -> list[Span]:
    """One span of everything (window 0, or a short x), or windows that overlap by half and are cut in the middle of the overlap.

    >>> [(s.start, s.stop, s.first, s.last) for s in spans(10, 8)]
    [(0, 8, 0, 5), (2, 10, 5, 10)]
    """
    if not window or length <= window:
        return [Span(0, length, 0, length)]
    starts = [*range(0, length - window, window // 2), length - window]
    cuts = [0, *((a + window + b) // 2 for a, b in pairwise(starts)), length]
    return [Span(a, a + window, cuts[i], cuts[i + 1]) for i, a in enumerate(starts)]


def _joined(parts: list[Decoded]) -> Decoded:
    symbols = [symbol for part in parts for symbol in part.symbols]
    return Decoded(symbols, torch.cat([part.prob_M for part in parts]), sum({part.seconds for part in parts}))


@torch.no_grad()
def decode_batch(model: Seq2Seq, xs: list[Tensor]) -> list[Decoded]:
    """The answers to encoded inputs of one length, each computed whole."""
    began = time.perf_counter()
    x_BS, mask_BS = (t.to(model.device) for t in pad(xs))
    if model.approach is Approach.ENCODER_ONLY:
        share_BM, y_BM = _best(model, model(x_BS, mask_BS, mask_BS))
    else:
        share_BM, y_BM = _greedy(model, x_BS, mask_BS)
    share_BM, symbols = share_BM.float().cpu(), y_BM.cpu().tolist()
    seconds = time.perf_counter() - began
    found = []
    for y, share_M in zip(symbols, share_BM, strict=True):
        y = y[: y.index(EOS) + 1] if EOS in y else y
        found.append(Decoded(y, share_M[: len(y)], seconds))
    return found


def _greedy(model: Seq2Seq, x_BS: Tensor, mask_BS: Tensor) -> tuple[Tensor, Tensor]:
    """(B, M) probabilities and symbols, until every row has ended."""
    ends = _ends(model)
    most = model.config.longest if ends else (x_BS.shape[1] if model.shape is Shape.N2N else 1)
    y_B, state = torch.full((len(x_BS),), BOS, device=x_BS.device), model.start(x_BS, mask_BS)
    shares, symbols, ended_B = [], [], torch.zeros(len(x_BS), dtype=torch.bool, device=x_BS.device)
    for _ in range(most):
        logits_BV, state = model.step(y_B, state)
        share_B, y_B = _best(model, logits_BV)
        shares.append(share_B)
        symbols.append(y_B)
        ended_B |= y_B == EOS
        if ends and bool(ended_B.all()):
            break
    return torch.stack(shares, 1), torch.stack(symbols, 1)


def _best(model: Seq2Seq, logits: Tensor) -> tuple[Tensor, Tensor]:
    """Probability and number of the likeliest answer that can stand there."""
    return most_probable(model, masked_probs(model, logits))


def most_probable(model: Seq2Seq, share: Tensor) -> tuple[Tensor, Tensor]:
    """(probability of the likeliest answer, number of its likeliest symbol) of (..., V) shares."""
    summed = answer_probs(model, share)
    if summed is share:
        return share.max(-1)
    best = summed.amax(-1, keepdim=True)
    return best.squeeze(-1), share.masked_fill(summed < best, -1.0).argmax(-1)


def answer_probs(model: Seq2Seq, share: Tensor) -> Tensor:
    """(..., V): for every symbol the probability of the answer that it gives, summed over all symbols that give it."""
    if model.canonical is None:
        return share
    answers_V = torch.tensor(model.canonical, device=share.device)
    return torch.zeros_like(share).index_add_(-1, answers_V, share).clamp(max=1)[..., answers_V]


def masked_probs(model: Seq2Seq, logits: Tensor) -> Tensor:
    """Probabilities; 0 for padding, the beginning and the unknown, which are no answer, and for an end where none is written."""
    share = logits.softmax(-1)
    share[..., [PAD, BOS, UNK, *([] if _ends(model) else [EOS])]] = 0.0
    return share


def _ends(model: Seq2Seq) -> bool:
    """Whether an answer says itself where it ends, with EOS."""
    return model.shape in (Shape.N2M, Shape.LM)
