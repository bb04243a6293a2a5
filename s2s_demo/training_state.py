"""The saved state of a training: one safetensors file, from which a run resumes as if it had never stopped."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe

STATE_FILE = "training.safetensors"


def save_state(
    model: nn.Module, mean: nn.Module | None, optimizer: Any, folder: Path, recipe: Recipe, step: int, seconds: float
) -> None:
    """Writes weights, their running mean if there is one, and the optimizer's state.

    The file is replaced in one move, so that a kill leaves the last one whole.

    Args:
        model: what is trained.
        mean: the running mean of its weights, or None.
        optimizer: whose moments are kept.
        folder: where the file lies; made if it is not there.
        recipe: kept with the state, since a run resumes with the same recipe only.
        step: steps that are done.
        seconds: of training up to now.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{k}": v.detach().cpu().contiguous() for k, v in model.state_dict().items()}
    if mean is not None:
        tensors |= {f"mean.{k}": v.detach().cpu().contiguous() for k, v in mean.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{k}": v.detach().cpu().contiguous() for k, v in state.items()}
    facts = {"step": str(step), "seconds": str(seconds), "recipe": json.dumps(asdict(recipe), sort_keys=True)}
    half = folder / f"{STATE_FILE}.part"
    save_file(tensors, half, metadata=facts)
    os.replace(half, folder / STATE_FILE)


def load_state(
    model: nn.Module, mean: nn.Module | None, optimizer: torch.optim.Optimizer, folder: Path | None, recipe: Recipe
) -> tuple[int, float]:
    """Puts the saved state in place; the arguments are as in `save_state`.

    Returns:
        The step and the seconds that the state stands for.

    Raises:
        UserError: there is nothing to resume, it is damaged, or its recipe is another.
    """
    facts, tensors = _read(folder / STATE_FILE if folder is not None else None)
    if facts["recipe"] != _plain(recipe):
        raise UserError(
            "저장본은 다른 설정으로 학습한 것입니다. 같은 설정으로 이어 가세요.",
            "The saved run has another recipe: resume with the same options.",
        )
    for part, weights in (("model.", model), ("mean.", mean)):
        if weights is not None:
            weights.load_state_dict({k.removeprefix(part): v for k, v in tensors.items() if k.startswith(part)})
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, index, name = key.split(".", 2)
            state.setdefault(int(index), {})[name] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return int(facts["step"]), float(facts["seconds"])


def _read(path: Path | None) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What stands beside the tensors, and the tensors by name."""
    if path is None or not path.exists():
        raise UserError(
            "이어서 학습할 저장본이 없습니다. --resume 없이 시작하세요.", "Nothing to resume: start without --resume."
        )
    try:
        with safe_open(path, "pt") as file:
            facts = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        # a field that recipes got after this run was saved stood at its default
        return {**facts, "recipe": _plain(Recipe()) | json.loads(facts["recipe"])}, tensors
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as e:
        raise UserError(
            "저장본이 손상되었습니다. --resume 없이 시작하세요.", "The saved run is damaged: start without --resume."
        ) from e


def _plain(recipe: Recipe) -> dict[str, Any]:
    """The recipe as JSON gives it back."""
    return json.loads(json.dumps(asdict(recipe)))
