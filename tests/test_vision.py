"""The frame encoder: where a joint is, what is strange, and one sentence where its files are wrong."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
import torch

from s2s_demo.codecs import Frames, from_json
from s2s_demo.video import encoder
from s2s_demo.video.clip import Clip
from s2s_demo.video.encoder import FrameEncoder, folded, tensor_of
from tests.conftest import told
from train import frames


@pytest.fixture
def pictures():
    return frames.pictures(7, 0, 32)


def test_a_map_with_one_peak_is_read_as_its_place_and_two_as_the_middle():
    maps = torch.full((1, 3, 16, 16), -50.0)
    maps[0, 0, 3, 12] = maps[0, 1, 3, 12] = maps[0, 1, 5, 12] = 50.0
    (one, two, none) = encoder.soft_argmax(maps)[0].tolist()
    assert one == pytest.approx([-1 + 12 * 2 / 15, -1 + 3 * 2 / 15], abs=1e-5)
    assert two == pytest.approx([-1 + 12 * 2 / 15, -1 + 4 * 2 / 15], abs=1e-5) and none == pytest.approx(
        [0, 0], abs=1e-5
    )


def test_folding_the_norms_changes_nothing(pictures):
    torch.manual_seed(0)
    model = FrameEncoder()
    for _ in range(3):
        model.train()(tensor_of(pictures[0]))
    with torch.no_grad():
        plain = model.eval()(tensor_of(pictures[0]))
        assert torch.allclose(folded(model)(tensor_of(pictures[0])), plain, atol=1e-4)


def test_the_shipped_encoder_finds_the_joints_of_fresh_drawings():
    model, facts = encoder.load()
    pictures, joints = frames.pictures(123, 5, 64)
    error = frames.loss_of(model, pictures, joints)[1]
    assert error < 1.5 * facts["error"] < 0.1
    assert facts["parameters"] == sum(p.numel() for p in FrameEncoder().parameters())


def test_drawings_are_no_stranger_than_most_and_grain_is():
    drawn = encoder.vectors(frames.pictures(123, 6, 64)[0])
    grain = encoder.vectors(np.random.default_rng(0).integers(0, 255, (16, 64, 64, 3)).astype("uint8"))
    assert encoder.ood_score(drawn) < 0.8 < 1.0 < encoder.ood_score(grain)


def test_a_few_steps_of_training_lower_the_loss(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = {"seed": 0, "steps": 12, "resume": False, "out": str(tmp_path), "keep": False}
    monkeypatch.setattr(frames, "RECIPE", frames.replace(frames.RECIPE, batch=16, warmup=2, save_every=6))
    monkeypatch.setattr(frames, "EVERY", 3)
    monkeypatch.setattr(frames, "JUDGED", 128)
    frames.train(frames.Namespace(**words))
    made = tmp_path / "runs" / "frames" / "checkpoint" / "config.json"
    assert made.read_bytes() == (tmp_path / "frames" / "config.json").read_bytes()
    rows = [json.loads(row) for row in (tmp_path / "frames" / "history.jsonl").read_text().splitlines()]
    assert [row["step"] for row in rows] == [3, 6, 9, 12] and rows[-1]["joint"] < rows[0]["joint"]
    facts = json.loads((tmp_path / "frames" / "config.json").read_text())
    assert facts["steps"] == 12 and facts["strange"] > 0
    frames.train(frames.Namespace(**{**words, "resume": True}))
    with pytest.raises(Exception, match="another recipe"):
        frames.train(frames.Namespace(**{**words, "steps": 20, "resume": True}))


@pytest.fixture
def elsewhere(tmp_path):
    """A copy of the encoder's folder, to be damaged."""
    shutil.copytree(encoder.ROOT / "frames", tmp_path / "frames")
    encoder.load.cache_clear()
    yield tmp_path
    encoder.load.cache_clear()


@pytest.mark.parametrize(
    "name, content", [("config.json", b"{"), ("model.safetensors", b"nothing"), ("model.safetensors", None)]
)
def test_a_damaged_or_missing_encoder_is_told(elsewhere, name, content):
    if content is None:
        (elsewhere / "frames" / name).unlink()
    else:
        (elsewhere / "frames" / name).write_bytes(content)
    assert "train frames" in told(elsewhere, encoder.load)


def test_a_clip_is_encoded_frame_by_frame_and_a_codec_knows_its_encoder(pictures):
    clip = Clip(pictures[0][:5], np.arange(5) / 10)
    codec = Frames.now(10)
    vectors = codec.encode(clip)
    assert vectors.shape == (5, encoder.WIDTH) and codec.encode(clip) is vectors and codec.encode(vectors) is vectors
    assert torch.allclose(codec.encode(Clip(clip.frames[2:3], clip.seconds[2:3]))[0], vectors[2], atol=1e-5)
    assert codec.tokens(clip) == ["0.00 s", "0.10 s", "0.20 s", "0.30 s", "0.40 s"]
    again = from_json(codec.to_json())
    assert (
        again == codec
        and again.decode([1]) == ""
        and again.names([4]) == ["4"]
        and again.tokens(vectors) == list("01234")
    )
    assert "another frame encoder" in told(clip, Frames(10, "0" * 16).encode)
