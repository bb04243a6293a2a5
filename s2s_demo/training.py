"""One training loop for every task and engine: a generator of `Progress`; Hugging Face Accelerate joins several processes.

It yields after every step, so that a command prints, a page plots and a test takes three steps. Data and dropout are seeded by
(seed, step, process), so a run that was stopped and resumed has the same loss, digit for digit, as one that was not.

Everything is in float32 (PyTorch's defaults; TF32 at most inside cuDNN): under autocast cuDNN's recurrent kernels would run in half
precision, where without a scaled loss the tiny gradients that this lab shows are rounded to zero.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import lru_cache
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import torch
from accelerate import Accelerator
from torch import Tensor, nn
from torch.nn import functional as F

from s2s_demo.batch import Batch, collate
from s2s_demo.calibration import calibrate
from s2s_demo.codecs import PAD
from s2s_demo.deep_supervision import DeepSupervision
from s2s_demo.device import best_device
from s2s_demo.model import Seq2Seq
from s2s_demo.norms import norms_on_device, update_ratios
from s2s_demo.recipe import Progress, Recipe
from s2s_demo.seeding import LocalSeed
from s2s_demo.task import Pair, Task
from s2s_demo.training_state import load_state, save_state

POOL = 50
"""Batches within which pairs are sorted by length."""


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

    Args:
        model: what is trained.
        task: whose pairs it learns from.
        recipe: how.
        seed: of data order and dropout.
        folder: where the state is saved every `save_every` steps, at the end and when stopped; each time after the step's `Progress`
            was taken, so that a run killed in between has a row too many and none too few.
        resume: go on from the state in `folder`.
        stop: called after every step; true ends the training.
        pause: likewise, but nothing is scored then, since the training will be resumed.
        score: measures on held-out pairs, taken every `score_every` steps and at the end.
        logged: the steps, counted from 1, whose relative update is measured; by default the first and every `log_every`th.
        cpu: on the CPU, else on `best_device()`.

    Raises:
        UserError: there is nothing to resume, its recipe is another, or S2S_DEVICE names no device.
        ValueError: auxiliary losses for a model that is not encoder-only.
    """
    trainer = _Trainer(model, recipe, seed, cpu)
    first, spent = trainer.load(folder) if resume else (0, 0.0)
    accelerator = trainer.prepare()
    batches = _batches(task, model, recipe, seed, accelerator, first)
    logged = logged or (lambda done: done == 1 or done % recipe.log_every == 0)
    began = time.monotonic()
    for step in range(first, recipe.steps):
        batch, done = next(batches), step + 1
        loss, total, layers, updates = trainer.step(batch, step, measured=logged(done))
        halted, paused = _any_process(accelerator, stop()), _any_process(accelerator, pause())
        last = done == recipe.steps or halted
        scores = None
        if score is not None and (last or done % recipe.score_every == 0):
            scores = score((trainer.mean or model).eval())
        seconds = spent + time.monotonic() - began
        left = seconds / done * (recipe.steps - done)
        clipped, rate = total > recipe.clip, recipe.rate(step)
        yield Progress(done, recipe.steps, loss, total, layers, rate, seconds, left, clipped, scores, updates)
        if folder is not None and (last or paused or done % recipe.save_every == 0):
            trainer.save(folder, done, seconds)
        if halted or paused:
            break
    trainer.finish()
    if recipe.calibrated:
        calibrate(model, task)


class _Trainer:
    """A model with all that changes while it is trained: its optimizer, the mean of its weights, and its auxiliary heads."""

    def __init__(self, model: Seq2Seq, recipe: Recipe, seed: int, cpu: bool) -> None:
        self.model, self.recipe, self.seed = model, recipe, seed
        self.accelerator = _accelerator("cpu" if cpu else best_device())
        self.learner = (DeepSupervision(model) if recipe.auxiliary else model).to(self.accelerator.device)
        self.optimizer: Any = torch.optim.AdamW(
            self.learner.parameters(), recipe.lr, weight_decay=recipe.weight_decay, betas=(0.9, 0.98)
        )
        self.mean = deepcopy(model).requires_grad_(False) if recipe.average else None

    def load(self, folder: Path | None) -> tuple[int, float]:
        """See `load_state`."""
        return load_state(self.learner, self.mean, self.optimizer, folder, self.recipe)

    def save(self, folder: Path, done: int, seconds: float) -> None:
        """See `save_state`; one process writes."""
        if self.accelerator.is_main_process:
            save_state(self.learner, self.mean, self.optimizer, folder, self.recipe, done, seconds)

    def prepare(self) -> Accelerator | _SingleProcess:
        """Spreads the model over the processes, once its state is in place."""
        self.wrapped, self.optimizer = self.accelerator.prepare(self.learner, self.optimizer)
        return self.accelerator

    def step(
        self, batch: Batch, step: int, *, measured: bool
    ) -> tuple[float, float, dict[str, float], dict[str, float] | None]:
        """One update.

        Returns:
            The plain loss, the total gradient norm before clipping, that of each part, and the relative updates if `measured`.
        """
        for group in self.optimizer.param_groups:
            group["lr"] = self.recipe.rate(step)
        self.learner.train()
        before = [p.detach().clone() for p in self.model.parameters()] if measured else []
        with LocalSeed(_mixed(self.seed, step, self.accelerator.process_index), self.accelerator.device):
            loss, total, layers = self._descend(batch)
        updates = update_ratios(self.model, before) if before else None
        if self.mean is not None:
            # little of the mean is kept at first, so that the start is soon forgotten
            _blend(self.mean, self.model, min(self.recipe.average, (1 + step) / (10 + step)))
        return loss, total, layers, updates

    def _descend(self, batch: Batch) -> tuple[float, float, dict[str, float]]:
        """All that is reported leaves the device at once, since each time the CPU would wait for the GPU."""
        accelerator, learner, model = self.accelerator, self.learner, self.model
        loss, learned_from = _losses(self.wrapped, batch, self.recipe)
        self.optimizer.zero_grad()
        accelerator.backward(learned_from)
        parts, norm_P = norms_on_device(model)
        total = accelerator.clip_grad_norm_(learner.parameters(), self.recipe.clip)
        self.optimizer.step()
        shared = accelerator.reduce(loss.detach(), reduction="mean")
        facts = torch.cat([torch.stack([shared, total.to(shared.dtype)]), norm_P])  # type: ignore[union-attr, list-item]
        mean, whole, *norms = facts.tolist()
        return mean, whole, dict(zip(parts, norms, strict=True))

    def finish(self) -> None:
        """Leaves the model in eval mode, with the mean of its weights if there is one."""
        if self.mean is not None:
            self.model.load_state_dict(self.mean.state_dict())
        self.model.eval()


