"""Videos in and out: what comes back is what was written, and whatever a visitor's file may be, it is a clip or one sentence."""

from __future__ import annotations

import json
import os
import struct
from fractions import Fraction

import av
import numpy as np
import pytest

from s2s_demo.video import files
from s2s_demo.video.clip import SIDE, Film
from tests.conftest import told

LEFT, RIGHT = "left", "right"
LABELS = (LEFT, RIGHT)


def film(count=30, size=(96, 96), fps=30.0):
    """A white square that walks to the right over the first half and back over the second; every frame is another grey."""
    height, width = size
    pictures = np.zeros((count, height, width, 3), "uint8")
    pictures += np.linspace(0, 120, count).astype("uint8")[:, None, None, None]
    for i in range(count):
        at = (i if i < count / 2 else count - i) * (width - 16) // max(1, count)
        pictures[i, height // 3 : height // 3 + 16, at : at + 16] = 255
    return Film(pictures, fps, tuple(RIGHT if i < count / 2 else LEFT for i in range(count)))


def written(path, pictures, *, codec="libx264", pix="yuv420p", times=None, comment="", **options):
    """The pictures as a video of any codec; times: of each frame, in milliseconds."""
    with av.open(str(path), "w", options=options) as container:
        if comment:
            container.metadata["comment"] = comment
        stream = container.add_stream(codec, rate=30)
        stream.height, stream.width, stream.pix_fmt = *pictures.shape[1:3], pix
        if times is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        for i, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            if times is not None:
                frame.pts, frame.time_base = times[i], Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return str(path)


def greys(clip):
    """The grey of each frame's upper left."""
    return clip.frames[:, 4, 4].mean(-1)


def refused(path):
    """The sentence with which a file is refused."""
    return told(str(path), lambda path: files.read_clip(path, 30))


def test_a_film_comes_back_with_its_frames_times_and_labels(tmp_path):
    made = film()
    path = files.write_video(made, tmp_path / "walk.mp4")
    clip = files.read_clip(str(path), 30, labels=LABELS)
    assert clip.frames.shape == (30, SIDE, SIDE, 3) and clip.frames.dtype == np.uint8 and clip.name == "walk.mp4"
    assert clip.seconds == pytest.approx(np.arange(30) / 30)
    assert clip.truth.split() == list(made.labels)
    assert greys(clip) == pytest.approx(made.pictures[:, 4, 4].mean(-1), abs=4)
    square = clip.frames[..., 0] > 200
    assert square.any((1, 2)).all() and not square[:, :15].any() and not square[:, 40:].any()


@pytest.mark.parametrize("fps, count", [(10, 10), (30, 30), (60, 60)])
def test_another_rate_takes_the_nearest_frames_and_labels(tmp_path, fps, count):
    made = film()
    clip = files.read_clip(str(files.write_video(made, tmp_path / "walk.mp4")), fps, labels=LABELS)
    nearest = np.minimum(np.ceil(np.arange(count) * 30 / fps - 0.5), 29).astype(int)
    assert len(clip) == count and clip.truth.split() == [made.labels[i] for i in nearest]
    assert greys(clip) == pytest.approx(made.pictures[nearest, 4, 4].mean(-1), abs=4)


def test_a_film_starts_to_play_before_it_is_all_there(tmp_path):
    content = files.write_video(film(), tmp_path / "walk.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_times_are_the_files_own_where_the_rate_varies(tmp_path):
    made = film(6)
    path = written(tmp_path / "jump.mkv", made.pictures, times=[0, 100, 200, 1200, 1300, 1400])
    clip = files.read_clip(path, 10)
    nearest = [0, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 4, 5]
    assert len(clip) in (14, 15)
    assert greys(clip) == pytest.approx(made.pictures[nearest[: len(clip)], 4, 4].mean(-1), abs=6)


@pytest.mark.parametrize("turn, row, column", [(0, 0, 0), (90, 0, 1), (180, 1, 1), (270, 1, 0)])
def test_a_turned_film_is_seen_upright(tmp_path, turn, row, column):
    """turn: clockwise, as a phone writes it; the bright quarter, upper left in the pixels, is seen at (row, column)."""
    pictures = np.zeros((4, 64, 64, 3), "uint8")
    pictures[:, :32, :32] = 255
    path = files.write_video(Film(pictures, 30, ("",) * 4), tmp_path / "turned.mp4")
    content = bytearray(path.read_bytes())
    cos, sin = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[turn]
    plain = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    turned = struct.pack(">9i", cos << 16, sin << 16, 0, -sin << 16, cos << 16, 0, 0, 0, 1 << 30)
    at = content.index(plain, content.index(b"tkhd"))
    content[at : at + 36] = turned
    path.write_bytes(content)
    large = next(files.full_frames(str(path), 30, 480))
    for seen in (files.read_clip(str(path), 30).frames[0], large):
        bright = seen.reshape(2, 32, 2, 32, 3).mean((1, 3, 4))
        assert np.unravel_index(bright.argmax(), (2, 2)) == (row, column)


@pytest.mark.parametrize("size", [(64, 128), (128, 64), (33, 51), (2, 300), (1, 1)])
def test_nothing_is_stretched(tmp_path, size):
    pictures = np.full((3, *size, 3), 255, "uint8")
    clip = files.read_clip(str(files.write_video(Film(pictures, 30, ("",) * 3), tmp_path / "odd.mp4")), 30)
    height, width = (n + n % 2 for n in size)
    seen = clip.frames[0, ..., 0] > 128
    assert seen.any(1).sum() == pytest.approx(max(1, SIDE * height / max(height, width)), abs=1)
    assert seen.any(0).sum() == pytest.approx(max(1, SIDE * width / max(height, width)), abs=1)


def test_pictures_are_the_frames_of_the_clip_in_another_size(tmp_path):
    made = film(30, (96, 160))
    path = str(files.write_video(made, tmp_path / "walk.mp4"))
    large, small = (list(files.full_frames(path, 10, height)) for height in (480, 48))
    assert len(large) == len(small) == len(files.read_clip(path, 10)) == 10
    assert large[0].shape == (96, 160, 3) and small[0].shape == (48, 80, 3)
    assert [picture[4, 4].mean() for picture in large] == pytest.approx(made.pictures[::3, 4, 4].mean(-1), abs=4)
    with pytest.raises(files.UserError):
        next(files.full_frames(str(tmp_path / "gone.mp4"), 10, 48))


def test_one_frame_is_a_clip(tmp_path):
    clip = files.read_clip(str(files.write_video(film(1), tmp_path / "one.mp4")), 30, labels=LABELS)
    assert len(clip) == 1 and clip.truth == RIGHT


@pytest.mark.parametrize(
    "name, codec, pix",
    [
        ("a.gif", "gif", "rgb8"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.mov", "prores_ks", "yuv422p10le"),
        ("a.mkv", "ffv1", "yuv444p16le"),
        ("a.ts", "mpeg2video", "yuv420p"),
    ],
)
def test_other_containers_and_codecs_are_read(tmp_path, name, codec, pix):
    clip = files.read_clip(written(tmp_path / name, film().pictures, codec=codec, pix=pix), 30)
    assert len(clip) in range(28, 32) and greys(clip)[-1] > greys(clip)[0] + 60


def test_no_more_than_the_first_minute_is_kept(tmp_path):
    pictures = film(70, (16, 16)).pictures
    path = written(tmp_path / "long.mkv", pictures, times=[1000 * i for i in range(70)], g="1")
    clip = files.read_clip(path, 10)
    assert len(clip) == 600 and clip.seconds[-1] == pytest.approx(59.9)
    assert len(files.read_clip(path, 120)) == files.MOST


def test_a_leap_of_hours_between_two_frames_is_cut(tmp_path):
    path = written(tmp_path / "leap.mkv", film(2).pictures, times=[0, 10**9])
    assert len(files.read_clip(path, 30)) == files.MOST


def test_8k_frames_are_read_and_larger_ones_refused(tmp_path):
    frames = np.full((2, 4320, 7680, 3), 200, "uint8")
    clip = files.read_clip(written(tmp_path / "8k.avi", frames, codec="mjpeg", pix="yuvj420p"), 30)
    assert len(clip) == 2 and clip.frames[0, 32, 32].mean() == pytest.approx(200, abs=3)
    wide = np.zeros((1, 16, 8208, 3), "uint8")
    assert "8208×16" in refused(written(tmp_path / "wide.avi", wide, codec="mjpeg", pix="yuvj420p"))


def test_no_decoder_is_handed_more_pixels_than_the_bound(tmp_path, monkeypatch):
    path = files.write_video(film(), tmp_path / "walk.mp4")
    monkeypatch.setattr(files, "MOST_PIXELS", 95 * 96)
    assert refused(path)


def test_a_file_that_is_cut_short_is_read_as_far_as_it_goes_or_said_to_be_damaged(tmp_path):
    path = files.write_video(film(120), tmp_path / "cut.mp4")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 4])
    clip = files.read_clip(str(path), 30, labels=LABELS)
    assert 30 < len(clip) < 120 and len(clip.truth.split()) == len(clip)
    path.write_bytes(content[:500])
    assert "damaged" in refused(path)
    written(path, film().pictures)  # its index stands at the end
    path.write_bytes(path.read_bytes()[:-400])
    assert "damaged" in refused(path)


def test_a_film_with_broken_bytes_inside_never_leaves_as_anything_else(tmp_path):
    content = files.write_video(film(60), tmp_path / "whole.mp4").read_bytes()
    random = np.random.default_rng(0)
    for trial in range(40):
        broken = np.frombuffer(content, "uint8").copy()
        at = random.integers(0, len(broken), 30 if trial % 2 else 400)
        broken[at] = random.integers(0, 256, len(at))
        (tmp_path / "broken.mp4").write_bytes(broken.tobytes())
        try:
            clip = files.read_clip(str(tmp_path / "broken.mp4"), 30, labels=LABELS)
        except files.UserError:
            continue
        assert 1 <= len(clip) <= files.MOST and len(clip.truth.split()) in (0, len(clip))


@pytest.mark.parametrize(
    "content",
    [
        b"this is a letter, not a video",
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        os.urandom(4096),
        b"\0" * 10_000,
        b"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:1,\nother.mp4\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile other.mp4\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    ],
)
def test_what_is_no_video_is_refused_even_if_it_names_one(tmp_path, content):
    files.write_video(film(), tmp_path / "other.mp4")
    (tmp_path / "said.mp4").write_bytes(content)
    assert "cannot be read as a video" in refused(tmp_path / "said.mp4")


def test_what_is_not_there_empty_or_too_large_is_refused(tmp_path):
    for gone in (tmp_path / "gone.mp4", tmp_path, "", "\0", "\ud800", "http://127.0.0.1/a.mp4", "concat:a|b"):
        assert "not there" in refused(gone)
    (tmp_path / "empty.mp4").touch()
    assert "empty" in refused(tmp_path / "empty.mp4")
    with open(tmp_path / "huge.mp4", "wb") as file:
        file.truncate(files.MEGABYTES * 1_000_000 + 1)
    assert "larger than 200 MB" in refused(tmp_path / "huge.mp4")


def test_sound_alone_and_no_frames_at_all_are_refused(tmp_path):
    with av.open(str(tmp_path / "song.mp4"), "w") as container:
        sound = container.add_stream("aac", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), "float32"), format="fltp", layout="mono")
        frame.rate = 8000
        container.mux(sound.encode(frame))
        container.mux(sound.encode())
    assert "only sound" in refused(tmp_path / "song.mp4")
    with av.open(str(tmp_path / "none.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width = stream.height = 64
        container.start_encoding()
    assert refused(tmp_path / "none.mp4")


def test_decoding_has_its_time(tmp_path, monkeypatch):
    path = files.write_video(film(), tmp_path / "walk.mp4")
    monkeypatch.setattr(files, "PATIENCE", 0.0)
    assert "too long" in refused(path)


@pytest.mark.parametrize(
    "comment",
    [
        "a holiday",
        "[" * 100_000,
        json.dumps({"fps": 30, "labels": [["nonsense", 30]]}),
        json.dumps({"fps": 30, "labels": [["left", 3]]}),
        json.dumps({"fps": 30, "labels": [["left", 10**12], ["<b>", 1]]}),
        json.dumps({"fps": 30, "labels": [["left", -3]]}),
        json.dumps({"fps": 30, "labels": [[["left"], 30]]}),
        json.dumps({"fps": 30, "labels": 7}),
        json.dumps({"fps": 0, "labels": [["left", 30]]}),
        json.dumps({"fps": -30, "labels": [["left", 30]]}),
        '{"fps": NaN, "labels": [["left", 30]]}',
        '{"fps": 1e999, "labels": [["left", 1e999]]}',
        json.dumps({"fps": "x", "labels": {"left": 30}}),
        json.dumps([1, 2]),
        "null",
    ],
)
def test_a_forged_comment_is_no_truth(tmp_path, comment):
    path = written(tmp_path / "forged.mp4", film().pictures, comment=comment)
    assert files.read_clip(path, 30, labels=LABELS).truth == ""


def test_labels_of_another_task_are_no_truth(tmp_path):
    path = files.write_video(film(), tmp_path / "walk.mp4")
    assert files.read_clip(str(path), 30).truth == ""
    assert files.read_clip(str(path), 30, labels=(LEFT,)).truth == ""
