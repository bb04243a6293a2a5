"""Figures of a training: heat maps part × step over loss and score, and its learning curves with the chosen snapshot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import GRID, figure, label

DECADES = 6
ROW, CURVES, GAP, TITLE = 22, 190, 54, 34
LOSS, SCORE, MARK = "#0072B2", "#009E73", "#D55E00"
Rows = Sequence[dict[str, Any]]


def training_maps(history: Rows, *, measure: str, log_steps: bool, words: dict[str, str]) -> go.Figure:
    """Heat maps of log10 ‖∇θ‖ before clipping and, where the history has it, of log10 ‖Δθ‖ / ‖θ‖, one row a part of the model;
    ticks at clipped steps; loss and dev score below.

    Args:
        history: rows of history.jsonl.
        measure: which of the scores.
        log_steps: for a history whose rows are spaced that way.
        words: titles by "norm", "update", "loss", "score", "step" and "clipped".
    """
    steps = [row["step"] for row in history]
    parts = list(history[0]["layers"])
    maps = [("layers", words["norm"])]
    if any(row.get("updates") for row in history):
        maps.append(("updates", words["update"]))
    clipped = [row["step"] for row in history if row.get("clipped")]
    tall = max(88, ROW * len(parts))
    height = TITLE + len(maps) * (tall + GAP) + CURVES
    traces: list[Any] = []
    axes, titles = dict[str, Any](), list[dict[str, Any]]()
    for number, (key, title) in enumerate(maps, 1):
        top = 1 - (TITLE + (number - 1) * (tall + GAP)) / height
        low = top - tall / height
        name = "" if number == 1 else str(number)
        traces.append(_map(history, steps, parts, key, f"y{name}", (low + top) / 2, tall / height))
        axes[f"yaxis{name}"] = {
            "domain": [low, top],
            "range": [len(parts) - (0.5 if number > 1 or not clipped else -0.1), -0.5],
            "tickvals": list(range(len(parts))),
            "ticktext": [label(part, 14) for part in parts],
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        }
        titles.append({"text": title, "x": 0, "y": top, "xref": "paper", "yref": "paper", "yanchor": "bottom"})
    if clipped:
        ticks = {"symbol": "line-ns-open", "size": 10, "color": MARK}
        where = {"x": clipped, "y": [len(parts) - 0.2] * len(clipped), "yaxis": "y"}
        traces.append(go.Scatter(**where, mode="markers", marker=ticks, name=words["clipped"], hoverinfo="x+name"))
    traces += _curves(history, measure, words, "y8", "y9")
    axes["yaxis8"] = {"domain": [0, CURVES / height], "title": words["loss"], "rangemode": "tozero", "fixedrange": True}
    axes["yaxis9"] = {**_fraction_axis("y8"), "domain": [0, CURVES / height]}
    axes["xaxis"] = {"title": words["step"], "anchor": "y8", "fixedrange": True, "showgrid": False, "zeroline": False}
    axes["xaxis"] |= {"type": "log", "dtick": 1} if log_steps else {"range": [steps[0], steps[-1]]}
    notes = [{**title, "showarrow": False, "xanchor": "left", "font": {"size": 14}} for title in titles]
    margin = {"l": 62, "r": 62, "t": 4, "b": 92}
    legend = {"orientation": "h", "y": -58 / height, "font": {"size": 13}}
    return figure(*traces, height=height + 96, margin=margin, legend=legend, annotations=notes, **axes)


def _map(
    history: Rows, steps: list[int], parts: list[str], key: str, axis: str, middle: float, tall: float
) -> go.Heatmap:
    """What is missing or exactly zero stays empty; the scale ends six decades below the largest value."""
    values = np.array([[(row.get(key) or {}).get(part) or np.nan for row in history] for part in parts], float)
    shown = np.log10(values).astype("float32")
    some = np.isfinite(shown).any()
    high = float(np.nanmax(shown)) if some else 0.0
    low = max(high - DECADES, float(np.nanmin(shown))) if some else -1.0
    powers = list(range(int(np.ceil(low)), int(np.floor(high)) + 1))
    scale = {"tickvals": powers, "ticktext": [f"1e{p}" for p in powers], "thickness": 12}
    return go.Heatmap(
        x=steps,
        y=list(range(len(parts))),
        z=shown,
        zmin=low,
        zmax=high,
        colorscale="Viridis",
        hoverongaps=False,
        hovertemplate="%{x}<br>10^%{z:.2f}<extra></extra>",
        colorbar={**scale, "len": tall, "y": middle, "x": 1.01, "tickfont": {"size": 12}},
        yaxis=axis,
    )


def _curves(history: Rows, measure: str, words: dict[str, str], loss_axis: str, score_axis: str) -> list[go.Scatter]:
    scored = [(row["step"], row["scores"][measure]) for row in history if measure in (row.get("scores") or {})]
    return [
        go.Scatter(
            x=[row["step"] for row in history],
            y=[row.get("loss") for row in history],
            name=words["loss"],
            mode="lines",
            line={"color": LOSS},
            yaxis=loss_axis,
        ),
        go.Scatter(
            x=[step for step, _ in scored],
            y=[score for _, score in scored],
            name=words["score"],
            mode="lines+markers",
            line={"color": SCORE, "dash": "dash"},
            marker={"size": 6},
            yaxis=score_axis,
        ),
    ]


def _fraction_axis(over: str) -> dict[str, Any]:
    return {
        "overlaying": over,
        "side": "right",
        "range": [0, 1.03],
        "tickvals": [0, 0.25, 0.5, 0.75, 1],
        "tickformat": ".0%",
        "showgrid": False,
        "fixedrange": True,
    }


def learning_curves(
    history: Rows, snapshots: Sequence[int], chosen: int, *, measure: str, words: dict[str, str]
) -> go.Figure:
    """Loss and dev score over the steps of one run on a log axis, a tick at every snapshot, the chosen one marked.

    Args:
        history: rows of the run's history.
        snapshots: their steps; 0 is drawn left of 1.
        chosen: the number of the chosen one.
        measure: which of the scores.
        words: titles by "loss", "score" and "step".
    """
    places = [step or 0.5 for step in snapshots]
    shown = [i for i in range(len(places)) if i in (0, len(places) - 1) or (i % 3 == 1 and i < len(places) - 3)]
    mark = {"type": "line", "xref": "x", "yref": "paper", "x0": places[chosen], "x1": places[chosen], "y0": 0, "y1": 1}
    axes: dict[str, Any] = {
        "xaxis": {
            "type": "log",
            "range": [np.log10(0.42), np.log10(places[-1] * 1.15)],
            "tickvals": [places[i] for i in shown],
            "ticktext": [f"{snapshots[i]:,}" for i in shown],
            "tickangle": 0,
            "title": words["step"],
            "fixedrange": True,
            "gridcolor": GRID,
        },
        "yaxis": {"rangemode": "tozero", "title": words["loss"], "fixedrange": True},
        "yaxis2": _fraction_axis("y"),
    }
    marked = [{**mark, "line": {"color": MARK, "width": 3}}]
    margin = {"l": 56, "r": 48, "t": 12, "b": 48}
    traces = _curves(history, measure, words, "y", "y2")
    return figure(*traces, height=290, margin=margin, legend={"orientation": "h", "y": -0.3}, shapes=marked, **axes)
