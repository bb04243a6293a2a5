"""What a video is to a model: a few small frames and when each was seen. Numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a downloaded model reads this file where there is no numpy
    import numpy as np

SIDE = 64


@dataclass(frozen=True, eq=False)
class Clip:
    """frames: (T, 64, 64, 3) uint8 RGB, what a model sees. seconds: (T,) when each frame is shown, counted from the start.

    name: what to call it. truth: its T labels between spaces where they are known, else "". drawn: the frames are drawings made
    from the poses found in real footage. found: in which share of the frames a person was found.
    """

    frames: np.ndarray
    seconds: np.ndarray
    name: str = ""
    truth: str = ""
    rendered: bool = False
    detected: float = 1.0

    def __post_init__(self) -> None:
        assert self.frames.shape[1:] == (SIDE, SIDE, 3) and len(self.frames) == len(self.seconds), self.frames.shape

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(frozen=True, eq=False)
class Film:
    """A sample to be played. pictures: (T, H, W, 3) uint8 RGB. labels: one a picture."""

    pictures: np.ndarray
    fps: float
    labels: tuple[str, ...]

    def as_x(self) -> Clip:
        """What a model sees of it: each pixel the mean of a square of the pictures, whose sides are a multiple of 64."""
        import numpy as np  # noqa: PLC0415  as above

        T, H, W, _ = self.pictures.shape
        assert H % SIDE == 0 and W % SIDE == 0, self.pictures.shape
        squares = self.pictures.reshape(T, SIDE, H // SIDE, SIDE, W // SIDE, 3)
        frames = squares.mean((2, 4)).round().astype("uint8")
        return Clip(frames, np.arange(T) / self.fps)
