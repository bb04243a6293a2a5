"""Which engine to begin with, how large, how long it will take, and why: a first guess that a person may change."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from statistics import mean
from typing import Any

import torch

from s2s_demo import engines
from s2s_demo.batch import collate
from s2s_demo.codecs.numbers import rows_of, width_of
from s2s_demo.custom.evaluation import most_frequent, scorer_for
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.training_setup import NGRAMS, new_model, sample_evenly, task_for
from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.norms import layer_norms
from s2s_demo.prediction import Template, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import FITS, Approach, Pair, Shape, Task
from s2s_demo.training import loss_of

SIZES = {1: (48, 0.6), 2: (64, 1.0), 3: (96, 1.5), 4: (128, 2.0), 5: (192, 3.0)}
"""Of each size the width, and the number of steps in shares of the second's."""
SCORED, SCORINGS, SAVES = 200, 20, 20
MOST_CELLS, TIMED, LENGTHS = 12_000_000, 12, (1 / 6, 1 / 2, 5 / 6)
QUICK, NARROWEST = ("independent", "conv", "lstm", "gru", "attention"), {"mamba": 64}
"""Engines that learn at the higher rate, and the least width of those that have one."""
START_UP = 6.0
"""Seconds that a fresh process needs to import torch, measured on two cores."""

LEAST_LOCALITY, SAMPLED, LONG = 0.5, 2000, 20
WHY_LABEL_OF_WORDS = Template(
    "글 하나에 {labels}가지 라벨 가운데 하나입니다. LSTM이 양쪽에서 읽고, 단어는 글자 조각(n-gram)으로도 보며, 모든 단계의 평균으로 답합니다: 처음 보는 "
    "단어와 긴 글에 강합니다.",
    "One of {labels} labels for a whole text. The LSTM reads both ways, sees words by their n-grams of letters too, and answers from "
    "the mean of all steps: that helps with words never met and with long texts.",
)
WHY_LABEL = Template(
    "입력 전체에 {labels}가지 라벨 가운데 하나입니다. LSTM이 양쪽에서 읽고 모든 단계의 평균으로 답합니다.",
    "One of {labels} labels for the whole input. The LSTM reads both ways and answers from the mean of all steps.",
)
WHY_EACH = Template(
    "출력의 {share:.0%}는 마주 보는 입력만으로도 맞힐 수 있습니다. 양방향 LSTM은 각 단계에서 앞뒤까지 보고 답합니다.",
    "{share:.0%} of the outputs can be told from the input opposite alone. An LSTM that reads both ways adds what stands before and after.",
)
WHY_ELSEWHERE = Template(
    "길이는 같지만 마주 보는 입력으로 맞힐 수 있는 출력은 {share:.0%}뿐입니다: 필요한 것은 다른 자리에 있습니다. 어텐션이 있는 RNN은 출력마다 입력의 모든 "
    "단계를 다시 찾아볼 수 있습니다.",
    "The lengths are equal, but only {share:.0%} of the outputs can be told from the input opposite: what matters stands elsewhere. An "
    "RNN with attention can look every input step up again for each output.",
)
WHY_SAME_ALPHABET = Template(
    "x와 y가 같은 글자로 되어 있고 길이는 다를 수 있습니다(x는 {longest}자까지). 어텐션이 있는 RNN은 출력마다 입력의 모든 단계를 다시 찾아볼 수 있습니다.",
    "x and y are written in the same alphabet and may differ in length (x up to {longest} characters). An RNN with attention can look "
    "every input step up again for each output.",
)
WHY_ANOTHER_LENGTH = Template(
    "y의 길이가 x와 다릅니다(x는 {longest}자까지). 어텐션이 있는 RNN은 x를 벡터 하나에 밀어 넣지 않고 출력마다 필요한 단계를 다시 봅니다.",
    "y has another length than x (x up to {longest} characters). An RNN with attention need not press x into one vector: each output "
    "looks the steps up that it needs.",
)
WHY_NUMBERS_TO_TEXT = Template(
    "x는 숫자 줄(최대 {longest}단계)이고 y의 길이는 다릅니다. 어텐션이 있는 RNN은 출력마다 필요한 단계를 다시 봅니다.",
    "x is rows of numbers (up to {longest} steps) and y has another length. An RNN with attention looks the steps up that each output "
    "needs.",
)
WHY_NEXT = Words(
    "앞에서 이어질 것을 씁니다. LSTM은 지금까지를 상태 하나에 담아 한 단계씩 이어 갑니다.",
    "What comes next is written. The LSTM keeps what came before in one state and goes on a step at a time.",
)

