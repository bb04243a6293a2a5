"""`python -m tests.benchmarks.hall`: a lecture hall asks at once. 50 visitors for 60 s, 1 to 4 s of thought between an answer and the
next question, over all rooms with a text; beside it, in the same run and by the same visitors, a bare Gradio page that echoes a text.

A visitor does what the page's own script does in a browser: opens the page and a heartbeat, joins the queue for the question, reads the
answer from the stream, then runs the listeners chained behind it; his components keep what the answers put into them. Printed: questions
answered, refused or failed, p50 and p95 from the question to its answer, and how the server's memory grew. Measured, never asserted.

`--visitors 200`, `--seconds 600` (a soak: memory is told every minute), `--app FOLDER` for another checkout of this repository,
`--beside FOLDER` to visit another one at the same moment (as many visitors each), which is fair on a machine that is busy otherwise,
`--sessions 10000` for what fresh sessions leave, `--port` for the first of the two ports used.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx
import psutil

ROOT = Path(__file__).resolve().parent.parent.parent
BARE = """
import gradio as gr
with gr.Blocks() as page:
    x, y, go = gr.Textbox("a", elem_id="x-echo"), gr.Textbox(), gr.Button(elem_id="go-echo")
    go.click(lambda text: text, x, y, concurrency_limit=2)
page.queue().launch(ssr_mode=False, enable_monitoring=False)
"""
QUESTIONS: dict[str, Callable[[int], str]] = {
    "arithmetic": lambda n: f"{n}+{n + 77}",
    "addition": lambda n: f"{n}+{2 * n}",
    "pos-en": lambda n: f"She saw {n} keys in the old cabinet .",
    "pos-ko": lambda n: f"친구 와 학교 에 {n} 번 갔다 .",
    "intent-en": lambda n: f"set an alarm for {n} minutes",
    "intent-ko": lambda n: f"{n}분 뒤에 다시 회의해",
}
TIMEOUT = 120


@dataclass
class Tally:
    """What the visitors met: seconds of each answered question, and what else came, by its words."""

    seconds: list[float] = field(default_factory=list)
    failed: dict[str, int] = field(default_factory=dict)

    def told(self) -> str:
        """One line."""
        cuts = quantiles(self.seconds, n=20) if len(self.seconds) > 1 else [float("nan")] * 19
        failed = "; ".join(f"{n} × {what}" for what, n in self.failed.items()) or "none"
        return f"{len(self.seconds):5} answered, p50 {cuts[9]:6.2f} s, p95 {cuts[18]:6.2f} s, failed: {failed}"


class Page:
    """What a browser knows of a page: its components and listeners."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.components = {one["id"]: one for one in config["components"]}
        self.listeners = {one["id"]: one for one in config["dependencies"]}
        named = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        self.rooms = {
            name.removeprefix("x-"): (number, named[f"go-{name.removeprefix('x-')}"])
            for name, number in named.items()
            if name and name.startswith("x-") and f"go-{name.removeprefix('x-')}" in named
        }
        self.rooms = {name: pair for name, pair in self.rooms.items() if name in QUESTIONS or name == "echo"}

    def asked_by(self, button: int) -> dict[str, Any]:
        """The listener of a click."""
        return next(one for one in self.listeners.values() if (button, "click") in map(tuple, one["targets"]))

    def chained(self, listener: int) -> list[dict[str, Any]]:
        """The listeners that run when one has succeeded."""
        return [
            one
            for one in self.listeners.values()
            if one.get("trigger_after") == listener and not one.get("trigger_only_on_failure") and one["backend_fn"]
        ]


