"""Decoding, seen step by step: greedy beside beam search, and the model's own past beside the true past."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s_demo.codecs import BOS, EOS
from s2s_demo.decoding import allowed_shares, answer_shares
from s2s_demo.explain import likeliest, names_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction
from s2s_demo.task import Shape

WIDTH, MOST = 3, 64
Hypothesis = tuple[float, list[int]]
Choices = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Beam:
    """One hypothesis: the names of its steps, log p(y | x) in nats so far, and whether it has ended."""

    pieces: tuple[str, ...]
    log_p: float
    ended: bool


@dataclass(frozen=True)
class Forced:
    """One step while the true past is fed: the true symbol, its probability, and the likeliest symbols."""

    truth: str
    p: float
    top: Choices


@torch.no_grad()
def beams(model: Seq2Seq, x: Any, width: int = WIDTH) -> list[list[Beam]]:
    """For every step the `width` likeliest hypotheses, best first (log p is not divided by length); the last list is the result.

    A width of 1 is greedy decoding. Ends when every kept hypothesis has ended, or at the model's longest answer. Every step reads
    all of each hypothesis again: slow, but the same for every engine, and answers here are short.
    """
    x_BS = model.x_codec.encode(x)[None].to(model.device)
    most = {Shape.N2N: x_BS.shape[1], Shape.N21: 1}.get(model.shape, min(model.config.longest, MOST))
    kept: list[Hypothesis] = [(0.0, [])]
    told = []
    for step in range(most):
        y_BM = torch.tensor([[*symbols, BOS][: step + 1] + [BOS] * (step - len(symbols)) for _, symbols in kept])
        told_BS = x_BS.expand(len(kept), *x_BS.shape[1:])
        mask_BS = torch.ones(told_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
        logits_BV = model(told_BS, mask_BS, y_BM.to(x_BS.device))[:, step]
        kept = _grown(kept, allowed_shares(model, logits_BV.cpu().double()).log(), width)
        told.append([Beam(names_of(model, symbols), log_p, symbols[-1] == EOS) for log_p, symbols in kept])
        if all(symbols[-1] == EOS for _, symbols in kept):
            break
    return told


def _grown(kept: list[Hypothesis], log_p_BV: Tensor, width: int) -> list[Hypothesis]:
    """The best `width` among all hypotheses one step longer; an ended one stays as it is."""
    grown: list[Hypothesis] = []
    for row, (log_p, symbols) in enumerate(kept):
        if symbols and symbols[-1] == EOS:
            grown.append((log_p, symbols))
            continue
        best = log_p_BV[row].topk(min(width, log_p_BV.shape[1]))
        for more, symbol in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            if more > float("-inf"):
                grown.append((log_p + more, [*symbols, symbol]))
    return sorted(grown, key=lambda one: -one[0])[:width]


@torch.no_grad()
def forced(model: Seq2Seq, x: Any, y: str) -> list[Forced]:
    """What the model says at each step while the true y is fed in, whatever it would have said itself (teacher forcing)."""
    x_BS, y_M = model.x_codec.encode(x)[None].to(model.device), model.y_codec.encode(y)
    if model.shape in (Shape.N2M, Shape.LM):
        y_M = torch.cat([y_M, torch.tensor([EOS])])
    y_BM = y_M[None].to(model.device)
    mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
    share_MV = answer_shares(model, allowed_shares(model, model(x_BS, mask_BS, y_BM)[0].float()))
    p_M = share_MV.gather(1, y_BM[0][:, None]).squeeze(1).tolist()
    tops = likeliest(model, x_BS, y_BM)
    return [Forced(*one) for one in zip(names_of(model, y_M.tolist()), p_M, tops, strict=True)]


def log_p_of(answer: Prediction) -> float:
    """log p(y | x) in nats of an answer as it was given: the sum over its steps."""
    return float(np.log(answer.confidence.astype("float64")).sum())
