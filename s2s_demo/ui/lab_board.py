"""The scoreboard, and a short dialogue that ends in one of its rows."""

from __future__ import annotations

from typing import Any

import gradio as gr

from s2s_demo.ui.words import T


def panel(opened: list[Any]) -> None:
    """Builds the panel inside the open Blocks and wires it. opened: events at which it first comes to be seen."""
    gr.Markdown(T("lab.board.about"))