class Visitor:
    """One browser."""

    def __init__(self, url: str, page: Page, tally: Tally, seed: int) -> None:
        self.api, self.page, self.tally, self.random = f"{url}/gradio_api/", page, tally, random.Random(seed)
        self.session = f"{self.random.randrange(36**8):x}{seed}"
        self.values: dict[int, Any] = {}
        self.url = url

    async def stay(self, http: httpx.AsyncClient, until: float) -> None:
        """Opens the page, asks until the time is over, and leaves."""
        await http.get(self.url + "/", params={"lang": "en"})
        heart = asyncio.create_task(self._heartbeat(http))
        await asyncio.sleep(self.random.uniform(0, 3))
        while time.monotonic() < until:
            await self._question(http)
            await asyncio.sleep(self.random.uniform(1, 4))
        heart.cancel()

    async def _heartbeat(self, http: httpx.AsyncClient) -> None:
        async with http.stream("GET", f"{self.api}heartbeat/{self.session}") as stream:
            async for _ in stream.aiter_raw():
                pass

    async def _question(self, http: httpx.AsyncClient) -> None:
        room = self.random.choice(sorted(self.page.rooms))
        x, button = self.page.rooms[room]
        self.values[x] = QUESTIONS.get(room, str)(self.random.randrange(10, 900))
        listener, began = self.page.asked_by(button), time.perf_counter()
        try:
            await self._run(http, listener, button)
            self.tally.seconds.append(time.perf_counter() - began)
            left = [listener]
            while left:
                for after in self.page.chained(left.pop()["id"]):
                    await self._run(http, after, button)
                    left.append(after)
        except (httpx.HTTPError, Refusal) as e:
            name = str(e)[:80] if isinstance(e, Refusal) else type(e).__name__
            self.tally.failed[name] = self.tally.failed.get(name, 0) + 1

    async def _run(self, http: httpx.AsyncClient, listener: dict[str, Any], trigger: int) -> None:
        data = [self.values.get(i, self._first(i)) for i in listener["inputs"]]
        body = {"data": data, "fn_index": listener["id"], "trigger_id": trigger, "event_data": None}
        body |= {"session_hash": self.session}
        if not listener["queue"]:
            found = await http.post(f"{self.api}run/predict", json=body)
            if found.status_code != 200:
                raise Refusal(f"{found.status_code} {found.text}")
            self._keep(listener, found.json())
            return
        joined = await http.post(f"{self.api}queue/join", json=body)
        if joined.status_code != 200:
            raise Refusal(f"{joined.status_code} {joined.text}")
        async with http.stream("GET", f"{self.api}queue/data", params={"session_hash": self.session}) as stream:
            async for line in stream.aiter_lines():
                message = json.loads(line[6:]) if line.startswith("data: ") else {}
                if message.get("msg") == "process_completed":
                    if not message["success"]:
                        raise Refusal(str(message["output"].get("error")))
                    self._keep(listener, message["output"])
                elif message.get("msg") == "close_stream":
                    return
                elif message.get("msg") == "unexpected_error":
                    raise Refusal(str(message.get("message")))

    def _first(self, number: int) -> Any:
        return self.page.components[number]["props"].get("value")

    def _keep(self, listener: dict[str, Any], output: dict[str, Any]) -> None:
        for number, value in zip(listener["outputs"], output["data"], strict=False):
            if isinstance(value, dict) and value.get("__type__") == "update":
                if "value" in value:
                    self.values[number] = value["value"]
            else:
                self.values[number] = value


class Refusal(Exception):
    """What a visitor was told instead of an answer."""


