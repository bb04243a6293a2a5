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
from s2s_demo.ui.rooms import path_of, rooms
from s2s_demo.ui.server.addresses import Addresses
from s2s_demo.ui.task.panel import task_panel

IN_THE_BAR = 4
"""So many rooms have a place in the bar; those that come later share one menu."""
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
    ready: str = ""
    """Selector of what stands there once the page has filled its controls itself: a link is followed after that."""

    @property
    def inner(self) -> str:
        """The route it is built under: tasks of one room share an address and differ in `?task=`."""
        return self.path.replace("?task=", ".")


EXPERIMENTS = (
    Page(
        "shapes",
        "lab.shapes",
        shapes.panel,
        "experiment",
        "lab-shapes",
        controls={"x": "shapes-x", "m": "shapes-m"},
        ready=".shapes .shape",
    ),
    Page(
        "gradients",
        "lab.gradients",
        gradients.panel,
        "experiment",
        "lab-gradients",
        controls={"init": "gr-init", "loss": "gr-loss", "width": "gr-width", "seed": "gr-seed", "x": "gr-text"},
        ready="#gr-cards li",
    ),
    Page(
        "long-range",
        "lab.longrange",
        long_range.panel,
        "experiment",
        "lab-longrange",
        controls={"problem": "longrange-problem", "engine": "longrange-engine"},
        ready="#longrange-numbers .main-svg",
    ),
    Page(
        "time-machine",
        "lab.time",
        snapshots.panel,
        "experiment",
        "lab-time",
        controls={"task": "time-task", "x": "time-x", "snapshot": "time-moment"},
        ready="#time-answer .tok",
    ),
    Page(
        "race",
        "lab.race",
        race.panel,
        "experiment",
        "lab-race",
        controls={"task": "race-task", "by": "race-by", "seed": "race-seed"},
        ready="#race-told p",
    ),
    Page(
        "scoreboard",
        "lab.board",
        scoreboard.panel,
        "experiment",
        "lab-board",
        controls={"across": "board-across"},
        ready="#board-table tbody tr",
    ),
)


def pages() -> list[Page]:
    """All pages in the order of the bar, the start page first."""
    made = [Page("", "tab.start", start.panel, "start", "start")]
    for at, (room, names) in enumerate(rooms().items()):
        for name in names:
            group = ("room" if at < IN_THE_BAR else "more") if name == names[0] else ""
            built = partial(task_panel, tasks.get(name))
            ids = _controls(name)
            made.append(Page(path_of(name), f"task.{name}.short", built, group, f"task-{name}", room, name, ids))
    return [*made, Page(OWN, "tab.own", custom.panel, "own", "room-own"), *EXPERIMENTS]


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
        moved=moved | {"lab": EXPERIMENTS[0].path},
        runs=OWN,
    )
