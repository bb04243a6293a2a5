"""log p(y_k; x) − log p(y_k; x without e_t), defined for every engine (Zeiler & Fergus 2014; Li et al. 2016b)."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from s2s_demo.lens import Lens
from s2s_demo.lenses._common import log_p_of
from s2s_demo.lenses.gradient import gradient
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Words


@torch.no_grad()
def occlusion(model: Seq2Seq, x_BS: Tensor, y_BM: Tensor, answer: Prediction) -> Grid:
    """log p(y_k; x) − log p(y_k; x with e_t = 0) in nats: positive where the input step spoke for the answer, negative against.

    NaN where there is no path, which the gradient tells: 0 is then not a measurement.
    """
    e_SD = model.embed_x(x_BS)[0]
    S, M = len(e_SD), y_BM.shape[1]
    e_RSD = e_SD.repeat(S + 1, 1, 1)
    e_RSD[torch.arange(S), torch.arange(S)] = 0
    log_p_RM = log_p_of(model, e_RSD, y_BM)[:, torch.arange(M), y_BM[0]]
    values = (log_p_RM[-1] - log_p_RM[:-1]).T.float().cpu().numpy()
    paths = next((g for g in answer.trace.of("gradient")), None) or gradient(model, x_BS, y_BM, answer)
    values = np.where(paths.values == 0, np.nan, values).astype("float32")
    return Grid("occlusion", "input embedding", values, answer.y_pieces, answer.x_pieces, "Δ log p")


LENS = Lens(
    name="occlusion",
    title=Words("가리기", "Occlusion"),
    about=Words(
        "입력 t의 임베딩을 0으로 바꾸었을 때 log p(y_k)가 잃는 양(nat). 양수: 그 입력이 답을 지지했다.",
        "What log p(y_k) loses, in nats, when the embedding of input t is set to 0. Positive: that input spoke for the answer.",
    ),
    absent=Words("이 답에는 가릴 것이 없습니다.", "There is nothing to occlude in this answer."),
    read=occlusion,
    scale=Scale.SIGNED,
    order=3,
)
