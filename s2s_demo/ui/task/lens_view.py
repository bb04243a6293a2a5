"""What the lens of a panel shows, and what opens beneath it, as plain functions: no component is named here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import plotly.graph_objects as go

from s2s_demo import engines, tasks
from s2s_demo.figures.heat import heat
from s2s_demo.lab.attention import agreement, heads
from s2s_demo.lab.attention import figures as pictures
from s2s_demo.lab.decoding import stepwise
from s2s_demo.lenses import BEGIN, LENSES, LONGEST_LOOK, compute_grids
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Grid, Prediction, Scale, Trace, UserError
from s2s_demo.task import Approach, Task
from s2s_demo.ui import gpu
from s2s_demo.ui.custom.text import escape_markdown
from s2s_demo.ui.inputs import input_of
from s2s_demo.ui.task import answering
from s2s_demo.ui.user_errors import user_errors_only
from s2s_demo.ui.words import mistake, said

SINK = 0.5
"""The mean attention to the first step above which a head is called a sink."""
FED = "fed"
"""The picker's value for a lens read one step later, where y is fed in."""
COMPARED = ("occlusion",)
"""The lenses that `agreement_line` needs besides those that come with the answer."""


@user_errors_only
def with_lens(task: Task, answer: Prediction, engine: str, approach: str, *kinds: str) -> Prediction:
    """The same answer with the grids of these lenses in its trace."""
    missing = [kind for kind in dict.fromkeys(kinds) if not answer.trace.of(kind)]
    if not answer.trace.grids or not missing:
        return answer
    grids = _grids(task.name, engine, approach, answer, missing)
    return replace(answer, trace=Trace((*answer.trace.grids, *grids)))


def _grids(task: str, engine: str, approach: str, answer: Prediction, kinds: list[str]) -> list[Grid]:
    return gpu.with_model(
        task, engine, approach, lambda model: [grid for kind in kinds for grid in compute_grids(model, answer, kind)]
    )


def places(answer: Prediction, kind: str, lang: str) -> list[tuple[str, str]]:
    """(label, value) of every place a lens can be read at; then the mean of attention heads, which says what it is, and where y is
    written step by step the reading at the step that is fed y."""
    grids = answer.trace.of(kind)
    found = [(grid.where, grid.where) for grid in grids]
    if LENSES[kind].heads and len(grids) > 1:
        found.append((said("lens.mean", lang, n=len(grids)), "mean"))
    first = next(iter(grids), None)
    if LENSES[kind].fed and first is not None and ("reads" in first.where or BEGIN in first.columns):
        found.append((said("lens.fed", lang), FED))
    return found


def grid_at(answer: Prediction, kind: str, where: str) -> Grid | None:
    """The grid of a lens at a place, "mean" for the mean of its heads, FED for that one step later, else the first there is."""
    grids = answer.trace.of(kind)
    found = (
        agreement.mean_of(grids)
        if len(grids) > 1 and where in ("mean", FED)
        else answering.grid_of(answer, kind, where)
    )
    return agreement.where_fed(found) if found is not None and where == FED and LENSES[kind].fed else found


def value_of(grid: Grid | None) -> str | None:
    """The picker's value for a grid that is shown."""
    if grid is None:
        return None
    if grid.where.endswith(agreement.LATER):
        return FED
    return "mean" if grid.where.startswith("mean of ") else grid.where


def note(answer: Prediction, kind: str, engine: str, lang: str) -> str:
    """One sentence on the lens: what its numbers are, or why there are none."""
    if not answer.trace.grids:
        n = max(len(answer.x_pieces), len(answer.confidence))
        return said("lens.long", lang, n=n, most=LONGEST_LOOK)
    if not answer.trace.of(kind):
        return said(f"lens.none.{kind}", lang, engine=engines.get(engine).title.say(lang))
    return said(f"lens.told.{kind}", lang)


def picture(task: Task, grid: Grid | None, lang: str) -> go.Figure | None:
    """The heat map of one grid, with as many names as can be read."""
    if grid is None:
        return None
    grid = input_of(task).ticks(grid)
    scale = said("lens.share", lang) if grid.scale is Scale.SHARE else grid.unit
    y_title = said("lens.states" if grid.states else "lens.output", lang)
    return heat(
        grid, x_title=said("lens.input", lang), y_title=y_title, scale_title=scale, nowhere=said("lens.nowhere", lang)
    )


