"""A GPU for the page: the one that stands in this machine, or one that is lent on ZeroGPU. Imported before torch uses any.

Answers and looks inside come from `device.best_device()`; on ZeroGPU that is the CPU, which answers with models as small as these at once and
from nobody's quota. There a GPU is lent for training alone, to a forked process that keeps nothing: what goes in and what comes back is
pickled, and an exception comes back without its text. So `on_zerogpu` carries sentences as values, and turns what the lender says itself
into one.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

try:
    import spaces  # pyright: ignore[reportMissingImports]
except ImportError:
    spaces = None

from s2s_demo import checkpoints, device
from s2s_demo.faults import place_of
from s2s_demo.model import Seq2Seq
from s2s_demo.prediction import Prediction, UserError, Words
from s2s_demo.ui.words import both

LOG = logging.getLogger(__name__)
Found = TypeVar("Found")
KINDS = (
    ("quota", "gpu.quota"),
    ("pending credits", "gpu.quota"),
    ("queue", "gpu.none_free"),
    ("client", "gpu.none_free"),
)
"""A word in the title of the lender's error, and what it is to a visitor; everything else is "gpu.failed"."""


def zero() -> bool:
    """Whether this is a ZeroGPU Space, where a GPU is lent for seconds at a time and to this process alone."""
    return spaces is not None and device.zero_gpu()


def on_zerogpu(function: Callable[..., Any], seconds: int) -> Callable[..., Any]:
    """The same function on a GPU lent for at most so many seconds; only where `zero`. Arguments and result must be plain values.

    The function raises as it would here, if what it raises is a UserError, and `GPUUnavailable` where no GPU was lent or it was taken back.
    """
    assert spaces is not None

    @wraps(function)
    def inside(*args: Any) -> tuple[Any, tuple[str, str] | None]:
        try:
            return function(*args), None
        except UserError as e:
            return None, (e.words.ko, e.words.en)

    borrowed = spaces.GPU(duration=seconds)(inside)

    @wraps(function)
    def outside(*args: Any) -> Any:
        try:
            found, told = borrowed(*args)
        except Exception as e:  # the lender's own errors have no class to tell them by
            LOG.error("no GPU for %s\n%s", function.__name__, place_of(e))
            raise _refused(e) from e
        if told is not None:
            raise UserError(*told)
        return found

    return outside


def _refused(error: Exception) -> device.GPUUnavailable:
    title = str(getattr(error, "title", "")).lower()
    key = next((key for word, key in KINDS if word in title), "gpu.failed")
    again = re.search(r"Try again in ([0-9 a-z,:]{1,40})\.", str(error))
    words = both(key)
    if again and key == "gpu.quota":
        more = both("gpu.again", wait=again[1])
        words = Words(f"{words.ko} {more.ko}", f"{words.en} {more.en}")
    return device.GPUUnavailable(words.ko, words.en)


def with_model(task: str, engine: str, approach: str, compute: Callable[[Seq2Seq], Found]) -> Found:
    """What `compute` gives for a shipped model on the best device there is, where the model stays; on the CPU if that device fails.

    Raises:
        UserError: there is no such model, or what `compute` raises.
    """
    name = device.best_device()
    if name != "cpu":
        try:
            return compute(checkpoints.load(task, engine, approach, device=name))
        except UserError:
            raise
        except Exception as e:  # no memory, a lost driver, an operation it lacks: the CPU can, or tells what is wrong
            LOG.error("%s failed, the CPU answers\n%s", name, place_of(e))
    return compute(checkpoints.load(task, engine, approach, device="cpu"))


def by_device(answer: Prediction) -> str:
    """ " · CUDA": which device answered, where there is another than the CPU."""
    return "" if answer.device == device.best_device() == "cpu" else f" · {answer.device.upper()}"
