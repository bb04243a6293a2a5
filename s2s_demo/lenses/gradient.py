"""|d log p(y_k) / d e_t|, defined for every engine (Li et al. 2016; Madsen 2019)."""

from __future__ import annotations

from copy import deepcopy
from weakref import WeakKeyDictionary

import torch
from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import slopes_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words

_DOUBLES: WeakKeyDictionary[Seq2Seq, tuple[list[tuple[int, int]], Seq2Seq]] = WeakKeyDictionary()


def gradient(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """(M, S) |d log p(y_k) / d e_t| for all k and t.

    Computed on the CPU in double precision: a signal that has vanished is still a small number there, so a zero means that
    there is no path at all.
    """
    _, slope_MSD = slopes_of(in_double(model), x_BS.cpu(), y_BM.cpu())
    values = slope_MSD.norm(dim=-1).numpy()
    return Grid("gradient", "input embedding", values, answer.y_pieces, answer.x_pieces, "|d log p / d e|")


def in_double(model: Seq2Seq) -> Seq2Seq:
    """The model's weights as a double precision copy on the CPU, made once a model and again when it has been trained."""
    if model.head.weight.dtype is torch.float64 and model.device.type == "cpu":
        return model
    now, known = [(p.data_ptr(), p._version) for p in model.parameters()], _DOUBLES.get(model)
    if known is None or known[0] != now:
        known = _DOUBLES[model] = now, deepcopy(model).cpu().double()
    return known[1]


LENS = Lens(
    name="gradient",
    title=Words("기울기", "Gradient"),
    about=Words(
        "‖∂ log p(y_k)/∂e_t‖: 입력 t의 임베딩을 조금 움직이면 출력 k의 로그 확률이 얼마나 움직이나. 모든 엔진에 있습니다.",
        "‖∂ log p(y_k)/∂e_t‖: how far the log probability of output k moves with the embedding of input t. Every engine has it.",
    ),
    absent=Words("이 답에는 기울기가 없습니다.", "This answer has no gradient."),
    read=gradient,
    scale=Scale.DECADES,
    with_answer=True,
    order=1,
)
