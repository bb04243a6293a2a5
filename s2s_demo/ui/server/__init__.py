"""The page as a server: what may come in, who is listened for, what is kept, and whether it still answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from s2s_demo.ui.server.addresses import Addresses, Routes
from s2s_demo.ui.server.headers import SecurityHeaders
from s2s_demo.ui.server.health import healthz, watched
from s2s_demo.ui.server.index import IndexCache
from s2s_demo.ui.server.language import Language
from s2s_demo.ui.server.requests import RequestLimits
from s2s_demo.ui.words import lang_of, said


def middleware_of(addresses: Addresses) -> list[Middleware]:
    """From the outside in; whoever adds a header to all answers stands in front."""
    return [
        Middleware(SecurityHeaders),
        Middleware(Routes, addresses),
        Middleware(IndexCache, addresses.routes),
        Middleware(Language),
        Middleware(RequestLimits),
    ]


async def _unfit(request: Request, error: Exception) -> JSONResponse:
    sentence = said("server.unfit", lang_of(request))  # pyright: ignore[reportArgumentType]  it asks for query and headers alone
    return JSONResponse({"detail": sentence, "error": sentence}, status_code=422)


def app_options(
    addresses: Addresses | None = None,
    middleware: list[Middleware] | None = None,
    at_start: Sequence[Callable[[], object]] = (),
) -> dict[str, Any]:
    """What `launch(app_kwargs=...)` takes: middleware, `/healthz`, the watchdog, and what is prepared once the page runs."""
    return {
        "middleware": middleware_of(addresses or Addresses()) if middleware is None else middleware,
        "routes": [Route("/healthz", healthz)],
        "lifespan": watched(at_start),
        "exception_handlers": {RequestValidationError: _unfit},
    }
