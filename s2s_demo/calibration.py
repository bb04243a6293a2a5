"""Calibration on held-out pairs: how sure a model is, and how often it gives each answer, set right after training.

A name comes back in its own document, so in training few names are new, and a model takes a new one for a common noun too often.
Vector scaling (Guo et al. 2017, section 4.2) with one scale for all: logits become a · logits + b. Both are folded into the head.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from s2s_demo.batch import collate
from s2s_demo.model import Seq2Seq
from s2s_demo.task import Task

AT_ONCE, STEPS, TOWARDS_ZERO = 50, 60, 1e-4


def calibrate(model: Seq2Seq, task: Task) -> None:
    """Changes the head of a trained model, in eval mode, so that its loss on all of dev is least.

    All symbols that stand for one answer, such as the fine tags of one part of speech, share a bias.
    """
    logits_NV, y_N = dev_logits(model, task)
    symbols = model.y_codec.names(list(range(model.y_codec.size)))
    answers = [task.answer(symbol) for symbol in symbols]
    group_V = torch.tensor([answers.index(answer) for answer in answers])
    scale, bias_V = torch.ones(1, requires_grad=True), torch.zeros(len(symbols), requires_grad=True)
    optimizer = torch.optim.LBFGS([scale, bias_V], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        found = F.cross_entropy(logits_NV * scale + bias_V[group_V], y_N) + TOWARDS_ZERO * bias_V.square().sum()
        found.backward()
        return found

    optimizer.step(loss)  # type: ignore[arg-type]  # torch's stub says float, its text says Tensor
    with torch.no_grad():
        device = model.device
        model.head.weight.mul_(scale.to(device))
        model.head.bias.mul_(scale.to(device)).add_(bias_V[group_V].to(device))


@torch.no_grad()
def dev_logits(model: Seq2Seq, task: Task, seed: int = 0) -> tuple[Tensor, Tensor]:
    """(N, V) logits and (N,) symbols of every real step of dev's y, under teacher forcing; inputs that no answer fits left out."""
    known = (pair for pair in task.pairs("dev", seed) if not task.unknown or pair[1] != task.unknown)
    pairs = sorted(known, key=lambda pair: len(pair[0]))
    logits, truths = [], []
    for start in range(0, len(pairs), AT_ONCE):
        batch = collate(pairs[start : start + AT_ONCE], model.x_codec, model.y_codec, task.shape).to(model.device)
        logits_BMV = model(batch.x_BS, batch.x_mask_BS, batch.y_BM)
        logits.append(logits_BMV[batch.y_mask_BM].float().cpu())
        truths.append(batch.y_BM[batch.y_mask_BM].cpu())
    return torch.cat(logits), torch.cat(truths)
