"""Figures of the long-range laboratory: score against distance, one sample of the adding problem, one cell while it trains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import GRID, figure, look

APART = 1.045
"""Factor between the x of neighbouring engines, so that none hides another of like score."""
AXIS_ENDS = (100, 200, 400, 800, 1500, 3000)
INK, MARK, LEVEL = "rgba(128,128,128,.55)", "#D55E00", "#777777"


@dataclass(frozen=True)
class ScoreCurve:
    """The scores of one engine."""

    engine: str
    title: str
    scores: dict[int, list[float]]
    """Distance -> score of each seed: a mean squared error or a fraction."""


@dataclass(frozen=True)
class ReferenceCurve:
    """A score at each distance to compare the engines with."""

    title: str
    scores: dict[int, float]
    dash: str = "dash"


@dataclass
class LiveRun:
    """One cell while it trains."""

    losses: list[float] = field(default_factory=list)
    """One a step."""
    scores: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))
    """(steps, held-out scores)."""


def score_curves(
    curves: list[ScoreCurve],
    references: list[ReferenceCurve],
    *,
    low: bool,
    x_title: str,
    y_title: str,
    seeds: str,
) -> go.Figure:
    """Mean score over seeds against distance, with a bar from the worst seed to the best.

    Args:
        curves: an engine each.
        references: levels to compare with.
        low: the scores are errors, on a log axis; else fractions from 0 to 1.
        x_title, y_title: of the axes.
        seeds: "seeds: {n}" for the hover.
    """
    distances = sorted({d for curve in (*curves, *references) for d in curve.scores})
    traces: list[Any] = []
    for one in references:
        xs = sorted(one.scores)
        ends = {xs[0]: xs[0] / 1.25, xs[-1]: xs[-1] * 1.25} if xs else {}
        traces.append(_level([ends.get(d, d) for d in xs], [one.scores[d] for d in xs], one.title, one.dash))
    for number, curve in enumerate(curves):
        traces.append(_score_curve(curve, APART ** (number - (len(curves) - 1) / 2), seeds))
    picture = figure(*traces, height=500, legend={"orientation": "h", "y": -0.2, "font": {"size": 13}})
    ends = [np.log10(distances[0] / 1.35), np.log10(distances[-1] * 1.35)] if distances else [0, 1]
    texts = [f"{d:,}" for d in distances]
    picture.update_xaxes(type="log", tickvals=distances, ticktext=texts, range=ends, title=x_title, fixedrange=True)
    picture.update_yaxes(**(_errors() if low else _fractions()), title=y_title, fixedrange=True)
    return picture


def _score_curve(curve: ScoreCurve, shift: float, seeds: str) -> go.Scatter:
    colour, dash, marker = look(curve.engine)
    xs = sorted(curve.scores)
    means = np.array([np.mean(curve.scores[d]) for d in xs])
    tops, bottoms = (np.array([pick(curve.scores[d]) for d in xs]) for pick in (max, min))
    return go.Scatter(
        x=[d * shift for d in xs],
        y=means,
        customdata=[f"{d} · {seeds.replace('{n}', str(len(curve.scores[d])))}" for d in xs],
        name=curve.title,
        mode="lines+markers",
        line={"color": colour, "dash": dash, "width": 2},
        marker={"symbol": marker, "size": 9},
        error_y={"array": tops - means, "arrayminus": means - bottoms, "thickness": 1.5, "width": 3},
        hovertemplate="%{customdata}<br>%{y:.4~g}<extra>" + curve.title + "</extra>",
    )


def _level(x: list[Any], y: list[float], title: str, dash: str) -> go.Scatter:
    hover = "%{y:.3g}<extra>" + title + "</extra>"
    line = {"color": LEVEL, "dash": dash, "width": 1.8}
    return go.Scatter(x=x, y=y, name=title, mode="lines", line=line, hovertemplate=hover)


def marked_numbers(numbers: np.ndarray, marks: np.ndarray, *, x_title: str, y_title: str) -> go.Figure:
    """One sample of the adding problem: numbers (T,) in [0, 1], the two with a mark coloured and labelled."""
    steps, chosen = np.arange(1, len(numbers) + 1), marks > 0
    wide = max(1.0, len(numbers) / 120)
    bars = [
        go.Bar(
            x=steps[~chosen], y=numbers[~chosen], marker={"color": INK}, hovertemplate="%{y:.2f}<extra>%{x}</extra>"
        ),
        go.Bar(x=steps[chosen], y=numbers[chosen], width=wide, marker={"color": MARK}, hoverinfo="skip"),
        go.Scatter(
            x=steps[chosen],
            y=numbers[chosen] + 0.1,
            mode="markers",
            marker={"symbol": "triangle-down", "size": 12, "color": MARK},
            cliponaxis=False,
            hoverinfo="skip",
        ),
        go.Scatter(  # over all bars, where nothing stands behind it
            x=steps[chosen],
            y=np.full(chosen.sum(), 1.27),
            mode="text",
            text=[f"<b>{value:.2f}</b>" for value in numbers[chosen]],
            hoverinfo="skip",
        ),
    ]
    picture = figure(*bars, height=230, showlegend=False, barmode="overlay", bargap=0.15)
    picture.update_xaxes(title=x_title, range=[0, len(numbers) + 1], fixedrange=True, showgrid=False)
    picture.update_yaxes(title=y_title, range=[0, 1.42], tickvals=[0, 0.5, 1], fixedrange=True)
    return picture


def live_curves(
    run: LiveRun, engine: str, *, low: bool, levels: list[tuple[str, float, str]], titles: dict[str, str]
) -> go.Figure:
    """Held-out score above, training loss below; the range of steps grows in leaps.

    Args:
        run: the training so far.
        engine: gives the colour.
        low: as of `score_curves`.
        levels: (name, score, dash) of each level to compare with.
        titles: by "x", "score" and "loss"; the axes leave out what stands in brackets.
    """
    steps = next((end for end in AXIS_ENDS if end >= len(run.losses)), len(run.losses))
    colour, dash, marker = look(engine)
    hover = {key: "%{x}: %{y:.4~g}<extra>" + titles[key] + "</extra>" for key in ("score", "loss")}
    at, scores = run.scores
    line = {"color": colour, "width": 2.5, "dash": dash}
    above = go.Scatter(x=at, y=scores, name=titles["score"], mode="lines+markers", hovertemplate=hover["score"])
    above.update(line=line, marker={"symbol": marker, "size": 8})
    step, loss = _thinned(run.losses)
    below = go.Scatter(x=step, y=loss, yaxis="y2", name=titles["loss"], mode="lines", hovertemplate=hover["loss"])
    below.update(line={"color": colour, "width": 1.2})
    flat = [_level([0, steps], [score] * 2, name, how) for name, score, how in levels]
    picture = figure(*flat, above, below, height=460, legend={"orientation": "h", "y": -0.17, "font": {"size": 13}})
    short = {key: titles[key].split(" (")[0] for key in ("score", "loss")}
    upper = {"domain": [0.42, 1], "title": short["score"], "fixedrange": True}
    lower = {"domain": [0, 0.32], "title": short["loss"], "fixedrange": True}
    lower |= {"gridcolor": GRID, "zerolinecolor": GRID, "automargin": True}
    ranges = (_errors(), _errors()) if low else (_fractions(), {"range": [0, 3.4]})
    picture.update_layout(yaxis={**ranges[0], **upper}, yaxis2={**ranges[1], **lower})
    picture.update_xaxes(range=[0, 1.02 * steps], title=titles["x"], fixedrange=True, anchor="y2")
    return picture


def _thinned(losses: list[float], most: int = 300) -> tuple[list[int], list[float]]:
    """Steps and mean losses of equal stretches, at most `most` of them."""
    wide = max(1, -(-len(losses) // most))
    parts = [losses[i : i + wide] for i in range(0, len(losses), wide)]
    return [min(len(losses), (i + 1) * wide) for i in range(len(parts))], [float(np.mean(k)) for k in parts]


def _errors() -> dict[str, Any]:
    ticks = [0.001, 0.01, 0.1, 1]
    return {"type": "log", "range": [-3.3, 0.15], "tickvals": ticks, "ticktext": [f"{t:g}" for t in ticks]}


def _fractions() -> dict[str, Any]:
    return {"range": [-0.04, 1.06], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
