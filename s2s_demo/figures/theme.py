"""One look for every figure: fixed engine colours (Okabe & Ito 2008) with dashes, so that colour is never alone."""

from __future__ import annotations

from typing import Any
from zlib import crc32

import plotly.graph_objects as go

ENGINE_LOOKS = {
    "independent": ("#999999", "dot", "circle"),
    "conv": ("#E69F00", "dash", "square"),
    "rnn": ("#D55E00", "solid", "diamond"),
    "lstm": ("#0072B2", "solid", "cross"),
    "gru": ("#56B4E9", "dash", "x"),
    "attention": ("#009E73", "solid", "triangle-up"),
    "transformer": ("#CC79A7", "solid", "star"),
    "mamba": ("#B8A800", "dashdot", "hexagon"),
}
SPARE = ("#882255", "#117733", "#332288", "#AA4499", "#999933", "#661100", "#44AA99", "#6699CC")
"""Colours of Paul Tol's "muted" scheme for engines that have none of ours."""
DASHES, MARKERS = ("longdash", "longdashdot", "dash", "dot"), ("pentagon", "hourglass", "bowtie", "star-square")
GRID = "rgba(128,128,128,.25)"


def look(engine: str) -> tuple[str, str, str]:
    """(colour, dash, marker) of an engine; of one that has none, what follows from its name, the same everywhere and every time."""
    if engine in ENGINE_LOOKS:
        return ENGINE_LOOKS[engine]
    at = crc32(engine.encode())
    return SPARE[at % len(SPARE)], DASHES[at // 8 % len(DASHES)], MARKERS[at // 32 % len(MARKERS)]


def label(name: str, most: int = 16) -> str:
    """A step's name short enough for an axis: a very long word keeps its beginning and its end. Nothing in it is markup to plotly."""
    short = name if len(name) <= most else f"{name[: most // 2]}…{name[-most // 2 + 1 :]}"
    seen = "".join(c if c.isprintable() or c.isspace() else "\ufffd" for c in short)
    return seen.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def figure(*traces: Any, height: int, **layout: Any) -> go.Figure:
    """A figure with our layout; text and background colours come from the page (light or dark)."""
    plain: dict[str, Any] = {
        "template": None,
        "height": height,
        "margin": {"l": 62, "r": 16, "t": 16, "b": 48},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 14},
        "legend": {"orientation": "h", "y": -0.22, "font": {"size": 13}},
        "hovermode": "closest",
    }
    shown = go.Figure(list(traces), layout={**plain, **layout})
    shown.update_xaxes(gridcolor=GRID, zerolinecolor=GRID, automargin=True)
    shown.update_yaxes(gridcolor=GRID, zerolinecolor=GRID, automargin=True)
    return shown
