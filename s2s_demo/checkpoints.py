"""Models on disk and on the Hub: config.json, model.safetensors, history.jsonl and a model card. No pickle, local first.

checkpoints/<task>/<engine>[-<approach>][-seed<n>]/     the approach is named when it is not the task's natural one
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from s2s_demo import engines, places, tasks
from s2s_demo.device import best_device
from s2s_demo.file_format import UnknownFormat, with_format
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import Template, UserError, Words
from s2s_demo.side_files import (
    DIGEST,
    Damaged,
    check_digest,
    read_facts,
    read_rows,
    read_scores,
    sha256,
    with_digest,
)
from s2s_demo.task import FITS, Approach, Shape

ROOT = places.checkpoints()
FILES = ("config.json", "model.safetensors", "history.jsonl", "README.md", "scores.json")
SMALL = 30_000
MANY_ROWS = 64
SCALE = ".scale"
NONE = Template(
    "여기에는 학습한 모델이 하나도 없으니 모델이 있는 폴더를 S2S_CHECKPOINTS로 알려 주거나, 허브에서 받거나"
    "(python -m train fetch USER/NAME), 직접 학습하세요({command}).",
    "There are no trained models here: name their folder in S2S_CHECKPOINTS, fetch them from the Hub "
    "(python -m train fetch USER/NAME), or train one ({command}).",
)


class Untrained(UserError):
    """No checkpoint yet of an engine that could be trained on a task: nothing is wrong, and this is the command that trains one."""

    def __init__(self, task: str, engine: str, approach: str = "", seed: int = 0) -> None:
        self.asked = task, engine, approach, seed
        title = engines.get(engine).title
        options = f" --approach {approach}" if approach else ""
        command = f"python -m train {task} --engine {engine}{options}{f' --seed {seed}' if seed else ''}"
        told = Words(
            f"{title.ko}: 이 과제에서 아직 학습하지 않았습니다. 터미널에서 학습합니다: {command}",
            f"{title.en} is not trained on this task yet. In a terminal: {command}",
        )
        told = told if available() else NONE.format(command=command)
        super().__init__(told.ko, told.en)

    def __reduce__(self) -> tuple[Any, ...]:
        """Crosses to another process whole."""
        return type(self), self.asked


@dataclass(frozen=True)
class Entry:
    """One checkpoint that is there. natural: its approach is the one that its task's shape has first."""

    task: str
    engine: str
    approach: str
    seed: int
    folder: Path
    natural: bool = True


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


def available(task: str = "", root: Path | None = None) -> list[Entry]:
    """Everything there is, in the order of the engines; folders without a readable config are left out."""
    entries = []
    for path in sorted((root or ROOT).glob(f"{task or '*'}/*/config.json")):
        try:
            data = read_facts(path)
            config = ModelConfig.from_json(data["model"])
            natural = Approach(config.approach) is FITS[Shape[config.shape]][0]
            entries.append(Entry(config.task, config.engine, config.approach, _seed(data), path.parent, natural))
        except (UserError, ValueError, LookupError, TypeError):
            continue
    order = list(engines.ENGINES)
    return sorted(entries, key=lambda e: (e.task, order.index(e.engine), e.approach, e.seed))


def save(model: Seq2Seq, folder: Path, facts: dict[str, Any], history: list[str], card: str) -> None:
    """Writes a checkpoint. Models over 30,000 parameters are kept in half precision, their matrices in 8 bits a number."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / "model.safetensors"
    save_file(quantized(model.state_dict(), model.parameters_count > SMALL), weights)
    (folder / "config.json").write_text(config_text(model, facts, sha256(weights)), "utf-8")
    (folder / "history.jsonl").write_text("\n".join(history) + "\n", "utf-8")
    (folder / "README.md").write_text(card, "utf-8")


def config_text(model: Seq2Seq, facts: dict[str, Any], digest: str) -> str:
    """What config.json holds: the model with its codecs, the facts of its training, the number of its parameters, and the sha256
    digest of the file of weights that lies beside it."""
    data = with_format({"model": model.config.to_json(), **facts, "parameters": model.parameters_count})
    data.pop(DIGEST, None)
    return with_digest(json.dumps(data, ensure_ascii=False, indent=1) + "\n", digest)


def quantized(weights: dict[str, Tensor], small: bool) -> dict[str, Tensor]:
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


def dequantized(stored: dict[str, Tensor]) -> dict[str, Tensor]:
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

    approach: "" is the task's natural one. device: "" is `device.best_device()`.

    Raises:
        UserError: there is no such checkpoint (the sentence says which there are), its files are damaged, or of an unknown format.
    """
    folder = _from_hub(name) if "/" in name else _find(name, engine, approach, seed).folder
    return _loaded(folder, device or best_device(), _stamp(folder))


