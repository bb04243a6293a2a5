"""Figures of the gradient laboratory: decay over the lag, a training with and without clipping, gates of a recurrent cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, label, look

LOWEST = 1e-24
"""Nothing is drawn below it."""
HIGHEST_BOUND = 1e3
"""A theoretical bound stretches the y axis no further than this, or its inverse."""
MOST_MARKERS = 12
MOST_NAMES = 24
SHADE = "rgba(128,128,128,.16)"
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
"""Above the figure, so that it never covers the axis however many rows it takes."""
UNCLIPPED, CLIPPED, THRESHOLD = "#D55E00", "#0072B2", "#777777"
GATE_COLOURS = {"forget": "#0072B2", "input": "#E69F00", "output": "#009E73", "update": "#0072B2", "reset": "#D55E00"}
GATE_DASHES = {"forget": "solid", "input": "dash", "output": "dot", "update": "solid", "reset": "dash"}


@dataclass(frozen=True)
class DecayCurve:
    """One curve of `decay_curves`."""

    engine: str
    title: str
    values: np.ndarray
    """(T,) fractions by lag, lag 0 first; exactly 0 means no path."""
    style: str = ""
    """A plotly dash for a second state of an engine, or "bound" for a theoretical bound, which need not fit on the axis."""


def decay_curves(
    curves: list[DecayCurve],
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
    """One curve a line on a log axis, lag 0 at the right end.

    Args:
        curves: what to draw.
        no_path: words for zeros, drawn as ▽ at the bottom: structurally zero, not vanished.
        shaded: words for the region below `floor`.
        names: of the steps, the last at lag 0; without them the x axis counts lags.
        limits: of the y axis, to make two figures comparable; default: `limits_of(curves)`.
        x_title, y_title, floor, height: axis titles, a value of y, pixels.
    """
    low, high = limits or limits_of(curves)
    traces: list[Any] = [_decay_line(curve) for curve in curves]
    zeros = [curve for curve in curves if (curve.values == 0).any()]
    for row, curve in enumerate(zeros):
        traces.append(_no_path_marks(curve, no_path, low * (high / low) ** (0.02 + 0.045 * row), named=row == 0))
    picture = figure(
        *traces,
        height=height,
        legend={**LEGEND, "entrywidth": 158, "font": {"size": 14}},
        font={"size": 16},
        margin={"l": 70, "r": 16, "t": 16, "b": 56},
    )
    if low < floor < high:
        picture.add_hrect(y0=low / 10, y1=floor, fillcolor=SHADE, line_width=0, layer="below")
        note = {"text": shaded, "showarrow": False, "xanchor": "left", "yanchor": "top", "font": {"size": 13}}
        picture.add_annotation(xref="paper", x=0.01, y=float(np.log10(floor)), **note)
    longest = max((len(curve.values) for curve in curves), default=1)
    ticks = {**_step_ticks(names[::-1]), "tickfont": {"size": 14}} if names else {}
    picture.update_xaxes(title=x_title, range=[longest - 0.5, -0.5], zeroline=False, **ticks)
    picture.update_yaxes(
        type="log",
        title=y_title,
        range=[float(np.log10(low)), float(np.log10(high))],
        exponentformat="power",
        dtick=max(1, round(np.log10(high / low) / 7)),
    )
    return picture


def limits_of(curves: list[DecayCurve]) -> tuple[float, float]:
    """(low, high) of a y axis for every positive measured value down to `LOWEST` and bounds up to `HIGHEST_BOUND`, padded."""
    measured = [curve.values[curve.values > 0] for curve in curves if curve.style != "bound"]
    bounds = [np.clip(c.values, 1 / HIGHEST_BOUND, HIGHEST_BOUND) for c in curves if c.style == "bound"]
    values = np.concatenate([np.ones(1), *measured, *bounds])
    values = values[np.isfinite(values)]
    low, high = max(float(values.min()), LOWEST), float(values.max())
    padding = max(0.3, 0.06 * np.log10(high / low))
    return low / 10 ** (2 * padding), high * 10**padding


def _decay_line(curve: DecayCurve) -> go.Scatter:
    colour, dash, marker = look(curve.engine)
    bound = curve.style == "bound"
    return go.Scatter(
        x=np.arange(len(curve.values)),
        y=np.where(curve.values > 0, curve.values, np.nan),
        name=curve.title,
        mode="lines" if bound else "lines+markers",
        line={"color": colour, "dash": "dash" if bound else curve.style or dash, "width": 1.8 if bound else 3.5},
        marker={"symbol": marker, "size": 10, "maxdisplayed": MOST_MARKERS},
        hovertemplate="τ = %{x}: %{y:.2e}<extra>" + curve.title + "</extra>",
    )


def _no_path_marks(curve: DecayCurve, no_path: str, y: float, *, named: bool) -> go.Scatter:
    lags = np.flatnonzero(curve.values == 0)
    lags = lags[:: max(1, len(lags) // (2 * MOST_MARKERS))]
    return go.Scatter(
        x=lags,
        y=np.full(len(lags), y),
        name=no_path,
        showlegend=named,
        mode="markers",
        marker={"symbol": "triangle-down-open", "size": 11, "color": look(curve.engine)[0], "line": {"width": 2}},
        hovertemplate=f"{no_path}<extra>{curve.title}</extra>",
    )


def clipped_norms(
    unclipped: np.ndarray, clipped: np.ndarray, threshold: float, *, titles: tuple[str, str, str], **axes: str
) -> go.Figure:
    """Gradient norms before clipping of both runs on a log axis, with the threshold.

    Args:
        unclipped, clipped: (steps,) norms of the run without and with clipping; a filled marker is a step that was clipped.
        threshold: where the gradient is clipped.
        titles: of the unclipped run, the clipped run and the threshold.
        axes: `x_title` and `y_title`.
    """
    line = {"color": THRESHOLD, "dash": "longdash", "width": 2.5}
    level = go.Scatter(x=[1, len(unclipped)], y=[threshold] * 2, name=titles[2], mode="lines", line=line)
    symbols = np.where(clipped > threshold, "circle", "circle-open")
    return _log_figure([*_both_runs(unclipped, clipped, titles, symbols), level], **axes)


def clipped_losses(
    unclipped: np.ndarray, clipped: np.ndarray, *, titles: tuple[str, str, str], **axes: str
) -> go.Figure:
    """(steps,) losses of both runs on a log axis; arguments as of `clipped_norms`."""
    return _log_figure(_both_runs(unclipped, clipped, titles), **axes)


def _both_runs(
    unclipped: np.ndarray, clipped: np.ndarray, titles: tuple[str, str, str], symbols: np.ndarray | None = None
) -> list[Any]:
    plain = {"x": np.arange(1, len(unclipped) + 1), "hovertemplate": "%{y:.3g}<extra></extra>", "mode": "lines"}
    marked = {} if symbols is None else {"mode": "lines+markers", "marker": {"symbol": symbols, "size": 8}}
    return [
        go.Scatter(**plain, y=unclipped, name=titles[0], line={"color": UNCLIPPED, "dash": "dot", "width": 3}),
        go.Scatter(**{**plain, **marked}, y=clipped, name=titles[1], line={"color": CLIPPED, "width": 3}),
    ]


def _log_figure(traces: list[Any], *, x_title: str, y_title: str) -> go.Figure:
    legend = {**LEGEND, "font": {"size": 15}}
    picture = figure(*traces, height=400, legend=legend, font={"size": 15}, margin={"l": 62, "r": 8, "t": 12, "b": 52})
    values = np.concatenate([np.asarray(trace.y, dtype=float) for trace in traces])
    values = values[np.isfinite(values) & (values > 0)]
    decades = float(np.log10(values.max() / values.min())) if values.size else 1.0
    dtick = max(1, round(decades / 6)) if decades > 2 else "D2"
    picture.update_xaxes(title=x_title)
    picture.update_yaxes(type="log", title=y_title, exponentformat="power", dtick=dtick)
    return picture


def gate_map(open_DS: np.ndarray, steps: tuple[str, ...], *, x_title: str, y_title: str, scale_title: str) -> go.Figure:
    """(D, S) openness of a gate, 0 (closed) to 1 (open), on a fixed scale; units sorted by their mean."""
    order = np.argsort(open_DS.mean(1))
    trace = go.Heatmap(
        z=open_DS[order].astype("float32"),
        zmin=0,
        zmax=1,
        colorscale="Cividis",
        hovertemplate="%{z:.3f}<extra></extra>",
        colorbar={"title": {"text": scale_title, "side": "right"}, "thickness": 12, "tickvals": [0, 0.5, 1]},
    )
    picture = figure(trace, height=420, font={"size": 15}, margin={"l": 56, "r": 8, "t": 12, "b": 60})
    picture.update_xaxes(title=x_title, fixedrange=True, showgrid=False, **_step_ticks(steps))
    picture.update_yaxes(title=y_title, fixedrange=True, showgrid=False, showticklabels=False)
    return picture


def gate_means(
    gates: dict[str, np.ndarray], steps: tuple[str, ...], titles: dict[str, str], *, x_title: str, y_title: str
) -> go.Figure:
    """Each gate's mean over the units at every step, in a band from the lower to the upper quartile."""
    traces: list[Any] = []
    x = np.arange(len(steps))
    for name, open_DS in gates.items():
        low, high = np.quantile(open_DS, [0.25, 0.75], axis=0)
        band = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        traces.append(go.Scatter(y=low, **band))
        traces.append(go.Scatter(y=high, fill="tonexty", fillcolor=_faint(GATE_COLOURS.get(name, "#777777")), **band))
        line = {"color": GATE_COLOURS.get(name, "#777777"), "dash": GATE_DASHES.get(name, "dashdot"), "width": 3.5}
        hover = "%{y:.2f}<extra>" + titles[name] + "</extra>"
        traces.append(go.Scatter(x=x, y=open_DS.mean(0), name=titles[name], line=line, hovertemplate=hover))
    legend = {**LEGEND, "font": {"size": 15}}
    picture = figure(*traces, height=420, legend=legend, font={"size": 15}, margin={"l": 56, "r": 8, "t": 12, "b": 60})
    picture.update_xaxes(title=x_title, fixedrange=True, **_step_ticks(steps))
    picture.update_yaxes(title=y_title, fixedrange=True, range=[0, 1])
    return picture


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},.18)"


def _step_ticks(names: tuple[str, ...]) -> dict[str, Any]:
    places = list(range(0, len(names), max(1, len(names) // MOST_NAMES)))
    return {"tickvals": places, "ticktext": [label(names[i], 10) for i in places], "tickangle": -50}
