"""People in real footage: needs requirements-pose.txt and the sample clip of $S2S_DATA; `make test-pose` runs it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from s2s_demo import checkpoints, tasks
from s2s_demo.explain import predict
from s2s_demo.video import encoder, files, pose
from s2s_demo.video.clip import Film

pytestmark = pytest.mark.pose


@pytest.fixture(scope="module")
def walkers():
    """A real clip of two people who walk and jump."""
    assert os.environ.get("S2S_DATA"), "name the folder that holds videos/sports2d_demo.mp4 in S2S_DATA"
    return str(Path(os.environ["S2S_DATA"]) / "videos" / "sports2d_demo.mp4")


@pytest.fixture(scope="module")
def read(walkers):
    assert pose.available(), "install requirements-pose.txt"
    return tasks.get("exercises").read(walkers)


def test_a_real_person_becomes_a_drawing_the_model_knows(read):
    assert read.rendered and read.detected > 0.8
    assert pose.ood_score(read) <= 1
    assert len(read) == len(read.seconds) and read.truth == ""


def test_the_same_footage_without_poses_is_told_to_look_unlike(walkers, monkeypatch):
    monkeypatch.setattr(pose, "available", lambda: False)
    clip = tasks.get("exercises").read(walkers)
    assert not clip.rendered and "unlike" in pose.warning(clip).en


def test_a_drawn_person_is_labelled_frame_by_frame(read):
    (answer,) = predict(checkpoints.load("exercises", "gru", device="cpu"), [read])
    assert len(answer.y.split(" ")) == len(read)


def test_footage_without_a_person_stays_as_it_is(tmp_path):
    grain = np.random.default_rng(0).integers(0, 255, (10, 96, 96, 3)).astype("uint8")
    path = files.write_video(Film(grain, 10, ("",) * 10), tmp_path / "grain.mp4")
    clip = pose.clip_of(str(path), 10, ("a",))
    assert not clip.rendered and len(clip) == 10 and "unlike" in pose.warning(clip).en


def test_our_own_drawings_are_never_redrawn(tmp_path):
    film = tasks.get("swing").film("side")
    clip = pose.clip_of(str(files.write_video(film, tmp_path / "side.mp4")), 30, ("no", "such"))
    assert not clip.rendered and clip.truth == "" and pose.warning(clip) is None
    assert encoder.vectors(clip.frames).shape == (len(clip), encoder.WIDTH)
