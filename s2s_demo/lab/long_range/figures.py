"""Figures of the long-range laboratory: score against distance, one sample of the adding problem, one cell while it trains."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo.figures.theme import GRID, figure, look

APART = 1.045
LEAPS = (100, 200, 400, 800, 1500, 3000)
INK, MARK = "rgba(128,128,128,.55)", "#D55E00"


@dataclass(frozen=True)
class Reach:
    """One engine: at each distance the scores of its seeds, mean squared errors or shares of 1."""

    engine: str
    title: str
    scores: dict[int, list[float]]


@dataclass(frozen=True)
class Floor:
    """A score at each distance to measure the engines by. dash: how its line is drawn."""

    title: str
    scores: dict[int, float]
    dash: str = "dash"


@dataclass
class Live:
    """One cell while it trains. losses: one a step. scores: (steps, held-out scores) so far."""

    losses: list[float] = field(default_factory=list)
    scores: tuple[list[int], list[float]] = field(default_factory=lambda: ([], []))


def reach(lines: list[Reach], floors: list[Floor], *, low: bool, x_title: str, y_title: str, seeds: str) -> go.Figure:
    """Mean over seeds, with a bar from the worst to the best of them. low: a log axis of errors, else shares from 0 to 1.

    Engines of like score are drawn a little beside one another, so that none is hidden. seeds: "seeds: {n}" for the hover.
    """
    traces: list[Any] = []
    places = sorted({d for line in lines for d in line.scores} | {d for floor in floors for d in floor.scores})
    for floor in floors:
        far = sorted(floor.scores)
        ends = {far[0]: far[0] / 1.25, far[-1]: far[-1] * 1.25} if far else {}
        traces.append(
            go.Scatter(
                x=[ends.get(d, d) for d in far],
                y=[floor.scores[d] for d in far],
                name=floor.title,
                mode="lines",
                line={"color": "#777777", "dash": floor.dash, "width": 1.8},
                hovertemplate="%{y:.3g}<extra>" + floor.title + "</extra>",
            )
        )
    for place, line in enumerate(lines):
        colour, dash, marker = look(line.engine)
        far = sorted(line.scores)
        means = np.array([np.mean(line.scores[d]) for d in far])
        tops, bottoms = (np.array([pick(line.scores[d]) for d in far]) for pick in (max, min))
        aside = APART ** (place - (len(lines) - 1) / 2)
        traces.append(
            go.Scatter(
                x=[d * aside for d in far],
                y=means,
                customdata=[f"{d} · {seeds.replace('{n}', str(len(line.scores[d])))}" for d in far],
                name=line.title,
                mode="lines+markers",
                line={"color": colour, "dash": dash, "width": 2},
                marker={"symbol": marker, "size": 9},
                error_y={"array": tops - means, "arrayminus": means - bottoms, "thickness": 1.5, "width": 3},
                hovertemplate="%{customdata}<br>%{y:.4~g}<extra>" + line.title + "</extra>",
            )
        )
    picture = figure(*traces, height=500, legend={"orientation": "h", "y": -0.2, "font": {"size": 13}})
    ends = [np.log10(places[0] / 1.35), np.log10(places[-1] * 1.35)] if places else [0, 1]
    picture.update_xaxes(
        type="log", tickvals=places, ticktext=[f"{d:,}" for d in places], range=ends, title=x_title, fixedrange=True
    )
    picture.update_yaxes(**(_errors() if low else _shares()), title=y_title, fixedrange=True)
    return picture


def marked(numbers: np.ndarray, marks: np.ndarray, *, x_title: str, y_title: str) -> go.Figure:
    """One sample of the adding problem: numbers (T,) in [0, 1], the two with a mark coloured and told."""
    steps, told = np.arange(1, len(numbers) + 1), marks > 0
    wide = max(1.0, len(numbers) / 120)
    bars = [
        go.Bar(x=steps[~told], y=numbers[~told], marker={"color": INK}, hovertemplate="%{y:.2f}<extra>%{x}</extra>"),
        go.Bar(x=steps[told], y=numbers[told], width=wide, marker={"color": MARK}, hoverinfo="skip"),
        go.Scatter(
            x=steps[told],
            y=numbers[told] + 0.1,
            mode="markers",
            marker={"symbol": "triangle-down", "size": 12, "color": MARK},
            cliponaxis=False,
            hoverinfo="skip",
        ),
        go.Scatter(  # over all bars, where nothing stands behind it
            x=steps[told],
            y=np.full(told.sum(), 1.27),
            mode="text",
            text=[f"<b>{value:.2f}</b>" for value in numbers[told]],
            hoverinfo="skip",
        ),
    ]
    picture = figure(*bars, height=230, showlegend=False, barmode="overlay", bargap=0.15)
    picture.update_xaxes(title=x_title, range=[0, len(numbers) + 1], fixedrange=True, showgrid=False)
    picture.update_yaxes(title=y_title, range=[0, 1.42], tickvals=[0, 0.5, 1], fixedrange=True)
    return picture


def live(
    run: Live, engine: str, *, low: bool, floors: list[tuple[str, float, str]], titles: dict[str, str]
) -> go.Figure:
    """Held-out score above, training loss below; the range of steps grows in leaps.

    floors: (name, score, dash) of each level to measure by. titles: x, score, loss; the axes leave out what
    stands in brackets.
    """
    steps = next((leap for leap in LEAPS if leap >= len(run.losses)), len(run.losses))
    colour, dash, marker = look(engine)
    at, scores = run.scores
    step, loss = _thinned(run.losses)
    flat: list[Any] = [
        go.Scatter(
            x=[0, steps],
            y=[level] * 2,
            name=name,
            mode="lines",
            line={"color": "#777777", "dash": how, "width": 1.8},
            hovertemplate="%{y:.3g}<extra>" + name + "</extra>",
        )
        for name, level, how in floors
    ]
    above = go.Scatter(
        x=at,
        y=scores,
        name=titles["score"],
        mode="lines+markers",
        line={"color": colour, "width": 2.5, "dash": dash},
        marker={"symbol": marker, "size": 8},
        hovertemplate="%{x}: %{y:.4~g}<extra>" + titles["score"] + "</extra>",
    )
    below = go.Scatter(
        x=step,
        y=loss,
        yaxis="y2",
        name=titles["loss"],
        mode="lines",
        line={"color": colour, "width": 1.2},
        hovertemplate="%{x}: %{y:.4~g}<extra>" + titles["loss"] + "</extra>",
    )
    picture = figure(*flat, above, below, height=460, legend={"orientation": "h", "y": -0.17, "font": {"size": 13}})
    picture.update_layout(
        yaxis={
            **(_errors() if low else _shares()),
            "domain": [0.42, 1],
            "title": titles["score"].split(" (")[0],
            "fixedrange": True,
        },
        yaxis2={
            **(_errors() if low else {"range": [0, 3.4]}),
            "domain": [0, 0.32],
            "title": titles["loss"].split(" (")[0],
            "fixedrange": True,
            "gridcolor": GRID,
            "zerolinecolor": GRID,
            "automargin": True,
        },
    )
    picture.update_xaxes(range=[0, 1.02 * steps], title=titles["x"], fixedrange=True, anchor="y2")
    return picture


def _thinned(losses: list[float], most: int = 300) -> tuple[list[int], list[float]]:
    """Steps and mean losses of equal stretches, at most `most` of them."""
    wide = max(1, -(-len(losses) // most))
    kept = [losses[i : i + wide] for i in range(0, len(losses), wide)]
    return [min(len(losses), (i + 1) * wide) for i in range(len(kept))], [float(np.mean(k)) for k in kept]


def _errors() -> dict[str, Any]:
    ticks = [0.001, 0.01, 0.1, 1]
    return {"type": "log", "range": [-3.3, 0.15], "tickvals": ticks, "ticktext": [f"{t:g}" for t in ticks]}


def _shares() -> dict[str, Any]:
    return {"range": [-0.04, 1.06], "tickvals": [0, 0.25, 0.5, 0.75, 1]}
