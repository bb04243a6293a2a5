"""Video scenes, exercises of real people (N2N): one of seven actions for each frame.

    second   0 … 3.9        4.0 … 10.0   10.1 … 15.9
    action   jumping jack   twist        arm circle

Motion: CMU motion capture, subject 13, three recordings whose every frame was labelled by people; drawn as the same figures as the
swing's under random cameras, ten frames a second. Fold s: recording s is held out and tested on whole, under cameras of its own.

Where the motion file is not on this machine, the sample clips and the development clips of the first fold come from the captured
moments they show, which are kept in the repository: the same clips, number for number.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

import numpy as np
from torch import Tensor

from s2s_demo import datasets, excerpts
from s2s_demo.codecs import Frames, Symbols
from s2s_demo.prediction import Words
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._scenes import azimuth, folder_pairs, majority, segment_scores, vectors_of
from s2s_demo.video import mocap, pose
from s2s_demo.video.clip import Film
from s2s_demo.video.skeleton.body import (
    ANKLES,
    ELBOWS,
    HEAD,
    HIPS,
    JOINTS,
    KNEES,
    NOSE,
    SHOULDERS,
    TOES,
    WRISTS,
    mirrored,
)
from s2s_demo.video.skeleton.draw import Camera, Look, project, render

SET = "mocap_exercises/train.npz"
CAPTURED, FPS, WINDOW, SHOWN = 30, 10, 64, 256
COUNTS = {"train": 360, "dev": 20, "test": 8}
SEEDS = {"train": 0, "dev": 1, "test": 2}
PIECED = 0.8
ACTIONS = ("jumping-jack", "jog", "squat", "knee-raise", "arm-circle", "twist", "toe-touch")
THEIRS = {"JumpJack": 0, "Jog": 1, "Squat": 2, "KneeRaise": 3, "ArmCircle": 4, "Twist": 5, "ToeTouchOneHand": 6}
OURS = (SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES, TOES)
CLIPS = {
    "jacks": Words("팔벌려뛰기 → 비틀기 (녹화 1)", "jumping jacks → twists (recording 1)"),
    "circles": Words("팔 돌리기 → 발끝 닿기 (녹화 1)", "arm circles → toe touches (recording 1)"),
    "squats": Words("무릎 올리기 → 앉았다 일어서기 (녹화 1)", "knee raises → squats (recording 1)"),
}
SCENES = {"jacks": (2.4, 25.0), "circles": (14.0, 60.0), "squats": (28.6, 330.0)}
HELD, FOLDS = 0, 3


@dataclass(frozen=True)
class Recording:
    """points: (T, 17, 3) metres at 30 frames a second. actions: (T,) numbers into ACTIONS."""

    points: np.ndarray
    actions: np.ndarray


@lru_cache(maxsize=1)
def recordings() -> tuple[Recording, ...]:
    """The three recordings, as our points.

    Raises:
        UserError: the set is not there.
    """
    joints, found = captured()
    return tuple(Recording(_points(joints[a:b]), _actions(found["label"][a:b])) for a, b in pairwise(found["offsets"]))


def captured() -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """((T, 15, 3) float16 metres: the ends of `mocap.SHOWN` in all recordings, one after the other; the whole file).

    Raises:
        UserError: the set is not there.
    """
    found = np.load(io.BytesIO(datasets.read_bytes(SET)), allow_pickle=False)
    names = list(map(str, found["joint_names"]))
    return found["joints"][:, [names.index(bone) for bone in mocap.SHOWN]], found


def _actions(labels: np.ndarray) -> np.ndarray:
    """Numbers into `mocap.LABELS` -> numbers into ACTIONS."""
    return np.array([THEIRS.get(name, -1) for name in mocap.LABELS])[labels]


@lru_cache(maxsize=1)
def excerpt() -> tuple[Recording, ...]:
    """The three recordings where only `excerpts.motion` is at hand: their points are NaN at the moments it leaves out.

    Raises:
        UserError: the file is missing or damaged.
    """
    kept = excerpts.motion()
    points = _points(kept["joints"])
    found = []
    for i, (a, b) in enumerate(pairwise(kept["offsets"].tolist())):
        whole = np.full((b - a, *points.shape[1:]), np.nan)
        mine = kept["recording"] == i
        whole[kept["frame"][mine]] = points[mine]
        found.append(Recording(whole, _actions(kept["label"][a:b])))
    return tuple(found)


def _points(joints: np.ndarray) -> np.ndarray:
    """(T, 15, 3) ends of `mocap.SHOWN` -> (T, 17, 3); the nose looks where the shoulders do, and nobody holds a bat."""
    out = np.full((len(joints), len(JOINTS), 3), np.nan)
    out[:, [HEAD, *chain.from_iterable(OURS)]] = joints.astype("float64")
    front = np.cross(out[:, SHOULDERS[0]] - out[:, SHOULDERS[1]], [0.0, 1.0, 0.0])
    out[:, NOSE] = out[:, HEAD] + 0.13 * front / np.linalg.norm(front, axis=-1, keepdims=True)
    return out


def pairs(split: str, seed: int) -> Iterator[Pair]:
    """train and dev: excerpts of the two recordings that stay; test: the held-out one, whole, once for each of eight cameras."""
    fold = seed % len(recordings())
    wanted = [fold] if split == "test" else [i for i in range(len(recordings())) if i != fold]
    return chain.from_iterable(_clips(split, which) for which in wanted)


def offline(split: str, seed: int) -> Iterator[Pair]:
    """The same, but nothing is fetched: without the motion file dev of the first fold alone is there.

    Raises:
        UserError: the motion file is not there, and more is asked for.
    """
    if datasets.is_local(SET) or split != "dev" or seed % FOLDS != HELD:
        return pairs(split, seed)
    return chain.from_iterable(_clips(split, which, excerpt) for which in range(FOLDS) if which != HELD)


@lru_cache(maxsize=9)
def _clips(
    split: str, which: int, source: Callable[[], tuple[Recording, ...]] = recordings
) -> tuple[tuple[Tensor, str], ...]:
    """The clips of a split that show one recording."""
    found = []
    for number in range(COUNTS[split]):
        rng = clip_rng(split, which, number)
        whole = source()[which]
        points, actions = _slowed(whole, 1.0) if split == "test" else _excerpt(whole, rng)
        camera = Camera.sampled(rng, azimuth(split, rng))
        found.append((vectors_of(points, camera, Look.sampled(rng), rng), _named(actions)))
    return tuple(found)


def clip_rng(split: str, which: int, number: int) -> np.random.Generator:
    """What draws a clip of a split from recording `which`."""
    return np.random.default_rng([SEEDS[split], which, number])


def _excerpt(recording: Recording, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Up to 64 frames, faster or slower, larger or smaller, in half of the cases mirrored; most are pieced together."""
    pace, kept = sample_excerpt(recording, rng)
    points, actions = (found[kept] for found in _slowed(recording, pace))
    if rng.random() < 0.5:
        points = mirrored(points, axis=0)
    return points * rng.uniform(0.9, 1.15, 3) * rng.uniform(0.95, 1.05), actions


