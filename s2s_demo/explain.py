"""Answers, and a look inside while they are given: raw texts in, `Prediction`s out. The lenses themselves are in `lenses`."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s_demo.batch import pad
from s2s_demo.codecs import BOS, EOS, PAD, UNK
from s2s_demo.lenses import looked
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction, Trace, UserError
from s2s_demo.task import Approach, Shape

LONGEST_NAMED = 1000
TOGETHER = 512
END = "⏎"


def predict(model: Seq2Seq, xs: list[Any], *, look: bool = False) -> list[Prediction]:
    """The likeliest y of every x, one step after another (greedy). look: fill the Trace as well.

    Inputs of equal length are answered together, without padding; one longer than the model's window in overlapping windows, of
    which the middles are kept. Above 64 steps the trace is left empty, above 1,000 the names of the steps too.

    Raises:
        UserError: an x is empty or cannot be written in the model's symbols.

    >>> predict(load("addition", "rnn"), ["47+9"])[0].y   # doctest: +SKIP
    '056'
    """
    encoded = [model.x_codec.encode(x) for x in xs]
    if model.shape is not Shape.LM and not all(map(len, encoded)):
        raise UserError("x가 비어 있습니다. 한 단계 이상 입력해 주세요.", "x is empty: give at least one step.")
    by_length: defaultdict[int, list[tuple[int, Span]]] = defaultdict(list)
    for i, x_S in enumerate(encoded):
        for span in spans(len(x_S), model.config.window):
            by_length[span.stop - span.start].append((i, span))
    parts: dict[int, list[Part]] = defaultdict(list)
    for length, rows in by_length.items():
        together = max(1, min(TOGETHER, 400_000 // max(1, length)))
        for at in range(0, len(rows), together):
            some = rows[at : at + together]
            found = _answers(model, [encoded[i][span.start : span.stop] for i, span in some])
            for (i, span), part in zip(some, found, strict=True):
                parts[i].append(part.kept(span))
    done = [_joined(model, x, parts[i]) for i, x in enumerate(xs)]
    if look:
        return [_looked(model, answer, x_S) for answer, x_S in zip(done, encoded, strict=True)]
    return done


@dataclass(frozen=True)
class Span:
    """Steps start to stop of x are answered together; the answers from first to last are kept."""

    start: int
    stop: int
    first: int
    last: int


def spans(length: int, window: int) -> list[Span]:
    """One span of everything (window 0, or a short x), or windows that overlap by half and are cut in the middle of the overlap.

    >>> [(s.start, s.stop, s.first, s.last) for s in spans(10, 8)]
    [(0, 8, 0, 5), (2, 10, 5, 10)]
    """
    if not window or length <= window:
        return [Span(0, length, 0, length)]
    starts = [*range(0, length - window, window // 2), length - window]
    cuts = [0, *((a + window + b) // 2 for a, b in pairwise(starts)), length]
    return [Span(a, a + window, cuts[i], cuts[i + 1]) for i, a in enumerate(starts)]


@dataclass(frozen=True)
class Part:
    """The answer to one window: symbols and their probabilities."""

    symbols: list[int]
    share: np.ndarray
    seconds: float

    def kept(self, span: Span) -> Part:
        """What a span keeps of it; all, where x is one span (y may then have another length)."""
        if (span.first, span.last) == (span.start, span.stop):
            return self
        kept = slice(span.first - span.start, span.last - span.start)
        return Part(self.symbols[kept], self.share[kept], self.seconds)


def _joined(model: Seq2Seq, x: Any, parts: list[Part]) -> Prediction:
    y = [symbol for part in parts for symbol in part.symbols]
    share, seconds = np.concatenate([part.share for part in parts]), sum({part.seconds for part in parts})
    names, pieces = (), []
    if len(y) <= LONGEST_NAMED:
        names, pieces = names_of(model, y), model.x_codec.pieces(x)
    told = model.y_codec.decode(y)
    return Prediction(x, told, tuple(pieces), names, share, seconds, symbols=tuple(y))


def names_of(model: Seq2Seq, symbols: list[int]) -> tuple[str, ...]:
    """The names of output steps, "⏎" for the end."""
    return tuple(END if i == EOS else name for i, name in zip(symbols, model.y_codec.names(symbols), strict=True))


@torch.no_grad()
def _answers(model: Seq2Seq, xs: list[Tensor]) -> list[Part]:
    began = time.perf_counter()
    x_BS, mask_BS = (t.to(model.device) for t in pad(xs))
    if model.approach is Approach.ENCODER_ONLY:
        share_BM, y_BM = _best(model, model(x_BS, mask_BS, mask_BS))
    else:
        share_BM, y_BM = _greedy(model, x_BS, mask_BS)
    share, symbols = share_BM.float().cpu().numpy(), y_BM.cpu().tolist()
    seconds = time.perf_counter() - began
    found = []
    for y, p in zip(symbols, share, strict=True):
        y = y[: y.index(EOS) + 1] if EOS in y else y
        found.append(Part(y, p[: len(y)], seconds))
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
    """Probability and number of the likeliest symbol that can stand in an answer."""
    return allowed_shares(model, logits).max(-1)


def allowed_shares(model: Seq2Seq, logits: Tensor) -> Tensor:
    """Probabilities; 0 for padding, the beginning and the unknown, which are no answer, and for an end where none is written."""
    share = logits.softmax(-1)
    share[..., [PAD, BOS, UNK, *([] if _ends(model) else [EOS])]] = 0.0
    return share


def _ends(model: Seq2Seq) -> bool:
    """Whether an answer says itself where it ends, with EOS."""
    return model.shape in (Shape.N2M, Shape.LM)


def _looked(model: Seq2Seq, answer: Prediction, x_S: Tensor) -> Prediction:
    """The same answer with its gradient and attention grids, and the likeliest symbols of every step."""
    grids = (*looked(model, answer, "attention"), *looked(model, answer, "gradient"))
    if not grids:
        return answer
    y_BM = torch.tensor([answer.symbols], device=model.device)
    return replace(answer, trace=Trace(grids), top=likeliest(model, x_S[None].to(model.device), y_BM))


@torch.no_grad()
def likeliest(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, count: int = 5) -> tuple[tuple[tuple[str, float], ...], ...]:
    """For each step of y, fed its true past, the `count` likeliest symbols and their probabilities."""
    mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
    share_MV = allowed_shares(model, model(x_BS, mask_BS, y_BM)[0].float())
    share_MK, symbol_MK = (t.cpu().tolist() for t in share_MV.topk(min(count, share_MV.shape[1])))
    names = [names_of(model, symbols) for symbols in symbol_MK]
    return tuple(tuple(zip(n, p, strict=True)) for n, p in zip(names, share_MK, strict=True))
