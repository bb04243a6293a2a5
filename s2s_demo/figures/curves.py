"""Curves: the gradient along x for one output step, and the norms a training left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, label, look

FLOOR = 1e-7


@dataclass(frozen=True)
class Curve:
    """One engine's |dL_k/de_t| over t. values: (S,) in nats per unit of embedding; exactly 0 means no path."""

    engine: str
    title: str
    values: np.ndarray


def gradient_curves(
    curves: list[Curve], names: tuple[str, ...], *, x_title: str, y_title: str, no_path: str, relative: bool
) -> go.Figure:
    """One line an engine on a log axis. relative: each curve is divided by its own largest value.

    Zeros stand at the floor as ▽ with the words of `no_path`: structurally zero, not vanished.
    """
    traces: list[Any] = []
    scaled = [(c, c.values / ((float(c.values.max()) if relative and c.values.size else 1.0) or 1.0)) for c in curves]
    positive = np.concatenate([v[v > 0] for _, v in scaled]) if scaled else np.array([])
    floor = float(positive.min()) / 3 if positive.size else FLOOR
    for curve, values in scaled:
        colour, dash, marker = look(curve.engine)
        none = values <= 0
        traces.append(
            go.Scatter(
                x=np.arange(len(values)),
                y=np.where(none, np.nan, values),
                name=curve.title,
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2.5},
                marker={"symbol": marker, "size": 9},
                hovertemplate="%{y:.2e}<extra>" + curve.title + "</extra>",
            )
        )
        if none.any():
            traces.append(
                go.Scatter(
                    x=np.flatnonzero(none),
                    y=np.full(int(none.sum()), floor),
                    mode="markers",
                    showlegend=False,
                    marker={"symbol": "triangle-down-open", "size": 11, "color": colour},
                    hovertemplate=f"{no_path}<extra>{curve.title}</extra>",
                )
            )
    picture = figure(*traces, height=360)
    every = max(1, len(names) // 30)
    places = list(range(0, len(names), every))
    picture.update_xaxes(
        tickvals=places, ticktext=[label(names[i]) for i in places], title=x_title, tickfont={"size": 15}, tickangle=0
    )
    picture.update_yaxes(**_log_axis(positive, floor), title=y_title)
    return picture


def _log_axis(positive: np.ndarray, floor: float) -> dict[str, Any]:
    """A label a decade, or every few where there are many; 1, 2, 5 too where everything lies within two."""
    decades = float(np.log10(positive.max() / floor)) if positive.size else 0.0
    return {"type": "log", "exponentformat": "power", "dtick": max(1, round(decades / 7)) if decades > 2 else "D2"}


def training_norms(
    history: list[dict[str, Any]], *, x_title: str, y_title: str, total: str, clip: str, threshold: float
) -> go.Figure:
    """The norm of each part of the model over the training steps, before clipping; the total in bold, and the threshold."""
    steps = [row["step"] for row in history]
    parts = list(history[0].get("layers") or {}) if history else []
    colours = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#B8A800", "#999999"]
    traces: list[Any] = [
        go.Scatter(
            x=steps,
            y=[(row.get("layers") or {}).get(part) or None for row in history],
            name=part,
            mode="lines",
            line={"width": 1.5, "color": colours[i % 8], "dash": ["solid", "dash", "dot"][i // 8 % 3]},
            hovertemplate="%{y:.2e}<extra>" + part + "</extra>",
        )
        for i, part in enumerate(parts)
    ]
    norms = [row.get("grad_norm") or None for row in history]
    traces.append(go.Scatter(x=steps, y=norms, name=total, mode="lines", line={"width": 3.5, "color": "#777777"}))
    if steps:
        line = {"width": 1, "dash": "longdash", "color": "#D55E00"}
        traces.append(go.Scatter(x=[steps[0], steps[-1]], y=[threshold] * 2, name=clip, mode="lines", line=line))
    picture = figure(*traces, height=400)
    picture.update_xaxes(title=x_title)
    picture.update_yaxes(type="log", title=y_title, exponentformat="power", dtick=1)
    return picture
