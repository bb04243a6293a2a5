"""Decay: what of a gradient is left τ steps back, one line a curve on a log axis, the present at the right end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, label, look

LOWEST = 1e-24
BOUND = 1e3
ENTRY = 158
SPARSE = 12
SHADE = "rgba(128,128,128,.16)"


@dataclass(frozen=True)
class Line:
    """One curve. values: (T,) shares by lag, lag 0 first; exactly 0 means no path. style: "solid", or another dash for a second state
    of the same engine; "bound" for a line of theory, which the axis need not hold.
    """

    engine: str
    title: str
    values: np.ndarray
    style: str = ""


def decay(
    lines: list[Line],
    *,
    x_title: str,
    y_title: str,
    no_path: str,
    shaded: str,
    floor: float,
    names: tuple[str, ...] = (),
    limits: tuple[float, float] | None = None,
    height: int = 460,
) -> go.Figure:
    """Zeros stand at the bottom as ▽ with the words of `no_path`: structurally zero, not vanished.

    What lies below `floor` is shaded with the words of `shaded`. names: of the steps, the last at lag 0; without them the axis counts
    lags. limits: of the y axis, so that two figures can be compared; else those of the values, down to 1e-24.
    """
    low, high = limits or limits_of(lines)
    traces: list[Any] = [_curve(line) for line in lines]
    empty = [line for line in lines if (line.values == 0).any()]
    places = [low * (high / low) ** (0.02 + 0.045 * row) for row in range(len(empty))]
    traces += [_nowhere(line, no_path, at, first=line is empty[0]) for line, at in zip(empty, places, strict=True)]
    # the names of the lines stand above, so that they never cover the axis however many rows they take
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "entrywidth": ENTRY}
    picture = figure(
        *traces,
        height=height,
        legend={**legend, "font": {"size": 14}},
        font={"size": 16},
        margin={"l": 70, "r": 16, "t": 16, "b": 56},
    )
    if low < floor < high:
        picture.add_hrect(y0=low / 10, y1=floor, fillcolor=SHADE, line_width=0, layer="below")
        note = {"text": shaded, "showarrow": False, "xanchor": "left", "yanchor": "top", "font": {"size": 13}}
        picture.add_annotation(xref="paper", x=0.01, y=float(np.log10(floor)), **note)
    longest = max((len(line.values) for line in lines), default=1)
    picture.update_xaxes(title=x_title, range=[longest - 0.5, -0.5], zeroline=False, **_named(names))
    decades = np.log10(high / low)
    picture.update_yaxes(
        type="log",
        title=y_title,
        range=[float(np.log10(low)), float(np.log10(high))],
        exponentformat="power",
        dtick=max(1, round(decades / 7)),
    )
    return picture


def limits_of(lines: list[Line]) -> tuple[float, float]:
    """The ends of a y axis that holds every positive value of every measured line down to 1e-24, and a bound up to 1e3; with air."""
    held = [line.values[line.values > 0] for line in lines if line.style != "bound"]
    bounds = [np.clip(line.values, 1 / BOUND, BOUND) for line in lines if line.style == "bound"]
    values = np.concatenate([np.ones(1), *held, *bounds])
    values = values[np.isfinite(values)]
    low, high = max(float(values.min()), LOWEST), float(values.max())
    air = max(0.3, 0.06 * np.log10(high / low))
    return low / 10 ** (2 * air), high * 10**air


def _curve(line: Line) -> go.Scatter:
    colour, dash, marker = look(line.engine)
    bound = line.style == "bound"
    shown = np.where(line.values > 0, line.values, np.nan)
    return go.Scatter(
        x=np.arange(len(shown)),
        y=shown,
        name=line.title,
        mode="lines" if bound else "lines+markers",
        line={"color": colour, "dash": "dash" if bound else line.style or dash, "width": 1.8 if bound else 3.5},
        marker={"symbol": marker, "size": 10, "maxdisplayed": SPARSE},
        hovertemplate="τ = %{x}: %{y:.2e}<extra>" + line.title + "</extra>",
    )


def _nowhere(line: Line, no_path: str, at: float, *, first: bool) -> go.Scatter:
    places = np.flatnonzero(line.values == 0)
    places = places[:: max(1, len(places) // (2 * SPARSE))]
    return go.Scatter(
        x=places,
        y=np.full(len(places), at),
        name=no_path,
        showlegend=first,
        mode="markers",
        marker={"symbol": "triangle-down-open", "size": 11, "color": look(line.engine)[0], "line": {"width": 2}},
        hovertemplate=f"{no_path}<extra>{line.title}</extra>",
    )


def _named(names: tuple[str, ...]) -> dict[str, Any]:
    if not names:
        return {}
    every = max(1, len(names) // 24)
    places = list(range(0, len(names), every))
    shown = [label(name, 10) for name in reversed(names)]
    return {"tickvals": places, "ticktext": [shown[i] for i in places], "tickangle": -50, "tickfont": {"size": 14}}
