"""How the C library keeps memory that Python and torch have given back.

glibc gives every thread that meets a busy heap another one (an arena), up to eight a core, and keeps what is freed in each. A page
answers in some forty threads, whose large tensors come and go: 660 mixed questions left 298 MB behind, with two arenas 70.
"""

from __future__ import annotations

import ctypes
import platform

M_ARENA_MAX = -8
"""mallopt(3)."""
ARENAS = 2


def few_arenas(count: int = ARENAS) -> bool:
    """Bounds the arenas of this process, if it runs on glibc; says whether it did. Threads that have one keep it."""
    return _glibc() and bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, count))


def give_back() -> bool:
    """Hands free pages of all arenas to the system, if this is glibc; says whether there were any. It takes milliseconds."""
    return _glibc() and bool(ctypes.CDLL(None).malloc_trim(0))


def _glibc() -> bool:
    return platform.libc_ver()[0] == "glibc"
