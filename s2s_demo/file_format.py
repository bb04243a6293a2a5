"""The form of the JSON that a training writes, and the one place where older forms are read.

config.json of a checkpoint, run.json of snapshots, and plan.json, recipe.json and status.json of a run on custom data begin with
"format". Whoever reads them through `upgraded` sees today's form, whatever was on the disk.

format 0   no such field: everything written before version 0.2. The fields are those of format 1, but "loss" in the history beside
           it holds the label smoothing that its recipe may have had
format 1   since version 0.2: "loss" is the plain mean −log p
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from s2s_demo.prediction import UserError, quoted

FIELD, FORMAT = "format", 1
Fields = dict[str, Any]


class UnknownFormat(UserError):
    """A file of a form that only a newer version can read, or nobody."""


def _from_0(fields: Fields) -> Fields:
    return fields


UPGRADES: tuple[Callable[[Fields], Fields], ...] = (_from_0,)
"""What makes format i + 1 of format i: the next form adds one function here, and no reader elsewhere changes."""
assert len(UPGRADES) == FORMAT


def with_format(fields: Fields) -> Fields:
    """The fields as they are written: with their format, first.

    >>> stamped({"seed": 0})
    {'format': 1, 'seed': 0}
    """
    return {FIELD: FORMAT, **{name: value for name, value in fields.items() if name != FIELD}}


def upgraded(fields: Fields, name: str) -> Fields:
    """The fields of a file in today's form, without the format itself.

    Args:
        fields: the JSON object as it was read.
        name: of the file, for the sentence.

    Raises:
        UnknownFormat: its format is none that was ever written up to this version.

    >>> current({"seed": 0}, "config.json") == current({"format": 1, "seed": 0}, "config.json") == {"seed": 0}
    True
    """
    found = fields.get(FIELD, 0)
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= FORMAT:
        name, shown = quoted(name, 80), quoted(str(found))
        raise UnknownFormat(
            f"‘{name}’ 파일의 형식은 {shown}인데 여기서는 {FORMAT}까지 읽을 수 있습니다. Seq2Seq 실험실을 새 판으로 바꾸세요.",
            f"‘{name}’ is of format {shown}, and up to {FORMAT} can be read here: install a newer Seq2Seq Lab.",
        )
    fields = {key: value for key, value in fields.items() if key != FIELD}
    for upgrade in UPGRADES[found:]:
        fields = upgrade(fields)
    return fields
