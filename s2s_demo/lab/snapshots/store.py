"""One small training of a task, kept at many moments: weights from before the first step to after the last.

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
from s2s_demo.checkpoints import packed, unpacked
from s2s_demo.explain import predict_parsed
from s2s_demo.file_format import UnknownFormat, stamped
from s2s_demo.lab.race.small_tasks import small
from s2s_demo.lenses import LONGEST_LOOK
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.side_files import DIGEST, Damaged, check_digest, is_number, read_facts, read_rows, sha256, with_digest
from s2s_demo.task import Task

FOLDER, WEIGHTS, FACTS, HISTORY = "time", "snapshots.safetensors", "run.json", "history.jsonl"
TOLD = {"parameters", "seed", "lr", "batch", "minutes", "machine", "measure", "held_out"}
MOST = 100
SMALL = {"arithmetic": {"digits": 3}}


@dataclass(frozen=True)
class Run:
    """One kept training. steps: (K,) the optimizer steps done at each snapshot, the first 0. history: rows as of a checkpoint.

    facts: seed, batch, lr, clip, minutes, machine, command, parameters, told.
    """

    task: str
    config: ModelConfig
    steps: tuple[int, ...]
    history: tuple[dict[str, Any], ...]
    facts: dict[str, Any]
    folder: Path


def steps_of(total: int, count: int = 13, first: int = 8) -> tuple[int, ...]:
    """0 and `count` - 1 steps spaced evenly on a log axis from `first` to `total`.

    >>> steps_of(800, 5)
    (0, 8, 37, 172, 800)
    """
    return (0, *sorted({round(step) for step in np.geomspace(first, total, count - 1)}))


def keep(run: Run, states: list[dict[str, Tensor]]) -> None:
    """Writes a run; states: K state dicts, one a snapshot."""
    assert len(states) == len(run.steps), (len(states), run.steps)
    run.folder.mkdir(parents=True, exist_ok=True)
    moments = [packed(state, True) for state in states]
    save_file({name: torch.stack([m[name] for m in moments]) for name in moments[0]}, run.folder / WEIGHTS)
    facts = stamped({"task": run.task, "model": run.config.to_json(), "snapshots": run.steps, **run.facts})
    facts.pop(DIGEST, None)
    text = with_digest(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", sha256(run.folder / WEIGHTS))
    (run.folder / FACTS).write_text(text, "utf-8")
    rows = (json.dumps(row) for row in run.history)
    (run.folder / HISTORY).write_text("\n".join(rows) + "\n", "utf-8")


def there() -> list[str]:
    """The tasks that have a kept run that can be read, in no other order than that of their names."""
    names = sorted(path.parent.name for path in (checkpoints.ROOT / FOLDER).glob(f"*/{FACTS}"))
    return [name for name in names if _readable(name)]


def complete(task: str) -> bool:
    """Whether all that the page tells of a run stands in its facts."""
    return run_of(task).facts.keys() >= TOLD


def _readable(task: str) -> bool:
    try:
        return bool(run_of(task).steps)
    except UserError:
        return False


def run_of(task: str) -> Run:
    """The kept run of a task.

    Raises:
        UserError: there is none, or it is damaged.
    """
    return _run(checkpoints.ROOT / FOLDER / task)


@lru_cache(maxsize=16)
def _run(folder: Path) -> Run:
    try:
        facts = read_facts(folder / FACTS)
        rows = read_rows(folder / HISTORY, there=True)
        config, task, steps = (facts.pop(name) for name in ("model", "task", "snapshots"))
        if not 0 < len(steps) <= MOST or not all(is_number(s) and isinstance(s, int) for s in steps):
            raise ValueError("snapshots: expected numbers of steps")
        facts.pop(DIGEST, None)
        checked = ModelConfig.from_json(config)
        for codec in (checked.x_codec, checked.y_codec):
            codecs.from_json(codec)
        return Run(str(task), checked, tuple(steps), tuple(rows), facts, folder)
    except (Damaged, ValueError, KeyError, TypeError, AttributeError) as e:
        raise _missing(folder.name) from e


def model_at(task: str, number: int) -> Seq2Seq:
    """The model of snapshot `number`, on the CPU, in eval mode; shared by all visitors, so never to be changed.

    Raises:
        UserError: the snapshots are missing or damaged.
    """
    return _model(checkpoints.ROOT / FOLDER / task, number)


@lru_cache(maxsize=48)
def _model(folder: Path, number: int) -> Seq2Seq:
    run = _run(folder)
    try:
        check_digest(run.folder / WEIGHTS, read_facts(run.folder / FACTS))
        with safe_open(run.folder / WEIGHTS, "pt") as file:
            stored = {name: file.get_slice(name)[number] for name in file.keys()}  # noqa: SIM118
        with torch.device("meta"):
            model = Seq2Seq(run.config)
        model.load_state_dict(unpacked(stored), assign=True)
    except UnknownFormat:
        raise
    except Exception as e:  # a damaged file can be wrong in ways that nobody has listed
        raise _missing(folder.name) from e
    return model.eval().requires_grad_(False)


def task_of(name: str) -> Task:
    """The small form of the task that its run was trained on."""
    return small(name, **SMALL.get(name, {}))


def seen(task: str, number: int, x: Any) -> Prediction:
    """What snapshot `number` answers to x, with its lenses; the last few hundred answers are kept.

    Raises:
        UserError: x is too long to be looked into, or cannot be read.
    """
    return _seen(checkpoints.ROOT / FOLDER / task, number, x)


@lru_cache(maxsize=512)
def _seen(folder: Path, number: int, x: Any) -> Prediction:
    model = _model(folder, number)
    length = len(model.x_codec.pieces(x))
    if length > LONGEST_LOOK:
        raise UserError(
            f"타임머신은 {LONGEST_LOOK}단계까지 봅니다. 지금 입력은 {length}단계입니다.",
            f"The time machine looks at up to {LONGEST_LOOK} steps; this input has {length}.",
        )
    return predict_parsed(model, [x], look=True)[0]


def half_life(values: np.ndarray) -> float | None:
    """Steps in which a gradient falls to half, by a line through log `values` over the lag (least squares).

    values: (S,) ‖∂L_k/∂e_t‖ up to and with the step the loss is at; zeros (no path) are left out. None where fewer than four are
    left, or where it does not fall.
    """
    lag = np.arange(len(values))[::-1]
    there = values > 0
    if there.sum() < 4:
        return None
    slope = float(np.polyfit(lag[there], np.log(values[there]), 1)[0])
    return -math.log(2) / slope if slope < 0 else None


def _missing(task: str) -> UserError:
    return UserError(
        f"‘{task}’의 순간 기록이 없거나 손상되었습니다. 다시 만드세요: python -m train snapshots {task}",
        f"The snapshots of ‘{task}’ are missing or damaged. Make them: python -m train snapshots {task}",
    )
