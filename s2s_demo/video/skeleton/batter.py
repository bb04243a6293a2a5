"""A batter who swings: six phases in their published order, known to the frame.

    stance → load → stride → swing → contact → follow-through

Order and what moves in each are those of Welch et al. 1995 (J. Orthop. Sports Phys. Ther. 22:193): weight goes to the rear foot and
the trunk coils; the front foot strides; from foot-down hips, then shoulders, then hands turn; the bat meets the ball. How long a phase
lasts and every amplitude are drawn around plausible values of our own: the clips are synthetic and say so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s_demo.video.skeleton.body import Pose, Proportions, ahead, chest, joints, mirrored

PHASES = ("stance", "load", "stride", "swing", "contact", "follow-through")
FPS = 30
LONGEST = 64
LASTS = {
    "stance": (0.25, 0.7),
    "load": (0.3, 0.55),
    "stride": (0.27, 0.42),
    "swing": (0.15, 0.2),
    "follow": (0.35, 0.6),
}
# What stands at the end of each of: stance, load, stride, swing (= contact), follow-through.
KEYS: dict[str, tuple[float, ...]] = {
    "x": (0.0, -0.11, 0.07, 0.17, 0.18),
    "height": (0.93, 0.92, 0.89, 0.90, 0.93),
    "yaw": (-4, -22, -4, 64, 85),
    "shoulders": (-8, -36, -30, 52, 118),
    "head": (62, 64, 58, 38, 60),
    "lean": (20, 22, 24, 18, 8),
    "tilt": (0, -4, -7, -18, -16),
    "hand_left": (-0.12, -0.30, -0.33, -0.12, 0.22),
    "hand_up": (0.0, 0.06, 0.03, -0.26, 0.10),
    "hand_ahead": (0.27, 0.17, 0.18, 0.50, 0.16),
    "bat_yaw": (-115, -98, -112, -4, 200),
    "bat_up": (62, 50, 38, -8, 22),
    "front_x": (0.27, 0.24, 0.50, 0.50, 0.50),
    "front_toe": (8, 6, 40, 48, 62),
    "back_toe": (-4, -6, 0, 48, 62),
    "back_heel": (0.0, 0.0, 0.02, 0.10, 0.12),
}
ANGLES = {"yaw", "shoulders", "head", "lean", "tilt", "bat_yaw", "bat_up", "front_toe", "back_toe"}


@dataclass(frozen=True)
class Batter:
    """One batter: a build, a style (what is added to each key), the height of the kick, and the hand."""

    build: Proportions
    style: dict[str, np.ndarray]
    kick: float
    left_handed: bool

    @classmethod
    def sampled(cls, rng: np.random.Generator) -> Batter:
        """A batter by chance; a style bends every key a little, and all keys of one quantity together."""
        style = {}
        for name, keys in KEYS.items():
            much = 5.0 if name in ANGLES else 0.02
            style[name] = rng.normal(0, much) + rng.normal(0, 0.5 * much, len(keys))
        return cls(Proportions().grown(rng), style, float(rng.uniform(0.1, 0.32)), bool(rng.random() < 0.35))


def swing_motion(batter: Batter, rng: np.random.Generator) -> tuple[np.ndarray, tuple[str, ...]]:
    """One swing at 30 frames a second: (T, 17, 3) points in metres and T phases, T at most 64."""
    pace = rng.uniform(0.85, 1.2)
    ends, at = [], 0.0
    for low, high in LASTS.values():
        at += rng.uniform(low, high) / pace
        ends.append(at)
    count = min(LONGEST, int(ends[-1] * FPS))
    seconds = np.arange(count) / FPS
    points = joints(_pose(batter, np.array(ends), seconds, rng), batter.build)
    if batter.left_handed:
        points = mirrored(points, axis=2)
    return points, tuple(_phase(t, ends) for t in seconds)


def _phase(t: float, ends: list[float]) -> str:
    """The phase of a moment; contact is three frames, the bat meets the ball in the middle one."""
    stance, load, stride, meets, _ = ends
    if abs(t - meets) <= 1.5 / FPS:
        return "contact"
    after = [stance, load, stride, meets]
    return ("stance", "load", "stride", "swing", "follow-through")[sum(t >= end for end in after)]


def _pose(batter: Batter, ends: np.ndarray, t: np.ndarray, rng: np.random.Generator) -> Pose:
    now = {name: _through(np.array(keys) + batter.style[name], ends, t) for name, keys in KEYS.items()}
    sway = np.sin(2 * np.pi * (t * rng.uniform(0.8, 1.6) + rng.random())) * np.clip((ends[0] - t) / 0.15, 0, 1)
    now["bat_yaw"] = now["bat_yaw"] + 9 * sway
    now["x"] = now["x"] + 0.012 * sway
    build, none = batter.build, np.zeros_like(t)
    reach = build.thigh + build.shin
    share = np.clip((t - ends[1]) / (ends[2] - ends[1]), 0, 1)
    lifted = batter.kick * np.sin(np.pi * share**0.8) + 0.03 * np.clip((t - ends[0]) / (ends[1] - ends[0]), 0, 1) * (
        t < ends[1]
    )
    pose = Pose(
        pelvis=np.stack([now["x"], reach * now["height"] + 0.02, none], -1),
        yaw=now["yaw"],
        shoulder_yaw=now["shoulders"],
        head_yaw=now["head"],
        lean=now["lean"],
        tilt=now["tilt"],
        hands=(np.zeros((len(t), 3)), np.zeros((len(t), 3))),
        feet=(
            np.stack([now["front_x"], 0.08 + lifted, none], -1),
            np.stack([-0.27 + 0.4 * now["back_heel"], 0.08 + now["back_heel"], none], -1),
        ),
        foot_yaw=(now["front_toe"], now["back_toe"]),
        bat=np.stack([now["bat_yaw"], now["bat_up"]], -1),
    )
    return _gripping(pose, now, build)


def _gripping(pose: Pose, now: dict[str, np.ndarray], build: Proportions) -> Pose:
    """The same pose with both hands on the bat, where the hand keys say, seen from the chest."""
    size = (build.upper_arm + build.forearm) / 0.55
    side = ahead(now["shoulders"] + 90) * (now["hand_left"] * size)[:, None]
    front = ahead(now["shoulders"]) * (now["hand_ahead"] * size)[:, None]
    grip = (
        chest(pose, build)
        + side
        + front
        + np.stack([0 * now["hand_up"], now["hand_up"] * size, 0 * now["hand_up"]], -1)
    )
    along = ahead(pose.bat[:, 0], pose.bat[:, 1])
    return Pose(**{**vars(pose), "hands": (grip - 0.04 * along, grip + 0.06 * along)})


def _through(keys: np.ndarray, ends: np.ndarray, t: np.ndarray) -> np.ndarray:
    """(T,) a quantity that holds its first key during the stance and then goes from key to key.

    Load and stride set out at once and settle, the swing gathers speed up to contact, the follow-through spends it.
    """
    value = np.full_like(t, keys[0])
    eases = (lambda u: 1 - (1 - u) ** 2.5, lambda u: 1 - (1 - u) ** 1.5, lambda u: u**1.3, lambda u: 1 - (1 - u) ** 2)
    for i, ease in enumerate(eases):
        share = np.clip((t - ends[i]) / (ends[i + 1] - ends[i]), 0, 1)
        value = value + (keys[i + 1] - keys[i]) * ease(share)
    return value
