"""JsonView: the base of this page's hand-made views.

A view's template and script are fixed; what it shows is data. It reaches the browser as JSON text and is written there with
`textContent`, so that nothing a visitor typed is ever taken for markup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gradio as gr

_ASSETS = Path(__file__).parents[1] / "js"


def read_asset(name: str) -> str:
    """The script or the styles of a view, a file of `ui/js/`."""
    return (_ASSETS / name).read_text("utf-8")


class JsonView(gr.HTML):
    """A `gr.HTML` whose value is a dict. A subclass gives the template and the script, which reads `props.value`."""

    html_template: str
    css_template: str = ""
    """Gradio scopes it to the component."""
    js_on_load: str
    head: str | None = None

    def __init__(self, value: Any = None, **props: Any) -> None:
        super().__init__(
            value,
            html_template=self.html_template,
            css_template=self.css_template,
            js_on_load=self.js_on_load,
            head=self.head,
            apply_default_css=False,
            **props,
        )

    def postprocess(self, value: Any) -> Any:
        """JSON text of a dict; text and None pass."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def api_info(self) -> dict[str, Any]:
        """What the API says of it."""
        return {"type": "string", "description": "What is shown, as JSON"}
