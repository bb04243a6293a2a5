"""One damaged file beside one model is that file's trouble: the page starts, every other model answers, and one sentence tells it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from s2s_demo import checkpoints, side_files, tasks
from s2s_demo.lab.long_range import runs as longrange_runs
from s2s_demo.lab.scoreboard import rows as board
from s2s_demo.lab.snapshots import store
from s2s_demo.prediction import UserError
from s2s_demo.side_files import Damaged
from s2s_demo.ui import page
from s2s_demo.ui.lab import snapshots_content
from s2s_demo.ui.task import card, panel
from s2s_demo.video import encoder

SHELF = checkpoints.ROOT
NONSENSE: list[Any] = [None, True, -1, 1.5, float("nan"), float("inf"), 10**400, "", "\ud800", "{x}", [], {}, [[1]]]
CONTENTS = {
    "cut short": b"{",
    "a list": b"[]",
    "a number": b"7",
    "null": b"null",
    "nothing": b"",
    "not text": b"\xff\xfe\x00",
    "nested deep": b"[" * 100_000,
    "objects nested deep": b'{"model":' * 100_000,
    "half a surrogate pair": b'{"machine": "\\ud800"}',
    "a number without end": b'{"parameters": ' + b"9" * 5000 + b"}",
}


def put_text(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(data)


def put_folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def put_loop(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(path)


def put_pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


WAYS = {
    **{name: lambda path, data=data: put_text(path, data) for name, data in CONTENTS.items()},
    "missing": lambda path: path.unlink(missing_ok=True),
    "a folder": put_folder,
    "a link to itself": put_loop,
    "a pipe": put_pipe,
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Checkpoints of two adders and the snapshots of addition, to be damaged."""
    for name in ("addition/gru", "addition/lstm", "time/addition", "longrange"):
        shutil.copytree(SHELF / name, tmp_path / name)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    store._load_run.cache_clear()
    yield tmp_path
    store._load_run.cache_clear()


def answered(ask: Callable[[], Any]) -> Any:
    """What comes, a sentence included."""
    try:
        return ask()
    except UserError as e:
        refused = e
    assert "\n" not in refused.words.en and refused.words.ko != refused.words.en
    return refused


def asked_of(engine: str) -> Iterator[Any]:
    """Everything that reads what lies beside a model of addition; a UserError is an answer, anything else is not."""
    task = tasks.get("addition")
    yield panel._first_engine(task)
    yield board.board("addition")
    yield longrange_runs.results_of("addition")
    yield snapshots_content.trainings("addition", "en")
    for ask in (
        lambda: checkpoints.load("addition", engine, device="cpu"),
        lambda: card.model_details(task, engine, "encoder-only", "+", "ko"),
        lambda: card.threshold("addition", engine, "encoder-only"),
        lambda: snapshots_content.training_figure("addition", engine, "en"),
    ):
        yield answered(ask)


def other_answers() -> bool:
    return checkpoints.load("addition", "gru", device="cpu").config.engine == "gru"


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", ["config.json", "scores.json", "history.jsonl", "README.md", "model.safetensors"])
def test_a_damaged_file_is_told_and_stops_nothing(shelf, name, way):
    way(shelf / "addition" / "lstm" / name)
    answers = list(asked_of("lstm"))
    assert other_answers() and any(row.engine == "gru" for row in answers[1].rows)
    beside = name in ("scores.json", "history.jsonl", "README.md")
    assert isinstance(answers[4], UserError) is not beside  # the model itself


