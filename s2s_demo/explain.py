"""Answers, and a look inside while they are given: raw texts in, `Prediction`s out.

The attention lens shows the weights the model used. The gradient lens is |d log p(y_k) / d e_t|, the length of the gradient of
one chosen output step at one input embedding (Li et al. 2016; Madsen 2019): defined for every engine, and with no code in any.
"""

from __future__ import annotations

import time
from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from s2s_demo.batch import pad
from s2s_demo.codecs import BOS, EOS, PAD, UNK
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Trace, UserError
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording

LONGEST_LOOK = 64
LONGEST_NAMED = 1000
TOGETHER = 512
END = "⏎"
_DOUBLES: WeakKeyDictionary[Seq2Seq, tuple[list[tuple[int, int]], Seq2Seq]] = WeakKeyDictionary()


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
        return [_looked(model, answer, x_S, y_M) for (answer, y_M), x_S in zip(done, encoded, strict=True)]
    return [answer for answer, _ in done]


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


def _joined(model: Seq2Seq, x: Any, parts: list[Part]) -> tuple[Prediction, Tensor]:
    y = [symbol for part in parts for symbol in part.symbols]
    share, seconds = np.concatenate([part.share for part in parts]), sum({part.seconds for part in parts})
    names, pieces = [], []
    if len(y) <= LONGEST_NAMED:
        names = [END if i == EOS else name for i, name in zip(y, model.y_codec.names(y), strict=True)]
        pieces = model.x_codec.pieces(x)
    answer = Prediction(x, model.y_codec.decode(y), tuple(pieces), tuple(names), share, seconds)
    return answer, torch.tensor(y)


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
    return _shares(model, logits).max(-1)


def _shares(model: Seq2Seq, logits: Tensor) -> Tensor:
    """Probabilities; 0 for padding, the beginning and the unknown, which are no answer, and for an end where none is written."""
    share = logits.softmax(-1)
    share[..., [PAD, BOS, UNK, *([] if _ends(model) else [EOS])]] = 0.0
    return share


def _ends(model: Seq2Seq) -> bool:
    """Whether an answer says itself where it ends, with EOS."""
    return model.shape in (Shape.N2M, Shape.LM)


def _looked(model: Seq2Seq, answer: Prediction, x_S: Tensor, y_M: Tensor) -> Prediction:
    """The same answer with its attention and gradient grids, and the likeliest symbols of every step."""
    if not len(y_M) or not len(x_S) or max(len(x_S), len(y_M)) > LONGEST_LOOK:
        return answer
    x_BS, y_BM = x_S[None].to(model.device), y_M[None].to(model.device)
    grids = (*attention(model, x_BS, y_BM, answer), gradient(model, x_BS, y_BM, answer))
    return replace(answer, trace=Trace(grids), top=likeliest(model, x_BS, y_BM))


@torch.no_grad()
def likeliest(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, count: int = 5) -> tuple[tuple[tuple[str, float], ...], ...]:
    """For each step of y, fed its true past, the `count` likeliest symbols and their probabilities."""
    mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
    share_MV = _shares(model, model(x_BS, mask_BS, y_BM)[0].float())
    share_MK, symbol_MK = (t.cpu().tolist() for t in share_MV.topk(min(count, share_MV.shape[1])))
    names = [model.y_codec.names(symbols) for symbols in symbol_MK]
    return tuple(tuple(zip(n, p, strict=True)) for n, p in zip(names, share_MK, strict=True))


@torch.no_grad()
def attention(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """Every head's weights while this answer is given, rows = output steps, columns = what it may look at.

    The row of y_k is the step that *produces* y_k. In a decoder-only model the columns are x and the steps fed after it;
    what lies in the future is NaN ("cannot look"). A decoder's look at its own past is left out: its columns are not x.
    """
    with recording("attention") as record:
        model(x_BS, torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device), y_BM)
    stream = model.approach is Approach.DECODER_ONLY
    joined: dict[str, list[Tensor]] = defaultdict(list)
    for where, weight_BHTS in record.of("attention"):
        joined[where].append(weight_BHTS)
    S, M = x_BS.shape[1], y_BM.shape[1]
    begun = ("▸", *answer.x_pieces) if model.shape is Shape.LM else (*answer.x_pieces, "▸")
    grids = []
    for where, parts in joined.items():
        reads_x = where.endswith("reads") if model.approach is Approach.ENCODER_DECODER else True
        if not reads_x:
            continue
        weight_HTS = torch.cat(parts, 2)[0].float().cpu().numpy()
        columns = answer.x_pieces
        if stream:
            columns = (*begun, *answer.y_pieces[:-1])
            weight_HTS = weight_HTS[:, S : S + M, : S + M].copy()
            weight_HTS[:, np.triu(np.ones((M, S + M), dtype=bool), S + 1)] = np.nan
        elif model.shape is Shape.N21 and model.approach is Approach.ENCODER_ONLY:
            weight_HTS = weight_HTS[:, -1:]
        rows = answer.y_pieces
        for head, values in enumerate(weight_HTS):
            name = f"{where} · head {head + 1}" if len(weight_HTS) > 1 else where
            grids.append(Grid("attention", name, values.astype("float32"), rows, columns, "share of 1"))
    return grids


def gradient_of(model: Seq2Seq, x: str, y: str) -> Grid | None:
    """The gradient lens while a given y, the true one say, is fed in; None above 64 steps."""
    x_BS, y_M = model.x_codec.encode(x)[None], model.y_codec.encode(y)
    if max(x_BS.shape[1], len(y_M)) > LONGEST_LOOK:
        return None
    pieces = tuple(model.y_codec.names(y_M.tolist()))
    told = Prediction(x, y, tuple(model.x_codec.pieces(x)), pieces, np.ones(len(y_M)), 0.0)
    return gradient(model, x_BS.to(model.device), y_M[None].to(model.device), told)


@torch.enable_grad()
def gradient(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """|d log p(y_k) / d e_t| for all k and t in one backward: row k of a batch of M copies carries the loss of step k.

    Computed on the CPU in double precision: a signal that has vanished is still a small number there, so a zero means that
    there is no path at all.
    """
    precise = _in_double(model)
    M = y_BM.shape[1]
    e_MSD = precise.embed_x(x_BS.cpu()).detach().expand(M, -1, -1).clone().requires_grad_()
    mask_MS = torch.ones(e_MSD.shape[:2], dtype=torch.bool)
    log_p_MMV = precise.head(precise.wiring(e_MSD, mask_MS, y_BM.cpu().expand(M, -1))).log_softmax(-1)
    k = torch.arange(M)
    (slope_MSD,) = torch.autograd.grad(log_p_MMV[k, k, y_BM[0].cpu()].sum(), e_MSD)
    values = slope_MSD.norm(dim=-1).numpy()
    return Grid("gradient", "input embedding", values, answer.y_pieces, answer.x_pieces, "|d log p / d e|")


def _in_double(model: Seq2Seq) -> Seq2Seq:
    """The model's weights as a double precision copy on the CPU, made once a model and again when it has been trained."""
    if model.head.weight.dtype is torch.float64 and model.device.type == "cpu":
        return model
    now, known = [(p.data_ptr(), p._version) for p in model.parameters()], _DOUBLES.get(model)
    if known is None or known[0] != now:
        known = _DOUBLES[model] = now, deepcopy(model).cpu().double()
    return known[1]
