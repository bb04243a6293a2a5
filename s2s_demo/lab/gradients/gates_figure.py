"""Gates of a recurrent cell: how open each one stands, unit by unit and on the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, label

COLOURS = {"forget": "#0072B2", "input": "#E69F00", "output": "#009E73", "update": "#0072B2", "reset": "#D55E00"}
DASHES = {"forget": "solid", "input": "dash", "output": "dot", "update": "solid", "reset": "dash"}


def gate_map(open_DS: np.ndarray, steps: tuple[str, ...], *, x_title: str, y_title: str, scale_title: str) -> go.Figure:
    """(D, S) shares from 0 (shut) to 1 (open) on a fixed scale, units sorted by how open they are on average."""
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
    picture.update_xaxes(title=x_title, fixedrange=True, showgrid=False, **_steps(steps))
    picture.update_yaxes(title=y_title, fixedrange=True, showgrid=False, showticklabels=False)
    return picture


def gate_means(
    gates: dict[str, np.ndarray], steps: tuple[str, ...], titles: dict[str, str], *, x_title: str, y_title: str
) -> go.Figure:
    """Each gate's mean over the units at every step, in a band from the lower to the upper quartile."""
    traces: list[Any] = []
    at = np.arange(len(steps))
    for name, open_DS in gates.items():
        low, high = np.quantile(open_DS, [0.25, 0.75], axis=0)
        band = {"x": at, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        traces.append(go.Scatter(y=low, **band))
        traces.append(go.Scatter(y=high, fill="tonexty", fillcolor=_faint(COLOURS[name]), **band))
        line = {"color": COLOURS[name], "dash": DASHES[name], "width": 3.5}
        hover = "%{y:.2f}<extra>" + titles[name] + "</extra>"
        traces.append(go.Scatter(x=at, y=open_DS.mean(0), name=titles[name], line=line, hovertemplate=hover))
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 15}}
    picture = figure(*traces, height=420, legend=legend, font={"size": 15}, margin={"l": 56, "r": 8, "t": 12, "b": 60})
    picture.update_xaxes(title=x_title, fixedrange=True, **_steps(steps))
    picture.update_yaxes(title=y_title, fixedrange=True, range=[0, 1])
    return picture


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},.18)"


def _steps(names: tuple[str, ...]) -> dict[str, Any]:
    places = list(range(0, len(names), max(1, len(names) // 24)))
    return {"tickvals": places, "ticktext": [label(names[i], 10) for i in places], "tickangle": -50}
