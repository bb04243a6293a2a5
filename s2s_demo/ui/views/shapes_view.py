"""ShapesView: one card a shape, with what is fed, the layer, the outputs, the loss, and the masks. All text by `textContent`."""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView, read_asset

_TEMPLATE = "<div class='shapes'></div>"


class ShapesView(JsonView):
    """Shows {cards: [{title, about, x, y, between, loss, parts: [{of, names, given, out, counted}], masks: [{title, label, rows,
    columns, may, yes, no}]}]}, or {problem}. A part whose `counted` is empty has no outputs of its own."""

    html_template = _TEMPLATE
    js_on_load = read_asset("shapes_view.js")
