"""The same model on the same example with fresh and with trained weights: the gradient at its inputs, and its gates.

The loss is L = −log p(y_M) of the last output step, with the true answer fed in where it is known (else the model's own). It is
−1 times what the gradient lens shows, of the same length (`lenses.gradient`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s_demo import checkpoints, engines, tasks
from s2s_demo.engine import Layer
from s2s_demo.explain import predict_parsed
from s2s_demo.lab.gradients.measure import Decay
from s2s_demo.lenses import LONGEST_LOOK, gradient_of
from s2s_demo.model import EncoderDecoder, EncoderOnly, Seq2Seq
from s2s_demo.prediction import UserError
from s2s_demo.seeding import LocalSeed
from s2s_demo.trace import recording

GATED = {engine.name: engine.gates for engine in engines.ENGINES.values() if engine.gates}
FEWEST = 3


@dataclass(frozen=True)
class Pair:
    """One engine's gradient at the inputs, by lag, before and after training. fresh, trained: (S,) norms at lags 0 ... S − 1."""

    fresh: Decay
    trained: Decay


def offered() -> list[str]:
    """The tasks that read text and have trained models."""
    return [name for name, task in tasks.TASKS.items() if task.typed and checkpoints.available(name)]


def engines_of(task: str) -> list[str]:
    """The engines trained on a task by its natural approach, seed 0."""
    natural = tasks.get(task).approaches[0].value
    return [e.engine for e in checkpoints.available(task) if e.approach == natural and not e.seed]


def x_of(task: str, text: str) -> str:
    """What a visitor typed as the task reads it.

    Raises:
        UserError: it cannot be read, or has fewer than 3 or more than 64 steps.
    """
    if task not in offered():
        raise UserError("이 과제는 여기에서 볼 수 없습니다. 목록에서 골라 주세요.", "Choose a task from the list.")
    return tasks.get(task).read(text)


def names_of(task: str, x: str) -> tuple[str, ...]:
    """The names of the steps of x, as the first of the models has them: no data of the task is needed."""
    return tuple(map(str, checkpoints.load(task, engines_of(task)[0], device="cpu").x_codec.tokens(x)))


def fresh_twin(model: Seq2Seq, seed: int) -> Seq2Seq:
    """A model of the same config with the weights it would have started from, drawn from a seed."""
    with LocalSeed(seed):
        return Seq2Seq(model.config).eval()


def pair_of(task: str, engine: str, x: str, seed: int = 0) -> Pair:
    """Both decays of one engine.

    Raises:
        UserError: there is no such model, or x is too short or too long.
    """
    model = checkpoints.load(task, engine, device="cpu")
    steps = len(model.x_codec.encode(x))
    if not FEWEST <= steps <= LONGEST_LOOK:
        raise UserError(
            f"입력이 {steps}단계입니다. {FEWEST}–{LONGEST_LOOK}단계로 입력해 주세요.",
            f"The input has {steps} steps: give {FEWEST} to {LONGEST_LOOK}.",
        )
    y = tasks.get(task).truth(x) or predict_parsed(model, [x])[0].y
    return Pair(_decay(fresh_twin(model, seed), engine, x, y), _decay(model, engine, x, y))


def _decay(model: Seq2Seq, engine: str, x: str, y: str) -> Decay:
    grid = gradient_of(model, x, y)
    if grid is None:
        raise UserError(f"답이 {LONGEST_LOOK}단계를 넘습니다.", f"The answer has more than {LONGEST_LOOK} steps.")
    return Decay(engine, "x", np.asarray(grid.values[-1, ::-1], dtype=float))


@dataclass(frozen=True)
class Gates:
    """How open each gate of each unit stands at each step of x. open: name -> (D, S) shares from 0 (shut) to 1 (open).

    steps: the S names of the steps. Of a model that reads both ways, or in several layers: the first layer, left to right.
    """

    engine: str
    open: dict[str, np.ndarray]
    steps: tuple[str, ...]


@torch.no_grad()
def gates(task: str, engine: str, x: str) -> Gates:
    """The gates of a trained LSTM or GRU while it reads x.

    Raises:
        UserError: the engine has no gates, there is no such model, or x is too short or too long.
    """
    if engine not in GATED:
        raise UserError("게이트는 LSTM과 GRU에만 있습니다.", "Only LSTM and GRU have gates.")
    model = checkpoints.load(task, engine, device="cpu")
    x_BS = model.x_codec.encode(x)[None]
    steps = x_BS.shape[1]
    if not FEWEST <= steps <= LONGEST_LOOK:
        raise UserError(
            f"입력이 {steps}단계입니다. {FEWEST}–{LONGEST_LOOK}단계로 입력해 주세요.",
            f"The input has {steps} steps: give {FEWEST} to {LONGEST_LOOK}.",
        )
    reads = reader(model)
    e_BSD = model.embed_x(x_BS)
    with recording("state", "gate") as record:
        reads(e_BSD, torch.ones(e_BSD.shape[:2], dtype=torch.bool))
    marks: dict[str, list[Tensor]] = {name: [] for name in GATED[engine]}
    for where, gate_BD in record.of("gate"):
        marks[where].append(gate_BD[0])
    every = getattr(reads, "depth", 1) if getattr(reads, "back", None) is None else 1
    found = {name: torch.stack(rows[: steps * every : every], 1).numpy() for name, rows in marks.items()}
    return Gates(engine, found, tuple(map(str, model.x_codec.tokens(x))))


def reader(model: Seq2Seq) -> Layer:
    """The layer that reads x."""
    wiring = model.wiring
    if isinstance(wiring, EncoderOnly):
        layer = wiring.layer
    else:
        layer = wiring.encoder if isinstance(wiring, EncoderDecoder) else wiring.get_submodule("layer")
    assert isinstance(layer, Layer), type(layer)
    return layer
