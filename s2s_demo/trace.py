"""Marks in the forward pass that cost nothing unless somebody is looking.

A layer says `tap("attention", w_BHTS, where)`. The call is an identity. While a `recording()` is open *in the same context*
(thread or task) the tensor is kept as well; a ContextVar holds the recorder, so two visitors of one shared model never mix.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from torch import Tensor


class Recorder:
    """What was tapped while it was open, in the order of the forward pass."""

    def __init__(self, kinds: tuple[str, ...]) -> None:
        self.kinds = kinds
        self.marks: list[tuple[str, str, Tensor]] = []

    def of(self, kind: str) -> list[tuple[str, Tensor]]:
        """The (where, tensor) marks of one kind."""
        return [(where, tensor) for k, where, tensor in self.marks if k == kind]


_OPEN: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


@contextmanager
def recording(*kinds: str) -> Iterator[Recorder]:
    """A recorder that keeps every tensor tapped under one of `kinds` until the block ends."""
    recorder = Recorder(kinds)
    token = _OPEN.set(recorder)
    try:
        yield recorder
    finally:
        _OPEN.reset(token)


def wanted(kind: str) -> bool:
    """Whether somebody records this kind now: engines then take the slower path that has the tensor."""
    recorder = _OPEN.get()
    return recorder is not None and kind in recorder.kinds


def tap(kind: str, tensor: Tensor, where: str = "") -> Tensor:
    """The same tensor, kept by the open recorder if it wants this kind."""
    recorder = _OPEN.get()
    if recorder is not None and kind in recorder.kinds:
        recorder.marks.append((kind, where, tensor))
    return tensor
