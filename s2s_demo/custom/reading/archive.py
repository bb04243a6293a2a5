"""Zip: one table inside, or text files in folders whose names are labels. Nothing is written to disk."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath

from s2s_demo.custom.reading.encodings import decode
from s2s_demo.custom.reading.table import MOST_BYTES, MOST_CHARACTERS, MOST_FILES, MOST_UNPACKED
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import nfc

TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".jsonl", ".ndjson", ".json", ".conllu", ".parquet")
DELIMITED = (".csv", ".tsv", ".tab")
INDEX_BYTES = 150 * MOST_FILES
UNPACKED_A_BYTE, UNPACKED = 100, 300_000
"""Text seldom packs into a hundredth of itself; what does is mostly one thing again and again, and costs far more than it weighs."""
UTF8_NAME, ENCRYPTED = 0x800, 0x1
Member = tuple[PurePosixPath, zipfile.ZipInfo]


def is_zip(data: bytes) -> bool:
    """Whether the bytes begin as a zip does; a workbook is one too."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def open_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The archive, its index read but nothing unpacked.

    Raises:
        UserError: it is broken, encrypted, has too many files, or would unpack to too much.
    """
    # The index is checked before it is read: an entry of 46 bytes there becomes half a kilobyte here.
    end = data.rfind(b"PK\x05\x06", -65_557 if len(data) > 65_557 else 0)
    if end < 0 or len(data) < end + 22:
        raise _damaged(name)
    if struct.unpack_from("<I", data, end + 12)[0] > INDEX_BYTES or b"PK\x06\x07" in data[max(0, end - 20) : end]:
        raise _too_many(name)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError) as e:
        raise _damaged(name) from e
    members = archive.infolist()
    if len(members) > MOST_FILES:
        raise _too_many(name)
    unpacked = sum(info.file_size for info in members)
    if unpacked > max(UNPACKED, UNPACKED_A_BYTE * len(data)) and not is_workbook(archive):  # that counts what it reads
        raise UserError(
            f"‘{quoted(name)}’ 압축을 풀면 {unpacked // len(data):,}배로 커집니다. 압축하지 말고 파일 그대로 넣어 주세요.",
            f"‘{quoted(name)}’ unpacks to {unpacked // len(data):,} times its size: put the file in as it is, not packed.",
        )
    if unpacked > MOST_UNPACKED:
        raise UserError(
            f"‘{quoted(name)}’ 압축을 풀면 너무 큽니다. {MOST_UNPACKED // 1_000_000} MB까지 읽습니다.",
            f"‘{quoted(name)}’ unpacks to too much: up to {MOST_UNPACKED // 1_000_000} MB is read.",
        )
    if any(info.flag_bits & ENCRYPTED for info in members):
        raise UserError(
            f"‘{quoted(name)}’ 압축에 암호가 걸려 있습니다. 암호 없이 다시 묶어 주세요.",
            f"‘{quoted(name)}’ is locked with a password: pack it again without one.",
        )
    return archive


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Whether the archive is a spreadsheet."""
    return "xl/workbook.xml" in archive.namelist()


def tables_in(archive: zipfile.ZipFile, name: str) -> list[tuple[str, bytes]]:
    """(name, content) of the table inside, or of several if each is text with delimiters; none where there are but text files.

    Raises:
        UserError: there are several tables of other kinds, or nothing to read.
    """
    there = list_members(archive, name)
    tables = [member for member in there if member[0].suffix.lower() in TABLES]
    texts = [member for member in there if member[0].suffix.lower() in ("", ".txt")]
    if not tables and len(texts) == 1:
        tables = texts
    if len(tables) == 1 or (tables and all(path.suffix.lower() in DELIMITED for path, _ in tables)):
        return [(path.name, read_member(archive, (path, info), name)) for path, info in tables]
    if tables:
        raise several_tables([path.name for path, _ in tables])
    if not texts:
        raise UserError(
            f"‘{quoted(name)}’ 안에 읽을 파일이 없습니다. CSV 같은 표 하나나, 라벨 폴더에 든 글, 소리, 클립 파일을 묶어 주세요.",
            f"‘{quoted(name)}’ holds nothing to read: pack one table such as a CSV, or texts, sounds or clips in folders of labels.",
        )
    return []


