"""A small reverse proxy: shows a page under a path, as a web server in front of it would, streams unbuffered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

HOPS = {"host", "connection", "transfer-encoding", "content-length", "keep-alive"}


def _app(target: str, prefix: str) -> Starlette:
    @asynccontextmanager
    async def client(app: Starlette) -> AsyncIterator[None]:
        alone = httpx.Limits(max_keepalive_connections=0)  # one that the page closes while it is reused would be a 500
        async with httpx.AsyncClient(verify=False, base_url=target, timeout=60, limits=alone) as app.state.client:
            yield

    async def forward(request: Request) -> Response:
        path = request.url.path.removeprefix(prefix)
        headers = [(k, v) for k, v in request.headers.items() if k not in HOPS]
        headers += [("x-forwarded-host", request.headers["host"]), ("x-forwarded-proto", "http")]
        url = httpx.URL(path=path or "/", query=request.url.query.encode())
        made = request.app.state.client.build_request(
            request.method, url, headers=headers, content=await request.body()
        )
        answer = await request.app.state.client.send(made, stream=True)
        kept = {k: v for k, v in answer.headers.items() if k not in HOPS}

        async def body() -> AsyncIterator[bytes]:
            try:
                async for piece in answer.aiter_raw():
                    yield piece
            finally:
                await answer.aclose()

        return StreamingResponse(body(), answer.status_code, kept)

    def nothing(request: Request) -> Response:
        icon = request.url.path == "/favicon.ico"  # which a browser asks of any host
        return PlainTextResponse("nothing here", 204 if icon else 404)

    methods = ["GET", "POST", "HEAD"]
    routes = [Route(prefix + "/{path:path}", forward, methods=methods), Route("/{path:path}", nothing, methods=methods)]
    return Starlette(routes=routes, lifespan=client)


@contextmanager
def proxied(target: str, prefix: str) -> Iterator[str]:
    """The address under which the proxy shows `target` until the block ends; everything outside of `prefix` is 404."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(_app(target.rstrip("/"), prefix), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}{prefix}/"
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)
