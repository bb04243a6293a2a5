"""One Seq2Seq model: an engine's layers in one of three wirings.

    encoder-only      x → layer → y, one output a step (N2N) or one from the last vector (N21)
    encoder-decoder   x → layer → memory;  BOS, y₁ … → layer that reads the memory → y₁, y₂ …
    decoder-only      x, BOS, y₁ … → one causal layer → y₁, y₂ … (a language model: BOS, x, y₁ …)

Every wiring is (x, y under teacher forcing) -> logits for y, and can answer a step at a time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from s2s_demo import codecs, engines
from s2s_demo.batch import shift
from s2s_demo.codecs import BOS, PAD
from s2s_demo.embed import embedding
from s2s_demo.engine import Layer, Memory, State
from s2s_demo.task import FITS, Approach, Shape, Task

MOST_WIDE, MOST_DEEP, MOST_SYMBOLS = 1024, 16, 100_000
POOLS = ("last", "mean")


@dataclass(frozen=True)
class ModelConfig:
    """All that is needed to rebuild a model, as plain data.

    options: what the engine's layer takes (depth, heads, ...). embed: what the embedding of x takes. drop: dropout on the
    embeddings and before the head. pool: how N21 makes one vector of all, "last" or "mean". window: see `Task`.
    """

    task: str
    shape: str
    approach: str
    engine: str
    dim: int
    x_codec: dict[str, Any]
    y_codec: dict[str, Any]
    options: dict[str, Any] = field(default_factory=dict)
    longest: int = 64
    embed: dict[str, Any] = field(default_factory=dict)
    drop: float = 0.0
    pool: str = "last"
    window: int = 0

    @classmethod
    def of(
        cls,
        task: Task,
        engine: str,
        approach: Approach | None = None,
        *,
        dim: int = 64,
        text: str = "",
        embed: Mapping[str, Any] | None = None,
        drop: float = 0.0,
        pool: str = "last",
        **options: Any,
    ) -> ModelConfig:
        """The config of a new model for a task. text: one of the task's ways to write y.

        Raises:
            ValueError: the approach does not fit the task's shape.
        """
        approach = approach or task.approaches[0]
        if approach not in task.approaches:
            raise ValueError(f"{task.name}: expected one of {[a.value for a in task.approaches]}, got {approach.value}")
        y_codec = task.y_texts[text] if text else task.get_y_codec()
        return cls(
            task.name,
            task.shape.name,
            approach.value,
            engine,
            dim,
            task.get_x_codec().to_json(),
            y_codec.to_json(),
            options,
            task.longest,
            dict(embed or {}),
            drop,
            pool,
            task.window,
        )

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ModelConfig:
        """A config from a file; sizes are bounded, since a file may come from anybody.

        Raises:
            ValueError: a field is missing, unknown or out of bounds.
        """
        try:
            config = cls(**data)
            counts = [v for v in config.options.values() if isinstance(v, int) and not isinstance(v, bool)]
            counts.append(int(config.embed.get("width", 1)))
            depth = int(config.options.get("depth", 1))
            sizes_fit = 1 <= config.dim <= MOST_WIDE and 1 <= depth <= MOST_DEEP and 1 <= config.longest <= 4096
            sizes_fit &= all(1 <= count <= MOST_WIDE for count in counts)
            sizes_fit &= 1 <= int(config.embed.get("buckets", 1)) <= MOST_SYMBOLS
            sizes_fit &= config.window == 0 or 8 <= config.window <= 4096
            sizes_fit &= 0 <= int(config.embed.get("spell", 0)) <= MOST_WIDE
            sizes_fit &= 0 <= config.drop < 1 and config.pool in POOLS
            sizes_fit &= isinstance(config.task, str) and len(config.task) <= 200 and config.engine in engines.ENGINES
            shape, approach = Shape[config.shape], Approach(config.approach)
        except (TypeError, KeyError, AttributeError, OverflowError) as e:
            raise ValueError(f"model config: {e}") from e
        if not sizes_fit or approach not in FITS[shape]:
            raise ValueError(f"model config out of bounds: {data}")
        return config

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class Seq2Seq(nn.Module):
    """A model. x_codec and y_codec speak its symbols; `forward` trains, `start` and `step` answer."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.shape, self.approach = Shape[config.shape], Approach(config.approach)
        self.engine = engines.get(config.engine)
        self.x_codec, self.y_codec = codecs.from_json(config.x_codec), codecs.from_json(config.y_codec)
        if max(self.x_codec.size, self.y_codec.size) > MOST_SYMBOLS:
            raise ValueError(
                f"vocabulary: expected at most {MOST_SYMBOLS}, got {self.x_codec.size}, {self.y_codec.size}"
            )
        self.embed_x = embedding(self.x_codec, config.dim, config.embed)
        self.drop = nn.Dropout(config.drop)
        self.wiring = WIRINGS[self.approach](config, self.y_codec.size)
        self.head = nn.Linear(config.dim, self.y_codec.size)
        self.canonical = canonical_of(self.y_codec)

    @property
    def parameters_count(self) -> int:
        """Number of trained numbers."""
        return sum(p.numel() for p in self.parameters())

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.head.weight.device

    def forward(self, x_BS: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> Tensor:
        """(B, M, V) logits: row k scores y_k given x and y_1 ... y_{k-1} (encoder-only: given x alone)."""
        return self.from_embedded(self.drop(self.embed_x(x_BS)), x_mask_BS, y_BM)

    def from_embedded(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> Tensor:
        """The same of x that is embedded already."""
        return self.head(self.drop(self.wiring(x_BSD, x_mask_BS, y_BM)))

    def start(self, x_BS: Tensor, x_mask_BS: Tensor) -> State:
        """The state before the first output step. Rows must be of equal length (no padding)."""
        return self.wiring.start(self.embed_x(x_BS), x_mask_BS)

    def step(self, y_B: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, V) logits of the next output after y_B, the one before (BOS at first), and the new state."""
        h_BD, state = self.wiring.step(y_B, state)
        return self.head(h_BD), state


def canonical_of(codec: codecs.Codec) -> list[int] | None:
    """For every symbol of y the first one that gives the same answer (see `Symbols.canonical`); None where each is its own answer."""
    found = codec.canonical if isinstance(codec, codecs.Symbols) else None
    return None if found == list(range(codec.size)) else found


class EncoderOnly(nn.Module):
    """One layer over x. N2N: one output a step. N21: the last vector, which holds the sentence (or the mean of all)."""

    def __init__(self, config: ModelConfig, size_y: int) -> None:
        super().__init__()
        self.layer = _layer(config, causal=False, reads=False)
        self.one, self.pool = Shape[config.shape] is Shape.N21, config.pool

    def forward(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> Tensor:
        """(B, M, D), M = S or 1."""
        h_BSD = self.layer(x_BSD, x_mask_BS)
        if not self.one:
            return h_BSD
        memory = Memory(h_BSD, x_mask_BS)
        return (memory.mean() if self.pool == "mean" else memory.last()).unsqueeze(1)

    def start(self, x_BSD: Tensor, x_mask_BS: Tensor) -> State:
        """All outputs at once: (outputs (B, M, D), the next one's number)."""
        return self(x_BSD, x_mask_BS, x_mask_BS), 0

    def step(self, y_B: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) of the next step; y_B is not looked at."""
        h_BMD, k = state
        return h_BMD[:, k], (h_BMD, k + 1)


class EncoderDecoder(nn.Module):
    """The encoded x is a memory that a second layer reads."""

    def __init__(self, config: ModelConfig, size_y: int) -> None:
        super().__init__()
        self.encoder = _layer(config, causal=False, reads=False, **engines.get(config.engine).as_encoder)
        self.decoder = _layer(config, causal=True, reads=True)
        self.embed_y = nn.Embedding(size_y, config.dim)

    def forward(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> Tensor:
        """(B, M, D)."""
        memory = Memory(self.encoder(x_BSD, x_mask_BS), x_mask_BS)
        return self.decoder(self.embed_y(shift(y_BM)), y_BM != PAD, memory)

    def start(self, x_BSD: Tensor, x_mask_BS: Tensor) -> State:
        """The decoder's state after x has been read."""
        return self.decoder.start(Memory(self.encoder(x_BSD, x_mask_BS), x_mask_BS), len(x_BSD))

    def step(self, y_B: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) of the next step."""
        return self.decoder.step(self.embed_y(y_B), state)


class DecoderOnly(nn.Module):
    """One causal stream: x, BOS, y. For a language model BOS stands first and y goes on where x stopped."""

    def __init__(self, config: ModelConfig, size_y: int) -> None:
        super().__init__()
        self.layer = _layer(config, causal=True, reads=False)
        self.embed_y = nn.Embedding(size_y, config.dim)
        self.bos_first = Shape[config.shape] is Shape.LM

    def forward(self, x_BSD: Tensor, x_mask_BS: Tensor, y_BM: Tensor) -> Tensor:
        """(B, M, D)."""
        _, S, D = x_BSD.shape
        M = y_BM.shape[1]
        n_B1 = x_mask_BS.sum(1, keepdim=True)
        fed_BTD = torch.cat([x_BSD, self.embed_y(shift(y_BM))], 1)
        stream_BTD = fed_BTD.gather(1, self._order(n_B1, S, M).unsqueeze(-1).expand(-1, -1, D))
        t_T = torch.arange(S + M, device=n_B1.device)
        h_BTD = self.layer(stream_BTD, t_T < n_B1 + (y_BM != PAD).sum(1, keepdim=True))
        at_BM = n_B1 + torch.arange(M, device=n_B1.device)
        return h_BTD.gather(1, at_BM.unsqueeze(-1).expand(-1, -1, D))

    def start(self, x_BSD: Tensor, x_mask_BS: Tensor) -> State:
        """The stream's state after x (a language model: BOS, x)."""
        state, bos_B = self.layer.start(None, len(x_BSD)), x_mask_BS.new_full((len(x_BSD),), BOS, dtype=torch.int64)
        steps = [*([self.embed_y(bos_B)] if self.bos_first else []), *x_BSD.unbind(1)]
        last = None
        for x_BD in steps:
            last, state = self.layer.step(x_BD, state)
        return (last if self.bos_first else None), state

    def step(self, y_B: Tensor, state: State) -> tuple[Tensor, State]:
        """(B, D) of the next step. A language model has fed its BOS already, so its first y_B is not fed again."""
        waiting_BD, state = state
        if waiting_BD is not None:
            return waiting_BD, (None, state)
        h_BD, state = self.layer.step(self.embed_y(y_B), state)
        return h_BD, (None, state)

    def _order(self, n_B1: Tensor, S: int, M: int) -> Tensor:
        """(B, S + M): which of [x, BOS, y] stands at each step of the stream; no padding between x and y."""
        t_T = torch.arange(S + M, device=n_B1.device).expand(len(n_B1), -1)
        y_BT = (S + t_T - n_B1).clamp(max=S + M - 1)
        if not self.bos_first:
            return torch.where(t_T < n_B1, t_T, y_BT)
        return torch.where(t_T == 0, torch.full_like(t_T, S), torch.where(t_T <= n_B1, t_T - 1, y_BT))


WIRINGS: dict[Approach, type[EncoderOnly] | type[EncoderDecoder] | type[DecoderOnly]] = {
    Approach.ENCODER_ONLY: EncoderOnly,
    Approach.ENCODER_DECODER: EncoderDecoder,
    Approach.DECODER_ONLY: DecoderOnly,
}


def _layer(config: ModelConfig, *, causal: bool, reads: bool, **more: Any) -> Layer:
    return engines.get(config.engine).layer(config.dim, causal=causal, reads=reads, **{**config.options, **more})
