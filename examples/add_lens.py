"""Gradient times input, e_t · d log p(y_k) / d e_t (Denil et al. 2014; Shrikumar et al. 2017): signed, unlike the gradient's length.

Copy this file into s2s_demo/lenses/ and start the page: the lens stands beside the others in every room.
"""

from __future__ import annotations

from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import slopes_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words


def product(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """(M, S) products, in nats."""
    e_MSD, slope_MSD = slopes_of(model, x_BS, y_BM)
    values = (slope_MSD * e_MSD).sum(-1).float().cpu().numpy()
    return Grid("product", "input embedding", values, answer.y_pieces, answer.x_pieces, "e · d log p / d e")


LENS = Lens(
    name="product",
    title=Words("기울기 × 입력", "Gradient × input"),
    about=Words(
        "e_t · ∂ log p(y_k)/∂e_t: 기울기 곱하기 입력. 양수면 그 입력이 답을 지지했다고 1차로 어림한 값입니다.",
        "e_t · ∂ log p(y_k)/∂e_t, gradient times input: to first order, how far that input spoke for the answer.",
    ),
    absent=Words("이 답에는 기울기가 없습니다.", "This answer has no gradient."),
    read=product,
    scale=Scale.SIGNED,
    order=50,
)
