"""What one answer costs on this machine: its time and the memory it takes.

Time is taken in rounds, every engine once a round on the same x, so that other work on the machine falls on all of them alike.
"""

from __future__ import annotations

import platform
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from s2s_demo import device, tasks
from s2s_demo.explain import predict_parsed
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.task import Task

XS, ROUNDS, SECONDS = 10, 100, 20.0
FEWEST_FOR_TAIL = 20


@dataclass(frozen=True)
class Timing:
    """Single answers on this machine."""

    seconds: tuple[float, ...]
    """Of each answer, from the encoded x to the symbols of y, in order of measurement."""
    xs: int = 0
    """How many different x."""
    steps: int = 0
    """Of the longest x."""
    peak: int | None = None
    """Bytes, see `peak_bytes`; None where it was not measured."""

    @property
    def n(self) -> int:
        """How many answers."""
        return len(self.seconds)

    @property
    def p50(self) -> float:
        """The median in seconds."""
        return float(np.percentile(self.seconds, 50))

    @property
    def p95(self) -> float | None:
        """The 95th percentile in seconds; None below 20 answers, of which it would be little more than the slowest."""
        return float(np.percentile(self.seconds, 95)) if self.n >= FEWEST_FOR_TAIL else None


def machine() -> str:
    """What it runs on: the name of the GPU, or the number of CPU threads and the kind of processor."""
    if device.best_device() != "cpu":
        return device.device_name()
    return f"{torch.get_num_threads()} CPU threads, {platform.machine()}"


def examples(task: Task) -> list[Any]:
    """Up to ten fixed x of a task, none of them fetched: from the test split where the task draws it, a sample clip, or what
    its panel proposes to type.

    Raises:
        UserError: a video task has no clip that can be drawn here.
    """
    if not task.typed:
        return [_sample(task)]
    if task.endless:
        return [x for x, _ in islice(task.pairs(task.tests[0], 0), XS)]
    return [task.read(text) for text in task.examples[:XS]]


def _sample(task: Task) -> Any:
    """A sample of the task, or, where its data is not on this machine, of another: only the number of steps counts here."""
    for one in (task, *(other for other in tasks.TASKS.values() if other.input == task.input and other is not task)):
        try:
            film = one.film(next(iter(one.clips))) if one.film else None
        except UserError:
            continue
        if film is not None:
            return film.as_x()
    raise UserError("그릴 수 있는 보기 영상이 없습니다.", "There is no sample clip that can be drawn.")


def rounds(
    models: dict[Any, Callable[[], Seq2Seq]], xs: Sequence[Any], *, most: int = ROUNDS, seconds: float = SECONDS
) -> Iterator[dict[Any, Timing]]:
    """The timings so far, after a warm-up (one x each, untimed, in which the peak memory is taken) and after every round.

    models: key -> what loads it. A model that cannot be loaded or cannot answer is left out. Ends after `most` rounds or once
    `seconds` have passed, whichever is first; stop reading to stop earlier.
    """
    began = time.perf_counter()
    ready: dict[Any, tuple[Seq2Seq, int, int]] = {}
    taken: dict[Any, list[float]] = {}
    for key, load in models.items():
        try:
            model = load()
            steps, longest = max(((len(model.x_codec.encode(x)), x) for x in xs), key=lambda pair: pair[0])
            predict_parsed(model, [longest])
            ready[key] = model, steps, peak_bytes(model, longest)
            taken[key] = []
        except UserError:
            continue
        yield {}
    for number in range(most if ready else 0):
        x = xs[number % len(xs)]
        for key, (model, _, _) in ready.items():
            taken[key].append(predict_parsed(model, [x])[0].seconds)
        of = min(len(xs), number + 1)
        yield {key: Timing(tuple(taken[key]), of, steps, peak) for key, (_, steps, peak) in ready.items()}
        if time.perf_counter() - began > seconds:
            return


def peak_bytes(model: Seq2Seq, x: Any) -> int:
    """The most bytes of tensors that are alive at once while one x is answered, the weights left out.

    On CUDA what the allocator says (torch.cuda.max_memory_allocated). Elsewhere every tensor that an operation of torch
    returns is counted while it lives; memory that a kernel takes inside itself is not.
    """
    model.x_codec.encode(x)
    if model.device.type == "cuda":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        predict_parsed(model, [x])
        return torch.cuda.max_memory_allocated() - before
    own = {p.untyped_storage().data_ptr() for p in (*model.parameters(), *model.buffers())}
    with _Alive(own) as alive:
        predict_parsed(model, [x])
    return alive.most


class _Alive(TorchDispatchMode):
    """Counts the bytes of storages between the birth and the end of the tensors that show them. known: storages left out."""

    def __init__(self, known: set[int]) -> None:
        super().__init__()
        self.known, self.users, self.now, self.most = known, dict[int, int](), 0, 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Runs the operation and notes what it returns."""
        out = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(out):
            if isinstance(tensor, Tensor):
                self._born(tensor)
        return out

    def _born(self, tensor: Tensor) -> None:
        storage = tensor.untyped_storage()
        place, size = storage.data_ptr(), storage.nbytes()
        if place in self.known or not size:
            return
        if place not in self.users:
            self.now += size
            self.most = max(self.most, self.now)
        self.users[place] = self.users.get(place, 0) + 1
        weakref.finalize(tensor, self._gone, place, size)

    def _gone(self, place: int, size: int) -> None:
        self.users[place] -= 1
        if not self.users[place]:
            del self.users[place]
            self.now -= size