def agreement_line(task: Task, answer: Prediction, lang: str) -> str:
    """One line: Kendall τ between the lenses on this input, and on a task of known alignment the share that lies on it."""
    gradient = next(iter(answer.trace.of("gradient")), None)
    occlusion = next(iter(answer.trace.of("occlusion")), None)
    attention = answer.trace.of("attention")
    if gradient is None or occlusion is None:
        return ""
    taus = [("agree.occlusion", agreement.agreement(gradient, occlusion, answer), 0)]
    if attention:
        key = "agree.attention" if len(attention) > 1 else "agree.attention.one"
        taus.append((key, agreement.agreement(gradient, agreement.mean_of(attention), answer), len(attention)))
    found = [said(key, lang, tau=f"{tau:.2f}", n=n) for key, tau, n in taus if not isnan(tau)]
    lines = [said("agree", lang, found=" · ".join(found))] if found else []
    return "<br>".join([*lines, *on_truth(task, answer, lang)])


def on_truth(task: Task, answer: Prediction, lang: str) -> list[str]:
    """One line on a task of known alignment, the share of each lens that lies on it; none elsewhere."""
    gradient = next(iter(answer.trace.of("gradient")), None)
    attention = answer.trace.of("attention")
    aligned = task.aligned(answer.x, len(answer.y_pieces)) if task.aligned and gradient is not None else None
    if aligned is None or gradient is None:
        return []
    lenses = [gradient, *([agreement.mean_of(attention)] if attention else [])]
    shares = " · ".join(
        f"{said('lens.' + grid.kind, lang)} {agreement.on_truth(grid, answer, aligned):.0%}" for grid in lenses
    )
    return [said("agree.truth", lang, found=shares, even=1 / len(answer.x_pieces))]


def all_heads(answer: Prediction | None, lang: str) -> tuple[go.Figure | None, str]:
    """Thumbnails of every head with its numbers, and a sentence on those that mostly rest on the first step."""
    grids = list(answer.trace.of("attention")) if answer is not None else []
    if not grids:
        return None, ""
    told = [heads.described(grid) for grid in grids]
    names = ("entropy", "diagonal", "previous", "first")
    captions = [
        said("heads.caption", lang, where=one.where, **{n: pictures.told(getattr(one, n)) for n in names})
        for one in told
    ]
    sinks = [said("heads.sink", lang, where=one.where, first=one.first) for one in told if one.first > SINK]
    return pictures.heads(grids, captions), "<br>".join(sinks)


def scope_of(answer: Prediction, where: str) -> tuple[str, int | None] | None:
    """The place and head a picker's value names; None if it names none."""
    grid = next((grid for grid in answer.trace.of("attention") if grid.where == where), None)
    return None if grid is None else heads.place_of(grid)


@user_errors_only
def ablation(task: Task, answer: Prediction, engine: str, approach: str, where: str, lang: str) -> str:
    """The sentence that says what is lost without one head.

    Raises:
        UserError: no head is chosen, or the data of the task is not at hand.
    """
    scope = scope_of(answer, where)
    if scope is None:
        raise mistake("heads.choose")
    found = _ablated(task.name, engine, approach, scope)
    return said("heads.ablated", lang, where=where, **vars(found))


def _ablated(task: str, engine: str, approach: str, scope: tuple[str, int | None]) -> heads.Ablation:
    return gpu.with_model(task, engine, approach, lambda model: heads.ablated(model, tasks.get(task), *scope))


@dataclass(frozen=True)
class Edit:
    """What is changed in the attention."""

    way: str
    """One of `heads.WAYS`."""
    scope: tuple[str, int | None] | None
    """The place and head; None for every head of the model."""
    row: int
    """The output step, of the way "cell"."""
    column: int
    """The input step all its attention goes to, from 0; beyond the last it is the last."""


