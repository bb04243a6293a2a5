"""kill -9 of a worker and of the page: what was begun is still there afterwards."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable

from tests.attack import trained
from tests.attack.client import Client
from tests.attack.fuzz import PAIRS
from tests.attack.process import Page
from tests.attack.report import Row, watched

PATIENCE = 90.0


def worker(page: Page) -> Row:
    """A training is killed, told, and gone on with."""
    with watched("kill -9 of a worker", page, most=400) as row:
        visitor = Client(page.url)
        row.expect(bool(_begun(visitor)), "no training begins")
        row.expect(_until(lambda: bool(page.workers())), "no worker begins")
        for one in page.workers():
            one.kill()
        row.expect(_until(lambda: not page.workers()), "the worker does not die")
        said = visitor.nothing("follow_link")
        row.expect(said.kind == "answered", "the run is not shown any more")
        visitor.nothing("resume_runs")
        row.expect(_until(lambda: bool(page.workers())), "the run does not go on")
        visitor.nothing("stop_runs")
        row.add(visitor)
    return row


def restart(page: Page, trains: bool) -> Row:
    """The page is killed while a run is finished and, if asked for, others train and wait; then started again."""
    with watched("kill -9 of the page", page, most=800) as row:
        sound = trained.run(page.runs)
        visitor = Client(page.url)
        begun = _begun(visitor) if trains else ""
        waiting = [_begun(Client(page.url)) for _ in range(4)] if trains else []
        row.expect("y" in visitor.program("own", sound, trained.X), "the finished run does not answer")
        page.stop(signal.SIGKILL)
        for one in page.workers():
            one.kill()
        page.start()
        visitor.url = page.url
        row.expect("y" in visitor.program("own", sound, trained.X), "the finished run is lost")
        row.expect(not waiting or _until(lambda: bool(page.workers())), "nobody moves the queue after a restart")
        for name in (sound, *filter(None, [begun, *waiting])):
            guest = Client(page.url, query=f"lang=en&run={name}")
            said = guest.call("follow_link", None)
            row.expect(name in said.text, "a run cannot be followed any more")
            guest.nothing("stop_runs")
            row.add(guest)
        row.add(visitor)
    return row


def _begun(visitor: Client) -> str:
    """Starts a training; its name, or ""."""
    visitor.usual("read_data", PAIRS)
    said = visitor.call("start_one", None, "gru", 1)
    found = re.search(r"run=([0-9a-f]{24})", said.text)
    return found[1] if found else ""


def _until(so: Callable[[], bool]) -> bool:
    """Waits for it; whether it came."""
    until = time.monotonic() + PATIENCE
    while not so() and time.monotonic() < until:
        time.sleep(0.1)
    return so()
