"""Score against cost: one mark an engine, with the spread of its score and the baseline as a dashed line."""

from __future__ import annotations

from dataclasses import dataclass

import plotly.graph_objects as go

from s2s_demo.figures.theme import figure, look


@dataclass(frozen=True)
class Mark:
    """One engine with one approach."""

    engine: str
    name: str
    """Of the engine, for the legend."""
    title: str
    """The same with its approach, for the hover."""
    cost: float
    """Above 0, on a log axis."""
    score: float
    least: float
    most: float
    open: bool = False
    """Unfilled, for a second approach."""
    chosen: bool = False


def score_against_cost(
    marks: list[Mark], *, x_title: str, y_title: str, baseline: float | None, baseline_title: str
) -> go.Figure:
    """A scatter on a log axis of costs. Marks of one engine share colour, shape and one name below; the chosen one has a ring."""
    firsts = {mark.engine: mark for mark in reversed(marks)}
    traces = [_trace(mark, named=firsts[mark.engine] is mark) for mark in marks]
    traces += [_ring(mark) for mark in marks if mark.chosen]
    shares = [v for m in marks for v in (m.least, m.most)] + ([] if baseline is None else [baseline])
    low, high = min(shares, default=0.0), max(shares, default=1.0)
    room = max(0.02, 0.08 * (high - low))
    picture = figure(*traces, height=460, legend={"orientation": "h", "y": -0.2, "font": {"size": 14}})
    picture.update_xaxes(type="log", title=x_title)
    places = _places([mark.cost for mark in marks])
    picture.update_xaxes(tickvals=places, ticktext=[_short(place) for place in places])
    picture.update_yaxes(title=y_title, tickformat=".0%", range=[max(-0.02, low - room), min(1.07, high + room)])
    if baseline is not None:
        picture.add_hline(y=baseline, line={"dash": "dash", "width": 2, "color": "#888888"})
        note = {"text": f"{baseline_title} {baseline:.1%}", "font": {"size": 13}, "showarrow": False}
        picture.add_annotation(x=1, xref="paper", xanchor="right", y=baseline, yanchor="bottom", **note)
    return picture


def _places(costs: list[float]) -> list[float]:
    """1, 2 and 5 of every decade within about two decades, else 1 of each."""
    low, high = min(costs, default=1.0) / 2, max(costs, default=1.0) * 2
    steps = (1, 2, 5) if high < 400 * low else (1,)
    places = [step * 10.0**power for power in range(-6, 13) for step in steps]
    return [place for place in places if low <= place <= high]


def _short(number: float) -> str:
    """ "0.5", "20", "500k", "2M"."""
    for unit, factor in (("M", 1e6), ("k", 1e3)):
        if number >= factor:
            return f"{number / factor:g}{unit}"
    return f"{number:g}"


def _trace(mark: Mark, *, named: bool) -> go.Scatter:
    colour, _, symbol = look(mark.engine)
    return go.Scatter(
        x=[mark.cost],
        y=[mark.score],
        name=mark.name,
        legendgroup=mark.engine,
        showlegend=named,
        mode="markers",
        cliponaxis=False,
        marker={
            "symbol": f"{symbol}-open" if mark.open else symbol,
            "size": 16,
            "color": colour,
            "line": {"color": colour, "width": 2},
        },
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [mark.most - mark.score],
            "arrayminus": [mark.score - mark.least],
            "color": colour,
            "visible": mark.most > mark.least,
        },
        hovertemplate="%{y:.2%} · %{x:,.4~g}<extra>" + mark.title + "</extra>",
    )


def _ring(mark: Mark) -> go.Scatter:
    marker = {"symbol": "circle-open", "size": 32, "color": "#D55E00", "line": {"width": 3}}
    return go.Scatter(
        x=[mark.cost],
        y=[mark.score],
        mode="markers",
        cliponaxis=False,
        marker=marker,
        showlegend=False,
        hoverinfo="skip",
    )
