"""Session names that no browser makes, on every route that takes one; afterwards the queue must still run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.attack import hostile
from tests.attack.client import API, Client
from tests.attack.process import Page
from tests.attack.report import Row, watched

NAMES: tuple[Any, ...] = (
    "",
    " ",
    "\x00",
    "\n",
    "../../etc",
    "a/b",
    "a" * 10_000,
    "\ud800",
    "가",
    "{x}",
    "null",
    None,
    0,
    -1,
    True,
    [],
    [""],
    {},
    float("nan"),
    hostile.DEEP,
)
TIMES = 3
IDS = {"event_id": "", "fn_index": 0, "component_id": 1, "fn_name": "preprocess"}


def attack(page: Page, names: int = len(NAMES)) -> Row:
    """Each name three times at once, as it takes three to end the queue's threads."""
    with watched("impossible sessions", page) as row, ThreadPoolExecutor(TIMES) as pool:
        visitor = Client(page.url)
        predict = visitor.functions["predict"]["id"]
        body = {"data": ["arithmetic", "transformer", "1+1", "decoder-only"], "fn_index": predict}
        for name in NAMES[:names]:
            for path in (
                "/queue/join",
                "/call/predict",
                "/call/v2/predict",
                "/run/predict",
                "/cancel",
                "/reset",
                "/component_server",
            ):
                content = hostile.written({**body, **IDS, "fn_index": predict, "session_hash": name})
                list(pool.map(lambda _, p=path, c=content: visitor.post(API + p, c), range(TIMES)))
            if isinstance(name, str) and name.isprintable() and name.isascii():
                for path in (
                    f"/queue/data?session_hash={name}",
                    f"/heartbeat/{name}",
                    f"/deep_link?session_hash={name}",
                ):
                    visitor.send("GET", API + path)
        row.add(visitor)
        row.expect(visitor.healthy(), "/healthz does not say that the queue runs")
        row.expect(
            Client(page.url).usual("suggest").kind == "answered",
            "a visitor's call is not answered",
        )
    return row
