"""Weights and inputs drawn from a seed, without touching the generator that everybody shares.

`torch.manual_seed` turns one generator for all threads: two visitors who draw at once would get each other's numbers, and a training
beside them would be set back. Here every random call of one block is given a generator of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

DRAWS: frozenset[Callable[..., Any]] = frozenset(
    [
        torch.randn,
        torch.rand,
        Tensor.uniform_,
        Tensor.normal_,
        nn.init.uniform_,
        nn.init.normal_,
        nn.init.kaiming_uniform_,
        nn.init.xavier_uniform_,
        nn.init.orthogonal_,
    ]
)


class Seeded(TorchFunctionMode):
    """`with Seeded(0):` every draw in the block is the one that `torch.manual_seed(0)` would lead to, in this thread alone.

    It knows the draws of `DRAWS`, all that the engines make while they are built; a test holds the shared generator unmoved.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.generator = torch.Generator().manual_seed(seed)

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """The call itself, with our generator if it draws."""
        kwargs = kwargs or {}
        if func in DRAWS:
            kwargs = {**kwargs, "generator": self.generator}
        return func(*args, **kwargs)
