"""Two small views of the long-range laboratory: rows of chips, and a bar of how much is done.

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
const bar = element.querySelector('progress'), text = element.querySelector('span');
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : {};
  text.textContent = data.text || '';
  bar.style.visibility = data.share == null ? 'hidden' : 'visible';
  bar.value = data.share ?? 0;
  bar.setAttribute('aria-label', data.text || '');
};
watch('value', draw);
draw();
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
        template = (
            "<div aria-live='polite' style='min-height:3.2rem'><progress max='1' value='0' "
            "style='width:100%;height:.7rem;accent-color:#0072B2'></progress><span></span></div>"
        )
        super().__init__(template, _METER, value, **more)
