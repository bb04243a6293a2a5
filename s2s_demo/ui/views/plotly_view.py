"""PlotlyView: a figure drawn by the plotly.js that lies in the plotly wheel, so it works offline and matches its Python side.

It follows light and dark, resizes, tells Python about clicks ("cell"), and on its `channel` shows which output step is chosen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import plotly
import plotly.graph_objects as go

from s2s_demo.ui.views.json_view import JsonView

_JS = Path(plotly.__file__).parent / "package_data"
_OWN = Path(__file__).parent.parent / "js"
_SCRIPTS = (_JS / "plotly.min.js", _OWN / "plotly_view.js")


class PlotlyView(JsonView):
    """A plotly figure. channel: links a heat map with the tokens of the same name; "" for a figure that is not linked."""

    html_template = "<div class='plt' role='img' style='height:1px'></div>"
    js_on_load = "window.s2sPlotly(element, props, trigger, watch, 'cell');"
    head = "".join(f"<script src='gradio_api/file={path}'></script>" for path in _SCRIPTS)

    def __init__(self, value: Any = None, *, channel: str = "", **props: Any) -> None:
        gr.set_static_paths([_JS, _OWN])
        super().__init__(value, channel=channel, **props)

    def postprocess(self, value: Any) -> Any:
        """JSON text of a figure; text and None pass."""
        return value.to_json() if isinstance(value, go.Figure) else value
