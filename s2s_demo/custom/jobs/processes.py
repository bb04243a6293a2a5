"""Worker processes: whether the one that trains a run is alive, and its end."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import psutil

from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs import validation
from s2s_demo.file_format import UnknownFormat

START_SECONDS = 60.0
"""How long a run that was taken out of the queue may be without a worker before it counts as lost."""


def is_alive(folder: Path) -> bool:
    """Whether the worker process is alive: PID and start time match, so that a reused PID is not mistaken for it.

    Where worker.json is missing or damaged, a run is alive that was launched or has written its status a moment ago.
    """
    worker = _worker(folder)
    if worker is None:
        return min(_age(folder / "claim"), _age(folder / "status.json")) < START_SECONDS
    return _process(*worker) is not None


def names_live_process(folder: Path) -> bool:
    """Whether worker.json names a process that is alive."""
    worker = _worker(folder)
    return worker is not None and _process(*worker) is not None


def note_worker(folder: Path, pid: int) -> None:
    """Writes down which process trains this run."""
    with contextlib.suppress(psutil.Error):
        files.write_json(folder / "worker.json", {"pid": pid, "created": psutil.Process(pid).create_time()})


def end_worker(folder: Path) -> None:
    """Ends the process that trains this run, if one does, and waits until it is gone."""
    worker = _worker(folder)
    process = _process(*worker) if worker is not None and worker[0] != os.getpid() else None
    if process is not None:
        with contextlib.suppress(psutil.Error):
            process.kill()
            process.wait(5)


def _worker(folder: Path) -> tuple[int, float] | None:
    """(process number, when it was created), or None where that is not known."""
    try:
        return validation.worker(files.read_json(folder / "worker.json"))
    except UnknownFormat:
        return None


def _process(pid: int, created: float) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        if abs(process.create_time() - created) < 1 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def seconds_acquired(folder: Path) -> float:
    """Seconds since the run was taken out of the queue; endless where it was not."""
    return _age(folder / "claim")


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return abs(time.time() - path.stat().st_mtime)
    return float("inf")
