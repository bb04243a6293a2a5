"""The video tasks: what is counted, who is held out, and a person's own clips."""

from __future__ import annotations

import numpy as np
import pytest

from s2s_demo import tasks
from s2s_demo.tasks import _scenes, exercises, swing
from s2s_demo.tasks._scenes import azimuth, edit_score, hits, segment_scores, segments
from s2s_demo.video import encoder, files, pose
from s2s_demo.video.clip import Clip, Film
from s2s_demo.video.skeleton.batter import PHASES
from s2s_demo.video.skeleton.body import Proportions
from s2s_demo.video.skeleton.draw import Camera, Look, project, render
from s2s_demo.video.skeleton.moves import poses
from tests.conftest import forget_sets, told
from train.evaluate import read_pairs

A, B, C = "a", "b", "c"


@pytest.fixture
def few(monkeypatch):
    """The video tasks with a handful of clips."""
    forget_sets()
    monkeypatch.setattr(swing, "COUNTS", {"train": 4, "dev": 3, "test": 3})
    monkeypatch.setattr(exercises, "COUNTS", {"train": 2, "dev": 1, "test": 2})
    yield
    forget_sets()


def test_runs_of_equal_labels_are_segments():
    assert segments([A, A, B, A]) == [(A, 0, 2), (B, 2, 3), (A, 3, 4)]
    assert segments([]) == []


@pytest.mark.parametrize(
    "answer, truth, score",
    [([A, A, B], [A, B, B], 1.0), ([A, B, A, B], [A, A, A, B], 0.5), ([C], [A, B], 0.0), ([A], [A, B], 0.5)],
)
def test_the_edit_score_sees_the_order_of_segments_alone(answer, truth, score):
    assert edit_score(answer, truth) == pytest.approx(score)


def test_a_segment_is_right_once_if_it_overlaps_enough():
    truth = [A] * 10 + [B] * 10
    assert hits(truth, truth, 0.5) == (2, 0, 0)
    assert hits([A] * 14 + [B] * 6, truth, 0.5) == (2, 0, 0)  # IoU 10/14 and 6/10
    assert hits([A] * 15 + [B] * 5, truth, 0.51) == (1, 1, 1)
    assert hits([A] * 4 + [B] + [A] * 5 + [B] * 10, truth, 0.4) == (2, 2, 0)  # one true segment, matched once


def test_scores_of_frames_and_of_segments_differ_where_labels_flicker():
    truth = " ".join([A] * 10 + [B] * 10)
    flicker = " ".join([A] * 4 + [B] + [A] * 5 + [B] * 10)
    scores = segment_scores([None], [flicker], [truth])
    assert scores["accuracy"] == 0.95 and scores["edit"] == pytest.approx(0.5)
    assert scores["f1_50"] == pytest.approx(2 * 2 / (2 * 2 + 2 + 0)) and scores["f1_10"] >= scores["f1_50"]
    assert segment_scores([None], [truth], [truth]) == {"accuracy": 1, "edit": 1, "f1_10": 1, "f1_25": 1, "f1_50": 1}


def test_an_event_is_right_within_one_frame():
    truth = ["stance"] * 10 + ["load"] * 8 + ["stride"] * 8 + ["swing"] * 4 + ["contact"] * 3 + ["follow-through"] * 9
    early = ["stance"] * 9 + ["load"] * 9 + truth[18:]
    earlier = ["stance"] * 8 + ["load"] * 10 + truth[18:]
    score = lambda answer: swing.phase_scores([None], [" ".join(answer)], [" ".join(truth)])["pce"]  # noqa: E731
    assert score(truth) == score(early) == 1.0 and score(earlier) == pytest.approx(4 / 5)
    assert score([*truth[:30], *["swing"] * 3, *truth[33:]]) == pytest.approx(4 / 5)  # contact never said
    pieces = ["load", *truth[1:]]  # a stray frame does not move the event
    assert score(pieces) == 1.0


