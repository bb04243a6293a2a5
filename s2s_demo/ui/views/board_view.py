"""BoardView: a table that is sorted by its heads, filtered as one types, copied as Markdown or kept as CSV. AdviceView: a choice.

All text is data and is written with `textContent`. What is copied or kept is what is shown, in that order; its lines come from
Python, where cells that a spreadsheet would take for formulas are made safe.
"""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView, read_asset

_TABLE = """
<div class='bar'>
  <input type='search' class='find'><span class='count' aria-live='polite'></span>
  <span class='gap'></span><span class='done' role='status'></span>
  <button type='button' class='copy'></button><button type='button' class='csv'></button>
</div>
<div class='wide' tabindex='0' role='region'><table><thead><tr></tr></thead><tbody></tbody></table></div>
<p class='none'></p><p class='foot'></p>
"""
_ADVICE = """
<div class='card' aria-live='polite'>
  <div class='cap'></div><div class='name'></div><div class='chips'></div><p class='reason'></p><p class='runner'></p>
  <button type='button' class='up'></button>
</div>
<ol class='steps'></ol>
"""


class BoardView(JsonView):
    """columns: {key, name, text, high (sorted downwards first)}. rows: {cells: {t, s, v}, look, tone, find, csv, markdown}.

    v: what a column is sorted by, null last. csv, markdown: the lines before the rows. file: a name to keep it under. words.
    """

    html_template = _TABLE
    css_template = read_asset("board_view.css")
    js_on_load = read_asset("board_view.js")


class AdviceView(JsonView):
    """cap, name, chips, reason, runner, up, and steps: {question, answer, left, note, removed: {name, why}}."""

    html_template = _ADVICE
    css_template = read_asset("advice_view.css")
    js_on_load = read_asset("advice_view.js")
