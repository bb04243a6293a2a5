"""PlotlyView: a figure drawn by the plotly.js that lies in the plotly wheel, so it works offline and matches its Python side.

It follows light and dark, resizes, tells Python about clicks ("cell"), and on its `channel` shows which output step is chosen.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import plotly
import plotly.graph_objects as go

_JS = Path(plotly.__file__).parent / "package_data"
_ON_LOAD = """
const P = window.Plotly, div = element.querySelector('.plt');
let wired = false, chosen = null, linked = false;
const ink = () => getComputedStyle(element).getPropertyValue('--body-text-color').trim() || '#444';
const mark = () => {
  if (!linked || chosen === null || !div._fullLayout || !div.offsetWidth) return;
  P.relayout(div, {shapes: [{type:'rect', xref:'paper', x0:0, x1:1, y0:chosen-.5, y1:chosen+.5,
                             line:{color:'#D55E00', width:3}}]});
};
async function draw() {
  div.style.display = props.value ? '' : 'none';
  if (!props.value || !div.offsetWidth) return;
  const f = JSON.parse(props.value);
  linked = !!props.channel && !(f.layout.meta && f.layout.meta.rows === 'states');
  div.style.height = (f.layout.height || 360) + 'px';
  const layout = {...f.layout, autosize: true, font: {...(f.layout.font || {}), color: ink()}};
  delete layout.width;
  div.setAttribute('aria-label', named(f));
  await P.react(div, {data: f.data, layout, config: {displaylogo: false, displayModeBar: false,
                      showSendToCloud: false, plotlyServerURL: '', responsive: false}});
  if (!wired) {
    wired = true;
    div.on('plotly_click', e => { if (linked) trigger('cell', {row: e.points[0].y}); });
    div.on('plotly_hover', e => { if (linked) say(e.points[0].y, e.points[0].x); });
    div.on('plotly_unhover', () => { if (linked) say(null, null); });
  }
  mark();
}
const named = f => {  // for who does not see it: what is drawn against what, and the names of its lines
  const axis = a => (a && a.title && a.title.text) || '', bars = f.data.map(t => axis(t.colorbar));
  const lines = f.data.filter(t => t.name && t.showlegend !== false).map(t => t.name);
  return [...new Set([axis(f.layout.yaxis), axis(f.layout.xaxis), ...bars, ...lines])].filter(Boolean).join(', ');
};
const say = (row, column) => window.dispatchEvent(
  new CustomEvent('s2s:look', {detail: {channel: props.channel, row, column}}));
window.addEventListener('s2s:step', e => {
  if (props.channel && e.detail.channel === props.channel) { chosen = e.detail.row; mark(); }
});
watch('value', draw);
if (props.channel) window.dispatchEvent(new CustomEvent('s2s:ask', {detail: {channel: props.channel}}));
new ResizeObserver(() => {
  if (!div.offsetWidth) return;
  div._fullLayout ? P.Plots.resize(div) : draw();
}).observe(div);
new MutationObserver(draw).observe(document.body, {attributes: true, attributeFilter: ['class']});
draw();
"""


class PlotlyView(gr.HTML):
    """A plotly figure. channel: links a heat map with the tokens of the same name; "" for a figure that is not linked."""

    def __init__(self, value: Any = None, *, label: Any = None, channel: str = "", **more: Any) -> None:
        gr.set_static_paths([_JS])
        super().__init__(
            value=value,
            label=label,
            channel=channel,
            html_template="<div class='plt' role='img' style='height:1px'></div>",
            js_on_load=_ON_LOAD,
            head=f"<script src='gradio_api/file={_JS}/plotly.min.js'></script>",
            apply_default_css=False,
            **more,
        )

    def postprocess(self, value: Any) -> Any:
        """JSON text of a figure; text and None pass."""
        return value.to_json() if isinstance(value, go.Figure) else value

    def api_info(self) -> dict[str, Any]:
        """What the API says of it."""
        return {"type": "string", "description": "A plotly figure as JSON"}
