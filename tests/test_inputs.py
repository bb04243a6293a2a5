"""Input kinds: each is one file of ui/inputs, and a toy kind, a row of numbers in place of a sound, has a room that answers."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np
import pytest
import torch
from torch import Tensor

from s2s_demo import checkpoints, codecs, registry, tasks
from s2s_demo.codecs import Symbols
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, Task
from s2s_demo.ui import inputs
from s2s_demo.ui.input_kind import InputKind
from s2s_demo.ui.task import handlers
from s2s_demo.ui.task.panel import task_panel
from s2s_demo.ui.words import LABELS
from tests import toy_film

KIND = '''"""A row of numbers, one a step."""
import gradio as gr

from s2s_demo.prediction import UserError
from s2s_demo.ui.input_kind import Controls, InputKind


def box(task):
    x = gr.Textbox(elem_id=f"x-{task.name}")
    samples = {name: gr.Button(name, elem_id=f"{task.name}-{name}") for name in task.clips}
    return Controls(x, gr.Button(elem_id=f"go-{task.name}"), [x.submit], samples=samples)


def read(task, value):
    try:
        return task.read(value or "")
    except ValueError as e:
        raise UserError("수를 쓰세요.", "Type numbers.") from e


def sample(task, name):
    return " ".join(map(str, task.film(name)))


INPUT = InputKind("tones", box, read, sample=sample, order=3)
'''
WAVES = {"low": (0.5, 1.5, -0.5, 2.0), "high": (3.0, -1.0, 1.0, 0.1)}


class Signs:
    """A codec: a step is one number, 5 above zero and 4 below."""

    size = 6

    def encode(self, x: tuple[float, ...]) -> Tensor:
        """(T,) int64."""
        return torch.tensor([4 + (number > 0) for number in x])

    def tokens(self, x: tuple[float, ...]) -> list[str]:
        """The numbers."""
        return [f"{number:g}" for number in x]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"kind": "toy-signs"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Signs:
        """The same again."""
        return cls()


def truth(x):
    return " ".join("up" if number > 0 else "down" for number in x)


TASK = Task(
    "toy-tones",
    Words("소리", "Tones"),
    Words("수마다 부호", "The sign of each number"),
    Shape.N2N,
    lambda split, seed: iter([(wave, truth(wave)) for wave in WAVES.values()]),
    Signs(),  # type: ignore[arg-type]
    Symbols(("up", "down"), by="word"),
    read=lambda text: tuple(float(number) for number in text.split()),
    truth=truth,
    meanings={"up": Words("위", "above zero"), "down": Words("아래", "below zero")},
    input="tones",
    clips={name: Words(name, name) for name in WAVES},
    film=WAVES.get,  # type: ignore[arg-type]
)


@pytest.fixture
def kinds(monkeypatch, tmp_path):
    """All kinds, with the toy one in a file beside the others."""
    (tmp_path / "tones.py").write_text(KIND, "utf-8")
    monkeypatch.setattr(inputs, "__path__", [*inputs.__path__, str(tmp_path)])
    found = registry.find(inputs, "INPUT", inputs.RULE)
    assert not found.faults
    for name, kind in found.members.items():
        monkeypatch.setitem(inputs.INPUTS, name, kind)
    return found.members


@pytest.fixture
def room(kinds, monkeypatch, tmp_path):
    """The room of a toy task of that kind, with one trained model."""
    monkeypatch.setitem(tasks.TASKS, TASK.name, TASK)
    monkeypatch.setitem(codecs.KINDS, "toy-signs", Signs)
    monkeypatch.setattr(checkpoints, "ROOT", tmp_path)
    for key in ("about", "asks"):
        monkeypatch.setitem(LABELS["en"], f"task.{TASK.name}.{key}", key)
    toy_film.shelve(tmp_path, "gru", task=TASK)
    with gr.Blocks() as page:
        task_panel(TASK, [page.load])
    return page


def test_a_kind_is_one_file_and_a_task_names_it(kinds):
    assert list(kinds) == ["text", "video", "tones"] and not inputs.FAULTS
    assert {task.input for task in tasks.TASKS.values()} <= set(tasks.INPUTS) == set(inputs.INPUTS) - {"tones"}
    assert all(isinstance(kind, InputKind) for kind in kinds.values())


def test_a_room_of_a_new_kind_answers_its_samples_and_what_is_typed(room):
    ids = {getattr(block, "elem_id", None) for block in room.blocks.values()}
    assert {f"x-{TASK.name}", f"go-{TASK.name}", f"{TASK.name}-low", f"answer-{TASK.name}"} <= ids
    asked = ("gru", "encoder-only", "gradient", None, None, 0)
    value, view, answer, step, *_ = handlers.ask_first(TASK, *asked, None, lang="en")
    assert value == "0.5 1.5 -0.5 2.0" and answer.x == WAVES["low"] and step == 3
    assert [cell["name"] for cell in view["y"]] == ["up", "up", "down", "up"] and view["right"]
    assert np.shape(view["matrix"]) == (4, 4)
    assert handlers.ask(TASK, *asked, "1 -1", lang="en")[1].y == "up down"
    assert handlers.ask(TASK, *asked, "a", lang="ko")[0] == {"problem": "수를 쓰세요."}
    assert handlers.ask_sample(TASK, "high", *asked, lang="en")[2].x == WAVES["high"]
    figure, table = handlers.compare_engines(TASK, None, "1 -1", "encoder-only", 0, lang="en")
    assert len(figure.data) and table.value["data"][0][2] == "✓"


def test_a_kind_whose_file_has_a_mistake_closes_its_own_rooms_alone(room, monkeypatch):
    monkeypatch.delitem(inputs.INPUTS, "tones")
    monkeypatch.setattr(inputs, "FAULTS", (Words("inputs/tones.py: 오류", "inputs/tones.py: <mistake>"),))
    with gr.Blocks() as page:
        task_panel(TASK, [page.load])
    (note,) = [block for block in page.blocks.values() if isinstance(block, gr.HTML)]
    assert "오류" in str(note.value) and "tones.py: &lt;mistake&gt;" in str(note.value)
