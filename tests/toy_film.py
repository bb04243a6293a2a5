"""A toy task of videos, a square that walks to the right and back: which way does it walk in each frame? And models of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s_demo import checkpoints
from s2s_demo.codecs import Symbols
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.training import fit
from s2s_demo.video import files
from s2s_demo.video.clip import SIDE, Clip, Film

FPS = 30
LEFT, RIGHT = "left", "right"
MEANINGS = {LEFT: Words("왼쪽으로", "to the left"), RIGHT: Words("오른쪽으로", "to the right")}
FIRST = 4


class Columns:
    """A codec for clips: a step is the column the square stands in."""

    size = FIRST + SIDE

    def encode(self, clip: Clip) -> Tensor:
        """(T,) int64."""
        return torch.from_numpy((clip.frames.max((1, 3)) > 150).argmax(1) + FIRST)

    def tokens(self, clip: Clip) -> list[str]:
        """The time of each frame."""
        return [f"{t:.2f}" for t in clip.seconds]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": "toy-columns"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Columns:
        """The same again."""
        return cls()


def walk(name: str) -> Film:
    """A film of 40 frames; "there" walks to the right all the time, "back" turns in the middle, "lost" has no data."""
    if name == "lost":
        raise UserError("이 보기의 데이터가 없습니다.", "The data of this sample is not there.")
    at = np.abs(np.arange(40) - (100 if name == "there" else 20)) * (-1) + 100
    pictures = np.full((40, 96, 128, 3), 40, "uint8")
    for picture, x in zip(pictures, (at - at.min()) * 2, strict=True):
        picture[40:60, x : x + 20] = (240, 220, 120)
    labels = [RIGHT if later > now else LEFT for now, later in zip(at, [*at[1:], at[-1] - 1], strict=True)]
    return Film(pictures, FPS, tuple(labels))


def _pairs(split: str, seed: int) -> Iterator[Pair]:
    for name in ("there", "back"):
        film = walk(name)
        frames = np.zeros((40, SIDE, SIDE, 3), "uint8")
        frames[:, 8:56] = film.pictures[:, ::2, ::2]
        yield Clip(frames, np.arange(40) / FPS, name, " ".join(film.labels)), " ".join(film.labels)


def _warn(clip: Clip) -> Words | None:
    return None if clip.frames.max() > 200 else Words("어두운 영상입니다.", "This video is dark.")


TASK = Task(
    "toy-walk",
    Words("걷기", "Walk"),
    Words("네모가 걷는다", "A square walks"),
    Shape.N2N,
    _pairs,
    Columns(),  # type: ignore[arg-type]
    Symbols((LEFT, RIGHT), by="word"),
    read=lambda path: files.read_clip(path, FPS, labels=tuple(MEANINGS)),
    warn=_warn,
    truth=lambda clip: clip.truth or None,
    measure="accuracy",
    score=lambda xs, answers, truths: {
        "accuracy": float(np.mean([a == t for a, t in zip(answers[0].split(), truths[0].split(), strict=True)]))
    },
    meanings=MEANINGS,
    room="video",
    input_label=Words("영상", "Video"),
    input="video",
    clips={
        "there": Words("갈 때", "There"),
        "back": Words("갔다 올 때", "There and back"),
        "lost": Words("없음", "Lost"),
    },
    film=walk,
)


def shelve(root: Path, *names: str, task: Task = TASK) -> None:
    """Puts a trained model of each engine on the shelf at `root`."""
    for name in names:
        torch.manual_seed(0)
        model = Seq2Seq(ModelConfig.of(task, name, dim=16))
        recipe = Recipe(steps=80, batch=2, lr=0.01, dim=16)
        history = [progress.to_json() for progress in fit(model, task, recipe, cpu=True)]
        facts = {"seed": 0, "steps": 80, "minutes": 0.1, "machine": "test", "command": "none", "clip": 1.0}
        folder = checkpoints.folder_of(task.name, Shape.N2N, name, model.approach, root=root)
        checkpoints.save(model, folder, facts, history, "")
