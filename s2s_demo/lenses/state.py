"""‖h_t − h_{t−1}‖ of what is carried from step to step; its rows are the states."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import columns_of, tapped
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words


@torch.no_grad()
def state(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> list[Grid]:
    """‖h_t − h_{t−1}‖ of every state that is carried along x, h_{−1} = 0; one grid, a row a state, none for engines without one.

    A decoder-only stream goes on over what is fed after x; of an encoder-decoder it is the encoder.
    """
    rows, values = [], []
    for where, h_TD in tapped(model, x_BS, y_BM, "states").items():
        back = where.endswith("←")
        moved = np.diff(h_TD[::-1] if back else h_TD, axis=0, prepend=0)
        length = np.linalg.norm(moved, axis=-1)
        rows.append(where)
        values.append(length[::-1] if back else length)
    columns = columns_of(model, answer)
    if not rows:
        return []
    return [Grid("state", "‖h − h before‖", np.stack(values)[:, : len(columns)], tuple(rows), columns, "length")]


LENS = Lens(
    name="state",
    title=Words("상태 변화", "State change"),
    about=Words(
        "‖h_t − h_{t−1}‖: 단계마다 들고 가는 상태가 얼마나 바뀌었나. 행은 출력 단계가 아니라 상태입니다 (← 는 오른쪽에서 왼쪽으로 읽는 쪽).",
        "‖h_t − h_{t−1}‖: how far the carried state moves at each step. Rows are states, not output steps (← reads from right to left).",
    ),
    absent=Words(
        "{engine} 엔진은 단계에서 단계로 상태를 넘기지 않습니다.",
        "The {engine} engine carries no state from step to step.",
    ),
    read=state,
    scale=Scale.LENGTH,
    states=True,
    order=5,
)
