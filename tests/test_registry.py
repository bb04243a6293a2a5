"""A file in engines/ or tasks/ with a mistake in it is one sentence that names it, and everything else is there."""

from __future__ import annotations

import importlib
import sys
from itertools import count

import pytest

from s2s_demo import engines, lenses, registry, tasks
from s2s_demo.engine import Engine
from s2s_demo.task import Task
from tests.added import copy_into, run

NUMBERS = count()
ENGINE = """
import torch
from torch import nn
from s2s_demo.engine import Engine, Layer
from s2s_demo.prediction import Words

class Plain(Layer):
    def __init__(self, dim, *, causal, reads):
        super().__init__(dim, causal=causal, reads=reads)
        self.map = nn.Linear(dim, dim)
    def forward(self, x_BTD, mask_BT, memory=None):
        return self.map(x_BTD)
    def start(self, memory, batch):
        return ()
    def step(self, x_BD, state):
        return self.map(x_BD), state

ENGINE = Engine("plain", Words("그냥", "Plain"), Words("없음", "Nothing."), Plain, 50)
"""
TASK = """
from s2s_demo.codecs import Symbols
from s2s_demo.prediction import Words
from s2s_demo.task import Shape, Task

def pairs(split, seed):
    return iter([("ab", "ba")] * 3)

W, LETTERS = Words("뒤집기", "Backwards"), Symbols(("a", "b"))
TASK = Task("plain", W, W, Shape.N2N, pairs, LETTERS, LETTERS, ("ab",))
"""
LENS = """
from s2s_demo.lens import Lens
from s2s_demo.prediction import Scale, Words

W = Words("빈 렌즈", "Empty")
LENS = Lens("plain", W, W, Words("{engine}에는 없음", "None for {engine}"), lambda *more: [], Scale.SHARE)
"""
GOOD = {"ENGINE": ENGINE, "TASK": TASK, "LENS": LENS}
RULES = {"ENGINE": engines.RULE, "TASK": tasks.RULE, "LENS": lenses.RULE}


@pytest.fixture
def found(tmp_path, monkeypatch):
    """(attribute, files by name) -> what `find` makes of a package of those files."""
    monkeypatch.syspath_prepend(tmp_path)

    def find(attribute, **files):
        name = f"package{next(NUMBERS)}"
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        for file, text in files.items():
            (tmp_path / name / f"{file}.py").write_text(text, "utf-8")
        importlib.invalidate_caches()
        made = registry.find(importlib.import_module(name), attribute, RULES[attribute])
        for module in [module for module in sys.modules if module.partition(".")[0] == name]:
            del sys.modules[module]
        return name, made

    return find


