"""How answers to held-out pairs are judged, in training and after, and the baselines beside them, which need no sequence model."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import torch

from s2s_demo.batch import collate
from s2s_demo.codecs import UNK, Numbers
from s2s_demo.codecs.numbers import rows_of
from s2s_demo.custom import numeric_baselines
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.series_split import without_name
from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Learner, Pair, Shape, Task
from s2s_demo.tasks._intent import accuracy, majority, tfidf_svm
from s2s_demo.training import loss_of

EXAMPLES_SHOWN, LONGEST_SHOWN = 10, 8 * 512
MEASURES = {Shape.N2N: "accuracy", Shape.N21: "accuracy", Shape.N2M: "exact", Shape.LM: "exact"}
TITLES = {
    "copy": Words("x를 그대로 베끼기", "copying x"),
    "majority": Words("가장 흔한 y", "the commonest y"),
    "most-frequent": Words("조각마다 가장 흔했던 y", "the y each step had most often"),
    "tfidf-svm": Words("TF-IDF + SVM", "TF-IDF + SVM"),
    "commonest": Words("가장 흔한 라벨", "the commonest label"),
    "rows-linear": Words("줄 하나씩 보는 선형 모델", "a linear model of each row alone"),
    "means-linear": Words("열마다 평균과 퍼짐만 보는 선형 모델", "a linear model of each column's mean and spread"),
}


@dataclass(frozen=True)
class Baseline:
    """Its name in `TITLES` and its measures on the held-out pairs, shares from 0 to 1."""

    name: str
    scores: dict[str, float]


def scorer_for(plan: Plan) -> Callable[[list[str], list[str], list[str]], dict[str, float]]:
    """(xs, answers, truths) -> shares from 0 to 1: `exact`, whole answers; N2N and N21 also `accuracy`, N21 `macro_f1`.

    The `accuracy` of N2N counts steps: a missing or a surplus one is wrong.
    """

    def score(xs: list[str], answers: list[str], truths: list[str]) -> dict[str, float]:
        right = sum(a == t for a, t in zip(answers, truths, strict=True))
        found = {"exact": right / max(1, len(truths))}
        if plan.shape is Shape.N21:
            found |= accuracy(xs, answers, truths)
        if plan.shape is Shape.N2N:
            rows = [
                (split_steps(a, plan.by_y), split_steps(t, plan.by_y)) for a, t in zip(answers, truths, strict=True)
            ]
            same = sum(u == v for a, t in rows for u, v in zip(a, t, strict=False))
            found["accuracy"] = same / max(1, sum(max(len(a), len(t)) for a, t in rows))
        return found

    return score


def split_steps(text: str, by: str) -> list[str]:
    """The text as words, as rows of numbers or as characters."""
    if by == "numbers":
        return rows_of(text)
    return text.split() if by == "word" else list(text)


def measure_baselines(train: list[Pair], held: list[Pair], plan: Plan) -> list[Baseline]:
    """The baselines that fit the shape, learnt from `train` and measured on `held`, the best one first.

    N2N: copying x, and for each piece of x the piece of y it had most often. N21: the commonest label, TF-IDF + SVM. Else: copying
    x, the commonest y. Of rows of numbers: the commonest label, and a linear model of each row alone (N2N) or of means (N21).
    """
    xs, ys = [x for x, _ in held], [y for _, y in held]
    score, found = scorer_for(plan), list[Baseline]()
    for name, learn in _learners(plan).items():
        try:
            answers = learn(train)(xs)
        except ValueError:  # scikit-learn has nothing to learn from: one label alone, or no term that occurs twice
            continue
        found.append(Baseline(name, {k: round(v, 4) for k, v in score(xs, answers, ys).items()}))
    return sorted(found, key=lambda b: -b.scores[MEASURES[plan.shape]])


def _learners(plan: Plan) -> dict[str, Learner]:
    if plan.numbers:
        return numeric_baselines.learners(plan.shape)
    if plan.shape is Shape.N21:
        return {"tfidf-svm": tfidf_svm, "majority": majority}
    if plan.shape is Shape.N2N:
        return {"copy": _copy, "most-frequent": lambda train: most_frequent(train, plan)}
    return {"copy": _copy, "majority": majority}


def _copy(train: list[Pair]) -> Callable[[list[str]], list[str]]:
    return list


def most_frequent(train: list[Pair], plan: Plan) -> Callable[[list[str]], list[str]]:
    """The baseline of N2N: each piece of x gets the piece of y it had most often, one never met the commonest of all."""
    seen: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for x, y in train:
        for piece, answer in zip(split_steps(x, plan.by_x), split_steps(y, plan.by_y), strict=False):
            seen[piece][answer] += 1
    common = sum(seen.values(), Counter()).most_common(1)[0][0] if seen else ""
    table = {piece: answers.most_common(1)[0][0] for piece, answers in seen.items()}
    between = " " if plan.by_y == "word" else ""
    return lambda xs: [between.join(table.get(piece, common) for piece in split_steps(x, plan.by_x)) for x in xs]


class Evaluator:
    """Measures a model on held-out pairs: `scores` of its generated answers, and "held_loss", nats a symbol under teacher forcing.

    examples: ten of them as (x, y, answer, whether it is right), as the model answered last.
    """

    def __init__(self, task: Task, held: list[Pair], recipe: Recipe) -> None:
        self.task, self.held, self.batch = task, held, recipe.batch
        self.examples: list[tuple[str, str, str, bool]] = []

    def __call__(self, model: Seq2Seq) -> dict[str, float]:
        """The measures, each to four digits."""
        xs, ys = [x for x, _ in self.held], [y for _, y in self.held]
        answers = [p.y for p in predict_parsed(model, xs)]
        rows = list(zip(xs, ys, answers, strict=True))
        step = max(1, len(rows) // EXAMPLES_SHOWN)
        # They are written to the disk twice a second: rows of numbers are cut short.
        self.examples = [(x[:LONGEST_SHOWN], y, answer, answer == y) for x, y, answer in rows[::step][:EXAMPLES_SHOWN]]
        scores = {**self.task.score(xs, answers, ys), "held_loss": self._loss(model)}
        return {k: round(v, 4) for k, v in scores.items()}

    @torch.no_grad()
    def _loss(self, model: Seq2Seq) -> float:
        total, count = 0.0, 0
        for at in range(0, len(self.held), self.batch):
            some = self.held[at : at + self.batch]
            batch = collate(some, model.x_codec, model.y_codec, self.task.shape).to(model.device)
            symbols = int(batch.y_mask_BM.sum())
            total, count = total + float(loss_of(model, batch)) * symbols, count + symbols
        return total / max(1, count)


def data_facts(model: Seq2Seq, train: list[Pair], held: list[Pair]) -> dict[str, float]:
    """Counts of pairs: "rows" trained on, "held" back, of those "leaks", whose x is trained on too, and "unknown_x" and "unknown_y",
    which have a symbol that was never trained on. A spelled word is never unknown: its n-grams are read."""
    told = without_name if isinstance(model.x_codec, Numbers) else str
    known = {told(x) for x, _ in train}
    first = [(model.x_codec.encode(x), model.y_codec.encode(y)) for x, y in held]
    return {
        "rows": len(train),
        "held": len(held),
        "leaks": sum(told(x) in known for x, _ in held),
        "unknown_x": sum(x.ndim == 1 and bool((x == UNK).any()) for x, _ in first),
        "unknown_y": sum(bool((y == UNK).any()) for _, y in first),
    }
