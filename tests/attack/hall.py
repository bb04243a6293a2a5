"""A lecture hall: the benchmark's visitors, each with moments of thought between two questions, on the page under attack."""

from __future__ import annotations

import asyncio
import time

import httpx

from tests.attack.client import LIMIT
from tests.attack.process import Page
from tests.attack.report import Row, watched
from tests.benchmarks import hall


def attack(page: Page, visitors: int, seconds: float) -> Row:
    """So many visitors, so long; nobody may be refused."""
    with watched(f"{visitors} visitors for {seconds:.0f} s", page, most=300) as row:
        tally = asyncio.run(_visited(page.url, visitors, seconds))
        row.calls += len(tally.seconds) + sum(tally.failed.values())
        row.told = tally.told().strip()
        row.expect(not tally.failed, f"not answered: {tally.failed}")
    return row


async def _visited(url: str, visitors: int, seconds: float) -> hall.Tally:
    tally = hall.Tally()
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=visitors)
    async with httpx.AsyncClient(verify=False, timeout=2 * LIMIT, limits=limits) as http:
        found = hall.Page((await http.get(f"{url}/config")).json())
        until = time.monotonic() + seconds
        await asyncio.gather(*(hall.Visitor(url, found, tally, n).stay(http, until) for n in range(visitors)))
    return tally
