"""?lang=ko, ?lang=en: the language of the page, told to the browser before its own script asks."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from s2s_demo.ui.words import LANGUAGES


class Language:
    """Makes ?lang= the language of the page, by telling the browser's own script before it asks."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on; into the page itself it writes one line."""
        asked = scope.get("query_string", b"").decode("latin-1") if scope["type"] == "http" else ""
        lang = next((c for c in LANGUAGES if f"lang={c}" in asked.split("&")), "")
        if not lang or scope.get("path", "").rstrip("/").endswith(("gradio_api", "config")):
            await self.app(scope, receive, send)
            return
        scope = {**scope, "headers": [(k, v) for k, v in scope["headers"] if k != b"accept-encoding"]}
        await self.app(scope, receive, _Insert(send, lang))


class _Insert:
    """A `send` that adds a script behind <head> of an HTML answer."""

    def __init__(self, send: Send, lang: str) -> None:
        self.send, self.begin, self.body = send, dict[str, Any](), b""
        self.through = True
        told = f"['language','{lang}'],['languages',['{lang}']]"
        self.script = (
            f"<script>for(const[k,v]of[{told}])Object.defineProperty(navigator,k,{{get:()=>v}});</script>".encode()
        )

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            if not headers.get(b"content-type", b"").startswith(b"text/html"):
                await self.send(message)
                return
            self.begin, self.through = message, False
        elif self.through:
            await self.send(message)
        else:
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish()

    async def _finish(self) -> None:
        body = self.body.replace(b"<head>", b"<head>" + self.script, 1)
        headers = [(k, v) for k, v in self.begin["headers"] if k != b"content-length"]
        await self.send({**self.begin, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self.send({"type": "http.response.body", "body": body})
