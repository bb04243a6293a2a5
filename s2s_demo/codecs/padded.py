"""Numbers of a fixed width: what is missing is filled with a padding symbol that is read and written like a digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from s2s_demo.codecs.base import SPECIALS
from s2s_demo.prediction import UserError

BLANK = "␣"
"""The padding symbol as it is shown; one of the vocabulary, unlike <pad>, which no model ever answers."""
SYMBOLS = "0123456789+" + BLANK
FIRST = len(SPECIALS)


@dataclass(frozen=True)
class PaddedSum:
    """Two numbers of up to `places` digits and a plus, each number filled up on its left: always 2 · places + 1 steps.

    Every column of a number stands at the same step, whatever its length.

    >>> "".join(PaddedSum(3).tokens("47+9"))
    '␣47+␣␣9'
    """

    places: int = 3
    size: int = FIRST + len(SYMBOLS)

    def encode(self, raw: str) -> Tensor:
        """(2 · places + 1,) int64 symbols.

        Raises:
            UserError: a number has more digits than there are places, or a character is neither a digit nor "+".
        """
        return _encoded("".join(self.tokens(raw)), 2 * self.places + 1)

    def decode(self, symbols: list[int]) -> str:
        """The sum as typed, without padding."""
        return _decoded(symbols)

    def tokens(self, raw: str) -> list[str]:
        """2 · places + 1 names, one a step."""
        return list("+".join(number.rjust(self.places, BLANK) for number in raw.split("+")))

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol."""
        return _names(symbols)

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "padded-sum"."""
        return {"kind": "padded-sum", "places": self.places}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PaddedSum:
        """The codec that `to_json` described."""
        return cls(int(data["places"]))


@dataclass(frozen=True)
class PaddedNumber:
    """One number of up to `places` digits, ones first, filled up behind its last digit: always `places` steps.

    >>> "".join(PaddedNumber(4).tokens("936"))
    '639␣'
    """

    places: int = 4
    size: int = FIRST + len(SYMBOLS)

    def encode(self, raw: str) -> Tensor:
        """(places,) int64 symbols.

        Raises:
            UserError: the number has more digits than there are places, or a character is no digit.
        """
        return _encoded("".join(self.tokens(raw)), self.places)

    def decode(self, symbols: list[int]) -> str:
        """The number, first digit first; padding is left out wherever it stands, so every sequence has a reading."""
        return _decoded(symbols)[::-1]

    def tokens(self, raw: str) -> list[str]:
        """`places` names, one a step."""
        return list(raw[::-1].ljust(self.places, BLANK))

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol."""
        return _names(symbols)

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "padded-number"."""
        return {"kind": "padded-number", "places": self.places}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PaddedNumber:
        """The codec that `to_json` described."""
        return cls(int(data["places"]))


def _encoded(pieces: str, steps: int) -> Tensor:
    found = [SYMBOLS.find(piece) for piece in pieces]
    if len(found) != steps or min(found) < 0:
        shown = f"{pieces[:20]}…" if len(pieces) > 20 else pieces
        raise UserError(
            f"‘{shown}’: 이 모델은 정해진 자릿수의 수만 읽고 씁니다.",
            f"‘{shown}’: this model reads and writes numbers of a fixed number of digits only.",
        )
    return torch.tensor(found, dtype=torch.int64) + FIRST


def _decoded(symbols: list[int]) -> str:
    return "".join(SYMBOLS[i - FIRST] for i in symbols if i >= FIRST).replace(BLANK, "")


def _names(symbols: list[int]) -> list[str]:
    return [SPECIALS[i] if i < FIRST else SYMBOLS[i - FIRST] for i in symbols]
