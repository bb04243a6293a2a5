"""Which device computes: a CUDA GPU where there is one, else the CPU; `S2S_DEVICE=cpu|cuda|mps` overrides.

Apple's GPU is taken only when asked for: these models have at most three million parameters and answer one step at a time, which a CPU
does faster than it can hand the steps over. On ZeroGPU the page's own process has no GPU, though torch is made to say so; there the
CPU answers, and a GPU is borrowed for training alone (`allocated_gpu`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import torch

from s2s_demo.prediction import UserError, Words, quoted

NAMES = ("cpu", "cuda", "mps")
VARIABLE = "S2S_DEVICE"
_ALLOCATED: ContextVar[str] = ContextVar("allocated_gpu", default="")


@dataclass(frozen=True)
class Choice:
    """name: one of `NAMES`. told: why it is another than was asked for, or None."""

    name: str
    note: Words | None = None


def best_device() -> str:
    """ "cuda", "mps" or "cpu": where models answer and train unless told otherwise.

    Raises:
        UserError: `S2S_DEVICE` names no device.
    """
    return _ALLOCATED.get() or chosen().name


def chosen() -> Choice:
    """What `S2S_DEVICE` and this machine lead to.

    Raises:
        UserError: `S2S_DEVICE` names no device.
    """
    return _chosen(os.environ.get(VARIABLE, "").strip().lower(), zero_gpu())


def zero_gpu() -> bool:
    """Whether this is a ZeroGPU Space, where a GPU is lent for seconds at a time, to forked processes alone."""
    return os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


@cache
def _chosen(asked: str, zero: bool) -> Choice:
    if asked and asked not in NAMES:
        raise UserError(
            f"{VARIABLE}는 {', '.join(NAMES)} 중 하나여야 합니다: ‘{quoted(asked)}’",
            f"{VARIABLE} must be one of {', '.join(NAMES)}: it is ‘{quoted(asked)}’.",
        )
    if zero:
        told = None if asked in ("", "cpu") else _instead(asked)
        return Choice("cpu", told)
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if not asked:
        return Choice("cuda" if there["cuda"] else "cpu")
    return Choice(asked) if there[asked] else Choice("cpu", _instead(asked))


def _instead(asked: str) -> Words:
    return Words(
        f"{VARIABLE}={asked} 장치가 없어 CPU를 씁니다.",
        f"There is no {asked} device here ({VARIABLE}={asked}): the CPU is used.",
    )


def device_name() -> str:
    """The device that answers in words, for a header or a table: "CPU", "NVIDIA H200", "Apple GPU (MPS)"."""
    name = best_device()
    if name == "cuda":
        return torch.cuda.get_device_name()
    return "Apple GPU (MPS)" if name == "mps" else "CPU"


class GPUUnavailable(UserError):
    """No GPU was lent, or it was taken back; the sentence says why."""


@contextmanager
def allocated_gpu(name: str = "") -> Iterator[str]:
    """Within it `best` is the GPU that this process has been lent, where it truly has one; gives its name, "cpu" for none.

    Gradients are computed in the calling thread: autograd counts the devices at its first backward, which a race or a lens has done
    in the page's process, where there is none, and a forked process inherits that count.
    """
    token = _ALLOCATED.set(name or ("cuda" if torch.cuda.is_available() else "cpu"))
    try:
        with torch.autograd.set_multithreading_enabled(False):
            yield _ALLOCATED.get()
    finally:
        _ALLOCATED.reset(token)
