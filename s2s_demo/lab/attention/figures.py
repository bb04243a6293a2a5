"""All heads of an answer at once: one small heat map each, on one scale, with what it is like in three numbers."""

from __future__ import annotations

from math import ceil
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from s2s_demo.figures.heat import NOWHERE
from s2s_demo.figures.theme import figure
from s2s_demo.prediction import Grid

ACROSS, TALL, GAP = 4, 200, 96


def heads(grids: list[Grid], captions: list[str], *, across: int = ACROSS) -> go.Figure:
    """Thumbnails in the order of the model, `across` a row; rows are output steps, columns what is looked at; 0 to 1, grey: no path.

    captions: the two lines over each.
    """
    across = min(across, max(1, len(grids)))
    down = ceil(len(grids) / across)
    height = down * (TALL + GAP)
    grid = make_subplots(
        down,
        across,
        subplot_titles=captions,
        horizontal_spacing=0.03,
        vertical_spacing=GAP / height / 1.25 if down > 1 else 0,
    )
    for i, one in enumerate(grids):
        row, col = i // across + 1, i % across + 1
        shown = {"colorscale": "Blues", "zmin": 0, "zmax": 1, "showscale": False, "hoverongaps": False}
        drawn = go.Heatmap(z=one.values.astype("float32"), hovertemplate="%{z:.3f}<extra></extra>", **shown)
        grid.add_trace(drawn, row=row, col=col)
        grid.update_xaxes(visible=False, fixedrange=True, row=row, col=col)
        grid.update_yaxes(visible=False, fixedrange=True, autorange="reversed", row=row, col=col)
    dressed: Any = figure(height=height, margin={"l": 8, "r": 8, "t": 56, "b": 8}, plot_bgcolor=NOWHERE)
    grid.layout.template = None
    grid.update_layout(
        height=height,
        margin=dressed.layout.margin,
        paper_bgcolor=dressed.layout.paper_bgcolor,
        plot_bgcolor=NOWHERE,
        font=dressed.layout.font,
    )
    grid.update_annotations(font_size=13)
    return grid


def told(value: float) -> str:
    """A share with two digits; "–" where there is none."""
    return "–" if np.isnan(value) else f"{value:.2f}"
