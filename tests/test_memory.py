"""What the C library keeps of freed memory."""

from __future__ import annotations

import platform
import subprocess
import sys

from s2s_demo.ui.server import memory

CODE = """
import ctypes, runpy, sys, threading

if sys.argv[1] == "bounded":
    assert runpy.run_path(sys.argv[2])["few_arenas"]()
gate = threading.Barrier(24)


def work():
    gate.wait()
    for _ in range(300):
        bytes(bytearray(100_000))


threads = [threading.Thread(target=work) for _ in range(24)]
[t.start() for t in threads]
[t.join() for t in threads]
ctypes.CDLL(None).malloc_stats()
"""


def arenas(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", CODE, how, memory.__file__], capture_output=True, text=True, check=True
    )
    return done.stderr.count("Arena ")


def test_many_threads_share_few_arenas():
    glibc = platform.libc_ver()[0] == "glibc"
    assert memory.few_arenas() == glibc and memory.give_back() in (False, glibc)
    if glibc:
        assert arenas("bounded") <= memory.ARENAS < arenas("free")
