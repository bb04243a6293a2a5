"""The page's own HTML, made once for each address it is asked under and sent compressed.

Gradio copies the settings of all components and fills its template anew for every visitor (1 MB, about 0.1 s of CPU), and compresses no
address without a file's ending. The page is the same for everybody who asks under the same name, unless it asks who they are.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections import OrderedDict
from typing import Any
from urllib.parse import parse_qs

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from s2s_demo.ui.server.addresses import SHOWN
from s2s_demo.ui.words import LANGUAGES

MOST_KEPT = 90
NAMED_BY = ("host", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-prefix")
"""What of a request stands in the page: the address it is asked under."""
OWN = ("content-length", "content-encoding", "vary")


class IndexCache:
    """ASGI middleware around everything that writes into the page."""

    def __init__(self, app: ASGIApp, routes: frozenset[str] = frozenset({""})) -> None:
        self.app, self.routes = app, routes
        self.kept: OrderedDict[tuple[Any, ...], _Kept] = OrderedDict()
        self.one_at_a_time = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a GET of the page from what is kept, and passes everything else on."""
        if (
            scope["type"] != "http"
            or scope["method"] != "GET"
            or scope["path"].strip("/") not in self.routes
            or b"deep_link" in scope["query_string"]
        ):
            await self.app(scope, receive, send)
            return
        if scope["app"].auth is not None or scope["app"].auth_dependency is not None:
            await (await self._made(scope, receive)).send(send, False)
            return
        headers = Headers(scope=scope)
        query = parse_qs(scope["query_string"].decode("latin-1"))
        lang = next((lang for lang in query.get("lang", ()) if lang in LANGUAGES), "")
        # the rest of the query is for the browser and the listeners: it changes nothing here
        scope = {**scope, "query_string": f"lang={lang}".encode() if lang else b""}
        key = (scope["path"], lang, scope.get("scheme"), scope.get("root_path"), *map(headers.get, NAMED_BY))
        async with self.one_at_a_time:
            page = self.kept.get(key) or await self._made(scope, receive)
            if page.status == 200:
                self.kept[key] = page
                self.kept.move_to_end(key)
                if len(self.kept) > MOST_KEPT:
                    self.kept.popitem(last=False)
        await page.send(send, "gzip" in headers.get("accept-encoding", ""))

    async def _made(self, scope: Scope, receive: Receive) -> _Kept:
        plain = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]}
        begin: Message = {}
        body = bytearray()

        async def kept(message: Message) -> None:
            if message["type"] == "http.response.start":
                begin.update(message)
            else:
                body.extend(message.get("body", b""))

        await self.app(plain, receive, kept)
        return _Kept(begin, _lighter(bytes(body), scope["path"].strip("/"), scope.get(SHOWN, "")))


CONFIG = re.compile(rb"(window\.gradio_config = )(\{.*?\})(;</script>)", re.DOTALL)
KEY = re.compile(rb'"key\W{1,8}([\w.-]+)')


def _lighter(body: bytes, route: str, shown: str) -> bytes:
    """The page without what only other pages need: Gradio puts the layout of every route and all labels into each.

    shown: the address a browser has it under where that is not the route; Gradio's script looks the layout up by it.
    """
    found = CONFIG.search(body)
    if found is None:
        return body
    settings = json.loads(found[2])
    used = {key.decode() for key in KEY.findall(found[2])}
    settings["page"] = {shown or route: settings["page"][route]}
    settings["current_page"] = shown or route
    settings["i18n_translations"] = {
        lang: {key: text for key, text in labels.items() if key in used}
        for lang, labels in (settings.get("i18n_translations") or {}).items()
    }
    # as Gradio writes it: what would end the script is escaped
    text = json.dumps(settings, separators=(",", ":")).translate(
        {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", ord("'"): "\\u0027"}
    )
    return body[: found.start(2)] + text.encode() + body[found.end(2) :]


class _Kept:
    """A whole answer, plain and compressed."""

    def __init__(self, begin: Message, body: bytes) -> None:
        self.status: int = begin["status"]
        self.headers = [(name, value) for name, value in begin["headers"] if name.decode("latin-1").lower() not in OWN]
        self.plain, self.packed = body, gzip.compress(body, 6)

    async def send(self, send: Send, packed: bool) -> None:
        body = self.packed if packed else self.plain
        headers = [*self.headers, (b"content-length", str(len(body)).encode()), (b"vary", b"accept-encoding")]
        headers += [(b"content-encoding", b"gzip")] if packed else []
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
