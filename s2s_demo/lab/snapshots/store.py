"""Snapshots of one small training of a task: the weights at steps from before the first to after the last.

checkpoints/time/<task>/    run.json                what was trained and how, and the steps of the snapshots
                            snapshots.safetensors   every weight with a leading axis of K snapshots, packed as checkpoints are
                            history.jsonl           a row a logged step: loss, dev scores, gradient norm and relative update by part
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import Tensor

from s2s_demo import checkpoints, codecs
from s2s_demo.checkpoints import dequantized, quantized
from s2s_demo.explain import predict_parsed
from s2s_demo.file_format import UnknownFormat, with_format
from s2s_demo.lab.race.small_tasks import small
from s2s_demo.lenses import LONGEST_LOOK
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.side_files import DIGEST, Damaged, check_digest, is_number, read_facts, read_rows, sha256, with_digest
from s2s_demo.task import Task

FOLDER, WEIGHTS, FACTS, HISTORY = "time", "snapshots.safetensors", "run.json", "history.jsonl"
REQUIRED_FACTS = {"parameters", "seed", "lr", "batch", "minutes", "machine", "measure", "held_out"}
MOST_SNAPSHOTS = 100
SMALL = {"arithmetic": {"digits": 3}}


@dataclass(frozen=True)
class SnapshotRun:
    """One training with its snapshots."""

    task: str
    config: ModelConfig
    steps: tuple[int, ...]
    """(K,) the optimizer steps done at each snapshot, the first 0."""
    history: tuple[dict[str, Any], ...]
    """Rows as of a checkpoint."""
    facts: dict[str, Any]
    """`REQUIRED_FACTS`, and clip, command and what else was written with them."""
    folder: Path


def snapshot_steps(total: int, count: int = 13, first: int = 8) -> tuple[int, ...]:
    """0 and `count` - 1 steps spaced evenly on a log axis from `first` to `total`.

    >>> snapshot_steps(800, 5)
    (0, 8, 37, 172, 800)
    """
    return (0, *sorted({round(step) for step in np.geomspace(first, total, count - 1)}))


def save_run(run: SnapshotRun, states: list[dict[str, Tensor]]) -> None:
    """Writes a run; states: K state dicts, one a snapshot."""
    assert len(states) == len(run.steps), (len(states), run.steps)
    run.folder.mkdir(parents=True, exist_ok=True)
    weights = [quantized(state, True) for state in states]
    save_file({name: torch.stack([one[name] for one in weights]) for name in weights[0]}, run.folder / WEIGHTS)
    facts = with_format({"task": run.task, "model": run.config.to_json(), "snapshots": run.steps, **run.facts})
    facts.pop(DIGEST, None)
    text = with_digest(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", sha256(run.folder / WEIGHTS))
    (run.folder / FACTS).write_text(text, "utf-8")
    rows = (json.dumps(row) for row in run.history)
    (run.folder / HISTORY).write_text("\n".join(rows) + "\n", "utf-8")


def available() -> list[str]:
    """Names of tasks with readable snapshots, sorted."""
    names = sorted(path.parent.name for path in (checkpoints.ROOT / FOLDER).glob(f"*/{FACTS}"))
    return [name for name in names if _readable(name)]


def complete(task: str) -> bool:
    """Whether the facts hold all that the page says of a run."""
    return load_run(task).facts.keys() >= REQUIRED_FACTS


def _readable(task: str) -> bool:
    try:
        return bool(load_run(task).steps)
    except UserError:
        return False


def load_run(task: str) -> SnapshotRun:
    """The run of a task that has snapshots.

    Raises:
        UserError: there is none, or it is damaged.
    """
    return _load_run(checkpoints.ROOT / FOLDER / task)


@lru_cache(maxsize=16)
def _load_run(folder: Path) -> SnapshotRun:
    try:
        facts = read_facts(folder / FACTS)
        rows = read_rows(folder / HISTORY, there=True)
        config, task, steps = (facts.pop(name) for name in ("model", "task", "snapshots"))
        if not 0 < len(steps) <= MOST_SNAPSHOTS or not all(is_number(s) and isinstance(s, int) for s in steps):
            raise ValueError("snapshots: expected numbers of steps")
        facts.pop(DIGEST, None)
        checked = ModelConfig.from_json(config)
        for codec in (checked.x_codec, checked.y_codec):
            codecs.from_json(codec)
        return SnapshotRun(str(task), checked, tuple(steps), tuple(rows), facts, folder)
    except (Damaged, ValueError, KeyError, TypeError, AttributeError) as e:
        raise _missing(folder.name) from e


def model_at(task: str, number: int) -> Seq2Seq:
    """The model of snapshot `number`, on the CPU, in eval mode; shared by all visitors, so it must not be changed.

    Raises:
        UserError: the snapshots are missing or damaged.
    """
    return _model(checkpoints.ROOT / FOLDER / task, number)


@lru_cache(maxsize=48)
def _model(folder: Path, number: int) -> Seq2Seq:
    run = _load_run(folder)
    try:
        check_digest(run.folder / WEIGHTS, read_facts(run.folder / FACTS))
        with safe_open(run.folder / WEIGHTS, "pt") as file:
            stored = {name: file.get_slice(name)[number] for name in file.keys()}  # noqa: SIM118
        with torch.device("meta"):
            model = Seq2Seq(run.config)
        model.load_state_dict(dequantized(stored), assign=True)
    except UnknownFormat:
        raise
    except Exception as e:  # a damaged file can be wrong in ways that nobody has listed
        raise _missing(folder.name) from e
    return model.eval().requires_grad_(False)


def small_task(name: str) -> Task:
    """The small form of the task that its run was trained on."""
    return small(name, **SMALL.get(name, {}))


def predict_at(task: str, number: int, x: Any) -> Prediction:
    """The answer of snapshot `number` to x, with its lenses; the last few hundred are cached.

    Raises:
        UserError: x is too long for the lenses, or cannot be read.
    """
    return _predict_at(checkpoints.ROOT / FOLDER / task, number, x)


@lru_cache(maxsize=512)
def _predict_at(folder: Path, number: int, x: Any) -> Prediction:
    model = _model(folder, number)
    length = len(model.x_codec.tokens(x))
    if length > LONGEST_LOOK:
        raise UserError(
            f"타임머신은 {LONGEST_LOOK}단계까지 봅니다. 지금 입력은 {length}단계입니다.",
            f"The time machine looks at up to {LONGEST_LOOK} steps; this input has {length}.",
        )
    return predict_parsed(model, [x], look=True)[0]


def half_life(values: np.ndarray) -> float | None:
    """Steps in which a gradient falls to half, by a least-squares line through log `values` over the lag.

    Args:
        values: (S,) ‖∂L_k/∂e_t‖ up to and including the step of the loss; zeros (no path) are left out.

    Returns:
        The steps; None if fewer than four values are left, or if it does not fall.
    """
    lag = np.arange(len(values))[::-1]
    positive = values > 0
    if positive.sum() < 4:
        return None
    slope = float(np.polyfit(lag[positive], np.log(values[positive]), 1)[0])
    return -math.log(2) / slope if slope < 0 else None


def _missing(task: str) -> UserError:
    return UserError(
        f"‘{task}’의 순간 기록이 없거나 손상되었습니다. 다시 만드세요: python -m train snapshots {task}",
        f"The snapshots of ‘{task}’ are missing or damaged. Make them: python -m train snapshots {task}",
    )
