"""How much work a call does, told by counts of Python's events or by CPU time: neither looks at a clock that others move."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from s2s_demo.prediction import UserError


def work(call: Callable[[], object]) -> int:
    """How many functions, of Python and of C, are entered while this runs: the same every time, on whatever machine."""
    count = 0

    def entered(frame: Any, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(entered)
    try:
        with suppress(UserError):
            call()
    finally:
        sys.setprofile(None)
    return count


def cpu(call: Callable[[], object], repeats: int = 3) -> float:
    """CPU seconds of this thread alone, the least of several tries."""
    best = float("inf")
    gc.disable()  # to look through all that torch and gradio keep takes a fifth of a second, whoever's turn it is
    try:
        for _ in range(repeats):
            began = time.thread_time()
            with suppress(UserError):
                call()
            best = min(best, time.thread_time() - began)
    finally:
        gc.enable()
    return best
