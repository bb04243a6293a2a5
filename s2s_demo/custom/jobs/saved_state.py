"""What a run keeps: a saved state that can be gone on with for longer, and the few lines beside its checkpoint."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.task import Task


def extend_steps(path: Path, recipe: Recipe) -> None:
    """Rewrites the recipe in a saved state so that training can resume with more steps; all other fields must match.

    Raises:
        UserError: it cannot be read.
    """
    try:
        with safe_open(path, "pt") as file:
            facts = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        saved, wanted = json.loads(facts["recipe"]), json.loads(json.dumps(asdict(recipe)))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as e:
        raise UserError(
            "저장본이 손상되었습니다. 새로 시작하세요.", "The last save is damaged: start a new run."
        ) from e
    free = dict.fromkeys(("steps", "score_every", "save_every"))
    if saved == wanted or {**saved, **free} != {**wanted, **free}:
        return
    half = path.with_name(f"{path.name}.part")
    save_file(tensors, half, metadata={**facts, "recipe": json.dumps(wanted, sort_keys=True)})
    os.replace(half, path)


def card(task: Task, model: Seq2Seq, facts: dict[str, Any]) -> str:
    """A few lines that say what the model is; the download has a fuller card."""
    return (
        f"# {task.name} · {model.engine.title.en} · {model.approach.value}\n\n"
        f"Trained on {facts['rows']:,} pairs of one's own for {facts['steps']:,} steps of {facts['batch']} ({facts['machine']}, "
        f"{facts['seconds']:,} s, seed {facts['seed']}). On held-out pairs: {task.measure} {facts['score']:.4f}"
        + (f", baseline {facts['baseline_name']} {facts['baseline']:.4f}" if "baseline" in facts else "")
        + ".\n"
    )
