"""One training loop for every task and engine: a generator of `Progress`; Hugging Face Accelerate joins several processes.

It yields after every step, so that a command prints, a page plots and a test takes three steps. Data and dropout are seeded by
(seed, step, process), so a run that was stopped and resumed has the same loss, digit for digit, as one that was not.

Everything is in float32 (PyTorch's defaults; TF32 at most inside cuDNN): under autocast cuDNN's recurrent kernels would run in half
precision, where without a scaled loss the tiny gradients that this lab shows are rounded to zero.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from itertools import islice
from math import cos, pi
from pathlib import Path
from random import Random
from typing import Any

import torch
from accelerate import Accelerator
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.batch import Batch, collate
from s2s_demo.calibration import calibrate
from s2s_demo.codecs import PAD
from s2s_demo.deep_supervision import Auxiliary
from s2s_demo.device import best
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.seeding import Seeded
from s2s_demo.task import Pair, Task

STATE_FILE = "training.safetensors"
POOL = 50


@dataclass(frozen=True)
class Recipe:
    """How one engine is trained on one task. lr falls as a cosine to `last_lr` · lr; clip bounds the total gradient norm.

    options, embed, drop, pool: see `ModelConfig`. smoothing: label smoothing of what is learned from (Szegedy et al. 2016); the loss
    that is reported is plain.
    auxiliary: what each lesson of the levels below weighs beside the answer's (see `Auxiliary`); 0 leaves them out.
    average: how much of the running mean of the weights stays at a step (Polyak & Juditsky 1992); above 0 it is the mean that is
    scored and left in the model. calibrated: whether the head is set right on dev at the end (see `calibrate`).
    """

    steps: int = 1000
    batch: int = 64
    lr: float = 2e-3
    warmup: int = 50
    last_lr: float = 0.02
    weight_decay: float = 0.01
    clip: float = 1.0
    dim: int = 64
    options: Mapping[str, Any] = field(default_factory=dict)
    embed: Mapping[str, Any] = field(default_factory=dict)
    drop: float = 0.0
    pool: str = "last"
    smoothing: float = 0.0
    auxiliary: float = 0.0
    average: float = 0.0
    calibrated: bool = False
    score_every: int = 500
    save_every: int = 500

    @property
    def config(self) -> dict[str, Any]:
        """What `ModelConfig.of` takes of it."""
        return dict(dim=self.dim, embed=self.embed, drop=self.drop, pool=self.pool, **self.options)

    @property
    def log_every(self) -> int:
        """Steps between two rows of history.jsonl: about a hundred rows a run."""
        return max(1, self.steps // 100)

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        if step < self.warmup:
            return self.lr * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.lr * (self.last_lr + (1 - self.last_lr) * (1 + cos(pi * min(1.0, done))) / 2)


@dataclass(frozen=True)
class Progress:
    """One step. loss: mean −log p of the answer's symbols, in nats, without the label smoothing and the auxiliary lessons that may be
    learned from beside it, so that the curves of all recipes are comparable and can reach 0. grad_norm is the total before clipping
    of what is learned from, layers the same for each part of the model.

    updates: ‖Δθ‖ / ‖θ‖ of each part at this step, at the steps that are logged.
    """

    step: int
    steps: int
    loss: float
    grad_norm: float
    layers: dict[str, float]
    lr: float
    seconds: float
    left: float
    clipped: bool
    scores: dict[str, float] | None = None
    updates: dict[str, float] | None = None

    def row(self) -> dict[str, Any]:
        """A row of history.jsonl, its numbers rounded."""
        short = {k: float(f"{getattr(self, k):.4g}") for k in ("loss", "grad_norm", "lr", "seconds")}
        parts = {k: {p: float(f"{v:.3g}") for p, v in (getattr(self, k) or {}).items()} for k in ("layers", "updates")}
        data = {**asdict(self), **short, "layers": parts["layers"], "updates": parts["updates"] or None}
        return {k: v for k, v in data.items() if v is not None and k not in ("steps", "left")}

    def to_json(self) -> str:
        """The row as one line."""
        return json.dumps(self.row())


def fit(
    model: Seq2Seq,
    task: Task,
    recipe: Recipe,
    *,
    seed: int = 0,
    folder: Path | None = None,
    resume: bool = False,
    stop: Callable[[], bool] = lambda: False,
    pause: Callable[[], bool] = lambda: False,
    score: Callable[[Seq2Seq], dict[str, float]] | None = None,
    logged: Callable[[int], bool] | None = None,
    cpu: bool = False,
) -> Iterator[Progress]:
    """Trains `model` in place, one `Progress` a step.

    folder: where the state is kept every `save_every` steps, at the end and when stopped, each time after the step's `Progress`
    was taken, so that who is killed in between has a row too many and none too few. resume: go on from there.
    stop: asked after every step. pause: likewise; nothing is scored then, since training is gone on with.
    score: measures on held-out pairs, every `score_every` steps and at the end.
    logged: the steps, counted from 1, whose relative update is measured; left out, the first and every `log_every`th.
    cpu: on the CPU, else on `device.best()`.

    Raises:
        UserError: there is nothing to resume, its recipe is another, or S2S_DEVICE names no device.
        ValueError: auxiliary lessons for a model that is not encoder-only.
    """
    accelerator = _workers("cpu" if cpu else best())
    learner = (Auxiliary(model) if recipe.auxiliary else model).to(accelerator.device)
    optimizer = torch.optim.AdamW(learner.parameters(), recipe.lr, weight_decay=recipe.weight_decay, betas=(0.9, 0.98))
    mean = deepcopy(model).requires_grad_(False) if recipe.average else None
    first, spent = resume_from(learner, mean, optimizer, folder, recipe) if resume else (0, 0.0)
    wrapped, optimizer = accelerator.prepare(learner, optimizer)
    batches = _batches(task, model, recipe, seed, accelerator, first)
    logged = logged or (lambda done: done == 1 or done % recipe.log_every == 0)
    began = time.monotonic()
    for step in range(first, recipe.steps):
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate(step)
        learner.train()
        batch, done = next(batches), step + 1
        before = [p.detach().clone() for p in model.parameters()] if logged(done) else []
        with Seeded(_mixed(seed, step, accelerator.process_index), accelerator.device):
            loss, total, layers = _step(accelerator, wrapped, model, optimizer, batch, recipe)
        updates = update_ratios(model, before) if before else None
        if mean is not None:
            _blend(mean, model, min(recipe.average, (1 + step) / (10 + step)))
        halted, paused = _anybody(accelerator, stop()), _anybody(accelerator, pause())
        last = done == recipe.steps or halted
        scores = None
        if score is not None and (last or done % recipe.score_every == 0):
            scores = score((mean or model).eval())
        seconds = spent + time.monotonic() - began
        left = seconds / done * (recipe.steps - done)
        clipped, rate = total > recipe.clip, recipe.rate(step)
        yield Progress(done, recipe.steps, loss, total, layers, rate, seconds, left, clipped, scores, updates)
        due = last or paused or done % recipe.save_every == 0
        if folder is not None and accelerator.is_main_process and due:
            keep_state(learner, mean, optimizer, folder, recipe, done, seconds)
        if halted or paused:
            break
    if mean is not None:
        model.load_state_dict(mean.state_dict())
    model.eval()
    if recipe.calibrated:
        calibrate(model, task)


class _Alone:
    """What `fit` asks of Accelerate, for one process: without its process-wide state, in which the first caller's device and number
    format hold for all later ones."""

    process_index, num_processes, is_main_process = 0, 1, True

    def __init__(self, device: str) -> None:
        self.device = torch.device(device)

    def prepare(self, model: nn.Module, optimizer: torch.optim.Optimizer) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Both as they are."""
        return model, optimizer

    def backward(self, loss: Tensor) -> None:
        """Fills the gradients."""
        loss.backward()

    def clip_grad_norm_(self, parameters: Iterator[nn.Parameter], most: float) -> Tensor:
        """The total norm before clipping, still on the device."""
        return nn.utils.clip_grad_norm_(parameters, most)

    def reduce(self, value: Tensor, reduction: str) -> Tensor:
        """The value: nobody else has one."""
        return value


