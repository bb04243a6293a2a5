"""`python -m tests.attack [--short] [NAME ...]`: attacks pages of its own, over loopback alone, and prints one table.

Exits with 1 if anything is off: a traceback in the page's log, an answer of 5xx but "busy", an error without a sentence, a call
without an end, too much memory, something of another visitor's in an answer, or an ordinary question that is not answered afterwards.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.attack import bare, crowd, damaged, disk, files, fuzz, hall, kills, neighbours, sessions
from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, table, told


def strangers(folder: Path) -> Iterable[Row]:
    """What visitors can do to one page, one attack after another."""
    with Page(folder) as page:
        warmed(page, "")
        yield sessions.attack(page)
        yield neighbours.attack(page, 10)
        yield files.attack(page)
        yield fuzz.attack(page, 10_000)
        yield crowd.attack(page, 10_000)
        yield hall.attack(page, 50, 60)


def damage(folder: Path) -> Iterable[Row]:
    """Damaged checkpoints and runs."""
    root, places = damaged.laid_out(folder / "checkpoints")
    page = Page(folder, {"S2S_CHECKPOINTS": str(root)})
    sound, names = damaged.runs_in(page.runs)
    with page:
        yield damaged.attack(page, places, sound, names)


def killed(folder: Path) -> Iterable[Row]:
    """kill -9."""
    with Page(folder) as page:
        yield kills.worker(page)
        yield kills.restart(page, trains=True)


def filled(folder: Path) -> Iterable[Row]:
    """Writes that fail, and a full disk where one may be mounted."""
    with Page(folder / "limit") as page:
        yield disk.attack(page)
    (folder / "disk").mkdir()
    with disk.small(folder / "disk") as mounted:
        if mounted:
            with Page(folder / "disk") as page:
                yield disk.attack(page, folder / "disk")


def nothing(folder: Path) -> Iterable[Row]:
    """No home and nothing writable."""
    root = bare.shipped(folder / "checkpoints")
    env = {**bare.NOTHING, "S2S_CHECKPOINTS": str(root)}
    with bare.unwritable(root), Page(folder, env, bare.powerless) as page:
        yield bare.attack(page)


def some_strangers(folder: Path) -> Iterable[Row]:
    """Less of what visitors can do."""
    with Page(folder) as page:
        warmed(page, "ask_first")
        yield sessions.attack(page)
        yield neighbours.attack(page, 1)
        yield files.attack(page, 11)
        yield fuzz.attack(page, 150)
        yield crowd.attack(page, 50, most=60)


def poor_machine(folder: Path) -> Iterable[Row]:
    """All that a machine can do to a page at once: damage, no home, nothing writable, then a full disk and kill -9."""
    root, places = damaged.laid_out(folder / "checkpoints")
    with bare.unwritable(root):
        page = Page(folder, {**bare.NOTHING, "S2S_CHECKPOINTS": str(root)}, bare.powerless)
        sound, names = damaged.runs_in(page.runs, 4)
        with page:
            yield damaged.attack(page, places, sound, names)
            yield disk.attack(page)
            yield kills.restart(page, trains=False)


def warmed(page: Page, *names: str) -> None:
    """Models are loaded before memory is compared: they stay, which is no fault."""
    visitor = Client(page.url)
    for name in visitor.functions:
        one = visitor.functions[name]
        if name.startswith(names) and one["backend_fn"] and not one["types"]["generator"]:
            visitor.usual(name)


Scene = Callable[[Path], Iterable[Row]]
FULL: dict[str, Scene] = {
    "strangers": strangers,
    "damage": damage,
    "kills": killed,
    "disk": filled,
    "bare": nothing,
}
SHORT: dict[str, Scene] = {"strangers": some_strangers, "machine": poor_machine}


def attacked(scenes: Iterable[Scene]) -> list[Row]:
    """The rows of these scenes; one whose page does not even start is a row as well."""
    rows: list[Row] = []
    for scene in scenes:
        with tempfile.TemporaryDirectory() as folder:
            try:
                rows.extend(map(told, scene(Path(folder))))
            except RuntimeError as e:
                rows.append(Row(scene.__name__, 0.0, notes=[str(e)]))
    return rows


def main() -> int:
    """Attacks, prints, and says by its exit status whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of everything, for a quick look")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(FULL)}")
    asked = parser.parse_args()
    scenes = SHORT if asked.short else FULL
    wrong = [name for name in asked.names if name not in scenes]
    if wrong:
        parser.error(f"there is no {wrong[0]}: only {', '.join(scenes)}")
    rows = attacked([scenes[name] for name in asked.names or scenes])
    print(table(rows))
    return int(any(row.off for row in rows))


if __name__ == "__main__":
    sys.exit(main())
