"""Deep supervision (Lee et al. 2015): extra classification heads on the embedding and the lower levels, dropped after training.

Most words say by themselves which tag or intent they speak for. A head of its own trains each level for just that, so that what is
rare is learned where it first appears, and each level is left with what only it can add.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from s2s_demo.engine import Memory
from s2s_demo.model import Seq2Seq
from s2s_demo.task import Approach, Shape
from s2s_demo.trace import recording


class DeepSupervision(nn.Module):
    """An encoder-only model with an auxiliary head on its embedded x and on each level that its engine marks.

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
            levels = self._levels(torch.zeros(1, 1, model.config.dim, device=model.device), one_BS, one_BS)[1]
        self.heads = nn.ModuleList(nn.Linear(model.config.dim, model.y_codec.size) for _ in levels)

    def forward(self, x_BS: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> list[Tensor]:
        """(B, M, V) logits: the model's, then each head's, of every step or, for N21, of the mean of all."""
        logits_BMV, levels = self._levels(self.model.drop(self.model.embed_x(x_BS)), x_mask_BS, y_BM)
        if self.model.shape is Shape.N21:
            levels = [Memory(level_BSD, x_mask_BS).mean().unsqueeze(1) for level_BSD in levels]
        pairs = zip(self.heads, levels, strict=True)
        return [logits_BMV, *(head(self.model.drop(level_BMD)) for head, level_BMD in pairs)]

    def _levels(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> tuple[Tensor, list[Tensor]]:
        """The model's logits, and what each head reads: (B, S, D) of the embedding and of every level below the last."""
        with recording("level") as record:
            logits_BMV = self.model.from_embedded(x_BSD, x_mask_BS, y_BM)
        return logits_BMV, [x_BSD, *(level_BSD for _, level_BSD in record.of("level"))]
