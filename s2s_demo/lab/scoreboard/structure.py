"""What follows from a model's config without its weights: the state that answering carries, and how far it can look at all."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from s2s_demo import engines
from s2s_demo.codecs import BOS
from s2s_demo.engine import Layer, Memory, State
from s2s_demo.model import WIRINGS, EncoderDecoder, ModelConfig
from s2s_demo.task import Approach

SHORT, LONG = 64, 256
WEIGHT_STD = 0.4


@dataclass(frozen=True)
class Structure:
    """What follows from a config alone."""

    state_bytes: tuple[int, int]
    """Bytes of the state that answering carries, after `SHORT` and after `LONG` steps."""
    own_state: bool
    """It is the state of this very model. Else the model sees all of x at once and carries none: it is that of the same layer, causal."""
    back: int
    """How many steps before the last one of x the answer can depend on, at most `LONG` (the length tried)."""
    ahead: int
    """How many later steps an output can depend on, at most `LONG`; 0 = it can answer while x still comes in."""

    @property
    def grows(self) -> bool:
        """Whether the state is larger after 256 steps than after 64."""
        return self.state_bytes[1] > self.state_bytes[0]


def structure(config: ModelConfig) -> Structure:
    """State and reach of a model of that config; a fraction of a second, remembered."""
    plain = replace(config, task="", x_codec={}, y_codec={}, embed={}, longest=1, drop=0.0, window=0)
    return _structure(json.dumps(plain.to_json(), sort_keys=True))


@lru_cache(maxsize=256)
def _structure(config_json: str) -> Structure:
    config = ModelConfig.from_json(json.loads(config_json))
    approach = Approach(config.approach)
    with torch.device("meta"):  # a new layer without numbers: nothing is drawn from the generator that trainings share
        wiring = WIRINGS[approach](config, BOS + 1)
        reads = approach is Approach.ENCODER_DECODER
        layer = engines.get(config.engine).layer(config.dim, causal=True, reads=reads, **config.options)
    back, ahead = reach(wiring.to_empty(device="cpu").double().eval(), config.dim)
    state_bytes = state_bytes_after(layer.to_empty(device="cpu").eval(), (SHORT, LONG))
    return Structure(state_bytes, reads or approach is Approach.DECODER_ONLY or ahead == 0, back, ahead)


def reach(wiring: Any, dim: int, most: int = LONG) -> tuple[int, int]:
    """(back, ahead) of a wiring in double precision, see `Structure`: where a gradient exactly 0 means no path at all.

    The weights are random and large (standard deviation 0.4), since a signal that underflows would look like no path: this is what the
    wiring allows, and says nothing about a trained model.
    """
    rng = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for p in wiring.parameters():
            p.copy_(torch.randn(p.shape, generator=rng, dtype=p.dtype) * WEIGHT_STD)
    x_1SD = torch.randn(1, most + 1, dim, generator=rng, dtype=torch.float64).requires_grad_()
    mask_1S = torch.ones(1, most + 1, dtype=torch.bool)
    encoder_only = not hasattr(wiring, "embed_y")
    answer_1MD = wiring(x_1SD, mask_1S, mask_1S if encoder_only else torch.full((1, 1), BOS))
    reader = wiring.encoder if isinstance(wiring, EncoderDecoder) else wiring.layer
    first_D = reader(x_1SD, mask_1S)[0, 0]
    paths = []
    for output in (answer_1MD[0, -1], first_D):
        (slope_1SD,) = torch.autograd.grad(output.sum(), x_1SD, retain_graph=True, allow_unused=True)
        paths.append([] if slope_1SD is None else slope_1SD[0].norm(dim=-1).nonzero().flatten().tolist())
    return (most - min(paths[0], default=most)), max(paths[1], default=0)


@torch.no_grad()
def state_bytes_after(layer: Layer, after: tuple[int, int]) -> tuple[int, int]:
    """Bytes of a causal layer's state after so many steps of its stream; where it reads a memory, of so many and one more step.

    The numbers do not matter and are set to zero.
    """
    for p in layer.parameters():
        p.zero_()
    x_1D, sizes = torch.zeros(1, layer.dim), []
    if layer.reads:
        for steps in after:
            memory = Memory(torch.zeros(1, steps, layer.dim), torch.ones(1, steps, dtype=torch.bool))
            sizes.append(bytes_of(layer.step(x_1D, layer.start(memory, 1))[1]))
        return sizes[0], sizes[1]
    state = layer.start(None, 1)
    for steps in range(1, max(after) + 1):
        _, state = layer.step(x_1D, state)
        if steps in after:
            sizes.append(bytes_of(state))
    return sizes[0], sizes[1]


def bytes_of(state: State) -> int:
    """Bytes of all tensors in a state."""
    if isinstance(state, Tensor):
        return state.numel() * state.element_size()
    if isinstance(state, tuple | list):
        return sum(map(bytes_of, state))
    if is_dataclass(state):
        return sum(bytes_of(getattr(state, field.name)) for field in fields(state))
    return 0
