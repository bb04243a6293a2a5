"""Exact answers by digits(a) × digits(b), with the trained region outlined."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import figure


def length_map(
    cells: dict[str, list[int]], sign: str, *, trained: int, x_title: str, y_title: str, outlined: str
) -> go.Figure:
    """cells: "+ 3 2" -> [right, n]. Shares from 0 to 1 on a fixed scale; each cell says its n on hover."""
    found = {tuple(map(int, key.split()[1:])): value for key, value in cells.items() if key.split()[0] == sign}
    longest = max((max(key) for key in found), default=1)
    share = np.full((longest, longest), np.nan, "float32")
    hover = np.full((longest, longest), "", object)
    for (a, b), (right, n) in found.items():
        share[a - 1, b - 1] = right / n
        hover[a - 1, b - 1] = f"{right} / {n}"
    sizes = list(range(1, longest + 1))
    trace = go.Heatmap(
        z=share,
        x=sizes,
        y=sizes,
        zmin=0,
        zmax=1,
        colorscale="Cividis",
        xgap=2,
        ygap=2,
        text=hover,
        texttemplate="%{z:.0%}" if longest <= 6 else None,
        hovertemplate="a %{y} · b %{x}<br>%{text} = %{z:.1%}<extra></extra>",
        colorbar={"thickness": 12, "tickformat": ".0%"},
    )
    picture = figure(trace, height=380, margin={"l": 62, "r": 8, "t": 30, "b": 52})
    picture.add_shape(
        type="rect",
        x0=0.5,
        y0=0.5,
        x1=trained + 0.5,
        y1=trained + 0.5,
        line={"color": "#D55E00", "width": 3, "dash": "dash"},
    )
    picture.add_annotation(
        x=0.5,
        y=1.0,
        xref="x",
        yref="paper",
        yanchor="bottom",
        xanchor="left",
        text=outlined,
        showarrow=False,
        font={"color": "#D55E00", "size": 13},
    )
    picture.update_xaxes(title=x_title, fixedrange=True, dtick=1 if longest <= 16 else 5, showgrid=False)
    picture.update_yaxes(title=y_title, fixedrange=True, dtick=1 if longest <= 16 else 5, showgrid=False)
    return picture
