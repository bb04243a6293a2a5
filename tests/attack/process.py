"""The page as strangers meet it: `app.py` in a process of its own, on a free port, with folders that are thrown away."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Thread

import httpx
import psutil

ROOT = Path(__file__).parents[2]
SECRET = "canary-of-the-environment-7b1f"
START = 120.0
CAUGHT = re.compile(r"(?:^|[ :])(?:the listener \w+ failed|in \w+): \w+ at ", re.MULTILINE)
OFFLINE = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SERVER_NAME": "127.0.0.1",
    "HF_ENDPOINT": "http://127.0.0.1:9",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONUNBUFFERED": "1",
    "S2S_CANARY": SECRET,
}


class Page:
    """A page that can be started, killed and started again on the same folders.

    Args:
        folder: an empty folder for its runs, uploads and temporary files.
        env: what its environment has beside the usual; None takes a name out of it.
        prepared: called in the new process before Python starts.
    """

    def __init__(
        self, folder: Path, env: Mapping[str, str | None] | None = None, prepared: Callable[[], None] | None = None
    ) -> None:
        self.folder, self.prepared = folder, prepared
        self.runs, self.temporary = folder / "runs", folder / "tmp"
        for made in (self.runs, self.temporary):
            made.mkdir(parents=True, exist_ok=True, mode=0o700)
        own = {"S2S_RUNS": str(self.runs), "TMPDIR": str(self.temporary), "GRADIO_TEMP_DIR": str(folder / "uploads")}
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("S2S_", "GRADIO_", "COV_"))}
        self.env = {k: v for k, v in {**kept, **OFFLINE, **own, **(env or {})}.items() if v is not None}
        self.lines: list[str] = []
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def __enter__(self) -> Page:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Starts it and waits until it answers.

        Raises:
            RuntimeError: it ended instead, or took too long; with the end of its log.
        """
        port = _free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "app.py"],
            cwd=ROOT,
            env={**self.env, "GRADIO_SERVER_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            preexec_fn=self.prepared,
        )
        Thread(target=self._read, args=(self.process,), daemon=True).start()
        until = time.monotonic() + START
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError("the page does not start: " + " | ".join(self.lines[-3:]).strip())
            time.sleep(0.1)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ends it, by force where it does not end by itself, and every worker that it started."""
        if self.process is not None:
            self.process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
            self.process.kill()
            self.process.wait()
        if how is not signal.SIGKILL:
            for worker in self.workers():
                with contextlib.suppress(psutil.Error):
                    worker.kill()

    def workers(self) -> list[psutil.Process]:
        """The processes that train one of its runs: the run's folder stands in their command line."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if any(part.startswith(str(self.runs)) for part in process.cmdline()):
                    found.append(process)
        return found

    def log(self) -> str:
        """What it has printed so far, and what its workers have."""
        logs = [path.read_text("utf-8", "replace") for path in sorted(self.runs.glob("*/log.txt"))]
        return "".join([*self.lines, *logs])

    def tracebacks(self) -> int:
        """How many are in the log."""
        return self.log().count("Traceback (most recent call last)")

    def caught(self) -> int:
        """How many faults only the page's last guard has caught: the visitor got a sentence, which cannot say what was wrong."""
        return len(CAUGHT.findall(self.log()))

    def memory(self) -> float:
        """MB that the page itself holds; 0 where it is dead."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        return psutil.Process(self.process.pid).memory_info().rss / 1e6

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/config", verify=False, timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            self.lines.extend(process.stdout)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
