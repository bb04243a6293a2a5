"""The contract of a codec, and the four symbols every vocabulary begins with."""

from __future__ import annotations

from typing import Any, Protocol

from torch import Tensor

PAD, BOS, EOS, UNK = range(4)
SPECIALS = ("<pad>", "<bos>", "<eos>", "<unk>")


class Codec(Protocol):
    """How one side of a pair becomes steps. A checkpoint carries its codecs, so it loads without its task file."""

    @property
    def size(self) -> int:
        """Number of symbols V, the four specials included."""
        ...

    def encode(self, raw: Any) -> Tensor:
        """(T,) int64 symbols of `raw`, without BOS, EOS or padding; of an x codec also (T, K), K numbers a step, or (T, F) floats.

        Raises:
            UserError: `raw` cannot be written in these symbols.
        """
        ...

    def decode(self, symbols: list[int]) -> str:
        """What a person would write for these symbols; specials are left out."""
        ...

    def tokens(self, raw: Any) -> list[str]:
        """T names, one a step, for the axis of a plot."""
        ...

    def names(self, symbols: list[int]) -> list[str]:
        """One short name a symbol, for an answer that a model produced."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Plain data with a "kind", from which `codecs.from_json` builds the same codec."""
        ...
