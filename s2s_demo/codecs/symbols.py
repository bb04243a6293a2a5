"""Symbols: one step for each character, for each jamo of Hangul, for each word between spaces, or for a whole label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from s2s_demo.codecs.base import SPECIALS, UNK
from s2s_demo.codecs.normal import normal
from s2s_demo.prediction import UserError
from s2s_demo.text import normalised


@dataclass(frozen=True)
class Symbols:
    """A closed vocabulary of characters (`by` is "char"), of characters with every Hangul syllable taken apart into its
    letters ("jamo"), of words between spaces ("word"), or of whole texts, spaces and all ("label").

    backwards: the last piece is the first step, as in a number that is written from its ones upwards.
    unknown: a piece outside the vocabulary becomes <unk> instead of being refused. A piece "A/b" outside it is read as "A/*" where
    the vocabulary has that: a rare kind of A. One that is written otherwise, such as "ａ", is read as `normal` writes it.

    >>> Symbols(tuple("0123456789"), backwards=True).encode("0936").tolist()
    [10, 7, 13, 4]
    """

    symbols: tuple[str, ...]
    by: str = "char"
    backwards: bool = False
    unknown: bool = False
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = {name: i + len(SPECIALS) for i, name in enumerate(self.symbols)}
        object.__setattr__(self, "_ids", ids)

    @property
    def size(self) -> int:
        """Number of symbols V, the four specials included."""
        return len(SPECIALS) + len(self.symbols)

    def encode(self, raw: str) -> Tensor:
        """(T,) int64 symbols.

        Raises:
            UserError: a piece is not in the vocabulary and `unknown` is off.
        """
        return torch.tensor([self._id(piece) for piece in self.tokens(raw)], dtype=torch.int64)

    def decode(self, symbols: list[int]) -> str:
        """The text; specials are left out."""
        names = [self.symbols[i - len(SPECIALS)] for i in symbols if i >= len(SPECIALS)]
        text = (" " if self.by == "word" else "").join(reversed(names) if self.backwards else names)
        return normalised("NFC", text) if self.by == "jamo" else text

    def tokens(self, raw: str) -> list[str]:
        """T characters, jamo, words or labels, first step first."""
        pieces = _pieces(raw, self.by)
        return pieces[::-1] if self.backwards else pieces

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol, specials included."""
        return [(SPECIALS + self.symbols)[i] for i in symbols]

    @property
    def canonical(self) -> list[int]:
        """For every symbol, specials included, the first one that gives the same answer: itself, but in a closed vocabulary that
        holds "A/*" every "A/b" is a kind of the one answer A.

        >>> Symbols(("NOUN/NN", "VERB/VB", "NOUN/*", "VERB/*"), by="word").canonical
        [0, 1, 2, 3, 4, 5, 4, 5]
        """
        heads = [name.partition("/")[0] for name in self.symbols]
        one = [
            f"{head}/*" if not self.unknown and f"{head}/*" in self._ids else name
            for head, name in zip(heads, self.symbols, strict=True)
        ]
        first = {name: self._ids[self.symbols[one.index(name)]] for name in dict.fromkeys(one)}
        return [*range(len(SPECIALS)), *(first[name] for name in one)]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "symbols"."""
        return {
            "kind": "symbols",
            "symbols": list(self.symbols),
            "by": self.by,
            "backwards": self.backwards,
            "unknown": self.unknown,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Symbols:
        """The codec that `to_json` described."""
        return cls(tuple(map(str, data["symbols"])), data["by"], bool(data["backwards"]), bool(data["unknown"]))

    @classmethod
    def of(cls, texts: Iterable[str], *, by: str = "char", unknown: bool = False) -> Symbols:
        """The vocabulary of all pieces of `texts`, in sorted order."""
        pieces = {piece for text in texts for piece in _pieces(text, by)}
        return cls(tuple(sorted(pieces)), by, unknown=unknown)

    def _id(self, piece: str) -> int:
        if piece in self._ids:
            return self._ids[piece]
        if (plain := normal(piece)) in self._ids:
            return self._ids[plain]
        if (rare := f"{piece.partition('/')[0]}/*") in self._ids:
            return self._ids[rare]
        if self.unknown:
            return UNK
        known = " ".join(self.symbols[:40])
        raise UserError(
            f"이 모델은 ‘{piece[:20]}’ 기호를 모릅니다. 아는 기호: {known}",
            f"This model does not know the symbol ‘{piece[:20]}’. It knows: {known}",
        )


def _pieces(text: str, by: str) -> list[str]:
    if by == "label":
        return [text] if text.strip() else []
    return text.split() if by == "word" else list(normalised("NFD", text) if by == "jamo" else text)
