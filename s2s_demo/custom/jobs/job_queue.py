"""The job queue of trainings: at most `AT_ONCE` worker processes, the other runs wait in the order in which they were asked for.

The queue is nothing but the folders of the runs, so it outlives every process. `advance` moves it; the scheduler calls that all the time
(see `scheduler`), and whoever starts a run calls it once. Whatever decides on more than one run holds the lock of the queue, which
threads and processes share.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextvars import Context, copy_context
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from filelock import FileLock, Timeout

from s2s_demo.custom.jobs import estimates
from s2s_demo.custom.jobs import storage as files
from s2s_demo.custom.jobs.processes import (
    START_SECONDS,
    is_alive,
    names_live_process,
    note_worker,
    seconds_acquired,
)
from s2s_demo.prediction import UserError, Words

LOG = logging.getLogger(__name__)
AT_ONCE = int(os.environ.get("S2S_RUNS_AT_ONCE", "0")) or max(1, min(2, os.cpu_count() or 1))
MOST_SECONDS = 20 * 60
"""How long a worker may train before it stops and keeps what there is."""
FINAL = ("done", "stopped", "failed")
UNFINISHED = ("waiting", "starting", "running")
LOCK_SECONDS = 20.0
SETTLED_SECONDS = 10.0
"""How long a run trains before its own forecast counts more than the estimate it was queued with."""
SNAPSHOT_SECONDS = 0.5
"""How old the places may be that visitors are shown: fifty who look every second share one reading of the folders."""
PROJECT = Path(__file__).resolve().parent.parent.parent.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
QUEUE_BUSY = Words(
    "다른 사람의 학습을 줄 세우느라 바쁩니다. 잠시 뒤에 다시 시작하세요.",
    "The queue is busy with other trainings: try again in a moment.",
)
_PROCESSES: list[subprocess.Popen[bytes]] = []
_PROCESSES_LOCK = Lock()
_LAUNCHER: list[Callable[[Path, Context], None]] = []
_CONTEXTS: dict[str, Context] = {}
"""Where GPUs are lent by the slice: what begins a run, and in whose context each waiting run was asked for."""


@dataclass(frozen=True)
class Snapshot:
    """The queue as it was `at` (monotonic seconds). busy: seconds that each run in training still needs.

    training, waiting: the folders, those that wait in their order. places: of each that waits its place from 1 and the seconds until it
    begins.
    """

    at: float
    busy: list[float]
    training: list[Path]
    waiting: list[Path]
    places: dict[Path, tuple[int, float]]


_CACHED: list[tuple[Path, Snapshot]] = []


@contextlib.contextmanager
def locked(seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Holds the lock of the queue, which is the kernel's: it ends with the process that holds it, however that ends.

    Raises:
        UserError: others held it for so long.
        OSError: the folder of the runs cannot be written to.
    """
    files.make_root()
    try:
        with _lock(files.root() / "queue.lock").acquire(timeout=seconds):
            yield
    except Timeout as e:
        raise UserError(QUEUE_BUSY.ko, QUEUE_BUSY.en) from e


@lru_cache(maxsize=16)
def _lock(path: Path) -> FileLock:
    return FileLock(path, mode=0o600)


def state_of(folder: Path) -> tuple[str, dict[str, Any]]:
    """("waiting" | "starting" | "running" | "done" | "stopped" | "failed" | "died" | "damaged" | "gone", what status.json says).

    A run died if it was in training and no process trains it any more; it is damaged if nothing can be made of its status.json.
    """
    data = files.status_of(folder)
    if data is None and not files.exists(folder / "status.json"):
        return "gone", {}
    if data is None:  # a worker that is alive writes it anew
        trains = files.exists(folder / "claim") and names_live_process(folder)
        return ("running", {"step": 0, "seconds": 0.0, "left": 0.0}) if trains else ("damaged", {})
    if data["state"] in FINAL:
        return data["state"], data
    if not files.exists(folder / "claim"):
        return ("waiting" if data["state"] == "waiting" else "died"), data
    if is_alive(folder):
        return ("starting" if data["state"] == "waiting" else "running"), data
    data = files.status_of(folder) or data  # it may have ended while we looked
    return (data["state"] if data["state"] in FINAL else "died"), data


def acquire(folder: Path) -> bool:
    """Takes a waiting run, which only one caller can."""
    try:
        (folder / "claim").touch(exist_ok=False)
    except OSError:
        return False
    _CACHED.clear()
    return True


def release(folder: Path) -> None:
    """Gives it back to the queue."""
    if _LAUNCHER:
        _CONTEXTS[folder.name] = copy_context()
    for name in ("worker.json", "stop", "claim"):
        files.remove(folder / name)
    _CACHED.clear()


