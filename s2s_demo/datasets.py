"""The real sets: fetched once from a pinned public address, checked, and kept in a cache; or read from $S2S_DATA.

$S2S_DATA names a folder laid out as <set>/<file>, plain or .xz. Nothing is fetched unless a training or an
evaluation asks for it: the page shows what lies in the repository, see `s2s_demo.excerpts`.
"""

from __future__ import annotations

import hashlib
import lzma
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from s2s_demo.places import cache
from s2s_demo.prediction import UserError
from s2s_demo.video import mocap

CACHE = cache()
RAW = "https://raw.githubusercontent.com"
EWT = f"{RAW}/UniversalDependencies/UD_English-EWT/15d613d8447b3478787d4c278730a1e48a945efb"
KAIST = f"{RAW}/UniversalDependencies/UD_Korean-Kaist/6df3c79c58b111a3225eca27a84f2137a69e6472"
CLINC = f"{RAW}/clinc/oos-eval/828f8093932c8fe6ca7936c3d2e52903b1c523de/data"
FCI = f"{RAW}/warnikchow/3i4k/cfa90c15f808becafca2d8ef8649b8b71f6bbe71/data/train_val_test"


@dataclass(frozen=True)
class File:
    """One file of a set. digests: "sha256:..." or "git:..." (the id git gives its content); any one of them will do.

    url: "" where nobody publishes the file in this form; `build` then makes it from its `originals`, name -> address.
    agrees: whether a content of another digest will do all the same.
    """

    url: str
    digests: tuple[str, ...]
    originals: Mapping[str, str] = field(default_factory=dict)
    build: Callable[[Callable[[str], bytes]], bytes] | None = None
    agrees: Callable[[bytes], bool] = lambda read_bytes: False


FILES: dict[str, File] = {
    "ud_english_ewt/en_ewt-ud-train.conllu": File(
        f"{EWT}/en_ewt-ud-train.conllu", ("sha256:3fb78e2b55482c8ee00caa653af436c88c9e5bc9a73ce26e4ae3ddc79d2b7e7b",)
    ),
    "ud_english_ewt/en_ewt-ud-dev.conllu": File(
        f"{EWT}/en_ewt-ud-dev.conllu", ("sha256:531a54ff90d6ab12201c5a50c3e78e6ddac4de69abc4bce5d275d3cd29efe2b6",)
    ),
    "ud_english_ewt/en_ewt-ud-test.conllu": File(
        f"{EWT}/en_ewt-ud-test.conllu", ("sha256:e266e515a0a7547657ed3d90d9ba46487d6bd251f27ad4269d4e8a427c8555cd",)
    ),
    # The second digest is of the same words and tags with the syntax columns left blank.
    "ud_korean_kaist/ko_kaist-ud-train.conllu": File(
        f"{KAIST}/ko_kaist-ud-train.conllu",
        (
            "git:e0bba6202d4efb6d0796ef7d35a895df1a85903d",
            "sha256:4c4e8dce1523913cca2f1c0a317f6503e742ed00c2376a274f94872fd8c21e89",
        ),
    ),
    "ud_korean_kaist/ko_kaist-ud-dev.conllu": File(
        f"{KAIST}/ko_kaist-ud-dev.conllu", ("sha256:f510be6e7f12afc2a4614a04c1493a73111422c426fc47f9c8a57be46b33ffc5",)
    ),
    "ud_korean_kaist/ko_kaist-ud-test.conllu": File(
        f"{KAIST}/ko_kaist-ud-test.conllu",
        ("sha256:6c18d9c8c415f760e89bf2f90fe47b8dda3dc469de7fbda9438387e8320befab",),
    ),
    "clinc150/data_full.json": File(
        f"{CLINC}/data_full.json", ("sha256:36923c3705a59e08fe9c3883d8bc2dd966ef93e22cb78ac41171782a698d56e0",)
    ),
    "clinc150/domains.json": File(
        f"{CLINC}/domains.json", ("sha256:b947b579d3b8e74b06f93b01083d8efaff2888b43a3e362533bd88a6e1211b3a",)
    ),
    "3i4k/fci_train_val.txt": File(
        f"{FCI}/fci_train_val.txt", ("sha256:646f450b84992c6df806ea72aa35374db7ec30d7739920b86dfa878e73b69079",)
    ),
    "mocap_exercises/train.npz": File(
        "",
        ("sha256:504fdbe13a291162339d49b7f778afe72a51b2769b06eb05dde074ceda99acba",),
        mocap.ORIGINALS,
        mocap.build,
        mocap.agrees,
    ),
    "3i4k/fci_test.txt": File(
        f"{FCI}/fci_test.txt", ("sha256:d74c5b376c7d231bd4d5a94de855e47b6e70c96abeeaaf75cffbdb8506a87ff2",)
    ),
}


