"""A clone alone, offline: what the page shows of the real sets comes from the excerpts, and nothing is fetched."""

from __future__ import annotations

import json

import pooch
import pytest

from s2s_demo import checkpoints, datasets, excerpts, tasks
from s2s_demo.codecs import Symbols
from s2s_demo.lab.attention import heads
from s2s_demo.lab.race.race import HELD, race_task
from s2s_demo.lab.race.small_tasks import held_out, small
from s2s_demo.prediction import UserError
from s2s_demo.tasks import exercises
from s2s_demo.tasks._words import sample_pairs
from tests.conftest import forget_sets
from train import excerpts as command

RACED = ["pos-en", "pos-ko", "intent-en", "intent-ko"]
WORDS = pytest.mark.parametrize("name", RACED)


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """No set on this machine, and whoever would fetch one fails."""

    def fetched(*args, **options):
        raise AssertionError("the page fetches nothing")

    monkeypatch.delenv("S2S_DATA", raising=False)
    monkeypatch.setattr(datasets, "CACHE", tmp_path / "none")
    monkeypatch.setattr(pooch, "retrieve", fetched)
    forget_sets()
    small.cache_clear()
    yield tmp_path
    forget_sets()
    small.cache_clear()


@WORDS
def test_a_head_is_taken_out_on_two_hundred_examples(name):
    found = heads.ablate(checkpoints.load(name, "transformer", device="cpu"), tasks.get(name), "block 0 self", 0, n=40)
    assert found.n == 40 and found.whole > 0.6
    rows = list(tasks.get(name).local_pairs("dev"))
    assert sum(y != tasks.get(name).unknown for _, y in rows) == HELD == heads.EXAMPLES


def test_a_head_is_taken_out_on_clips_of_real_people(monkeypatch):
    monkeypatch.setattr(exercises, "COUNTS", {**exercises.COUNTS, "dev": 2})
    model = checkpoints.load("exercises", "transformer", device="cpu")
    found = heads.ablate(model, tasks.get("exercises"), "block 0 self", 0)
    assert found.n == 4 and found.whole > 0.6


@WORDS
def test_a_race_has_its_pairs(name):
    task = race_task(name)
    train, dev = list(task.pairs("train", 0)), held_out(task, HELD)
    assert len(train) == tasks.get(name).race_pairs and len(dev) == HELD
    assert not {x for x, _ in train} & {x for x, _ in dev} or name.startswith("pos")  # treebanks repeat short sentences
    codec = task.get_y_codec()
    assert isinstance(codec, Symbols) and len(task.get_x_codec().words) == 256
    assert all(set(y.split(" ")) <= set(codec.symbols) for _, y in train)


@pytest.mark.parametrize("name", ["pos-en", "pos-ko"])
def test_a_test_sentence_that_is_typed_has_its_truth(name):
    task = tasks.get(name)
    rows = list(task.local_pairs("test"))
    assert len(rows) == 200 and all(task.truth(x) == y for x, y in rows)
    assert task.truth(next(task.local_pairs("train"))[0]) is None


@pytest.mark.parametrize("name", exercises.CLIPS)
def test_a_sample_of_real_people_is_drawn_and_answered(name):
    film = exercises.film(name)
    assert film.pictures.shape == (64, 256, 256, 3) and len(set(film.labels)) >= 2
    spread = film.pictures.astype(int).std((1, 2, 3))
    assert spread.min() > 20  # somebody is there in every frame


@pytest.mark.parametrize("split, seed", [("dev", 1), ("test", 0), ("train", 0)])
def test_more_than_is_kept_is_asked_for_in_a_sentence(split, seed, monkeypatch):
    monkeypatch.setattr(pooch, "retrieve", lambda *_, **__: (_ for _ in ()).throw(OSError("unplugged")))
    with pytest.raises(UserError, match="S2S_DATA"):
        list(exercises.TASK.local_pairs(split, seed))


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[1]\n", b'["x"]\n', b"{\n"])
def test_a_damaged_excerpt_is_one_sentence(content, alone, monkeypatch):
    monkeypatch.setattr(excerpts, "FOLDER", alone)
    (alone / "pos-en").mkdir()
    if content is not None:
        (alone / "pos-en" / "dev.jsonl").write_bytes(content)
        (alone / excerpts.MOTION).write_bytes(content)
    if content != b"":  # no rows, but no damage
        with pytest.raises(UserError, match=r"dev\.jsonl"):
            tasks.get("pos-en").local_pairs("dev")
    exercises.excerpt.cache_clear()
    with pytest.raises(UserError, match="exercises"):
        exercises.film("jacks")


def test_the_whole_set_is_used_where_it_lies_on_this_machine(toy_sets):
    for name in RACED:
        task = tasks.get(name)
        assert list(task.local_pairs("dev")) == list(task.pairs("dev", 0)) != excerpts.pairs(name, "dev")


def test_a_draw_of_what_was_drawn_is_the_same():
    pairs = [(str(i), "y") for i in range(50)]
    once = sample_pairs(pairs, 20)
    assert len(once) == 20 and once != pairs[:20] and sample_pairs(once, 20) == once and sample_pairs(pairs, 0) == pairs


def test_the_excerpts_are_made_from_the_whole_sets_and_give_the_same(toy_sets, tmp_path, monkeypatch, capsys):
    """As `python -m train excerpts` does it, on toy sets; on the real ones see test_real_sets."""
    monkeypatch.setattr(exercises, "SCENES", dict.fromkeys(exercises.CLIPS, (1.0, 25.0)))
    monkeypatch.setattr(exercises, "COUNTS", {"train": 2, "dev": 1, "test": 1})
    command.write(tmp_path / "made")
    assert "exercises.safetensors" in capsys.readouterr().out
    whole = [list(task.local_pairs("dev")) for task in map(tasks.get, RACED)]
    clips, film = list(exercises.TASK.local_pairs("dev")), exercises.film("jacks")
    monkeypatch.setattr(excerpts, "FOLDER", tmp_path / "made")
    monkeypatch.delenv("S2S_DATA")
    forget_sets()
    assert [list(task.local_pairs("dev")) for task in map(tasks.get, RACED)] == whole
    for (x, y), (again, label) in zip(clips, exercises.TASK.local_pairs("dev"), strict=True):
        assert (x == again).all() and y == label
    assert (exercises.film("jacks").pictures == film.pictures).all()


def test_their_licences_stand_beside_them():
    notice = (excerpts.FOLDER / "README.md").read_text("utf-8")
    folders = [path.name for path in excerpts.FOLDER.iterdir() if path.is_dir() and any(path.glob("*.jsonl"))]
    assert sorted(folders) == sorted(RACED) and all(f"`{name}/*.jsonl`" in notice for name in folders)
    for said in ("CC BY-SA 4.0", "CC BY 3.0", "EIA-0196217", "Copyright (c) 2015, Mike Hughes", "resold"):
        assert said in notice
    size = sum(path.stat().st_size for path in excerpts.FOLDER.rglob("*") if path.is_file())
    assert size < 2 * 2**20
    for path in excerpts.FOLDER.rglob("*.jsonl"):
        assert all(len(json.loads(row)) == 2 for row in path.read_text("utf-8").splitlines())