WHY_NUMBERS = {
    Shape.N2N: Template(
        "단계마다 숫자 {width}개를 보고 {labels}가지 라벨 가운데 하나로 답합니다. 양방향 LSTM은 각 단계에서 앞뒤까지 보고 답합니다.",
        "Each step is {width} numbers and gets one of {labels} labels. An LSTM that reads both ways sees what comes before and after it.",
    ),
    Shape.N21: Template(
        "숫자 {width}개씩인 단계를 모두 보고 {labels}가지 라벨 가운데 하나로 답합니다. LSTM이 양쪽에서 읽고 모든 단계의 평균으로 답합니다.",
        "All steps, {width} numbers each, get one of {labels} labels. The LSTM reads both ways and answers from the mean of all steps.",
    ),
}


@dataclass(frozen=True)
class Suggestion:
    """What to train. seconds: the estimate for this machine as busy as it was when asked. reason: why this engine, with its numbers."""

    engine: str
    approach: str
    recipe: Recipe
    parameters: int
    seconds: float
    reason: Words


def suggest_training(pairs: list[Pair], plan: Plan, size: int = 2, engine: str = "") -> Suggestion:
    """The engine, approach and recipe for these pairs. size: 1 to 5, small and fast to large and slow.

    engine: instead of the one that would be suggested, e.g. to compare several; the recipe is then made for it. The time is that of
    real steps on a short, a middling and a long batch, the faster of two each, and of one scoring, times how many there will be.

    Raises:
        UserError: the pairs do not fit the plan or the bounds of a run, or there is no such engine.
        ValueError: the size is not 1 to 5.
    """
    if size not in SIZES:
        raise ValueError(f"size: expected 1 to 5, got {size}")
    natural, approach, reason = choose_engine(pairs, plan)
    if engine and engines.get(engine).name != natural:
        natural, reason = engine, Words("직접 고른 엔진입니다.", "You chose this engine yourself.")
    recipe = recipe_of(pairs, plan, natural, approach, size)
    task = task_for(pairs, plan, recipe)
    model = new_model(task, natural, approach.value, recipe)
    recipe = _fit_batch_to_memory(task, model, recipe)
    step, scoring = _measure_seconds(task, model, recipe)
    return Suggestion(
        natural,
        approach.value,
        recipe,
        model.parameters_count,
        START_UP + step * recipe.steps + scoring * recipe.steps / recipe.score_every,
        reason,
    )


def choose_engine(pairs: list[Pair], plan: Plan) -> tuple[str, Approach, Words]:
    """The engine and the approach for these pairs, and why."""
    natural = FITS[plan.shape][0]
    if plan.numbers and plan.shape in WHY_NUMBERS:
        labels = len({word for _, y in pairs for word in y.split()})
        return "lstm", natural, WHY_NUMBERS[plan.shape].format(width=width_of(x for x, _ in pairs), labels=labels)
    if plan.shape is Shape.N21:
        return "lstm", natural, _why_label(pairs, plan)
    if plan.shape is Shape.N2M:
        return "attention", natural, _why_attention(pairs, plan)
    if plan.shape is Shape.LM:
        return "lstm", natural, WHY_NEXT
    told = locality(pairs, plan)
    if told < LEAST_LOCALITY and _same_alphabet(pairs):
        return "attention", Approach.ENCODER_DECODER, WHY_ELSEWHERE.format(share=told)
    return "lstm", natural, WHY_EACH.format(share=told)


def locality(pairs: list[Pair], plan: Plan) -> float:
    """Accuracy, 0 to 1, of predicting y_t from x_t alone (its most frequent y, on held-out pairs): a measure of locality."""
    some = sample_evenly(pairs, SAMPLED)
    kept, held = [pair for i, pair in enumerate(some) if i % 5], some[::5]
    answers = most_frequent(kept, plan)([x for x, _ in held])
    return scorer_for(plan)([x for x, _ in held], answers, [y for _, y in held])["accuracy"]


