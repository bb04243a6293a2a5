"""Subwords: one step for each piece that training met often, learnt by byte-pair encoding (Sennrich, Haddow & Birch 2016).

A text begins as characters; the pair of neighbours that stands together most often becomes one piece, and so on. A piece lies within a
word; the white space before a word is its first character, so nothing has to be added to mark where a word begins, nothing that is
typed can pass for that mark, and the pieces joined are the text. Plain Python rather than a library, since a downloaded model cuts
with this very file, beside torch and safetensors alone; learning 2,000 merges from 20,000 sentences takes about a second.
"""

from __future__ import annotations

import heapq
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import torch
from torch import Tensor

from s2s_demo.codecs.base import SPECIALS, UNK
from s2s_demo.codecs.normal import normal
from s2s_demo.prediction import UserError

MOST_MERGES, LEAST = 2000, 5
MOST_LETTERS, MOST_KEPT = 100_000, 50_000
MARK, FIRST = "▁", 0x10000
# Letters, signs and white space are cut apart as in GPT-2 (Radford et al. 2019); a run without a break is cut at 24.
WORD = re.compile(r"\s?\w{1,24}|\s?[^\w\s]{1,24}|\s")
Merge = tuple[str, str]


@dataclass(frozen=True)
class Subwords:
    """The characters of the training texts, and the merges learnt from them, the first learnt first.

    unknown: a character outside the vocabulary becomes <unk> instead of being refused. One that is written otherwise, such as "ａ", is
    read as `normal` writes it.

    >>> codec = Subwords.of(["low lower slow"] * 4)
    >>> codec.tokens("slow lows")
    ['▁', 's', 'low', '▁low', 's']
    >>> codec.decode(codec.encode("slow lows").tolist())
    'slow lows'
    """

    alphabet: tuple[str, ...]
    merges: tuple[Merge, ...]
    unknown: bool = False
    symbols: tuple[str, ...] = field(init=False, repr=False, compare=False)
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)
    _ranks: dict[Merge, int] = field(init=False, repr=False, compare=False)
    _kept: dict[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Two merges may spell the same piece, a+bc and ab+c.
        symbols = tuple(dict.fromkeys((*self.alphabet, *(left + right for left, right in self.merges))))
        object.__setattr__(self, "symbols", symbols)
        object.__setattr__(self, "_ids", {piece: i for i, piece in enumerate(symbols, len(SPECIALS))})
        object.__setattr__(self, "_ranks", {merge: i for i, merge in enumerate(self.merges)})
        object.__setattr__(self, "_kept", {})

    @property
    def size(self) -> int:
        """Number of symbols V, the four specials included."""
        return len(SPECIALS) + len(self.symbols)

    def encode(self, raw: str) -> Tensor:
        """(T,) int64 symbols.

        Raises:
            UserError: a character is not in the vocabulary and `unknown` is off.
        """
        return torch.tensor([self._id(piece) for piece in self._cut(raw)], dtype=torch.int64)

    def decode(self, symbols: list[int]) -> str:
        """The text; specials are left out."""
        return "".join(self.symbols[i - len(SPECIALS)] for i in symbols if i >= len(SPECIALS)).removeprefix(" ")

    def tokens(self, raw: str) -> list[str]:
        """T pieces as they are shown: "▁" for the space before a word."""
        return [_shown(piece) for piece in self._cut(raw)]

    def names(self, symbols: list[int]) -> list[str]:
        """One name a symbol, specials included."""
        return [SPECIALS[i] if i < len(SPECIALS) else _shown(self.symbols[i - len(SPECIALS)]) for i in symbols]

    def to_json(self) -> dict[str, Any]:
        """Plain data with kind "subwords"."""
        return {
            "kind": "subwords",
            "alphabet": list(self.alphabet),
            "merges": [list(merge) for merge in self.merges],
            "unknown": self.unknown,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Subwords:
        """The codec that `to_json` described.

        Raises:
            ValueError: there are more merges than may be learnt, or one is no pair.
        """
        merges = tuple((str(left), str(right)) for left, right in data["merges"])
        if len(merges) > MOST_MERGES:
            raise ValueError(f"merges: expected at most {MOST_MERGES}, got {len(merges)}")
        return cls(tuple(map(str, data["alphabet"])), merges, bool(data["unknown"]))

    @classmethod
    def of(
        cls, texts: Iterable[str], *, unknown: bool = False, most: int = MOST_MERGES, least: int = LEAST
    ) -> Subwords:
        """All characters of `texts`, and at most `most` merges of pairs that stand together at least `least` times.

        The same for the same texts in whatever order. Of very many different words the commonest are learnt from, 100,000
        characters of them.
        """
        words = Counter(word for text in texts for word in _words(text))
        alphabet = tuple(sorted({" ", *(c for word in words for c in word)}))
        common = sorted(words.items(), key=lambda one: (-one[1], one[0]))
        ends = accumulate(len(word) for word, _ in common)
        learnt = [one for one, end in zip(common, ends, strict=True) if end <= MOST_LETTERS]
        return cls(alphabet, tuple(_learnt(learnt, most, least)), unknown)

    def _cut(self, raw: str) -> list[str]:
        return [piece for word in _words(self._plain(raw)) for piece in self._cut_word(word)]

    def _plain(self, raw: str) -> str:
        if raw.isascii():
            return raw
        plain = {c: normal(c) for c in set(raw) if c not in self._ids}
        return "".join(plain[c] if c in plain and all(p in self._ids for p in plain[c]) else c for c in raw)

    def _cut_word(self, word: str) -> tuple[str, ...]:
        """Applies the merge that was learnt first, wherever it fits, until none does."""
        if (kept := self._kept.get(word)) is not None:
            return kept
        pieces, none = list(word), len(self._ranks)
        while len(pieces) > 1:
            best = min(pairwise(pieces), key=lambda pair: self._ranks.get(pair, none))
            if best not in self._ranks:
                break
            pieces = _merged(pieces, best)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[word] = tuple(pieces)
        return tuple(pieces)

    def _id(self, piece: str) -> int:
        if piece in self._ids or self.unknown:
            return self._ids.get(piece, UNK)
        raise UserError(
            f"이 모델은 ‘{piece[:20]}’ 글자를 모릅니다. 다른 글자로 써 주세요.",
            f"This model does not know the character ‘{piece[:20]}’: write it with others.",
        )


def _words(text: str) -> list[str]:
    """The words of a text, each with the white space before it; the first gets a space of its own."""
    return WORD.findall(f" {text}") if text else []


def _shown(piece: str) -> str:
    return piece.replace(" ", MARK)


def _merged(pieces: list[str], merge: Merge) -> list[str]:
    found, at = list[str](), 0
    while at < len(pieces):
        both = tuple(pieces[at : at + 2]) == merge
        found.append("".join(merge) if both else pieces[at])
        at += 2 if both else 1
    return found


def _learnt(words: list[tuple[str, int]], most: int, least: int) -> list[Merge]:
    """The merges, each of the pair that is commonest by then, of equally common ones that of the pieces known first.

    Every piece is written as one code point, so that two neighbours are a string of two and merging is `str.replace`. A heap holds
    each pair with a count it had at some time, never below that of now: what comes first is right, or is put back with that of now.
    """
    pieces = sorted({c for word, _ in words for c in word})
    written = {piece: chr(FIRST + i) for i, piece in enumerate(pieces)}
    cut = ["".join(written[c] for c in word) for word, _ in words]
    counts, places = Counter[str](), defaultdict[str, set[int]](set)
    for i, (word, (_, n)) in enumerate(zip(cut, words, strict=True)):
        for at in range(len(word) - 1):
            counts[word[at : at + 2]] += n
            places[word[at : at + 2]].add(i)
    heap = [(-n, pair) for pair, n in counts.items() if n >= least]
    heapq.heapify(heap)
    merges = list[Merge]()
    while heap and len(merges) < most:
        n, best = heapq.heappop(heap)
        if (now := counts[best]) != -n:
            if now >= least:
                heapq.heappush(heap, (-now, best))
            continue
        left, right = (pieces[ord(c) - FIRST] for c in best)
        merges.append((left, right))
        new = written.setdefault(left + right, chr(FIRST + len(pieces)))
        if ord(new) == FIRST + len(pieces):
            pieces.append(left + right)
        changed = set[str]()
        for i in places.pop(best):
            before, n = cut[i], words[i][1]
            cut[i] = after = before.replace(best, new)
            for at in range(len(before) - 1):
                counts[before[at : at + 2]] -= n
            for at in range(len(after) - 1):
                counts[after[at : at + 2]] += n
                if after[at] == new or after[at + 1] == new:
                    places[after[at : at + 2]].add(i)
                    changed.add(after[at : at + 2])
        for pair in changed:
            if counts[pair] >= least:
                heapq.heappush(heap, (-counts[pair], pair))
    return merges
