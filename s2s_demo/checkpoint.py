"""Models on disk and on the Hub: config.json, model.safetensors, history.jsonl and a model card. No pickle, local first.

checkpoints/<task>/<engine>[-<approach>][-seed<n>]/     the approach is named when it is not the task's natural one
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s_demo import engines
from s2s_demo.device import best
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import FITS, Approach, Shape

ROOT = Path(os.environ.get("S2S_CHECKPOINTS", Path(__file__).resolve().parent.parent / "checkpoints"))
FILES = ("config.json", "model.safetensors", "history.jsonl", "README.md", "scores.json")
SMALL = 30_000
MANY_ROWS = 64
SCALE = ".scale"


@dataclass(frozen=True)
class Entry:
    """One place on the shelf."""

    task: str
    engine: str
    approach: str
    seed: int
    folder: Path


def folder_of(
    task: str, shape: Shape, engine: str, approach: Approach, seed: int = 0, root: Path | None = None
) -> Path:
    """Where a checkpoint lies, under `ROOT` if not told otherwise."""
    parts = [engine]
    if approach is not FITS[shape][0]:
        parts.append(approach.value)
    if seed:
        parts.append(f"seed{seed}")
    return (root or ROOT) / task / "-".join(parts)


def shelf(task: str = "", root: Path | None = None) -> list[Entry]:
    """Everything there is, in the order of the engines; folders without a readable config are left out."""
    entries = []
    for path in sorted((root or ROOT).glob(f"{task or '*'}/*/config.json")):
        try:
            data = json.loads(path.read_text("utf-8"))
            config = ModelConfig.from_json(data["model"])
            entries.append(Entry(config.task, config.engine, config.approach, int(data["seed"]), path.parent))
        except (ValueError, KeyError, TypeError, OSError):
            continue
    order = list(engines.ENGINES)
    return sorted(entries, key=lambda e: (e.task, order.index(e.engine), e.approach, e.seed))


def save(model: Seq2Seq, folder: Path, facts: dict[str, Any], history: list[str], card: str) -> None:
    """Writes a checkpoint. Models over 30,000 parameters are kept in half precision, their matrices in 8 bits a number."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file(packed(model.state_dict(), model.parameters_count > SMALL), folder / "model.safetensors")
    (folder / "config.json").write_text(config_text(model, facts), "utf-8")
    (folder / "history.jsonl").write_text("\n".join(history) + "\n", "utf-8")
    (folder / "README.md").write_text(card, "utf-8")


def config_text(model: Seq2Seq, facts: dict[str, Any]) -> str:
    """What config.json holds: the model with its codecs, the facts of its training, and the number of its parameters."""
    data = {"model": model.config.to_json(), **facts, "parameters": model.parameters_count}
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def packed(weights: dict[str, Tensor], small: bool) -> dict[str, Tensor]:
    """The weights as they are stored. small: in 16 bits, and a matrix of at least 64 rows as 8-bit numbers with a scale a row."""
    stored: dict[str, Tensor] = {}
    for name, value in weights.items():
        value = value.cpu().contiguous()
        if small and value.ndim == 2 and len(value) >= MANY_ROWS:
            scale = (value.float().abs().amax(1) / 127).clamp(min=1e-6).half()
            stored[name + SCALE] = scale
            value = (value / scale.float().unsqueeze(1)).round().clamp(-127, 127).to(torch.int8)
        stored[name] = value.half() if small and value.is_floating_point() else value
    return stored


