"""A bundle on the Hub, under its owner's own login."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from s2s_demo.custom.export.bundle import CODE, TOP
from s2s_demo.prediction import Template, UserError, Words

NAME = Words("저장소 이름은 ‘user/repo’ 꼴이어야 합니다.", "A repository is named like ‘user/repo’.")
NO_TOKEN = Words(
    "토큰이 비었거나 토큰이 아닙니다. 쓰기 권한이 있는 토큰을 붙여 넣으세요.",
    "The token is empty or no token: paste one that may write.",
)
REFUSED = Words(
    "허브가 토큰을 받아들이지 않았습니다. 쓰기 권한이 있는 토큰인지, 저장소가 내 것인지 확인하세요.",
    "The Hub did not accept the token: check that it may write, and that the repository is yours.",
)
BUSY = Template(
    "허브가 거절했습니다(HTTP {status}). 잠시 뒤 다시 해 보세요.", "The Hub refused (HTTP {status}): try again later."
)
AWAY = Words("허브에 닿을 수 없습니다. 인터넷 연결을 확인하세요.", "The Hub cannot be reached: check the connection.")
MESSAGE = "A model trained with Seq2Seq Lab"


def push(bundle: bytes | Path, repo: str, token: str, *, private: bool = True) -> str:
    """Uploads the files of a zip, or of a folder that one was unpacked to, and returns the address of the repository.

    A repository that is not there yet is made, seen by its owner alone unless `private` is False; of one that is there, files of
    the same names are replaced. The token is handed on and kept nowhere; without one nothing is sent, so that the login of the
    machine this runs on is never used in its place.

    Raises:
        UserError: the repository's name, the token or the connection is not good.
    """
    from huggingface_hub import CommitOperationAdd, HfApi  # noqa: PLC0415  offline use never pays for this import

    repo, token = repo.strip(), token.strip()
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repo, re.ASCII):
        raise UserError(NAME.ko, NAME.en)
    if not re.fullmatch(r"[\w.-]{8,}", token, re.ASCII):
        raise UserError(NO_TOKEN.ko, NO_TOKEN.en)
    files = _files_of(bundle)
    told = None
    try:
        api = HfApi(token=token)
        api.create_repo(repo, private=private, exist_ok=True)
        added = [CommitOperationAdd(path_in_repo=name, path_or_fileobj=data) for name, data in files.items()]
        api.create_commit(repo, added, commit_message=MESSAGE)
    except Exception as e:  # whatever the network does, one sentence of ours
        told = _error_message(e)
    if told:  # raised out here, so that it carries no request, in whose header the token stands
        raise UserError(told.ko, told.en)
    return f"https://huggingface.co/{repo}"


def _error_message(error: Exception) -> Words:
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError  # noqa: PLC0415

    if isinstance(error, HFValidationError):
        return NAME
    if not isinstance(error, HfHubHTTPError):
        return AWAY
    status = error.response.status_code
    return REFUSED if status in (401, 403, 404) else BUSY.format(status=status)


def _files_of(bundle: bytes | Path) -> dict[str, bytes]:
    """The files of a bundle by path; whatever else lies in a folder (pairs, caches) stays where it is."""
    if isinstance(bundle, bytes):
        with ZipFile(BytesIO(bundle)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    paths = [bundle / name for name in TOP]
    paths += sorted(path for path in (bundle / CODE).rglob("*") if path.suffix == ".py" or path.name == "LICENSE")
    return {path.relative_to(bundle).as_posix(): path.read_bytes() for path in paths}
