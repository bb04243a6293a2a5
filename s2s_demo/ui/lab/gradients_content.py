"""What the gradient laboratory shows, as plain functions of numbers and a language: no component is named here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.figures.theme import look
from s2s_demo.lab.gradients import clipping, trained
from s2s_demo.lab.gradients.figures import (
    DecayCurve,
    clipped_losses,
    clipped_norms,
    decay_curves,
    gate_map,
    gate_means,
    limits_of,
)
from s2s_demo.lab.gradients.measure import (
    FLOAT32,
    Decay,
    DecaySettings,
    EngineDecay,
    RecurrentSpectrum,
    measure_all,
    recurrent_spectrum,
)
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import said

EXAMPLES = {
    "addition": "99999999999999999999+1",
    "intent-en": "could you please move one hundred dollars from my checking account to my savings account",
}
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_EDGE = 1e-6


@dataclass(frozen=True)
class DecayView:
    """The first part of the panel."""

    cards: dict[str, Any]
    inputs: go.Figure
    states: go.Figure
    rows: list[list[str]]
    """Rows of the table under `table_headers`."""
    theory: str
    """The condition of Pascanu et al. with the measured numbers."""
    note: str
    """What to know where the loss is taken at every step; else empty."""


@user_errors_only
def decay_view(setting: DecaySettings, lang: str) -> DecayView:
    """Every engine with untrained weights.

    Raises:
        UserError: a number is out of bounds.
    """
    setting = setting.validated()
    found = measure_all(setting)
    states = [decay for one in found for decay in one.states]
    rnn, law = next(state for state in states if state.engine == "rnn"), recurrent_spectrum(setting)
    bound = None if setting.every_step else law.bound(setting.length)
    return DecayView(
        _cards(found, setting, lang),
        _inputs(found, lang),
        _states(states, bound, lang),
        [_row(state, lang) for state in states],
        _theory_text(law, rnn, setting, lang),
        said("gradients.every", lang) if setting.every_step else "",
    )


def table_headers(lang: str) -> list[str]:
    """The names of the table's columns."""
    return [said(f"gradients.table.{key}", lang) for key in ("state", "factor", "half", "ratio", "ends")]


def format_number(value: float) -> str:
    """A number that may be tiny or huge.

    >>> printed(0.0583), printed(4.8e-22), printed(149000.0), printed(1.0)
    ('0.058', '5×10⁻²²', '1×10⁵', '1.0')
    """
    if not np.isfinite(value):
        return "–"
    if 0.01 <= value < 1000:
        return f"{value:.2g}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:.0f}"
    digit, _, power = f"{value:.0e}".partition("e")
    return f"{digit}×10{str(int(power)).translate(_SUPERSCRIPT)}"


def _title(engine: str, lang: str) -> str:
    return engines.get(engine).title.say(lang)


def _cards(found: list[EngineDecay], setting: DecaySettings, lang: str) -> dict[str, Any]:
    cards = []
    for one in found:
        share = float(one.inputs.relative[-1])
        cards.append(
            {
                "engine": one.inputs.engine,
                "name": _title(one.inputs.engine, lang),
                "big": format_number(share) if share > 0 else said("gradients.none", lang),
                "small": said("gradients.own", lang) if setting.every_step else _explanation(one, lang),
                "colour": look(one.inputs.engine)[0],
                "none": share == 0,
            }
        )
    head = "gradients.head.every" if setting.every_step else "gradients.head"
    return {"said": said(head, lang, lag=setting.length - 1), "cards": cards}


def _explanation(one: EngineDecay, lang: str) -> str:
    """The reason for the remaining gradient: the measured factor of a recurrent cell, where the paths end, or what the engine remembers."""
    inputs = one.inputs
    last = int(np.flatnonzero(inputs.norms)[-1])
    if last < len(inputs.norms) - 1:
        return said("gradients.window" if last else "gradients.alone", lang, lag=last)
    if one.states:
        key = "half" if inputs.factor < 1 else "grows"
        return said(f"gradients.{key}", lang, factor=inputs.factor, steps=inputs.half_life)
    return engines.get(inputs.engine).remembers.say(lang)


def _inputs(found: list[EngineDecay], lang: str) -> go.Figure:
    lines = [DecayCurve(one.inputs.engine, _title(one.inputs.engine, lang), one.inputs.relative) for one in found]
    return decay_curves(lines, **_axes("gradients.lag", "gradients.inputs.y", lang), height=520)


def _states(states: list[Decay], bound: np.ndarray | None, lang: str) -> go.Figure:
    lines = [
        DecayCurve(
            s.engine, f"{_title(s.engine, lang)} {s.part}  ×{s.factor:.2f}", s.relative, "dot" if s.part == "c" else ""
        )
        for s in states
    ]
    if bound is not None:
        lines.append(DecayCurve("rnn", said("gradients.bound", lang), bound, "bound"))
    return decay_curves(lines, **_axes("gradients.lag", "gradients.states.y", lang))


def _axes(x: str, y: str, lang: str) -> dict[str, Any]:
    return {
        "x_title": said(x, lang),
        "y_title": said(y, lang),
        "no_path": said("gradients.nowhere", lang),
        "shaded": said("gradients.float", lang),
        "floor": FLOAT32,
    }


