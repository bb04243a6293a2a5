"""What the video tasks share: vectors of drawn clips, scores of segments, two baselines, and reading a person's own clips."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor

from s2s_demo.prediction import UserError, quoted
from s2s_demo.task import Pair
from s2s_demo.video import encoder, pose
from s2s_demo.video.clip import SIDE
from s2s_demo.video.skeleton.draw import Camera, Look, project, render

SLICES = 12
Segment = tuple[str, int, int]


def vectors_of(points: np.ndarray, camera: Camera, look: Look, rng: np.random.Generator) -> Tensor:
    """(T, 96) what the frame encoder makes of (T, 17, 3) points as this camera sees them."""
    return encoder.vectors(render(project(points, camera), look, SIDE, rng))


def azimuth(split: str, rng: np.random.Generator) -> float:
    """Where a camera of a split stands, in degrees. Of twelve slices around the figure one is for dev and three for test alone."""
    mine = {"test": (2, 6, 10), "dev": (4,)}.get(split, (0, 1, 3, 5, 7, 8, 9, 11))
    return float((mine[rng.integers(len(mine))] + rng.random()) * 360 / SLICES)


def segments(labels: Sequence[str]) -> list[Segment]:
    """Runs of equal labels: (label, first, one past the last)."""
    found, at = [], 0
    for label, run in groupby(labels):
        size = len(list(run))
        found.append((label, at, at + size))
        at += size
    return found


def edit_score(answer: Sequence[str], truth: Sequence[str]) -> float:
    """1 − Levenshtein distance of the two orders of segments over the longer one's length (Lea et al. 2016)."""
    a, b = [s[0] for s in segments(answer)], [s[0] for s in segments(truth)]
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return 1 - row[-1] / max(len(a), len(b), 1)


def hits(answer: Sequence[str], truth: Sequence[str], overlap: float) -> tuple[int, int, int]:
    """(right, wrong, missed) segments: one is right if it overlaps an unmatched true one of its label by IoU ≥ `overlap`."""
    said, true = segments(answer), segments(truth)
    free = [True] * len(true)
    right = 0
    for label, first, last in said:
        ious = [
            (min(last, e) - max(first, s)) / (max(last, e) - min(first, s)) if name == label and free[i] else 0.0
            for i, (name, s, e) in enumerate(true)
        ]
        best = int(np.argmax(ious))
        if ious[best] >= overlap:
            free[best], right = False, right + 1
    return right, len(said) - right, sum(free)


def segment_scores(xs: list[Any], answers: list[str], truths: list[str]) -> dict[str, float]:
    """`accuracy`: share of frames with the right label; `edit`: mean edit score; `f1_10`, `f1_25`, `f1_50`: segment F1 by overlap."""
    rows = [(a.split(" "), t.split(" ")) for a, t in zip(answers, truths, strict=True)]
    right = sum(u == v for a, t in rows for u, v in zip(a, t, strict=True))
    scores = {
        "accuracy": right / max(1, sum(len(t) for _, t in rows)),
        "edit": sum(edit_score(a, t) for a, t in rows) / max(1, len(rows)),
    }
    for percent in (10, 25, 50):
        counts = np.sum([hits(a, t, percent / 100) for a, t in rows], 0) if rows else np.zeros(3)
        scores[f"f1_{percent}"] = float(2 * counts[0] / max(1, 2 * counts[0] + counts[1] + counts[2]))
    return scores


def folder_pairs(fps: float, labels: tuple[str, ...]) -> Callable[[Path], list[Pair]]:
    """The task's `from_folder`: clips beside a labels.csv of rows file,from,to,label with times in seconds.

    A frame between two rows has the label of the row before; frames before the first row or after the last are left out.
    """

    def read(folder: Path) -> list[Pair]:
        rows = _label_rows(folder / "labels.csv", labels)
        found = []
        for name, spans in rows.items():
            clip = pose.clip_of(str(folder / name), fps, labels)
            told = [next((label for a, b, label in reversed(spans) if a <= t), None) for t in clip.seconds]
            end = max(b for _, b, _ in spans)
            known = [i for i, label in enumerate(told) if label is not None and clip.seconds[i] < end]
            if known:
                part = slice(known[0], known[-1] + 1)
                clip = replace(clip, frames=clip.frames[part], seconds=clip.seconds[part], truth="")
                found.append((clip, " ".join(told[part])))  # type: ignore[arg-type]
        if not found:
            raise UserError("labels.csv에 쓸 수 있는 줄이 없습니다.", "labels.csv holds no row that can be used.")
        return found

    return read


def _label_rows(path: Path, labels: tuple[str, ...]) -> dict[str, list[tuple[float, float, str]]]:
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as e:
        raise UserError(f"‘{path}’ 파일을 읽을 수 없습니다.", f"The file ‘{path}’ cannot be read.") from e
    found: dict[str, list[tuple[float, float, str]]] = {}
    for number, row in enumerate(rows, 2):
        try:
            name, label = Path(row["file"]).name, row["label"].strip()
            span = float(row["from"]), float(row["to"]), label
        except (KeyError, TypeError, ValueError, AttributeError) as e:
            raise UserError(
                f"labels.csv {number}번째 줄: file,from,to,label 네 칸이어야 하고 시간은 초입니다.",
                f"labels.csv, row {number}: it needs file,from,to,label with times in seconds.",
            ) from e
        if label not in labels:
            raise UserError(
                f"labels.csv {number}번째 줄의 라벨 ‘{quoted(label)}’을 모릅니다. 아는 라벨: {', '.join(labels)}",
                f"labels.csv, row {number}: unknown label ‘{quoted(label)}’. Known: {', '.join(labels)}",
            )
        found.setdefault(name, []).append(span)
    return {name: sorted(spans) for name, spans in found.items()}


def majority(train: list[Pair]) -> Callable[[list[Any]], list[str]]:
    """The baseline that gives every frame the commonest label of training."""
    common = Counter(label for _, y in train for label in y.split(" ")).most_common(1)[0][0]
    return lambda xs: [" ".join([common] * len(x)) for x in xs]


def by_position(train: list[Pair]) -> Callable[[list[Any]], list[str]]:
    """The baseline that looks at no picture: the commonest label at the same share of a clip's length, in fiftieths."""
    counts = [Counter[str]() for _ in range(50)]
    for _, y in train:
        labels = y.split(" ")
        for t, label in enumerate(labels):
            counts[50 * t // len(labels)][label] += 1
    common = [c.most_common(1)[0][0] if c else "" for c in counts]
    return lambda xs: [" ".join(common[50 * t // len(x)] for t in range(len(x))) for x in xs]
