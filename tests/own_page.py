"""The listeners of one's own pairs as the page wires them, called without a browser."""

from __future__ import annotations

from inspect import signature
from types import SimpleNamespace
from typing import Any

import gradio as gr

from s2s_demo.ui.custom import panel

ENGLISH = SimpleNamespace(query_params={"lang": "en"}, headers={}, session_hash="s")


def listeners(of: tuple[str, str]) -> tuple[list[Any], dict[int, Any]]:
    """The page's functions of one's own pairs by the id of the component that triggers them, and the ids of their outputs."""
    with gr.Blocks() as page:
        panel.panel([page.load])
    names = {number: block.elem_id for number, block in page.blocks.items()}
    found: dict[tuple[Any, str], list[Any]] = {}
    for one in page.fns.values():
        for target, event in one.targets:
            found.setdefault((names.get(target or 0), event), []).append(one)
    return found[of], names


def pressed(button: str, *values: Any, event: str = "click") -> tuple[dict[Any, Any], list[Any]]:
    """What each output of a button becomes, by its id."""
    (one,), names = listeners((button, event))
    at = list(signature(one.fn).parameters).index("request")
    made = one.fn(*values[:at], ENGLISH, *values[at:])
    made = list(made) if len(one.outputs) > 1 else [made]  # Gradio unpacks only what is for several
    return dict(zip([names[block._id] or block._id for block in one.outputs], made, strict=True)), made