def _row(state: Decay, lang: str) -> list[str]:
    half = said("gradients.table.grows", lang) if state.factor >= 1 else f"{state.half_life:.1f}"
    ends = state.ratio ** (1 / (len(state.norms) - 1))
    name = f"{_title(state.engine, lang)} · {state.part}"
    return [name, f"×{state.factor:.3f}", half, format_number(state.ratio), f"×{ends:.3f}"]


def _theory_text(law: RecurrentSpectrum, rnn: Decay, setting: DecaySettings, lang: str) -> str:
    """The condition of Pascanu et al., the measured numbers, and what follows from them."""
    text = said("gradients.theory", lang, sigma=law.sigma, radius=law.radius, factor=rnn.factor)
    if setting.every_step:
        key = "every"
    elif abs(law.sigma - 1) < _EDGE:
        key = "edge"
    elif law.sigma < 1:
        key = "must"
    else:
        key = "shrinks" if rnn.factor < 1 else "grows"
    return f"{text}\n\n{said(f'gradients.theory.{key}', lang)}"


@user_errors_only
def clipping_view(gain: float, threshold: float, seed: int, lang: str) -> tuple[go.Figure, go.Figure, str]:
    """The norm before clipping, the loss, and a sentence with the fraction of clipped steps.

    Raises:
        UserError: a number is out of bounds.
    """
    free, cut = clipping.compare_clipping(gain, threshold, seed)
    names = [said(f"gradients.clip.{key}", lang) for key in ("free", "cut", "edge")]
    titles = {
        "titles": (names[0], names[1], f"{names[2]} = {threshold:g}"),
        "x_title": said("gradients.clip.step", lang),
    }
    facts = {"share": cut.clipped_fraction, "seed": seed}
    for key, one in (("free", free), ("cut", cut)):
        lost = bool(np.isnan(one.norms[-1]))
        facts[key] = format_number(float(np.nanmax(one.norms)))
        facts[f"{key}_loss"] = (
            said("gradients.clip.lost", lang) if lost else format_number(float(one.losses[-10:].mean()))
        )
    return (
        clipped_norms(free.norms, cut.norms, threshold, y_title=said("gradients.clip.norm", lang), **titles),
        clipped_losses(free.losses, cut.losses, y_title=said("gradients.clip.error", lang), **titles),
        said("gradients.clip.result", lang, **facts),
    )


def default_text(task: str) -> str:
    """The text of the box when a task is chosen: its longest example, or one that shows more."""
    return EXAMPLES.get(task) or max(tasks.get(task).examples, key=len)


@user_errors_only
def comparison_view(task: str, text: str, lang: str) -> tuple[go.Figure, go.Figure, list[list[str]], list[str], str]:
    """The figures of untrained and trained weights, the rows and headers of their table, and a caveat on these models.

    Raises:
        UserError: the text cannot be read, or is too short or too long.
    """
    x = trained.read_x(task, text)
    comparisons = [trained.compare_decays(task, engine, x) for engine in trained.trained_engines(task)]
    untrained, learned = (
        [DecayCurve(d.engine, _title(d.engine, lang), d.relative) for d in some]
        for some in ([p.untrained for p in comparisons], [p.trained for p in comparisons])
    )
    names = tuple(map(str, trained.step_names(task, x)))
    options = {
        **_axes("gradients.trained.x", "gradients.trained.y", lang),
        "names": names,
        "limits": limits_of([*untrained, *learned]),
        "height": 520,
    }
    far = said("gradients.trained.far", lang, lag=len(names) - 1)
    rows = [
        [f.title, *(_fraction_text(line, lang) for line in (f, t))] for f, t in zip(untrained, learned, strict=True)
    ]
    titles = [said("engine", lang), *(f"{said(f'gradients.{key}', lang)}: {far}" for key in ("fresh", "learned"))]
    return decay_curves(untrained, **options), decay_curves(learned, **options), rows, titles, _caveat(task, lang)


def _fraction_text(line: DecayCurve, lang: str) -> str:
    fraction = float(line.values[-1])
    return format_number(fraction) if fraction > 0 else said("gradients.nowhere", lang)


def _caveat(task: str, lang: str) -> str:
    """The engines whose model of this task reads both ways or averages all steps."""
    names = []
    for engine in trained.trained_engines(task):
        config = checkpoints.load(task, engine, device="cpu").config
        if config.options.get("both_ways") or config.pool == "mean":
            names.append(_title(engine, lang))
    return said("gradients.trained.note", lang, names=", ".join(names)) if names else ""


@user_errors_only
def gate_figures(task: str, text: str, engine: str, gate: str, lang: str) -> tuple[go.Figure, go.Figure]:
    """The units by steps of one gate, and the mean of every gate.

    Raises:
        UserError: the text cannot be read, or is too short or too long.
    """
    found = trained.measure_gates(task, engine, trained.read_x(task, text))
    name = gate if gate in found.open else next(iter(found.open))
    titles = {key: said(f"gradients.gate.{key}", lang) for key in found.open}
    x_title = said("lens.input", lang)
    return (
        gate_map(
            found.open[name],
            found.steps,
            x_title=x_title,
            y_title=said("gradients.gate.unit", lang),
            scale_title=titles[name],
        ),
        gate_means(found.open, found.steps, titles, x_title=x_title, y_title=said("gradients.gate.mean", lang)),
    )
