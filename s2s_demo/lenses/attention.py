"""The weights the model used, for engines that attend."""

from __future__ import annotations

import torch
from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import matrices
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words


@torch.no_grad()
def attention(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """Every head's weights while this answer is given, rows = output steps, columns = what it may look at.

    The row of y_k is the step that *produces* y_k. In a decoder-only model the columns are x and the steps fed after it;
    what lies in the future is NaN ("cannot look"). A decoder's look at its own past is left out: its columns are not x.
    """
    return matrices(model, x_BS, y_BM, answer, "attention", "share of 1")


LENS = Lens(
    name="attention",
    title=Words("어텐션", "Attention"),
    about=Words(
        "모델이 실제로 쓴 가중치. 한 행의 합은 1. y_k의 행은 y_k를 만든 단계입니다.",
        "The weights the model used; a row sums to 1. The row of y_k is the step that produces y_k.",
    ),
    absent=Words(
        "{engine} 엔진에는 어텐션이 없습니다. 기울기나 가리기 렌즈를 보세요.",
        "The {engine} engine has no attention: see the gradient or the occlusion lens.",
    ),
    read=attention,
    scale=Scale.SHARE,
    heads=True,
    fed=True,
    with_answer=True,
    order=2,
)