def test_no_camera_stands_in_a_slice_of_another_split():
    rng = np.random.default_rng(0)
    slices = {split: {int(azimuth(split, rng) // 30) for _ in range(400)} for split in ("train", "dev", "test")}
    assert slices["test"] == {2, 6, 10} and slices["dev"] == {4} and len(slices["train"]) == 8
    assert not slices["train"] & (slices["test"] | slices["dev"])


@pytest.mark.usefixtures("few")
def test_swings_are_vectors_with_a_phase_each_and_no_split_repeats_another():
    found = {split: list(swing.TASK.pairs(split, 0)) for split in ("train", "dev", "test")}
    for pairs in found.values():
        for x, y in pairs:
            labels = y.split(" ")
            assert x.shape == (len(labels), encoder.WIDTH) and set(labels) == set(PHASES)
    assert len({tuple(x[0].tolist()) for pairs in found.values() for x, _ in pairs}) == 10


@pytest.mark.usefixtures("few", "toy_sets")
def test_the_recording_of_a_fold_is_in_no_training_clip(monkeypatch):
    asked = []
    excerpt = exercises._excerpt
    monkeypatch.setattr(exercises, "_excerpt", lambda r, rng: (asked.append(len(r.points)), excerpt(r, rng))[1])
    for fold, held in enumerate((480, 240, 300)):
        asked.clear()
        exercises._clips.cache_clear()
        train, test = list(exercises.TASK.pairs("train", fold)), list(exercises.TASK.pairs("test", fold))
        assert set(asked) == {480, 240, 300} - {held}
        assert {len(x) for x, _ in test} == {held // 3} and len(train) == 4
        assert all(len(x) == len(y.split(" ")) for x, y in (*train, *test)) and max(len(x) for x, _ in train) <= 64
    assert [y for _, y in exercises.TASK.pairs("test", 3)] == [y for _, y in exercises.TASK.pairs("test", 0)]


@pytest.mark.usefixtures("few")
def test_baselines_of_video_look_at_no_picture():
    pairs = list(swing.TASK.pairs("train", 0))
    for learn in swing.TASK.baselines.values():
        answer = learn(pairs)
        assert [len(a.split(" ")) for a in answer([x for x, _ in pairs])] == [len(x) for x, _ in pairs]
    common = _scenes.majority(pairs)([range(3)])
    assert common == [" ".join([max(PHASES, key=" ".join(y for _, y in pairs).split(" ").count)] * 3)]
    assert _scenes.by_position(pairs)([range(50)])[0].startswith("stance ")


def test_a_sample_is_written_read_and_known_again(tmp_path):
    for name in swing.CLIPS:
        film = swing.film(name)
        path = files.write_video(film, tmp_path / f"{name}.mp4")
        clip = swing.TASK.read(str(path))
        assert tuple(clip.truth.split(" ")) == film.labels and len(clip) == len(film.labels)
        assert swing.TASK.truth(clip) == clip.truth and swing.TASK.warn(clip) is None, name


def test_the_motion_file_is_asked_for_in_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("S2S_DATA", str(tmp_path))
    monkeypatch.setattr("s2s_demo.datasets.CACHE", tmp_path)
    monkeypatch.setattr("pooch.retrieve", lambda *_, **__: (_ for _ in ()).throw(OSError("unplugged")))
    forget_sets()
    assert "S2S_DATA" in told("train", lambda split: list(exercises.TASK.pairs(split, 0)))


def folder(tmp_path, rows):
    film = swing.film("side")
    files.write_video(Film(film.pictures, 30, ("",) * len(film.labels)), tmp_path / "mine.mp4")
    (tmp_path / "labels.csv").write_text("file,from,to,label\n" + "\n".join(rows) + "\n", "utf-8")
    return str(tmp_path)


def test_a_folder_of_clips_with_labels_is_a_test_set(tmp_path):
    path = folder(tmp_path, ["mine.mp4,0.5,0.9,load", "mine.mp4,0.1,0.5,stance", "mine.mp4,0.9,1.2,stride"])
    ((clip, y),) = read_pairs(path, tasks.get("swing"))
    labels = y.split(" ")
    assert (
        len(clip) == len(labels)
        and segments(labels)[0][0] == "stance"
        and [s[0] for s in segments(labels)]
        == [
            "stance",
            "load",
            "stride",
        ]
    )
    assert clip.seconds[0] == pytest.approx(0.1, abs=0.04) and clip.seconds[-1] < 1.2 and clip.truth == ""


@pytest.mark.parametrize(
    "row, words",
    [
        ("mine.mp4,0.1,0.5", "row 2"),
        ("mine.mp4,a,0.5,load", "row 2"),
        ("mine.mp4,0,1,home-run", "home-run"),
        ("no.mp4,0,1,load", "upload"),
    ],
)
def test_a_broken_row_of_labels_is_named(tmp_path, row, words):
    assert words in told(folder(tmp_path, [row]), lambda path: read_pairs(path, tasks.get("swing")))


def clip_of(frames):
    return Clip(frames, np.arange(len(frames)) / 30)


def test_footage_unlike_the_drawings_and_cuts_are_told():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (6, 64, 64, 3)).astype("uint8")
    assert "unlike" in pose.warning(clip_of(np.repeat(noise[:1], 6, 0))).en
    points = np.repeat(_standing(), 8, 0)
    here, there = (
        render(project(points, Camera()), look, 64) for look in (Look(), Look(wall=(20, 20, 30), floor=(5, 5, 5)))
    )
    assert pose.warning(clip_of(here)) is None
    told = pose.warning(clip_of(np.concatenate([here, there])))
    assert told is not None and "cut" in told.en and pose.cut_at(np.concatenate([here, there])) == 8


def _standing():
    return poses(1, Proportions(), np.random.default_rng(5))


def test_a_pose_found_in_footage_is_framed_like_a_drawing(monkeypatch):
    points = np.repeat(_standing(), 5, 0)
    pixels = project(points, Camera(azimuth=20, distance=9)) * [640, 640, 0]
    again = pose._framed(pixels)
    assert again[:, :16, :2].min() > 0 and again[:, :16, :2].max() < 1
    assert abs(again[:, [8, 9], 0].mean() - 0.5) < 0.02


def test_a_gap_in_the_poses_is_filled_with_the_one_before():
    one, two = np.full((17, 3), 1.0), np.full((17, 3), 2.0)
    assert [p[0, 0] for p in pose._held([None, one, None, two, None])] == [1, 1, 1, 2, 2]
