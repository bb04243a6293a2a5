"""A page of a few components behind the whole server of the real one: what a test of the server needs, started in a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import gradio as gr

from s2s_demo.prediction import UserError
from s2s_demo.ui import server
from s2s_demo.ui.server.blocks import SteadyBlocks


class SmallPage:
    """The page, its address, and a gate at which the listener `held` waits."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        with SteadyBlocks() as self.blocks:
            text, kept = gr.Textbox("a"), gr.State(None)
            number, choice = gr.Slider(0, 10, 5), gr.Radio(["x", "y"], value="x")
            picked, many = gr.Dropdown(["x", "y"], value="x"), gr.CheckboxGroup(["x", "y"])
            mark, file = gr.Checkbox(), gr.File(type="filepath")
            out = gr.Textbox()
            button = gr.Button()
            one: dict[str, Any] = {"concurrency_id": "one", "concurrency_limit": 1}
            button.click(lambda said: said, text, out, api_name="echo", **one)
            button.click(self._held, text, out, api_name="held", **one)
            button.click(lambda *a: repr(a), [number, choice, picked, many, mark, file], out, api_name="all")
            button.click(lambda *a: repr(a), [number, choice, picked, many, mark], out, api_name="now", queue=False)
            typed, shelf = (
                gr.Dropdown(["x"], allow_custom_value=True),
                gr.Dataset(components=[text], samples=[["a"], ["b"]]),
            )
            button.click(lambda *a: repr(a), [typed, shelf], out, api_name="picked", queue=False)
            button.click(self._evented, text, out, api_name="evented", queue=False)
            button.click(None, None, None, js="() => []", api_name="browser")
            button.click(self._broken, text, out, api_name="broken", queue=False)
            button.click(self._refusing, text, out, api_name="refusing", queue=False)
            button.click(lambda said: b"x" * int(said), text, kept, api_name="keep", queue=False)
            button.click(lambda kept: str(len(kept or b"")), kept, out, api_name="kept", queue=False)
            gr.api(self.for_programs, api_name="program")  # pyright: ignore[reportPrivateImportUsage]
        self.blocks.queue(api_open=False)
        self.url = ""

    def for_programs(self, x: str, y: str = "") -> str:
        """Two texts as one."""
        return x.strip() + y.strip()

    def _held(self, said: str) -> str:
        self.gate.wait(30)
        return said

    def _evented(self, said: str, event: gr.EventData) -> str:
        return repr(event._data)

    def _broken(self, said: str) -> str:
        raise RuntimeError(said)

    def _refusing(self, said: str) -> str:
        raise UserError("안 됩니다.", "That will not do.")

    def listener(self, name: str) -> int:
        """The number of the listener of that name."""
        return next(i for i, fn in self.blocks.fns.items() if fn.api_name == name)


@contextmanager
def small_page() -> Iterator[SmallPage]:
    """A `SmallPage` that runs until the block ends."""
    page = SmallPage()
    page.blocks.launch(
        app_kwargs=server.app_options(),
        prevent_thread_lock=True,
        quiet=True,
        server_name="127.0.0.1",
        ssr_mode=False,
        enable_monitoring=False,
        max_file_size="2mb",
    )
    page.url = page.blocks.local_url
    try:
        yield page
    finally:
        page.gate.set()
        page.blocks.close()
