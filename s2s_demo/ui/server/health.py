"""Whether the page answers: `/healthz` asks its queue, and a watchdog looks at it every second."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from s2s_demo.custom.jobs.scheduler import SCHEDULER
from s2s_demo.faults import brief
from s2s_demo.ui.server import memory, sessions
from s2s_demo.ui.server.blocks import SteadyBlocks
from s2s_demo.ui.server.queueing import SteadyQueue

LOG = logging.getLogger(__name__)
LOOK_SECONDS, SWEEP_LOOKS, TRIM_LOOKS = 1.0, 10, 60
UNREAD_SECONDS = 120
MOST_RESTARTS, RESTART_WINDOW = 5, 60.0
MOST_UPLOADED = 2_000_000_000
EXIT_CODE = 70
"""EX_SOFTWARE of sysexits.h."""


async def healthz(request: Request) -> JSONResponse:
    """200 while the queue answers events, 503 with the reason while it does not.

    "trainings" says whether the scheduler moves the queue of trainings; answers do not hang on it.
    """
    queue = request.app.get_blocks()._queue
    why = queue.trouble()
    told = {"queue": why or "running", "waiting": len(queue), "running": queue.get_active_worker_count()}
    told["trainings"] = "moving" if SCHEDULER.alive else "stopped"
    return JSONResponse(told, status_code=503 if why else 200, headers={"cache-control": "no-store"})


class Watchdog:
    """Looks at a page's queue; restarts it when it has stopped, and ends the process when it keeps stopping."""

    def __init__(self, blocks: SteadyBlocks) -> None:
        self.blocks, self.restarts = blocks, deque[float](maxlen=MOST_RESTARTS)

    def look(self) -> None:
        """One look."""
        queue = self.blocks._queue
        assert isinstance(queue, SteadyQueue)
        queue.repair()
        ended = queue.revive()
        if not ended:
            return
        LOG.error("the queue had stopped and was started again: %s", ", ".join(ended))
        self.restarts.append(time.monotonic())
        if len(self.restarts) == MOST_RESTARTS and self.restarts[-1] - self.restarts[0] < RESTART_WINDOW:
            LOG.critical("the queue stopped %d times within a minute: the process ends", MOST_RESTARTS)
            self.end()

    def end(self) -> None:
        """Ends the process with an exit code that is not zero, so that whoever started it starts it again."""
        os._exit(EXIT_CODE)

    def sweep(self, app: Any) -> None:
        """Forgets what nobody will ask for any more."""
        queue, connections = self.blocks._queue, self.blocks.connections
        assert isinstance(queue, SteadyQueue)
        queue.forget(UNREAD_SECONDS)
        sessions.expire(app.state_holder, connections)
        old = time.monotonic() - sessions.CLOSED_SECONDS
        for name in [name for name, last in connections.last.items() if last < old]:
            del connections.last[name]

    async def run(self, app: Any) -> None:
        """Looks for as long as the page runs; no failure of one look is the last."""
        looks = 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            looks += 1
            try:
                self.look()
                if looks % SWEEP_LOOKS == 0:
                    self.sweep(app)
                    await asyncio.to_thread(trim_uploads, self.blocks, MOST_UPLOADED)
                if looks % TRIM_LOOKS == 0:
                    await asyncio.to_thread(memory.give_back)
            except Exception as e:
                LOG.error("the watchdog stumbled: %s", brief(e))


def watched(at_start: Sequence[Callable[[], object]] = ()) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The lifespan of a page under a watchdog. at_start: what is done once beside it, so that the first visitor need not wait for it."""

    @asynccontextmanager
    async def lifespan(app: Any) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(Watchdog(app.get_blocks()).run(app)), asyncio.create_task(_prepared(at_start))]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()

    return lifespan


async def _prepared(at_start: Sequence[Callable[[], object]]) -> None:
    for prepare in at_start:
        try:
            await asyncio.to_thread(prepare)
        except Exception as e:
            LOG.error("not prepared: %s", brief(e))


def trim_uploads(blocks: SteadyBlocks, most: int) -> None:
    """Deletes uploaded files, the oldest first, until they take no more than `most` bytes."""
    found = []
    for name in list(blocks.upload_file_set):
        try:
            stat = Path(name).stat()
        except OSError:
            blocks.upload_file_set.discard(name)
            continue
        found.append((stat.st_mtime, stat.st_size, name))
    over = sum(size for _, size, _ in found) - most
    for _, size, name in sorted(found):
        if over <= 0:
            break
        Path(name).unlink(missing_ok=True)
        blocks.upload_file_set.discard(name)
        over -= size
