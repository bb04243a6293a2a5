"""Whose turn it is: at most `AT_ONCE` runs train at a time, the others wait in the order in which they were asked for.

Nobody watches over this all the time: whoever looks at a run, asks for one or ends one calls `advance`. Two who do so at once cannot
start a run twice, since a run is claimed by creating a file that only one of them can create.
"""

from __future__ import annotations

import contextlib
import heapq
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextvars import Context, copy_context
from pathlib import Path
from typing import Any

import psutil

from s2s_demo.own import folder as files
from s2s_demo.prediction import Words

AT_ONCE = int(os.environ.get("S2S_RUNS_AT_ONCE", "0")) or max(1, min(2, os.cpu_count() or 1))
FINAL = ("done", "stopped", "failed")
START_SECONDS = 60.0
PROJECT = Path(__file__).resolve().parent.parent.parent
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
_STARTED: list[subprocess.Popen[bytes]] = []
_SLICED: list[Callable[[Path, Context], None]] = []
_ASKED: dict[str, Context] = {}
"""Where GPUs are lent by the slice: what begins a run, and in whose context each waiting run was asked for."""


def state_of(folder: Path) -> tuple[str, dict[str, Any]]:
    """("waiting" | "starting" | "running" | "done" | "stopped" | "failed" | "died" | "gone", what status.json says)."""
    data = files.read_json(folder / "status.json")
    if data is None:
        return "gone", {}
    if data["state"] in FINAL:
        return data["state"], data
    if not (folder / "claim").exists():
        return "waiting", data
    if lives(folder):
        return ("starting" if data["state"] == "waiting" else "running"), data
    data = files.read_json(folder / "status.json") or data  # it may have ended while we looked
    return (data["state"] if data["state"] in FINAL else "died"), data


def lives(folder: Path) -> bool:
    """Whether the process that trains this run is there; a number given to another process since then does not count."""
    worker = files.read_json(folder / "worker.json")
    if worker is None:
        with contextlib.suppress(OSError):
            return time.time() - (folder / "claim").stat().st_mtime < START_SECONDS
        return False
    try:
        process = psutil.Process(worker["pid"])
        return abs(process.create_time() - worker["created"]) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def note_worker(folder: Path, pid: int) -> None:
    """Writes down which process trains this run."""
    with contextlib.suppress(psutil.Error):
        files.write_json(folder / "worker.json", {"pid": pid, "created": psutil.Process(pid).create_time()})


def end_worker(folder: Path) -> None:
    """Ends the process that trains this run, if one does, and waits until it is gone."""
    worker = files.read_json(folder / "worker.json")
    if worker is None or worker["pid"] == os.getpid() or not lives(folder):
        return
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(worker["pid"])
        process.kill()
        process.wait(5)


def claim(folder: Path) -> bool:
    """Takes a waiting run, which only one caller can."""
    try:
        (folder / "claim").touch(exist_ok=False)
    except OSError:
        return False
    return True


def release(folder: Path) -> None:
    """Gives it back to the queue."""
    if _SLICED:
        _ASKED[folder.name] = copy_context()
    for name in ("worker.json", "stop", "claim"):
        (folder / name).unlink(missing_ok=True)


def in_slices(begin: Callable[[Path, Context], None]) -> None:
    """From now on runs begin by this, not as a process of their own; see `slices.launcher`."""
    _SLICED[:] = [begin]


def advance() -> None:
    """Starts those whose turn it is."""
    _STARTED[:] = [process for process in _STARTED if process.poll() is None]
    for _ in range(2 * AT_ONCE):
        busy, waiting = queue()
        if len(busy) >= AT_ONCE or not waiting:
            return
        if claim(waiting[0]):
            _launch(waiting[0])


def queue() -> tuple[list[float], list[Path]]:
    """(seconds that each run in training still needs, those that wait in their order)."""
    busy, waiting = list[float](), list[tuple[float, str, Path]]()
    for path in folders():
        state, data = state_of(path)
        if state in ("starting", "running"):
            busy.append(float(data["left"]))
        elif state == "waiting":
            waiting.append((float(data["queued"]), path.name, path))
    return busy, [path for *_, path in sorted(waiting)]


def place_of(folder: Path) -> tuple[int, float]:
    """(its place among those that wait, from 1; an estimate in seconds until it begins). (0, 0.0) if it does not wait."""
    busy, waiting = queue()
    if folder not in waiting:
        return 0, 0.0
    slots = [*sorted(busy)[:AT_ONCE], *[0.0] * (AT_ONCE - len(busy))]
    heapq.heapify(slots)
    for before in waiting[: waiting.index(folder)]:
        data = files.read_json(before / "status.json") or {"left": 0.0}
        heapq.heappush(slots, heapq.heappop(slots) + float(data["left"]))
    return waiting.index(folder) + 1, slots[0]


def folders() -> list[Path]:
    """The folders of all runs."""
    with contextlib.suppress(OSError):
        return [path for path in files.root().iterdir() if files.is_id(path.name)]
    return []


def _launch(folder: Path) -> None:
    """A process of its own, in a session of its own: it outlives the page that asked for it, and its failure harms nobody.

    Where GPUs are lent by the slice only this process may ask for them, so there it is a thread.
    """
    if _SLICED:
        _SLICED[0](folder, _ASKED.pop(folder.name, None) or copy_context())
        return
    env = {**os.environ, **ONE_THREAD, "CUDA_VISIBLE_DEVICES": "", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "s2s_demo.own.work", str(folder.resolve())]
    try:
        with (folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=PROJECT, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        _STARTED.append(process)
        note_worker(folder, process.pid)
    except OSError:
        told = Words(
            "학습을 시작할 수 없습니다. 잠시 뒤에 이어서 학습하세요.",
            "Training could not be started: go on in a while.",
        )
        data = files.read_json(folder / "status.json") or {}
        files.write_last(folder, {**data, "state": "failed", "told": vars(told)})