def _workers(device: str) -> Accelerator | _Alone:
    """Accelerate where a launcher has started several processes, which share one device kind and float32; else nothing of it."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return Accelerator(mixed_precision="no", cpu=device == "cpu")
    return _Alone(device)


def loss_of(model: nn.Module, batch: Batch, smoothing: float = 0.0) -> Tensor:
    """Mean −log p of the real symbols of y under teacher forcing, in nats; smoothing: of the labels."""
    return _cross_entropy(model(batch.x_BS, batch.x_mask_BS, batch.y_BM), batch.y_BM, smoothing)


def _cross_entropy(logits_BMV: Tensor, y_BM: Tensor, smoothing: float) -> Tensor:
    flat = logits_BMV.float().flatten(0, 1)
    return F.cross_entropy(flat, y_BM.flatten(), ignore_index=PAD, label_smoothing=smoothing)


def _step(
    accelerator: Accelerator | _Alone, learner: nn.Module, model: Seq2Seq, optimizer: Any, batch: Batch, recipe: Recipe
) -> tuple[float, float, dict[str, float]]:
    """One step. All that is told of it leaves the device at once, since each time the CPU would wait for the GPU."""
    loss, learned_from = _losses(learner, batch, recipe)
    optimizer.zero_grad()
    accelerator.backward(learned_from)
    parts, norm_P = _norms(model)
    total = accelerator.clip_grad_norm_(learner.parameters(), recipe.clip)
    optimizer.step()
    shared = accelerator.reduce(loss.detach(), reduction="mean")
    told = torch.cat([torch.stack([shared, total.to(shared.dtype)]), norm_P])  # type: ignore[union-attr, list-item]
    mean, whole, *norms = told.tolist()
    return mean, whole, dict(zip(parts, norms, strict=True))


def _losses(learner: nn.Module, batch: Batch, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The plain loss of the answer, which is reported, and what is learned from: smoothed, with auxiliary lessons a weighted sum of all."""
    scored = learner(batch.x_BS, batch.x_mask_BS, batch.y_BM)
    answer_BMV, *below = scored if recipe.auxiliary else (scored,)
    learned_from = _cross_entropy(answer_BMV, batch.y_BM, recipe.smoothing)
    plain = _cross_entropy(answer_BMV.detach(), batch.y_BM, 0.0) if recipe.smoothing else learned_from
    if below:
        lessons = [_cross_entropy(logits_BMV, batch.y_BM, recipe.smoothing) for logits_BMV in below]
        learned_from = learned_from + recipe.auxiliary * torch.stack(lessons).sum()
    return plain, learned_from


