"""Mamba's hidden attention α, signed (Ali et al. 2024)."""

from __future__ import annotations

import torch
from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import matrices
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words


@torch.no_grad()
def hidden(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """α_ts of every head of every Mamba block, signed; its rows do not sum to 1.

    In an encoder-decoder the decoder hears x as one vector alone, the encoder's last: each output step has the row that made it.
    """
    return matrices(model, x_BS, y_BM, answer, "hidden", "α, signed")


LENS = Lens(
    name="hidden",
    title=Words("숨은 어텐션 (Mamba)", "Hidden attention (Mamba)"),
    about=Words(
        "α_ij = C_i (∏ Ā_k) B̄_j: 상태 공간 모델을 행렬로 쓴 것. 부호가 있고 행의 합이 1이 아닙니다. 인코더-디코더에서는 디코더가 받는 벡터 하나를 만든 행이라 모든 출력 단계가 같습니다.",
        "α_ij = C_i (∏ Ā_k) B̄_j: the state space model written as a matrix. Signed, rows do not sum to 1. In an encoder-decoder "
        "it is the row that made the one vector the decoder gets, so it is the same for every output step.",
    ),
    absent=Words(
        "{engine} 엔진에는 숨은 어텐션이 없습니다. 상태 공간 모델인 Mamba에만 있습니다.",
        "The {engine} engine has no hidden attention: it belongs to the state space model, Mamba.",
    ),
    read=hidden,
    scale=Scale.SIGNED,
    heads=True,
    order=4,
)
