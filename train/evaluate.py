"""Scores of checkpoints on the test splits: one flat row a checkpoint, generation and never teacher forcing."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any

from s2s_demo import checkpoints, tasks
from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Pair, Task
from train import reliability
from train.card import model_card

TEST_SEED = 2026
KEPT = 0.97


def rows(
    task: Task,
    engines: list[str],
    approaches: list[Approach],
    *,
    seeds: int | None,
    data: str,
    keep: bool,
    longest: int = 0,
) -> Iterator[dict[str, Any]]:
    """One row for every checkpoint that is asked for and there; `longest` leaves out splits of longer inputs.

    Raises:
        UserError: none is there, or `data` cannot be read.
    """
    wanted = [a.value for a in approaches]
    entries = [
        e
        for e in checkpoints.available(task.name)
        if e.engine in engines and e.approach in wanted and (seeds is None or e.seed == seeds)
    ]
    if not entries:
        raise UserError(
            f"채점할 체크포인트가 없습니다. 먼저 학습하세요: python -m train {task.name}",
            f"No such checkpoint to score. Train one first: python -m train {task.name}",
        )
    splits = [data] if data else [split for split in task.tests if not longest or _length(split) <= longest]
    for entry in entries:
        model = checkpoints.load(task.name, entry.engine, entry.approach, seed=entry.seed)
        row, tables = _row(task, model, entry, splits, own=bool(data))
        if keep:
            scores = {
                **row,
                "by_length": by_length(task, model),
                "reliability": {split: reliability.rounded(table) for split, table in tables.items()},
            }
            (entry.folder / "scores.json").write_text(json.dumps(scores) + "\n", "utf-8")
            write_card(task, model, entry.folder)
        yield row


def write_card(task: Task, model: Seq2Seq, folder: Path) -> None:
    """The model card anew, from what lies beside the weights today."""
    (folder / "README.md").write_text(model_card(task, model, checkpoints.facts_of(folder)), "utf-8")


def _length(split: str) -> int:
    """5000 of "chain-5000"; 0 for a split that names no length."""
    return int(split.rpartition("-")[2]) if split[-1:].isdigit() else 0


def _row(
    task: Task, model: Seq2Seq, entry: checkpoints.Entry, splits: list[str], *, own: bool
) -> tuple[dict[str, Any], dict[str, reliability.Table]]:
    """The row, and by split the table its calibration error is of; that of the held-out pairs is "dev"."""
    tables: dict[str, reliability.Table] = {}
    row: dict[str, Any] = {"task": task.name, "engine": entry.engine, "approach": entry.approach, "seed": entry.seed}
    row |= {"n": 0, "parameters": model.parameters_count}
    began = time.perf_counter()
    for split in splits:
        fold = entry.seed % task.folds if task.folds else TEST_SEED
        pairs = read_pairs(split, task) if own else split_pairs(task.name, split, fold)
        base = _baseline(task, pairs, fold) if own else split_baseline(task.name, split, fold)
        threshold = checkpoints.facts_of(entry.folder).get("threshold")
        found, tables[split] = _scores(task, model, pairs, threshold)
        scores = {**found, **base}
        row["n"] += len(pairs)
        row |= scores if len(splits) == 1 else {f"{k}_{split.replace('-', '_')}": v for k, v in scores.items()}
    if not own:
        tables["dev"] = on_dev(task, model, entry.seed)
        row["ece_dev"] = reliability.ece(tables["dev"])
    return {**row, "seconds": round(time.perf_counter() - began, 1)}, tables


def _scores(
    task: Task, model: Seq2Seq, pairs: list[Pair], threshold: float | None
) -> tuple[dict[str, float], reliability.Table]:
    """The task's measures and `ece` on the pairs that have an answer, with the table that is of; with a threshold, also how well the
    others are recognised."""
    answers = predict_parsed(model, [x for x, _ in pairs])
    known = [(p, y) for p, (_, y) in zip(answers, pairs, strict=True) if not task.unknown or y != task.unknown]
    xs, said = [p.x for p, _ in known], [task.answer(p.y) for p, _ in known]
    scores = task.score(xs, said, [task.answer(y) for _, y in known])
    table = reliability.table(task, model.y_codec, [p for p, _ in known], [y for _, y in known])
    scores = {**scores, "ece": reliability.ece(table)}
    if threshold is None:
        return scores, table
    sure = [float(p.confidence[0]) >= threshold for p in answers]
    return scores | oos_scores([p.y for p in answers], sure, [y for _, y in pairs], task.unknown), table


def on_dev(task: Task, model: Seq2Seq, seed: int) -> reliability.Table:
    """The held-out pairs that temperatures are fitted on, in the bins of the confidence in their answers."""
    pairs = list(task.pairs("dev", seed if task.folds else 0))
    pairs = [pair for pair in pairs if not task.unknown or pair[1] != task.unknown]
    answers = predict_parsed(model, [x for x, _ in pairs])
    return reliability.table(task, model.y_codec, answers, [y for _, y in pairs])


def oos_scores(answers: list[str], sure: list[bool], truths: list[str], unknown: str) -> dict[str, float]:
    """`oos_recall`: share of unknown inputs that are called so. `oos_precision`: share of those called so that are.
    `accuracy_at_threshold`: share of known inputs answered rightly and surely.
    """
    rows = list(zip(answers, sure, truths, strict=True))
    called = [y == unknown for _, s, y in rows if not s]
    strange, known = [s for _, s, y in rows if y == unknown], [s and a == y for a, s, y in rows if y != unknown]
    shares = {
        "oos_recall": [not s for s in strange],
        "oos_precision": called,
        "accuracy_at_threshold": known,
    }
    return {name: sum(rows) / len(rows) for name, rows in shares.items() if rows}


def best_threshold(answers: list[str], confidence: list[float], truths: list[str], unknown: str) -> float:
    """The confidence below which an answer is withheld: as high as still gives KEPT of the right answers to known inputs."""
    rows = zip(answers, confidence, truths, strict=True)
    right = sorted(c for a, c, y in rows if y != unknown and a == y)
    return floor(right[int(len(right) * (1 - KEPT))] * 10_000) / 10_000 if right else 0.0


def _baseline(task: Task, pairs: list[Pair], fold: int) -> dict[str, float]:
    """`baseline`: the main measure of the answer to beat; `baseline_<name>`: of each that was learned from the training pairs."""
    pairs = [pair for pair in pairs if not task.unknown or pair[1] != task.unknown]
    xs, truths = [x for x, _ in pairs], [task.answer(y) for _, y in pairs]
    if task.baseline is not None:
        return {"baseline": task.score(xs, [task.answer(task.baseline(x)) for x in xs], truths)[task.measure]}
    found = {
        f"baseline_{name}": task.score(xs, _learned(task.name, name, fold)(xs), truths)[task.measure]
        for name in task.baselines
    }
    return {"baseline": next(iter(found.values())), **found} if found else {}


@lru_cache(maxsize=8)
def _learned(task: str, name: str, fold: int) -> Callable[[list[Any]], list[str]]:
    """A baseline after it has seen the training pairs (of a fold)."""
    return tasks.get(task).baselines[name](list(tasks.get(task).pairs("train", fold)))


@lru_cache(maxsize=32)
def split_baseline(task: str, split: str, fold: int = TEST_SEED) -> dict[str, float]:
    """The baseline of a test split, the same for every engine."""
    return _baseline(tasks.get(task), split_pairs(task, split, fold), fold)


@lru_cache(maxsize=16)
def split_pairs(task: str, split: str, fold: int = TEST_SEED) -> list[Pair]:
    """The pairs of a test split (of a fold), the same ones every time."""
    return list(tasks.get(task).pairs(split, fold))


def read_pairs(path: str, task: Task) -> list[Pair]:
    """Pairs from a file in the task's own format; where it has none, of x<TAB>y lines, x as the task reads it.

    Raises:
        UserError: the file is not there or empty, or a row has no tab or no readable x; the sentence names the row.
    """
    if task.from_folder is not None:
        return task.from_folder(Path(path))
    try:
        text = Path(path).read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as e:
        raise UserError(f"‘{path}’ 파일을 읽을 수 없습니다.", f"The file ‘{path}’ cannot be read as UTF-8 text.") from e
    if task.from_file is not None:
        return task.from_file(text)
    pairs = []
    for number, line in enumerate(text.splitlines(), 1):
        x, tab, y = line.partition("\t")
        if line and not tab:
            raise UserError(f"{number}번째 줄에 탭이 없습니다.", f"Row {number} has no tab between x and y.")
        if line:
            pairs.append((_read(task.read, x, number), _read(task.read_label, y, number)))
    if not pairs:
        raise UserError(f"‘{path}’ 파일이 비어 있습니다.", f"The file ‘{path}’ is empty.")
    return pairs


def _read(reads: Callable[[str], str], text: str, row: int) -> str:
    try:
        return reads(text)
    except UserError as e:
        raise UserError(f"{row}번째 줄: {e.words.ko}", f"Row {row}: {e.words.en}") from e


def by_length(task: Task, model: Seq2Seq) -> dict[str, Any]:
    """Exact answers by digits(a) × digits(b) for each sign, for the carry and length map; {} for other tasks."""
    maker = MAPS.get(task.name)
    if maker is None:
        return {}
    pairs = maker()
    answers = [task.answer(p.y) for p in predict_parsed(model, [x for x, _ in pairs])]
    right: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for (x, y), answer in zip(pairs, answers, strict=True):
        cell = cell_of(x)
        count[cell] += 1
        right[cell] += answer == task.answer(y)
    return {cell: [right[cell], n] for cell, n in count.items()}


def cell_of(x: str) -> str:
    """ "347+58" -> "+ 3 2": sign, digits of a, digits of b."""
    sign = next(c for c in x if c in "+-*")
    a, b = x.split(sign)
    return f"{sign} {len(a)} {len(b)}"


def _arithmetic_map() -> list[Pair]:
    return split_pairs("arithmetic", "test")


@lru_cache(maxsize=1)
def _addition_map() -> list[Pair]:
    """Held-out sums of every pair of lengths from 1 to 16: twice as far as the model was trained, roughly."""
    from s2s_demo.tasks.addition import grid_pairs  # noqa: PLC0415  a mistake in that file is this command's alone

    return grid_pairs(16, 20, TEST_SEED)


MAPS = {"arithmetic": _arithmetic_map, "addition": _addition_map}


def plain(row: dict[str, Any]) -> str:
    """The row as words, for a terminal."""
    head = f"{row['engine']:<12} {row['approach']:<16} seed {row['seed']}  {row['parameters']:>9,}"
    measures = [f"{k} {v:.4f}" for k, v in row.items() if isinstance(v, float) and k != "seconds"]
    return f"{head}  n={row['n']:,}  {'  '.join(measures)}"
