"""Small views of the laboratory: rows of chips, a progress bar, a table that fits a telephone, and cards for a room full of people."""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView

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
_CARDS = """
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
    js_on_load = _CHIPS


class Meter(JsonView):
    """Shows {"share": 0 to 1 or None, "text"}: how much is done."""

    html_template = _METER_HTML
    js_on_load = _METER


class Table(JsonView):
    """Shows {"caption", "heads", "rows"} of text; what stands in brackets in a cell is written small."""

    html_template = _TABLE_HTML
    js_on_load = _TABLE


class Cards(JsonView):
    """Shows {"said": a sentence, "cards": [{"engine", "name", "big", "small", "colour", "none"}]}: one big number an engine."""

    html_template = _CARDS_HTML
    js_on_load = _CARDS
