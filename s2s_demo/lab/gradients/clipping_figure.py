"""A training with and without clipping: the norm before clipping with its threshold, and the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure

FREE, CUT, EDGE = "#D55E00", "#0072B2", "#777777"
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 15}}


def clipped_norms(
    free: np.ndarray, cut: np.ndarray, threshold: float, *, titles: tuple[str, str, str], x_title: str, y_title: str
) -> go.Figure:
    """(steps,) norms before clipping of both runs on a log axis. titles: without clipping, with clipping, the threshold.

    A filled marker is a step whose gradient was cut.
    """
    over = np.where(cut > threshold, "circle", "circle-open")
    steps = np.arange(1, len(free) + 1)
    traces = [
        *_both(free, cut, titles, markers=over),
        go.Scatter(
            x=[1, int(steps[-1])],
            y=[threshold] * 2,
            name=titles[2],
            mode="lines",
            line={"color": EDGE, "dash": "longdash", "width": 2.5},
        ),
    ]
    return _axes(traces, x_title, y_title, "log")


def clipped_losses(
    free: np.ndarray, cut: np.ndarray, *, titles: tuple[str, str, str], x_title: str, y_title: str
) -> go.Figure:
    """(steps,) losses of both runs on a log axis."""
    return _axes(_both(free, cut, titles), x_title, y_title, "log")


def _both(
    free: np.ndarray, cut: np.ndarray, titles: tuple[str, str, str], markers: np.ndarray | None = None
) -> list[Any]:
    steps = np.arange(1, len(free) + 1)
    hover = "%{y:.3g}<extra></extra>"
    with_marks = {} if markers is None else {"marker": {"symbol": markers, "size": 8}}
    return [
        go.Scatter(
            x=steps,
            y=free,
            name=titles[0],
            mode="lines",
            line={"color": FREE, "dash": "dot", "width": 3},
            hovertemplate=hover,
        ),
        go.Scatter(
            x=steps,
            y=cut,
            name=titles[1],
            mode="lines+markers" if with_marks else "lines",
            line={"color": CUT, "width": 3},
            hovertemplate=hover,
            **with_marks,
        ),
    ]


def _axes(traces: list[Any], x_title: str, y_title: str, kind: str) -> go.Figure:
    picture = figure(*traces, height=400, legend=LEGEND, font={"size": 15}, margin={"l": 62, "r": 8, "t": 12, "b": 52})
    shown = np.concatenate([np.asarray(trace.y, dtype=float) for trace in traces])
    shown = shown[np.isfinite(shown) & (shown > 0)]
    decades = float(np.log10(shown.max() / shown.min())) if shown.size else 1.0
    picture.update_xaxes(title=x_title)
    picture.update_yaxes(
        type=kind, title=y_title, exponentformat="power", dtick=max(1, round(decades / 6)) if decades > 2 else "D2"
    )
    return picture
