"""The rooms: which tasks share one, what it is called, and the address of a task in it."""

from __future__ import annotations

from s2s_demo import tasks
from s2s_demo.ui.words import FALLBACK, LABELS


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


def path_of(task: str) -> str:
    """Where a task lies: the first of a room at the room's own address, the others behind `?task=`."""
    room = tasks.get(task).room or task
    return room if rooms()[room][0] == task else f"{room}?task={task}"