def sample_excerpt(recording: Recording, rng: np.random.Generator) -> tuple[float, np.ndarray]:
    """How fast an excerpt goes, and the numbers of its frames at that pace."""
    pace = float(rng.uniform(0.7, 1.4))
    _, actions = _slowed(recording, pace)
    if rng.random() < PIECED:
        return pace, _pieces(actions, rng)
    first = int(rng.integers(0, max(1, len(actions) - WINDOW)))
    return pace, first + np.arange(min(WINDOW, len(actions)))


def _pieces(actions: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Numbers of 64 frames in pieces of one to four seconds, every action as likely as any other.

    With two recordings to learn from, a model would else learn in which order they go through the actions.
    """
    chosen: list[int] = []
    while len(chosen) < WINDOW:
        action = rng.choice(np.unique(actions))
        first = int(rng.choice(np.flatnonzero(actions == action)))
        chosen += range(first, min(first + int(rng.integers(FPS, 4 * FPS)), len(actions)))
    return np.array(chosen[:WINDOW])


def moments(captured: int, pace: float) -> np.ndarray:
    """Where the frames at ten a second lie among so many captured ones, `pace` times as fast."""
    return np.arange(0, captured - 1, pace * CAPTURED / FPS)


def _slowed(recording: Recording, pace: float) -> tuple[np.ndarray, np.ndarray]:
    """The recording at ten frames a second, `pace` times as fast; a moment between two captured ones lies between their points."""
    at = moments(len(recording.points), pace)
    low = at.astype(int)
    share = (at - low)[:, None, None]
    points = (1 - share) * recording.points[low] + share * recording.points[low + 1]
    return points, recording.actions[np.round(at).astype(int)]


def _named(actions: np.ndarray) -> str:
    return " ".join(ACTIONS[i] for i in actions)


def film(name: str) -> Film:
    """A sample clip of the recording that the first fold holds out.

    Raises:
        UserError: neither the set nor its excerpt can be read.
    """
    shown, stands = sample_window(name)
    points, actions = _slowed((recordings() if datasets.is_local(SET) else excerpt())[HELD], 1.0)
    image = project(points[shown], Camera(azimuth=stands))
    return Film(render(image, Look(), SHOWN), FPS, tuple(ACTIONS[i] for i in actions[shown]))


def sample_window(name: str) -> tuple[slice, float]:
    """The frames of a sample clip at ten a second, and where its camera stands in degrees."""
    start, stands = SCENES[name]
    first = int(start * FPS)
    return slice(first, first + WINDOW), stands


TASK = Task(
    name="exercises",
    title=Words("운동 동작 (N2N, 실제 사람)", "Exercises (N2N, real people)"),
    about=Words(
        "프레임마다 일곱 동작 가운데 하나를 붙입니다. 움직임과 라벨은 **실제 사람의 동작 기록**(CMU)이고, 화면은 그것을 그린 "
        "그림입니다. 배울 때 쓰지 않은 녹화로 시험합니다.",
        "One of seven actions for every frame. Motion and labels are of **real people** (CMU motion capture); the picture is a drawing of "
        "them. Tested on a recording that training never saw.",
    ),
    shape=Shape.N2N,
    pairs=pairs,
    offline=offline,
    x_codec=lambda: Frames.now(FPS),
    y_codec=Symbols(ACTIONS, by="word"),
    read=lambda path: pose.clip_of(path, FPS, ACTIONS),
    warn=pose.warning,
    truth=lambda clip: getattr(clip, "truth", "") or None,
    score=segment_scores,
    measure="accuracy",
    baselines={"majority": majority},
    from_folder=folder_pairs(FPS, ACTIONS),
    meanings={
        "jumping-jack": Words("팔벌려뛰기", "arms and legs apart and together, jumping"),
        "jog": Words("제자리 뛰기", "running on the spot"),
        "squat": Words("앉았다 일어서기", "down into the knees and up"),
        "knee-raise": Words("무릎 올리기", "one knee up, then the other"),
        "arm-circle": Words("팔 돌리기", "arms turn in circles"),
        "twist": Words("몸통 비틀기", "the trunk turns left and right"),
        "toe-touch": Words("한 손으로 발끝 닿기", "one hand down to the other foot"),
    },
    room="video",
    input_label=Words("영상", "Video"),
    input="video",
    clips=CLIPS,
    film=film,
    window=WINDOW,
    folds=FOLDS,
    data="CMU motion capture, subject 13 (mocap.cs.cmu.edu, NSF EIA-0196217), labels of Fox, Hughes, Sudderth, Jordan 2014 (BSD-2-Clause)",
    licence="apache-2.0",
    order=41,
)
