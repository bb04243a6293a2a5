"""Frames: one step a picture, as the vector that the shared frame encoder makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor

from s2s_demo.prediction import UserError
from s2s_demo.video import encoder
from s2s_demo.video.clip import Clip

_SEEN: WeakKeyDictionary[Clip, Tensor] = WeakKeyDictionary()


@dataclass(frozen=True)
class Frames:
    """A `Clip` as (T, 96) vectors. digest: of the frame encoder the model was trained with ("": whichever there is).

    Training hands over vectors in place of clips, made once by the same encoder.
    """

    fps: float
    digest: str = ""
    size: int = encoder.WIDTH

    @classmethod
    def now(cls, fps: float) -> Frames:
        """The codec of today's frame encoder."""
        return cls(fps, encoder.load()[1]["digest"])

    def encode(self, raw: Clip | Tensor) -> Tensor:
        """(T, 96) floats.

        Raises:
            UserError: the frame encoder is missing, or is not the one the model was trained with.
        """
        if isinstance(raw, Tensor):
            return raw
        if self.digest not in ("", encoder.load()[1]["digest"]):
            raise UserError(
                "이 모델은 다른 프레임 인코더로 학습했습니다. 모델을 다시 학습하세요.",
                "This model was trained with another frame encoder: train it again.",
            )
        if raw not in _SEEN:
            _SEEN[raw] = encoder.vectors(raw.frames)
        return _SEEN[raw]

    def decode(self, symbols: list[int]) -> str:
        """Nothing: a vector is not written."""
        return ""

    def tokens(self, raw: Clip | Tensor) -> list[str]:
        """T times such as "0.33 s", or frame numbers where only vectors are there."""
        if isinstance(raw, Tensor):
            return [str(t) for t in range(len(raw))]
        return [f"{second:.2f} s" for second in raw.seconds]

    def names(self, symbols: list[int]) -> list[str]:
        """Numbers."""
        return [str(i) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "frames"."""
        return {"kind": "frames", "fps": self.fps, "digest": self.digest}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Frames:
        """The codec that `to_json` described."""
        return cls(float(data["fps"]), str(data["digest"]))
