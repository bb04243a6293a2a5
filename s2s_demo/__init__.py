"""Seq2Seq is a framework, not an architecture: a task says what x and y are, an engine carries one to the other.

from s2s_demo import load, predict
predict(load("arithmetic", "lstm"), ["12+34"], look=True)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from s2s_demo.places import stand_in

if TYPE_CHECKING:
    from s2s_demo.checkpoints import load
    from s2s_demo.explain import predict

__all__ = ["load", "predict"]
__version__ = "0.2.0"

_WHERE = {"load": "s2s_demo.checkpoints", "predict": "s2s_demo.explain"}

stand_in()


def __getattr__(name: str) -> Any:
    """What is asked for is imported then, so that whoever starts a program can still say how many threads torch may take."""
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
