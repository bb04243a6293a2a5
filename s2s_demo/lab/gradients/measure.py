"""How fast a signal fades or grows on its way back through time, measured on untrained weights.

One loss stands at the last step, L = v · y_T with a random v (or, to show what that hides, Σ_t v · y_t). One backward pass gives

    ‖∂L/∂h_{T−τ}‖   at every recurrent state, for RNN, GRU and LSTM (and at c for the LSTM), tapped inside the loop
    ‖∂L/∂x_{T−τ}‖   at every input, for all engines alike

over the lag τ = 0 ... T − 1. ∂L/∂h_{t-1} = (∂h_t/∂h_{t-1})ᵀ ∂L/∂h_t multiplies one Jacobian a step, so the curve is close to geometric
(Hochreiter 1991; Bengio et al. 1994). All is computed in double precision: what has vanished is still a small number there, and a
zero means that there is no path.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from s2s_demo import engines
from s2s_demo.engine import Layer
from s2s_demo.engines._recurrent import Recurrent
from s2s_demo.prediction import UserError
from s2s_demo.seeding import LocalSeed
from s2s_demo.trace import recording

SHORTEST, LONGEST = 10, 200
WIDTHS = (16, 32, 64)
MOST_GAIN, MOST_BIAS, MOST_SEED = 3.0, 5.0, 9999
FLOAT32 = 1e-7


@dataclass(frozen=True)
class DecaySettings:
    """What is built and measured."""

    length: int = 60
    """T steps."""
    width: int = 32
    """Width of the state and of y."""
    inputs: int = 0
    """Width of x; 0 for `width`."""
    batch: int = 8
    """Sequences of N(0, 1) inputs; every norm is the mean of their norms."""
    orthogonal: bool = False
    """W_hh (the block of each gate) is drawn orthogonal (Saxe et al. 2014) instead of torch's U(±1/√width)."""
    gain: float = 1.0
    """Factor on W_hh."""
    forget_bias: float | None = 1.0
    """The LSTM's, as the *sum* of torch's two bias vectors; None leaves torch's draw."""
    every_step: bool = False
    """The loss is taken at all steps instead of the last."""
    seed: int = 0
    """Of weights, inputs and v."""

    def validated(self) -> DecaySettings:
        """These settings, if they are within the bounds of the page.

        Raises:
            UserError: a number is out of bounds.
        """
        numbers_fit = SHORTEST <= self.length <= LONGEST and self.width in WIDTHS and 0 <= self.seed <= MOST_SEED
        if not numbers_fit or not 0 < self.gain <= MOST_GAIN or not 0 <= (self.forget_bias or 0.0) <= MOST_BIAS:
            raise UserError(
                f"길이 {SHORTEST}–{LONGEST}, 이득 0–{MOST_GAIN:g}, 망각 편향 0–{MOST_BIAS:g}, 시드 0–{MOST_SEED}에서 골라 주세요.",
                f"Choose a length of {SHORTEST} to {LONGEST}, a gain of 0 to {MOST_GAIN:g}, a forget bias of 0 to {MOST_BIAS:g} "
                f"and a seed of 0 to {MOST_SEED}.",
            )
        return self


@dataclass(frozen=True)
class Decay:
    """‖∂L/∂·‖ by lag."""

    engine: str
    part: str
    """"x" (inputs), "h" or "c" (states)."""
    norms: np.ndarray
    """(T,) norms[τ] of the gradient τ steps before the last; exactly 0 means that there is no path."""

    @property
    def relative(self) -> np.ndarray:
        """(T,) ρ(τ), T ≥ 1: the norms relative to lag 0 for states, and to lag 1 for inputs, since a residual connection adds a large
        term at lag 0; to lag 0 where there is no path at lag 1.
        """
        lag = 1 if self.part == "x" and len(self.norms) > 1 and self.norms[1] > 0 else 0
        return self.norms / self.norms[lag]

    @property
    def factor(self) -> float:
        """λ per step, from a least-squares fit of log ρ = a + τ log λ over 1 ≤ τ ≤ T − 1; NaN where no path is that long."""
        lagged = self.norms[1:]
        if len(lagged) < 2 or not (lagged > 0).all():
            return float("nan")
        return float(np.exp(np.polyfit(np.arange(1, len(self.norms)), np.log(lagged), 1)[0]))

    @property
    def half_life(self) -> float:
        """Steps until the norm has halved, ln 2 / (−ln λ); infinite if it does not shrink."""
        factor = self.factor
        return float("inf") if factor >= 1 else float(np.log(2) / -np.log(factor))

    @property
    def ratio(self) -> float:
        """The norm at the longest lag over that at lag 0."""
        return float(self.norms[-1] / self.norms[0])


@dataclass(frozen=True)
class EngineDecay:
    """The decay of one engine.

    Of an LSTM, ∂L/∂c_t includes the path through h_t = o_t ⊙ tanh(c_t); ∂L/∂h_t is the path through h_t alone.
    """

    inputs: Decay
    """At the inputs."""
    states: tuple[Decay, ...] = ()
    """At the states of a recurrent cell; else empty."""


