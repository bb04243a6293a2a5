"""AnswerView: the answer in big type, and the tokens of x and y with their confidence; one output step is always chosen.

The visitor's text reaches the page as data and is written with `textContent`, never as markup. Choosing a step (click, arrow
keys) tints every input token by the lens row of that step without asking the server, and then tells Python ("pick").
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

_TEMPLATE = """
<div class='answer' aria-live='polite'>
  <div class='said'></div><div class='verdict'></div>
  <div class='rows'>
    <div class='cap capx'></div><div class='toks xs'></div>
    <div class='cap capy'></div><div class='toks ys' role='group'></div>
    <div class='cap keys'></div>
    <div class='cap capt'></div><ol class='top'></ol>
  </div>
</div>
"""


class AnswerView(gr.HTML):
    """Shows a dict: said, verdict, right, x (names), y, matrix (M × S shares of the largest), top, step, words, or problem.

    y: {name, p, part (of the working), over (the word above), hue (0 to 359), means (for a hover), wrong (the true name)}.
    top: for each output step the likeliest answers {name, group, p}.
    """

    def __init__(self, value: Any = None, *, channel: str = "", **more: Any) -> None:
        super().__init__(
            value=value,
            channel=channel,
            html_template=_TEMPLATE,
            js_on_load="window.s2sAnswer(element, props, trigger, watch, 'pick');",
            apply_default_css=False,
            **more,
        )

    def postprocess(self, value: Any) -> Any:
        """JSON text of the dict."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def api_info(self) -> dict[str, Any]:
        """What the API says of it."""
        return {"type": "string", "description": "The answer as JSON"}
