"""The addresses of the site: the tasks of one room share one and differ in `?task=`; older addresses lead to the new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SHOWN = "s2s.shown"
"""Key of a request's scope: the address a browser has a page under, where that is not its route."""


@dataclass(frozen=True)
class Addresses:
    """What there is, and under which route Gradio has it."""

    routes: frozenset[str] = frozenset({""})
    """Every route, without slashes."""
    inner: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(room, task) -> its route."""
    moved: Mapping[str, str] = field(default_factory=dict)
    """An older address, or one that a person would guess -> where that is now; its query goes along."""
    runs: str = ""
    """The page that a link to a run (`?run=`) means."""


class Routes:
    """ASGI middleware: `/arithmetic?task=addition` is the route "arithmetic.addition", `/?run=...` leads to `/own?run=...`."""

    def __init__(self, app: ASGIApp, addresses: Addresses) -> None:
        self.app, self.addresses = app, addresses

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on, the pages under their routes."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        name, raw = scope["path"].strip("/"), scope["query_string"].decode("latin-1")
        query = parse_qs(raw)
        to = self.addresses.runs if name == "" and "run" in query else self.addresses.moved.get(name)
        if to:
            path, _, first = to.partition("?")
            target = f"{scope.get('root_path', '')}/{path}?" + "&".join(part for part in (first, raw) if part)
            await RedirectResponse(target.rstrip("?"), status_code=307)(scope, receive, send)
            return
        inner = self.addresses.inner.get((name, query.get("task", [""])[0]))
        if inner and inner != name:
            scope = {**scope, "path": f"/{inner}", "raw_path": f"/{inner}".encode(), SHOWN: name}
        await self.app(scope, receive, send)
