"""python -m train excerpts: writes, from the whole sets, the part of each that the repository keeps; see s2s_demo/excerpts.

Of a text task: the pairs a race trains on, the first development pairs, among them `HELD` with an answer, and of the taggers as many
test sentences. Of exercises: the captured moments that the sample clips and the development clips of the first fold show.
"""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from s2s_demo import excerpts, tasks
from s2s_demo.lab.race.race import HELD
from s2s_demo.task import Pair, Shape, Task
from s2s_demo.tasks._words import sample_pairs


def write(folder: Path = excerpts.FOLDER) -> None:
    """Writes all of them and prints the size of each.

    Raises:
        UserError: a set is not to be had.
    """
    for task in tasks.TASKS.values():
        for split, pairs in kept(task, task.race_pairs).items() if task.offline and task.input == "text" else ():
            path = folder / task.name / f"{split}.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs), "utf-8")
            print(f"{path}: {len(pairs):,} pairs, {path.stat().st_size / 1024:.0f} KiB")
    path = folder / excerpts.MOTION
    save_file(motion(), path)
    print(f"{path}: {path.stat().st_size / 1024:.0f} KiB")


def kept(task: Task, most: int) -> dict[str, list[Pair]]:
    """What the repository keeps of a text task, by split. Of training pairs only the part of y that counts."""
    dev = list(task.pairs("dev", 0))
    known = [i for i, (_, y) in enumerate(dev) if y != task.unknown]
    found = {
        "train": sample_pairs(((x, task.answer(y)) for x, y in task.pairs("train", 0) if y != task.unknown), most),
        "dev": dev[: known[:HELD][-1] + 1],
    }
    if task.shape is Shape.N2N:  # a visitor who types one of these is told the true tags
        found["test"] = list(islice(task.pairs("test", 0), HELD))
    return found


def motion() -> dict[str, np.ndarray]:
    """Captured moments of the exercises: whose they are, where the bones end, and what is done at every moment of the recordings."""
    from s2s_demo.tasks import exercises  # noqa: PLC0415  a mistake in that file is this command's alone

    joints, whole = exercises.captured()
    moments = [(i, frame) for i in range(len(whole["offsets"]) - 1) for frame in sorted(shown(i))]
    recording, frame = np.array(moments).T
    return {
        "joints": joints[whole["offsets"][recording] + frame],
        "recording": recording.astype("uint8"),
        "frame": frame.astype("int16"),
        "offsets": whole["offsets"],
        "label": whole["label"],
    }


def shown(which: int) -> set[int]:
    """The captured moments of a recording that the page shows: a frame lies between two of them."""
    from s2s_demo.tasks import exercises  # noqa: PLC0415  a mistake in that file is this command's alone

    recording, at = exercises.recordings()[which], list[np.ndarray]()
    if which == exercises.HELD:
        places = exercises.moments(len(recording.points), 1.0)
        at += [places[exercises.sample_window(name)[0]] for name in exercises.CLIPS]
    else:
        for number in range(exercises.COUNTS["dev"]):
            pace, frames = exercises.sample_excerpt(recording, exercises.clip_rng("dev", which, number))
            at.append(exercises.moments(len(recording.points), pace)[frames])
    low = np.concatenate(at).astype(int)
    return {*low.tolist(), *(low + 1).tolist()}