def layer_norms(model: nn.Module) -> dict[str, float]:
    """‖∇θ‖ of each part of the model (embeddings, blocks, head), as the gradients stand: read before clipping."""
    parts, norm_P = _norms(model)
    return dict(zip(parts, norm_P.tolist(), strict=True))


def _norms(model: nn.Module) -> tuple[list[str], Tensor]:
    """The parts and their norms, still on the device, where all parameters of a part share a kernel."""
    parts: dict[str, list[Tensor]] = {}
    for name, parameter in model.named_parameters():
        if parameter.grad is not None:
            parts.setdefault(part_of(name), []).append(parameter.grad.float())
    return list(parts), torch.stack([nn.utils.get_total_norm(grads) for grads in parts.values()])


@torch.no_grad()
def update_ratios(model: nn.Module, before: list[Tensor]) -> dict[str, float]:
    """‖θ − θ_before‖ / ‖θ_before‖ of each part of the model; parts that were all zero are left out.

    before: copies of `model.parameters()` from before the step. About 1e-3 is a healthy rule of thumb.
    """
    parts: dict[str, list[Tensor]] = {}
    for (name, parameter), old in zip(model.named_parameters(), before, strict=True):
        pair = torch.stack([(parameter - old).float().norm(), old.float().norm()])
        parts.setdefault(part_of(name), []).append(pair)
    norms = torch.stack([torch.stack(pairs).norm(dim=0) for pairs in parts.values()]).tolist()
    return {part: moved / size for part, (moved, size) in zip(parts, norms, strict=True) if size}


