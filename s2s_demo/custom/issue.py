"""One issue that the data checks report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from s2s_demo.custom.plan import Pair
from s2s_demo.prediction import Template, Words, quoted

Fix = Callable[[list[Pair]], list[Pair]]


@dataclass(frozen=True)
class Issue:
    """An issue in a set of pairs."""

    kind: str
    count: int
    """How many pairs (or symbols, or labels) it concerns."""
    words: Words
    """The message."""
    example: str
    """A pair, "x → y", cut short."""
    fix: Fix | None
    """pairs -> pairs without it; None where only a person can decide, or where hardly a pair would be left."""


def issue_of(
    kind: str, found: list[Pair], words: Template, fix: Fix | None, count: int | None = None, **facts: object
) -> Issue:
    """An issue of these pairs; `{n}` in its words becomes their number, or `count`, and the other places are `facts`."""
    count = len(found) if count is None else count
    return Issue(kind, count, words.format(n=f"{count:,}", **facts), example_of(found[0]), fix)


def example_of(pair: Pair) -> str:
    """The pair as an example, "x → y"."""
    return f"{short(pair[0])} → {short(pair[1])}"


def short(text: str) -> str:
    """What is there, in one line; spaces at the ends can be seen."""
    ends = text.replace("\n", "⏎").replace("\t", "⇥")
    inner = ends.strip()
    at = ends.find(inner) if inner else len(ends)
    seen = "␣" * at + inner + "␣" * (len(ends) - at - len(inner))
    return quoted(seen, 40) + ("…" if len(seen) > 40 else "")