class Served:
    """A server of its own, in a folder, on a port."""

    def __init__(self, command: list[str], folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.kept = tempfile.TemporaryDirectory()
        quiet = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "GRADIO_SERVER_PORT": str(port)}
        env = {**os.environ, **quiet, "GRADIO_TEMP_DIR": self.kept.name, "S2S_RUNS": f"{self.kept.name}/runs"}
        self.process = subprocess.Popen(
            [sys.executable, *command], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def __enter__(self) -> Served:
        until = time.monotonic() + TIMEOUT
        while time.monotonic() < until:
            try:
                httpx.get(self.url + "/config", timeout=10).raise_for_status()
                return self
            except httpx.HTTPError:
                time.sleep(0.2)
        self.__exit__()
        raise TimeoutError("the page did not start")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()
        self.kept.cleanup()

    def megabytes(self) -> float:
        """Resident memory."""
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def seconds(self) -> float:
        """CPU time used so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return used.user + used.system


async def _visited(served: Served, visitors: int, seconds: float) -> Tally:
    tally, page = Tally(), Page(httpx.get(served.url + "/config", timeout=TIMEOUT).json())
    # the server ends a connection that was idle for 5 s; one that is taken up again at that moment would break
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=visitors, keepalive_expiry=2)
    async with httpx.AsyncClient(timeout=TIMEOUT, limits=limits) as http:
        until = time.monotonic() + seconds
        stays = [Visitor(served.url, page, tally, seed).stay(http, until) for seed in range(visitors)]
        watch = asyncio.create_task(_told_each_minute(served))
        await asyncio.gather(*stays)
        watch.cancel()
    return tally


async def _told_each_minute(served: Served) -> None:
    for minute in range(1, 1000):
        await asyncio.sleep(60)
        print(f"   after {minute} min: {served.megabytes():.0f} MB", flush=True)


def _visit(name: str, served: Served, visitors: int, seconds: float) -> None:
    asyncio.run(_visited(served, 2, 10))  # models are loaded, memory is what it is with them
    before, used = served.megabytes(), served.seconds()
    tally = asyncio.run(_visited(served, visitors, seconds))
    each = 1000 * (served.seconds() - used) / max(1, len(tally.seconds))
    memory = f"{before:.0f} -> {served.megabytes():.0f} MB"
    print(
        f"{name:<14} {visitors} visitors, {seconds:.0f} s: {tally.told()}; {memory}; {each:.0f} ms of CPU each",
        flush=True,
    )


async def _fresh(served: Served, many: int) -> None:
    page = Page(httpx.get(served.url + "/config", timeout=TIMEOUT).json())
    listener = page.asked_by(next(iter(page.rooms.values()))[1])
    quick = next(
        one for one in page.listeners.values() if one.get("trigger_after") == listener["id"] and not one["queue"]
    )
    body = {"fn_index": quick["id"], "data": [page.components[i]["props"].get("value") for i in quick["inputs"]]}
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        for i in range(many):
            await http.post(f"{served.url}/gradio_api/run/predict", json={**body, "session_hash": f"fresh{i}"})


def main() -> None:
    """A line a page."""
    parser = argparse.ArgumentParser(description="How a page answers a lecture hall.")
    parser.add_argument("--visitors", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--sessions", type=int, default=0)
    parser.add_argument("--app", type=Path, default=ROOT)
    parser.add_argument(
        "--beside", type=Path, help="another checkout, visited at the same time: like conditions on a busy machine"
    )
    parser.add_argument("--port", type=int, default=7880)
    asked = parser.parse_args()
    load = os.getloadavg()[0]
    with Served(["-c", BARE], ROOT, asked.port) as bare:
        _visit("bare echo", bare, asked.visitors, min(asked.seconds, 60))
    with Served(["app.py"], asked.app.resolve(), asked.port + 1) as ours:
        if asked.sessions:
            before, began = ours.megabytes(), time.perf_counter()
            asyncio.run(_fresh(ours, asked.sessions))
            took = 1000 * (time.perf_counter() - began) / asked.sessions
            print(
                f"{asked.sessions} fresh sessions: {before:.0f} -> {ours.megabytes():.0f} MB, {took:.0f} ms each",
                flush=True,
            )
        elif asked.beside:
            with (
                Served(["app.py"], asked.beside.resolve(), asked.port + 2) as theirs,
                ThreadPoolExecutor(2) as both,
            ):
                list(
                    both.map(
                        lambda two: _visit(*two, asked.visitors, asked.seconds), [("this", ours), ("beside", theirs)]
                    )
                )
        else:
            _visit("Seq2Seq Lab", ours, asked.visitors, asked.seconds)
    print(f"load of the machine: {load:.1f} before, {os.getloadavg()[0]:.1f} after, on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