def load_from(folder: Path, device: str = "") -> Seq2Seq:
    """The model in a folder that `save` wrote, wherever it lies.

    Raises:
        UserError: its files are missing or damaged.
    """
    return _loaded(folder, device or best_device(), _stamp(folder))


def facts_of(folder: Path) -> dict[str, Any]:
    """What config.json says besides the model: seed, steps, minutes, machine, command, parameters, scores.

    Raises:
        UserError: config.json or scores.json is damaged.
    """
    return {**read_facts(folder / "config.json"), "scores": read_scores(folder / "scores.json")}


def facts_at_least(folder: Path) -> dict[str, Any]:
    """The same, where scores that cannot be read count as not there: for what is shown of many models at once.

    Raises:
        UserError: config.json is damaged.
    """
    try:
        return facts_of(folder)
    except UserError:
        return {**read_facts(folder / "config.json"), "scores": {}}


def history_of(folder: Path) -> list[dict[str, Any]]:
    """One row a logged training step: step, loss, grad_norm, layers, lr, clipped, and scores where they were taken.

    Raises:
        UserError: history.jsonl is damaged.
    """
    return read_rows(folder / "history.jsonl")


def write_digest(config: Path, weights: Path) -> bool:
    """Writes the digest of the weights into the facts beside them, every other byte as it was; whether anything changed."""
    before = config.read_text("utf-8")
    after = with_digest(before, sha256(weights))
    if after != before:
        config.write_text(after, "utf-8")
    return after != before


def push(folder: Path, repo: str) -> str:
    """Uploads a checkpoint to the Hub under the visitor's own login and returns its address."""
    from huggingface_hub import HfApi  # noqa: PLC0415  offline use never pays for this import

    api = HfApi()
    api.create_repo(repo, exist_ok=True)
    api.upload_folder(repo_id=repo, folder_path=folder, allow_patterns=list(FILES))
    return f"https://huggingface.co/{repo}"


def _find(task: str, engine: str, approach: str, seed: int) -> Entry:
    there = [entry for entry in available(task) if entry.task == task]
    for entry in there:
        fits = entry.approach == approach if approach else entry.natural
        if fits and (entry.engine, entry.seed) == (engine, seed):
            return entry
    for name in (approach, ""):  # what `available` leaves out because a newer version wrote it is told as that
        config = ROOT / task / "-".join(filter(None, (engine, name, f"seed{seed}" if seed else ""))) / "config.json"
        if config.exists() and all(entry.folder != config.parent for entry in there):
            read_facts(config)
            raise Damaged(config)
    if task in tasks.TASKS and engine in engines.ENGINES:
        fitting = [one.value for one in tasks.get(task).approaches]
        if approach in ("", *fitting):
            raise Untrained(task, engine, "" if approach == fitting[0] else approach, seed)
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


def _seed(data: dict[str, Any]) -> int:
    if not isinstance(data["seed"], int) or not 0 <= data["seed"] < 2**63:
        raise ValueError("seed: expected a whole number")
    return int(data["seed"])


def _stamp(folder: Path) -> tuple[int, ...]:
    """What changes when the model is written again; nothing where there is no such file."""
    try:
        stats = [(folder / name).stat() for name in ("model.safetensors", "config.json")]
    except OSError:
        return ()
    return tuple(number for one in stats for number in (one.st_mtime_ns, one.st_size))


@lru_cache(maxsize=32)
def _loaded(folder: Path, device: str, stamp: object) -> Seq2Seq:
    """The model; the bytes of its weights are compared with their digest once, here."""
    try:
        data = read_facts(folder / "config.json")
        check_digest(folder / "model.safetensors", data)
        weights = load_file(folder / "model.safetensors")
        with torch.device("meta"):  # sizes from a file take no memory before they are seen to fit the weights
            model = Seq2Seq(ModelConfig.from_json(data["model"]))
        model.load_state_dict(dequantized(weights), assign=True)
    except UnknownFormat:
        raise
    except Exception as e:  # a file from anybody can be wrong in ways that nobody has listed
        raise UserError(
            f"‘{folder.name}’ 모델 파일이 없거나 손상되었습니다. 다른 엔진을 고르거나 다시 학습하세요.",
            f"The model files of ‘{folder.name}’ are missing or damaged: choose another engine or train it again.",
        ) from e
    return model.to(device).eval().requires_grad_(False)
