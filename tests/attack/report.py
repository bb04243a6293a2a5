"""What an attack did to the page, a row each; and the table."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.attack.client import Client
from tests.attack.process import Page

HEAD = ("attack", "calls", "tracebacks", "caught", "5xx", "bare", "hangs", "+MB", "seen", "answered", "seconds")


@dataclass
class Row:
    """One line of the table.

    calls: requests sent. tracebacks: new ones in the log. caught: faults that reached the page's last guard. failed: answers of 5xx
    but "busy", and connections that broke. bare: errors without a sentence. hangs: calls without an end. growth: MB that the page
    holds more when all is over, of which `most` are allowed. seen: answers with something that this visitor must not see. answered:
    whether an ordinary question was, afterwards. notes: what else is off. told:
    what is worth knowing beside.
    """

    attack: str
    most: float
    calls: int = 0
    tracebacks: int = 0
    caught: int = 0
    failed: int = 0
    bare: int = 0
    hangs: int = 0
    growth: float = 0.0
    seen: int = 0
    answered: bool = False
    seconds: float = 0.0
    ended: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    told: str = ""

    @property
    def off(self) -> bool:
        """Whether anything is not as it should be."""
        wrong = self.tracebacks + self.caught + self.failed + self.bare + self.hangs + self.seen + len(self.notes)
        return wrong > 0 or self.growth > self.most or not self.answered

    def add(self, *visitors: Client) -> None:
        """Counts what these visitors met; each is given once."""
        for one in visitors:
            self.ended.update(one.ended)
            self.calls += len(one.ended)
            self.seen += one.seen
            one.ended, one.seen = [], 0
        self.failed = self.ended["failed"] + self.ended["gone"]
        self.bare, self.hangs = self.ended["bare"], self.ended["hung"]

    def expect(self, so: bool, otherwise: str) -> None:
        """Notes what is off beside what the columns say."""
        if not so:
            self.notes.append(otherwise)


@contextmanager
def watched(attack: str, page: Page, most: float = 150.0) -> Iterator[Row]:
    """The row of an attack on a page that runs: its log and its memory are compared, and a question is asked in the end."""
    row, began = Row(attack, most), time.monotonic()
    tracebacks, caught, memory = page.tracebacks(), page.caught(), page.memory()
    yield row
    asking = Client(page.url)
    row.answered = asking.question()
    row.add(asking)
    row.growth = _left_behind(page, memory, most)
    row.tracebacks = page.tracebacks() - tracebacks
    row.caught = page.caught() - caught
    row.seconds = time.monotonic() - began


def _left_behind(page: Page, before: float, most: float) -> float:
    """MB more than before; what is more than allowed has until the page's next trim, a minute later, to go back to the system."""
    until = time.monotonic() + 75
    while (growth := page.memory() - before) > most and time.monotonic() < until:
        time.sleep(1)
    return growth


def line(row: Row) -> str:
    """A row of the table."""
    numbers = (
        f"{row.calls:,}",
        row.tracebacks,
        row.caught,
        row.failed,
        row.bare,
        row.hangs,
        f"{row.growth:+.0f}",
        row.seen,
    )
    return (
        "| "
        + " | ".join(map(str, (row.attack, *numbers, "yes" if row.answered else "NO", f"{row.seconds:.0f}")))
        + " |"
    )


def table(rows: list[Row]) -> str:
    """All rows as Markdown, and below it what is off."""
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD), *map(line, rows)]
    lines += [f"{row.attack}: {row.told}" for row in rows if row.told]
    for row in rows:
        if row.off:
            lines.append(f"OFF: {row.attack}: {'; '.join(row.notes) or dict(row.ended)} (at most {row.most:+.0f} MB)")
    return "\n".join(lines)


def told(row: Row) -> Row:
    """Says on stderr that a row is done, for whoever waits."""
    print(line(row) + (" OFF" if row.off else ""), file=sys.stderr, flush=True)
    return row