@dataclass(frozen=True)
class RecurrentSpectrum:
    """What bounds the gradient of a vanilla RNN.

    Pascanu et al. 2013, with γ = max σ′ (1 for tanh): σ_max < 1/γ is *sufficient* for vanishing, σ_max > 1/γ *necessary* for exploding,
    not sufficient. For every single sequence ‖∂L/∂h_{T−τ}‖ ≤ (γ σ_max)^τ ‖∂L/∂h_T‖.
    """

    sigma: float
    """σ_max(W_hh), the largest singular value."""
    radius: float
    """|λ|_max(W_hh), the spectral radius."""

    def bound(self, length: int) -> np.ndarray:
        """(length,) values (γ σ_max)^τ, γ = 1."""
        return self.sigma ** np.arange(length)


@dataclass(frozen=True)
class FreshLayer:
    """An untrained causal layer in double precision, and its inputs."""

    layer: Layer
    x_BTD: Tensor
    """N(0, 1) inputs."""
    v_BD: Tensor
    """N(0, 1); L is the projection of y on it."""
    every_step: bool = False
    """L sums over all steps instead of the last alone."""

    def losses(self, x_BTD: Tensor) -> Tensor:
        """(B,) values of L. Sequences do not interact, so the gradient of the sum holds that of each."""
        y_BTD = self.layer(x_BTD, torch.ones(x_BTD.shape[:2], dtype=torch.bool))
        loss_steps_BTD = y_BTD if self.every_step else y_BTD[:, -1:]
        return (loss_steps_BTD * self.v_BD.unsqueeze(1)).sum((1, 2))


def draw_layer(engine: str, setting: DecaySettings) -> FreshLayer:
    """Draws the layer, then x, then v, all from the seed of the settings."""
    inputs = setting.inputs or setting.width
    rng = LocalSeed(setting.seed)
    with rng:
        layer = engines.get(engine).layer(setting.width, causal=True, reads=False)
    if isinstance(layer, Recurrent):
        # drawn again by torch itself: the engine has already set the LSTM's biases, and made x as wide as h
        kernel: Any = type(layer.fused)
        rng = LocalSeed(setting.seed)
        with rng:
            layer.fused = kernel(inputs, setting.width, batch_first=True)
    with rng:
        for module in layer.modules():
            if isinstance(module, nn.RNNBase):
                _initialise(module, setting)
        x_BTD = torch.randn(setting.batch, setting.length, inputs)
        v_BD = torch.randn(setting.batch, setting.width)
    return FreshLayer(layer.double().eval(), x_BTD.double(), v_BD.double(), setting.every_step)


@torch.no_grad()
def _initialise(fused: nn.RNNBase, setting: DecaySettings) -> None:
    width = fused.hidden_size
    hidden = fused.get_parameter("weight_hh_l0")
    if setting.orthogonal:
        for gate in hidden.split(width):
            nn.init.orthogonal_(gate)
    hidden *= setting.gain
    if isinstance(fused, nn.LSTM) and setting.forget_bias is not None:
        for name in ("bias_ih_l0", "bias_hh_l0"):
            fused.get_parameter(name)[width : 2 * width].fill_(setting.forget_bias / 2)


@torch.enable_grad()
def measure_decay(engine: str, setting: DecaySettings) -> EngineDecay:
    """One forward pass and one backward pass of one engine."""
    fresh = draw_layer(engine, setting)
    x_BTD = fresh.x_BTD.requires_grad_()
    with recording("state") as record:
        loss = fresh.losses(x_BTD).sum()
    states = [state for _, state in record.of("state")]
    slope_BTD, *slopes = torch.autograd.grad(loss, [x_BTD, *states])
    parts = fresh.layer.parts if isinstance(fresh.layer, Recurrent) else 0
    inputs = Decay(engine, "x", _by_lag(slope_BTD))
    states_decay = [Decay(engine, "hc"[i], _by_lag(torch.stack(slopes[i::parts], 1))) for i in range(parts)]
    return EngineDecay(inputs, tuple(states_decay))


def measure_all(setting: DecaySettings) -> list[EngineDecay]:
    """Every engine, in the order of the engines."""
    return [measure_decay(engine, setting) for engine in engines.ENGINES]


def recurrent_spectrum(setting: DecaySettings) -> RecurrentSpectrum:
    """The spectrum of the vanilla RNN of these settings, for the condition of Pascanu et al."""
    layer = draw_layer("rnn", setting).layer
    assert isinstance(layer, Recurrent)
    hidden = layer.fused.get_parameter("weight_hh_l0").detach()
    return RecurrentSpectrum(
        float(torch.linalg.matrix_norm(hidden, 2)), float(torch.linalg.eigvals(hidden).abs().max())
    )


def _by_lag(slope_BTD: Tensor) -> np.ndarray:
    """(T,) norms averaged over the batch, lag 0 first; scaled before squaring, since 1e-200 squared underflows to 0."""
    peak_BT1 = slope_BTD.abs().amax(-1, keepdim=True)
    unit_BTD = slope_BTD / torch.where(peak_BT1 > 0, peak_BT1, 1.0)
    norm_BT = unit_BTD.norm(dim=-1) * peak_BT1.squeeze(-1)
    return norm_BT.mean(0).flip(0).numpy()
