"""Folders of sounds or clips: each file becomes rows of numbers, its folder (or a row of labels.csv) its label."""

from __future__ import annotations

import tempfile
import time
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np

from s2s_demo.custom.reading import archive, audio
from s2s_demo.custom.reading.delimited import read_delimited
from s2s_demo.custom.reading.encodings import decode
from s2s_demo.custom.reading.table import Table, make_table
from s2s_demo.custom.training_setup import MOST_NUMBERS
from s2s_demo.prediction import UserError, Words, quoted
from s2s_demo.task import nfc
from s2s_demo.video import encoder
from s2s_demo.video import files as footage

CLIPS = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".gif", ".m4v")
FPS, CLIP_SECONDS = 10.0, 10
MOST_MEDIA, MOST_READ_SECONDS = 3_000, 90.0
FRAME_ENCODER = "frame encoder"
AUDIO_NOTE = Words(
    "소리를 8 kHz 모노로 바꾸고 크기를 맞춘 뒤, 1초에 40번, 멜 대역 24개의 세기(로그)를 x로 씁니다.",
    "Each sound is brought to mono at 8 kHz and to one loudness; x is the log energy of 24 mel bands, 40 times a second.",
)
VIDEO_NOTE = Words(
    "클립은 그려진 사람의 자세로 학습한 프레임 인코더가 읽습니다. 다른 영상에서는 중요한 것을 못 볼 수 있습니다.",
    "Clips are read by a frame encoder that was trained on drawn figures; of other footage it may miss what matters.",
)


def has_media(packed: zipfile.ZipFile) -> bool:
    """Whether there is a sound or a clip in the archive."""
    return any(info.filename.lower().endswith((*audio.ENDINGS, *CLIPS)) for info in packed.infolist())


def read_media(packed: zipfile.ZipFile, name: str) -> Table:
    """A table of (rows of numbers, label), a row a file. What cannot be read is left out and told, the first such file by name.

    Raises:
        UserError: there are too many files, too much of them, fewer than two labels, or none can be read.
    """
    members = archive.list_members(packed, name)
    clips = [one for one in members if one[0].suffix.lower() in CLIPS]
    found = clips or [one for one in members if one[0].suffix.lower() in audio.ENDINGS]
    if len(found) > MOST_MEDIA:
        raise UserError(
            f"파일이 {len(found):,}개입니다. {MOST_MEDIA:,}개까지 읽습니다.",
            f"{len(found):,} files are too many: up to {MOST_MEDIA:,} are read.",
        )
    labels, notes = _labels(packed, [path for path, _ in found], members, name)
    rows, left, cut, made = _read_all(packed, [one for one in found if one[0] in labels], name)
    if not rows:
        raise left[0]
    kept = {labels[path] for path, _ in rows}
    if len(kept) < 2:
        raise UserError(
            "라벨이 하나뿐입니다. 라벨마다 폴더 하나씩, 둘 이상 넣어 주세요.",
            "There is only one label: give two folders or more, one a label.",
        )
    if left:
        words = left[0].words
        notes.append(Words(f"{words.ko} (뺀 파일 {len(left):,}개)", f"{words.en} (Files left out: {len(left):,})"))
    notes.append(VIDEO_NOTE if clips else AUDIO_NOTE)
    if cut:
        most = CLIP_SECONDS if clips else audio.SECONDS
        first = quoted(cut[0])
        notes.append(
            Words(
                f"‘{first}’ 파일은 {most}초보다 길어 앞부분만 읽었습니다. (그런 파일 {len(cut):,}개)",
                f"‘{first}’ is longer than {most} s: only its beginning is read. (Such files: {len(cut):,})",
            )
        )
    table = make_table(("clip" if clips else "sound", "label"), [(x, labels[path]) for path, x in rows], "", "", notes)
    return Table(table.header, table.rows, "", "", table.notes, (), made, rate_of(made), feature_names(made))


def current_features(clips: bool) -> str:
    """The name of what makes rows of a file here and now."""
    return f"{FRAME_ENCODER} {encoder.load()[1]['digest']}, {FPS:g} a second" if clips else audio.FEATURES


def rate_of(made: str) -> float:
    """Rows a second."""
    return FPS if made.startswith(FRAME_ENCODER) else audio.RATE


def feature_names(made: str) -> tuple[str, ...]:
    """The names of the numbers of a row."""
    return tuple(f"f{i}" for i in range(encoder.WIDTH)) if made.startswith(FRAME_ENCODER) else audio.band_names()


def rows_of_file(path: str | Path, made: str) -> str:
    """The rows that a model with this `made` reads of a file, after the file's name.

    Raises:
        UserError: it cannot be read, or rows are made in another way now than when the model was trained.
    """
    clips = made.startswith(FRAME_ENCODER)
    if made != current_features(clips):
        raise UserError(
            "이 모델은 파일을 다른 방식으로 읽던 때에 학습했습니다. 다시 학습하세요.",
            "This model was trained when files were read in another way: train it again.",
        )
    path = Path(path)
    return _rows(path, path.name, clips)[0]


