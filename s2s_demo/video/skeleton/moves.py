"""Poses by chance, as wide as a person can reach: what the frame encoder is trained on, so that it has seen no clip of any task."""

from __future__ import annotations

import numpy as np

from s2s_demo.video.skeleton.body import Pose, Proportions, ahead, chest, joints


def poses(count: int, build: Proportions, rng: np.random.Generator) -> np.ndarray:
    """(count, 17, 3) points of one person, each pose drawn by itself: standing, squatting, stepping, bending, arms anywhere."""
    n = count
    reach, arm = build.thigh + build.shin, build.upper_arm + build.forearm
    yaw = rng.uniform(-40, 40, n)
    low = np.where(rng.random(n) < 0.3, rng.uniform(0.4, 0.85, n), rng.uniform(0.85, 1.02, n))
    bows = np.where(rng.random(n) < 0.3, rng.uniform(20, 110, n), rng.uniform(-12, 25, n))
    pelvis = np.stack([rng.normal(0, 0.08, n), reach * low + 0.06, rng.normal(0, 0.08, n)], -1)
    shoulder_yaw = yaw + rng.normal(0, 28, n)
    pose = Pose(
        pelvis=pelvis,
        yaw=yaw,
        shoulder_yaw=shoulder_yaw,
        head_yaw=shoulder_yaw + rng.normal(0, 35, n),
        lean=bows,
        tilt=rng.normal(0, 14, n),
        hands=(pelvis, pelvis),
        feet=tuple(_foot(n, sign, pelvis, yaw, rng) for sign in (1, -1)),  # type: ignore[arg-type]
        foot_yaw=(yaw + rng.normal(12, 25, n), yaw + rng.normal(-12, 25, n)),
        bat=np.stack([rng.uniform(-180, 180, n), rng.uniform(-45, 90, n)], -1),
    )
    hands = _hands(pose, build, arm, rng)
    return joints(Pose(**{**vars(pose), "hands": hands}), build)


def _foot(n: int, sign: int, pelvis: np.ndarray, yaw: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """On the ground beside the pelvis, or lifted anywhere below it."""
    wide, fore = rng.uniform(0.02, 0.45, n), rng.normal(0, 0.16, n)
    lifted = rng.random(n) < 0.22
    height = np.where(lifted, rng.uniform(0.1, 0.75, n), 0.08) + np.where(rng.random(n) < 0.1, 0.15, 0.0)
    fore = np.where(lifted, rng.uniform(-0.45, 0.5, n), fore)
    at = pelvis + sign * wide[:, None] * ahead(yaw + 90) + fore[:, None] * ahead(yaw)
    at[:, 1] = height
    return at


def _hands(pose: Pose, build: Proportions, arm: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Each anywhere within reach of its shoulder, hanging down, or both together as around a bat."""
    n = len(pose.yaw)
    top = chest(pose, build)
    together = rng.random(n) < 0.3
    where = _within(n, rng) * [0.5, 0.6, 0.5] + 0.6 * ahead(pose.shoulder_yaw)
    shared = top + arm * rng.uniform(0.4, 0.8, n)[:, None] * where
    out = []
    for sign in (1, -1):
        shoulder = top + sign * build.shoulders * ahead(pose.shoulder_yaw + 90)
        direction = _within(n, rng) + 0.35 * sign * ahead(pose.shoulder_yaw + 90)
        hanging = np.array([0.0, -1.0, 0.0]) + 0.25 * rng.normal(size=(n, 3))
        direction = np.where((rng.random(n) < 0.25)[:, None], hanging, direction)
        direction /= np.linalg.norm(direction, axis=-1, keepdims=True)
        free = shoulder + arm * rng.uniform(0.35, 1.0, n)[:, None] * direction
        out.append(np.where(together[:, None], shared + 0.04 * rng.normal(size=(n, 3)), free))
    return out[0], out[1]


def _within(n: int, rng: np.random.Generator) -> np.ndarray:
    """(n, 3) unit vectors, every direction alike."""
    v = rng.normal(size=(n, 3))
    return v / np.linalg.norm(v, axis=-1, keepdims=True)
