"""What may come in: bounds on a request before Gradio reads it, and a sentence instead of a traceback for whatever still fails.

Gradio 6.31 takes any text as a session's name. An empty one makes an event that waits under another name than its messages do; telling
the waiting their place then raises inside the loop that runs the queue, and the queue stays stopped for everybody. The symptom is
gradio-app/gradio#11167 ("Queue is stopped.", closed for want of a reproduction); for this cause no issue was found.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from collections.abc import Awaitable
from typing import Any
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from s2s_demo.faults import brief
from s2s_demo.ui.server.fields import LARGEST_JSON, Refused, check_fields, check_name, read_json
from s2s_demo.ui.words import chosen_lang, said
from s2s_demo.video import files

LOG = logging.getLogger(__name__)
API = "/gradio_api/"
JSON_ROUTES = ("queue/join", "call", "run", "api", "cancel", "reset")
CLOSED = ("stream", "deep_link", "component_server", "process_recording", "proxy=", "vibe-", "undo-vibe-")
"""Routes of Gradio that no part of this page uses: each keeps or runs something for whoever asks."""
LARGEST_UPLOAD = (files.MEGABYTES + 1) * 1_000_000
BODY_SECONDS, UPLOAD_SECONDS = 30, 600
MOST_STREAMS = 4_000
RETRY_SECONDS = 30
"""When somebody who was refused for the moment, because of a full queue or disk, may come again."""


class RequestLimits:
    """ASGI middleware: refuses with one sentence (400, 404, 408, 413, 422, 503) what no page of ours sends."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is within bounds; whatever fails behind it ends as a sentence too, and as one line of the log."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, _lang(scope))
        try:
            await self._within_bounds(scope, receive, answer)
        except Refused as e:
            answer.refusal = None
            await answer.refuse(e.status, e.key, **e.facts)
        except ClientDisconnect:
            pass
        except (OSError, MemoryError) as e:
            LOG.error("%s: %s", _route(scope["path"]).split("/")[0], brief(e))
            full = isinstance(e, OSError) and e.errno in (errno.ENOSPC, errno.EDQUOT)
            await answer.refuse(503, "server.full" if full else "server.busy")
        # the last line of defence of every route: Gradio's own errors for a request that nobody's page sends
        except Exception as e:
            if not answer.started:  # afterwards the one who asked was told in the stream itself
                LOG.warning("a request to %s was refused: %s", _route(scope["path"]).split("/")[0] or "/", brief(e))
            await answer.refuse(422, "server.unfit")

    async def _within_bounds(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        route = _route(scope["path"])
        if route.startswith(CLOSED) or scope["path"].startswith("/monitoring"):
            raise Refused(404, "server.closed")
        names = _names(route, scope)
        for name in names:
            check_name(name)
        if scope["method"] == "POST":
            receive = await _bounded_body(route, scope, receive, answer)
        answer.failing_is_unfit = route.startswith(("run/", "api/"))
        if scope["method"] == "GET" and route.startswith(("queue/data", "call/", "heartbeat/")):
            connections = scope["app"].get_blocks().connections
            if connections.count >= MOST_STREAMS:
                raise Refused(503, "server.busy")
            with connections.open(names):
                await self.app(scope, receive, answer)
            return
        await self.app(scope, receive, answer)


class _Answer:
    """A `send` that knows whether an answer has begun, and can end one."""

    def __init__(self, send: Send, lang: str) -> None:
        self.send, self.lang = send, lang
        self.started = self.ended = self.failing_is_unfit = False
        self.refusal: Refused | None = None
        """Why the body was not read to its end; FastAPI makes an answer of its own of it, which gives way to this."""

    async def __call__(self, message: Message) -> None:
        if self.refusal is not None and not self.started:
            refusal, self.refusal = self.refusal, None
            raise refusal
        if message["type"] == "http.response.start":
            self.started = True
            if (
                message["status"] == 500 and self.failing_is_unfit
            ):  # a handler that ends in a sentence is no fault of the server
                message = {**message, "status": 422}
        elif message["type"] == "http.response.body":
            self.ended = not message.get("more_body", False)
        await self.send(message)

    async def refuse(self, status: int, key: str, **facts: object) -> None:
        """The sentence as JSON; of an answer that has begun only its end."""
        if self.started:
            if not self.ended:
                await self({"type": "http.response.body", "body": b"", "more_body": False})
            return
        sentence = said(key, self.lang, **facts)
        later = {"Retry-After": str(RETRY_SECONDS)} if status == 503 else None
        response = JSONResponse({"detail": sentence, "error": sentence}, status_code=status, headers=later)
        await response({"type": "http"}, _nothing, self)


async def _nothing() -> Message:
    return {"type": "http.disconnect"}


def _route(path: str) -> str:
    """ "queue/join" of "/any/prefix/gradio_api/queue/join"; "" of a path outside the API."""
    return path.partition(API)[2].rstrip("/")


def _query(scope: Scope) -> dict[str, list[str]]:
    return parse_qs(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True, max_num_fields=100)


def _lang(scope: Scope) -> str:
    """The visitor's language: of the address, of the page that asks, or of the browser."""
    headers = Headers(scope=scope)
    try:
        asked = [*_query(scope).get("lang", []), *parse_qs(urlsplit(headers.get("referer", "")).query).get("lang", [])]
    except ValueError:
        asked = []
    return chosen_lang(asked[0] if asked else "", headers.get("accept-language", ""))


def _names(route: str, scope: Scope) -> list[Any]:
    """What a request names a session, an event or an upload in its address; None where the route needs one and there is none."""
    try:
        query = _query(scope)
    except ValueError:
        raise Refused(400, "server.unfit") from None
    found: list[Any] = [*query.get("session_hash", []), *query.get("upload_id", [])]
    if scope["method"] == "GET":
        if route == "queue/data" and "session_hash" not in query:
            found.append(None)
        if route.startswith(("heartbeat", "call")):
            found.append(route.rpartition("/")[2])
    return found


async def _bounded_body(route: str, scope: Scope, receive: Receive, answer: _Answer) -> Receive:
    """The `receive` of a POST whose body is within its bounds: of JSON the checked body, of an upload counted as it comes."""
    if route.split("/")[0] in JSON_ROUTES or route in JSON_ROUTES:
        body = await _in_time(_read(receive, LARGEST_JSON), BODY_SECONDS)
        found = read_json(body)
        check_fields(route, found, scope["app"].get_blocks())
        return _replayed(body, receive)
    if route == "upload" and Headers(scope=scope).get("content-type", "").startswith("multipart/form-data"):
        return _counted(receive, LARGEST_UPLOAD, UPLOAD_SECONDS, answer)
    if route == "upload":
        raise Refused(400, "server.unfit")
    return _counted(receive, LARGEST_JSON, BODY_SECONDS, answer)


async def _in_time(coming: Awaitable[bytes], seconds: float) -> bytes:
    try:
        return await asyncio.wait_for(coming, seconds)
    except (TimeoutError, asyncio.TimeoutError):
        raise Refused(408, "server.slow") from None


async def _read(receive: Receive, most: int) -> bytes:
    """A whole body, of which no more than `most` bytes are ever held."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise Refused(413, "server.large", most=most // 1_000_000)
        if not message.get("more_body"):
            return b"".join(parts)


def _replayed(body: bytes, receive: Receive) -> Receive:
    messages = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def again() -> Message:
        return next(messages, None) or await receive()

    return again


def _counted(receive: Receive, most: int, seconds: float, answer: _Answer) -> Receive:
    """The `receive` of a body that is read as it comes, no further than `most` bytes and `seconds`."""
    size, until, over = 0, asyncio.get_running_loop().time() + seconds, False

    async def counting() -> Message:
        nonlocal size, over
        if over:
            return await receive()
        left = until - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, left))
        except (TimeoutError, asyncio.TimeoutError):
            answer.refusal = Refused(408, "server.slow")
            raise answer.refusal from None
        size += len(message.get("body", b""))
        if size > most:
            answer.refusal = Refused(413, "server.large", most=most // 1_000_000)
            raise answer.refusal
        over = not message.get("more_body")
        return message

    return counting
