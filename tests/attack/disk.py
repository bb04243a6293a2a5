"""A disk that is full while the page runs: sentences, nothing lost, and all as before once there is room."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.attack import trained
from tests.attack.client import Client
from tests.attack.fuzz import PAIRS
from tests.attack.process import Page
from tests.attack.report import Row, watched

MEGABYTES = 4


@contextmanager
def small(folder: Path) -> Iterator[bool]:
    """The folder as a disk of a few MB, where this user may mount one; whether it is."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


@contextmanager
def full(page: Page, disk: Path | None) -> Iterator[None]:
    """No byte more is written: the disk is filled, or where there is none, the page may write no file that is longer than nothing."""
    assert page.process is not None
    if disk is not None:
        filler = disk / "filler"
        with filler.open("wb", buffering=0) as file:
            try:
                while file.write(b"\0" * 4096):
                    pass
            except OSError:
                pass
        yield
        filler.unlink()
        return
    before = resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    yield
    resource.prlimit(page.process.pid, resource.RLIMIT_FSIZE, before)


def attack(page: Page, disk: Path | None = None) -> Row:
    """Everything that writes, while nothing can be written."""
    with watched("a full disk" if disk else "no byte can be written", page, most=300) as row:
        sound = trained.run(page.runs)
        visitor = Client(page.url)
        visitor.usual("read_data", PAIRS)
        row.expect(
            visitor.question(), "an ordinary question is not answered before"
        )  # and what is loaded once is loaded
        with full(page, disk):
            row.expect("y" in visitor.program("own", sound, trained.X), "the finished run does not answer")
            row.expect(visitor.question(), "an ordinary question is not answered meanwhile")
            said = visitor.call("start_one", None, "gru", 1)
            row.expect(
                "full" in said.text or said.kind == "told", "a training that cannot be written says nothing of it"
            )
            visitor.upload("a.csv", b"x,y\na,b\n" * 200_000)
            visitor.usual("read_data", PAIRS)
            visitor.call("fix_issues", None, [])
            guest = Client(page.url, query=f"lang=en&run={sound}")
            for call in [*guest.of_runs(), "end"]:
                guest.nothing(call)
            row.add(guest)
        row.expect("y" in visitor.program("own", sound, trained.X), "the finished run is lost")
        row.expect(visitor.upload("a.csv", b"x,y\na,b\n" * 20) is not None, "no upload afterwards")
        said = visitor.call("start_one", None, "gru", 1)
        row.expect("run=" in said.text, "no training can be started afterwards")
        visitor.nothing("stop_runs")
        row.add(visitor)
    return row
