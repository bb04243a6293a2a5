"""Headers that keep a browser from doing more with the page than the page needs.

On a Hugging Face Space the page stands inside a frame of another site, which sets what may frame it and lends it camera and microphone;
there only what a frame cannot get wrong is said.
"""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

ALWAYS = {"x-content-type-options": "nosniff", "referrer-policy": "strict-origin-when-cross-origin"}
PERMISSIONS = "camera=(self), microphone=(self), display-capture=(), geolocation=(), payment=(), usb=()"


def security_headers() -> dict[str, str]:
    """Name -> value, as the environment asks for: $SPACE_ID marks a Space, $GRADIO_ROOT_PATH may name another address."""
    if os.environ.get("SPACE_ID"):
        return dict(ALWAYS)
    return {
        **ALWAYS,
        "x-frame-options": "SAMEORIGIN",
        "permissions-policy": PERMISSIONS,
        "content-security-policy": content_security_policy(),
    }


def content_security_policy() -> str:
    """Everything from this server alone. Gradio writes scripts and styles into its page and makes functions from text, so that
    'unsafe-inline' and 'unsafe-eval' have to stand, and its video player imports scripts it made itself (blob:); what a visitor wrote reaches the
    page as text alone, which tests look after."""
    here = " ".join(["'self'", *_other_origin()])
    return "; ".join(
        [
            f"default-src {here}",
            f"script-src {here} 'unsafe-inline' 'unsafe-eval' blob:",
            f"style-src {here} 'unsafe-inline'",
            f"img-src {here} data: blob:",
            f"media-src {here} data: blob:",
            f"font-src {here} data:",
            f"connect-src {here} data: blob:",
            f"worker-src {here} blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'self'",
        ]
    )


def _other_origin() -> list[str]:
    """The origin of a root path that is a whole address: behind a proxy the page may be asked for under another one."""
    parts = urlsplit(os.environ.get("GRADIO_ROOT_PATH", ""))
    plain = parts.scheme in ("http", "https") and parts.netloc and not set(parts.netloc) & set("; ,'\"")
    return [f"{parts.scheme}://{parts.netloc}"] if plain else []


class SecurityHeaders:
    """Adds them to every answer that does not say otherwise itself; the outermost of all middleware, so that refusals have them too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = [(k.encode(), v.encode("latin-1")) for k, v in security_headers().items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; a response gets the headers at its start, its body is not touched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                has = {name.lower() for name, _ in message.get("headers", ())}
                more = [(name, value) for name, value in self.headers if name not in has]
                message = {**message, "headers": [*message.get("headers", ()), *more]}
            await send(message)

        await self.app(scope, receive, with_headers)
