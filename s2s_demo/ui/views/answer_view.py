"""AnswerView: the answer in big type, and the tokens of x and y with their confidence; one output step is always chosen.

The visitor's text reaches the page as data and is written with `textContent`, never as markup. Choosing a step (click, arrow
keys) tints every input token by the lens row of that step without asking the server, and then tells Python ("pick").
"""

from __future__ import annotations

from typing import Any

from s2s_demo.ui.views.json_view import JsonView

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


class AnswerView(JsonView):
    """Shows a dict: said, verdict, right, x (names), y, matrix (M × S shares of the largest), top, step, words, or problem.

    y: {name, p, part (of the working), over (the word above), hue (0 to 359), means (for a hover), wrong (the true name)}.
    top: for each output step the likeliest answers {name, group, p}.
    """

    html_template = _TEMPLATE
    js_on_load = "window.s2sAnswer(element, props, trigger, watch, 'pick');"

    def __init__(self, value: Any = None, *, channel: str = "", **props: Any) -> None:
        super().__init__(value, channel=channel, **props)