WRONG = {
    "a syntax error": ("ENGINE", "def broken(:\n", "line 1, SyntaxError: invalid syntax"),
    "no end": ("ENGINE", "from s2s_demo.engine import Engine\n", "it must end in `ENGINE = Engine(...)`"),
    "the class instead": ("ENGINE", "from s2s_demo.engine import Engine as ENGINE\n", "it must end in `ENGINE"),
    "an exception": ("ENGINE", ENGINE + "\n1 / 0\n", "line 20, ZeroDivisionError: division by zero"),
    "an exit": ("ENGINE", "import sys\nsys.exit('bye')\n", "line 2, SystemExit: bye"),
    "no such module": ("ENGINE", "import nowhere_at_all\n", "ModuleNotFoundError: No module named 'nowhere_at_all'"),
    "a name with a space": ("ENGINE", ENGINE.replace('"plain"', '"my plain"'), "the name ‘my plain’ must be lowercase"),
    "a name that says more": ("ENGINE", ENGINE.replace('"plain"', '"all"'), "the name ‘all’ is taken"),
    "a title that is text": ("ENGINE", ENGINE.replace('Words("그냥", "Plain")', '"Plain"'), "`title` must be Words, not str"),
    "another shape": ("ENGINE", ENGINE.replace("self.map(x_BTD)", "self.map(x_BTD)[:, 0]"), "`forward` must give the shape"),
    "another step": ("ENGINE", ENGINE.replace("self.map(x_BD), state", "x_BD[:, :1], state"), "`step` must give the shape"),
    "no step": ("ENGINE", ENGINE.replace("def step", "def stride"), "TypeError"),
    "no layer": ("ENGINE", ENGINE.replace("(Layer)", "(nn.Module)").replace("dim, causal=causal, reads=reads", ""), "must build a Layer"),
    "no such field": ("TASK", TASK.replace("LETTERS, (", "LETTERS, colour=3, examples=("), "unexpected keyword argument"),
    "no examples": ("TASK", TASK.replace('("ab",)', "()"), "`examples` must hold at least one text"),
    "a shape by name": ("TASK", TASK.replace("Shape.N2N", '"N2N"'), "`shape` must be Shape, not str"),
    "pairs of another shape": ("TASK", TASK.replace('"ba")', '"bab")'), "its shape is N2N, but a pair has 2 steps of x and 3 of y"),
    "a symbol nobody knows": ("TASK", TASK.replace('"ba")', '"bc")'), "plain.py: "),
    "a word of the command": ("TASK", TASK.replace('"plain"', '"evaluate"'), "the name ‘evaluate’ is taken"),
    "a room of the page": ("TASK", TASK.replace('("ab",)', '("ab",), room="lab"'), "choose another `room`"),
    "another input": ("TASK", TASK.replace('("ab",)', '("ab",), input="smell"'), "`input` must be text or video"),
    "a video without one": ("TASK", TASK.replace('("ab",)', '("ab",), input="video"'), "it needs `clips` and `film`"),
    "pairs that are a list": ("TASK", TASK.replace("N2N, pairs", "N2N, []"), "`pairs` must be Callable, not list"),
    "a scale by name": ("LENS", LENS.replace("Scale.SHARE", '"share"'), "`scale` must be Scale, not str"),
    "a sentence with a place nobody fills": ("LENS", LENS.replace("for {engine}", "for {model}"), "`absent` may have the place {engine} alone"),
    "a name of the page": ("LENS", LENS.replace('"plain"', '"told"'), "the name ‘told’ is taken"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_one_sentence_that_names_the_file_and_the_rest_is_there(what, found):
    attribute, text, part = WRONG[what]
    name, made = found(attribute, plain=text, another=GOOD[attribute].replace('"plain"', '"another"'))
    assert list(made.members) == ["another"]
    (fault,) = made.faults
    for said in (fault.ko, fault.en):
        assert said.startswith(f"{name}/plain.py: ") and "\n" not in said and len(said) < 240
    assert part in fault.en


def test_a_name_belongs_to_the_file_that_is_called_so(found):
    name, made = found("ENGINE", aaa=ENGINE, plain=ENGINE.replace("50)", "40)"))
    assert made.members["plain"].order == 40
    assert [fault.en for fault in made.faults] == [f"{name}/aaa.py: the name ‘plain’ is taken by another file."]


def test_modules_that_others_share_are_passed_over(found):
    _, made = found("TASK", _shared="raise RuntimeError", plain=TASK)
    assert list(made.members) == ["plain"] and not made.faults


def test_a_mistake_in_files_of_ours_leaves_the_page_and_the_command_standing(tmp_path):
    place = copy_into(tmp_path)
    paths = ["engines/lstm.py", "tasks/addition.py"]
    for path in paths:
        with (place / "s2s_demo" / path).open("a") as file:
            file.write("def broken(:\n")
    code = (
        "from s2s_demo.ui import page; page.build(); from train.__main__ import main; raise SystemExit(main(['list']))"
    )
    done = run(place, "-c", code)
    assert done.returncode == 0, done.stderr
    for path in paths:
        told = [line for line in done.stderr.splitlines() if path in line]
        assert len(told) == 2 and all("SyntaxError: invalid syntax" in line for line in told)


def test_all_of_our_own_are_found_and_whole():
    assert not engines.FAULTS and not tasks.FAULTS and not lenses.FAULTS
    assert all(isinstance(engine, Engine) for engine in engines.ENGINES.values())
    assert all(isinstance(task, Task) for task in tasks.TASKS.values())
