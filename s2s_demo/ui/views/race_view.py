"""RaceView: the field of a race, a row an engine, a column a held-out input; a cell turns green when its answer is right.

What is shown is data, written with `textContent`; the template never changes.
"""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView

_TEMPLATE = """
<div class='field'>
  <div class='line' role='status'></div>
  <div class='clock' aria-hidden='true'><i></i></div>
  <table><thead><tr></tr></thead><tbody></tbody></table>
</div>
"""
_CSS = """
.field { font-variant-numeric: tabular-nums; }
.field .line { font-size: 1.1rem; min-height: 1.6em; }
.field .clock { height: 6px; border-radius: 3px; background: rgba(128,128,128,.25); margin: .3rem 0 .7rem; overflow: hidden; }
.field .clock i { display: block; height: 100%; width: 0; background: #0072B2; }
.field table { width: 100%; border-collapse: separate; border-spacing: 3px; table-layout: fixed; margin: 0; }
.field th, .field td { border: 0; padding: .3rem .2rem; text-align: center; overflow: hidden; font-size: .9rem; color: var(--body-text-color); }
.field thead th { font-weight: 600; overflow-wrap: anywhere; vertical-align: bottom; line-height: 1.15; }
.field th.who { text-align: left; width: 14.5rem; font-weight: 600; }
.field th.much { width: 4.2rem; text-align: right; }
.field th.who i { display: inline-block; width: 1.4rem; margin-right: .45rem; vertical-align: middle; border-top: 4px solid var(--tone); }
.field th.who i.dash { border-top-style: dashed; } .field th.who i.dot { border-top-style: dotted; }
.field td { border-radius: .35rem; background: rgba(128,128,128,.14); white-space: nowrap; text-overflow: ellipsis; }
.field td.some { background: rgba(0,158,115,.16); }
.field td.right { background: #00795a; color: #fff; font-weight: 700; }
.field td.much { background: none; text-align: right; font-weight: 700; }
@media (max-width: 640px) {
  .field table { border-spacing: 2px; }
  .field thead th { writing-mode: vertical-rl; text-align: right; padding: .1rem 0; font-size: .75rem; line-height: 1; max-height: 7rem; }
  .field thead th.who, .field thead th.much { writing-mode: horizontal-tb; }
  .field th.who { width: 6.4rem; font-size: .8rem; } .field th.who i { width: .7rem; margin-right: .25rem; }
  .field th.much { width: 3.2rem; } .field td { padding: .3rem 0; font-size: .75rem; } .field td.much { font-size: .78rem; }
  .field td .full { display: none; }
}
"""
_ON_LOAD = """
const $ = s => element.querySelector(s);
const node = (tag, cls, text) => { const e = document.createElement(tag); e.className = cls; if (text != null) e.textContent = text; return e; };
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null;
  $('.line').textContent = data ? data.line : '';
  $('.clock').style.display = data && data.share != null ? '' : 'none';
  $('.clock i').style.width = data && data.share != null ? data.share * 100 + '%' : '0';
  const rows = data && data.rows || [];
  $('table').style.display = rows.length ? '' : 'none';
  if (!rows.length) { $('thead tr').replaceChildren(); $('tbody').replaceChildren(); return; }
  const head = [node('th', 'who', data.words.engine), ...data.inputs.map(x => { const h = node('th', '', x.short); h.title = x.full; return h; }),
                node('th', 'much', data.words.share)];
  $('thead tr').replaceChildren(...head);
  $('tbody').replaceChildren(...rows.map(row => {
    const tr = document.createElement('tr'), who = node('th', 'who');
    const swatch = node('i', row.dash); swatch.style.setProperty('--tone', row.colour);
    who.scope = 'row'; who.append(swatch, node('span', '', row.title));
    tr.append(who, ...row.cells.map((cell, i) => {
      const td = node('td', cell.share >= 1 ? 'right' : cell.share > 0 ? 'some' : '');
      td.append(node('span', '', cell.share >= 1 ? '✓' : ''), node('span', 'full', ' ' + cell.said));
      td.title = data.inputs[i].full + ' → ' + cell.full;
      return td;
    }), ...data.inputs.slice(row.cells.length).map(() => node('td', '')), node('td', 'much', row.share));
    return tr;
  }));
};
watch('value', draw);
draw();
"""


class RaceView(JsonView):
    """Shows a dict: line (a sentence), share (of the time that is gone, or None), words {engine, share}, inputs {short, full},
    rows {title, colour, dash, share, cells {share (0 to 1), said, full}}."""

    html_template = _TEMPLATE
    css_template = _CSS
    js_on_load = _ON_LOAD
