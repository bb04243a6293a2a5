"""Diagnostics: what a run's numbers say, in plain sentences, each with the number that triggered it.

Every rule reads the history as it was written (one row a logged step, gradient norms before clipping) and is silent where there are too
few rows to tell. The thresholds are constants below, so that a sentence can be checked by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from statistics import mean, median
from typing import Any

from s2s_demo.custom.jobs.status import Status
from s2s_demo.prediction import Template, Words

FEW_ROWS, FEW_SCORES = 10, 4
EXPLODED, VANISHED, CLIPPED = 20.0, 1e-3, 0.5
WORSE, BETTER, NEAR, SOLVED = 0.02, 0.01, 0.01, 0.99


@dataclass(frozen=True)
class Diagnostic:
    """One observation about a run."""

    kind: str
    """"exploding", "vanishing", "clipped", "overfitting", "leak", "unknown", "improving", "baseline" or "solved"."""
    words: Words
    """The message."""
    number: float
    """What triggered it."""
    good: bool = False
    """Whether it is good news."""


def diagnose(status: Status) -> list[Diagnostic]:
    """What there is to say now, the gravest first; an empty list where nothing is known yet or all is well."""
    return [said for rule in RULES if (said := rule(status)) is not None]


def leak(status: Status) -> Diagnostic | None:
    """Held-out xs that are also trained on: the score is then partly a memory test."""
    facts = status.facts or {}
    count, held = int(facts.get("leaks", 0)), int(facts.get("held", 0))
    if not count:
        return None
    words = Template(
        "따로 둔 쌍 {held:,}개 중 {count:,}개의 x가 학습 쌍에도 있습니다. 점수가 실제보다 높게 나옵니다: 같은 x를 지우세요.",
        "{count:,} of {held:,} held-out pairs have an x that is also trained on, so the score flatters: remove the repeated x.",
    )
    return Diagnostic("leak", words.format(count=count, held=held), count)


def unknown(status: Status) -> Diagnostic | None:
    """Held-out pairs with symbols that were never trained on: no such y can be answered."""
    facts = status.facts or {}
    held, in_x, in_y = (int(facts.get(k, 0)) for k in ("held", "unknown_x", "unknown_y"))
    if in_y:
        words = Template(
            "따로 둔 쌍 {held:,}개 중 {count:,}개의 y에 학습에 없던 기호가 있어 결코 맞힐 수 없습니다. 드문 기호를 모으거나 더 작은 단위로 나누세요.",
            "{count:,} of {held:,} held-out pairs have a y with a symbol never trained on and can never be answered right: merge rare "
            "symbols, or cut y into smaller steps.",
        )
        return Diagnostic("unknown", words.format(count=in_y, held=held), in_y)
    if in_x:
        words = Template(
            "따로 둔 쌍 {held:,}개 중 {count:,}개의 x에 학습에 없던 기호가 있습니다. 모델은 그것을 <unk> 하나로 봅니다.",
            "{count:,} of {held:,} held-out pairs have an x with a symbol never trained on; the model sees <unk> in its place.",
        )
        return Diagnostic("unknown", words.format(count=in_x, held=held), in_x)
    return None


def exploding(status: Status) -> Diagnostic | None:
    """A loss that is no number, or a gradient many times as long as usual in the last third of the steps logged."""
    rows = status.history
    if any(not isfinite(row["loss"]) for row in rows) or (status.loss is not None and not isfinite(status.loss)):
        words = Words(
            "손실이 수가 아니게 되었습니다: 기울기 폭발입니다.",
            "The loss is no number any more: the gradient exploded.",
        )
        return Diagnostic("exploding", words, float("nan"))
    if len(rows) < FEW_ROWS:
        return None
    norms = [row["grad_norm"] for row in rows]
    largest, usual = max(norms[-(len(norms) // 3) :]), max(median(norms), _clip(status))
    if largest < EXPLODED * usual:
        return None
    words = Template(
        "기울기 길이가 {largest:.3g}까지 튀었습니다. 보통({usual:.3g})의 {times:.0f}배입니다. 자르기(clip)가 막아 주지만, 되풀이되면 학습률을 낮추세요.",
        "The gradient norm jumped to {largest:.3g}, {times:.0f} times the usual {usual:.3g}. Clipping catches it; if it comes back, lower the "
        "learning rate.",
    )
    return Diagnostic("exploding", words.format(largest=largest, usual=usual, times=largest / usual), largest / usual)


def vanishing(status: Status) -> Diagnostic | None:
    """What reaches the embeddings of x is next to nothing beside what stands at the head, while the loss is still high."""
    rows = [row for row in status.history[-FEW_ROWS:] if row.get("layers", {}).get("head")]
    if len(rows) < FEW_ROWS or mean(row["loss"] for row in rows) < 0.1:
        return None
    shares = [_of_embedding(row["layers"]) / row["layers"]["head"] for row in rows]
    share = median(shares)
    if share >= VANISHED:
        return None
    words = Template(
        "입력 임베딩에 닿는 기울기가 출력층의 {share:.2g}배뿐입니다(최근 {count}행의 중앙값): 기울기 소실입니다. LSTM, GRU나 어텐션을 써 보세요.",
        "The gradient that reaches the input embeddings is {share:.2g} of that at the head (median of the last {count} rows): it vanishes. "
        "Try an LSTM, a GRU or attention.",
    )
    return Diagnostic("vanishing", words.format(share=share, count=len(rows)), share)


def clipped(status: Status) -> Diagnostic | None:
    """Most of the logged steps of the second half were cut to the clipping length."""
    rows = status.history[len(status.history) // 2 :]
    if len(rows) < FEW_ROWS or (share := mean(bool(row["clipped"]) for row in rows)) < CLIPPED:
        return None
    words = Template(
        "후반 단계의 {share:.0%}에서 기울기가 {clip:g}보다 길어 잘렸습니다. 걸음이 방향만 남은 셈입니다. 오래 이어지면 학습률을 낮추세요.",
        "In {share:.0%} of the later steps the gradient was longer than {clip:g} and was cut, so that only its direction counted. If it "
        "stays so, lower the learning rate.",
    )
    return Diagnostic("clipped", words.format(share=share, clip=_clip(status)), share)


def overfitting(status: Status) -> Diagnostic | None:
    """Since the best held-out loss the training loss fell on while the held-out loss rose by a tenth and the score did not rise."""
    scored = [row for row in status.history if row.get("scores", {}).get("held_loss") is not None]
    if len(scored) < FEW_SCORES:
        return None
    best = min(range(len(scored)), key=lambda i: scored[i]["scores"]["held_loss"])
    then, now = scored[best], scored[-1]
    before, after = then["scores"]["held_loss"], now["scores"]["held_loss"]
    train = _loss_around(status, now["step"]) - _loss_around(status, then["step"])
    gained = now["scores"].get(status.measure, 0) - then["scores"].get(status.measure, 0)
    if len(scored) - best < 3 or after < 1.1 * before or after - before < 0.01 or train >= 0 or gained > BETTER:
        return None
    words = Template(
        "{step:,}단계 뒤로 학습 손실은 줄었지만 따로 둔 쌍의 손실은 {before:.3g}에서 {after:.3g}로 늘었습니다: 과적합입니다. 더 일찍 멈추거나, 더 작게, "
        "또는 쌍을 더 모아 학습하세요.",
        "Since step {step:,} the training loss fell on, but the held-out loss rose from {before:.3g} to {after:.3g}: overfitting. Stop "
        "earlier, train something smaller, or gather more pairs.",
    )
    return Diagnostic("overfitting", words.format(step=then["step"], before=before, after=after), after / before)


def baseline(status: Status) -> Diagnostic | None:
    """Half of the steps are done, and the score is not above that of the best baseline."""
    if status.score is None or not status.baselines or 2 * status.step < status.steps:
        return None
    best = status.baselines[0].scores[status.measure]
    if status.score > best + NEAR or status.score >= SOLVED:
        return None
    words = Template(
        "따로 둔 쌍에서 {score:.1%}로, 가장 나은 기준선({name}, {best:.1%})을 넘지 못했습니다. x에서 y를 알 수 있는지, 쌍이 충분한지 살펴보세요.",
        "{score:.1%} on held-out pairs, not above the best baseline ({name}, {best:.1%}). See whether y can be told from x at all, and "
        "whether there are enough pairs.",
    )
    facts = {"score": status.score, "name": status.baselines[0].name, "best": best}
    return Diagnostic("baseline", words.format(**facts), status.score - best)


def improving(status: Status) -> Diagnostic | None:
    """The score rose in the last third of the scorings; silent where another rule says that more training is of no use."""
    if solved(status) or overfitting(status):
        return None
    scores = [row["scores"][status.measure] for row in status.history if status.measure in (row.get("scores") or {})]
    if len(scores) < 2 * FEW_SCORES or scores[-1] >= SOLVED:
        return None
    third = len(scores) // 3
    gain = mean(scores[-third:]) - mean(scores[-2 * third : -third])
    if gain <= BETTER or scores[-1] < max(scores) - WORSE:
        return None
    words = Template(
        "점수가 아직 오르고 있습니다(마지막 1/3에서 +{points:.1f}%p). 이어서 학습할 만합니다.",
        "The score is still rising (+{points:.1f} points in the last third): it is worth going on.",
    )
    return Diagnostic("improving", words.format(points=100 * gain), gain, good=True)


def solved(status: Status) -> Diagnostic | None:
    """All held-out answers are right, or next to all."""
    if status.score is None or status.score < SOLVED or not status.scored:
        return None
    words = Template(
        "따로 둔 쌍 {count:,}개에서 점수가 {score:.1%}입니다: 더 학습하지 않아도 됩니다.",
        "The score on {count:,} held-out pairs is {score:.1%}: no more training is needed.",
    )
    return Diagnostic("solved", words.format(score=status.score, count=status.scored), status.score, good=True)


RULES: tuple[Callable[[Status], Diagnostic | None], ...] = (
    exploding,
    leak,
    unknown,
    vanishing,
    overfitting,
    baseline,
    clipped,
    improving,
    solved,
)


def _clip(status: Status) -> float:
    return float((status.facts or {}).get("clip", 1.0))


def _of_embedding(layers: dict[str, float]) -> float:
    return max((norm for part, norm in layers.items() if part.startswith("embed_x")), default=float("inf"))


def _loss_around(status: Status, step: int) -> float:
    """The mean training loss of the five rows up to a step: that of a single batch is too noisy to compare."""
    rows: list[dict[str, Any]] = [row for row in status.history if row["step"] <= step]
    return mean(row["loss"] for row in rows[-5:])
