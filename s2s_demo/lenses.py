"""The lenses: ways of looking into one answer, each a matrix of output steps × input steps with the same axes for every engine.

    gradient    |d log p(y_k) / d e_t|, defined for every engine (Li et al. 2016; Madsen 2019)
    attention   the weights the model used, for engines that attend
    occlusion   log p(y_k; x) − log p(y_k; x without e_t), defined for every engine (Zeiler & Fergus 2014; Li et al. 2016b)
    hidden      Mamba's hidden attention α, signed (Ali et al. 2024)
    state       ‖h_t − h_{t−1}‖ of what is carried from step to step; its rows are the states

All are read while the answer is fed back in (teacher forcing with the model's own answer), on one input without padding.
"""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording

KINDS = ("gradient", "attention", "occlusion", "hidden", "state")
LONGEST_LOOK = 64
BEGIN = "▸"
_DOUBLES: WeakKeyDictionary[Seq2Seq, tuple[list[tuple[int, int]], Seq2Seq]] = WeakKeyDictionary()


def looked(model: Seq2Seq, answer: Prediction, kind: str) -> tuple[Grid, ...]:
    """The grids of one lens for an answer of this model; none above 64 steps, or where the engine lacks the lens.

    answer: from `predict`, or made by hand with `y` and its symbols.
    """
    x_BS, y_BM = model.x_codec.encode(answer.x)[None], torch.tensor([answer.symbols])
    if not min(x_BS.shape[1], y_BM.shape[1]) or max(x_BS.shape[1], y_BM.shape[1]) > LONGEST_LOOK:
        return ()
    found = _LENSES[kind](model, x_BS.to(model.device), y_BM.to(model.device), answer)
    return tuple(found) if isinstance(found, list) else (found,)


@torch.no_grad()
def attention(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """Every head's weights while this answer is given, rows = output steps, columns = what it may look at.

    The row of y_k is the step that *produces* y_k. In a decoder-only model the columns are x and the steps fed after it;
    what lies in the future is NaN ("cannot look"). A decoder's look at its own past is left out: its columns are not x.
    """
    return _matrices(model, x_BS, y_BM, answer, "attention", "share of 1")


@torch.no_grad()
def hidden(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """α_ts of every head of every Mamba block, signed; its rows do not sum to 1.

    In an encoder-decoder the decoder hears x as one vector alone, the encoder's last: each output step has the row that made it.
    """
    return _matrices(model, x_BS, y_BM, answer, "hidden", "α, signed")


def _matrices(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction, kind: str, unit: str) -> list[Grid]:
    marks = _marks(model, x_BS, y_BM, kind)
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


def _marks(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, kind: str) -> dict[str, np.ndarray]:
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


@torch.no_grad()
def state(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """‖h_t − h_{t−1}‖ of every state that is carried along x, h_{−1} = 0; one grid, a row a state, none for engines without one.

    A decoder-only stream goes on over what is fed after x; of an encoder-decoder it is the encoder.
    """
    rows, values = [], []
    for where, h_TD in _marks(model, x_BS, y_BM, "states").items():
        back = where.endswith("←")
        moved = np.diff(h_TD[::-1] if back else h_TD, axis=0, prepend=0)
        length = np.linalg.norm(moved, axis=-1)
        rows.append(where)
        values.append(length[::-1] if back else length)
    columns = columns_of(model, answer)
    if not rows:
        return []
    return [Grid("state", "‖h − h before‖", np.stack(values)[:, : len(columns)], tuple(rows), columns, "length")]


def columns_of(model: Seq2Seq, answer: Prediction) -> tuple[str, ...]:
    """The names of what is fed: x, and in a decoder-only stream what comes after (before, a language model's beginning)."""
    if model.approach is not Approach.DECODER_ONLY:
        return answer.x_pieces
    begun = (BEGIN, *answer.x_pieces) if model.shape is Shape.LM else (*answer.x_pieces, BEGIN)
    return (*begun, *answer.y_pieces[:-1])


def gradient_of(model: Seq2Seq, x: Any, y: str) -> Grid | None:
    """The gradient lens while a given y, the true one say, is fed in; None above 64 steps."""
    symbols = model.y_codec.encode(y).tolist()
    names = tuple(model.y_codec.names(symbols))
    told = Prediction(x, y, tuple(model.x_codec.pieces(x)), names, np.ones(len(symbols)), 0.0, symbols=tuple(symbols))
    return next(iter(looked(model, told, "gradient")), None)


@torch.enable_grad()
def gradient(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """|d log p(y_k) / d e_t| for all k and t in one backward: row k of a batch of M copies carries the loss of step k.

    Computed on the CPU in double precision: a signal that has vanished is still a small number there, so a zero means that
    there is no path at all.
    """
    precise = _in_double(model)
    M = y_BM.shape[1]
    e_MSD = precise.embed_x(x_BS.cpu()).detach().expand(M, -1, -1).clone().requires_grad_()
    log_p_MMV = _log_p(precise, e_MSD, y_BM.cpu())
    k = torch.arange(M)
    (slope_MSD,) = torch.autograd.grad(log_p_MMV[k, k, y_BM[0].cpu()].sum(), e_MSD)
    values = slope_MSD.norm(dim=-1).numpy()
    return Grid("gradient", "input embedding", values, answer.y_pieces, answer.x_pieces, "|d log p / d e|")


@torch.no_grad()
def occlusion(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """log p(y_k; x) − log p(y_k; x with e_t = 0) in nats: positive where the input step spoke for the answer, negative against.

    NaN where there is no path, which the gradient tells: 0 is then not a measurement.
    """
    e_SD = model.embed_x(x_BS)[0]
    S, M = len(e_SD), y_BM.shape[1]
    e_RSD = e_SD.repeat(S + 1, 1, 1)
    e_RSD[torch.arange(S), torch.arange(S)] = 0
    log_p_RM = _log_p(model, e_RSD, y_BM)[:, torch.arange(M), y_BM[0]]
    values = (log_p_RM[-1] - log_p_RM[:-1]).T.float().cpu().numpy()
    paths = next((g for g in answer.trace.of("gradient")), None) or gradient(model, x_BS, y_BM, answer)
    values = np.where(paths.values == 0, np.nan, values).astype("float32")
    return Grid("occlusion", "input embedding", values, answer.y_pieces, answer.x_pieces, "Δ log p")


def _log_p(model: Seq2Seq, e_BSD: Tensor, y_BM: Tensor) -> Tensor:
    """(B, M, V) log probabilities of every row of embeddings, fed the same y."""
    mask_BS = torch.ones(e_BSD.shape[:2], dtype=torch.bool, device=e_BSD.device)
    return model.head(model.wiring(e_BSD, mask_BS, y_BM.expand(len(e_BSD), -1))).log_softmax(-1)


def _in_double(model: Seq2Seq) -> Seq2Seq:
    """The model's weights as a double precision copy on the CPU, made once a model and again when it has been trained."""
    if model.head.weight.dtype is torch.float64 and model.device.type == "cpu":
        return model
    now, known = [(p.data_ptr(), p._version) for p in model.parameters()], _DOUBLES.get(model)
    if known is None or known[0] != now:
        known = _DOUBLES[model] = now, deepcopy(model).cpu().double()
    return known[1]


_LENSES = {"gradient": gradient, "attention": attention, "occlusion": occlusion, "hidden": hidden, "state": state}
