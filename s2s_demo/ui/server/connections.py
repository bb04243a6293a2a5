"""Which sessions somebody listens for: the open streams of a page (heartbeat, answers) by the name they were opened with."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Connections:
    """Counts open streams. Touched on the event loop alone.

    last: when the last stream of a name was closed, on the clock of `time.monotonic`.
    """

    def __init__(self) -> None:
        self.streams: Counter[str] = Counter()
        self.last: dict[str, float] = {}
        self.count = 0

    @contextmanager
    def open(self, names: Iterable[str]) -> Iterator[None]:
        """One stream, for as long as the block runs."""
        names = list(names)
        self.count += 1
        self.streams.update(names)
        try:
            yield
        finally:
            self.count -= 1
            for name in names:
                self.streams[name] -= 1
                if self.streams[name] <= 0:
                    del self.streams[name]
                    self.last[name] = time.monotonic()

    def listening(self, name: str) -> bool:
        """Whether a stream of that name is open."""
        return name in self.streams
