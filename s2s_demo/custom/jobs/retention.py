"""How long runs are kept, and how many: a day after their last use, and within bounds of count and of bytes on the disk.

Finished runs never block new ones: where room is needed, those go first that nobody has looked at or asked for the longest. What waits
or trains is never deleted here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from s2s_demo.custom.jobs import job_queue
from s2s_demo.custom.jobs import storage as files
from s2s_demo.prediction import Template, UserError, Words

HOURS = 24.0
"""How long a run is kept after its last use."""
MOST_RUNS, MOST_WAITING = 300, 200
"""Of all visitors: finished runs kept, and runs that wait."""
MOST_OPEN, MOST_PER_VISITOR = 6, 12
"""Of one visitor: runs that wait or train (twice three side by side), and finished runs kept."""
MOST_BYTES = int(os.environ.get("S2S_RUNS_BYTES", "0")) or 2 * 2**30
MOST_BYTES_PER_VISITOR = 256 * 2**20
"""On the disk, of all visitors ($S2S_RUNS_BYTES) and of one."""
LOST_SECONDS, USED_SECONDS = 3600.0, 60.0
"""How long a folder may be without a status, which is written last, before it counts as left behind by a process that was killed;
how exact the last use is noted."""
BYTES_PER_PARAMETER, OTHER_BYTES = 24, 2**18
"""Bytes a parameter takes in a run's saves (weights, two moments, a mean), checkpoint and zip; bytes of all else."""
QUEUE_FULL = Template(
    "지금 학습 {waiting}개가 기다리고 있어 더 받을 수 없습니다. 잠시 뒤에 다시 시작하세요.",
    "{waiting} trainings are waiting already, as many as can be taken: start again in a while.",
)
TOO_MANY_OPEN = Template(
    "이 창에서 시작한 학습 {open}개가 기다리거나 학습하고 있습니다. 하나가 끝나거나 멈춘 뒤에 시작하세요.",
    "{open} trainings started in this tab are waiting or training: start again when one has ended or was stopped.",
)
NO_ROOM = Template(
    "학습을 저장할 자리가 없습니다(학습 하나에 약 {needed} MB). 다른 학습이 끝난 뒤에 다시 시작하세요.",
    "There is no room to keep this training (about {needed} MB): start again when others have ended.",
)


class TooMany(UserError):
    """A bound was met. open: the visitor's runs that wait or train."""

    def __init__(self, words: Words, open: tuple[str, ...] = ()) -> None:
        super().__init__(words.ko, words.en)
        self.open = open

    def __reduce__(self) -> tuple[type[TooMany], tuple[Words, tuple[str, ...]]]:  # type: ignore[override]
        """Crosses to another process whole."""
        return type(self), (self.words, self.open)


@dataclass(frozen=True)
class StoredRun:
    """A run on the disk: used when last, in seconds since 1970, and of how many bytes."""

    folder: Path
    state: str
    visitor: str
    used: float
    size: int


def visitor_digest(session: str) -> str:
    """What stands for a visitor in the folders of his runs. session: of the page he has open, or "" for nobody in particular.

    A session and not an address is what is counted: a lecture hall shares one address, and behind a proxy everybody does. Who opens the
    page anew counts as somebody else; what that is good for ends at the bounds of all visitors. The session itself is not written
    down, since whoever knows it can speak in its name.
    """
    return sha256(session.encode("utf-8", "replace")).hexdigest()[:16] if session else ""


def write_visitor(folder: Path, visitor: str) -> None:
    """Notes whose run it is.

    Raises:
        OSError: the disk is full.
    """
    if visitor:
        files.write_text(folder / "visitor", visitor)


def mark_used(folder: Path) -> None:
    """Notes that somebody looked at this run or asked it: it is kept for another day."""
    path = folder / "used"
    with contextlib.suppress(OSError):
        if not path.exists() or time.time() - path.stat().st_mtime > USED_SECONDS:
            path.touch()


def last_used(folder: Path) -> float:
    """When the run was last written to, looked at or asked, in seconds since 1970; 0 where that cannot be told."""
    newest = 0.0
    with contextlib.suppress(OSError):
        for path in (folder, *folder.iterdir()):
            newest = max(newest, path.lstat().st_mtime)
    return newest


