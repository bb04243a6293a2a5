"""Numbers as columns: the codecs of the two arithmetic tasks.

A digit means nothing without its column. `DigitPairs` puts the two digits of one column into one step; `Expression` and
`Answer` keep one digit a step and give a 7 of the tens another symbol than a 7 of the ones. Telling a model which digits
belong together is what Abacus embeddings (McLeish et al. 2024) and position coupling (Cho et al. 2024) do with vectors.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from s2s_demo.codecs.base import SPECIALS
from s2s_demo.prediction import UserError

FIRST = len(SPECIALS)
SIGNS = "+-*"
PLACES = 5
PARTIAL_PLACES, PARTIALS, ANSWER_PLACES = 4, 3, 6
COMPLEMENT = 10**ANSWER_PLACES


def split(raw: str) -> tuple[str, str, str]:
    """("347", "+", "589") of "347+589".

    Raises:
        UserError: `raw` is not two numbers with one sign between them.
    """
    match = re.fullmatch(r"([0-9]+)([+\-*])([0-9]+)", raw)
    if match is None:
        raise UserError(
            "두 수 사이에 기호 하나가 있는 식이어야 합니다. 예: 347+589",
            "It must be two numbers with one sign between them, for example 347+589",
        )
    return match[1], match[2], match[3]


@dataclass(frozen=True)
class DigitPairs:
    """Two numbers digit by digit, ones first: "47+9" is the steps (7, 9), (4, 0), (0, 0).

    The empty last column leaves room for the carry, so x and y have equal length (N2N).

    >>> DigitPairs().tokens("47+9")
    ['7+9', '4+0', '0+0']
    """

    size: int = FIRST + 100

    def encode(self, raw: str) -> Tensor:
        """(T,) int64, 10·(upper digit) + (lower digit), shifted past the specials."""
        written = bytearray("".join(self._columns(raw)), "ascii")
        upper_T, lower_T = torch.frombuffer(written, dtype=torch.uint8).long().sub_(ord("0")).chunk(2)
        return upper_T.mul_(10).add_(lower_T).add_(FIRST)

    def decode(self, symbols: list[int]) -> str:
        """The sum as written, e.g. "047+009"."""
        columns = [divmod(i - FIRST, 10) for i in reversed(symbols) if i >= FIRST]
        return "".join(str(u) for u, _ in columns) + "+" + "".join(str(v) for _, v in columns)

    def tokens(self, raw: str) -> list[str]:
        """T names such as "7+9"."""
        return [f"{u}+{v}" for u, v in zip(*self._columns(raw), strict=True)]

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol."""
        return [SPECIALS[i] if i < FIRST else "{}+{}".format(*divmod(i - FIRST, 10)) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "digit-pairs"."""
        return {"kind": "digit-pairs"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> DigitPairs:
        """The codec that `to_json` described."""
        return cls()

    def _columns(self, raw: str) -> tuple[str, str]:
        a, _, b = split(raw)
        width = max(len(a), len(b)) + 1
        return a.zfill(width)[::-1], b.zfill(width)[::-1]


@dataclass(frozen=True)
class Expression:
    """An expression as typed, "347+589", one step a character; a digit knows its number and its column.

    >>> Expression().tokens("38*45")
    ['3', '8', '×', '4', '5']
    """

    size: int = FIRST + len(SIGNS) + 2 * PLACES * 10

    def encode(self, raw: str) -> Tensor:
        """(T,) int64 symbols."""
        a, sign, b = split(raw)
        if max(len(a), len(b)) > PLACES:
            raise UserError(f"수는 {PLACES}자리까지 쓸 수 있습니다.", f"A number may have up to {PLACES} digits.")
        return torch.tensor([*self._number(a, 0), FIRST + SIGNS.index(sign), *self._number(b, 1)])

    def decode(self, symbols: list[int]) -> str:
        """The expression as typed."""
        return "".join(self._name(i) for i in symbols if i >= FIRST)

    def tokens(self, raw: str) -> list[str]:
        """T characters, with the signs of print."""
        return [{"*": "×", "-": "−"}.get(c, c) for c in raw]

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol."""
        return [SPECIALS[i] if i < FIRST else self._name(i) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "expression"."""
        return {"kind": "expression"}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Expression:
        """The codec that `to_json` described."""
        return cls()

    @staticmethod
    def _number(digits: str, which: int) -> list[int]:
        base = FIRST + len(SIGNS) + which * PLACES * 10
        return [base + 10 * (len(digits) - 1 - i) + int(d) for i, d in enumerate(digits)]

    @staticmethod
    def _name(symbol: int) -> str:
        rest = symbol - FIRST - len(SIGNS)
        return SIGNS[rest] if rest < 0 else str(rest % 10)


@dataclass(frozen=True)
class Answer:
    """The result as columns, in one of three text formats.

    "plain":    sign, then six digits as written                      936 -> + 0 0 0 9 3 6
    "reversed": sign, then six digits, ones first                     936 -> + 6 3 9 0 0 0
    "worked":   as "reversed", and a product or a difference shows its working first, ones first:
                a product the four digits of a × (each digit of b), a difference its ten's complement in six digits

    Raw text of a product is "228+3420=3648" (working, then the result), of a difference "...999888=-112" (six digits of what a
    subtraction without end would write, then the result), of a sum just "936".

    >>> Answer("reversed").tokens("-112")
    ['−', '2', '1', '1', '0', '0', '0']
    """

    text: str = "worked"
    size: int = FIRST + 2 + 10 * (PARTIALS * PARTIAL_PLACES + 2 * ANSWER_PLACES)

    def encode(self, raw: str) -> Tensor:
        """(M,) int64 symbols."""
        if re.fullmatch(r"(\.\.\.[0-9]{6}=|[0-9]+(\+[0-9]+){0,2}=)?-?[0-9]{1,6}", raw) is None:
            raise UserError(
                "결과는 여섯 자리까지의 수여야 합니다. 예: 936",
                "A result is a number of up to six digits, for example 936",
            )
        working, _, result = raw.rpartition("=")
        symbols = self._working(working) if self.text == "worked" else []
        digits = _spell(abs(int(result)), ANSWER_PLACES, PARTIALS * PARTIAL_PLACES)
        sign = FIRST + int(result.startswith("-"))
        return torch.tensor([*symbols, sign, *(digits[::-1] if self.text == "plain" else digits)])

    @staticmethod
    def _working(working: str) -> list[int]:
        if working.startswith("..."):
            return _spell(int(working[3:]), ANSWER_PLACES, PARTIALS * PARTIAL_PLACES + ANSWER_PLACES)
        partials = [int(partial) // 10**j for j, partial in enumerate(working.split("+") if working else [])]
        return [i for j, partial in enumerate(partials) for i in _spell(partial, PARTIAL_PLACES, j * PARTIAL_PLACES)]

    def decode(self, symbols: list[int]) -> str:
        """The raw text; missing digits read as zero, so any sequence of symbols has a reading."""
        sections: dict[int, int] = {}
        starts = [*(PARTIAL_PLACES * j for j in range(PARTIALS + 1)), PARTIALS * PARTIAL_PLACES + ANSWER_PLACES]
        for symbol in symbols:
            if (rest := symbol - FIRST - 2) >= 0:
                column, digit = divmod(rest, 10)
                part = bisect_right(starts, column) - 1
                sections[part] = sections.get(part, 0) + digit * 10 ** (column - starts[part])
        result = f"{'-' if FIRST + 1 in symbols else ''}{sections.pop(PARTIALS, 0)}"
        complement = sections.pop(PARTIALS + 1, None)
        partials = "+".join(str(value * 10**j) for j, value in sorted(sections.items()))
        working = partials or (f"...{complement % COMPLEMENT:0{ANSWER_PLACES}}" if complement is not None else "")
        return f"{working}={result}" if working else result

    def tokens(self, raw: str) -> list[str]:
        """M names, one a step."""
        return self.names(self.encode(raw).tolist())

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol."""
        return [self._name(i) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "answer"."""
        return {"kind": "answer", "text": self.text}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Answer:
        """The codec that `to_json` described."""
        return cls(str(data["text"]))

    @staticmethod
    def _name(symbol: int) -> str:
        if symbol < FIRST:
            return SPECIALS[symbol]
        rest = symbol - FIRST - 2
        return "+−"[symbol - FIRST] if rest < 0 else str(rest % 10)


def _spell(number: int, places: int, first_column: int) -> list[int]:
    """Symbols of the digits of `number`, ones first, in columns from `first_column`."""
    digits = str(number).zfill(places)[::-1]
    return [FIRST + 2 + 10 * (first_column + i) + int(d) for i, d in enumerate(digits)]
