"""Tiny toy tasks, one a shape, and tiny loud models in double precision, where "equal" can mean equal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import torch
from torch import Tensor, nn

from s2s_demo import datasets, engines
from s2s_demo.batch import Batch, collate
from s2s_demo.codecs import Symbols
from s2s_demo.engine import Layer
from s2s_demo.model import ModelConfig, Seq2Seq
from s2s_demo.prediction import UserError, Words
from s2s_demo.task import FITS, Approach, Pair, Shape, Task
from s2s_demo.tasks import _pos, exercises, intent_en, intent_ko, pos_en, pos_ko, swing
from tests import toy_sets as sets
from train import evaluate

# a second device is registered where it is imported, for the whole process, and autograd then refuses to work in a forked one; so
# the search for doctests leaves these alone, and `test_accelerator` and the stand-in for ZeroGPU import them in processes of their own
collect_ignore = ["pretend_accelerator.py", "accelerator_walk.py"]
# small tensors, and a page and a browser beside: threads would only wait for each other, here and in the processes that tests start
torch.set_num_threads(1)
os.environ["OMP_NUM_THREADS"] = "1"
# the suite is about the CPU's answers, also where there is a GPU; what is about devices names its own
os.environ["S2S_DEVICE"] = "cpu"
DIM = 8
OPTIONS: dict[str, dict[str, Any]] = {
    "conv": {"kernel": 3},
    "rnn": {"depth": 2},
    "lstm": {"depth": 2},
    "gru": {"depth": 2},
    "transformer": {"heads": 2, "wide": 2},
    "mamba": {"state": 4, "head": 4},
}
TOYS: dict[Shape, list[Pair]] = {
    Shape.N2N: [("abc", "uvw"), ("edcba", "zyxwv"), ("bd", "vx"), ("ccea", "wwzu")],
    Shape.N21: [("abc", "u"), ("edcba", "z"), ("bd", "v"), ("ccea", "w")],
    Shape.N2M: [("abc", "wv"), ("edcba", "u"), ("bd", "vxyzu"), ("ccea", "zzu")],
    Shape.LM: [("abc", "xy"), ("edcba", "z"), ("bd", "uvwxy"), ("ccea", "wxy")],
}


@dataclass(frozen=True)
class Cell:
    """One cell of the grid shape x approach x engine."""

    shape: Shape
    approach: Approach
    engine: str

    def __str__(self) -> str:
        return f"{self.shape.name}-{self.approach.value}-{self.engine}"

    @property
    def task(self) -> Task:
        """The toy task of this shape."""
        return toy(self.shape)

    @property
    def config(self) -> ModelConfig:
        """A tiny model for it."""
        return ModelConfig.of(self.task, self.engine, self.approach, dim=DIM, **OPTIONS.get(self.engine, {}))


CELLS = [Cell(shape, approach, engine) for shape in Shape for approach in FITS[shape] for engine in engines.ENGINES]
FIFTH = len(CELLS) // 5


@cache
def toy(shape: Shape) -> Task:
    """A task of four pairs of unequal lengths: letters a-e into letters u-z."""

    def pairs(split: str, seed: int) -> Iterator[Pair]:
        return iter(TOYS[shape])

    name = f"toy-{shape.name.lower()}"
    x_codec, y_codec = Symbols(tuple("abcde")), Symbols(tuple("uvwxyz"))
    return Task(name, Words(name, name), Words(name, name), shape, pairs, x_codec, y_codec, longest=7)


def redrawn(module: nn.Module, seed: int = 0, std: float = 0.4) -> None:
    """Draws every parameter anew, loud: with fresh weights a leak can be smaller than any tolerance."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * std)


@cache
def built(cell: Cell) -> Seq2Seq:
    """The loud double-precision model of a cell, in eval mode; tests must not change it."""
    model = Seq2Seq(cell.config)
    redrawn(model)
    return model.double().eval()


@cache
def cells_of_a_push(test: str) -> set[Cell]:
    """A fifth of the grid: every engine and every approach at least once, else by a hash of test and cell, so that each test meets others."""
    cells = sorted(CELLS, key=lambda cell: crc32(f"{test} {cell}".encode()))
    met: set[object] = set()
    new = [
        cell
        for cell in cells
        if not met >= {cell.engine, cell.approach} and not met.update((cell.engine, cell.approach))
    ]
    return {*new, *[cell for cell in cells if cell not in new][: max(0, FIFTH - len(new))]}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks what of the grid is left to the night, and without a folder of the real sets leaves out the tests that read them.

    These are left out by their mark, never skipped one by one. A folder that is named but lacks a set lets them fail.
    """
    for item in items:
        params = item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}
        if "cell" in params and params["cell"] not in cells_of_a_push(item.nodeid.replace(str(params["cell"]), "")):
            item.add_marker("nightly")
    if not os.environ.get("S2S_DATA"):
        real = [item for item in items if item.get_closest_marker("data")]
        items[:] = [item for item in items if not item.get_closest_marker("data")]
        config.hook.pytest_deselected(items=real)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Says what was left out, in every run."""
    grid = f"each test of the contract grid meets {FIFTH} of its {len(CELLS)} cells, the others with `-m nightly`"
    terminalreporter.write_line(f"{grid}, all with `-m 'nightly or not nightly'`.")
    if not os.environ.get("S2S_DATA"):
        terminalreporter.write_line("NOT CHECKED AGAINST THE REAL SETS (tests marked data): S2S_DATA names no folder.")


