"""`make gpu`: every engine gives the CPU's answers on an accelerator, with training and answering throughput beside the CPU's.

Exit code 1 if an engine strays further than TOLERANCE (largest difference of the logits relative to their largest size,
float32 without TF32), or if there is no accelerator to check.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from itertools import islice

import torch

from s2s_demo import engines, tasks
from s2s_demo.batch import Batch, collate
from s2s_demo.device import best_device
from s2s_demo.explain import predict
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.training import loss_of

TOLERANCE = 1e-3
BATCH = 256


def main() -> int:
    """Prints a row an engine and approach; the exit code says whether all agree."""
    device = best_device()
    if device == "cpu":
        print("no accelerator here: nothing was checked")
        return 1
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    task = tasks.get("arithmetic")
    pairs = list(islice(task.pairs("train", 7), BATCH))
    print(f"{torch.cuda.get_device_name() if device == 'cuda' else device}; batches of {BATCH}")
    print(
        f"{'engine':<12} {'approach':<16} {'difference':>10} {'train x/s':>12} {'cpu':>8} {'answer x/s':>12} {'cpu':>8}"
    )
    agree = True
    for engine in engines.ENGINES:
        for approach in task.approaches:
            torch.manual_seed(0)
            model = Seq2Seq(ModelConfig.of(task, engine, approach, dim=128)).eval()
            batch = collate(pairs, model.x_codec, model.y_codec, task.shape)
            xs = [x for x, _ in pairs]
            cpu_logits = _logits(model, batch)
            cpu = (
                _per_second(lambda m=model, b=batch: _train_step(m, b), 3),
                _per_second(lambda m=model, t=xs: predict(m, t), 1),
            )
            model.to(device)
            moved = batch.to(torch.device(device))
            stray = _stray(cpu_logits, _logits(model, moved).cpu())
            there = (
                _per_second(lambda m=model, b=moved: _train_step(m, b), 20),
                _per_second(lambda m=model, t=xs: predict(m, t), 3),
            )
            agree &= stray < TOLERANCE
            print(
                f"{engine:<12} {approach.value:<16} {stray:>10.1e} {there[0]:>12,.0f} {cpu[0]:>8,.0f} "
                f"{there[1]:>12,.0f} {cpu[1]:>8,.0f}",
                flush=True,
            )
    print("all agree" if agree else f"some differ by more than {TOLERANCE}")
    return 0 if agree else 1


@torch.no_grad()
def _logits(model: Seq2Seq, batch: Batch) -> torch.Tensor:
    return model(batch.x_BS, batch.x_mask_BS, batch.y_BM)[batch.y_mask_BM]


def _stray(one: torch.Tensor, other: torch.Tensor) -> float:
    return float((one - other).abs().max() / one.abs().max())


def _train_step(model: Seq2Seq, batch: Batch) -> None:
    model.train()
    model.zero_grad()
    loss_of(model, batch).backward()
    model.eval()


def _per_second(work: Callable[[], object], times: int) -> float:
    """Pairs a second, after one call that is not counted."""
    work()
    _sync()
    began = time.perf_counter()
    for _ in range(times):
        work()
    _sync()
    return times * BATCH / (time.perf_counter() - began)


def _sync() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


if __name__ == "__main__":
    sys.exit(main())
