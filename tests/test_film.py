"""What the page shows of a video, without a browser: a toy task with small trained models, and answers made by hand."""

from __future__ import annotations

import base64
import io
import json
import os

import numpy as np
import pytest
from PIL import Image

from s2s_demo import checkpoints, codecs, tasks
from s2s_demo.prediction import Prediction, UserError
from s2s_demo.ui import page
from s2s_demo.ui.inputs import _film as film
from s2s_demo.ui.inputs import video
from s2s_demo.ui.task import answering, curves, lens_view
from s2s_demo.ui.views.film_view import FilmView
from s2s_demo.ui.words import said
from s2s_demo.video import files
from s2s_demo.video.clip import SIDE, Clip
from tests import toy_film

TASK = toy_film.TASK


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """The toy task with two trained models, as if it were one of ours."""
    root = tmp_path_factory.mktemp("shelf")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(tasks.TASKS, TASK.name, TASK)
        patch.setitem(codecs.KINDS, "toy-columns", toy_film.Columns)
        patch.setattr(checkpoints, "ROOT", root)
        toy_film.shelve(root, "gru", "conv")
        yield root


@pytest.fixture
def path(tmp_path):
    """The toy film that turns, as a file."""
    return str(files.write_video(toy_film.walk("back"), tmp_path / "back.mp4"))


def clip(count, *, name="walk.mp4", **more):
    """Frames of growing brightness at 30 a second."""
    frames = np.zeros((count, SIDE, SIDE, 3), "uint8") + np.linspace(0, 255, count).astype("uint8")[:, None, None, None]
    return Clip(frames, np.arange(count) / 30, name, **more)


def answer(shown, labels, *, sure=0.9, top=()):
    """An answer made by hand."""
    p, names = np.full(len(labels), sure), tuple(labels)
    return Prediction(shown, " ".join(labels), tuple(f"{t:.2f}" for t in shown.seconds), names, p, 0.01, top=top)


def test_a_film_is_answered_with_its_truth_lens_curve_and_every_engine(shelf, path):
    found = answering.answer(TASK, "gru", "encoder-only", path)
    grid, at = answering.grid_of(found, "gradient", ""), answering.first_step(TASK, found)
    view = answering.view_data(TASK, found, grid, at, "en")
    assert view["n"] == 40 and at == 20 == view["step"] and view["said"] == "right → left"
    assert len(view["y"]) == len(view["truth"]) == len(view["p"]) == len(view["seconds"]) == 40
    assert len(view["matrix"]) == len(view["matrix"][0]) == 40 and all(len(five) == 2 for five in view["top"])
    assert "%" in view["verdict"] or "✓" in view["verdict"]
    names = [tick for tick in lens_view.picture(TASK, grid, "en").layout.yaxis.ticktext if tick]
    assert names == ["right", "left"]
    times = [tick for tick in lens_view.picture(TASK, grid, "en").layout.xaxis.ticktext if tick]
    assert times[0] == "0.00" and 4 <= len(times) <= 7
    assert curves.one_curve(TASK, found, "gru", at, "en") is not None
    figure, rows = curves.all_curves(TASK, "encoder-only", found.x, at, "ko")
    assert len(rows) == 2 and rows[0][1] == "오른쪽으로 → 왼쪽으로" and rows[0][2].endswith("%")
    assert len(figure.data) >= 2


def test_the_chosen_frame_stays_for_the_same_film_alone():
    one, other = answer(clip(9), ["left"] * 9), answer(clip(8), ["left"] * 8)
    assert answering.next_step(TASK, one, None, 2) == 4
    assert answering.next_step(TASK, one, answer(clip(9), ["right"] * 9), 2) == 2
    assert answering.next_step(TASK, one, other, 2) == 4


def test_another_engine_does_not_decode_again_and_another_file_does(shelf, path, monkeypatch):
    first = answering.answer(TASK, "gru", "encoder-only", path)
    assert answering.answer(TASK, "conv", "encoder-only", path).x is first.x
    files.write_video(toy_film.walk("there"), files.Path(path))
    os.utime(path, (1, 1))
    again = answering.answer(TASK, "gru", "encoder-only", path)
    assert again.x is not first.x and again.x.truth != first.x.truth


