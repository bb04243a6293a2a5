"""Auxiliary lessons while a model learns: the same answer, asked of what the engine is fed and of every level below its last.

Most words say by themselves which tag or intent they speak for. Heads of their own ask for just that (deep supervision, Lee et
al. 2015), so that what is rare is learned where it is seen, and each level is left with what only it can add.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Memory
from s2s_demo.model import Seq2Seq
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording


class Auxiliary(nn.Module):
    """An encoder-only model with a head on its embedded x and one on each level that its engine marks; they are thrown away
    after training.

    Raises:
        ValueError: the model is of another approach, where a step of x has no y of its own.
    """

    def __init__(self, model: Seq2Seq) -> None:
        super().__init__()
        if model.approach is not Approach.ENCODER_ONLY:
            raise ValueError(f"auxiliary: expected an encoder-only model, got {model.approach.value}")
        self.model = model
        one_BS = torch.ones(1, 1, dtype=torch.bool, device=model.device)
        with torch.no_grad():
            seen = self._seen(torch.zeros(1, 1, model.config.dim, device=model.device), one_BS, one_BS)[1]
        self.heads = nn.ModuleList(nn.Linear(model.config.dim, model.y_codec.size) for _ in seen)

    def forward(self, x_BS: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> list[Tensor]:
        """(B, M, V) logits: the model's, then each head's, of every step or, for N21, of the mean of all."""
        logits_BMV, seen = self._seen(self.model.drop(self.model.embed_x(x_BS)), x_mask_BS, y_BM)
        if self.model.shape is Shape.N21:
            seen = [Memory(seen_BSD, x_mask_BS).mean().unsqueeze(1) for seen_BSD in seen]
        pairs = zip(self.heads, seen, strict=True)
        return [logits_BMV, *(head(self.model.drop(seen_BMD)) for head, seen_BMD in pairs)]

    def _seen(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> tuple[Tensor, list[Tensor]]:
        with recording("level") as inside:
            logits_BMV = self.model.answer(x_BSD, x_mask_BS, y_BM)
        return logits_BMV, [x_BSD, *(level_BSD for _, level_BSD in inside.of("level"))]
