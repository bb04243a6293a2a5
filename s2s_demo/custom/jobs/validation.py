"""Values read from the files of a run, checked before anybody relies on them: any file may be damaged, or somebody else's.

What a run cannot do without is checked strictly and refused with `Damaged`; what is only shown is left out where it is not sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, fields
from typing import Any

from s2s_demo import engines
from s2s_demo.custom.plan import UNIT_NAMES, Plan
from s2s_demo.custom.suggest import Suggestion
from s2s_demo.prediction import UserError, Words
from s2s_demo.recipe import Recipe
from s2s_demo.task import Approach, Pair, Shape

STATES = ("waiting", "running", "done", "stopped", "failed")
MOST_NUMBER, MOST_PID, MOST_STEPS = 1e12, 2**31, 10**8
DAMAGED_INPUTS = Words(
    "이 학습에 주어진 것(쌍이나 설정)을 적은 파일이 손상되었습니다. 쌍을 다시 넣어 새로 시작하세요.",
    "The files that say what this run was given (its pairs or its settings) are damaged: give the pairs again and start a new run.",
)


class Damaged(UserError):
    """What a run was given cannot be read any more."""

    def __init__(self) -> None:
        super().__init__(DAMAGED_INPUTS.ko, DAMAGED_INPUTS.en)

    def __reduce__(self) -> tuple[type[Damaged], tuple[()]]:  # type: ignore[override]
        """Crosses to another process whole."""
        return type(self), ()


def is_number(value: Any) -> bool:
    """Whether it is a finite number and no truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -MOST_NUMBER < value < MOST_NUMBER


def is_count(value: Any) -> bool:
    """Whether it is a whole number from 0."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MOST_NUMBER


def one_of(value: Any, names: Iterable[str]) -> bool:
    """Whether it is one of these names."""
    return isinstance(value, str) and value in names


def are_measures(value: Any) -> bool:
    """Whether it is a dictionary of names with numbers."""
    return isinstance(value, dict) and all(isinstance(k, str) and is_number(v) for k, v in value.items())


def _words(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"ko", "en"} and all(isinstance(v, str) for v in value.values())


def _seconds(value: Any) -> bool:
    return is_number(value) and value >= 0


def _example(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 4
        and all(isinstance(one, str) for one in value[:3])
        and isinstance(value[3], bool)
    )


def _baseline(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == {"name", "scores"}
        and isinstance(value["name"], str)
        and are_measures(value["scores"])
    )


STATUS_FIELDS = {
    "told": _words,
    "note": _words,
    "step": is_count,
    "seconds": _seconds,
    "left": _seconds,
    "estimate": _seconds,
    "took": _seconds,
    "loss": is_number,
    "grad_norm": is_number,
    "scores": are_measures,
    "scored": is_count,
    "facts": are_measures,
    "baselines": lambda value: isinstance(value, list) and all(map(_baseline, value)),
    "examples": lambda value: isinstance(value, list) and all(map(_example, value)),
}


def status(data: Any) -> dict[str, Any] | None:
    """status.json without what is not sound in it; None where it does not say in which state the run is, or since when it waits."""
    if not isinstance(data, dict) or not one_of(data.get("state"), STATES):
        return None
    if data["state"] == "waiting" and not _seconds(data.get("queued")):
        return None
    found = {k: v for k, v in data.items() if k in STATUS_FIELDS and STATUS_FIELDS[k](v)}
    kept = {"state": data["state"], "queued": data["queued"] if _seconds(data.get("queued")) else 0.0}
    return {"step": 0, "seconds": 0.0, "left": 0.0, **found, **kept}


def worker(data: Any) -> tuple[int, float] | None:
    """(process number, when it was created) of worker.json, or None."""
    if not isinstance(data, dict) or not is_count(data.get("pid")) or not _seconds(data.get("created")):
        return None
    return (data["pid"], float(data["created"])) if 0 < data["pid"] < MOST_PID else None


def row(data: Any) -> dict[str, Any] | None:
    """A row of history.jsonl without what is not sound in it; None where its step, loss or gradient norm is missing.

    One that is infinite or no number stays: that is what an exploded run has, and the coach tells of it.
    """
    if not isinstance(data, dict) or not is_count(data.get("step")):
        return None
    if not all(isinstance(data.get(k), float) or is_number(data.get(k)) for k in ("loss", "grad_norm")):
        return None
    sound = {
        "layers": are_measures,
        "scores": are_measures,
        "updates": are_measures,
        "clipped": lambda value: isinstance(value, bool),
        "lr": is_number,
        "seconds": _seconds,
    }
    found = {k: data[k] for k, check in sound.items() if k in data and check(data[k])}
    return {"clipped": False, **{k: data[k] for k in ("step", "loss", "grad_norm")}, **found}


def pairs(data: Any) -> list[Pair]:
    """The pairs of pairs.json.

    Raises:
        Damaged: it is no list of two texts each.
    """
    if not isinstance(data, list) or not all(
        isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str) and isinstance(pair[1], str)
        for pair in data
    ):
        raise Damaged
    return [(x, y) for x, y in data]


def plan(data: Any) -> Plan:
    """The plan of plan.json.

    Raises:
        Damaged: it is none.
    """
    data = _fields(data, Plan)
    columns = data.get("columns", [])
    if (
        not one_of(data["shape"], Shape.__members__)
        or not one_of(data["by_x"], UNIT_NAMES)
        or not one_of(data["by_y"], UNIT_NAMES)
        or not _words(data["reason"])
        or not isinstance(columns, list)
        or not all(isinstance(name, str) for name in columns)
        or not isinstance(data.get("made", ""), str)
        or not _seconds(data.get("rate", 0.0))
    ):
        raise Damaged
    named = {"shape": Shape[data["shape"]], "reason": Words(**data["reason"]), "columns": tuple(columns)}
    return Plan(**{**data, **named})


def suggestion(data: Any) -> tuple[Suggestion, int]:
    """The suggestion and the seed of recipe.json.

    Raises:
        Damaged: it has none.
    """
    seed = data.get("seed") if isinstance(data, dict) else None
    if not is_number(seed) or not isinstance(seed, int):
        raise Damaged
    found = _fields({k: v for k, v in data.items() if k != "seed"}, Suggestion)
    if (
        not one_of(found["engine"], engines.ENGINES)
        or not one_of(found["approach"], [approach.value for approach in Approach])
        or not is_count(found["parameters"])
        or not _seconds(found["seconds"])
        or not _words(found["reason"])
    ):
        raise Damaged
    return Suggestion(**{**found, "recipe": recipe(found["recipe"]), "reason": Words(**found["reason"])}), seed


def recipe(data: Any) -> Recipe:
    """The recipe in recipe.json: every value of the kind of its default, counts from 1, nothing negative.

    Raises:
        Damaged: it is none.
    """
    data, usual = _fields(data, Recipe), Recipe()
    for name, value in data.items():
        default = getattr(usual, name)
        if isinstance(default, bool):
            sound = isinstance(value, bool)
        elif isinstance(default, int):
            sound = is_count(value) and value <= MOST_STEPS and (value > 0 or name == "warmup")
        elif isinstance(default, float):
            sound = _seconds(value)
        else:
            sound = isinstance(value, dict if isinstance(default, Mapping) else str)
        if not sound:
            raise Damaged
    return Recipe(**data)


def _fields(data: Any, kind: type) -> dict[str, Any]:
    """The data, which has only fields of this dataclass and all those without a default."""
    if not isinstance(data, dict):
        raise Damaged
    known = {field.name for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}
    if not needed <= set(data) <= known:
        raise Damaged
    return data
