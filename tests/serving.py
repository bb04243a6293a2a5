"""A page that runs while a test looks at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, partial

import httpx

from s2s_demo.ui import page

# plain HTTP over loopback: unless told so, httpx reads every certificate authority of the machine for each request
get, post = (partial(ask, verify=False, timeout=30) for ask in (httpx.get, httpx.post))


@contextmanager
def served() -> Iterator[str]:
    """The address of a page that runs until the block ends."""
    demo = page.build()
    demo.launch(**page.launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    try:
        yield demo.local_url
    finally:
        demo.close()


RUNNING = ExitStack()


@cache
def shared() -> str:
    """The address of the page that all tests of this process share; it runs until `RUNNING` is closed, see conftest."""
    return RUNNING.enter_context(served())
