"""`gpu`: spaces.GPU on Hugging Face Spaces, nothing anywhere else. Imported before torch, as ZeroGPU asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

try:
    import spaces  # pyright: ignore[reportMissingImports]
except ImportError:
    spaces = None


def gpu(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, run on a borrowed GPU where there are some to borrow."""
    return function if spaces is None else spaces.GPU(duration=30)(function)
