"""The calibrate command: one temperature a checkpoint, fitted on dev and folded into the head on disk.

Every number of the head but its 8-bit integers is divided by it and kept in single precision, so that nothing is rounded anew: the
answers stay what they were, and what is read from the file changes in how sure it is and in nothing else. (Where several symbols
give one answer, as with fine tags, their sums may change places if they are nearly equal.)
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from safetensors.torch import load_file, save_file

from s2s_demo import checkpoints
from s2s_demo.calibration import dev_logits
from s2s_demo.decoding import masked_probs, most_probable
from s2s_demo.file_format import upgraded, with_format
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Approach, Task
from train.evaluate import on_dev, write_card
from train.reliability import binned, ece
from train.run import threshold_of

HEAD = "head."
TRIED = [1.01**k for k in range(-120, 121)]
SEVERAL_BINS = range(10, 21)


def rows(
    task: Task, engines: list[str], approaches: list[Approach], *, seed: int | None, above: float
) -> Iterator[str]:
    """Calibrates every checkpoint that is asked for and whose expected calibration error on dev is above `above`; a line for each.

    Raises:
        UserError: none is there.
    """
    wanted = [a.value for a in approaches]
    there = [e for e in checkpoints.available(task.name) if e.engine in engines and e.approach in wanted]
    there = [e for e in there if seed is None or e.seed == seed]
    if not there:
        raise UserError(
            f"보정할 체크포인트가 없습니다. 먼저 학습하세요: python -m train {task.name}",
            f"No such checkpoint to calibrate. Train one first: python -m train {task.name}",
        )
    for entry in there:
        yield f"{entry.folder.name:<28} {_calibrated(task, entry, above)}"


def _calibrated(task: Task, entry: checkpoints.Entry, above: float) -> str:
    model = checkpoints.load_from(entry.folder)
    before = ece(on_dev(task, model, entry.seed))
    if before <= above:
        return f"ece on dev {before:.4f}: left as it is"
    found = temperature(model, task, entry.seed if task.folds else 0)
    with (
        TemporaryDirectory() as made
    ):  # put in place once all of it is there: weights must agree with the digest beside them
        copy = Path(shutil.copytree(entry.folder, Path(made) / entry.folder.name))
        after = _divided(task, copy, found, entry.seed)
        if after >= before:
            return f"ece on dev {before:.4f}: no temperature makes it less, left as it is"
        shutil.copytree(copy, entry.folder, dirs_exist_ok=True)
    return f"ece on dev {before:.4f} -> {after:.4f} at temperature {found:.3f}"


def _divided(task: Task, folder: Path, by: float, seed: int) -> float:
    """Writes the temperature into a checkpoint, with the threshold that goes with it, and returns the error on dev that is left."""
    config, weights = folder / "config.json", folder / "model.safetensors"
    divide_head(weights, by)
    facts = upgraded(json.loads(config.read_text("utf-8")), config.name)
    facts["temperature"] = round(by * facts.get("temperature", 1.0), 4)
    _write(config, facts, weights)
    model = checkpoints.load_from(folder)
    if task.unknown:
        _write(config, {**facts, "threshold": threshold_of(model, task)}, weights)
    write_card(task, model, folder)
    return ece(on_dev(task, model, seed))


def _write(config: Path, facts: dict[str, Any], weights: Path) -> None:
    config.write_text(json.dumps(with_format(facts), ensure_ascii=False, indent=1) + "\n", "utf-8")
    checkpoints.write_digest(config, weights)


@torch.no_grad()
def temperature(model: Seq2Seq, task: Task, seed: int = 0) -> float:
    """What to divide the logits by (Guo et al. 2017, section 4.2), of 0.3 to 3.3, so that the calibration error on all of dev is least.

    The error itself is made small and not the loss: models that were trained with smoothed labels are unsure in a way that the loss
    does not ask to mend. The mean over 10 to 20 bins is taken, since with one number of bins the error jumps.
    """
    logits_NV, y_N = dev_logits(model, task, seed)
    answers_V = torch.tensor(model.canonical or range(logits_NV.shape[1]))

    def error(by: float) -> float:
        p_N, said_N = most_probable(model, masked_probs(model, logits_NV / by))
        p, right = p_N.tolist(), (answers_V[said_N] == answers_V[y_N]).tolist()
        return sum(ece(binned(p, right, bins)) for bins in SEVERAL_BINS)

    return min(TRIED, key=error)


def divide_head(weights: Path, by: float) -> None:
    """Divides the stored head: its bias, and its matrix or, where that is kept in 8 bits, the scales of its rows."""
    stored = {
        name: value.clone() for name, value in load_file(weights).items()
    }  # else they lie in the file written over
    for name, value in stored.items():
        if name.startswith(HEAD) and value.dtype is not torch.int8:
            stored[name] = value.float() / by
    save_file(stored, weights)
