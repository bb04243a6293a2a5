"""Pairs whose x is rows of numbers: what the numbers are without their name, and a split that never parts a sequence."""

from __future__ import annotations

from hashlib import blake2b

from s2s_demo.codecs.numbers import looks_like_rows, named, sequence_of, width_of
from s2s_demo.task import Pair

SAMPLED, MOSTLY = 300, 0.95


def are_number_rows(xs: list[str]) -> bool:
    """Whether nearly all of these texts are rows of numbers, looked at in some of them, evenly spread."""
    some = xs[:: max(1, len(xs) // SAMPLED)]
    return sum(map(looks_like_rows, some)) >= MOSTLY * len(some) and width_of(some) > 0


def without_name(x: str) -> str:
    """The rows without the name before them: two sequences with other names may be the same."""
    return " ".join(named(x)[1].split())


def sequence_names(pairs: list[Pair]) -> list[str]:
    """The names of the different sequences, in the order of a hash of the name: the same on every machine."""
    names = {sequence_of(x) for x, _ in pairs}
    return sorted(names, key=lambda name: (blake2b(name.encode("utf-8", "replace"), digest_size=8).digest(), name))


def held_out_sequences(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """(kept, held): the different pairs, without those of a tenth of the sequences (one at least); and those.

    Two windows of one sequence are never on two sides, since neighbours are nearly the same. Of one sequence alone the last tenth of
    its windows is held out, so that only one border touches.
    """
    distinct = list(dict.fromkeys(pairs))
    names = sequence_names(distinct)
    if len(names) == 1:
        cut = len(distinct) - -(-len(distinct) // 10)
        return distinct[:cut], distinct[cut:]
    held = set(names[: -(-len(names) // 10)])
    out = [sequence_of(x) in held for x, _ in distinct]
    return (
        [pair for pair, one in zip(distinct, out, strict=True) if not one],
        [pair for pair, one in zip(distinct, out, strict=True) if one],
    )
