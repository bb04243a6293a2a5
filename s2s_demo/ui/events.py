"""Options of event listeners: how a handler is queued, and which sign of progress is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gradio as gr

from s2s_demo.ui.words import lang_of

HIDDEN: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": [], "api_visibility": "private"}
"""No progress on any output: at every message of any listener the browser walks the page once for each component that ever had one."""
NO_QUEUE: dict[str, Any] = {**HIDDEN, "queue": False}
"""Runs at once and without a sign of progress: for drawing and bookkeeping."""
MODEL_QUEUE: dict[str, Any] = {
    "concurrency_id": "gpu",
    "concurrency_limit": 2,
    "api_visibility": "private",
    "show_progress": "minimal",
}
"""Runs a model: two visitors at a time, the others wait."""
HIDDEN_MODEL_QUEUE: dict[str, Any] = {**MODEL_QUEUE, **HIDDEN}
"""Runs a model that nobody asked for by a button, without a sign of progress."""


def listener(handler: Callable[..., Any], *fixed: Any) -> Callable[..., Any]:
    """A module-level handler as Gradio calls it: it gets `fixed`, the values of the inputs, and `lang`, the visitor's language."""

    def listen(request: gr.Request, *values: Any) -> Any:
        return handler(*fixed, *values, lang=lang_of(request))

    listen.__name__ = handler.__name__
    return listen


def data_listener(handler: Callable[..., Any], *fixed: Any) -> Callable[..., Any]:
    """The same for a handler that also gets `data`, what the component tells of the event."""

    def listen(request: gr.Request, event: gr.EventData, *values: Any) -> Any:
        return handler(*fixed, *values, data=event._data, lang=lang_of(request))

    listen.__name__ = handler.__name__
    return listen
