"""What a camera sees of moving points: small pictures of a figure with thick limbs, by Pillow.

One drawing for all: the puppet's clips, motion capture, and poses found in real footage end in `drawn`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from s2s_demo.video.skeleton.body import ANKLES, BAT, ELBOWS, HEAD, HIPS, KNEES, NOSE, SHOULDERS, TOES, WRISTS

FINER = 2
LIMBS = (  # (from, to, width in metres, which colour)
    *((SHOULDERS[s], ELBOWS[s], 0.095, "shirt") for s in (0, 1)),
    *((ELBOWS[s], WRISTS[s], 0.075, "skin") for s in (0, 1)),
    *((HIPS[s], KNEES[s], 0.15, "trousers") for s in (0, 1)),
    *((KNEES[s], ANKLES[s], 0.11, "trousers") for s in (0, 1)),
    *((ANKLES[s], TOES[s], 0.085, "shoes") for s in (0, 1)),
)
Colour = tuple[int, ...]


@dataclass(frozen=True)
class Camera:
    """Where it stands, seen from the figure: azimuth 0 looks at it from +z. Degrees; distance in metres.

    fill: the share of the picture that a figure of 1.8 m takes. aim: where its middle stands, shares of the picture from the centre.
    """

    azimuth: float = 30.0
    elevation: float = 6.0
    roll: float = 0.0
    distance: float = 5.0
    fill: float = 0.72
    aim: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def sampled(cls, rng: np.random.Generator, azimuth: float | None = None) -> Camera:
        """A camera by chance; the azimuth may be told."""
        return cls(
            azimuth=float(rng.uniform(0, 360)) if azimuth is None else azimuth,
            elevation=float(rng.uniform(-4, 22)),
            roll=float(rng.normal(0, 2)),
            distance=float(rng.uniform(3, 9)),
            fill=float(rng.uniform(0.6, 0.8)),
            aim=(float(rng.uniform(-0.08, 0.08)), float(rng.uniform(-0.02, 0.1))),
        )


@dataclass(frozen=True)
class Look:
    """Colours of a figure and of what is behind it. ground: where the floor begins, a share of the height; things: rectangles
    (left, top, width, height, in shares) in their colour."""

    skin: Colour = (224, 172, 135)
    hair: Colour = (60, 42, 30)
    shirt: Colour = (0, 114, 178)
    trousers: Colour = (70, 74, 90)
    shoes: Colour = (30, 30, 34)
    bat: Colour = (196, 148, 84)
    wall: Colour = (222, 226, 230)
    floor: Colour = (176, 190, 168)
    ground: float = 0.74
    things: tuple[tuple[tuple[float, ...], Colour], ...] = ()
    noise: float = 0.0

    @classmethod
    def sampled(cls, rng: np.random.Generator) -> Look:
        """Clothes and a place by chance: dark on light or light on dark."""
        light = rng.random() < 0.7
        paint = lambda low, high: tuple(map(int, rng.integers(low, high, 3)))  # noqa: E731
        behind, worn = ((140, 250), (10, 130)) if light else ((10, 90), (110, 250))
        skin = np.array([(242, 205, 178), (224, 172, 135), (164, 112, 78), (104, 68, 48)][rng.integers(4)])
        things = tuple(
            ((*map(float, rng.uniform(-0.1, 0.9, 2)), *map(float, rng.uniform(0.08, 0.4, 2))), paint(*behind))
            for _ in range(rng.integers(0, 4))
        )
        return cls(
            skin=tuple(map(int, np.clip(skin + rng.integers(-12, 12, 3), 0, 255))),
            hair=paint(10, 110),
            shirt=paint(*worn),
            trousers=paint(*worn),
            shoes=paint(*worn),
            bat=paint(90, 220) if light else paint(140, 250),
            wall=paint(*behind),
            floor=paint(*behind),
            ground=float(rng.uniform(0.55, 0.95)),
            things=things,
            noise=float(rng.uniform(0, 9)),
        )


def project(points: np.ndarray, camera: Camera) -> np.ndarray:
    """(T, J, 3) of points in metres: x and y in shares of the picture (0 to 1, y down), and 1 / metres, how large a metre is there.

    The camera stands still and looks at the middle of the figure's whole path.
    """
    middle = np.nanmean(points[:, HIPS, :], axis=(0, 1)) * [1, 0, 1] + [0, 0.86, 0]
    a, e, r = np.radians([camera.azimuth, camera.elevation, camera.roll])
    turn = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    nod = np.array([[1, 0, 0], [0, np.cos(e), -np.sin(e)], [0, np.sin(e), np.cos(e)]])
    roll = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    at = (points - middle) @ (roll @ nod @ turn).T
    depth = (camera.distance - at[..., 2]).clip(0.3)
    scale = camera.fill / 1.8 * camera.distance / depth
    x = 0.5 + camera.aim[0] + at[..., 0] * scale
    y = 0.5 + camera.aim[1] - at[..., 1] * scale
    return np.stack([x, y, scale], -1)


def render(image: np.ndarray, look: Look, side: int, rng: np.random.Generator | None = None) -> np.ndarray:
    """(T, side, side, 3) uint8 pictures of `image`, the (T, 17, 3) that `seen` gives; rng: adds the look's noise."""
    behind = _behind(look, side * FINER)
    out = np.empty((len(image), side, side, 3), "uint8")
    for t, points in enumerate(image):
        canvas = behind.copy()
        _figure(ImageDraw.Draw(canvas), points, look, side * FINER)
        out[t] = np.asarray(canvas.reduce(FINER))
    if rng is not None and look.noise:
        grain = rng.normal(0, look.noise, out.shape).astype("float32")
        out = np.clip(out + grain, 0, 255).astype("uint8")
    return out


