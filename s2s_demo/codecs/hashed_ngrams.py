"""Hashed n-grams (fastText): one step a word, read whole and through its character n-grams, so that a word never met can still be read.

A word of the vocabulary has a vector of its own; the vocabulary is kept as 32-bit hashes, so that no text of the data travels with a
model. The n-grams of every word ("<play>": <p, <pl, lay, ay>, ...) are hashed to numbers, as
in fastText (Bojanowski et al. 2017). Hangul is also spelled in jamo (Unicode NFD), below the syllable, where its endings begin: 갔다
and 왔다 share ㅆ다. The letters themselves may follow, for a net that reads them in order.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from s2s_demo.codecs.base import SPECIALS, UNK
from s2s_demo.codecs.normal import normal
from s2s_demo.prediction import UserError
from s2s_demo.text import normalised

FIRST = len(SPECIALS)
HASHES = 2**16
LETTERS = 1024
LONGEST_WORD = 24
ENDS = 8
INT64 = struct.Struct("=q")
MOST_WORDS, MOST_VOCABULARY = 2000, 60_000


@dataclass(frozen=True)
class HashedNgrams:
    """Words between spaces; each step is 1 + `grams` + `letters` numbers: the word (UNK outside `words`), then its n-grams, then
    its letters, 0 after the last of each.

    words: the vocabulary as `word_hashes` gives it; a word outside it is read as `normal` writes it.
    case: whether "Apple" and "apple" are two words. grams: how many n-grams a step holds; those at a word's ends come first.
    apart: the n-grams come in parts, padded each: the shape ("Xx"), then, in small letters, the ends and the inside.
    letters: how many letters (of Hangul, jamo) a step holds; of a longer word the middle is left out.

    >>> HashedNgrams(word_hashes("see"), grams=4).encode("see me").shape
    torch.Size([2, 5])
    """

    words: tuple[int, ...]
    grams: int = 32
    case: bool = True
    apart: bool = False
    letters: int = 0
    _ids: dict[int, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {word: i for i, word in enumerate(self.words, FIRST)})

    @property
    def size(self) -> int:
        """The largest number a step can hold, plus one."""
        return FIRST + max(len(self.words), HASHES)

    def encode(self, raw: str) -> Tensor:
        """(T, 1 + grams + letters) int64.

        Raises:
            UserError: there are more than 2,000 words.
        """
        words = self.tokens(raw)
        if len(words) > MOST_WORDS:
            raise UserError(
                f"단어가 {len(words):,}개입니다. {MOST_WORDS:,}개까지 읽을 수 있습니다.",
                f"{len(words):,} words are too many: up to {MOST_WORDS:,} can be read.",
            )
        numbers = bytearray()
        for word in words:
            named, spelled = _spelled(word, self.grams, self.case, self.apart, self.letters)
            if named not in self._ids and (plain := normal(word)) != word:
                named, spelled = _spelled(plain, self.grams, self.case, self.apart, self.letters)
            numbers += INT64.pack(self._ids.get(named, UNK)) + spelled
        width = 1 + self.grams + self.letters
        if not words:
            return torch.zeros(0, width, dtype=torch.int64)
        return torch.frombuffer(numbers, dtype=torch.int64).view(len(words), width)

    def decode(self, symbols: list[int]) -> str:
        """Nothing: a hash has no way back."""
        return ""

    def tokens(self, raw: str) -> list[str]:
        """T words. Only the space separates, so a word may hold any other white space."""
        return [word for word in raw.split(" ") if word]

    def names(self, symbols: list[int]) -> list[str]:
        """The specials by name, "#" for a hash."""
        return [SPECIALS[i] if i < FIRST else "#" for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "spelled"."""
        return {
            "kind": "spelled",
            "words": b64encode(struct.pack(f"<{len(self.words)}I", *self.words)).decode("ascii"),
            "grams": self.grams,
            "case": self.case,
            "apart": self.apart,
            "letters": self.letters,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> HashedNgrams:
        """The codec that `to_json` described.

        Raises:
            ValueError: the vocabulary or the spelling is out of bounds.
        """
        stored = b64decode(str(data["words"]), validate=True)
        if len(stored) % 4:
            raise ValueError(f"vocabulary: expected 32-bit numbers, got {len(stored)} bytes")
        words = struct.unpack(f"<{len(stored) // 4}I", stored)
        grams, letters = int(data["grams"]), int(data.get("letters", 0))
        if len(words) > MOST_VOCABULARY or not 1 <= grams <= 64 or not 0 <= letters <= 64:
            raise ValueError(f"codec out of bounds: {len(words)} words, {grams} n-grams, {letters} letters")
        return cls(words, grams, bool(data["case"]), bool(data.get("apart", False)), letters)

    @classmethod
    def of(
        cls,
        texts: Iterable[str],
        *,
        least: int,
        grams: int = 32,
        case: bool = True,
        apart: bool = False,
        letters: int = 0,
    ) -> HashedNgrams:
        """The vocabulary of all words that occur at least `least` times, the commonest first."""
        counts = Counter(_cased(word, case) for text in texts for word in text.split(" ") if word)
        return cls(word_hashes(*(word for word, n in counts.most_common() if n >= least)), grams, case, apart, letters)


def word_hashes(*words: str) -> tuple[int, ...]:
    """The 32-bit numbers by which a vocabulary knows these words, the same on every machine."""
    return tuple(map(_crc, words))


def _cased(word: str, case: bool) -> str:
    word = normalised("NFC", word)
    return word if case else word.lower()


@lru_cache(maxsize=100_000)
def _spelled(word: str, grams: int, case: bool, apart: bool, letters: int) -> tuple[int, bytes]:
    """The number that a vocabulary knows the word by, and its n-grams and letters as int64 of this machine, in one piece."""
    spelling = (*_hashed(word, grams, case, apart), *_letters(word, letters, case))
    return _crc(_cased(word, case)), struct.pack(f"={len(spelling)}q", *spelling)


def _hashed(word: str, grams: int, case: bool, apart: bool) -> tuple[int, ...]:
    word = _shortened(_cased(word, case))
    shape, ends, inner = [_shape(word)], *_grams(word.lower() if apart else word)
    if apart:
        return (*_numbers(shape, 1), *_numbers(ends, ENDS), *_numbers(inner, grams - 1 - ENDS))
    return _numbers([*ends, *shape, *inner], grams)


def _letters(word: str, count: int, case: bool) -> tuple[int, ...]:
    """Exactly `count` numbers: a letter's code point modulo 1024 (ASCII, Latin-1 and jamo each have their own), then 0."""
    letters = normalised("NFD", _shortened(_cased(word, case)))
    kept = _shortened(letters, count) if count else ""
    return (*(FIRST + ord(c) % LETTERS for c in kept), *[0] * (count - len(kept)))


def _numbers(pieces: list[str], count: int) -> tuple[int, ...]:
    """Exactly `count` numbers: of the first different pieces, then 0."""
    found = list(dict.fromkeys(map(_hash, pieces)))[:count]
    return (*found, *[0] * (count - len(found)))


def _shortened(word: str, most: int = LONGEST_WORD) -> str:
    """Of a very long word its beginning and its end."""
    return word if len(word) <= most else word[: most // 2] + word[len(word) - (most - most // 2) :]


def _grams(word: str) -> tuple[list[str], list[str]]:
    """The n-grams of "<word>": its beginnings and endings, and what lies inside."""
    spellings = [(f"<{word}>", (2, 3, 4, 5), (3,))]
    if any("가" <= c <= "힣" for c in word):
        jamo = normalised("NFD", word)
        spellings = [(f"<{word}>", (2, 3), (1, 2)), (f"<{jamo}>", (2, 3, 4, 5, 6, 7), (3,))]
    ends = [end for text, sizes, _ in spellings for n in sizes if n <= len(text) for end in (text[-n:], text[:n])]
    inner = [text[i : i + n] for text, _, sizes in spellings for n in sizes for i in range(1, len(text) - n)]
    return ends, inner


def _shape(word: str) -> str:
    """ "#Xx" of "Apple", "#d.d" of "3.14": capitals X, small letters x, digits d, other letters o; runs count once."""
    kinds = [
        "d" if c.isdigit() else "X" if c.isupper() else "x" if c.islower() else "o" if c.isalpha() else c for c in word
    ]
    return "#" + "".join(k for i, k in enumerate(kinds) if not i or kinds[i - 1] != k)


def _hash(text: str) -> int:
    return FIRST + _crc(text) % HASHES


def _crc(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
