"""A visitor without a browser: joins the queue, reads the events, uploads, and says how each call ended."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import Any

import httpx

from tests.attack.process import SECRET

API = "/gradio_api"
LIMIT = 60.0
"""Seconds after which a call counts as hanging."""
BUSY = ("Queue is full", "busy", "too many", "Too many")
ALWAYS_SECRET = (SECRET, "root:x:0:0:")
_NUMBERS = count()


@dataclass(frozen=True)
class Reply:
    """How one call ended.

    kind: answered; told (an error with a sentence); bare (an error without one); refused (4xx); busy (503 that says so, or when to
    come again); failed (another 5xx); hung; gone (no connection). text: all that came back. data: the values of the outputs, where answered.
    """

    kind: str
    text: str = ""
    data: Any = None


class Client:
    """One visitor of a page.

    Args:
        url: where the page is.
        session: the session's name; None: one of its own.
        query: what stands behind the ? of the page's address.
        secrets: what must not be in any answer to this visitor, beside what nobody may see.
    """

    def __init__(
        self, url: str, session: str | None = None, query: str = "lang=en", secrets: Iterable[str] = ()
    ) -> None:
        self.url, self.query = url, query
        self.session = session or f"visitor{next(_NUMBERS):06}"
        self.secrets = {*ALWAYS_SECRET, *secrets}
        self.seen, self.ended = 0, list[str]()
        self.http = httpx.Client(verify=False, timeout=httpx.Timeout(LIMIT), limits=httpx.Limits(max_connections=8))

    @cached_property
    def config(self) -> dict[str, Any]:
        """What the page tells every browser about itself."""
        return self.http.get(f"{self.url}/config").json()

    @cached_property
    def functions(self) -> dict[str, dict[str, Any]]:
        """The page's endpoints by name."""
        return {str(one["api_name"]): one for one in self.config["dependencies"]}

    def inputs(self, name: str) -> list[dict[str, Any]]:
        """The properties of an endpoint's inputs, in order."""
        parts = {part["id"]: part["props"] for part in self.config["components"]}
        return [parts.get(i, {}) for i in self.functions[name]["inputs"]]

    def usual(self, name: str, *first: Any) -> Reply:
        """Calls an endpoint with what its inputs hold when the page is opened, but for the first ones where they are given."""
        return self.call(name, *first, *[part.get("value") for part in self.inputs(name)[len(first) :]])

    def asks(self, elem_id: str, function: str, x: Any) -> Reply:
        """Calls the endpoint that a part of the page starts with what its inputs hold, and x in the last of them."""
        name = self.at(elem_id, function)
        return self.call(name, *[part.get("value") for part in self.inputs(name)[:-1]], x)

    def at(self, elem_id: str, function: str) -> str:
        """The name of the endpoint that a part of the page starts, of the listener of that name."""
        parts = {part["id"] for part in self.config["components"] if part["props"].get("elem_id") == elem_id}
        return next(
            name
            for name, one in self.functions.items()
            if name.rstrip("0123456789").rstrip("_") == function
            and any(target[0] in parts for target in one["targets"])
        )

    def nothing(self, name: str) -> Reply:
        """Calls an endpoint with null everywhere."""
        return self.call(name, *[None] * len(self.functions[name]["inputs"]))

    def of_runs(self) -> list[str]:
        """The endpoints that know a visitor's runs but for those that delete one: the one that follows a link first, the one that goes
        on with them last."""
        going = self.functions["follow_link"]["inputs"][0]
        found = [
            name for name, one in self.functions.items() if going in one["inputs"] and not name.startswith("delete")
        ]
        return sorted(found, key=lambda name: (name != "follow_link", name == "resume_runs", name))

    def send(self, method: str, path: str, **options: Any) -> Reply:
        """One request as it stands; an answer that is a stream is read for a moment only."""
        return self._noted(self._sent(method, path, options, again=True))

    def _sent(self, method: str, path: str, options: dict[str, Any], *, again: bool) -> Reply:
        began = time.monotonic()
        try:
            with self.http.stream(method, self.url + path, **options) as answer:
                text = ""
                for piece in answer.iter_bytes():
                    text += piece.decode("utf-8", "replace")
                    if "event-stream" in answer.headers.get("content-type", "") or len(text) > 5_000_000:
                        break
                    if time.monotonic() - began > LIMIT:
                        return Reply("hung", text)
        except httpx.TimeoutException:
            return Reply("hung")
        except httpx.TransportError as e:
            # a connection that was kept open may be closed by the page at any time: that is no fault, once
            return self._sent(method, path, options, again=False) if again else Reply("gone", str(e))
        except (httpx.InvalidURL, UnicodeError, ValueError) as e:
            return Reply("refused", str(e))
        return Reply(_kind(answer.status_code, text, answer.headers), text, _json(text))

    def post(self, path: str, body: Any) -> Reply:
        """A request with a body of JSON; text is taken for JSON that is written already."""
        content = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.send("POST", path, content=content, headers={"content-type": "application/json"})

    def call(self, name: str, *data: Any) -> Reply:
        """Calls an endpoint as the page's own script does."""
        one = self.functions[name]
        trigger = (one["targets"] or [[None]])[0][0]
        body = {"data": list(data), "fn_index": one["id"], "session_hash": self.session, "trigger_id": trigger}
        return self.ask(one, body)

    def ask(self, one: dict[str, Any], body: Any) -> Reply:
        """Sends a body to an endpoint, through the queue where it is queued, and waits for the end."""
        path = "/queue/join" if one["queue"] else "/run/predict"
        first = self.post(f"{API}{path}?{self.query}", body)
        if not one["queue"] or first.kind != "answered":
            return first
        event = (first.data or {}).get("event_id", "")
        return self._noted(
            self._heard(f"{API}/queue/data?session_hash={self.session}", event, one["id"]), replaces=True
        )

    def upload(self, name: str, content: bytes) -> dict[str, Any] | None:
        """Uploads a file; what an input that takes one is given, or None where it was refused."""
        reply = self.send("POST", f"{API}/upload", files={"files": (name, content)})
        if reply.kind != "answered" or not isinstance(reply.data, list):
            return None
        return {"path": reply.data[0], "orig_name": name, "size": len(content), "meta": {"_type": "gradio.FileData"}}

    def program(self, name: str, *data: Any) -> dict[str, Any]:
        """What a public endpoint tells a program: the answer, or {"error": a sentence}; {} where it tells nothing."""
        begun = self.post(f"{API}/call/{name}", {"data": list(data)})
        event = begun.data.get("event_id") if isinstance(begun.data, dict) else None
        if not event:
            return {}
        text = ""
        try:
            with self.http.stream("GET", f"{self.url}{API}/call/{name}/{event}") as answer:
                text = answer.read().decode("utf-8", "replace")
        except httpx.HTTPError as e:
            self._noted(Reply("hung" if isinstance(e, httpx.TimeoutException) else "gone"), replaces=True)
            return {}
        done = text.partition("event: complete\ndata: ")[2].partition("\n")[0]
        self._noted(Reply("answered" if done else "bare", text), replaces=True)
        told = _json((_json(done) or [""])[0])
        return told if isinstance(told, dict) else {}

    def question(self) -> bool:
        """Whether 1+1 is answered, asked as a program would."""
        return "y" in self.program("predict", "arithmetic", "transformer", "1+1", "decoder-only")

    def healthy(self) -> bool:
        """Whether the page says that its queue runs."""
        return self.send("GET", "/healthz").kind == "answered"

    def _heard(self, path: str, event: str, fn: int) -> Reply:
        """Reads events until the call is over; of a generator only its first."""
        until, text = time.monotonic() + LIMIT, ""
        try:
            with self.http.stream("GET", self.url + path) as stream:
                if stream.status_code != 200:
                    return Reply(
                        _kind(stream.status_code, "", stream.headers), stream.read().decode("utf-8", "replace")
                    )
                for line in stream.iter_lines():
                    text += line
                    message = _json(line[5:]) if line.startswith("data:") else None
                    reply = _ending(message, event, text)
                    if reply is not None and reply.kind == "generating":
                        self.post(f"{API}/cancel", {"session_hash": self.session, "fn_index": fn, "event_id": event})
                        return Reply("answered", text)
                    if reply is not None:
                        return reply
                    if time.monotonic() > until:
                        return Reply("hung", text)
        except httpx.TimeoutException:
            return Reply("hung", text)
        except httpx.HTTPError as e:
            return Reply("gone", text + str(e))
        return Reply("gone", text)

    def _noted(self, reply: Reply, *, replaces: bool = False) -> Reply:
        self.seen += any(secret in reply.text for secret in self.secrets)
        if replaces:
            self.ended.pop()
        self.ended.append(reply.kind)
        return reply


def _ending(message: Any, event: str, text: str) -> Reply | None:
    """What an event of the queue says about the end of a call."""
    if not isinstance(message, dict) or message.get("event_id") not in (event, None):
        return None
    if message.get("msg") == "process_generating" and message.get("success"):
        return Reply("generating")
    if message.get("msg") == "process_completed":
        output = message.get("output") or {}
        if message.get("success"):
            return Reply("answered", text, output.get("data"))
        return Reply("told" if output.get("error") else "bare", text)
    if message.get("msg") in ("unexpected_error", "server_stopped"):
        return Reply("bare", text)
    return None


def _kind(status: int, text: str, headers: httpx.Headers) -> str:
    if status < 400:
        return "answered"
    if status < 500:
        silent = isinstance(_json(text), dict) and _json(text).get("error", True) is None
        return "busy" if status == 429 else "bare" if silent else "refused"
    for_now = "retry-after" in headers or any(word in text for word in BUSY)
    return "busy" if status == 503 and for_now else "failed"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
