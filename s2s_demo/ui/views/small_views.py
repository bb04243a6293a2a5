"""Three small views of the long-range laboratory: rows of chips, a bar of how much is done, and a table that fits a telephone.

Their templates are static; what is shown arrives as data and is written with `textContent`.
"""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

_CHIPS = """
const box = element.querySelector('.answer');
const make = (tag, name, text) => {
  const one = document.createElement(tag); one.className = name; one.textContent = text || ''; return one;
};
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {rows: []};
  box.replaceChildren(...data.rows.flatMap(row => {
    const line = make('div', 'toks', '');
    line.append(...row.chips.map(chip => {
      const c = make('span', 'tok', '');
      c.append(make('span', '', chip.name));
      if (chip.under) c.append(make('em', '', chip.under));
      if (chip.hue != null) c.style.background = `hsl(${chip.hue} 80% 50% / .18)`;
      return c;
    }));
    return [make('div', 'cap', row.caption), line];
  }));
};
watch('value', draw);
draw();
"""
_METER = """
const bar = element.querySelector('.bar'), done = bar.firstElementChild, text = element.querySelector('.told');
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {};
  text.textContent = data.text || '';
  bar.style.visibility = data.share == null ? 'hidden' : 'visible';
  bar.setAttribute('aria-label', data.text || '');
  done.style.width = 100 * (data.share ?? 0) + '%';
  bar.setAttribute('aria-valuenow', Math.round(100 * (data.share ?? 0)));
};
watch('value', draw);
draw();
"""
_METER_HTML = """
<div style='min-height:3rem'>
  <div class='bar' role='progressbar' aria-valuemin='0' aria-valuemax='100'
       style='visibility:hidden;height:.6rem;border-radius:.3rem;overflow:hidden;background:rgba(128,128,128,.25)'>
    <div style='height:100%;width:0;background:#0072B2'></div></div>
  <div class='told' aria-live='polite'></div>
</div>
"""


_TABLE = """
const table = element.querySelector('table');
const make = (tag, text) => { const one = document.createElement(tag); one.textContent = text; return one; };
const cell = (tag, text, row) => {
  const [first, more] = text.split(' ('), c = make(tag, first);
  if (more !== undefined) { const small = make('small', '(' + more); small.style.cssText = 'display:inline-block;font-weight:400;opacity:.8';
    c.append(' ', small); }
  c.style.cssText = 'padding:.35rem .4rem;vertical-align:top;border-bottom:1px solid var(--border-color-primary);text-align:' +
    (row ? 'right' : 'left');
  if (tag === 'th') c.scope = row === null ? 'row' : 'col';
  return c;
};
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {heads: [], rows: []}, line = cells => {
    const tr = document.createElement('tr'); tr.append(...cells); return tr; };
  const head = document.createElement('thead'), body = document.createElement('tbody');
  head.append(line(data.heads.map((text, i) => cell('th', text, i))));
  body.append(...data.rows.map(row => line(row.map((text, i) => cell(i ? 'td' : 'th', text, i || null)))));
  table.parentElement.setAttribute('aria-label', data.caption || '');
  table.replaceChildren(make('caption', data.caption || ''), head, body);
  table.caption.style.cssText = 'text-align:left;color:var(--body-text-color-subdued);padding-bottom:.3rem';
};
watch('value', draw);
draw();
"""
_TABLE_HTML = """
<div style='overflow-x:auto' tabindex='0' role='group'>
  <table style='width:100%;word-break:keep-all;border-collapse:collapse;font-size:clamp(.8rem,2.6vw,1rem);font-variant-numeric:tabular-nums'></table>
</div>
"""


class _Told(gr.HTML):
    """An HTML view whose value is a dict, sent as JSON text."""

    def __init__(self, template: str, script: str, value: Any = None, **more: Any) -> None:
        super().__init__(value=value, html_template=template, js_on_load=script, apply_default_css=False, **more)

    def postprocess(self, value: Any) -> Any:
        """JSON text of the dict."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def api_info(self) -> dict[str, Any]:
        """What the API says of it."""
        return {"type": "string", "description": "What is shown, as JSON"}


class Chips(_Told):
    """Shows {"rows": [{"caption", "chips": [{"name", "under", "hue"}]}]}. hue: 0 to 359; chips of one hue belong together."""

    def __init__(self, value: Any = None, **more: Any) -> None:
        super().__init__("<div class='answer'></div>", _CHIPS, value, **more)


class Meter(_Told):
    """Shows {"share": 0 to 1 or None, "text"}: how much is done."""

    def __init__(self, value: Any = None, **more: Any) -> None:
        super().__init__(_METER_HTML, _METER, value, **more)


class Table(_Told):
    """Shows {"caption", "heads", "rows"} of text; what stands in brackets in a cell is written small."""

    def __init__(self, value: Any = None, **more: Any) -> None:
        super().__init__(_TABLE_HTML, _TABLE, value, **more)