@pytest.fixture(scope="session", autouse=True)
def _apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A worker's trainings never wait for those of another, or of a page that runs beside the tests; its page ends with it."""
    os.environ["S2S_RUNS"] = str(tmp_path_factory.mktemp("runs"))
    yield
    if serving := sys.modules.get("tests.serving"):  # imported only by those who need the page, which is slow to import
        serving.RUNNING.close()


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.fixture(params=CELLS, ids=str)
def cell(request: pytest.FixtureRequest) -> Cell:
    """Each of the 72 cells in turn."""
    return request.param


@pytest.fixture
def model(cell: Cell) -> Seq2Seq:
    """The loud model of this cell."""
    return built(cell)


@pytest.fixture
def batch(cell: Cell) -> Batch:
    """The toy pairs of this cell's task, padded."""
    return collated(cell.task)


def collated(task: Task) -> Batch:
    """All toy pairs in one batch."""
    return collate(list(task.pairs("train", 0)), task.get_x_codec(), task.get_y_codec(), task.shape)


@pytest.fixture(params=list(engines.ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    """Each engine in turn."""
    return request.param


@pytest.fixture
def loud() -> Callable[..., None]:
    """`redrawn`, for modules a test builds itself."""
    return redrawn


@pytest.fixture
def toy_task() -> Callable[[Shape], Task]:
    """shape -> its toy task."""
    return toy


@pytest.fixture
def toy_batch() -> Callable[[Shape], Batch]:
    """shape -> the toy pairs of that shape, padded."""
    return lambda shape: collated(toy(shape))


@pytest.fixture
def toy_model() -> Callable[..., Seq2Seq]:
    """(shape, engine, approach=the natural one) -> the shared loud model."""
    return lambda shape, engine, approach=None: built(Cell(shape, approach or FITS[shape][0], engine))


@pytest.fixture
def new_model() -> Callable[..., Seq2Seq]:
    """(shape, engine, **options) -> a fresh single-precision model with its usual weights, free to train."""

    def new(shape: Shape, engine: str, **options: Any) -> Seq2Seq:
        torch.manual_seed(0)
        options = {**OPTIONS.get(engine, {}), **options}
        return Seq2Seq(ModelConfig.of(toy(shape), engine, dim=DIM, **options))

    return new


@pytest.fixture
def layer_of() -> Callable[..., Layer]:
    """(engine, causal=..., reads=..., **options) -> a loud double-precision layer in eval mode."""

    def layer(engine: str, *, causal: bool = False, reads: bool = False, **options: Any) -> Layer:
        options = {**OPTIONS.get(engine, {}), **options}
        made = engines.get(engine).layer(DIM, causal=causal, reads=reads, **options)
        redrawn(made)
        return made.double().eval()

    return layer


@pytest.fixture
def noise() -> Callable[..., Tensor]:
    """(B, T, ...) standard normal numbers in double precision."""
    return lambda *shape: torch.randn(*shape, dtype=torch.float64)


def forget_sets() -> None:
    """Empties everything that remembers what a set held."""
    remembering = [vars(module) for module in (_pos, pos_en, pos_ko, intent_en, intent_ko, exercises, swing, evaluate)]
    found = [value for names in remembering for value in names.values()]
    found += [cell.cell_contents for task in (pos_en.TASK, pos_ko.TASK) for cell in task.truth.__closure__]
    for value in found:
        getattr(value, "cache_clear", lambda: None)()


@pytest.fixture
def toy_sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the toy sets, which every real-data task reads during the test."""
    folder = tmp_path / "sets"
    monkeypatch.setattr(datasets, "FILES", sets.lay_out(folder))
    monkeypatch.setattr(datasets, "CACHE", tmp_path / "no-cache")
    monkeypatch.setenv("S2S_DATA", str(folder))
    forget_sets()
    yield folder
    forget_sets()


def told(text, reads):
    """The English sentence with which `reads` refuses `text`, after a look at both languages."""
    with pytest.raises(UserError) as error:
        reads(text)
    words = error.value.words
    for said in (words.ko, words.en):
        assert said.isprintable() and len(said) < 200
        said.encode()
    assert words.ko != words.en
    return words.en


def read_or_told(task, texts, *, most):
    """Each text becomes an x of at most so many words, each with its number and its name, or is refused in one sentence."""
    for text in texts:
        try:
            x = task.read(text)
        except UserError:
            told(text, task.read)
            continue
        x.encode()
        assert 0 < len(x.split(" ")) <= most and x.isprintable(), text[:80]
        assert len(task.get_x_codec().encode(x)) == len(x.split(" ")) == len(task.get_x_codec().tokens(x)), text[:80]
