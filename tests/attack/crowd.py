"""Very many visitors, each new: what they leave behind in the page's memory."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

AT_ONCE = 2


def attack(page: Page, visitors: int, most: float = 200.0) -> Row:
    """So many visitors with one call each; every tenth waits in the queue as well."""
    with (
        watched(f"{visitors:,} visitors that never come back", page, most=most) as row,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        crowd = [Client(page.url) for _ in range(AT_ONCE)]
        each = -(-visitors // AT_ONCE)
        list(pool.map(lambda one: _come(one, each), crowd))
        row.add(*crowd)
    return row


def _come(one: Client, visitors: int) -> None:
    name = one.session
    for i in range(visitors):
        one.session = f"{name}x{i}"
        one.usual("model_details")
        if i % 10 == 0:
            one.usual("suggest")