@pytest.mark.parametrize("asked", [None, "", "gone.mp4", "\0", "\ud800", "9" * 5000, "http://127.0.0.1/a.mp4"])
def test_no_film_is_one_sentence(shelf, asked):
    with pytest.raises(UserError) as told:
        answering.answer(TASK, "gru", "encoder-only", asked)
    assert "\n" not in told.value.words.ko and told.value.words.ko != told.value.words.en


def test_a_sample_is_drawn_once_and_one_without_data_says_so(shelf):
    path = video.sample(TASK, "there")
    assert path.endswith("there.mp4") and video.sample(TASK, "there") == path
    assert files.read_clip(path, 30, labels=tuple(toy_film.MEANINGS)).truth
    with pytest.raises(UserError, match="not there"):
        video.sample(TASK, "lost")


def test_the_api_tells_that_it_takes_text(shelf):
    assert json.loads(page.answer(TASK.name, "gru", "/etc/hostname"))["error"] == said("clip.api", "en")


def test_events_are_stretches_of_one_label_with_their_mean_confidence():
    runs = film.events(["a", "a", "b", "a"], np.array([0.5, 1.0, 0.2, 0.4]))
    assert [(run["label"], run["from"], run["to"], run["p"]) for run in runs] == [
        ("a", 0, 2, 0.75),
        ("b", 2, 3, 0.2),
        ("a", 3, 4, 0.4),
    ]


@pytest.mark.parametrize("count", [1, 7, 120, 1800])
def test_the_strip_holds_evenly_chosen_frames_and_stays_small(count):
    shown = clip(count)
    strip = film.strip(shown)
    assert strip["frames"] == min(count, film.THUMBNAILS) and len(strip["src"]) < 400_000
    sheet = np.asarray(Image.open(io.BytesIO(base64.b64decode(strip["src"].partition(",")[2]))))
    assert sheet.shape == (strip["rows"] * SIDE, strip["across"] * SIDE, 3)
    last = strip["frames"] - 1
    row, column = divmod(last, strip["across"])
    assert sheet[row * SIDE + 30, column * SIDE + 30].mean() == pytest.approx(shown.frames[-1].mean(), abs=4)


def test_labels_have_colours_of_their_own_and_an_unknown_one_is_grey():
    looks = film.looks(TASK, ["left", "<unk>"], "ko")
    assert [look["says"] for look in looks] == ["왼쪽으로", "오른쪽으로", "<unk>"]
    assert len({look["colour"] for look in looks}) == 3 and looks[2]["colour"] == film.UNKNOWN[0]


@pytest.mark.parametrize("colour, ink", [*film.COLOURS, film.UNKNOWN])
def test_every_label_can_be_read_on_its_colour(colour, ink):
    def light(code):
        code = code[1:] if len(code) == 7 else "".join(c * 2 for c in code[1:])
        parts = [int(code[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        return sum(
            w * (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4)
            for w, p in zip((0.2126, 0.7152, 0.0722), parts, strict=True)
        )

    bright, dark = sorted((light(colour), light(ink)), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def test_what_a_visitor_should_know_stands_above_the_labels():
    dark, bright = clip(2, rendered=True), clip(30)
    dark.frames[:] = 9
    assert film.notices(TASK, dark, "en") == ["This video is dark.", said("film.drawn", "en")]
    assert film.notices(TASK, bright, "en") == []
    for cut in (clip(files.MOST), Clip(clip(600).frames, np.arange(600) / 10)):
        assert said("film.long", "ko", seconds=60, frames=1800) in film.notices(TASK, cut, "ko")


def test_a_long_film_is_shown_whole_without_a_lens():
    labels = ["left", "right"] * 900
    view = answering.view_data(TASK, answer(clip(1800), labels), None, 900, "en")
    assert view["n"] == 1800 and view["matrix"] is None and len(view["events"]) == 1800
    assert view["said"].endswith("→ …") and len(json.dumps(view)) < 1_000_000


def test_a_file_name_is_safe_to_keep_labels_under():
    for name, kept in (
        ("my film.mp4", "my_film"),
        ("../${x}<b>.mp4", "_____x__b_"),
        (".mp4", "toy-walk"),
        ("가.mp4", "가"),
    ):
        assert answering.view_data(TASK, answer(clip(2, name=name), ["left"] * 2), None, 0, "en")["file"] == kept


def test_the_view_sends_text_as_data():
    view = FilmView(channel="c", player="p")
    assert json.loads(view.postprocess({"said": "<b>"}))["said"] == "<b>" and view.postprocess(None) is None
