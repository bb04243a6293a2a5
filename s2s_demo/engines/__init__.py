"""Engines, found by file name: every module here that does not start with `_` ends in `ENGINE = Engine(...)`."""

from __future__ import annotations

import importlib
import pkgutil

from s2s_demo.engine import Engine
from s2s_demo.prediction import UserError


def _find() -> dict[str, Engine]:
    names = [m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")]
    engines = [importlib.import_module(f"{__name__}.{name}").ENGINE for name in names]
    return {engine.name: engine for engine in sorted(engines, key=lambda engine: engine.order)}


ENGINES: dict[str, Engine] = _find()


def get(name: str) -> Engine:
    """The engine of that name.

    Raises:
        UserError: there is none; the sentence lists those there are.
    """
    if name not in ENGINES:
        there = ", ".join(ENGINES)
        raise UserError(
            f"‘{name}’ 엔진은 없습니다. 있는 엔진: {there}", f"There is no engine ‘{name}’. There are: {there}"
        )
    return ENGINES[name]