class _SingleProcess:
    """What `fit` uses of Accelerate, for one process: without its process-wide state, in which the first caller's device and number
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
        """The value: there is no other process."""
        return value


def _accelerator(device: str) -> Accelerator | _SingleProcess:
    """Accelerate where a launcher has started several processes, which share one device kind and float32; else nothing of it."""
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        return Accelerator(mixed_precision="no", cpu=device == "cpu")
    return _SingleProcess(device)


def loss_of(model: nn.Module, batch: Batch, smoothing: float = 0.0) -> Tensor:
    """Mean −log p of the real symbols of y under teacher forcing, in nats; smoothing: of the labels."""
    return _cross_entropy(model(batch.x_BS, batch.x_mask_BS, batch.y_BM), batch.y_BM, smoothing)


def _cross_entropy(logits_BMV: Tensor, y_BM: Tensor, smoothing: float) -> Tensor:
    flat = logits_BMV.float().flatten(0, 1)
    return F.cross_entropy(flat, y_BM.flatten(), ignore_index=PAD, label_smoothing=smoothing)


def _losses(learner: nn.Module, batch: Batch, recipe: Recipe) -> tuple[Tensor, Tensor]:
    """The plain loss of the answer, which is reported, and the one that is minimised: smoothed, plus the weighted auxiliary losses."""
    logits = learner(batch.x_BS, batch.x_mask_BS, batch.y_BM)
    answer_BMV, *below = logits if recipe.auxiliary else (logits,)
    learned_from = _cross_entropy(answer_BMV, batch.y_BM, recipe.smoothing)
    plain = _cross_entropy(answer_BMV.detach(), batch.y_BM, 0.0) if recipe.smoothing else learned_from
    if below:
        auxiliary = [_cross_entropy(logits_BMV, batch.y_BM, recipe.smoothing) for logits_BMV in below]
        learned_from = learned_from + recipe.auxiliary * torch.stack(auxiliary).sum()
    return plain, learned_from


def _blend(mean: Seq2Seq, model: Seq2Seq, decay: float) -> None:
    """mean <- decay * mean + (1 - decay) * model."""
    for averaged, trained in zip(mean.parameters(), model.parameters(), strict=True):
        averaged.lerp_(trained.detach(), 1 - decay)


def _batches(
    task: Task, model: Seq2Seq, recipe: Recipe, seed: int, accelerator: Accelerator | _SingleProcess, first: int
) -> Iterator[Batch]:
    rank, world = accelerator.process_index, accelerator.num_processes
    whole: list[Pair] = [] if task.endless else list(task.pairs("train", seed))
    step = first
    while True:
        if task.endless:
            pairs = list(islice(task.pairs("train", _mixed(seed, step, rank)), recipe.batch))
        else:
            pairs = _epoch_slice(whole, recipe.batch, step * world + rank, seed)
        yield collate(pairs, model.x_codec, model.y_codec, task.shape).to(accelerator.device)
        step += 1


def _epoch_slice(pairs: list[Pair], size: int, number: int, seed: int) -> list[Pair]:
    """Batch `number` of endless epochs, each a new shuffle that depends on (seed, epoch) alone.

    Pairs of like length share a batch, so that little of it is padding: the shuffle is sorted by length within pools.

    Args:
        pairs: all pairs of training.
        size: pairs in a batch.
        number: of the batch, counted over all epochs; with several processes each takes every nth.
        seed: of the run.
    """
    per_epoch = max(1, len(pairs) // size)
    epoch, at = divmod(number, per_epoch)
    order = _shuffled(len(pairs), _mixed(seed, epoch, 1))
    # An epoch is pools of POOL batches; only the pool that holds this batch is sorted, so any batch can be made from its number
    # alone, as a resumed run needs. The last pool may be smaller, and the rest of less than a batch is left out of the epoch.
    pool, place = divmod(at, POOL)
    inside = order[pool * POOL * size : min(per_epoch, (pool + 1) * POOL) * size]
    inside.sort(key=lambda i: len(pairs[i][0]))
    batches = [inside[i : i + size] for i in range(0, len(inside), size)]
    # shuffled again, else every pool would begin with its shortest pairs
    Random(_mixed(seed, epoch, 2 + pool)).shuffle(batches)
    return [pairs[i] for i in batches[place]]


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int) -> list[int]:
    order = list(range(count))
    Random(seed).shuffle(order)
    return order


def _mixed(seed: int, step: int, rank: int) -> int:
    return (seed * 1_000_003 + step) * 1_009 + rank


def _any_process(accelerator: Accelerator | _SingleProcess, wish: bool) -> bool:
    if accelerator.num_processes == 1:
        return wish
    return bool(accelerator.reduce(torch.tensor(float(wish), device=accelerator.device), reduction="sum").item())  # type: ignore[union-attr]
