"""How fast a signal fades or grows on its way back through time, measured on fresh weights.

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
class Setting:
    """What is built and measured.

    length: T steps. width: of state and output. inputs: width of x, 0 for the same. batch: sequences of N(0, 1) inputs; every norm is the
    mean of their norms. orthogonal: W_hh (each gate's block) is drawn orthogonal (Saxe et al. 2014) instead of torch's U(±1/√width).
    gain: W_hh is multiplied by it. forget_bias: the LSTM's, as the *sum* of torch's two bias vectors; None leaves torch's draw.
    every_step: the loss stands on all steps instead of the last. seed: of weights, inputs and v.
    """

    length: int = 60
    width: int = 32
    inputs: int = 0
    batch: int = 8
    orthogonal: bool = False
    gain: float = 1.0
    forget_bias: float | None = 1.0
    every_step: bool = False
    seed: int = 0

    def checked(self) -> Setting:
        """The same setting, if the page may ask for it.

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
    """‖∂L/∂·‖ by lag. norms: (T,) floats, norms[τ] is what arrives τ steps before the last; exactly 0 means no path.

    part: "x" (inputs), "h" or "c" (states).
    """

    engine: str
    part: str
    norms: np.ndarray

    @property
    def relative(self) -> np.ndarray:
        """(T,) shares ρ(τ) of a reference. States: of lag 0. Inputs: of lag 1, since residual engines have a large term of their own
        at lag 0; of lag 0 where there is no path at all. (1,) or more.
        """
        lag = 1 if self.part == "x" and len(self.norms) > 1 and self.norms[1] > 0 else 0
        return self.norms / self.norms[lag]

    @property
    def factor(self) -> float:
        """λ a step, from a least-squares fit of log ρ = a + τ log λ over 1 ≤ τ ≤ T − 1; NaN where no path is that long."""
        far = self.norms[1:]
        if len(far) < 2 or not (far > 0).all():
            return float("nan")
        return float(np.exp(np.polyfit(np.arange(1, len(self.norms)), np.log(far), 1)[0]))

    @property
    def half_life(self) -> float:
        """Steps after which half is left, ln 2 / (−ln λ); infinite if it does not shrink."""
        factor = self.factor
        return float("inf") if factor >= 1 else float(np.log(2) / -np.log(factor))

    @property
    def ratio(self) -> float:
        """First over last: ρ at the longest lag, of lag 0."""
        return float(self.norms[-1] / self.norms[0])


@dataclass(frozen=True)
class Measured:
    """One engine: the decay at its inputs, and at its states if it is a recurrent cell (else ()).

    Of an LSTM, ∂L/∂c_t counts what leaves by h_t = o_t ⊙ tanh(c_t) as well; ∂L/∂h_t counts what leaves by h_t alone.
    """

    inputs: Decay
    states: tuple[Decay, ...] = ()


@dataclass(frozen=True)
class Theory:
    """σ_max(W_hh), the largest singular value, and |λ|_max(W_hh), the spectral radius, of a vanilla RNN.

    Pascanu et al. 2013, with γ = max σ′ (1 for tanh): σ_max < 1/γ is *sufficient* for vanishing, σ_max > 1/γ *necessary* for exploding,
    not sufficient. For every single sequence ‖∂L/∂h_{T−τ}‖ ≤ (γ σ_max)^τ ‖∂L/∂h_T‖.
    """

    sigma: float
    radius: float

    def bound(self, length: int) -> np.ndarray:
        """(length,) values (γ σ_max)^τ, γ = 1."""
        return self.sigma ** np.arange(length)


@dataclass(frozen=True)
class Drawn:
    """A fresh causal layer in double precision and what it is fed. x_BTD: N(0, 1) inputs. v_BD: N(0, 1), what L projects y on."""

    layer: Layer
    x_BTD: Tensor
    v_BD: Tensor
    every_step: bool = False

    def losses(self, x_BTD: Tensor) -> Tensor:
        """(B,) values of L. Rows do not meet, so the gradient of their sum is each row's own."""
        y_BTD = self.layer(x_BTD, torch.ones(x_BTD.shape[:2], dtype=torch.bool))
        seen_BTD = y_BTD if self.every_step else y_BTD[:, -1:]
        return (seen_BTD * self.v_BD.unsqueeze(1)).sum((1, 2))


def drawn(engine: str, setting: Setting) -> Drawn:
    """The layer, then x, then v, all from the setting's seed."""
    inputs = setting.inputs or setting.width
    drawing = LocalSeed(setting.seed)
    with drawing:
        layer = engines.get(engine).layer(setting.width, causal=True, reads=False)
    if isinstance(layer, Recurrent):
        # torch's own draw of the kernel: the engine has set the LSTM's biases by now, and gives x the width of h
        kernel: Any = type(layer.fused)
        drawing = LocalSeed(setting.seed)
        with drawing:
            layer.fused = kernel(inputs, setting.width, batch_first=True)
    with drawing:
        for module in layer.modules():
            if isinstance(module, nn.RNNBase):
                _initialise(module, setting)
        x_BTD = torch.randn(setting.batch, setting.length, inputs)
        v_BD = torch.randn(setting.batch, setting.width)
    return Drawn(layer.double().eval(), x_BTD.double(), v_BD.double(), setting.every_step)


@torch.no_grad()
def _initialise(fused: nn.RNNBase, setting: Setting) -> None:
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
def measured(engine: str, setting: Setting) -> Measured:
    """One forward pass and one backward pass of one engine."""
    made = drawn(engine, setting)
    x_BTD = made.x_BTD.requires_grad_()
    with recording("state") as record:
        loss = made.losses(x_BTD).sum()
    states = [state for _, state in record.of("state")]
    slope_BTD, *slopes = torch.autograd.grad(loss, [x_BTD, *states])
    parts = made.layer.parts if isinstance(made.layer, Recurrent) else 0
    inputs = Decay(engine, "x", _by_lag(slope_BTD))
    found = [Decay(engine, "hc"[i], _by_lag(torch.stack(slopes[i::parts], 1))) for i in range(parts)]
    return Measured(inputs, tuple(found))


def all_measured(setting: Setting) -> list[Measured]:
    """Every engine, in the order of the engines."""
    return [measured(engine, setting) for engine in engines.ENGINES]


def theory(setting: Setting) -> Theory:
    """What the condition of Pascanu et al. needs to know of the vanilla RNN of this setting."""
    layer = drawn("rnn", setting).layer
    assert isinstance(layer, Recurrent)
    hidden = layer.fused.get_parameter("weight_hh_l0").detach()
    return Theory(float(torch.linalg.matrix_norm(hidden, 2)), float(torch.linalg.eigvals(hidden).abs().max()))


def _by_lag(slope_BTD: Tensor) -> np.ndarray:
    """(T,) means over the batch of the norms, lag 0 first. Scaled, as the square of 1e-200 would be no number any more."""
    peak_BT1 = slope_BTD.abs().amax(-1, keepdim=True)
    unit_BTD = slope_BTD / torch.where(peak_BT1 > 0, peak_BT1, 1.0)
    norm_BT = unit_BTD.norm(dim=-1) * peak_BT1.squeeze(-1)
    return norm_BT.mean(0).flip(0).numpy()
