"""Random draws from a seed, without touching for others the generators that everybody shares.

`torch.manual_seed` turns one generator for all threads, and dropout cannot be given another. So a block that draws takes turns with
all other such blocks of this process, begins from its own state and puts the shared one back: whatever it draws with, known today or
not, comes from its seed, and nobody outside is moved.
"""

from __future__ import annotations

import os
from threading import RLock
from types import TracebackType

import torch

_TURN = [RLock()]


def _after_fork() -> None:
    """A thread that held the lock is not there in a forked child."""
    _TURN[0] = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class LocalSeed:
    """`with LocalSeed(0):` every draw in the block is the one that `torch.manual_seed(0)` would lead to.

    Entered again, it goes on where it stopped. Never hold one open over a `yield`: others wait for it. device: whose generator is
    meant beside the CPU's.
    """

    def __init__(self, seed: int, device: torch.device | None = None) -> None:
        self.seed, self.generators = seed, _generators(device or torch.device("cpu"))
        self.mine: list[torch.Tensor] = []
        self.shared: list[torch.Tensor] = []

    def __enter__(self) -> LocalSeed:
        self.turn = _TURN[0]
        self.turn.acquire()
        self.shared = [generator.get_state() for generator in self.generators]
        for i, generator in enumerate(self.generators):
            if self.mine:
                generator.set_state(self.mine[i])
            else:
                generator.manual_seed(self.seed)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.mine = [generator.get_state() for generator in self.generators]
            for generator, state in zip(self.generators, self.shared, strict=True):
                generator.set_state(state)
        finally:
            self.turn.release()


def _generators(device: torch.device) -> list[torch.Generator]:
    found = [torch.default_generator]
    if device.type == "cuda":
        torch.cuda.init()
        at = torch.cuda.current_device() if device.index is None else device.index
        found.append(torch.cuda.default_generators[at])
    elif device.type == "mps":
        found.append(torch.mps._get_default_mps_generator())
    return found
