"""From a video file to the clip a model sees: our own drawings as they are, real people redrawn from their poses.

Finding poses needs the optional requirements-pose.txt (MediaPipe, one person at a time). Without it real footage is still answered,
and told to look unlike what was trained on.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import Any

import numpy as np

from s2s_demo.prediction import Words
from s2s_demo.video import encoder, files
from s2s_demo.video.clip import SIDE, Clip
from s2s_demo.video.skeleton.body import ANKLES, ELBOWS, HEAD, HIPS, JOINTS, KNEES, NOSE, SHOULDERS, TOES, WRISTS
from s2s_demo.video.skeleton.draw import Look, render

READ_HEIGHT = 480
FEWEST = 0.5
CUT = 0.2
LANDMARKS = {  # MediaPipe's numbers of our joints, left and right
    SHOULDERS: (11, 12),
    ELBOWS: (13, 14),
    WRISTS: (15, 16),
    HIPS: (23, 24),
    KNEES: (25, 26),
    ANKLES: (27, 28),
    TOES: (31, 32),
}
EARS, NOSE_MARK = (7, 8), 0


def available() -> bool:
    """Whether poses can be found on this machine."""
    return importlib.util.find_spec("mediapipe") is not None


def clip_of(path: str, fps: float, labels: tuple[str, ...]) -> Clip:
    """The clip of a video file. Footage that looks unlike our drawings is redrawn from its poses where those can be found.

    Raises:
        UserError: the file is no readable video.
    """
    clip = files.read_clip(path, fps, labels=labels)
    if not available() or clip.truth or ood_score(clip) <= 1:
        return clip
    return rerendered(path, fps, clip)


def ood_score(clip: Clip) -> float:
    """How unlike the training pictures a clip is; above 1 it should be told."""
    return encoder.ood_score(encoder.vectors(clip.frames))


def warning(clip: Clip) -> Words | None:
    """What to tell about a clip before its labels are believed, or None."""
    found = clip.detected
    if clip.rendered and found < 0.9:
        return Words(
            f"프레임의 {1 - found:.0%}에서 사람을 찾지 못해 앞 자세를 그대로 썼습니다. 한 사람의 온몸이 보이는 영상이 좋습니다.",
            f"No person was found in {1 - found:.0%} of the frames, where the pose before stands in: film one person, whole body.",
        )
    if cut_at(clip.frames) is not None:
        return Words(
            f"{clip.seconds[cut_at(clip.frames)]:.1f}초쯤에서 장면이 바뀝니다. 끊기지 않은 한 장면을 올려 주세요.",
            f"The scene is cut at about {clip.seconds[cut_at(clip.frames)]:.1f} s: take one scene without a cut.",
        )
    if ood_score(clip) > 1:
        return Words(
            "배운 그림과 다르게 생긴 영상이라 아래 라벨은 믿을 수 없습니다. 실제 사람의 영상은 requirements-pose.txt를 설치하면 자세를 "
            "찾아 읽습니다.",
            "This footage looks unlike what was trained on, so do not trust the labels. Real people are read from their poses once "
            "requirements-pose.txt is installed.",
        )
    return None


def cut_at(frames: np.ndarray) -> int | None:
    """The frame at which most of the picture changes at once, or None."""
    small = frames[:, ::4, ::4].astype("float32") / 255
    change = np.abs(np.diff(small, axis=0)).mean((1, 2, 3))
    return int(change.argmax()) + 1 if len(change) and change.max() > CUT else None


def rerendered(path: str, fps: float, clip: Clip) -> Clip:
    """The same clip as drawings of the poses found in the file."""
    poses = [_pose_in(picture) for picture in files.full_frames(path, fps, READ_HEIGHT)][: len(clip)]
    found = [pose is not None for pose in poses]
    if not any(found):
        return clip
    points = _framed(np.stack(_held(poses)))
    return Clip(
        render(points, Look(), SIDE),
        clip.seconds[: len(points)],
        clip.name,
        rendered=True,
        detected=sum(found) / len(found),
    )


def _held(poses: list[np.ndarray | None]) -> list[np.ndarray]:
    """Every gap filled with the pose before it (the first gap with the first pose)."""
    last = next(pose for pose in poses if pose is not None)
    filled = []
    for pose in poses:
        last = last if pose is None else pose
        filled.append(last)
    return filled


def _pose_in(picture: np.ndarray) -> np.ndarray | None:
    """(17, 3) x and y in pixels and nearness in pixels, of the one person MediaPipe sees in (H, W, 3) uint8; None if it sees none."""
    marks = _finder().process(picture).pose_landmarks
    if marks is None:
        return None
    height, width = picture.shape[:2]
    all_33 = np.array([[m.x * width, m.y * height, -m.z * width] for m in marks.landmark])
    out = np.full((len(JOINTS), 3), np.nan)
    for ours, theirs in LANDMARKS.items():
        out[list(ours)] = all_33[list(theirs)]
    ears = all_33[list(EARS)].mean(0)
    out[HEAD], out[NOSE] = ears, ears + 1.2 * (all_33[NOSE_MARK] - ears)
    return out


def _framed(pixels: np.ndarray) -> np.ndarray:
    """(T, 17, 3) as `seen` gives it: one scale and place for the whole clip, so that the figure fills the picture as in training."""
    legs = np.linalg.norm(pixels[:, HIPS] - pixels[:, KNEES], axis=-1) + np.linalg.norm(
        pixels[:, KNEES] - pixels[:, ANKLES], axis=-1
    )
    metre = float(np.quantile(legs, 0.8)) / 0.84
    scale = 0.66 / 1.8
    middle = np.median(pixels[:, HIPS].mean(1), axis=0)
    at = (pixels - middle) / metre * scale
    near = scale * (1 + np.clip(at[..., 2], -0.3, 0.3))
    return np.stack([at[..., 0] + 0.5, at[..., 1] + 0.49, near], -1)


@lru_cache(maxsize=1)
def _finder() -> Any:
    from mediapipe.python.solutions.pose import Pose  # noqa: PLC0415  # pyright: ignore[reportMissingImports]  optional

    return Pose(static_image_mode=False, model_complexity=1, enable_segmentation=False)
