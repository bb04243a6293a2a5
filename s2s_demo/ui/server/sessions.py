"""What a session keeps: only what it changed, a bounded number of bytes, and only while somebody may come back for it.

Gradio 6.31 copies the whole page for every session (each listener, and the settings of every component once more: 1.4 MB and 95 ms of
the event loop here) and keeps 10,000 of them. The copy of the settings serves `gr.DeepLinkButton` alone, whose route is closed.
"""

from __future__ import annotations

import logging
import sys
import time
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, ClassVar
from weakref import WeakSet

import gradio
import numpy as np
from gradio import blocks as gradio_blocks
from gradio import route_utils, state_holder
from gradio.blocks import Blocks, BlocksConfig
from gradio.components import State
from gradio.state_holder import SessionState, StateHolder

from s2s_demo.prediction import Prediction
from s2s_demo.ui.server.connections import Connections
from s2s_demo.ui.server.overlay import Overlay

LOG = logging.getLogger(__name__)
TRIED_WITH = "6.31"
"""The Gradio whose SessionState is understood here; with another one its own is used, and the log says so."""
MOST_OF_SESSION, MOST_OF_ALL = 100_000_000, 1_000_000_000
"""Bytes of the `gr.State`s of one session, and of all sessions together."""
SMALL, LARGE = 100_000, 1_000_000
"""Bytes below which letting go of a state is not worth it, and from which setting one is the moment to look at all sessions."""
SAMPLE, MOST_LOOKED_AT = 200, 20_000
UNSEEN_SECONDS, CLOSED_SECONDS = 120, 3_600
"""How long a session is kept after its last use: one that never opened a stream, and one whose page was closed (it may be reopened)."""


class LightSession(SessionState):
    """A session of Gradio that shares with the page whatever it has not changed.

    sizes: bytes of each state it keeps, the longest unused first. evicted: states that were let go and not yet missed; an answer is
    not missed, since asking makes it anew. used: when a state was last set or read, on the clock of `time.monotonic`.
    """

    living: ClassVar[WeakSet[LightSession]] = WeakSet()

    def __init__(self, blocks: Blocks) -> None:
        # SessionState copies `default_config`, and the settings of those components that stand in `blocks`: of none
        shared = _Shared(blocks.default_config)
        super().__init__(SimpleNamespace(default_config=shared, blocks=()))  # pyright: ignore[reportArgumentType]
        self.sizes: dict[int, int] = {}
        self.evicted: set[int] = set()
        self.used = time.monotonic()
        LightSession.living.add(self)

    def __getitem__(self, key: int) -> Any:
        self.used = time.monotonic()
        return super().__getitem__(key)

    def __setitem__(self, key: int, value: Any) -> None:
        block = self.blocks_config.blocks.get(key)
        if not isinstance(block, State):
            self.blocks_config.blocks[key] = value
            return
        self._state_ttl[key] = (block.time_to_live, datetime.now())
        self.state_data[key] = value
        self.evicted.discard(key)
        self.sizes.pop(key, None)
        self.sizes[key] = size_of(value)
        self.used = time.monotonic()
        while self.kept() > MOST_OF_SESSION and self.evict(keep=key):
            pass
        if self.sizes[key] > LARGE:
            evict_beyond(MOST_OF_ALL)

    def kept(self) -> int:
        """Bytes of its states."""
        return sum(self.sizes.values())

    def evict(self, keep: int | None = None) -> bool:
        """Lets go of the large state that was set the longest time ago; False if there is none."""
        for key, size in self.sizes.items():
            if size > SMALL and key != keep:
                block = self.blocks_config.blocks.get(key)
                value = self.state_data.pop(key, None)
                if isinstance(block, State):
                    block.delete_callback(value)
                del self.sizes[key]
                if not isinstance(value, Prediction):
                    self.evicted.add(key)
                return True
        return False

    def _update_config(self, key: int) -> None:
        """Nothing: no deep link asks for it."""

    def _update_value_in_config(self, key: int, value: Any) -> None:
        """Nothing: no deep link asks for it, and every answer of a session would be kept."""


class _Shared:
    """Stands for a page's configuration: its copy shares components and listeners with it."""

    def __init__(self, config: BlocksConfig) -> None:
        self.config = config

    def __copy__(self) -> BlocksConfig:
        new = BlocksConfig(self.config.root_block)
        new.blocks = Overlay(self.config.blocks)  # pyright: ignore[reportAttributeAccessIssue]
        new.fns = Overlay(self.config.fns)  # pyright: ignore[reportAttributeAccessIssue]
        new.fn_id, new.renderables = self.config.fn_id, [*self.config.renderables]
        return new


def use_light_sessions() -> bool:
    """Makes Gradio's pages of this process use `LightSession`; False if this is a Gradio it was not tried with."""
    if not gradio.__version__.startswith(TRIED_WITH + "."):
        LOG.warning("sessions are Gradio's own: %s is not the %s they were tried with", gradio.__version__, TRIED_WITH)
        return False
    for module in (state_holder, route_utils, gradio_blocks):
        module.SessionState = LightSession  # pyright: ignore[reportAttributeAccessIssue]
    return True


def expire(holder: StateHolder, connections: Connections) -> int:
    """Forgets sessions without a stream that are past their time, then the longest unused states until all fit; returns how many
    sessions went."""
    now, gone = datetime.now(), 0
    for name in list(holder.session_data):
        session, used = holder.session_data.get(name), holder.time_last_used.get(name)
        if session is None or used is None or connections.listening(name):
            continue
        seconds = CLOSED_SECONDS if session.is_closed or name in connections.last else UNSEEN_SECONDS
        if now - used > timedelta(seconds=seconds):
            holder.delete_state(name)
            with holder.lock:
                holder.session_data.pop(name, None)
                holder.time_last_used.pop(name, None)
            connections.last.pop(name, None)
            gone += 1
    evict_beyond(MOST_OF_ALL)
    return gone


def evict_beyond(most: int) -> None:
    """Lets go of states, those of the longest unused session first, until all sessions together keep no more than `most` bytes."""
    living = list(LightSession.living)
    kept = sum(one.kept() for one in living)
    if kept <= most:
        return
    for one in sorted(living, key=lambda session: session.used):
        while kept > most:
            before = one.kept()
            if not one.evict():
                break
            kept += one.kept() - before


def size_of(value: Any) -> int:
    """About how many bytes a value keeps; of long lists a sample is weighed, so that it costs no more than milliseconds."""
    seen: set[int] = set()
    budget = [MOST_LOOKED_AT]

    def weighed(one: Any) -> int:
        budget[0] -= 1
        if id(one) in seen or budget[0] < 0:
            return 0
        if isinstance(one, (str, bytes, bytearray, int, float, bool, type(None))):
            return sys.getsizeof(one)
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            return int(one.nbytes)
        if callable(getattr(one, "numel", None)) and callable(getattr(one, "element_size", None)):  # a tensor
            return int(one.numel()) * int(one.element_size())
        parts: list[Any] = []
        if isinstance(one, dict):
            parts = [part for pair in one.items() for part in pair]
        elif isinstance(one, (list, tuple, set, frozenset)):
            parts = list(one)
        elif is_dataclass(one):
            parts = [getattr(one, field.name) for field in fields(one)]
        elif hasattr(one, "__dict__"):
            parts = list(vars(one).values())
        if not parts:
            return sys.getsizeof(one)
        every = max(1, len(parts) // SAMPLE)
        chosen = parts[::every]
        return sys.getsizeof(one) + sum(map(weighed, chosen)) * len(parts) // len(chosen)

    return weighed(value)
