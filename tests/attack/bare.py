"""A machine that gives the page nothing: no home, no name of the user, checkpoints that cannot be written."""

from __future__ import annotations

import ctypes
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from s2s_demo.checkpoints import ROOT as SHIPPED
from tests.attack import trained
from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

NOTHING: dict[str, str | None] = {"HOME": None, "USER": None, "LOGNAME": None, "USERNAME": None, "XDG_CACHE_HOME": None}
_DROP, _OVERRIDE, _SEARCH = 24, 1, 2
"""PR_CAPBSET_DROP of Linux, and the two capabilities by which root writes and reads what it may not."""


def powerless() -> None:
    """Takes root's power over the modes of files away from the process that is about to start; elsewhere nothing."""
    if os.name == "posix" and os.getuid() == 0:
        libc = ctypes.CDLL(None)
        for one in (_OVERRIDE, _SEARCH):
            libc.prctl(_DROP, one, 0, 0, 0)


def shipped(root: Path) -> Path:
    """A copy of the shipped checkpoints."""
    shutil.copytree(SHIPPED, root)
    return root


@contextmanager
def unwritable(root: Path) -> Iterator[Path]:
    """In this folder nothing can be written until the block ends; what its links point to is left alone."""
    below = [root, *(path for path in root.rglob("*") if not path.is_symlink())]
    for path in below:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        yield root
    finally:
        for path in below:
            if path.is_dir():
                path.chmod(0o755)


def attack(page: Page) -> Row:
    """Every task is asked, a run answers, and what the page would write beside its models is not needed."""
    with watched("no home, nothing writable", page, most=1_000) as row:
        visitor = Client(page.url)
        sound = trained.run(page.runs)
        row.expect("y" in visitor.program("own", sound, trained.X), "the finished run does not answer")
        for call in visitor.functions:
            if call.startswith(("ask_first", "show_example", "_show_live", "describe")):
                said = visitor.usual(call)
                row.expect(said.kind == "answered", f"{call}: {said.kind}")
        row.add(visitor)
    return row