def leaves(data: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value; of long lists the first two items."""
    yield path
    items = data.items() if isinstance(data, dict) else enumerate(data[:2]) if isinstance(data, list) else ()
    for key, value in list(items)[:60]:
        yield from leaves(value, *path, key)


def changed(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copy = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = changed(data[path[0]], path[1:], value)
    return copy


@pytest.mark.parametrize("name", ["config.json", "scores.json", "history.jsonl"])
def test_every_field_may_hold_anything(shelf, name):
    path = shelf / "addition" / "lstm" / name
    first, *rest = path.read_text("utf-8").splitlines() if name == "history.jsonl" else [path.read_text("utf-8")]
    data = json.loads(first)
    places = list(leaves(data))
    assert len(places) > 10
    for number, place in enumerate(places[:40]):
        for value in NONSENSE[number % 6 :: 6]:
            path.write_text("\n".join([json.dumps(changed(data, place, value)), *rest]))
            assert len(list(asked_of("lstm"))) == 8 and other_answers(), (place, value)


def test_a_field_may_be_missing(shelf):
    path = shelf / "addition" / "lstm" / "config.json"
    data = json.loads(path.read_text("utf-8"))
    for name in data:
        path.write_text(json.dumps({k: v for k, v in data.items() if k != name}))
        assert len(list(asked_of("lstm"))) == 8 and other_answers(), name
    path.write_text(json.dumps(data))
    (path.parent / "scores.json").write_text('{"exact": 0.5}')
    assert len(list(asked_of("lstm"))) == 8


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("name", [store.FACTS, store.HISTORY, store.WEIGHTS])
def test_damaged_snapshots_are_told(shelf, name, way):
    way(shelf / "time" / "addition" / name)
    store._model.cache_clear()
    for ask in (store.available, lambda: snapshots_content.training_figure("addition", "own", "en")):
        answered(ask)
    if name != store.HISTORY or way is not WAYS["nothing"]:
        with pytest.raises(UserError, match="train snapshots addition"):
            store.model_at("addition", 0)


def test_lines_of_the_grid_that_are_no_runs_are_passed_over(shelf):
    path = shelf / "longrange" / "results.jsonl"
    whole = len(longrange_runs.read_runs(path))
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()[:2]]
    extra = [
        json.dumps({**rows[0], "seed": 10**6 + i, key: value}) for i, key in enumerate(rows[0]) for value in NONSENSE
    ]
    with path.open("a", encoding="utf-8") as file:
        file.write("\n".join(["{", "[]", "[" * 100_000, *extra]))
    runs = longrange_runs.read_runs(path)
    assert len(runs) >= whole and all(isinstance(f"{run.score:.3f} {run.distance:,}", str) for run in runs)
    board.solved_distances(path)


def flipped(path: Path, places: int) -> None:
    data = bytearray(path.read_bytes())
    for i in range(1, places + 1):
        data[-i * 7] ^= 0x10
    path.write_bytes(data)


def test_weights_with_flipped_bytes_never_answer(shelf):
    flipped(shelf / "addition" / "lstm" / "model.safetensors", 1)
    with pytest.raises(UserError, match="‘lstm’ are missing or damaged"):
        checkpoints.load("addition", "lstm", device="cpu")
    assert other_answers()
    flipped(shelf / "time" / "addition" / store.WEIGHTS, 1)
    store._model.cache_clear()
    with pytest.raises(UserError, match="train snapshots addition"):
        store.model_at("addition", 0)


def test_a_frame_encoder_with_flipped_bytes_never_answers(tmp_path):
    shutil.copytree(SHELF / "frames", tmp_path / "frames")
    flipped(tmp_path / "frames" / "model.safetensors", 1)
    encoder.load.cache_clear()
    with pytest.raises(UserError, match="train frames"):
        encoder.load(tmp_path)
    encoder.load.cache_clear()


def test_every_shipped_model_carries_the_digest_of_its_weights():
    kept = [("config.json", "model.safetensors"), (store.FACTS, store.WEIGHTS)]
    found = [(facts, facts.with_name(weights)) for name, weights in kept for facts in SHELF.rglob(name)]
    assert len(found) > 100
    for facts, weights in found:
        assert side_files.read_facts(facts)[side_files.DIGEST] == side_files.sha256(weights), facts


def test_a_model_without_a_digest_loads(shelf):
    path = shelf / "addition" / "lstm" / "config.json"
    data = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps({k: v for k, v in data.items() if k != side_files.DIGEST}))
    assert checkpoints.load("addition", "lstm", device="cpu").config.engine == "lstm"
    for digest in (None, 7, "", "0" * 64):
        path.write_text(json.dumps({**data, side_files.DIGEST: digest}))
        with pytest.raises(UserError):
            checkpoints.load("addition", "lstm", device="cpu")


def test_files_that_cannot_be_read_are_told(shelf, monkeypatch):
    def refused(path: Path, mode: str = "r", **options: Any) -> Any:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", refused)
    for read in (side_files.read_facts, side_files.read_scores, side_files.read_rows):
        with pytest.raises(Damaged):
            read(shelf / "addition" / "lstm" / "config.json")
    assert checkpoints.available() == []


def test_the_page_starts_on_a_shelf_where_much_is_damaged(tmp_path, monkeypatch):
    shutil.copytree(SHELF, tmp_path / "shelf", ignore=shutil.ignore_patterns("frames"))
    (tmp_path / "shelf" / "frames").symlink_to(SHELF / "frames")
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path / "shelf")
    store._load_run.cache_clear()
    names = ("scores.json", "config.json", "history.jsonl", "README.md", "model.safetensors")
    folders = sorted(path.parent for path in (tmp_path / "shelf").glob("*/*/config.json"))
    for i, (folder, way) in enumerate(zip(folders, list(WAYS.values()) * 9, strict=False)):
        way(folder / names[i % len(names)])
    for i, facts in enumerate(sorted((tmp_path / "shelf" / "time").glob(f"*/{store.FACTS}"))):
        list(WAYS.values())[i](facts)
    put_text(tmp_path / "shelf" / "longrange" / "results.jsonl", b"[" * 100_000)
    assert page.build() is not None
    store._load_run.cache_clear()
