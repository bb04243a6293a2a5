"""Cards: one big number an engine, for a room full of people."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

_TEMPLATE = """
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
_ON_LOAD = """
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null;
  element.querySelector('.said').textContent = data ? data.said : '';
  element.querySelector('ul').replaceChildren(...(data ? data.cards : []).map(card => {
    const li = document.createElement('li');
    li.style.setProperty('--tone', card.colour); li.classList.toggle('none', card.none); li.dataset.name = card.engine;
    for (const [tag, text] of [['span', card.name], ['b', card.big], ['small', card.small]]) {
      const one = document.createElement(tag); one.textContent = text; li.append(one);
    }
    return li;
  }));
};
watch('value', draw);
draw();
"""


class Cards(gr.HTML):
    """Shows a dict: said (a sentence) and cards, each {engine, name, big, small, colour, none}."""

    def __init__(self, value: Any = None, **more: Any) -> None:
        super().__init__(value=value, html_template=_TEMPLATE, js_on_load=_ON_LOAD, apply_default_css=False, **more)

    def postprocess(self, value: Any) -> Any:
        """JSON text of the dict."""
        return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value

    def api_info(self) -> dict[str, Any]:
        """What the API says of it."""
        return {"type": "string", "description": "Cards as JSON"}
