"""Codecs: how one side of a pair becomes steps, and back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from s2s_demo.codecs.base import BOS, EOS, PAD, SPECIALS, UNK, Codec
from s2s_demo.codecs.digits import Answer, DigitPairs, Expression
from s2s_demo.codecs.frames import Frames
from s2s_demo.codecs.hashed_ngrams import HashedNgrams
from s2s_demo.codecs.normal import normal
from s2s_demo.codecs.numbers import Numbers
from s2s_demo.codecs.padded import PaddedNumber, PaddedSum
from s2s_demo.codecs.subwords import Subwords
from s2s_demo.codecs.symbols import Symbols

KINDS = {
    "symbols": Symbols,
    "digit-pairs": DigitPairs,
    "expression": Expression,
    "answer": Answer,
    "spelled": HashedNgrams,
    "frames": Frames,
    "numbers": Numbers,
    "subwords": Subwords,
    "padded-sum": PaddedSum,
    "padded-number": PaddedNumber,
}

__all__ = [
    "BOS",
    "EOS",
    "PAD",
    "SPECIALS",
    "UNK",
    "Answer",
    "Codec",
    "DigitPairs",
    "Expression",
    "Frames",
    "HashedNgrams",
    "Numbers",
    "PaddedNumber",
    "PaddedSum",
    "Subwords",
    "Symbols",
    "fit_codec",
    "from_json",
    "normal",
]


def from_json(data: dict[str, Any]) -> Codec:
    """The codec that its `to_json` described.

    Raises:
        ValueError: the kind is not one of ours.
    """
    if data.get("kind") not in KINDS:
        raise ValueError(f"codec kind: expected one of {sorted(KINDS)}, got {data.get('kind')!r}")
    return KINDS[data["kind"]].from_json(data)


def fit_codec(texts: Iterable[str], by: str, *, unknown: bool = False) -> Symbols | Subwords:
    """The codec of all that `texts` hold. by: what a step is, "char", "jamo", "word", "label" or "subword".

    unknown: what they do not hold becomes <unk> instead of being refused.
    """
    return Subwords.of(texts, unknown=unknown) if by == "subword" else Symbols.of(texts, by=by, unknown=unknown)
