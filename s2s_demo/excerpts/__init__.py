"""Part of each real set, kept in the repository: what the page shows of it needs neither the whole set nor a network.

    <task>/<split>.jsonl       a row ["x", "y"] a pair, in the order in which the whole set gives them
    exercises.safetensors      the captured moments that the sample clips and the development clips show

`python -m train excerpts` makes them from the whole sets. Licences and attribution stand in README.md beside this file.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

from s2s_demo.prediction import UserError

FOLDER = Path(__file__).parent
MOTION = "exercises.safetensors"


def pairs(task: str, split: str) -> list[tuple[str, str]]:
    """The pairs of a split that are kept here: x and y.

    Raises:
        UserError: none are kept, or the file is damaged.
    """
    try:
        lines = (FOLDER / task / f"{split}.jsonl").read_text("utf-8").splitlines()
        return [(x, y) for x, y in map(json.loads, lines)]
    except (OSError, ValueError, TypeError) as e:
        raise _missing(f"{task}/{split}.jsonl") from e


def motion() -> dict[str, np.ndarray]:
    """What exercises.safetensors holds, as `s2s_demo.tasks.exercises` reads it.

    Raises:
        UserError: the file is missing or damaged.
    """
    try:
        return load_file(FOLDER / MOTION)
    except (OSError, ValueError, KeyError, SafetensorError) as e:
        raise _missing(MOTION) from e


def _missing(name: str) -> UserError:
    return UserError(
        f"‘s2s_demo/excerpts/{name}’ 파일이 없거나 손상되었습니다. 저장소에서 다시 받아 주세요.",
        f"The file ‘s2s_demo/excerpts/{name}’ is missing or damaged: fetch it from the repository again.",
    )
