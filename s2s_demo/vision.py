"""The frame encoder: one small picture to one vector that knows where the joints are.

Trained once on poses by chance (`python -m train frames`), then frozen and shared by every engine of every video task: a trained model
reused. It sees one frame at a time, so what moves is left to the engines.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from s2s_demo.clip import SIDE
from s2s_demo.prediction import UserError

ROOT = Path(os.environ.get("S2S_CHECKPOINTS", Path(__file__).resolve().parent.parent / "checkpoints"))
WIDTH = 96
POINTS = 17
TOGETHER = 256


class FrameEncoder(nn.Module):
    """Four convolutions that halve the picture, then one vector; a linear map reads the joints off it."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inner, outer in ((3, 24), (24, 48), (48, 96), (96, 128)):
            layers += [nn.Conv2d(inner, outer, 3, 2, 1, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]
        self.convs = nn.Sequential(*layers)
        self.vector = nn.Sequential(nn.Flatten(), nn.Linear(128 * (SIDE // 16) ** 2, WIDTH), nn.LayerNorm(WIDTH))
        self.points = nn.Linear(WIDTH, 3 * POINTS)

    def forward(self, frames_N3HH: Tensor) -> Tensor:
        """(N, 96) vectors of frames_N3HH, RGB from −1 to 1."""
        return self.vector(self.convs(frames_N3HH))

    def joints(self, vectors_NW: Tensor) -> Tensor:
        """(N, 17, 3): x, y from −1 to 1 over the picture, and nearness, of the joints that the vectors tell of."""
        return self.points(vectors_NW).unflatten(-1, (POINTS, 3))


def tensor_of(frames: np.ndarray) -> Tensor:
    """(N, H, H, 3) uint8 -> (N, 3, H, H) from −1 to 1."""
    return torch.from_numpy(frames).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


@lru_cache(maxsize=1)
def encoder(root: Path | None = None) -> tuple[FrameEncoder, dict[str, Any]]:
    """The shipped encoder, frozen, and its facts: "digest" (of its weights), "strange" (see `strangeness`) and how it was trained.

    Raises:
        UserError: its files are missing or damaged.
    """
    folder = (root or ROOT) / "frames"
    try:
        facts = json.loads((folder / "config.json").read_text("utf-8"))
        weights = load_file(folder / "model.safetensors")
        model = FrameEncoder()
        model.load_state_dict(
            {name: value.float() for name, value in weights.items() if name not in ("mean", "spread")}
        )
        facts["mean"], facts["spread"] = weights["mean"].float(), weights["spread"].float()
        facts["digest"] = digest(folder / "model.safetensors")
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as e:
        raise UserError(
            "영상 프레임을 읽는 모델이 없거나 손상되었습니다. 먼저 학습하세요: python -m train frames",
            "The frame encoder is missing or damaged. Train it first: python -m train frames",
        ) from e
    return model.eval().requires_grad_(False), facts


def digest(path: Path) -> str:
    """The first 16 letters of a file's sha256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@torch.no_grad()
def vectors(frames: np.ndarray) -> Tensor:
    """(T, 96) float vectors of (T, 64, 64, 3) uint8 frames."""
    model, _ = encoder()
    return torch.cat([model(tensor_of(frames[i : i + TOGETHER])) for i in range(0, len(frames), TOGETHER)])


def strangeness(vectors_TW: Tensor) -> float:
    """How unlike the training pictures a clip is: the median over its frames of the Mahalanobis distance (Lee et al. 2018),
    where 1.0 is what 99 of 100 drawn frames stay below."""
    _, facts = encoder()
    off_TW = vectors_TW - facts["mean"]
    distance_T = ((off_TW @ facts["spread"]) * off_TW).sum(-1).clamp(min=0).sqrt()
    return float(distance_T.median()) / float(facts["strange"])
