"""What pages there are, at which addresses, and what each is built by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from s2s_demo import tasks
from s2s_demo.ui import start
from s2s_demo.ui.custom import panel as custom
from s2s_demo.ui.lab import gradients, long_range, race, scoreboard, shapes, snapshots
from s2s_demo.ui.server.addresses import Addresses
from s2s_demo.ui.task.panel import task_panel
from s2s_demo.ui.words import FALLBACK, LABELS

IN_THE_BAR = 4
"""So many rooms have a place in the bar; those that come later share one menu."""
EXPERIMENTS = {
    "shapes": ("shapes", shapes.panel, {"x": "shapes-x", "m": "shapes-m"}),
    "gradients": (
        "gradients",
        gradients.panel,
        {"init": "gr-init", "loss": "gr-loss", "width": "gr-width", "seed": "gr-seed", "x": "gr-text"},
    ),
    "long-range": ("longrange", long_range.panel, {"problem": "longrange-problem", "engine": "longrange-engine"}),
    "time-machine": ("time", snapshots.panel, {"task": "time-task", "x": "time-x", "snapshot": "time-moment"}),
    "race": ("race", race.panel, {"task": "race-task", "by": "race-by", "seed": "race-seed"}),
    "scoreboard": ("board", scoreboard.panel, {"across": "board-across"}),
}
"""Address of each laboratory page -> its key in the strings, its builder, and what of it stands in a link."""
OWN = "own"


@dataclass(frozen=True)
class Page:
    """One page of the site."""

    path: str
    """What stands behind the server's name, without slashes; "" is the start page."""
    label: str
    """Key of its name in the strings."""
    build: Callable[[list[Any]], None]
    """Builds its content inside open Blocks; takes the events at which it comes to be seen."""
    group: str
    """Where the bar has it: "start", "room", "more", "own" or "experiment"; "" for the second and later tasks of a room."""
    elem_id: str
    """Of the element around its content."""
    room: str = ""
    """The room of a task's page."""
    task: str = ""
    """The task it is about."""
    controls: Mapping[str, str] = field(default_factory=dict)
    """What of it stands in a link: name in the address -> element id."""

    @property
    def inner(self) -> str:
        """The route it is built under: tasks of one room share an address and differ in `?task=`."""
        return self.path.replace("?task=", ".")


def rooms() -> dict[str, list[str]]:
    """The tasks of each room, in order; a task that names no room has one of its own."""
    found: dict[str, list[str]] = {}
    for task in tasks.TASKS.values():
        found.setdefault(task.room or task.name, []).append(task.name)
    return found


def room_label(room: str) -> str:
    """Key of a room's name in the strings: its own, or the short name of its first task."""
    key = f"tab.{room}"
    return key if key in LABELS[FALLBACK] else f"task.{rooms()[room][0]}.short"


def pages() -> list[Page]:
    """All pages in the order of the bar, the start page first."""
    made = [Page("", "tab.start", start.panel, "start", "start")]
    for at, (room, names) in enumerate(rooms().items()):
        for first, name in zip((True, *[False] * len(names)), names, strict=False):
            group = ("room" if at < IN_THE_BAR else "more") if first else ""
            path = room if first else f"{room}?task={name}"
            built = partial(task_panel, tasks.get(name))
            made.append(Page(path, f"task.{name}.short", built, group, f"task-{name}", room, name, _controls(name)))
    made.append(Page(OWN, "tab.own", custom.panel, "own", "room-own"))
    for path, (key, built, controls) in EXPERIMENTS.items():
        made.append(Page(path, f"lab.{key}", built, "experiment", f"lab-{key}", controls=controls))
    return made


def _controls(task: str) -> dict[str, str]:
    ids = {"x": "x", "engine": "engine", "approach": "approach", "lens": "lens-kind"}
    return {name: f"{begin}-{task}" for name, begin in ids.items()}


def addresses() -> Addresses:
    """The same for the server: what is asked under which address, and where older addresses lead."""
    made = pages()
    moved = {page.task: page.path for page in made if page.task and page.task not in rooms()}
    return Addresses(
        routes=frozenset(page.inner for page in made),
        inner={(page.room, page.task): page.inner for page in made if page.task},
        moved=moved | {"lab": next(iter(EXPERIMENTS))},
        runs=OWN,
    )
