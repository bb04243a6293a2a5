"""`python -m train space USER/NAME`: what is committed here, uploaded to a Space of the Hub.

The Hub refuses a `git push` of binary files; huggingface_hub asks about each file and sends binaries to the Hub's own storage, whose rules
stand in the Space's .gitattributes. So ours, which keeps the weights plain in this repository, stays here.
"""

from __future__ import annotations

import re
import subprocess
from argparse import Namespace
from pathlib import Path

from s2s_demo.prediction import UserError

ROOT = Path(__file__).resolve().parent.parent
STAYS = (".gitattributes", ".ci/", ".githooks/", ".github/", "tests/", "uv.lock")


def upload(args: Namespace) -> None:
    """Makes the Space if it is not there, and brings it up to date in one commit.

    Raises:
        UserError: this is no clone, the name is none, or the Hub refuses or cannot be reached.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete, HfApi  # noqa: PLC0415  offline use never pays for it

    if not re.fullmatch(r"[\w.-]+/[\w.-]+", args.name, re.ASCII):
        raise UserError("Space 이름은 ‘user/name’ 꼴이어야 합니다.", "A Space is named like ‘user/name’.")
    names = committed()
    size = sum((ROOT / name).stat().st_size for name in names)
    print(f"{len(names)} files, {size / 2**20:.1f} MiB, to the Space {args.name}", flush=True)
    try:
        api = HfApi()
        api.create_repo(args.name, repo_type="space", space_sdk="gradio", private=not args.public, exist_ok=True)
        there = set(api.list_repo_files(args.name, repo_type="space")) - {".gitattributes"}
        gone = [CommitOperationDelete(name) for name in sorted(there - set(names))]
        added = [CommitOperationAdd(name, ROOT / name) for name in names]
        api.create_commit(args.name, [*added, *gone], commit_message="Seq2Seq Lab", repo_type="space")
    except Exception as e:  # whatever the network or the Hub does, one sentence of ours
        status = getattr(getattr(e, "response", None), "status_code", None)
        why = f"HTTP {status}" if status else type(e).__name__
        raise UserError(
            f"Space에 올리지 못했습니다({why}). 이름과 연결을 확인하고, 쓰기 권한이 있는 토큰으로 로그인하세요: hf auth login",
            f"The Space was not uploaded ({why}): check the name and the connection, and log in with a token that may write: "
            "hf auth login",
        ) from e
    print(f"https://huggingface.co/spaces/{args.name}")


def committed() -> list[str]:
    """The files of this clone that a Space needs, as they lie here, by path.

    Raises:
        UserError: this is no clone of the repository.
    """
    try:
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as e:
        raise UserError(
            "git으로 복제한 폴더에서만 올릴 수 있습니다.",
            "Only a clone made by git can be uploaded: its list of files says what.",
        ) from e
    names = [name for name in done.stdout.decode().split("\0") if name and not name.startswith(STAYS)]
    return sorted(name for name in names if (ROOT / name).is_file() and not (ROOT / name).is_symlink())
