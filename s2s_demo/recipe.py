"""How a training is set up, and what each of its steps reports."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import cos, pi
from typing import Any


@dataclass(frozen=True)
class Recipe:
    """How one engine is trained on one task: AdamW, a warm-up, then a cosine."""

    steps: int = 1000
    """Batches in all."""
    batch: int = 64
    """Pairs a step."""
    lr: float = 2e-3
    """The highest learning rate."""
    warmup: int = 50
    """Steps over which the learning rate rises to it, linearly."""
    last_lr: float = 0.02
    """What the cosine falls to, as a fraction of `lr`."""
    weight_decay: float = 0.01
    clip: float = 1.0
    """Bound of the total gradient norm."""
    dim: int = 64
    """Width D of the model."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Of the engine's layer, as in `ModelConfig`."""
    embed: Mapping[str, Any] = field(default_factory=dict)
    """Of the embedding of x, as in `ModelConfig`."""
    drop: float = 0.0
    """Dropout, as in `ModelConfig`."""
    pool: str = "last"
    """Pooling of N21, as in `ModelConfig`."""
    smoothing: float = 0.0
    """Label smoothing (Szegedy et al. 2016) of the loss that is minimised; the loss that is reported is plain."""
    auxiliary: float = 0.0
    """Weight of each auxiliary loss beside the answer's (see `DeepSupervision`); 0 leaves them out."""
    average: float = 0.0
    """Decay of a running mean of the weights (Polyak & Juditsky 1992); above 0 the mean is scored and left in the model."""
    calibrated: bool = False
    """Whether the head is calibrated on dev at the end (see `calibrate`)."""
    score_every: int = 500
    """Steps between two scores on held-out pairs."""
    save_every: int = 500
    """Steps between two saved states."""

    @property
    def config(self) -> dict[str, Any]:
        """What `ModelConfig.of` takes of it."""
        return dict(dim=self.dim, embed=self.embed, drop=self.drop, pool=self.pool, **self.options)

    @property
    def log_every(self) -> int:
        """Steps between two rows of history.jsonl: about a hundred rows a run."""
        return max(1, self.steps // 100)

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        if step < self.warmup:
            return self.lr * (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return self.lr * (self.last_lr + (1 - self.last_lr) * (1 + cos(pi * min(1.0, done))) / 2)


@dataclass(frozen=True)
class Progress:
    """One step of training."""

    step: int
    """Its number, counted from 1."""
    steps: int
    """How many there will be."""
    loss: float
    """Mean −log p of the answer's symbols in nats, without label smoothing and auxiliary losses: the curves of all recipes are
    comparable and can reach 0."""
    grad_norm: float
    """Total norm, before clipping, of the gradient of what is minimised."""
    layers: dict[str, float]
    """The same for each part of the model."""
    lr: float
    seconds: float
    """Since the start, pauses left out."""
    left: float
    """Estimated seconds until the last step."""
    clipped: bool
    """Whether the gradient was."""
    scores: dict[str, float] | None = None
    """Measures on held-out pairs, at the steps that take them."""
    updates: dict[str, float] | None = None
    """‖Δθ‖ / ‖θ‖ of each part at this step, at the steps that are logged."""

    def row(self) -> dict[str, Any]:
        """A row of history.jsonl, its numbers rounded."""
        short = {k: float(f"{getattr(self, k):.4g}") for k in ("loss", "grad_norm", "lr", "seconds")}
        parts = {k: {p: float(f"{v:.3g}") for p, v in (getattr(self, k) or {}).items()} for k in ("layers", "updates")}
        data = {**asdict(self), **short, "layers": parts["layers"], "updates": parts["updates"] or None}
        return {k: v for k, v in data.items() if v is not None and k not in ("steps", "left")}

    def to_json(self) -> str:
        """The row as one line."""
        return json.dumps(self.row())
