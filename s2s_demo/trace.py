"""Marks in the forward pass that cost nothing unless somebody is looking.

A layer says `tap("attention", w_BHTS, where)`. The call is an identity. While a `recording()` is open *in the same context*
(thread or task) the tensor is kept as well, and while an `editing()` is open the layer goes on with what the editor made of it.
ContextVars hold both, so two visitors of one shared model never mix.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


Edit = Callable[[str, Tensor], Tensor]
_OPEN: ContextVar[Recorder | None] = ContextVar("recorder", default=None)
_EDITS: ContextVar[tuple[str, Edit] | None] = ContextVar("edits", default=None)


@contextmanager
def recording(*kinds: str) -> Iterator[Recorder]:
    """A recorder that keeps every tensor tapped under one of `kinds` until the block ends."""
    recorder = Recorder(kinds)
    token = _OPEN.set(recorder)
    try:
        yield recorder
    finally:
        _OPEN.reset(token)


@contextmanager
def editing(kind: str, edit: Edit) -> Iterator[None]:
    """Until the block ends, a layer that taps `kind` goes on with edit(where, tensor), of the same shape, instead of the tensor."""
    token = _EDITS.set((kind, edit))
    try:
        yield
    finally:
        _EDITS.reset(token)


def wanted(kind: str) -> bool:
    """Whether somebody records or edits this kind now: engines then take the slower path that has the tensor."""
    recorder, edits = _OPEN.get(), _EDITS.get()
    return (recorder is not None and kind in recorder.kinds) or (edits is not None and edits[0] == kind)


def tap(kind: str, tensor: Tensor, where: str = "") -> Tensor:
    """The same tensor, or what an open editor of this kind makes of it; the open recorder keeps what the model goes on with."""
    recorder, edits = _OPEN.get(), _EDITS.get()
    if edits is not None and edits[0] == kind:
        tensor = edits[1](where, tensor)
    if recorder is not None and kind in recorder.kinds:
        recorder.marks.append((kind, where, tensor))
    return tensor
