"""Videos in and out: any file FFmpeg knows becomes a `Clip` of a few small frames, a `Film` becomes an MP4 a browser plays.

A visitor's file may be anything. Its sizes are checked before it is decoded, decoding stops when there is enough, and whatever
goes wrong is one sentence.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain, groupby, islice, repeat
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream

from s2s_demo.prediction import UserError
from s2s_demo.video.clip import SIDE, Clip, Film

SECONDS, MOST = 60, 1_800
MEGABYTES = 200
LONGEST_SIDE, MOST_PIXELS = 8_192, 8_192 * 4_352
PATIENCE = 30.0
MOST_LABELS = 100_000
# No playlists and no lists of files: those name other files of this machine, or of others.
FORMATS = "mov,mp4,matroska,webm,avi,gif,flv,mpegts,mpeg,m4v,asf,ogg,h264,hevc,ivf,mxf,dv,nut"


def read_clip(path: str, fps: float, *, labels: tuple[str, ...] = ()) -> Clip:
    """The clip a model sees: `fps` frames a second, each the one shown nearest to its time, at most the first 60 s or 1,800 frames.

    Frames are turned as the file says, scaled as they are decoded and set into the square with black bars, never stretched. A film that `write` made carries
    its labels; if all of them are in `labels` they become the clip's truth.

    Raises:
        UserError: it cannot be read as a video, or is too large to try; the sentence says what to do.
    """
    with _opened(path) as (container, name):
        seconds, shown = [], []
        for second, one in _taken(container, fps):
            seconds.append(second)
            shown.append(one.small)
        if not shown:
            raise UserError(
                "이 영상에는 읽을 수 있는 프레임이 하나도 없습니다. 다른 파일을 올려 주세요.",
                "Not one frame of this video can be read: please upload another file.",
            )
        times = np.array(seconds)
        return Clip(np.stack(shown), times, name, _truth(container.metadata.get("comment", ""), times, labels))


def full_frames(path: str, fps: float, height: int) -> Iterator[np.ndarray]:
    """The frames that `read` takes, one after another as (H, W, 3) uint8 RGB, upright and at most `height` pixels high.

    Raises:
        UserError: as `read`.
    """
    with _opened(path) as (container, _):
        for _, one in _taken(container, fps):
            yield one.picture(height)


def write_video(film: Film, path: Path) -> Path:
    """An H.264 MP4 that a browser plays while it loads, with the labels in its comment; gives `path` back."""
    runs = [[label, len(list(same))] for label, same in groupby(film.labels)]
    height, width = film.pictures.shape[1:3]
    even = ((0, 0), (0, height % 2), (0, width % 2), (0, 0))  # H.264 with halved colour knows no odd sizes
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = json.dumps({"fps": film.fps, "labels": runs}, ensure_ascii=False)
        rate = Fraction(film.fps).limit_denominator(1001)
        stream = container.add_stream("libx264", rate=rate, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width + width % 2, height + height % 2, "yuv420p"
        for picture in np.pad(film.pictures, even, "edge"):
            container.mux(stream.encode(VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def _checked(path: str) -> Path:
    """The absolute path of a file of a size we dare to open."""
    try:
        place = Path(path).absolute()
        size = place.stat().st_size if place.is_file() else -1
    except (OSError, ValueError):  # ValueError: a name that no file can have
        place, size = Path(), -1
    if size < 0:
        raise UserError(
            "영상 파일을 찾을 수 없습니다. 다시 올려 주세요.", "The video file is not there: please upload it again."
        )
    if size == 0:
        raise UserError("빈 파일입니다. 다른 영상을 올려 주세요.", "The file is empty: please upload another video.")
    if size > MEGABYTES * 1_000_000:
        raise UserError(
            f"파일이 {MEGABYTES} MB보다 큽니다. 더 짧게 잘라 올려 주세요.",
            f"The file is larger than {MEGABYTES} MB: please upload a shorter cut.",
        )
    return place


@contextmanager
def _opened(path: str) -> Iterator[tuple[InputContainer, str]]:
    """The open file and its name. Whatever goes wrong while it is read leaves as a UserError."""
    limits = {"format_whitelist": FORMATS, "max_pixels": str(MOST_PIXELS)}
    try:
        place = _checked(path)
        with av.open(f"file:{place}", options=limits, metadata_errors="ignore") as container:
            yield container, place.name
    except UserError:
        raise
    except Exception as e:  # hostile bytes make a decoder raise anything; a visitor meets one sentence
        raise UserError(
            "영상으로 읽을 수 없는 파일입니다. 손상되었거나 영상이 아닙니다. MP4, MOV, WebM, GIF 파일을 올려 주세요.",
            "This file cannot be read as a video: it is damaged or something else. Try an MP4, MOV, WebM or GIF.",
        ) from e


def _stream(container: InputContainer) -> VideoStream:
    """The first real video stream; the cover picture of a song is none."""
    streams = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not streams:
        raise UserError(
            "소리만 있고 화면이 없는 파일입니다. 영상이 담긴 파일을 올려 주세요.",
            "This file has no picture, only sound: please upload a video.",
        )
    _bounded(streams[0].codec_context.width, streams[0].codec_context.height)
    streams[0].thread_type = "AUTO"
    streams[0].codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return streams[0]


def _bounded(width: int, height: int) -> None:
    if max(width, height) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise UserError(
            f"화면이 {width}×{height}로 너무 큽니다. 8K(7680×4320) 이하로 줄여 올려 주세요.",
            f"Its frames are too large, {width}×{height}: please upload 8K (7680×4320) or less.",
        )


@dataclass
class _Shown:
    """One decoded frame. at, until: seconds since the first frame."""

    frame: VideoFrame
    at: float
    until: float
    stretch: float
    scaler: VideoReformatter

    @cached_property
    def small(self) -> np.ndarray:
        """(64, 64, 3) uint8 RGB: the whole picture as it is to be seen, in its own proportions."""
        rgb = self._scaled(SIDE / max(self.frame.width * self.stretch, self.frame.height))
        square = np.zeros((SIDE, SIDE, 3), "uint8")
        top, left = ((SIDE - n) // 2 for n in rgb.shape[:2])
        square[top : top + rgb.shape[0], left : left + rgb.shape[1]] = rgb
        return square

    def picture(self, height: int) -> np.ndarray:
        """(H, W, 3) uint8 RGB, upright, as large as it is but at most `height` high."""
        lies = round(self.frame.rotation / 90) % 2
        return self._scaled(min(1.0, height / (self.frame.width * self.stretch if lies else self.frame.height)))

    def _scaled(self, scale: float) -> np.ndarray:
        width, height = self.frame.width * self.stretch * scale, self.frame.height * scale
        w, h = max(1, round(width)), max(1, round(height))
        rgb = self.scaler.reformat(self.frame, w, h, "rgb24", interpolation=Interpolation.AREA).to_ndarray()
        return np.rot90(rgb, round(self.frame.rotation / 90))


def _taken(container: InputContainer, fps: float) -> Iterator[tuple[float, _Shown]]:
    """(second, frame) every 1/fps seconds of the first minute."""
    most = max(1, min(round(SECONDS * fps), MOST))
    for k, one in enumerate(islice(_resampled(_decoded(container, _stream(container)), fps), most)):
        yield k / fps, one


def _decoded(container: InputContainer, stream: VideoStream) -> Iterator[_Shown]:
    """The frames in the order they are shown; what is damaged is passed over, and the rest of a file cut short is missing."""
    patient = time.monotonic() + PATIENCE
    step = 1 / min(max(float(stream.average_rate or 30), 0.1), 1000)
    shape = float(stream.sample_aspect_ratio or 1)
    stretch, scaler = shape if 0.1 < shape < 10 else 1.0, VideoReformatter()
    began, at = None, -step
    packets = container.demux(stream)
    while (packet := _next(packets)) is not None:
        if time.monotonic() > patient:
            raise UserError(
                "영상을 푸는 데 너무 오래 걸립니다. 더 짧거나 해상도가 낮은 영상을 올려 주세요.",
                "Decoding this video takes too long: please upload a shorter or smaller one.",
            )
        for frame in _frames_of(packet):
            _bounded(frame.width, frame.height)
            began = frame.time if began is None else began
            told = at + step if frame.time is None or began is None else frame.time - began
            if told <= at and at >= 0:  # a time that has been already: a broken file, or two frames at once
                continue
            at = told
            lasts = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else step
            yield _Shown(frame, at, at + lasts, stretch, scaler)


def _next(packets: Iterator[Any]) -> Any:
    """The next packet, None at the end or where nothing can be read any more."""
    try:
        return next(packets, None)
    except av.error.FFmpegError:
        return None


def _frames_of(packet: Any) -> list[VideoFrame]:
    """What a packet holds; nothing if it is damaged."""
    try:
        return packet.decode()
    except (av.error.InvalidDataError, av.error.EOFError):
        return []


def _resampled(shown: Iterable[_Shown], fps: float) -> Iterator[_Shown]:
    """Every 1/fps seconds the frame whose time is nearest."""
    k, last = 0, None
    for one in shown:
        while last is not None and k / fps <= (last.at + one.at) / 2:
            yield last
            k += 1
        last = one
    while last is not None and (k == 0 or k < round(last.until * fps)):
        yield last
        k += 1


def _truth(comment: str, seconds: np.ndarray, labels: tuple[str, ...]) -> str:
    """The labels `write` left, at the clip's times, between spaces; "" for whatever else a comment may say."""
    try:
        told = json.loads(comment)
        rate = float(told["fps"])
        runs = (repeat(str(label), int(count)) for label, count in told["labels"])
        known = list(islice(chain.from_iterable(runs), MOST_LABELS))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        return ""
    if not 0 < rate <= 1000 or not 0 < len(known) < MOST_LABELS or not set(known) <= set(labels):
        return ""
    at = np.ceil(seconds * rate - 0.5 - 1e-6).astype(int)
    if at[-1] > len(known):  # one label too few is the rounding of a length; more were written for another film
        return ""
    return " ".join(known[min(max(i, 0), len(known) - 1)] for i in at)
