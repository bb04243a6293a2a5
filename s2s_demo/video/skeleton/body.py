"""A body of seventeen points, posed by where its pelvis, hands and feet are.

Legs and arms are two bones each; knee and elbow follow from the end points (the law of cosines), so a pose is told by a few numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np

JOINTS = (
    "head",
    "nose",
    "left shoulder",
    "right shoulder",
    "left elbow",
    "right elbow",
    "left wrist",
    "right wrist",
    "left hip",
    "right hip",
    "left knee",
    "right knee",
    "left ankle",
    "right ankle",
    "left toe",
    "right toe",
    "bat",
)
HEAD, NOSE, SHOULDERS, ELBOWS, WRISTS = 0, 1, (2, 3), (4, 5), (6, 7)
HIPS, KNEES, ANKLES, TOES, BAT = (8, 9), (10, 11), (12, 13), (14, 15), 16
MIRRORED = [0, 1, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14, 16]


@dataclass(frozen=True)
class Proportions:
    """Lengths of one body in metres: bones, half the width of hips and shoulders, and the bat (0: none)."""

    thigh: float = 0.43
    shin: float = 0.41
    spine: float = 0.50
    neck: float = 0.22
    upper_arm: float = 0.29
    forearm: float = 0.26
    hips: float = 0.12
    shoulders: float = 0.19
    foot: float = 0.17
    bat: float = 0.84

    def grown(self, rng: np.random.Generator) -> Proportions:
        """Another person: everything scaled together, then each length a little by itself."""
        size = rng.uniform(0.88, 1.12)
        return Proportions(**{f.name: getattr(self, f.name) * size * rng.uniform(0.93, 1.07) for f in fields(self)})

    def without_bat(self) -> Proportions:
        """The same person with empty hands."""
        return replace(self, bat=0.0)


@dataclass(frozen=True)
class Pose:
    """T moments. Positions (T, 3) in metres, angles (T,) in degrees; yaw 0 faces +z, growing to the left.

    hands, feet: left and right. head_yaw and shoulder_yaw are of the world, not of the pelvis. bat: (T, 2) yaw and elevation.
    """

    pelvis: np.ndarray
    yaw: np.ndarray
    shoulder_yaw: np.ndarray
    head_yaw: np.ndarray
    lean: np.ndarray
    tilt: np.ndarray
    hands: tuple[np.ndarray, np.ndarray]
    feet: tuple[np.ndarray, np.ndarray]
    foot_yaw: tuple[np.ndarray, np.ndarray]
    bat: np.ndarray


def ahead(yaw: np.ndarray, elevation: np.ndarray | float = 0.0) -> np.ndarray:
    """(T, 3) unit vectors that look along a yaw and an elevation in degrees."""
    a, e = np.radians(yaw), np.radians(elevation)
    return np.stack([np.sin(a) * np.cos(e), np.sin(e) * np.ones_like(a), np.cos(a) * np.cos(e)], -1)


def chest(pose: Pose, build: Proportions) -> np.ndarray:
    """(T, 3) the middle between the shoulders: up the spine from the pelvis, bent forward and to the side."""
    lean, tilt = np.radians(pose.lean)[:, None], np.radians(pose.tilt)[:, None]
    middle = (pose.yaw + pose.shoulder_yaw) / 2
    up = np.cos(lean) * np.cos(tilt) * np.array([0.0, 1.0, 0.0])
    return pose.pelvis + build.spine * (up + np.sin(lean) * ahead(middle) + np.sin(tilt) * ahead(middle + 90))


def joints(pose: Pose, build: Proportions) -> np.ndarray:
    """(T, 17, 3) the points in metres, in the order of JOINTS; the bat's end is NaN without a bat."""
    out = np.full((len(pose.yaw), len(JOINTS), 3), np.nan)
    top = chest(pose, build)
    spine = (top - pose.pelvis) / build.spine
    out[:, HEAD] = top + build.neck * (0.75 * spine + 0.25 * np.array([0.0, 1.0, 0.0]))
    out[:, NOSE] = out[:, HEAD] + 0.6 * build.neck * ahead(pose.head_yaw, -pose.lean / 2)
    for side, sign in enumerate((1, -1)):
        hip = pose.pelvis + sign * build.hips * ahead(pose.yaw + 90)
        shoulder = top + sign * build.shoulders * _across(pose.shoulder_yaw + 90, pose.tilt)
        out_and_back = sign * ahead(pose.shoulder_yaw + 90) - 0.6 * ahead(pose.shoulder_yaw)
        elbow, wrist = bent(shoulder, pose.hands[side], build.upper_arm, build.forearm, out_and_back - [0.0, 0.9, 0.0])
        knees_to = ahead(pose.foot_yaw[side]) + 0.5 * ahead(pose.yaw)
        knee, ankle = bent(hip, pose.feet[side], build.thigh, build.shin, knees_to)
        toe = ankle + build.foot * (ahead(pose.foot_yaw[side]) - [0.0, 0.35, 0.0])
        toe[:, 1] = np.maximum(toe[:, 1], 0.02)
        for joint, where in ((HIPS, hip), (SHOULDERS, shoulder), (ELBOWS, elbow), (WRISTS, wrist)):
            out[:, joint[side]] = where
        for joint, where in ((KNEES, knee), (ANKLES, ankle), (TOES, toe)):
            out[:, joint[side]] = where
    if build.bat:
        grip = out[:, WRISTS].mean(1)
        out[:, BAT] = grip + build.bat * ahead(pose.bat[:, 0], pose.bat[:, 1])
    return out


def bent(
    root: np.ndarray, goal: np.ndarray, upper: float, lower: float, towards: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the middle joint and the end of two bones are when the end reaches for `goal`, bending `towards`; all (T, 3)."""
    span = goal - root
    far = np.linalg.norm(span, axis=-1, keepdims=True).clip(1e-6)
    along = span / far
    far = far.clip(abs(upper - lower) + 1e-3, (upper + lower) * 0.999)
    cosine = (upper**2 + far**2 - lower**2) / (2 * upper * far)
    aside = towards - (towards * along).sum(-1, keepdims=True) * along
    aside /= np.linalg.norm(aside, axis=-1, keepdims=True).clip(1e-6)
    middle = root + upper * (cosine * along + np.sqrt(np.clip(1 - cosine**2, 0, 1)) * aside)
    return middle, root + far * along


def mirrored(points: np.ndarray, axis: int) -> np.ndarray:
    """The mirror image (T, 17, 3) along an axis, left and right exchanged."""
    out = points[:, MIRRORED].copy()
    out[..., axis] *= -1
    return out


def _across(yaw: np.ndarray, tilt: np.ndarray) -> np.ndarray:
    """A horizontal line at a yaw, lowered on the side the body is tilted to."""
    line = ahead(yaw)
    line[:, 1] -= np.sin(np.radians(tilt))
    return line / np.linalg.norm(line, axis=-1, keepdims=True)
