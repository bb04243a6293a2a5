"""A mapping laid over another: reads fall through, writes stay on top."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Overlay(MutableMapping[K, V]):
    """What a session changes of the page's components and listeners, without a copy of the hundreds it does not change.

    >>> base = {1: "a", 2: "b"}
    >>> over = Overlay(base)
    >>> over[2] = "B"; over[3] = "C"; del over[1]
    >>> dict(over), base
    ({2: 'B', 3: 'C'}, {1: 'a', 2: 'b'})
    """

    def __init__(self, base: dict[K, V]) -> None:
        self.base, self.own = base, dict[K, V]()

    def __getitem__(self, key: K) -> V:
        return self.own[key] if key in self.own else self.base[key]

    def __setitem__(self, key: K, value: V) -> None:
        self.own[key] = value

    def __delitem__(self, key: K) -> None:
        self.own = {k: v for k, v in self.items() if k != key}
        self.base = {}

    def __contains__(self, key: Any) -> bool:
        return key in self.own or key in self.base

    def __iter__(self) -> Iterator[K]:
        yield from self.base
        yield from [key for key in self.own if key not in self.base]

    def __len__(self) -> int:
        return len(self.base) + sum(key not in self.base for key in self.own)

    def values(self) -> Any:
        """As of a dict, at its speed while nothing was changed."""
        return super().values() if self.own else self.base.values()

    def items(self) -> Any:
        """As of a dict, at its speed while nothing was changed."""
        return super().items() if self.own else self.base.items()