def size_of(folder: Path) -> int:
    """The bytes of all files of a run."""
    total = 0
    for at, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(at, name)).st_size
    return total


def stored_runs() -> list[StoredRun]:
    """All runs, the longest unused first."""
    found = list[StoredRun]()
    for folder in job_queue.folders():
        state, _ = job_queue.state_of(folder)
        size = size_of(folder)
        found.append(StoredRun(folder, state, files.visitor_of(folder), last_used(folder), size))
    return sorted(found, key=lambda one: one.used)


def check_limits(visitor: str) -> None:
    """Refuses a run that would wait beyond the bounds; cheap, so that it can be asked before any work.

    Raises:
        TooMany: too many runs wait, or too many of this visitor's wait or train.
    """
    waiting = len(job_queue.snapshot(0).waiting)
    if waiting >= MOST_WAITING:
        raise TooMany(QUEUE_FULL.format(waiting=waiting))
    own = open_runs(visitor)
    if len(own) >= MOST_OPEN:
        raise TooMany(TOO_MANY_OPEN.format(open=len(own)), tuple(own))


def open_runs(visitor: str) -> list[str]:
    """The names of a visitor's runs that wait or train; none for nobody in particular."""
    if not visitor:
        return []
    now = job_queue.snapshot(0)
    return [folder.name for folder in (*now.training, *now.waiting) if files.visitor_of(folder) == visitor]


def make_room(visitor: str, needed: int) -> None:
    """Deletes what was not used for a day, then the longest unused finished runs until a new one of so many bytes fits: the visitor's own
    for his bounds, anybody's for those of all.

    Raises:
        TooMany: what waits and trains leaves no room.
    """
    delete_unused()
    there = stored_runs()
    for mine, most, most_bytes in ((True, MOST_PER_VISITOR, MOST_BYTES_PER_VISITOR), (False, MOST_RUNS, MOST_BYTES)):
        if mine and not visitor:
            continue
        some = [one for one in there if not mine or one.visitor == visitor]
        gone = _evict(some, most, most_bytes - needed)
        there = [one for one in there if one.folder not in gone]
        if sum(one.size for one in some if one.folder not in gone) + needed > most_bytes:
            raise TooMany(NO_ROOM.format(needed=round(needed / 1e6)))


def needed_by(folder: Path, parameters: int) -> int:
    """The bytes that a run laid out in a folder will take, about."""
    return size_of(folder) + BYTES_PER_PARAMETER * parameters + OTHER_BYTES


def delete_unused(hours: float = HOURS) -> int:
    """Deletes runs that neither train nor wait and were not used for `hours`; returns how many."""
    count, now = 0, time.time()
    for folder in job_queue.folders():
        state, _ = job_queue.state_of(folder)
        if state in job_queue.UNFINISHED:
            continue
        used = last_used(folder)
        if used > now + 60:  # a clock was set back: from now on it is counted anew
            _touch(folder, now)
        elif now - used >= (LOST_SECONDS if state == "gone" else hours * 3600):
            count += delete(folder)
    return count


def sweep() -> int:
    """What the clock does: deletes what was not used for a day, and the longest unused where the bounds are passed; returns how many."""
    return delete_unused() + len(_evict(stored_runs(), MOST_RUNS, MOST_BYTES))


def delete(folder: Path) -> bool:
    """Deletes as much of a run as can be deleted; whether all of it is gone."""
    if folder.is_dir() and not folder.is_symlink():
        shutil.rmtree(folder, ignore_errors=True)
    else:
        folder.unlink(missing_ok=True)
    return not os.path.lexists(folder)


def _evict(some: list[StoredRun], most: int, most_bytes: int) -> set[Path]:
    """Deletes finished runs in their order until at most `most` are left and all together have at most `most_bytes`."""
    finished = [one for one in some if one.state not in (*job_queue.UNFINISHED, "gone")]
    count, total, gone = len(finished), sum(one.size for one in some), set[Path]()
    for one in finished:
        if count <= most and total <= most_bytes:
            break
        if delete(one.folder):
            gone.add(one.folder)
            count, total = count - 1, total - one.size
    return gone


def _touch(folder: Path, now: float) -> None:
    with contextlib.suppress(OSError):
        for path in (folder, *folder.iterdir()):
            os.utime(path, (now, now), follow_symlinks=False)