def _behind(look: Look, side: int) -> Image.Image:
    canvas = Image.new("RGB", (side, side), look.wall)
    draw = ImageDraw.Draw(canvas)
    draw.rectangle((0, look.ground * side, side, side), fill=look.floor)
    for (x, y, width, height), colour in look.things:
        draw.rectangle((x * side, y * side, (x + width) * side, (y + height) * side), fill=colour)
    return canvas


def _figure(draw: ImageDraw.ImageDraw, points: np.ndarray, look: Look, side: int) -> None:
    """Farther parts first; a point at NaN leaves out what hangs on it."""
    parts: list[tuple[float, int]] = []
    scale = points[:, 2]
    for i, (start, end, _, _) in enumerate(LIMBS):
        parts.append((float(scale[start] + scale[end]) / 2, i))
    parts.append((float(scale[[*SHOULDERS, *HIPS]].mean()), -1))
    parts.append((float(scale[HEAD]), -2))
    if not np.isnan(points[BAT]).any():
        parts.append((float(scale[BAT] + scale[list(WRISTS)].mean()) / 2, -3))
    for _, part in sorted(parts):
        if part == -1:
            _trunk(draw, points, look, side)
        elif part == -2:
            _head(draw, points, look, side)
        elif part == -3:
            grip = points[list(WRISTS)].mean(0)
            _limb(draw, grip, points[BAT], 0.045, look.bat, side)
            _limb(draw, (grip + 2 * points[BAT]) / 3, points[BAT], 0.075, look.bat, side)
        else:
            start, end, width, colour = LIMBS[part]
            _limb(draw, points[start], points[end], width, getattr(look, colour), side)


def _limb(draw: ImageDraw.ImageDraw, a: np.ndarray, b: np.ndarray, width: float, colour: Colour, side: int) -> None:
    if np.isnan(a).any() or np.isnan(b).any():
        return
    across = width * (a[2] + b[2]) / 2 * side
    ends = [(float(p[0]) * side, float(p[1]) * side) for p in (a, b)]
    draw.line(ends, fill=colour, width=max(1, round(across)))
    for x, y in ends:
        draw.circle((x, y), across / 2, fill=colour)


def _trunk(draw: ImageDraw.ImageDraw, points: np.ndarray, look: Look, side: int) -> None:
    corners = points[[SHOULDERS[0], SHOULDERS[1], HIPS[1], HIPS[0]]]
    draw.polygon([(float(x) * side, float(y) * side) for x, y, _ in corners], fill=look.shirt)
    for a, b in ((0, 1), (1, 2), (2, 3), (3, 0)):
        _limb(draw, corners[a], corners[b], 0.13, look.shirt, side)


def _head(draw: ImageDraw.ImageDraw, points: np.ndarray, look: Look, side: int) -> None:
    """A head of hair with a face on the side of the nose, and a neck."""
    head, nose = points[HEAD], points[NOSE]
    _limb(draw, points[list(SHOULDERS)].mean(0), head, 0.09, look.skin, side)
    radius = 0.115 * head[2] * side
    draw.circle((float(head[0]) * side, float(head[1]) * side), radius, fill=look.hair)
    face = head + 0.42 * (nose - head)
    if nose[2] >= head[2] * 0.97:
        draw.circle((float(face[0]) * side, float(face[1] + 0.012) * side), 0.8 * radius, fill=look.skin)
    _limb(draw, head + 0.6 * (nose - head), nose, 0.035, look.hair, side)
