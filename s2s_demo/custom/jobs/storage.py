"""The folder of a run: what lies in it, and writing that leaves either the old file or the new one, never half of one.

pairs.json  plan.json  recipe.json     what was asked
status.json  history.jsonl             how it goes; status.json is written at most twice a second
training.safetensors                   the state `training.fit` resumes from
model/                                 the checkpoint: config.json, model.safetensors, history.jsonl, README.md
claim  worker.json  stop               who trains it, and the wish to stop
visitor  used                          a digest of who started it, and when somebody last looked at it or asked it
spare                                  room that is given up when the disk is full, so that this can still be told

Any of them may be damaged, or be something else than a file: what is read is checked (see `validation`), what is written over goes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import stat
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from threading import get_ident
from typing import Any

from s2s_demo import places
from s2s_demo.custom.jobs import validation
from s2s_demo.custom.plan import Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.file_format import UnknownFormat, upgraded, with_format
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Pair

RESERVE_BYTES = 64 * 1024
MOST_READ, MOST_ROWS, PARSED = 128 * 2**20, 100_000, 1024
ID_BYTES = 12
DISK_FULL = Words(
    "디스크가 가득 찼습니다. 그때까지 저장한 것은 그대로 있습니다. 자리를 비우고 이어서 학습하세요.",
    "The disk is full. What was kept so far is still there: free some room, then go on.",
)
UNWRITABLE = Words(
    "학습을 저장하는 폴더에 쓸 수 없습니다. 그때까지 저장한 것은 그대로 있습니다.",
    "The folder where runs are kept cannot be written to. What was kept so far is still there.",
)


def disk_error_message(error: Exception) -> Words:
    """The message for a failed write: the disk is full, or the folder cannot be written to."""
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "No space left" in str(error)
    return DISK_FULL if full else UNWRITABLE


def disk_error(error: OSError) -> UserError:
    """`disk_error_message` as a UserError."""
    words = disk_error_message(error)
    return UserError(words.ko, words.en)


def root() -> Path:
    """Where the runs lie: $S2S_RUNS, else a folder of this user's among the temporary files."""
    return places.runs()


def make_root() -> None:
    """Makes the folder above the runs, which only this user can read.

    Raises:
        OSError: it cannot be made, or somebody else made it.
    """
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and root().stat().st_uid != os.getuid():
        raise PermissionError(f"{root()} belongs to another user")


def new_folder() -> Path:
    """A fresh folder that nobody can guess and only this user can read.

    Raises:
        OSError: it cannot be made, or somebody else made the folder above it.
    """
    make_root()
    folder = root() / token_hex(ID_BYTES)
    folder.mkdir(mode=0o700)
    return folder


def is_run_name(run: str) -> bool:
    """Whether this can be the name of a run: hexadecimal digits alone, so that no path can be smuggled in."""
    return len(run) == 2 * ID_BYTES and all(c in "0123456789abcdef" for c in run)


def write_json(path: Path, data: Any) -> None:
    """Replaces the file in one move; an object says its format.

    Raises:
        OSError: it cannot be written; the old one is still whole.
    """
    write_text(path, json.dumps(with_format(data) if isinstance(data, dict) else data, ensure_ascii=False))


def write_text(path: Path, text: str) -> None:
    """The same for text."""
    half = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}.part")
    try:
        half.write_text(text, "utf-8", errors="surrogatepass")
        if path.is_dir():  # a folder in the place of the file would refuse it for ever
            remove(path)
        os.replace(half, path)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def remove(path: Path) -> None:
    """Deletes what lies there, whatever it is; nothing there is no fault.

    Raises:
        OSError: it cannot be deleted.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def exists(path: Path) -> bool:
    """Whether something lies there; what cannot be looked at does not."""
    return os.path.exists(path)


def read_text(path: Path) -> str | None:
    """The text of a regular file of bounded size, or None: a pipe or a folder in its place is never waited for."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MOST_READ:
            return None
        return path.read_text("utf-8", errors="surrogatepass")
    except (OSError, ValueError):
        return None


def read_json(path: Path) -> Any:
    """What the file says in today's form, or None where there is none or it is damaged.

    Raises:
        UnknownFormat: a newer version wrote it.
    """
    text = read_text(path)
    try:
        found = None if text is None else json.loads(text)
    except (ValueError, RecursionError):
        return None
    return upgraded(found, path.name) if isinstance(found, dict) else found


def status_of(folder: Path) -> dict[str, Any] | None:
    """status.json, checked; None where it is missing, damaged or of an unknown format. It must not be changed: who looks next gets the same.

    The queue reads those of all runs at every look, so each is parsed once for as long as the file stays the same one.
    """
    path = folder / "status.json"
    try:
        found = path.stat()
    except OSError:
        return None
    key = (str(path), found.st_ino, found.st_mtime_ns, found.st_size)
    if key in _PARSED:
        with suppress(KeyError):  # another thread may have dropped it since
            return _PARSED[key]
    try:
        data = validation.status(read_json(path))
    except UnknownFormat:
        data = None
    _PARSED[key] = data
    while len(_PARSED) > PARSED:
        with suppress(KeyError):
            _PARSED.popitem(last=False)
    return data


_PARSED: OrderedDict[tuple[str, int, int, int], dict[str, Any] | None] = OrderedDict()


def history_of(folder: Path) -> list[tuple[dict[str, Any], str]]:
    """The rows of history.jsonl with their lines; a damaged line is left out, and no other with it."""
    found = list[tuple[dict[str, Any], str]]()
    for line in (read_text(folder / "history.jsonl") or "").splitlines()[:MOST_ROWS]:
        try:
            row = validation.row(json.loads(line))
        except (ValueError, RecursionError):
            continue
        if row is not None:
            found.append((row, line))
    return found


def write_final_status(folder: Path, data: Mapping[str, Any]) -> None:
    """The last status of a run, for which the spare room is given up where there is no other. Never raises."""
    for _ in range(2):
        try:
            write_json(folder / "status.json", data)
            return
        except OSError:
            with suppress(OSError):
                remove(folder / "spare")


def visitor_of(folder: Path) -> str:
    """The digest of who started a run, or "" where nobody is known."""
    return (read_text(folder / "visitor") or "").strip()[:64]


def write_reserve(folder: Path) -> None:
    """Reserves `RESERVE_BYTES`, given up so that the final status can still be written on a full disk."""
    if not exists(folder / "spare"):
        (folder / "spare").write_bytes(b"\0" * RESERVE_BYTES)


def write_inputs(folder: Path, pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int) -> None:
    """pairs.json, plan.json and recipe.json."""
    write_json(folder / "pairs.json", pairs)
    write_json(folder / "plan.json", {**asdict(plan), "shape": plan.shape.name})
    write_json(folder / "recipe.json", {**asdict(suggestion), "seed": seed})


def pairs_of(folder: Path) -> list[Pair]:
    """The pairs of a run.

    Raises:
        Damaged: they cannot be read.
    """
    return validation.pairs(read_json(folder / "pairs.json"))


def plan_of(folder: Path) -> Plan:
    """Its plan.

    Raises:
        Damaged: it cannot be read.
    """
    return validation.plan(read_json(folder / "plan.json"))


def suggestion_of(folder: Path) -> tuple[Suggestion, int]:
    """Its suggestion and its seed.

    Raises:
        Damaged: they cannot be read.
    """
    return validation.suggestion(read_json(folder / "recipe.json"))
