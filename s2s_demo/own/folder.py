"""The folder of a run: what lies in it, and writing that leaves either the old file or the new one, never half of one.

pairs.json  plan.json  recipe.json     what was asked
status.json  history.jsonl             how it goes; status.json is written at most twice a second
training.safetensors                   the state `training.fit` resumes from
model/                                 the checkpoint: config.json, model.safetensors, history.jsonl, README.md
claim  worker.json  stop               who trains it, and the wish to stop
spare                                  room that is given up when the disk is full, so that this can still be told
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from secrets import token_hex
from typing import Any

from s2s_demo import places
from s2s_demo.own.plan import Plan
from s2s_demo.own.suggest import Suggestion
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import Pair, Shape
from s2s_demo.training import Recipe

SPARE = 64 * 1024
ID_BYTES = 12
FULL = Words(
    "디스크가 가득 찼습니다. 그때까지 저장한 것은 그대로 있습니다. 자리를 비우고 이어서 학습하세요.",
    "The disk is full. What was kept so far is still there: free some room, then go on.",
)
UNWRITABLE = Words(
    "학습을 저장하는 폴더에 쓸 수 없습니다. 그때까지 저장한 것은 그대로 있습니다.",
    "The folder where runs are kept cannot be written to. What was kept so far is still there.",
)


def why(error: Exception) -> Words:
    """The sentence for a write that failed."""
    full = getattr(error, "errno", None) in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or "No space left" in str(error)
    return FULL if full else UNWRITABLE


def refused(error: OSError) -> UserError:
    """The same as what is raised."""
    words = why(error)
    return UserError(words.ko, words.en)


def root() -> Path:
    """Where the runs lie: $S2S_RUNS, else a folder of this user's among the temporary files."""
    return places.runs()


def new_folder() -> Path:
    """A fresh folder that nobody can guess and only this user can read.

    Raises:
        OSError: it cannot be made, or somebody else made the folder above it.
    """
    root().mkdir(mode=0o700, parents=True, exist_ok=True)
    if hasattr(os, "getuid") and root().stat().st_uid != os.getuid():
        raise PermissionError(f"{root()} belongs to another user")
    folder = root() / token_hex(ID_BYTES)
    folder.mkdir(mode=0o700)
    return folder


def is_id(run: str) -> bool:
    """Whether this can be the name of a run: hexadecimal digits alone, so that no path can be smuggled in."""
    return len(run) == 2 * ID_BYTES and all(c in "0123456789abcdef" for c in run)


def write_json(path: Path, data: Any) -> None:
    """Replaces the file in one move.

    Raises:
        OSError: it cannot be written; the old one is still whole.
    """
    write_text(path, json.dumps(data, ensure_ascii=False))


def write_text(path: Path, text: str) -> None:
    """The same for text."""
    half = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        half.write_text(text, "utf-8", errors="surrogatepass")
        os.replace(half, path)
    except OSError:
        half.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """What the file says, or None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text("utf-8", errors="surrogatepass"))
    except (OSError, ValueError):
        return None


def write_last(folder: Path, data: Mapping[str, Any]) -> None:
    """The last status of a run, for which the spare room is given up where there is no other. Never raises."""
    for _ in range(2):
        try:
            write_json(folder / "status.json", data)
            return
        except OSError:
            (folder / "spare").unlink(missing_ok=True)


def write_spare(folder: Path) -> None:
    """Takes the spare room."""
    if not (folder / "spare").exists():
        (folder / "spare").write_bytes(b"\0" * SPARE)


def write_asked(folder: Path, pairs: list[Pair], plan: Plan, suggestion: Suggestion, seed: int) -> None:
    """pairs.json, plan.json and recipe.json."""
    write_json(folder / "pairs.json", pairs)
    write_json(folder / "plan.json", {**asdict(plan), "shape": plan.shape.name})
    write_json(folder / "recipe.json", {**asdict(suggestion), "seed": seed})


def pairs_of(folder: Path) -> list[Pair]:
    """The pairs of a run."""
    return [(x, y) for x, y in json.loads((folder / "pairs.json").read_text("utf-8", errors="surrogatepass"))]


def plan_of(folder: Path) -> Plan:
    """Its plan."""
    data = json.loads((folder / "plan.json").read_text("utf-8"))
    columns = tuple(data.get("columns", ()))
    return Plan(**{**data, "shape": Shape[data["shape"]], "reason": Words(**data["reason"]), "columns": columns})


def asked_of(folder: Path) -> tuple[Suggestion, int]:
    """Its suggestion and its seed."""
    data = json.loads((folder / "recipe.json").read_text("utf-8"))
    seed = int(data.pop("seed"))
    return Suggestion(**{**data, "recipe": Recipe(**data["recipe"]), "reason": Words(**data["reason"])}), seed
