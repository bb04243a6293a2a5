"""What the lens of a panel and the folds beneath it show, as plain functions: no component is named here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan
from typing import Any

import plotly.graph_objects as go

from s2s_demo import engines, tasks
from s2s_demo.figures.heat import heat
from s2s_demo.lab.attention import agreement, heads
from s2s_demo.lab.attention.figures import fraction_text, head_thumbnails
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
        agreement.mean_over_heads(grids)
        if len(grids) > 1 and where in ("mean", FED)
        else answering.grid_of(answer, kind, where)
    )
    return agreement.shifted_to_fed_step(found) if found is not None and where == FED and LENSES[kind].fed else found


def value_of(grid: Grid | None) -> str | None:
    """The picker's value for a grid."""
    if grid is None:
        return None
    if grid.where.endswith(agreement.FED_SUFFIX):
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
    """Kendall τ between the lenses on this input; on a task of known alignment the fraction that lies on it as well."""
    gradient = next(iter(answer.trace.of("gradient")), None)
    occlusion = next(iter(answer.trace.of("occlusion")), None)
    attention = answer.trace.of("attention")
    if gradient is None or occlusion is None:
        return ""
    taus = [("agree.occlusion", agreement.mean_kendall_tau(gradient, occlusion, answer), 0)]
    if attention:
        key = "agree.attention" if len(attention) > 1 else "agree.attention.one"
        taus.append(
            (key, agreement.mean_kendall_tau(gradient, agreement.mean_over_heads(attention), answer), len(attention))
        )
    parts = [said(key, lang, tau=f"{tau:.2f}", n=n) for key, tau, n in taus if not isnan(tau)]
    lines = [said("agree", lang, found=" · ".join(parts))] if parts else []
    return "<br>".join([*lines, *alignment_lines(task, answer, lang)])


def alignment_lines(task: Task, answer: Prediction, lang: str) -> list[str]:
    """The fraction of each lens that lies on the alignment, one line; none on a task without a known alignment."""
    gradient = next(iter(answer.trace.of("gradient")), None)
    attention = answer.trace.of("attention")
    aligned = task.aligned(answer.x, len(answer.y_pieces)) if task.aligned and gradient is not None else None
    if aligned is None or gradient is None:
        return []
    lenses = [gradient, *([agreement.mean_over_heads(attention)] if attention else [])]
    fractions = " · ".join(
        f"{said('lens.' + grid.kind, lang)} {agreement.fraction_on_alignment(grid, answer, aligned):.0%}"
        for grid in lenses
    )
    return [said("agree.truth", lang, found=fractions, even=1 / len(answer.x_pieces))]


def all_heads(answer: Prediction | None, lang: str) -> tuple[go.Figure | None, str]:
    """Thumbnails of every head with its statistics, and a sentence on the attention sinks."""
    grids = list(answer.trace.of("attention")) if answer is not None else []
    if not grids:
        return None, ""
    statistics = [heads.head_statistics(grid) for grid in grids]
    names = ("entropy", "diagonal", "previous", "first")
    captions = [
        said("heads.caption", lang, where=one.where, **{n: fraction_text(getattr(one, n)) for n in names})
        for one in statistics
    ]
    sinks = [said("heads.sink", lang, where=one.where, first=one.first) for one in statistics if one.first > SINK]
    return head_thumbnails(grids, captions), "<br>".join(sinks)


def scope_of(answer: Prediction, where: str) -> tuple[str, int | None] | None:
    """The place and head a picker's value names; None if it names none."""
    grid = next((grid for grid in answer.trace.of("attention") if grid.where == where), None)
    return None if grid is None else heads.place_and_head(grid)


@user_errors_only
def ablation(task: Task, answer: Prediction, engine: str, approach: str, where: str, lang: str) -> str:
    """The sentence on the score without one head.

    Raises:
        UserError: no head is chosen, or the data of the task is not available.
    """
    scope = scope_of(answer, where)
    if scope is None:
        raise mistake("heads.choose")
    result = _ablate(task.name, engine, approach, scope)
    return said("heads.ablated", lang, where=where, **vars(result))


def _ablate(task: str, engine: str, approach: str, scope: tuple[str, int | None]) -> heads.Ablation:
    return gpu.with_model(task, engine, approach, lambda model: heads.ablate(model, tasks.get(task), *scope))


@dataclass(frozen=True)
class InterventionSettings:
    """What an intervention changes in the attention."""

    way: str
    """One of `heads.WAYS`."""
    scope: tuple[str, int | None] | None
    """The place and head; None for every head of the model."""
    row: int
    """The output step, of the way "cell"."""
    column: int
    """The input step all its attention goes to, from 0; beyond the last it is the last."""