def part_of(parameter: str) -> str:
    """The part a parameter belongs to: "wiring.decoder.blocks.0.qkv.weight" -> "decoder.blocks.0"."""
    words = parameter.removeprefix("wiring.").split(".")
    if len(words) > 2 and words[2].isdigit():
        return ".".join(words[:3])
    return ".".join(words[:2]) if len(words) > 2 else words[0]


def _blend(mean: Seq2Seq, model: Seq2Seq, kept: float) -> None:
    """mean <- kept * mean + (1 - kept) * model; little is kept at first, so that the start is soon forgotten."""
    for averaged, trained in zip(mean.parameters(), model.parameters(), strict=True):
        averaged.lerp_(trained.detach(), 1 - kept)


def _batches(
    task: Task, model: Seq2Seq, recipe: Recipe, seed: int, accelerator: Accelerator | _Alone, first: int
) -> Iterator[Batch]:
    rank, world = accelerator.process_index, accelerator.num_processes
    kept: list[Pair] = [] if task.endless else list(task.pairs("train", seed))
    step = first
    while True:
        if task.endless:
            pairs = list(islice(task.pairs("train", _mixed(seed, step, rank)), recipe.batch))
        else:
            pairs = _epoch_slice(kept, recipe.batch, step * world + rank, seed)
        yield collate(pairs, model.x_codec, model.y_codec, task.shape).to(accelerator.device)
        step += 1


def _epoch_slice(pairs: list[Pair], size: int, number: int, seed: int) -> list[Pair]:
    """Batch `number` of endless epochs, each a new shuffle that depends on (seed, epoch) alone.

    Pairs of like length share a batch, so that little of it is padding: the shuffle is sorted by length within pools.
    """
    per_epoch = max(1, len(pairs) // size)
    epoch, at = divmod(number, per_epoch)
    order = _shuffled(len(pairs), _mixed(seed, epoch, 1))
    pool, place = divmod(at, POOL)
    inside = order[pool * POOL * size : min(per_epoch, (pool + 1) * POOL) * size]
    inside.sort(key=lambda i: len(pairs[i][0]))
    batches = [inside[i : i + size] for i in range(0, len(inside), size)]
    Random(_mixed(seed, epoch, 2 + pool)).shuffle(batches)
    return [pairs[i] for i in batches[place]]


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int) -> list[int]:
    order = list(range(count))
    Random(seed).shuffle(order)
    return order


def _mixed(seed: int, step: int, rank: int) -> int:
    return (seed * 1_000_003 + step) * 1_009 + rank


def _anybody(accelerator: Accelerator | _Alone, wish: bool) -> bool:
    if accelerator.num_processes == 1:
        return wish
    return bool(accelerator.reduce(torch.tensor(float(wish), device=accelerator.device), reduction="sum").item())  # type: ignore[union-attr]


def keep_state(
    model: nn.Module, mean: nn.Module | None, optimizer: Any, folder: Path, recipe: Recipe, step: int, seconds: float
) -> None:
    """Weights, their mean if there is one, and optimiser state as one safetensors file, replaced in one move so that a kill
    leaves the last one whole."""
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


def _plain(recipe: Recipe) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(recipe)))


def resume_from(
    model: nn.Module, mean: nn.Module | None, optimizer: torch.optim.Optimizer, folder: Path | None, recipe: Recipe
) -> tuple[int, float]:
    """Puts the saved weights, their mean if there is one, and the optimiser state in place; returns the step and the seconds they stand for.

    Raises:
        UserError: there is nothing to resume, it is damaged, or its recipe is another.
    """
    path = folder / STATE_FILE if folder is not None else None
    if path is None or not path.exists():
        raise UserError(
            "이어서 학습할 저장본이 없습니다. --resume 없이 시작하세요.", "Nothing to resume: start without --resume."
        )
    try:
        with safe_open(path, "pt") as file:
            facts = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        # a field that recipes got after this run was kept stood at its default
        saved = _plain(Recipe()) | json.loads(facts["recipe"])
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as e:
        raise UserError(
            "저장본이 손상되었습니다. --resume 없이 시작하세요.", "The saved run is damaged: start without --resume."
        ) from e
    if saved != _plain(recipe):
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