def read_text(name: str) -> str:
    """The text of a file of a set; see `content`."""
    return read_bytes(name).decode("utf-8")


def read_bytes(name: str) -> bytes:
    """A file of a set: from $S2S_DATA, else from the cache, else fetched with a progress bar, or built from what is fetched.

    Raises:
        UserError: it is in neither place and cannot be fetched, or its content is not what it should be.
    """
    found = _local(name)
    if found is None:
        found = _fetched(name)
    if not _right(name, found):
        raise UserError(
            f"‘{name}’ 파일의 내용이 알려진 것과 다릅니다. 지우고 다시 받아 주세요.",
            f"The content of ‘{name}’ is not what it should be: delete the file and fetch it again.",
        )
    return found


def is_local(name: str) -> bool:
    """Whether `read` would need no network."""
    return _place(name) is not None


def _place(name: str) -> Path | None:
    folders = [Path(os.environ["S2S_DATA"])] if os.environ.get("S2S_DATA") else []
    places = [folder / f"{name}{end}" for folder in (*folders, CACHE) for end in ("", ".xz")]
    return next((place for place in places if place.is_file()), None)


def _local(name: str) -> bytes | None:
    place = _place(name)
    if place is None:
        return None
    try:
        return lzma.decompress(place.read_bytes()) if place.suffix == ".xz" else place.read_bytes()
    except (OSError, lzma.LZMAError) as e:
        raise UserError(f"‘{place}’ 파일을 읽을 수 없습니다.", f"The file ‘{place}’ cannot be read.") from e


def _fetched(name: str) -> bytes:
    file, place = FILES[name], CACHE / name
    if file.build is None:
        return _retrieved(file.url, place, name)
    parts = place.parent / "originals"
    made = file.build(lambda part: _retrieved(file.originals[part], parts / part, f"{name}: {part}"))
    if _right(name, made):
        kept = place.with_suffix(".part")
        kept.write_bytes(made)
        kept.replace(place)
    return made


def _retrieved(url: str, place: Path, name: str) -> bytes:
    import pooch  # noqa: PLC0415  only a machine that trains pays for this import

    try:
        pooch.retrieve(url, None, place.name, place.parent, progressbar=True)
        return place.read_bytes()
    except (OSError, ValueError) as e:
        raise UserError(
            f"‘{name}’ 데이터를 받을 수 없습니다. 인터넷 연결을 확인하거나, 데이터가 있는 폴더를 S2S_DATA로 알려 주세요.",
            f"The data ‘{name}’ cannot be fetched: check the connection, or name a folder that holds it in S2S_DATA.",
        ) from e


def _right(name: str, content: bytes) -> bool:
    return any(_is(content, digest) for digest in FILES[name].digests) or FILES[name].agrees(content)


def _is(content: bytes, digest: str) -> bool:
    kind, _, wanted = digest.partition(":")
    if kind == "git":
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest() == wanted
    return hashlib.sha256(content).hexdigest() == wanted
