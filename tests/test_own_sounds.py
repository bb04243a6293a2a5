"""Folders of sounds and clips: decoded, made equally loud, turned into rows; each hostile file ends in one sentence that names it."""

from __future__ import annotations

import io
import wave

import av
import numpy as np
import pytest

from s2s_demo.custom.export.bundle import make_bundle
from s2s_demo.custom.export.card import make_card
from s2s_demo.custom.plan import guess_plan
from s2s_demo.custom.reading import audio, media
from s2s_demo.custom.reading.columns import guess_columns
from s2s_demo.custom.reading.pairs import read_table, to_pairs, with_features
from s2s_demo.custom.suggest import suggest_training
from s2s_demo.custom.training_setup import new_model, task_for
from s2s_demo.prediction import UserError
from s2s_demo.recipe import Recipe
from s2s_demo.task import Shape
from s2s_demo.ui.custom import run_model
from s2s_demo.video import files as footage
from s2s_demo.video.clip import Film
from tests.conftest import told
from tests.test_own_pairs import packed, reads, said


def tone(hertz=440.0, seconds=0.3, *, rate=8000, loud=0.5, channels=1):
    t = np.arange(round(seconds * rate)) / rate
    one = np.round(loud * 32767 * np.sin(2 * np.pi * hertz * t)).astype("<i2")
    return written(np.repeat(one[:, None], channels, 1), rate)


def written(samples_NC, rate=8000):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(samples_NC.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples_NC.astype("<i2").tobytes())
    return out.getvalue()


def folders(count=6, **more):
    """Low and high tones, each a little different, in folders of labels."""
    files = {f"set/low/{i}.wav": tone(200 + 9 * i, 0.2 + i / 100) for i in range(count)}
    return packed({**files, **{f"set/high/{i}.wav": tone(1500 + 40 * i, 0.2 + i / 100) for i in range(count)}, **more})


def heard(data, name="a.wav"):
    return audio.mel_bands(audio.read_samples(data, name)[0], name)


@pytest.mark.parametrize("rate, channels", [(8000, 1), (44100, 2), (16000, 2)])
def test_a_tone_is_loudest_in_its_band_whatever_the_file(rate, channels):
    rows_TB = heard(tone(1000, 0.5, rate=rate, channels=channels))
    assert abs(len(rows_TB) - 0.5 * audio.RATE) <= 2 and rows_TB.shape[1] == audio.BANDS == len(audio.band_names())
    middle = [float(name.split()[0]) for name in audio.band_names()]
    assert abs(middle[int(rows_TB[5].argmax())] - 1000) < 130


@pytest.mark.parametrize("kind, codec", [("flac", "flac"), ("ogg", "libopus"), ("mp3", "libmp3lame")])
def test_other_formats_sound_as_the_wav_does(kind, codec):
    out = io.BytesIO()
    rate = 48000
    t = np.arange(rate) / rate
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(
            (0.5 * 32767 * np.sin(2 * np.pi * 700 * t)).astype("int16")[None], "s16", "mono"
        )
        frame.sample_rate = rate
        for part in av.AudioResampler(stream.format, "mono", rate, frame_size=stream.frame_size or None).resample(
            frame
        ):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    loudest = heard(out.getvalue(), f"a.{kind}")[5:30].mean(0).argmax()
    assert loudest == heard(tone(700, 1.0))[5:30].mean(0).argmax()


def test_a_quiet_recording_reads_as_a_loud_one():
    assert np.allclose(heard(tone(loud=0.9)), heard(tone(loud=0.01)), atol=0.2)


def test_folders_are_labels_and_a_file_is_a_sequence():
    table = read_table(folders(), "sounds.zip")
    found = to_pairs(table, *guess_columns(table))
    plan = with_features(guess_plan(found), table)
    assert (plan.shape, plan.by_x, plan.made, plan.rate) == (Shape.N21, "numbers", audio.FEATURES, 40.0)
    assert len(found) == 12 and {y for _, y in found} == {"low", "high"} and found[0][0].startswith("high/0.wav: ")
    assert plan.columns == audio.band_names() and "high, low" in said(table)


@pytest.mark.parametrize("header", ["file,label\n", ""])
def test_a_list_beside_the_files_gives_the_labels(header):
    files = {f"clips/{i}.wav": tone(300 + 100 * i) for i in range(12)}
    rows = "".join(f"{i}.wav,{'up and down' if i % 2 else 'still'}\n" for i in range(11))
    table = read_table(packed({**files, "labels.csv": header + rows}), "a.zip")
    assert len(table.rows) == 11 and {row[1] for row in table.rows} == {"up_and_down", "still"}
    assert "labels.csv" in said(table) and "left out: 1" in said(table)


@pytest.mark.parametrize(
    "name, content, part",
    [
        ("text.wav", b"this is only a text, whatever its name says " * 20, "cannot be read"),
        ("broken.wav", b"RIFF\xff\xff\xff\xffWAVEfmt nonsense" + bytes(range(256)), "cannot be read"),
        ("empty.mp3", b"", "cannot be read"),
        ("silent.wav", tone(loud=0.0), "silent"),
        ("short.wav", tone(seconds=0.01), "silent"),
    ],
)
def test_a_hostile_file_is_named_and_the_others_are_read(name, content, part):
    table = read_table(folders(**{f"set/low/{name}": content}), "a.zip")
    assert len(table.rows) == 12 and name in said(table) and part in said(table) and "left out: 1" in said(table)
    alone = packed({f"low/{name}": content, f"high/{name}": content})
    assert name in told(alone, reads("a.zip"))


