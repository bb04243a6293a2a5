"""All heads of an answer at once: one small heat map each, on one scale."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from s2s_demo.figures.heat import NOWHERE
from s2s_demo.figures.theme import figure
from s2s_demo.prediction import Grid

COLUMNS, HEIGHT, GAP = 4, 200, 96
"""Thumbnails a row; pixels of a thumbnail and of the gap above it, which holds its caption."""


def head_thumbnails(grids: list[Grid], captions: list[str], *, columns: int = COLUMNS) -> go.Figure:
    """Heat maps in the order of the model, output steps down, attended steps across; 0 to 1, grey where there is no path.

    Args:
        grids: (M, S) weights of each head.
        captions: the two lines above each.
        columns: how many a row.
    """
    columns = min(columns, max(1, len(grids)))
    rows = ceil(len(grids) / columns)
    height = rows * (HEIGHT + GAP)
    grid = make_subplots(
        rows,
        columns,
        subplot_titles=captions,
        horizontal_spacing=0.03,
        vertical_spacing=GAP / height / 1.25 if rows > 1 else 0,
    )
    for i, one in enumerate(grids):
        row, col = i // columns + 1, i % columns + 1
        style = {"colorscale": "Blues", "zmin": 0, "zmax": 1, "showscale": False, "hoverongaps": False}
        trace = go.Heatmap(z=one.values.astype("float32"), hovertemplate="%{z:.3f}<extra></extra>", **style)
        grid.add_trace(trace, row=row, col=col)
        grid.update_xaxes(visible=False, fixedrange=True, row=row, col=col)
        grid.update_yaxes(visible=False, fixedrange=True, autorange="reversed", row=row, col=col)
    base: Any = figure(height=height, margin={"l": 8, "r": 8, "t": 56, "b": 8}, plot_bgcolor=NOWHERE)
    grid.layout.template = None
    grid.update_layout(
        height=height,
        margin=base.layout.margin,
        paper_bgcolor=base.layout.paper_bgcolor,
        plot_bgcolor=NOWHERE,
        font=base.layout.font,
    )
    grid.update_annotations(font_size=13)
    return grid


def fraction_text(value: float) -> str:
    """A fraction with two digits; "–" for NaN."""
    return "–" if np.isnan(value) else f"{value:.2f}"
