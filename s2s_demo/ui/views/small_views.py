"""Small views of the laboratory: rows of chips, a progress bar, a table that fits a telephone, and cards for a room full of people."""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView, read_asset

_METER_HTML = """
<div style='min-height:3rem'>
  <div class='bar' role='progressbar' aria-valuemin='0' aria-valuemax='100'
       style='visibility:hidden;height:.6rem;border-radius:.3rem;overflow:hidden;background:rgba(128,128,128,.25)'>
    <div style='height:100%;width:0;background:#0072B2'></div></div>
  <div class='told' aria-live='polite'></div>
</div>
"""
_TABLE_HTML = """
<div style='overflow-x:auto' tabindex='0' role='group'>
  <table style='width:100%;word-break:keep-all;border-collapse:collapse;font-size:clamp(.8rem,2.6vw,1rem);font-variant-numeric:tabular-nums'></table>
</div>
"""
_CARDS_HTML = """
<style>
.cards .said { font-size: clamp(1.15rem, 2.6vw, 1.6rem); font-weight: 700; margin: .2rem 0 .6rem; }
.cards ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); }
.cards li { border-left: 8px solid var(--tone); border-radius: .4rem; padding: .4rem .7rem .5rem; background: var(--background-fill-secondary); }
.cards b { display: block; font-size: clamp(1.5rem, 4vw, 2.6rem); line-height: 1.2; font-variant-numeric: tabular-nums; white-space: nowrap; }
.cards li.none b { font-weight: 600; color: var(--body-text-color-subdued); }
.cards span { font-size: 1.05rem; font-weight: 600; }
.cards small { display: block; font-size: .85rem; color: var(--body-text-color-subdued); }
@media (max-width: 480px) { .cards ul { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
</style>
<div class="cards"><div class="said"></div><ul></ul></div>
"""


class Chips(JsonView):
    """Shows {"rows": [{"caption", "chips": [{"name", "under", "hue"}]}]}. hue: 0 to 359; chips of one hue belong together."""

    html_template = "<div class='answer'></div>"
    js_on_load = read_asset("chips.js")


class Meter(JsonView):
    """Shows {"share": 0 to 1 or None, "text"}: how much is done."""

    html_template = _METER_HTML
    js_on_load = read_asset("meter.js")


class Table(JsonView):
    """Shows {"caption", "heads", "rows"} of text; what stands in brackets in a cell is written small."""

    html_template = _TABLE_HTML
    js_on_load = read_asset("table.js")


class Cards(JsonView):
    """Shows {"said": a sentence, "cards": [{"engine", "name", "big", "small", "colour", "none"}]}: one big number an engine."""

    html_template = _CARDS_HTML
    js_on_load = read_asset("cards.js")