def test_a_playlist_opens_nothing(tmp_path):
    (tmp_path / "secret.wav").write_bytes(tone())
    for name, text in (
        ("list.wav", f"ffconcat version 1.0\nfile {tmp_path}/secret.wav\n"),
        ("list.mp3", f"#EXTM3U\n#EXTINF:1,\n{tmp_path}/secret.wav\n"),
    ):
        with pytest.raises(UserError, match="cannot be read"):
            audio.read_samples(text.encode(), name)


def test_of_a_very_long_file_ten_seconds_are_read(monkeypatch):
    hours = written(np.full((8000, 1), 9000, "<i2") * np.sign(np.sin(np.arange(8000) * 0.5))[:, None].astype("<i2"))
    header, second = hours[:44], hours[44:]
    decoded = []
    plain = av.AudioResampler

    class Counted:
        def __init__(self, **options):
            self.inner = plain(**options)

        def resample(self, frame):
            decoded.append(0 if frame is None else frame.samples)
            return self.inner.resample(frame)

    monkeypatch.setattr(av, "AudioResampler", Counted)
    data = header[:4] + (36 + len(second) * 1200).to_bytes(4, "little") + header[8:40]
    data += (len(second) * 1200).to_bytes(
        4, "little"
    ) + second * 1200  # twenty minutes: what is after ten seconds is never decoded
    samples, more = audio.read_samples(data, "hours.wav")
    assert more and len(samples) == 10 * audio.HERTZ and sum(decoded) < 12 * audio.HERTZ
    table = read_table(folders(**{"set/low/hours.wav": data[: 44 + 12 * len(second)]}), "a.zip")
    assert "hours.wav" in said(table) and "only its beginning" in said(table)


@pytest.mark.parametrize(
    "data, part",
    [
        (lambda: packed({f"only/{i}.wav": tone() for i in range(3)}), "only one label"),
        (lambda: packed({"a.wav": tone(), "b/c.wav": tone()}), "no folder"),
        (
            lambda: packed({"a/a.wav": tone(), "b/b.wav": tone(), "labels.csv": "file,label\nx.wav,y\nz.wav,w\n"}),
            "names no file",
        ),
    ],
)
def test_what_has_no_labels_gets_a_sentence(data, part):
    assert part in told(data(), reads("a.zip"))


def test_number_and_length_are_bounded(monkeypatch):
    monkeypatch.setattr(media, "MOST_MEDIA", 10)
    assert "too many" in told(folders(), reads("a.zip"))
    monkeypatch.setattr(media, "MOST_MEDIA", 100)
    monkeypatch.setattr(media, "MOST_NUMBERS", 500)
    assert "too long in all" in told(folders(), reads("a.zip"))
    monkeypatch.setattr(media, "MOST_READ_SECONDS", -1.0)
    assert "fewer files" in told(folders(), reads("a.zip"))


def test_a_file_is_answered_and_the_download_says_that_it_takes_rows(tmp_path):
    table = read_table(folders(), "sounds.zip")
    found = to_pairs(table, *guess_columns(table))
    plan = with_features(guess_plan(found), table)
    one = suggest_training(found, plan, 1)
    task = task_for(found, plan, one.recipe)
    model = new_model(task, one.engine, one.approach, one.recipe).eval()
    (tmp_path / "0.wav").write_bytes(tone(200, 0.2))
    x = media.rows_of_file(tmp_path / "0.wav", model.x_codec.made)  # type: ignore[attr-defined]
    low = next(x for x, _ in found if x.startswith("low/0.wav"))
    assert x.partition(": ")[2] == low.partition(": ")[2], "a file means the same in training and in use"
    assert model.x_codec.tokens(x)[:2] == ["0.00 s", "0.03 s"]
    card = make_card(model, {})
    assert "takes the rows, not the file" in card and len(make_bundle(model, {}, card)) > 10_000
    with pytest.raises(UserError, match="another way"):
        media.rows_of_file(tmp_path / "0.wav", "log-mel of another day")


def drawn(path, shade):
    """A second of a grey square that moves, as an MP4."""
    pictures = np.full((10, 64, 64, 3), 30, "uint8")
    for t in range(10):
        pictures[t, 20:40, 2 * t : 2 * t + 20] = shade
    return footage.write_video(Film(pictures, 10.0, ("",) * 10), path).read_bytes()


def test_clips_become_the_rows_of_the_frame_encoder_and_its_world_is_told(tmp_path):
    files = {
        f"{label}/{i}.mp4": drawn(tmp_path / f"{label}{i}.mp4", shade + i)
        for i in range(6)
        for label, shade in (("dark", 60), ("light", 200))
    }
    table = read_table(packed({**files, "dark/bad.mp4": b"no film" * 99}), "clips.zip")
    found = to_pairs(table, *guess_columns(table))
    plan = with_features(guess_plan(found), table)
    assert (
        plan.made.startswith(media.FRAME_ENCODER)
        and plan.rate == media.FPS
        and len(plan.columns) == 96
        and len(found) == 12
    )
    assert "drawn figures" in said(table) and "bad.mp4" in said(table)
    x = media.rows_of_file(tmp_path / "dark0.mp4", plan.made)
    assert x.partition(": ")[2] == next(x for x, _ in found if x.startswith("dark/0")).partition(": ")[2]


def test_a_model_of_text_takes_no_files(monkeypatch):
    monkeypatch.setattr(
        run_model,
        "task_of",
        lambda run: task_for([(str(i), "ab"[i % 2]) for i in range(20)], guess_plan([("12", "a")] * 9), Recipe(dim=8)),
    )
    with pytest.raises(UserError, match="takes no files"):
        run_model.answer_file("run", "a.wav")
