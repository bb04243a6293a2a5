"""What the lenses share: the names of their axes, what was tapped while an answer is fed back in, and probabilities of embeddings."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import torch
from torch import Tensor

from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording

BEGIN = "▸"


def matrices(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction, kind: str, unit: str) -> list[Grid]:
    """What was tapped as grids, one a head of every place, rows the output steps; NaN where a step may not look.

    Args:
        model: which gave the answer.
        x_BS: (1, S) int64 symbols of x.
        y_BM: (1, M) int64 symbols of the answer.
        answer: names the rows and columns.
        kind: what is tapped, "attention" or "hidden"; also the kind of the grids.
        unit: of their numbers.
    """
    marks = tapped(model, x_BS, y_BM, kind)
    S, M = x_BS.shape[1], y_BM.shape[1]
    columns = columns_of(model, answer)
    grids = []
    for where, weight_HTS in marks.items():
        if model.approach is Approach.DECODER_ONLY:
            weight_HTS = weight_HTS[:, S : S + M, : S + M].copy()
            weight_HTS[:, np.triu(np.ones((M, S + M), dtype=bool), S + 1)] = np.nan
        elif kind == "hidden":
            weight_HTS = weight_HTS[:, :S, :S].copy()
            weight_HTS[:, np.triu(np.ones((S, S), dtype=bool), 1)] = np.nan
            if model.approach is Approach.ENCODER_DECODER:
                weight_HTS = np.repeat(weight_HTS[:, -1:], M, 1)
        if model.shape is Shape.N21 and model.approach is Approach.ENCODER_ONLY:
            weight_HTS = weight_HTS[:, -1:]
        for head, values in enumerate(weight_HTS):
            name = f"{where} · head {head + 1}" if len(weight_HTS) > 1 else where
            grids.append(Grid(kind, name, values.astype("float32"), answer.y_pieces, columns, unit))
    return grids


def tapped(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, kind: str) -> dict[str, np.ndarray]:
    """(H, T, S) of every place in the model, of its encoder alone where it has one and the kind is not attention."""
    with recording(kind) as record:
        mask_BS = torch.ones(x_BS.shape[:2], dtype=torch.bool, device=x_BS.device)
        if kind == "attention" or model.approach is not Approach.ENCODER_DECODER:
            model(x_BS, mask_BS, y_BM)
        else:
            model.wiring.encoder(model.embed_x(x_BS), mask_BS)  # type: ignore[union-attr, operator]
    joined: defaultdict[str, list[Tensor]] = defaultdict(list)
    for where, part in record.of(kind):
        if kind != "attention" or model.approach is not Approach.ENCODER_DECODER or where.endswith("reads"):
            joined[where].append(part)
    return {where: torch.cat(parts, -2)[0].float().cpu().numpy() for where, parts in joined.items()}


def columns_of(model: Seq2Seq, answer: Prediction) -> tuple[str, ...]:
    """The names of what is fed: x, and in a decoder-only stream what comes after (before, a language model's beginning)."""
    if model.approach is not Approach.DECODER_ONLY:
        return answer.x_pieces
    begun = (BEGIN, *answer.x_pieces) if model.shape is Shape.LM else (*answer.x_pieces, BEGIN)
    return (*begun, *answer.y_pieces[:-1])


def slopes_of(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor) -> tuple[Tensor, Tensor]:
    """(M, S, D) embeddings of x, M times the same, and (M, S, D) d log p(y_k) / d e_t: row k of the batch carries step k alone, so that
    one backward gives them all."""
    M = y_BM.shape[1]
    with torch.enable_grad():
        e_MSD = model.embed_x(x_BS).detach().expand(M, -1, -1).clone().requires_grad_()
        k = torch.arange(M, device=x_BS.device)
        log_p_MMV = log_p_of(model, e_MSD, y_BM)
        (slope_MSD,) = torch.autograd.grad(log_p_MMV[k, k, y_BM[0]].sum(), e_MSD)
    return e_MSD.detach(), slope_MSD


def log_p_of(model: Seq2Seq, e_BSD: Tensor, y_BM: Tensor) -> Tensor:
    """(B, M, V) log probabilities of every row of embeddings, fed the same y."""
    mask_BS = torch.ones(e_BSD.shape[:2], dtype=torch.bool, device=e_BSD.device)
    return model.head(model.wiring(e_BSD, mask_BS, y_BM.expand(len(e_BSD), -1))).log_softmax(-1)
