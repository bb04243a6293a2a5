"""Video scenes, a batter's swing (N2N): one of six phases for each frame.

    frame   0      …  14    15   …  27     28  …  38   39 …  42   43 44 45    46 …
    phase   stance          load           stride      swing      contact     follow-through

Synthetic: a puppet swings, drawn under a random camera with a random body, speed, hand, clothes and background. Cameras of the test
clips stand where no training camera stood, and every clip has a batter of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from torch import Tensor

from s2s_demo.codecs import Frames, Symbols
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._scenes import azimuth, by_position, folder_pairs, majority, segment_scores, segments, vectors_of
from s2s_demo.video import pose
from s2s_demo.video.clip import Film
from s2s_demo.video.skeleton.batter import FPS, LONGEST, PHASES, Batter, swing_motion
from s2s_demo.video.skeleton.body import Proportions
from s2s_demo.video.skeleton.draw import Camera, Look, project, render

COUNTS = {"train": 1800, "dev": 150, "test": 500}
SEEDS = {"train": 0, "dev": 1, "test": 2}
SHOWN = 256
EVENTS = PHASES[1:]
WITHOUT_BAT = 0.1
CLIPS = {
    "side": Words("오른손, 옆에서", "right-handed, from the side"),
    "front": Words("오른손, 앞에서", "right-handed, from the front"),
    "left": Words("왼손, 뒤에서", "left-handed, from behind"),
    "quick": Words("빠른 스윙, 어두운 곳", "a quick swing in the dark"),
}
SCENES = {  # what each sample is drawn from: seed, azimuth, left-handed
    "side": (11, 15.0, False),
    "front": (12, 75.0, False),
    "left": (13, 200.0, True),
    "quick": (29, 315.0, False),
}


@lru_cache(maxsize=3)
def clips(split: str) -> tuple[tuple[Tensor, str], ...]:
    """Every clip of a split as vectors and phases."""
    found = []
    for number in range(COUNTS[split]):
        rng = np.random.default_rng([SEEDS[split], number])
        batter = Batter.sampled(rng)
        points, phases = swing_motion(batter, rng)
        if rng.random() < WITHOUT_BAT:
            points[:, -1] = np.nan
        camera = Camera.sampled(rng, azimuth(split, rng))
        found.append((vectors_of(points, camera, Look.sampled(rng), rng), " ".join(phases)))
    return tuple(found)


def pairs(split: str, seed: int) -> Iterator[Pair]:
    """The clips of a split, the same for every seed."""
    return iter(clips(split))


def film(name: str) -> Film:
    """A sample clip, large enough to be watched."""
    seed, stands, left_handed = SCENES[name]
    rng = np.random.default_rng([3, seed])
    batter = Batter.sampled(rng)
    batter = Batter(Proportions() if name == "side" else batter.build, batter.style, batter.kick, left_handed)
    points, phases = swing_motion(batter, rng)
    camera = Camera(azimuth=stands, elevation=6.0, distance=5.0)
    look = Look() if name == "side" else Look.sampled(rng)
    return Film(render(project(points, camera), look, SHOWN, rng), FPS, phases)


def phase_scores(xs: list[object], answers: list[str], truths: list[str]) -> dict[str, float]:
    """The scores of segments, and `pce`: share of phases that begin within one frame of the truth (after GolfDB, McNally et al. 2019).

    A phase that is answered in several pieces begins where its longest piece does.
    """
    right = [
        event in began and abs(began[event] - starts[event]) <= 1
        for a, t in zip(answers, truths, strict=True)
        for began, starts in [(_begins(a), _begins(t))]
        for event in EVENTS
        if event in starts
    ]
    return {**segment_scores(xs, answers, truths), "pce": sum(right) / max(1, len(right))}


def _begins(labels: str) -> dict[str, int]:
    runs = sorted(segments(labels.split(" ")), key=lambda run: run[1] - run[2])
    return {label: first for label, first, _ in reversed(runs)}


TASK = Task(
    name="swing",
    title=Words("타자의 스윙 (N2N, 합성)", "A batter's swing (N2N, synthetic)"),
    about=Words(
        "영상을 프레임으로 나누면 프레임의 시퀀스입니다. 프레임마다 스윙의 단계 하나를 붙입니다. **합성 데이터**: 학습과 시험에 쓴 "
        "영상은 모두 프로그램이 그린 타자입니다.",
        "A video cut into frames is a sequence of frames; each gets one phase of the swing. **Synthetic**: every clip of training and "
        "testing shows a batter drawn by a program.",
    ),
    shape=Shape.N2N,
    pairs=pairs,
    x_codec=lambda: Frames.now(FPS),
    y_codec=Symbols(PHASES, by="word"),
    read=lambda path: pose.clip_of(path, FPS, PHASES),
    warn=pose.warning,
    truth=lambda clip: getattr(clip, "truth", "") or None,
    score=phase_scores,
    measure="accuracy",
    baselines={"by-position": by_position, "majority": majority},
    from_folder=folder_pairs(FPS, PHASES),
    meanings={
        "stance": Words("준비 자세", "waiting for the pitch"),
        "load": Words("뒤로 힘 모으기", "weight goes back, the trunk coils"),
        "stride": Words("앞발 내딛기", "the front foot steps"),
        "swing": Words("휘두르기", "hips, shoulders and hands turn"),
        "contact": Words("공을 맞히는 세 프레임", "the bat meets the ball, three frames"),
        "follow-through": Words("끝까지 돌리기", "the swing runs out"),
    },
    room="video",
    input_label=Words("영상", "Video"),
    input="video",
    clips=CLIPS,
    film=film,
    window=LONGEST,
    order=40,
)
