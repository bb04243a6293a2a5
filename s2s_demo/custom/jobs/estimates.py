"""How long a run waits for its turn: places in the job queue and an honest estimate of the seconds until each."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from statistics import median

LATELY, SLOWEST = 10, 4.0


def pace(shares: Sequence[float]) -> float:
    """How many times its estimate a training took lately, from 1/4 to 4. shares: of those that are done, the oldest first.

    An estimate is measured on a machine that does nothing else; others train beside a run, and a page answers meanwhile.
    """
    return min(SLOWEST, max(1 / SLOWEST, median(shares[-LATELY:]))) if shares else 1.0


def waits(busy: Sequence[float], each: Sequence[float], slots: int) -> list[float]:
    """Seconds until each of those that wait begins, when each takes the first slot that gets free.

    busy: seconds that the runs in training still need; each: how long those that wait will train, in their order.

    >>> waits([60.0, 20.0], [30.0, 30.0, 30.0], 2)
    [20.0, 50.0, 60.0]
    """
    free = [*sorted(busy)[:slots], *[0.0] * (slots - len(busy))]
    heapq.heapify(free)
    found = []
    for seconds in each:
        found.append(free[0])
        heapq.heappush(free, heapq.heappop(free) + seconds)
    return found
