"""Hostile files through the upload and every endpoint that reads one; what they say must stay text."""

from __future__ import annotations

from itertools import islice

from tests.attack import bombs
from tests.attack.client import Client
from tests.attack.process import Page
from tests.attack.report import Row, watched


def attack(page: Page, every: int = 1) -> Row:
    """Every so many-th file: uploaded, read as pairs, replanned, suggested, and as a film."""
    with watched("hostile files", page, most=400) as row:
        visitor = Client(page.url)
        for name, made in islice(bombs.bombs(), 0, None, every):
            content = made()
            file = visitor.upload(name, content)
            if file is None:
                continue
            read = visitor.usual("read_data", "", file, "")
            row.expect(len(read.text) < 2_000_000, f"{name}: an answer of {len(read.text):,} bytes")
            row.expect(read.kind in ("answered", "told"), f"{name}: {read.kind}")
            if read.kind == "answered":
                _used(visitor)
            if name.endswith((".mp4", ".gif", ".png", ".wav", ".csv")) and len(content) < 100_000:
                visitor.asks("go-swing", "ask", file)
        for text in bombs.TEMPLATES:
            visitor.usual("read_data", f"x {text}\ty\n" * 20 + f"{text}\t{text}\n" * 20, None, "")
            _used(visitor)
        row.add(visitor)
    return row


def _used(visitor: Client) -> None:
    """What a visitor may do with pairs that were read."""
    for what in ("step", "pair"):
        visitor.call("change_rows", None, what)
    visitor.call("change_columns", None, [0], -1, 1, 0)
    for shape in ("N2N", "N21", "N2M", "LM"):
        visitor.call("change_plan", None, shape, "char", "word")
    visitor.call("fix_issues", None, ["doubles", "empty"])
    visitor.usual("suggest")