def use_launcher(begin: Callable[[Path, Context], None]) -> None:
    """From now on runs begin by this, not as a process of their own; see `zerogpu.launcher`."""
    _LAUNCHER[:] = [begin]


def advance() -> None:
    """Launches waiting runs while worker slots are free. A run that cannot be launched fails alone.

    Raises:
        UserError: another process held the lock of the queue for too long.
        OSError: the folder of the runs cannot be written to.
    """
    with _PROCESSES_LOCK:
        _PROCESSES[:] = [process for process in _PROCESSES if process.poll() is None]
    if not snapshot(0).waiting:
        return
    with locked():
        for _ in range(2 * AT_ONCE):
            now = snapshot(0)
            for name in set(_CONTEXTS) - {path.name for path in now.waiting}:
                _CONTEXTS.pop(name, None)
            if len(now.busy) >= AT_ONCE or not now.waiting:
                return
            if acquire(now.waiting[0]):
                _launch(now.waiting[0])


def requeue_lost() -> None:
    """Gives runs back to the queue that were claimed and never launched: the page was killed in between."""
    for path in folders():
        data = files.status_of(path)
        if data is None or data["state"] != "waiting" or not files.exists(path / "claim"):
            continue
        if not files.exists(path / "worker.json") and seconds_acquired(path) >= START_SECONDS:
            with contextlib.suppress(OSError):
                release(path)


def queue() -> tuple[list[float], list[Path]]:
    """(seconds that each run in training still needs, about; those that wait, in their order)."""
    now = snapshot(0)
    return now.busy, now.waiting


def place_of(folder: Path) -> tuple[int, float]:
    """(its place among those that wait, from 1; an estimate in seconds until it begins). (0, 0.0) if it does not wait."""
    return snapshot().places.get(folder, (0, 0.0))


def snapshot(seconds: float | None = None) -> Snapshot:
    """The queue as it is, or as it was at most so many seconds ago (`SNAPSHOT_SECONDS`)."""
    age = SNAPSHOT_SECONDS if seconds is None else seconds
    for root, last in _CACHED[:]:
        if root == files.root() and time.monotonic() - last.at < age:
            return last
    now = _take_snapshot()
    _CACHED[:] = [(files.root(), now)]
    return now


def _take_snapshot() -> Snapshot:
    at, waiting = time.monotonic(), list[tuple[float, str, Path, float]]()
    training, shares = list[tuple[Path, bool, float]](), list[tuple[float, float]]()
    for path in folders():
        state, data = state_of(path)
        if state == "waiting":
            waiting.append((data["queued"], path.name, path, data["left"]))
        elif state in UNFINISHED:
            early = data["seconds"] < SETTLED_SECONDS  # the first steps are slow and tell little of the others
            training.append((path, early, data.get("estimate", data["left"]) if early else data["left"]))
        elif state == "done" and data.get("estimate") and "took" in data:
            shares.append((data["queued"], data["took"] / data["estimate"]))
    pace = estimates.pace([share for _, share in sorted(shares)])
    busy = [min(MOST_SECONDS, left * (pace if early else 1.0)) for _, early, left in training]
    order = sorted(waiting)
    until = estimates.waits(busy, [min(MOST_SECONDS, left * pace) for *_, left in order], AT_ONCE)
    places = {path: (place, wait) for place, ((_, _, path, _), wait) in enumerate(zip(order, until, strict=True), 1)}
    return Snapshot(at, busy, [path for path, *_ in training], list(places), places)


def folders() -> list[Path]:
    """The folders of all runs."""
    with contextlib.suppress(OSError):
        return [path for path in files.root().iterdir() if files.is_run_name(path.name)]
    return []


def _launch(folder: Path) -> None:
    """A process of its own, in a session of its own: it outlives the page that asked for it, and its failure harms nobody.

    Where GPUs are lent by the slice only this process may ask for them, so there it is a thread.
    """
    if _LAUNCHER:
        _LAUNCHER[0](folder, _CONTEXTS.pop(folder.name, None) or copy_context())
        return
    env = {**os.environ, **ONE_THREAD, "CUDA_VISIBLE_DEVICES": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "s2s_demo.custom.jobs.worker", str(folder.resolve())]
    try:
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        with _PROCESSES_LOCK:
            _PROCESSES.append(process)
        with contextlib.suppress(OSError):  # the worker notes itself as well
            note_worker(folder, process.pid)
    except OSError:
        LOG.exception("run %s cannot be launched", folder.name[:6])
        told = Words(
            "학습을 시작할 수 없습니다. 잠시 뒤에 이어서 학습하세요.",
            "Training could not be started: go on in a while.",
        )
        data = files.status_of(folder) or {}
        files.write_final_status(folder, {**data, "state": "failed", "told": vars(told)})
