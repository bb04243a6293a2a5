"""A lecture hall: many visitors for a minute, each with moments of thought between two questions."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor

from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

TYPED = ("12+34", "347+589", "99-100", "1204-77", "38*45")
ENGINES = ("transformer", "lstm", "gru")


def attack(page: Page, visitors: int, seconds: float) -> Row:
    """So many visitors, so long; nobody may be refused."""
    with (
        watched(f"{visitors} visitors for {seconds:.0f} s", page, most=300) as row,
        ThreadPoolExecutor(visitors) as pool,
    ):
        hall = [Client(page.url) for _ in range(visitors)]
        took = [one for each in pool.map(lambda one: _sit(one, seconds), hall) for one in each]
        row.add(*hall)
        took.sort()
        row.expect(row.ended["busy"] == 0, "somebody was refused")
        row.told = f"p50 {took[len(took) // 2]:.2f} s, p95 {took[len(took) * 95 // 100]:.2f} s of {len(took)} answers"
    return row


def _sit(one: Client, seconds: float) -> list[float]:
    """Asks, looks, thinks; how long each answer took."""
    rng, took = random.Random(one.session), []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        one.usual("ask", rng.choice(TYPED), rng.choice(ENGINES))
        took.append(time.monotonic() - began)
        one.usual("about")
        time.sleep(rng.uniform(1, 4))
    return took