def recipe_of(pairs: list[Pair], plan: Plan, engine: str, approach: Approach, size: int) -> Recipe:
    """The recipe before it is bounded by memory. Widths and steps follow the size, steps also how many pairs there are."""
    dim, share = SIZES[size]
    many = len(pairs)
    options: dict[str, Any] = {}
    if engines.get(engine).takes("both_ways"):
        options = {"both_ways": True}
    elif engines.get(engine).takes("depth"):
        options = {"depth": 2 if size < 4 else 3}
    dim = max(NARROWEST.get(engine, dim), dim)
    slow = engine not in QUICK
    if approach is not Approach.ENCODER_ONLY:
        long = max(len(y) for _, y in pairs) > LONG
        steps = min(6000, max(2000 if long else 1200, many * 3 // 10))
        drop = 0.0 if many >= 2000 else 0.1
        # Attention that has to align many steps never begins to do so at the rate that suits a word.
        lr = 1.5e-3 if slow else 2e-3 if long else 5e-3
        return _timed(Recipe(lr=lr, dim=dim, options=options, drop=drop), round(steps * share))
    if plan.numbers:
        # Few sequences are soon known by heart: a longer training only makes the loss of the others worse.
        made = Recipe(
            batch=32, lr=1e-3 if slow else 3e-3, dim=dim, options=options, drop=0.4, average=0.99, pool="mean"
        )
        return _timed(made, round(min(4000, max(300, many * 2)) * share))
    steps = min(6000, max(1200, many * 3 // 4 if plan.shape is Shape.N21 else many // 2))
    made = Recipe(batch=32, lr=1e-3 if slow else 3e-3, dim=dim, options=options, drop=0.2, average=0.99)
    if _by_words(plan):
        made = replace(made, drop=0.3, embed={"width": dim // 2, "buckets": 8192, "hide": 0.25, "norm": True})
    if plan.shape is Shape.N21:
        made = replace(made, pool="mean", smoothing=0.1)
        if made.embed:
            made = replace(made, dim=dim * 3 // 2, drop=0.5, embed={"width": dim, "buckets": 16384, "hide": 0.3})
    return _timed(made, round(steps * share))


def with_steps(recipe: Recipe, steps: int) -> Recipe:
    """The same recipe with another number of steps, scored and saved as often in all."""
    return _timed(recipe, steps)


def _timed(recipe: Recipe, steps: int) -> Recipe:
    every = {"score_every": max(1, steps // SCORINGS), "save_every": max(1, steps // SAVES)}
    return replace(recipe, steps=steps, warmup=min(recipe.warmup, max(1, steps // 10)), **every)


def _by_words(plan: Plan) -> bool:
    return plan.by_x == "word" and plan.shape in (Shape.N21, Shape.N2N)


def _same_alphabet(pairs: list[Pair]) -> bool:
    return set("".join(y for _, y in pairs)) <= set("".join(x for x, _ in pairs))


def _why_label(pairs: list[Pair], plan: Plan) -> Words:
    labels = len({y for _, y in pairs})
    return (WHY_LABEL_OF_WORDS if _by_words(plan) else WHY_LABEL).format(labels=labels)


def _why_attention(pairs: list[Pair], plan: Plan) -> Words:
    if plan.numbers:
        return WHY_NUMBERS_TO_TEXT.format(longest=max(len(rows_of(x)) for x, _ in pairs))
    longest = max((len(x) for x, _ in pairs), default=0)
    return (WHY_SAME_ALPHABET if _same_alphabet(pairs) else WHY_ANOTHER_LENGTH).format(longest=longest)


def _fit_batch_to_memory(task: Task, model: Seq2Seq, recipe: Recipe) -> Recipe:
    """The recipe with a batch that fits the memory of a run: B · M · V numbers of output, B · S · D of states, B · S · G of n-grams."""
    longest_x = max(len(model.x_codec.tokens(x)) for x, _ in task.pairs("train", 0))
    longest_y = max(len(model.y_codec.tokens(y)) for _, y in task.pairs("train", 0)) + 1
    a_pair = longest_y * (model.y_codec.size + 8 * recipe.dim) + longest_x * 16 * recipe.dim
    a_pair += longest_x * NGRAMS * int(recipe.embed.get("width", 0))
    attended = longest_x * longest_y * recipe.dim if model.engine.attends else 0
    fits = max(4, MOST_CELLS // (a_pair + attended))
    count = sum(1 for _ in task.pairs("train", 0))
    return replace(recipe, batch=max(1, min(recipe.batch, fits, count)))


def _measure_seconds(task: Task, model: Seq2Seq, recipe: Recipe) -> tuple[float, float]:
    """Seconds of one step and of one scoring, measured here and now; the weights given are lost."""
    train = sorted(task.pairs("train", 0), key=lambda pair: len(pair[0]))
    optimizer = torch.optim.AdamW(model.parameters(), recipe.lr)
    taken = [_seconds_of_step(task, model, optimizer, recipe, train, at) for at in (0.5, *LENGTHS, *LENGTHS)]
    best = [min(pair) for pair in zip(taken[1:4], taken[4:], strict=True)]
    held = list(task.pairs("test", 0))
    few = [x for x, _ in sample_evenly(held, TIMED)]
    began = time.perf_counter()
    predict_parsed(model.eval(), few)
    each = (time.perf_counter() - began) / max(1, len(few))
    return mean(best), each * min(SCORED, len(held))


def _seconds_of_step(
    task: Task, model: Seq2Seq, optimizer: torch.optim.Optimizer, recipe: Recipe, train: list[Pair], at: float
) -> float:
    first = max(0, min(round(at * len(train)) - recipe.batch // 2, len(train) - recipe.batch))
    began = time.perf_counter()
    batch = collate(train[first : first + recipe.batch], model.x_codec, model.y_codec, task.shape)
    optimizer.zero_grad()
    loss_of(model.train(), batch, recipe.smoothing).backward()
    layer_norms(model)
    torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.clip)
    optimizer.step()
    return time.perf_counter() - began
