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


def strangers(folder: Path, short: bool) -> Iterable[Row]:
    """What visitors can do to one page, one attack after another."""
    with Page(folder) as page:
        warmed(page, short)
        yield sessions.attack(page)
        yield neighbours.attack(page, 1 if short else 10)
        yield files.attack(page, 6 if short else 1)
        yield fuzz.attack(page, 250 if short else 10_000)
        if not short:
            yield crowd.attack(page, 10_000)
            yield hall.attack(page, 50, 60)


def damage(folder: Path, short: bool) -> Iterable[Row]:
    """Damaged checkpoints and runs."""
    root, places = damaged.laid_out(folder / "checkpoints")
    page = Page(folder, {"S2S_CHECKPOINTS": str(root)})
    sound, names = damaged.runs_in(page.runs)
    with page:
        yield damaged.attack(page, places, sound, names)


def killed(folder: Path, short: bool) -> Iterable[Row]:
    """kill -9."""
    with Page(folder) as page:
        if not short:
            yield kills.worker(page)
        yield kills.restart(page, trains=not short)
        if short:  # the page that was started again has to do for the next attack as well
            yield disk.attack(page)


def filled(folder: Path, short: bool) -> Iterable[Row]:
    """A full disk, and writes that fail, which is all there is where no disk may be mounted."""
    if short:
        return
    with Page(folder / "limit") as page:
        yield disk.attack(page)
    (folder / "disk").mkdir()
    with disk.small(folder / "disk") as mounted:
        if mounted:
            with Page(folder / "disk") as page:
                yield disk.attack(page, folder / "disk")


def nothing(folder: Path, short: bool) -> Iterable[Row]:
    """No home and nothing writable."""
    root = bare.unwritable(folder / "checkpoints")
    try:
        with Page(folder, {**bare.NOTHING, "S2S_CHECKPOINTS": str(root)}, bare.powerless) as page:
            yield bare.attack(page)
    finally:
        bare.writable(root)


def warmed(page: Page, short: bool) -> None:
    """Every model is loaded before memory is compared: they stay, which is no fault."""
    visitor = Client(page.url)
    for name in visitor.functions:
        if name.startswith("first") or (not short and name.startswith("compare")):
            visitor.usual(name)


SCENES: dict[str, Callable[[Path, bool], Iterable[Row]]] = {
    "strangers": strangers,
    "damage": damage,
    "kills": killed,
    "disk": filled,
    "bare": nothing,
}


def attacked(short: bool, names: Iterable[str] = ()) -> list[Row]:
    """The rows of all scenes, or of those named."""
    rows: list[Row] = []
    for name in names or SCENES:
        with tempfile.TemporaryDirectory() as folder:
            try:
                rows.extend(map(told, SCENES[name](Path(folder), short)))
            except RuntimeError as e:
                rows.append(Row(name, 0.0, notes=[str(e)]))
    return rows


def main() -> int:
    """Attacks, prints, and says by its exit status whether all is well."""
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--short", action="store_true", help="less of everything, for a quick look")
    parser.add_argument("names", nargs="*", choices=[*SCENES, []], help="only these")
    asked = parser.parse_args()
    rows = attacked(asked.short, asked.names)
    print(table(rows))
    return int(any(row.off for row in rows))


if __name__ == "__main__":
    sys.exit(main())