def several_tables(names: list[str]) -> UserError:
    """What is said of tables that cannot be read as one."""
    shown = quoted(", ".join(names[:5]), 80)
    return UserError(
        f"압축 안에 표가 {len(names):,}개 있습니다: {shown}. 하나만 넣어 주세요.",
        f"The archive holds {len(names):,} tables: {shown}. Put in one at a time.",
    )


def read_labelled_texts(archive: zipfile.ZipFile, name: str) -> tuple[list[tuple[str, str]], list[Words]]:
    """(text, label) of every text file, the label being the folder it lies in; and what to tell.

    Raises:
        UserError: a file lies in no folder, or there is only one label.
    """
    rows, encodings = [], set()
    for path, info in list_members(archive, name):
        if path.suffix.lower() not in ("", ".txt"):
            continue
        label = nfc(path.parent.name)
        if not label:
            raise UserError(
                f"‘{quoted(path.name)}’ 파일이 라벨 폴더 안에 있지 않습니다.",
                f"‘{quoted(path.name)}’ lies in no folder: the folder's name is the label.",
            )
        data = read_member(archive, (path, info), name)
        if data:
            text, encoding, _ = decode(data, path.name)
            encodings.add(encoding)
            rows.append((" ".join(text[: 2 * MOST_CHARACTERS].split()), label))
    labels = sorted({label for _, label in rows})
    if len(labels) < 2:
        raise UserError(
            "라벨 폴더가 하나뿐입니다. 라벨마다 폴더 하나씩, 둘 이상 넣어 주세요.",
            "There is only one folder of labels: give two or more, one a label.",
        )
    shown = quoted(", ".join(labels[:8]), 80)
    return rows, [
        Words(f"폴더 이름을 라벨로 읽었습니다: {shown}", f"The folders' names are the labels: {shown}"),
        Words(f"인코딩: {', '.join(sorted(encodings))} (짐작)", f"Encoding: {', '.join(sorted(encodings))} (guessed)"),
    ]


def list_members(archive: zipfile.ZipFile, name: str) -> list[Member]:
    """The files that a person packed, by path; what an operating system added is left out."""
    found = []
    for info in archive.infolist():
        path = PurePosixPath(_decoded_name(info).replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in "".join(path.parts[:1]):
            raise UserError(
                f"‘{quoted(name)}’ 안의 경로 ‘{quoted(str(path))}’는 압축 밖을 가리킵니다. 다시 묶어 주세요.",
                f"The path ‘{quoted(str(path))}’ in ‘{quoted(name)}’ points outside the archive: pack it again.",
            )
        if not info.is_dir() and "__MACOSX" not in path.parts and not path.name.startswith("."):
            found.append((path, info))
    return sorted(found, key=lambda member: member[0])


def _decoded_name(info: zipfile.ZipInfo) -> str:
    """The name as it was packed: Windows in Korean packs CP949 without saying so."""
    if info.flag_bits & UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "cp949"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def read_member(archive: zipfile.ZipFile, member: Member, name: str) -> bytes:
    """What the file unpacks to, read no further than the bound whatever its entry claims."""
    path, info = member
    try:
        with archive.open(info) as file:
            data = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as e:
        raise _damaged(name) from e
    if len(data) > MOST_BYTES:
        raise UserError(
            f"‘{quoted(path.name)}’ 파일이 너무 큽니다. {MOST_BYTES // 1_000_000} MB까지 읽습니다.",
            f"‘{quoted(path.name)}’ is too large: up to {MOST_BYTES // 1_000_000} MB is read.",
        )
    return data


def _damaged(name: str) -> UserError:
    return UserError(
        f"‘{quoted(name)}’ 압축 파일이 손상되었습니다. 다시 묶어 주세요.",
        f"‘{quoted(name)}’ is a damaged archive: pack it again.",
    )


def _too_many(name: str) -> UserError:
    return UserError(
        f"‘{quoted(name)}’ 안에 파일이 너무 많습니다. {MOST_FILES:,}개까지 읽습니다.",
        f"‘{quoted(name)}’ holds too many files: up to {MOST_FILES:,} are read.",
    )
