"""Folders that this process may write to, where there may be no home, no name for its user id, or no temporary folder of its own."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from getpass import getuser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from s2s_demo.prediction import UserError

CODE = Path(__file__).resolve().parent
DISTRIBUTION = "s2s-demo"


def user() -> str:
    """The name of this user, or the number of one that has none, as in `docker run -u 12345`."""
    try:
        return getuser()
    except (KeyError, OSError, ImportError):
        return str(os.getuid()) if hasattr(os, "getuid") else "user"


def temporary() -> Path:
    """The folder for temporary files.

    Raises:
        UserError: there is none that can be written to.
    """
    try:
        return Path(tempfile.gettempdir())
    except OSError as e:
        raise UserError(
            "쓸 수 있는 임시 폴더가 없습니다. 쓸 수 있는 폴더를 TMPDIR로 알려 주세요.",
            "No temporary folder can be written to: name one that can be in TMPDIR.",
        ) from e


def _spare() -> Path:
    """The folder for temporary files; where there is none the current one, since a place that is only named fails nobody yet."""
    try:
        return temporary()
    except UserError:
        return Path.cwd()


def home() -> Path | None:
    """The home of this user, if there is one that can be written to."""
    try:
        found = Path.home()
    except RuntimeError:
        return None
    return found if found.is_dir() and os.access(found, os.W_OK) else None


def cache() -> Path:
    """Where fetched sets are kept: $S2S_CACHE, else a folder under home, else one of this user's among the temporary files."""
    if given := os.environ.get("S2S_CACHE"):
        return Path(given)
    base = home()
    return base / ".cache" / "s2s-lab" if base else _spare() / f"s2s-cache-{user()}"


def stand_in() -> None:
    """Names this user and a home in the environment where the system has neither, for libraries that ask and would fail: torch asks
    for a user's name when the first optimizer is made, huggingface_hub for a home. Nothing is created but the folder that $TMPDIR
    names, as on a new and empty volume."""
    if named := os.environ.get("TMPDIR"):
        with suppress(OSError):
            Path(named).mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        getuser()
    except (KeyError, OSError, ImportError):
        os.environ["USER"] = user()
    if home() is None:
        base = _spare() / f"s2s-home-{user()}"
        os.environ.setdefault("HF_HOME", str(base / "huggingface"))
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(base / "torch"))
        try:
            Path.home()
        except RuntimeError:
            os.environ["HOME"] = str(base)


def checkpoints() -> Path:
    """Where models lie: $S2S_CHECKPOINTS, else those of the repository that this code lies in or was installed from, else those that
    `python -m train fetch` has brought from the Hub."""
    if given := os.environ.get("S2S_CHECKPOINTS"):
        return Path(given)
    for repository in (CODE.parent, _installed_from()):
        if repository is not None and (repository / "checkpoints").is_dir():
            return repository / "checkpoints"
    return cache() / "checkpoints"


def _installed_from() -> Path | None:
    """The folder that pip noted down (PEP 610) when this was installed from one, as by `pip install .`"""
    try:
        noted = json.loads(distribution(DISTRIBUTION).read_text("direct_url.json") or "{}")
        url = urlsplit(noted["url"])
        return Path(url2pathname(url.path)) if url.scheme == "file" else None
    except (PackageNotFoundError, OSError, ValueError, LookupError, TypeError, AttributeError):
        return None


def runs() -> Path:
    """Where trainings are kept: $S2S_RUNS, else a folder of this user's among the temporary files."""
    return Path(os.environ.get("S2S_RUNS") or temporary() / f"s2s-runs-{user()}")
