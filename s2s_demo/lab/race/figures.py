"""Small multiples of a race: one line an engine, on ranges that stay put while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, look

FIXED = {"loss": (-3.0, 1.0), "norm": (-3.0, 1.5), "exact": (-0.02, 1.04)}


@dataclass(frozen=True)
class Track:
    """One engine's curve."""

    engine: str
    title: str
    places: tuple[float, ...]
    """Steps or seconds."""
    values: tuple[float, ...]
    """Losses in nats, norms, or fractions."""


def tracks(shown: list[Track], *, kind: str, until: float, x_title: str, y_title: str) -> go.Figure:
    """One curve an engine on a fixed range; what lies outside of it is drawn at its edge.

    Args:
        shown: the curves.
        kind: "loss" or "norm" (log axis), or "exact" (0 to 1).
        until: where the x axis ends.
        x_title, y_title: of the axes.
    """
    low, high = FIXED[kind]
    traces = [_line(one, kind, 10**low, 10**high) for one in shown]
    y: dict[str, Any] = {"range": [low, high], "fixedrange": True, "title": {"text": y_title, "standoff": 4}}
    y |= {"tickformat": ".0%"} if kind == "exact" else {"type": "log", "exponentformat": "power", "dtick": 1}
    x = {"range": [0, until], "fixedrange": True, "title": {"text": x_title, "standoff": 4}, "nticks": 6}
    margin = {"l": 52, "r": 10, "t": 8, "b": 40}
    return figure(*traces, height=260, margin=margin, showlegend=False, xaxis=x, yaxis=y)


def _line(one: Track, kind: str, low: float, high: float) -> go.Scatter:
    colour, dash, _ = look(one.engine)
    values = np.asarray(one.values, float)
    shown = values if kind == "exact" else np.clip(values, low, high)
    return go.Scatter(
        x=np.asarray(one.places, float),
        y=shown.astype("float32"),
        name=one.title,
        mode="lines",
        line={"color": colour, "dash": dash, "width": 2.5},
        hovertemplate="%{y:.3g}<extra>" + one.title + "</extra>",
    )


def round_up(most: float, least: float = 100) -> float:
    """The end of an axis that seldom moves: 1, 2 or 5 times a power of ten, not below `least` nor `most`.

    >>> round_up(340), round_up(12)
    (500, 100)
    """
    ends = (size * 10**power for power in range(9) for size in (1, 2, 5))
    return next(end for end in ends if end >= max(most, least))