def unpacked(stored: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights in single precision, as copies, since the file may be trained over."""
    weights = {}
    for name, value in stored.items():
        if value.dtype is torch.int8:
            weights[name] = value.float() * stored[name + SCALE].float().unsqueeze(1)
        elif not name.endswith(SCALE):
            weights[name] = value.to(torch.float32, copy=True)
    return weights


def load(name: str, engine: str = "", approach: str = "", *, seed: int = 0, device: str = "") -> Seq2Seq:
    """A trained model in eval mode: load("arithmetic", "lstm"), or load("user/repo") from the Hub.

    approach: "" is the task's natural one. device: "" is `device.best()`.

    Raises:
        UserError: there is no such checkpoint, or its files are damaged; the sentence says which there are.
    """
    folder = _from_hub(name) if "/" in name else _on_shelf(name, engine, approach, seed).folder
    return _loaded(folder, device or best(), _stamp(folder))


def load_from(folder: Path, device: str = "") -> Seq2Seq:
    """The model in a folder that `save` wrote, wherever it lies.

    Raises:
        UserError: its files are missing or damaged.
    """
    return _loaded(folder, device or best(), _stamp(folder))


def facts_of(folder: Path) -> dict[str, Any]:
    """What config.json says besides the model: seed, steps, minutes, machine, command, parameters, scores."""
    data = json.loads((folder / "config.json").read_text("utf-8"))
    scores = folder / "scores.json"
    return {**data, "scores": json.loads(scores.read_text("utf-8")) if scores.exists() else {}}


def history_of(folder: Path) -> Iterator[dict[str, Any]]:
    """One row a logged training step: step, loss, grad_norm, layers, lr, clipped, and scores where they were taken."""
    path = folder / "history.jsonl"
    if path.exists():
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines() if line)


def push(folder: Path, repo: str) -> str:
    """Uploads a checkpoint to the Hub under the visitor's own login and returns its address."""
    from huggingface_hub import HfApi  # noqa: PLC0415  offline use never pays for this import

    api = HfApi()
    api.create_repo(repo, exist_ok=True)
    api.upload_folder(repo_id=repo, folder_path=folder, allow_patterns=list(FILES))
    return f"https://huggingface.co/{repo}"


def _on_shelf(task: str, engine: str, approach: str, seed: int) -> Entry:
    there = [entry for entry in shelf(task) if entry.task == task]
    for entry in there:
        config = json.loads((entry.folder / "config.json").read_text("utf-8"))
        natural = FITS[Shape[config["model"]["shape"]]][0].value
        if (entry.engine, entry.approach, entry.seed) == (engine, approach or natural, seed):
            return entry
    listed = ", ".join(sorted({f"{e.engine} ({e.approach})" for e in there})) or "—"
    raise UserError(
        f"‘{task}’의 {engine} 모델이 없습니다. 있는 모델: {listed}",
        f"There is no {engine} model for ‘{task}’. There are: {listed}",
    )


def _from_hub(repo: str) -> Path:
    from huggingface_hub import snapshot_download  # noqa: PLC0415
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repo):
        raise UserError("저장소 이름은 ‘user/repo’ 꼴이어야 합니다.", "A repository is named like ‘user/repo’.")
    for local in (True, False):
        try:
            return Path(snapshot_download(repo, allow_patterns=list(FILES), local_files_only=local))
        except (LocalEntryNotFoundError, HfHubHTTPError, HFValidationError, OSError):
            continue
    raise UserError(
        f"‘{repo}’ 저장소를 읽을 수 없습니다. 이름과 연결을 확인하세요.",
        f"The repository ‘{repo}’ cannot be read: check its name and the connection.",
    )


def _stamp(folder: Path) -> float:
    try:
        return (folder / "model.safetensors").stat().st_mtime
    except OSError:
        return 0.0


@lru_cache(maxsize=32)
def _loaded(folder: Path, device: str, stamp: float) -> Seq2Seq:
    try:
        data = json.loads((folder / "config.json").read_text("utf-8"))
        weights = load_file(folder / "model.safetensors")
        with torch.device("meta"):  # sizes from a file take no memory before they are seen to fit the weights
            model = Seq2Seq(ModelConfig.from_json(data["model"]))
        model.load_state_dict(unpacked(weights), assign=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RuntimeError, SafetensorError) as e:
        raise UserError(
            f"‘{folder.name}’ 모델 파일이 없거나 손상되었습니다. 다른 엔진을 고르거나 다시 학습하세요.",
            f"The model files of ‘{folder.name}’ are missing or damaged: choose another engine or train it again.",
        ) from e
    return model.to(device).eval().requires_grad_(False)
