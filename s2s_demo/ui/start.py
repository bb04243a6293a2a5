"""The start page: what this is, and where one can go."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo.ui.words import T


def panel(opened: list[Any]) -> None:
    """Builds the page inside the open Blocks. opened: events at which it comes to be seen."""
    gr.Markdown(T("thesis"), elem_id="thesis")