def _rows(data: bytes | Path, name: str, clips: bool) -> tuple[str, bool]:
    """("name: rows", whether only the beginning was read)."""
    more = False
    if clips:
        values_TF, more = _clip(data, name)
    else:
        heard, more = audio.read_samples(data, name)
        values_TF = audio.mel_bands(heard, name)
    rows = " ; ".join(" ".join(f"{value:.2f}" for value in row) for row in values_TF.tolist())
    return f"{quoted(name.replace(':', '·'), 80)}: {rows}", more


def _clip(data: bytes | Path, name: str) -> tuple[np.ndarray, bool]:
    with tempfile.TemporaryDirectory() as folder:
        path = data
        if isinstance(data, bytes):
            path = Path(folder) / f"clip{PurePosixPath(name).suffix.lower()}"
            path.write_bytes(data)
        try:
            clip = footage.read_clip(str(path), FPS)
        except UserError as e:
            shown = quoted(name)
            raise UserError(f"‘{shown}’: {e.words.ko}", f"‘{shown}’: {e.words.en}") from e
    most = round(FPS * CLIP_SECONDS)
    return encoder.vectors(clip.frames[:most]).numpy(), len(clip) > most


def _read_all(
    packed: zipfile.ZipFile, found: list[archive.Member], name: str
) -> tuple[list[tuple[PurePosixPath, str]], list[UserError], list[str], str]:
    """(rows by path, why files were left out, the names of those that were cut, what made the rows)."""
    until = time.monotonic() + MOST_READ_SECONDS
    clips = bool(found) and found[0][0].suffix.lower() in CLIPS
    rows, left, cut, total = list[tuple[PurePosixPath, str]](), list[UserError](), list[str](), 0
    for path, info in found:
        if time.monotonic() > until:
            raise UserError(
                f"파일을 읽는 데 {MOST_READ_SECONDS:.0f}초가 넘게 걸립니다. 파일 수를 줄여 주세요.",
                f"Reading takes more than {MOST_READ_SECONDS:.0f} s: give fewer files.",
            )
        try:
            x, more = _rows(archive.read_member(packed, (path, info), name), "/".join(path.parts[-2:]), clips)
        except UserError as e:
            left.append(e)
            continue
        rows.append((path, x))
        cut += [path.name] if more else []
        total += x.count(" ")
        if total > MOST_NUMBERS:
            raise UserError(
                f"모두 합치면 너무 깁니다. 앞의 {len(rows):,}개 파일까지만 넣어 주세요.",
                f"They are too long in all: give the first {len(rows):,} files at most.",
            )
    return rows, left, cut, current_features(clips)


def _labels(
    packed: zipfile.ZipFile, paths: list[PurePosixPath], members: list[archive.Member], name: str
) -> tuple[dict[PurePosixPath, str], list[Words]]:
    """The label of each file and what to tell: of labels.csv where there is one, else of the folders."""
    lists = [one for one in members if one[0].suffix.lower() in archive.DELIMITED]
    if len(lists) == 1:
        return _listed(archive.read_member(packed, lists[0], name), lists[0][0].name, paths)
    bare = next((path for path in paths if not path.parent.name), None)
    if bare is not None:
        raise UserError(
            f"‘{quoted(bare.name)}’ 파일이 라벨 폴더 안에 있지 않습니다. 폴더로 나누거나 labels.csv(file,label)를 함께 넣어 주세요.",
            f"‘{quoted(bare.name)}’ lies in no folder: give a folder a label, or a labels.csv (file,label) beside them.",
        )
    found = {path: "_".join(nfc(path.parent.name).split()) for path in paths}
    shown = quoted(", ".join(sorted(set(found.values()))[:12]), 80)
    return found, [Words(f"폴더 이름을 라벨로 읽었습니다: {shown}", f"The folders' names are the labels: {shown}")]


def _listed(data: bytes, name: str, paths: list[PurePosixPath]) -> tuple[dict[PurePosixPath, str], list[Words]]:
    text, encoding, _ = decode(data, name)
    table = read_delimited(text, encoding, [])
    known = {path.name: path for path in paths} | {str(path): path for path in paths}
    files = max(range(len(table.header)), key=lambda i: sum(row[i].strip() in known for row in table.rows))
    others = [i for i in range(len(table.header)) if i != files]
    label = next((i for i in others if table.header[i].casefold() in ("label", "class", "라벨", "y")), others[0])
    rows = ((row[files].strip(), "_".join(row[label].split())) for row in table.rows)
    found = {known[file]: nfc(one) for file, one in rows if file in known and one}
    if not found:
        raise UserError(
            f"‘{quoted(name)}’에 압축 속 파일 이름이 하나도 없습니다. file,label 두 열로 적어 주세요.",
            f"‘{quoted(name)}’ names no file of the archive: give two columns, file and label.",
        )
    without = len(paths) - len(found)
    notes = [Words(f"라벨을 ‘{quoted(name)}’에서 읽었습니다.", f"The labels are read from ‘{quoted(name)}’.")]
    if without:
        notes.append(
            Words(f"라벨이 없는 파일 {without:,}개는 뺐습니다.", f"Files without a label, left out: {without:,}")
        )
    return found, notes
