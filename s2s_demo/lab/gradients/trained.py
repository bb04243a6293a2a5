"""The same model on the same example with untrained and with trained weights: the gradient at its inputs, and its gates.

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

GATED_ENGINES = {engine.name: engine.gates for engine in engines.ENGINES.values() if engine.gates}
FEWEST = 3
"""Steps of an input that a curve needs."""


@dataclass(frozen=True)
class DecayComparison:
    """The gradient of one engine at the inputs, by lag, before and after training."""

    untrained: Decay
    """(S,) norms at lags 0 ... S − 1 with the initial weights."""
    trained: Decay
    """The same with the trained weights."""


def available_tasks() -> list[str]:
    """The tasks that read text and have trained models."""
    return [name for name, task in tasks.TASKS.items() if task.typed and checkpoints.available(name)]


def trained_engines(task: str) -> list[str]:
    """The engines trained on a task by its natural approach, seed 0."""
    natural = tasks.get(task).approaches[0].value
    return [e.engine for e in checkpoints.available(task) if e.approach == natural and not e.seed]


def read_x(task: str, text: str) -> str:
    """The x that a visitor typed, as the task reads it.

    Raises:
        UserError: it cannot be read, or has fewer than 3 or more than 64 steps.
    """
    if task not in available_tasks():
        raise UserError("이 과제는 여기에서 볼 수 없습니다. 목록에서 골라 주세요.", "Choose a task from the list.")
    return tasks.get(task).read(text)


def step_names(task: str, x: str) -> tuple[str, ...]:
    """The names of the steps of x, as the first of the models has them: no data of the task is needed."""
    return tuple(map(str, checkpoints.load(task, trained_engines(task)[0], device="cpu").x_codec.tokens(x)))


def untrained_copy(model: Seq2Seq, seed: int) -> Seq2Seq:
    """A model of the same config with initial weights drawn from a seed."""
    with LocalSeed(seed):
        return Seq2Seq(model.config).eval()


def compare_decays(task: str, engine: str, x: str, seed: int = 0) -> DecayComparison:
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
    return DecayComparison(_decay(untrained_copy(model, seed), engine, x, y), _decay(model, engine, x, y))


def _decay(model: Seq2Seq, engine: str, x: str, y: str) -> Decay:
    grid = gradient_of(model, x, y)
    if grid is None:
        raise UserError(f"답이 {LONGEST_LOOK}단계를 넘습니다.", f"The answer has more than {LONGEST_LOOK} steps.")
    return Decay(engine, "x", np.asarray(grid.values[-1, ::-1], dtype=float))


@dataclass(frozen=True)
class Gates:
    """The gates of each unit at each step of x; of a bidirectional or deep model those of the first layer, left to right."""

    engine: str
    open: dict[str, np.ndarray]
    """Name of the gate -> (D, S) activations from 0 (closed) to 1 (open)."""
    steps: tuple[str, ...]
    """Names of the S steps."""


@torch.no_grad()
def measure_gates(task: str, engine: str, x: str) -> Gates:
    """The gates of a trained LSTM or GRU while it reads x.

    Raises:
        UserError: the engine has no gates, there is no such model, or x is too short or too long.
    """
    if engine not in GATED_ENGINES:
        raise UserError("게이트는 LSTM과 GRU에만 있습니다.", "Only LSTM and GRU have gates.")
    model = checkpoints.load(task, engine, device="cpu")
    x_BS = model.x_codec.encode(x)[None]
    steps = x_BS.shape[1]
    if not FEWEST <= steps <= LONGEST_LOOK:
        raise UserError(
            f"입력이 {steps}단계입니다. {FEWEST}–{LONGEST_LOOK}단계로 입력해 주세요.",
            f"The input has {steps} steps: give {FEWEST} to {LONGEST_LOOK}.",
        )
    layer = input_layer(model)
    e_BSD = model.embed_x(x_BS)
    with recording("state", "gate") as record:
        layer(e_BSD, torch.ones(e_BSD.shape[:2], dtype=torch.bool))
    rows_of: dict[str, list[Tensor]] = {name: [] for name in GATED_ENGINES[engine]}
    for where, gate_BD in record.of("gate"):
        rows_of[where].append(gate_BD[0])
    stride = getattr(layer, "depth", 1) if getattr(layer, "back", None) is None else 1
    openness = {name: torch.stack(rows[: steps * stride : stride], 1).numpy() for name, rows in rows_of.items()}
    return Gates(engine, openness, tuple(map(str, model.x_codec.tokens(x))))


def input_layer(model: Seq2Seq) -> Layer:
    """The layer that reads x."""
    wiring = model.wiring
    if isinstance(wiring, EncoderOnly):
        layer = wiring.layer
    else:
        layer = wiring.encoder if isinstance(wiring, EncoderDecoder) else wiring.get_submodule("layer")
    assert isinstance(layer, Layer), type(layer)
    return layer
