"""A Hub on the loopback address that takes uploads as the real one does: it asks for binaries to be stored apart, and refuses them in a commit."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

OLD_RULES = "*.safetensors filter=lfs diff=lfs merge=lfs -text\n"


@dataclass
class FakeHub:
    """files: what stands in the repository, large ones as the digest of what was stored. stored: digest -> bytes. made: the calls
    that made a repository. refuse: the status with which everything is answered, 0 = not at all."""

    url: str = ""
    files: dict[str, bytes] = field(default_factory=lambda: {".gitattributes": OLD_RULES.encode()})
    large: dict[str, str] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    made: list[dict[str, Any]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    refuse: int = 0

    def answer(self, method: str, path: str, body: bytes) -> Any:
        """The JSON of one call."""
        if path.endswith("/repos/create"):
            self.made.append(json.loads(body))
            return {"url": f"{self.url}/spaces/someone/lab", "name": "someone/lab"}
        if path.endswith("/validate-yaml"):
            assert "sdk: gradio" in json.loads(body)["content"]
            return {"errors": [], "warnings": []}
        if "/preupload/" in path:
            return {"files": [self._mode(one) for one in json.loads(body)["files"]]}
        if path.endswith("/objects/batch"):
            return {"transfer": "basic", "objects": [self._place(one) for one in json.loads(body)["objects"]]}
        if path.startswith("/stored/"):
            self.stored[path.rpartition("/")[2]] = body
            return {}
        if "/commit/" in path:
            return self._commit([json.loads(line) for line in body.decode().splitlines()])
        if "/tree/" in path:
            return [{"type": "file", "path": name, "size": 1, "oid": "0"} for name in (*self.files, *self.large)]
        raise KeyError(path)

    def _mode(self, one: dict[str, Any]) -> dict[str, Any]:
        sample = base64.b64decode(one["sample"])
        try:
            binary = "\0" in sample.decode()
        except UnicodeDecodeError as e:
            binary = e.reason != "unexpected end of data"  # a sample ends anywhere
        return {"path": one["path"], "uploadMode": "lfs" if binary else "regular", "shouldIgnore": False}

    def _place(self, one: dict[str, Any]) -> dict[str, Any]:
        return {**one, "actions": {"upload": {"href": f"{self.url}/stored/{one['oid']}"}}}

    def _commit(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        for line in lines:
            key, value = line["key"], line["value"]
            if key == "file":
                data = base64.b64decode(value["content"])
                assert b"\0" not in data, f"{value['path']}: a binary in a commit"
                self.files[value["path"]] = data
            elif key == "lfsFile":
                assert value["oid"] in self.stored, f"{value['path']} was not stored"
                self.large[value["path"]] = value["oid"]
            elif key == "deletedFile":
                del self.files[value["path"]]
        return {"success": True, "commitOid": "0" * 40, "commitUrl": f"{self.url}/spaces/someone/lab/commit/{'0' * 40}"}


def _handler(hub: FakeHub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            hub.tokens.add(self.headers.get("authorization") or "")
            told = {} if hub.refuse else hub.answer(self.command, self.path.partition("?")[0], body)
            data = json.dumps(told).encode()
            self.send_response(hub.refuse or 200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def fake_hub() -> Iterator[FakeHub]:
    """A `FakeHub` that listens until the block ends."""
    hub = FakeHub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(hub))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
