"""The frame encoder: one small picture to one vector that knows where the joints are.

Trained once on poses by chance (`python -m train frames`), then frozen and shared by every engine of every video task: a trained model
reused. It sees one frame at a time, so what moves is left to the engines.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from s2s_demo import places
from s2s_demo.file_format import UnknownFormat
from s2s_demo.prediction import UserError
from s2s_demo.side_files import check_digest, read_facts, sha256

if TYPE_CHECKING:  # a downloaded model reads this file where there is no numpy
    import numpy as np

ROOT = places.checkpoints()
WIDTH = 96
POINTS, CHANNELS = 17, 48
TOGETHER = 256


class FrameEncoder(nn.Module):
    """Convolutions down to a 16 × 16 grid, on which each joint has a map; the mean place under its map is where it is seen.

    That mean (integral pose regression, Sun et al. 2018) is finer than the grid, so that a small movement shows from frame to frame.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(*_conv(3, 24, stride=2), *_conv(24, CHANNELS, stride=2))
        self.blocks = nn.ModuleList(nn.Sequential(*_conv(CHANNELS, CHANNELS, wide=wide)) for wide in (1, 2, 4, 2, 1))
        self.whole = nn.Linear(CHANNELS, CHANNELS)
        self.maps = nn.Conv2d(CHANNELS, 2 * POINTS, 1)
        self.rest = nn.Linear(CHANNELS, WIDTH - 3 * POINTS)

    def forward(self, frames_N3HH: Tensor) -> Tensor:
        """(N, 96) vectors of frames_N3HH, RGB from −1 to 1: `joints`, then what the picture is like as a whole."""
        h = self.stem(frames_N3HH)
        for block in self.blocks:
            h = h + block(h)
            h = h + self.whole(h.mean((2, 3)))[:, :, None, None] if block is self.blocks[2] else h
        where, near = self.maps(h).float().chunk(2, 1)
        joints = torch.cat([soft_argmax(where), (spatial_softmax(where) * near).sum((2, 3)).unsqueeze(-1)], -1)
        return torch.cat([joints.flatten(1), torch.tanh(self.rest(h.mean((2, 3)))).float()], 1)


def spatial_softmax(maps_NPGG: Tensor) -> Tensor:
    """(N, P, G, G): each map as shares of 1."""
    return maps_NPGG.flatten(2).softmax(-1).view_as(maps_NPGG)


def soft_argmax(maps_NPGG: Tensor) -> Tensor:
    """(N, P, 2): x and y from −1 to 1, the mean over the grid under each map."""
    share, at = spatial_softmax(maps_NPGG), torch.linspace(-1, 1, maps_NPGG.shape[-1], device=maps_NPGG.device)
    return torch.stack([share.sum(2) @ at, share.sum(3) @ at], -1)


def joints(vectors_NW: Tensor) -> Tensor:
    """(N, 17, 3): x, y from −1 to 1 over the picture, and nearness, of the joints that the vectors tell of."""
    return vectors_NW[:, : 3 * POINTS].unflatten(-1, (POINTS, 3))


def _conv(inner: int, outer: int, *, stride: int = 1, wide: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inner, outer, 3, stride, wide, wide, bias=False), nn.BatchNorm2d(outer), nn.ReLU(inplace=True)]


def folded(model: FrameEncoder) -> FrameEncoder:
    """The same map in eval mode, every norm folded into its convolution: less to compute for each frame."""
    model.eval()
    model.stem = _folded(model.stem)
    model.blocks = nn.ModuleList(map(_folded, model.blocks))
    return model


def _folded(chain: nn.Module) -> nn.Sequential:
    layers = iter(chain.children())
    pairs = zip(layers, layers, layers, strict=True)
    return nn.Sequential(*(m for conv, norm, relu in pairs for m in (fuse_conv_bn_eval(conv, norm), relu)))  # type: ignore[arg-type]


def tensor_of(frames: np.ndarray) -> Tensor:
    """(N, H, H, 3) uint8 -> (N, 3, H, H) from −1 to 1."""
    return torch.from_numpy(frames).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


@lru_cache(maxsize=1)
def load(root: Path | None = None) -> tuple[FrameEncoder, dict[str, Any]]:
    """The shipped encoder, frozen, and its facts: "digest" (of its weights), "strange" (see `ood_score`) and how it was trained.

    Raises:
        UserError: its files are missing or damaged.
    """
    folder = (root or ROOT) / "frames"
    try:
        facts = read_facts(folder / "config.json")
        check_digest(folder / "model.safetensors", facts)
        weights = load_file(folder / "model.safetensors")
        model = FrameEncoder()
        model.load_state_dict(
            {name: value.float() for name, value in weights.items() if name not in ("mean", "spread")}
        )
        facts["mean"], facts["spread"] = weights["mean"].float(), weights["spread"].float()
        facts["digest"], facts["strange"] = digest(folder / "model.safetensors"), float(facts["strange"])
    except UnknownFormat:
        raise
    except Exception as e:  # a damaged file can be wrong in ways that nobody has listed
        raise UserError(
            "영상 프레임을 읽는 모델이 없거나 손상되었습니다. 먼저 학습하세요: python -m train frames",
            "The frame encoder is missing or damaged. Train it first: python -m train frames",
        ) from e
    return folded(model).requires_grad_(False), facts


def digest(path: Path) -> str:
    """The first 16 letters of a file's sha256."""
    return sha256(path)[:16]


@torch.no_grad()
def vectors(frames: np.ndarray) -> Tensor:
    """(T, 96) float vectors of (T, 64, 64, 3) uint8 frames."""
    model, _ = load()
    return torch.cat([model(tensor_of(frames[i : i + TOGETHER])) for i in range(0, len(frames), TOGETHER)])


def ood_score(vectors_TW: Tensor) -> float:
    """How unlike the training pictures a clip is: the median over its frames of the Mahalanobis distance (Lee et al. 2018),
    where 1.0 is what 99 of 100 drawn frames stay below."""
    _, facts = load()
    off_TW = vectors_TW - facts["mean"]
    distance_T = ((off_TW @ facts["spread"]) * off_TW).sum(-1).clamp(min=0).sqrt()
    return float(distance_T.median()) / float(facts["strange"])
