"""`gpu`: spaces.GPU on Hugging Face Spaces, nothing anywhere else. Imported before torch, as ZeroGPU asks."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

try:
    import spaces  # pyright: ignore[reportMissingImports]
except ImportError:
    spaces = None


def zero() -> bool:
    """Whether this is a ZeroGPU Space, where a GPU is lent for seconds at a time and to this process alone."""
    return spaces is not None and os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")


def lent(function: Callable[..., Any], seconds: int) -> Callable[..., Any]:
    """The same function on a GPU lent for at most so many seconds; only where `zero`."""
    assert spaces is not None
    return spaces.GPU(duration=seconds)(function)


def gpu(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, run on a borrowed GPU where there are some to borrow."""
    return function if spaces is None else spaces.GPU(duration=30)(function)
