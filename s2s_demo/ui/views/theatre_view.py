"""TheatreView: decoding step by step. One column a step; the chosen step shows its likeliest symbols and the beam at that moment.

Everything is written with `textContent`. Choosing (click, arrow keys) needs no server.
"""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView, read_asset

_TEMPLATE = """
<div class='theatre'>
  <div class='stage' role='group'></div>
  <div class='wings'>
    <section><h2 class='n0'></h2><ol class='top t0'></ol></section>
    <section><h2 class='n1'></h2><ol class='top t1'></ol></section>
    <section><h2 class='n2'></h2><ol class='top t2'></ol></section>
  </div>
</div>
"""


class TheatreView(JsonView):
    """Shows a dict: words, chosen, steps of {free, forced, truth: {name, p, wrong} or null, top, forced_top: [name, p], beams:
    [{text, log_p}]}."""

    html_template = _TEMPLATE
    js_on_load = read_asset("theatre_view.js")
