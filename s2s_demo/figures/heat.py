"""A grid as a heat map, output step × input step, the same axes for every engine and every lens."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, label
from s2s_demo.prediction import Grid, Scale

DECADES = 6
ROOMY, TALL = 40, 640
NOWHERE = "rgba(128,128,128,.28)"


def heat(grid: Grid, *, x_title: str, y_title: str, scale_title: str, nowhere: str) -> go.Figure:
    """Attention on a fixed scale from 0 to 1; a gradient on a log scale, six decades below its largest value; signed numbers
    (occlusion, hidden attention) around a white 0 with equal limits; lengths from 0.

    What is structurally zero (NaN, or a gradient of exactly 0: no path at all) is left out and shows the grey ground,
    which `nowhere` names on hover; what has only vanished is drawn at the bottom of the scale.
    """
    shown, low, high, colours, form = _scaled(grid)
    rows, columns = len(grid.rows), len(grid.columns)
    gap, row_height = 2 if rows <= ROOMY else 0, min(26, max(9, TALL // max(1, rows)))
    traces = [
        go.Heatmap(
            z=np.zeros((rows, columns), "uint8"),
            colorscale=[[0, NOWHERE], [1, NOWHERE]],
            showscale=False,
            xgap=gap,
            ygap=gap,
            hovertemplate=f"{nowhere}<extra></extra>",
        ),
        go.Heatmap(
            z=shown,
            zmin=low,
            zmax=high,
            colorscale=colours,
            xgap=gap,
            ygap=gap,
            hoverongaps=False,
            hovertemplate=f"{form}<extra></extra>",
            colorbar={
                "title": {"text": scale_title, "side": "right"},
                "thickness": 12,
                **_ticks(grid.scale, low, high),
            },
        ),
    ]
    picture = figure(*traces, height=max(220, 110 + row_height * rows), margin={"l": 56, "r": 8, "t": 56, "b": 12})
    picture.update_layout(meta={"rows": "states" if grid.states else "steps"})
    _axis(picture.update_xaxes, grid.columns, x_title, side="top")
    _axis(picture.update_yaxes, grid.rows, y_title, autorange="reversed")
    return picture


def _scaled(grid: Grid) -> tuple[np.ndarray, float, float, str, str]:
    """(numbers to draw, lower limit, upper limit, colour scale, hover format) of each scale."""
    values = grid.values.astype("float64")
    if grid.scale is Scale.SHARE:
        return values.astype("float32"), 0.0, 1.0, "Blues", "%{z:.3f}"
    seen = values[np.isfinite(values)]
    most = float(np.abs(seen).max()) if seen.size else 0.0
    if grid.scale is Scale.LENGTH:
        return values.astype("float32"), 0.0, most or 1.0, "Viridis", "%{z:.3f}"
    if grid.scale is Scale.SIGNED:
        return values.astype("float32"), -(most or 1.0), most or 1.0, "RdBu_r", "%{z:+.3g}"
    with np.errstate(divide="ignore"):
        shown = np.where(values > 0, np.log10(values), np.nan).astype("float32")
    high = float(np.nanmax(shown)) if np.isfinite(shown).any() else 0.0
    low = high - DECADES
    return np.maximum(shown, low), low, high, "Viridis", "10^%{z:.2f}"


def _axis(update: object, names: tuple[str, ...], title: str, **more: object) -> None:
    every = max(1, len(names) // ROOMY)
    places = list(range(0, len(names), every))
    update(  # type: ignore[operator]
        tickvals=places,
        ticktext=[label(names[i]) for i in places],
        title={"text": title, "standoff": 6},
        fixedrange=True,
        showgrid=False,
        zeroline=False,
        tickfont={"size": 15 if len(names) <= ROOMY else 12},
        tickangle=0,
        **more,
    )


def _ticks(scale: Scale, low: float, high: float) -> dict[str, object]:
    if scale is Scale.SHARE:
        return {"tickvals": [0, 0.5, 1]}
    if scale in (Scale.SIGNED, Scale.LENGTH):
        return {"nticks": 6, "tickformat": ".2~g"}
    powers = [p for p in range(int(np.floor(low)), int(np.ceil(high)) + 1) if low <= p <= high]
    return {"tickvals": powers, "ticktext": [f"1e{p}" for p in powers]}
