"""What the data doctor says of one ill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from s2s_demo.custom.plan import Pair
from s2s_demo.prediction import Template, Words, quoted

Fix = Callable[[list[Pair]], list[Pair]]


@dataclass(frozen=True)
class Issue:
    """One thing found. count: how many pairs (or symbols, or labels) it concerns. example: a pair, "x → y", cut short.

    mend: pairs -> pairs without it; None where only a person can decide, or where hardly a pair would be left.
    """

    kind: str
    count: int
    words: Words
    example: str
    mend: Fix | None


def issue_of(
    kind: str, found: list[Pair], words: Template, mend: Fix | None, count: int | None = None, **facts: object
) -> Issue:
    """A finding about these pairs; `{n}` in its words becomes their number, or `count`, and the other places are `facts`."""
    count = len(found) if count is None else count
    return Issue(kind, count, words.format(n=f"{count:,}", **facts), example_of(found[0]), mend)


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
