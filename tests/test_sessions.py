"""What a session keeps: little, bounded, and not for ever."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from weakref import WeakSet

import gradio as gr
import numpy as np
import pytest
from gradio.state_holder import StateHolder

from s2s_demo.prediction import Prediction
from s2s_demo.ui import page
from s2s_demo.ui.server import sessions
from s2s_demo.ui.server.blocks import SteadyBlocks
from s2s_demo.ui.server.health import trim_uploads
from s2s_demo.ui.server.queueing import SteadyQueue
from s2s_demo.ui.words import said
from tests.serving import post
from tests.small_page import small_page


@pytest.fixture
def small(monkeypatch):
    """Sessions of a page with two states, one of which tells when it goes; there are no others."""
    monkeypatch.setattr(sessions.LightSession, "living", WeakSet())
    gone = []
    with SteadyBlocks() as blocks:
        states = [gr.State(None), gr.State("first", delete_callback=gone.append)]
        text = gr.Textbox("a")
        text.change(lambda a: a, text, text)
    holder = StateHolder()
    holder.set_blocks(blocks)
    return SimpleNamespace(holder=holder, blocks=blocks, states=states, text=text, gone=gone)


def aged(small, name, seconds):
    """As if the session had last been used so long ago."""
    small.holder.time_last_used[name] = datetime.now() - timedelta(seconds=seconds)


def test_light_sessions_are_in_use_with_this_gradio():
    assert sessions.use_light_sessions()


def test_with_another_gradio_its_own_sessions_are_used(monkeypatch, caplog):
    monkeypatch.setattr(sessions.gradio, "__version__", "7.0.0")
    assert not sessions.use_light_sessions() and "7.0.0" in caplog.text


def test_a_session_shares_with_the_page_what_it_has_not_changed():
    real = page.build()
    holder = StateHolder()
    holder.set_blocks(real)
    some = [holder[f"s{i}"] for i in range(50)]
    assert all(isinstance(one, sessions.LightSession) and not one.config_values for one in some)
    assert all(not one.blocks_config.blocks.own and not one.blocks_config.fns.own for one in some)
    assert len(some[0].blocks_config.fns) == len(real.fns) and list(some[0].blocks_config.blocks) == list(real.blocks)


def test_what_one_session_changes_no_other_sees(small):
    mine, other = small.holder["mine"], small.holder["other"]
    changed = gr.Textbox("b", render=False)
    mine[small.text._id] = changed
    mine[small.states[0]._id] = "mine"
    assert mine[small.text._id] is changed and other[small.text._id] is small.text
    assert other[small.states[0]._id] is None and small.blocks.blocks[small.text._id] is small.text
    assert small.states[0]._id in mine and small.text._id in other and 10**9 not in mine


def test_a_session_lets_go_of_its_oldest_large_state(small, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_OF_SESSION", 1_000_000)
    mine = small.holder["mine"]
    first, second = (state._id for state in small.states)
    mine[second] = b"x" * 700_000
    mine[first] = b"y" * 700_000
    assert mine.kept() <= 1_000_000 and mine.evicted == {second}
    assert small.gone == [b"x" * 700_000] and mine[second] == "first" and mine[first] == b"y" * 700_000
    mine[second] = "again"
    assert not mine.evicted


def test_all_sessions_together_let_go_of_the_longest_unused(small):
    first = small.states[0]._id
    held = {name: small.holder[name] for name in ("old", "new", "answer")}
    held["answer"][first] = Prediction("x", "y", ("x",), ("y",), np.zeros(100_000), 0.0)
    for name in ("old", "new"):
        held[name][first] = b"x" * 700_000
    assert held["old"][first] and held["new"][first]
    sessions.evict_beyond(1_000_000)
    assert first in held["old"].evicted and held["old"][first] is None and not held["new"].evicted
    assert held["answer"][first] is None and not held["answer"].evicted


def test_setting_a_large_state_is_the_moment_to_look_at_all_sessions(small, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_OF_ALL", 3_000_000)
    for i in range(10):
        small.holder[f"s{i}"][small.states[0]._id] = b"x" * 1_200_000
    assert sum(one.kept() for one in sessions.LightSession.living) <= 3_000_000


def test_a_state_that_was_let_go_is_missed_in_one_sentence():
    with small_page() as served:
        call = {"session_hash": "mine"}
        run = f"{served.url}gradio_api/run/"
        assert post(run + "keep", json={"data": ["200000"], **call}).status_code == 200
        assert post(run + "kept", json={"data": [None], **call}).json()["data"] == ["200000"]
        served.blocks.state_holder.session_data["mine"].evict()
        told = post(run + "kept", json={"data": [None], **call})
        assert (told.status_code, told.json()["error"]) == (422, said("server.evicted", "en"))
        assert post(run + "kept", json={"data": [None], **call}).json()["data"] == ["0"]


def test_sessions_nobody_listens_for_expire(small):
    connections = small.blocks.connections
    for name in ("bare", "fresh", "open", "closed", "long closed"):
        small.holder[name][small.states[1]._id] = name
    with connections.open(["open"]):
        with connections.open(["closed", "long closed"]):
            pass
        for name in ("bare", "open", "closed"):
            aged(small, name, sessions.UNSEEN_SECONDS + 1)
        aged(small, "long closed", sessions.CLOSED_SECONDS + 1)
        assert sessions.expire(small.holder, connections) == 2
        assert set(small.holder.session_data) == {"fresh", "open", "closed"} == set(small.holder.time_last_used)
    assert sorted(small.gone) == ["bare", "long closed"] and connections.count == 0


def test_messages_nobody_fetches_are_forgotten(small):
    queue = SteadyQueue(small.blocks._queue, small.blocks.connections)
    for name in ("read", "unread"):
        queue.pending_messages_per_session[name], queue.pending_event_ids_session[name] = SimpleNamespace(), {"e"}
    with small.blocks.connections.open(["read"]):
        assert queue.forget(0) == 1
        assert set(queue.pending_messages_per_session) == {"read"} == set(queue.pending_event_ids_session)


def test_uploads_beyond_their_bound_go_the_oldest_first(tmp_path):
    names = []
    for i, name in enumerate(("b", "a", "c")):
        (tmp_path / name).write_bytes(b"x" * 1_000)
        os.utime(tmp_path / name, (i, i))
        names.append(str(tmp_path / name))
    blocks = SimpleNamespace(upload_file_set={*names, str(tmp_path / "gone")})
    trim_uploads(blocks, 2_000)  # pyright: ignore[reportArgumentType]
    assert [Path(name).name for name in sorted(blocks.upload_file_set)] == ["a", "c"]
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    "value, least, most",
    [
        (None, 0, 100),
        (np.zeros((1000, 100), np.float32), 400_000, 401_000),
        ([("abcdefghij" * 10 + str(i), "y" * 50) for i in range(100_000)], 20_000_000, 40_000_000),
        ({"a": [b"x" * 1_000_000]}, 1_000_000, 1_001_000),
        (Prediction("x", "y", ("x",), ("y",), np.zeros(1_000_000), 0.0), 8_000_000, 8_001_000),
    ],
    ids=["nothing", "array", "pairs", "nested", "answer"],
)
def test_what_a_value_keeps_is_weighed(value, least, most):
    assert least <= sessions.size_of(value) <= most


def test_weighing_looks_at_a_bounded_number_of_parts():
    looked = []

    class Watched(str):
        def __sizeof__(self):
            looked.append(1)
            return 50

    sessions.size_of([[Watched(i) for i in range(300)] for _ in range(2_000)])
    assert len(looked) <= sessions.MOST_LOOKED_AT