@user_errors_only
def intervention(task: Task, answer: Prediction, engine: str, approach: str, edit: Edit, lang: str) -> dict[str, Any]:
    """What the view shows of the answer given with edited attention.

    Raises:
        UserError: the engine has no attention.
    """
    if not answer.trace.of("attention"):
        title = engines.get(engine).title
        raise UserError(*(said("lens.none.attention", code, engine=title.say(code)) for code in ("ko", "en")))
    found = _edited(task.name, engine, approach, answer, edit)
    before, after = answer.y_pieces, found.answer.y_pieces
    changed = sum(a != b for a, b in zip(before, after, strict=False)) + abs(len(before) - len(after))
    moved = {"mean": float(found.moved.mean()), "most": float(found.moved.max())}
    verdict = said("break.changed", lang, m=len(before), changed=changed, **moved)
    return {**answering.view_data(task, found.answer, None, 0, lang), "verdict": verdict, "right": None}


def _edited(task: str, engine: str, approach: str, answer: Prediction, edit: Edit) -> heads.Broken:
    column = max(0, min(edit.column, len(answer.x_pieces) - 1))

    def compute(model: Seq2Seq) -> heads.Broken:
        return heads.broken(model, answer, edit.way, edit.scope, edit.row, column)

    return gpu.with_model(task, engine, approach, compute)


def writes_step_by_step(approaches: list[Approach]) -> bool:
    """Whether a task has models that write y one step after another."""
    return any(approach is not Approach.ENCODER_ONLY for approach in approaches)


@user_errors_only
def decoding(
    task: Task, answer: Prediction, engine: str, approach: str, step: int, lang: str
) -> tuple[dict[str, Any], str]:
    """What `TheatreView` draws, and a sentence on the beam.

    Raises:
        UserError: the answer is too long to be compute_grids into.
    """
    if not answer.trace.grids:
        raise UserError(*(note(answer, "gradient", engine, code) for code in ("ko", "en")))
    truth = task.truth(answer.x)
    beams, forced = _staged(task.name, engine, approach, answer.x, truth)
    steps = []
    for k in range(max(len(answer.y_pieces), len(forced))):
        own = k < len(answer.y_pieces)
        told = forced[k] if k < len(forced) else None
        name, p = told.top[0] if told else ("", 0.0)
        steps.append(
            {
                "free": _cell(answer.y_pieces[k], float(answer.confidence[k]), told.truth if told else None)
                if own
                else None,
                "forced": _cell(name, p, told.truth) if told else None,
                "truth": _cell(told.truth, told.p, None) if told else None,
                "top": [list(one) for one in answer.top[k]] if own and k < len(answer.top) else [],
                "forced_top": [list(one) for one in told.top] if told else [],
                "beams": [{"text": " ".join(b.pieces), "log_p": b.log_p} for b in beams[k]] if k < len(beams) else [],
            }
        )
    keys = ("free", "forced", "truth", "wrong", "beam", "top_free", "top_forced")
    words = {key: said(f"theatre.{key}", lang) for key in keys}
    return {"words": words, "steps": steps, "chosen": step}, _beam_told(answer, beams, truth, lang)


def _cell(name: str, p: float, truth: str | None) -> dict[str, Any]:
    return {"name": name, "p": round(p, 4), "wrong": truth is not None and name != truth}


def _beam_told(answer: Prediction, beams: list[list[stepwise.Beam]], truth: str | None, lang: str) -> str:
    best = beams[-1][0]
    if best.pieces == answer.y_pieces:
        told = said("theatre.same", lang, p=abs(best.log_p))
    else:
        greedy = stepwise.log_p_of(answer)
        told = said("theatre.better", lang, y=escape_markdown(" ".join(best.pieces)), p=best.log_p, greedy=greedy)
    return told if truth is not None else f"{told} {said('theatre.untrue', lang)}"


def _staged(
    task: str, engine: str, approach: str, x: Any, truth: str | None
) -> tuple[list[list[stepwise.Beam]], list[stepwise.ForcedStep]]:
    def ask(model: Seq2Seq) -> tuple[list[list[stepwise.Beam]], list[stepwise.ForcedStep]]:
        return stepwise.beams(model, x), [] if truth is None else stepwise.teacher_forced(model, x, truth)

    return gpu.with_model(task, engine, approach, ask)
