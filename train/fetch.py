"""`python -m train fetch [USER/NAME]`: trained models from a repository of the Hub, for who has installed this without its repository.

The repository holds them as this one does, under checkpoints/, like a Space that `python -m train space` has made ("spaces/USER/NAME").
What is there already stays as it is.
"""

from __future__ import annotations

import os
import re
import shutil
from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from s2s_demo import checkpoints
from s2s_demo.lab.snapshots import store
from s2s_demo.prediction import UserError

VARIABLE = "S2S_HUB"
TOP, MOST_BYTES, MOST_FILES = "checkpoints", 512 * 2**20, 5000
FILES = {*checkpoints.FILES, store.FACTS, store.WEIGHTS, "results.jsonl"}
_PATH = re.compile(rf"{TOP}/(\w[\w.-]*/){{1,2}}({'|'.join(map(re.escape, sorted(FILES)))})", re.ASCII)
_NAME = re.compile(r"(?:(spaces|datasets)/)?(\w[\w.-]*/\w[\w.-]*)", re.ASCII)


def fetch(args: Namespace) -> None:
    """Brings what is not here yet to where models lie (see `places.checkpoints`).

    Raises:
        UserError: no repository is named, it cannot be reached or holds no models, or there is no room to write.
    """
    name = args.name or os.environ.get(VARIABLE, "")
    found = _NAME.fullmatch(name)
    if found is None:
        raise UserError(
            f"허브의 저장소 이름을 ‘user/name’이나 ‘spaces/user/name’ 꼴로 적어 주세요. {VARIABLE} 변수로도 알려 줄 수 있습니다.",
            f"Name a repository of the Hub like ‘user/name’ or ‘spaces/user/name’, here or in {VARIABLE}.",
        )
    kind = found[1].removesuffix("s") if found[1] else None
    asked: dict[str, Any] = {"repo_id": found[2], "repo_type": kind}
    root = checkpoints.ROOT
    try:
        wanted = _wanted(_asked_of_hub(asked, name, dry_run=True, allow_patterns=[f"{TOP}/*"]), root, name)
        if not wanted:
            print(f"{root} has all of it already")
            return
        print(f"{len(wanted)} files, {sum(wanted.values()) / 2**20:.1f} MiB, from {name} to {root}", flush=True)
        root.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".fetched-", dir=root.parent) as made:
            _asked_of_hub(asked, name, local_dir=made, allow_patterns=list(wanted))
            _move_in(Path(made) / TOP, root)
    except OSError as e:
        raise UserError(
            f"‘{root}’에 쓸 수 없습니다. 쓸 수 있는 폴더를 S2S_CHECKPOINTS로 알려 주세요.",
            f"‘{root}’ cannot be written: name a folder that can be in S2S_CHECKPOINTS.",
        ) from e
    print(f"{len(checkpoints.available(root=root))} models are in {root}")


def _asked_of_hub(asked: dict[str, Any], name: str, **more: Any) -> Any:
    from huggingface_hub import snapshot_download  # noqa: PLC0415  offline use never pays for it

    try:
        return snapshot_download(**asked, **more)
    except Exception as e:  # whatever the network or the Hub does, one sentence of ours
        status = getattr(getattr(e, "response", None), "status_code", None)
        why = f"HTTP {status}" if status else type(e).__name__
        raise UserError(
            f"‘{name}’에서 모델을 받지 못했습니다({why}). 이름과 연결을 확인하세요.",
            f"No models came from ‘{name}’ ({why}): check the name and the connection.",
        ) from e


def _wanted(offered: list[Any], root: Path, name: str) -> dict[str, int]:
    """The bytes of each file to fetch, by path: those of the files that a model may have whose folder is not here yet."""
    ours = {one.filename: int(one.file_size) for one in offered if _PATH.fullmatch(one.filename)}
    if not ours or sum(ours.values()) > MOST_BYTES or len(ours) > MOST_FILES:
        raise UserError(
            f"‘{name}’에는 {TOP}/ 아래 모델이 없거나 너무 큽니다(최대 {MOST_BYTES // 2**20} MiB).",
            f"‘{name}’ holds no models under {TOP}/, or too many (more than {MOST_BYTES // 2**20} MiB).",
        )
    return {path: size for path, size in ours.items() if not (root / path.removeprefix(f"{TOP}/")).parent.exists()}


def _move_in(made: Path, root: Path) -> None:
    for file in sorted(made.rglob("*")):
        if file.is_file():
            place = root / file.relative_to(made)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(file, place)
