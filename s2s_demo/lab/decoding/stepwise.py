"""Decoding step by step: beam search (greedy at a width of 1), and the probabilities under teacher forcing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s_demo.codecs import BOS, EOS
from s2s_demo.decoding import answer_probs, masked_probs
from s2s_demo.explain import likeliest, names_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction
from s2s_demo.task import Shape

BEAM_WIDTH, MOST_STEPS = 3, 64
Hypothesis = tuple[float, list[int]]
"""log p(y | x) in nats, and the symbols so far."""


@dataclass(frozen=True)
class Beam:
    """One hypothesis of a beam search."""

    pieces: tuple[str, ...]
    """The names of its steps."""
    log_p: float
    """log p(y | x) so far, in nats."""
    ended: bool
    """Whether its last symbol is the end of sequence."""


@dataclass(frozen=True)
class ForcedStep:
    """One output step under teacher forcing."""

    truth: str
    """The true symbol."""
    p: float
    """Its probability."""
    top: tuple[tuple[str, float], ...]
    """The likeliest symbols and their probabilities, best first."""


@torch.no_grad()
def beams(model: Seq2Seq, x: Any, width: int = BEAM_WIDTH) -> list[list[Beam]]:
    """For every step the `width` likeliest hypotheses, best first; the last list is the result. log p is not divided by length.

    Ends when every hypothesis has ended, or at the longest answer of the model. Every step reads all of each hypothesis again: slow, but
    the same for every engine, and answers here are short.
    """
    x_BS = model.x_codec.encode(x)[None].to(model.device)
    most = {Shape.N2N: x_BS.shape[1], Shape.N21: 1}.get(model.shape, min(model.config.longest, MOST_STEPS))
    hypotheses: list[Hypothesis] = [(0.0, [])]
    steps = []
    for step in range(most):
        y_BM = torch.tensor([[*symbols, BOS][: step + 1] + [BOS] * (step - len(symbols)) for _, symbols in hypotheses])
        repeated_BS = x_BS.expand(len(hypotheses), *x_BS.shape[1:])
        mask_BS = torch.ones(repeated_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
        logits_BV = model(repeated_BS, mask_BS, y_BM.to(x_BS.device))[:, step]
        hypotheses = _extended(hypotheses, masked_probs(model, logits_BV.cpu().double()).log(), width)
        steps.append([Beam(names_of(model, symbols), log_p, symbols[-1] == EOS) for log_p, symbols in hypotheses])
        if all(symbols[-1] == EOS for _, symbols in hypotheses):
            break
    return steps


def _extended(hypotheses: list[Hypothesis], log_p_BV: Tensor, width: int) -> list[Hypothesis]:
    """The best `width` among all hypotheses one step longer; an ended one stays as it is."""
    longer: list[Hypothesis] = []
    for row, (log_p, symbols) in enumerate(hypotheses):
        if symbols and symbols[-1] == EOS:
            longer.append((log_p, symbols))
            continue
        best = log_p_BV[row].topk(min(width, log_p_BV.shape[1]))
        for more, symbol in zip(best.values.tolist(), best.indices.tolist(), strict=True):
            if more > float("-inf"):
                longer.append((log_p + more, [*symbols, symbol]))
    return sorted(longer, key=lambda one: -one[0])[:width]


@torch.no_grad()
def teacher_forced(model: Seq2Seq, x: Any, y: str) -> list[ForcedStep]:
    """What the model says at each step of the true y, fed the true symbols before it whatever it would have answered itself."""
    x_BS, y_M = model.x_codec.encode(x)[None].to(model.device), model.y_codec.encode(y)
    if model.shape in (Shape.N2M, Shape.LM):
        y_M = torch.cat([y_M, torch.tensor([EOS])])
    y_BM = y_M[None].to(model.device)
    mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
    p_MV = answer_probs(model, masked_probs(model, model(x_BS, mask_BS, y_BM)[0].float()))
    p_M = p_MV.gather(1, y_BM[0][:, None]).squeeze(1).tolist()
    tops = likeliest(model, x_BS, y_BM)
    return [ForcedStep(*one) for one in zip(names_of(model, y_M.tolist()), p_M, tops, strict=True)]


def log_p_of(answer: Prediction) -> float:
    """log p(y | x) in nats of an answer: the sum over its steps."""
    return float(np.log(answer.confidence.astype("float64")).sum())
