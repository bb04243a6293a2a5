"""RaceView: the field of a race, a row an engine, a column a held-out input; a cell turns green when its answer is right.

What is shown is data, written with `textContent`; the template never changes.
"""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView, read_asset

_TEMPLATE = """
<div class='field'>
  <div class='line' role='status'></div>
  <div class='clock' aria-hidden='true'><i></i></div>
  <table><thead><tr></tr></thead><tbody></tbody></table>
</div>
"""


class RaceView(JsonView):
    """Shows a dict: line (a sentence), share (of the time that is gone, or None), words {engine, share}, inputs {short, full},
    rows {title, colour, dash, share, cells {share (0 to 1), said, full}}."""

    html_template = _TEMPLATE
    css_template = read_asset("race_view.css")
    js_on_load = read_asset("race_view.js")