@user_errors_only
def intervention(
    task: Task, answer: Prediction, engine: str, approach: str, settings: InterventionSettings, lang: str
) -> dict[str, Any]:
    """What the view shows of the answer given under the intervention.

    Raises:
        UserError: the engine has no attention.
    """
    if not answer.trace.of("attention"):
        title = engines.get(engine).title
        raise UserError(*(said("lens.none.attention", code, engine=title.say(code)) for code in ("ko", "en")))
    result = _intervene(task.name, engine, approach, answer, settings)
    before, after = answer.y_pieces, result.answer.y_pieces
    changed = sum(a != b for a, b in zip(before, after, strict=False)) + abs(len(before) - len(after))
    distances = {"mean": float(result.total_variation.mean()), "most": float(result.total_variation.max())}
    verdict = said("break.changed", lang, m=len(before), changed=changed, **distances)
    return {**answering.view_data(task, result.answer, None, 0, lang), "verdict": verdict, "right": None}


def _intervene(
    task: str, engine: str, approach: str, answer: Prediction, settings: InterventionSettings
) -> heads.InterventionResult:
    column = max(0, min(settings.column, len(answer.x_pieces) - 1))

    def compute(model: Seq2Seq) -> heads.InterventionResult:
        return heads.intervene(model, answer, settings.way, settings.scope, settings.row, column)

    return gpu.with_model(task, engine, approach, compute)


def writes_step_by_step(approaches: list[Approach]) -> bool:
    """Whether one of the approaches writes y one step after another."""
    return any(approach is not Approach.ENCODER_ONLY for approach in approaches)


@user_errors_only
def decoding(
    task: Task, answer: Prediction, engine: str, approach: str, step: int, lang: str
) -> tuple[dict[str, Any], str]:
    """What `TheatreView` draws, and a sentence on the beam.

    Raises:
        UserError: the answer is too long for the lenses, and so for this.
    """
    if not answer.trace.grids:
        raise UserError(*(note(answer, "gradient", engine, code) for code in ("ko", "en")))
    truth = task.truth(answer.x)
    beams, forced = _decoded(task.name, engine, approach, answer.x, truth)
    steps = []
    for k in range(max(len(answer.y_pieces), len(forced))):
        is_answered = k < len(answer.y_pieces)
        forced_step = forced[k] if k < len(forced) else None
        name, p = forced_step.top[0] if forced_step else ("", 0.0)
        steps.append(
            {
                "free": _cell(
                    answer.y_pieces[k], float(answer.confidence[k]), forced_step.truth if forced_step else None
                )
                if is_answered
                else None,
                "forced": _cell(name, p, forced_step.truth) if forced_step else None,
                "truth": _cell(forced_step.truth, forced_step.p, None) if forced_step else None,
                "top": [list(one) for one in answer.top[k]] if is_answered and k < len(answer.top) else [],
                "forced_top": [list(one) for one in forced_step.top] if forced_step else [],
                "beams": [{"text": " ".join(b.pieces), "log_p": b.log_p} for b in beams[k]] if k < len(beams) else [],
            }
        )
    keys = ("free", "forced", "truth", "wrong", "beam", "top_free", "top_forced")
    words = {key: said(f"theatre.{key}", lang) for key in keys}
    return {"words": words, "steps": steps, "chosen": step}, _beam_sentence(answer, beams, truth, lang)


def _cell(name: str, p: float, truth: str | None) -> dict[str, Any]:
    return {"name": name, "p": round(p, 4), "wrong": truth is not None and name != truth}


def _beam_sentence(answer: Prediction, beams: list[list[stepwise.Beam]], truth: str | None, lang: str) -> str:
    best = beams[-1][0]
    if best.pieces == answer.y_pieces:
        text = said("theatre.same", lang, p=abs(best.log_p))
    else:
        greedy = stepwise.log_p_of(answer)
        text = said("theatre.better", lang, y=escape_markdown(" ".join(best.pieces)), p=best.log_p, greedy=greedy)
    return text if truth is not None else f"{text} {said('theatre.untrue', lang)}"


def _decoded(
    task: str, engine: str, approach: str, x: Any, truth: str | None
) -> tuple[list[list[stepwise.Beam]], list[stepwise.ForcedStep]]:
    def compute(model: Seq2Seq) -> tuple[list[list[stepwise.Beam]], list[stepwise.ForcedStep]]:
        return stepwise.beams(model, x), [] if truth is None else stepwise.teacher_forced(model, x, truth)

    return gpu.with_model(task, engine, approach, compute)
