"""What a visitor meets where something goes wrong: one sentence. The log has the rest."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from inspect import isgeneratorfunction
from typing import Any

from s2s_demo.faults import brief
from s2s_demo.prediction import UserError
from s2s_demo.ui.words import mistake

LOG = logging.getLogger(__name__)


def user_errors_only(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same function or generator. Whatever it raises that is no UserError is logged and raised again as a general one."""

    @wraps(function)
    def guarded(*args: Any, **options: Any) -> Any:
        with _as_user_error(function.__name__):
            return function(*args, **options)

    @wraps(function)
    def guarded_steps(*args: Any, **options: Any) -> Iterator[Any]:
        with _as_user_error(function.__name__):
            yield from function(*args, **options)

    return guarded_steps if isgeneratorfunction(function) else guarded


@contextmanager
def _as_user_error(name: str) -> Iterator[None]:
    try:
        yield
    except UserError:
        raise
    # The page's last line of defence. The log gets the place and kind of the fault, not its message: a visitor's text may stand in it.
    except Exception as e:
        LOG.error("in %s: %s", name, brief(e))
        raise mistake("problem") from e


def error_view(error: UserError, lang: str) -> dict[str, Any]:
    """What a view of an answer shows instead of one."""
    return {"problem": error.words.say(lang)}
