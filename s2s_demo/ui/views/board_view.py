"""BoardView: a table that is sorted by its heads, filtered as one types, copied as Markdown or kept as CSV. AdviceView: a choice.

All text is data and is written with `textContent`. What is copied or kept is what is shown, in that order; its lines come from
Python, where cells that a spreadsheet would take for formulas are made safe.
"""

from __future__ import annotations

from s2s_demo.ui.views.json_view import JsonView

_TABLE = """
<div class='bar'>
  <input type='search' class='find'><span class='count' aria-live='polite'></span>
  <span class='gap'></span><span class='done' role='status'></span>
  <button type='button' class='copy'></button><button type='button' class='csv'></button>
</div>
<div class='wide' tabindex='0' role='region'><table><thead><tr></tr></thead><tbody></tbody></table></div>
<p class='none'></p><p class='foot'></p>
"""
_TABLE_CSS = """
.bar { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .2rem 0 .6rem; }
.bar .gap { flex: 1; }
.bar .find { flex: 0 1 16rem; min-width: 9rem; padding: .4rem .7rem; border: 1px solid var(--border-color-primary); border-radius: .5rem; background: var(--input-background-fill); color: var(--body-text-color); font-size: 1rem; }
.bar .count, .bar .done { color: color-mix(in srgb, var(--body-text-color) 74%, transparent); font-size: .95rem; }
.bar button { padding: .35rem .9rem; border: 1px solid var(--border-color-primary); border-radius: .5rem; background: var(--button-secondary-background-fill); color: var(--body-text-color); cursor: pointer; font-size: 1rem; }
.wide { overflow-x: auto; border: 1px solid var(--border-color-primary); border-radius: .6rem; }
table { width: 100%; word-break: keep-all; border-collapse: collapse; font-size: 1.02rem; }
th, td { padding: .42rem .5rem; text-align: right; vertical-align: top; border-bottom: 1px solid var(--border-color-primary); white-space: nowrap; font-variant-numeric: tabular-nums; }
tr:last-child td, tr:last-child th { border-bottom: 0; }
thead th { vertical-align: bottom; padding: 0; background: var(--background-fill-secondary); }
thead button { width: 100%; padding: .45rem .5rem; border: 0; background: none; color: var(--body-text-color); font: inherit; font-size: .92rem; font-weight: 700; text-align: inherit; cursor: pointer; white-space: normal; min-width: 4.2rem; }
thead button i { font-style: normal; margin-left: .2rem; }
th.text, td.text, tbody th { text-align: left; }
tbody th, thead th:first-child { position: sticky; left: 0; z-index: 1; font-weight: 600; }
tbody th { background: var(--background-fill-primary); }
tbody th b { display: inline-block; width: .8em; height: .8em; margin-right: .45em; border-radius: 50%; background: var(--tone); }
small { display: block; white-space: normal; font-size: .82rem; line-height: 1.3; font-weight: 400; color: color-mix(in srgb, var(--body-text-color) 74%, transparent); }
tbody th { white-space: normal; max-width: 15rem; }
tr.base th { font-weight: 400; font-style: italic; }
tr.chosen th, tr.chosen td { background: color-mix(in srgb, #E69F00 24%, var(--background-fill-primary)); }
tr.chosen th { box-shadow: inset 5px 0 0 #D55E00; }
.none:empty, .foot:empty { display: none; }
.foot { margin: .4rem .2rem; font-size: .9rem; color: color-mix(in srgb, var(--body-text-color) 74%, transparent); }
@media (max-width: 600px) { table { font-size: .95rem; } tbody th { white-space: normal; min-width: 9rem; max-width: 9.4rem; } .bar .gap { display: none; } .bar .find { flex: 1 1 60%; } }
"""
_TABLE_JS = """
const $ = s => element.querySelector(s);
let data = null, by = 'score', down = true;
const node = (tag, cls, text) => {
  const e = document.createElement(tag); if (cls) e.className = cls; if (text != null) e.textContent = text; return e;
};
const shown = () => {
  const typed = $('.find').value.trim().toLowerCase(), at = data.columns.findIndex(c => c.key === by);
  const rows = data.rows.filter(r => r.find.includes(typed));
  if (at < 0) return rows;
  const value = r => r.cells[at].v;
  return rows.map((r, i) => [r, i]).sort(([a, i], [b, j]) => {
    const x = value(a), y = value(b);
    if (x == null || y == null) return (x == null) - (y == null) || i - j;
    return ((x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1)) || i - j;
  }).map(([r]) => r);
};
const body = () => {
  const rows = shown();
  $('tbody').replaceChildren(...rows.map(r => {
    const tr = node('tr', r.look);
    r.cells.forEach((c, i) => {
      const td = node(i ? 'td' : 'th', data.columns[i].text ? 'text' : '');
      if (!i) { td.scope = 'row'; if (r.tone) { const dot = node('b'); dot.style.setProperty('--tone', r.tone); dot.setAttribute('aria-hidden', 'true'); td.append(dot); } }
      td.append(c.t); if (c.s) td.append(node('small', '', c.s));
      tr.append(td);
    });
    return tr;
  }));
  $('.count').textContent = data.words.count.replace('{n}', rows.length);
  $('.none').textContent = rows.length ? '' : data.words.none;
};
const head = () => {
  $('thead tr').replaceChildren(...data.columns.map(c => {
    const th = node('th', c.text ? 'text' : ''), button = node('button', '', c.name), on = c.key === by;
    th.scope = 'col'; th.setAttribute('aria-sort', on ? (down ? 'descending' : 'ascending') : 'none');
    button.type = 'button'; button.dataset.key = c.key; button.title = data.words.sort;
    const mark = node('i', '', on ? (down ? '▼' : '▲') : ''); mark.setAttribute('aria-hidden', 'true'); button.append(mark);
    button.onclick = () => {
      down = by === c.key ? !down : c.high; by = c.key; head(); body();
      $(`thead button[data-key="${c.key}"]`).focus();
    };
    th.append(button); return th;
  }));
};
const draw = () => {
  data = props.value ? JSON.parse(props.value) : null;
  element.style.display = data ? '' : 'none';
  if (!data) return;
  const w = data.words;
  $('.find').placeholder = w.find; $('.find').setAttribute('aria-label', w.find); $('.wide').setAttribute('aria-label', w.table);
  $('.copy').textContent = w.copy; $('.csv').textContent = w.csv;
  $('.foot').textContent = data.foot;
  head(); body();
};
const said = text => { $('.done').textContent = text; setTimeout(() => { $('.done').textContent = ''; }, 2500); };
const copied = async text => {
  try { await navigator.clipboard.writeText(text); } catch (e) {  // a page that is not served safely has no clipboard
    const area = node('textarea'); area.value = text; element.append(area); area.select(); document.execCommand('copy'); area.remove();
  }
};
$('.find').oninput = () => data && body();
$('.copy').onclick = async () => { await copied([...data.markdown, ...shown().map(r => r.markdown)].join('\\n') + '\\n'); said(data.words.copied); };
$('.csv').onclick = () => {
  const text = '\\ufeff' + [data.csv, ...shown().map(r => r.csv)].join('\\r\\n') + '\\r\\n';
  const a = node('a'), url = URL.createObjectURL(new Blob([text], {type: 'text/csv;charset=utf-8'}));
  a.href = url; a.download = data.file + '.csv'; a.click(); setTimeout(() => URL.revokeObjectURL(url), 10000);
};
watch('value', draw);
draw();
"""
_ADVICE = """
<div class='card' aria-live='polite'>
  <div class='cap'></div><div class='name'></div><div class='chips'></div><p class='reason'></p><p class='runner'></p>
  <button type='button' class='up'></button>
</div>
<ol class='steps'></ol>
"""
_ADVICE_CSS = """
.card { border: 1px solid var(--border-color-primary); border-left: 6px solid #D55E00; border-radius: .6rem; padding: .8rem 1.1rem; background: color-mix(in srgb, #E69F00 12%, var(--background-fill-primary)); }
.cap { font-size: .95rem; color: color-mix(in srgb, var(--body-text-color) 74%, transparent); }
.name { font-size: clamp(1.5rem, 4vw, 2.3rem); font-weight: 700; line-height: 1.25; }
.chips { display: flex; flex-wrap: wrap; gap: .3rem .5rem; margin: .4rem 0; }
.chips span { padding: .1rem .6rem; border-radius: 1rem; border: 1px solid var(--border-color-primary); background: var(--background-fill-primary); font-size: .95rem; font-variant-numeric: tabular-nums; }
p { margin: .35rem 0; font-size: 1.1rem; line-height: 1.5; }
p:empty { display: none; }
.up { padding: .3rem .8rem; border: 1px solid var(--border-color-primary); border-radius: .5rem; background: var(--button-secondary-background-fill); color: var(--body-text-color); cursor: pointer; }
.steps { margin: 1rem 0 0; padding: 0; list-style: none; counter-reset: step; display: grid; gap: .7rem; }
.steps > li { padding: .6rem .9rem; border: 1px solid var(--border-color-primary); border-radius: .6rem; }
.steps .head { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; }
.steps .head b { font-weight: 600; }
.steps .head .left { margin-left: auto; font-variant-numeric: tabular-nums; color: color-mix(in srgb, var(--body-text-color) 74%, transparent); }
.steps .note { font-size: 1rem; color: var(--body-text-color); border-left: 4px solid #E69F00; padding-left: .6rem; }
.steps ul { list-style: none; margin: .3rem 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: .1rem 1.2rem; }
.steps ul li { font-size: .98rem; }
.steps s { text-decoration-thickness: 1px; }
.steps ul span { color: color-mix(in srgb, var(--body-text-color) 74%, transparent); margin-left: .5rem; }
"""
_ADVICE_JS = """
const $ = s => element.querySelector(s);
const node = (tag, cls, text) => {
  const e = document.createElement(tag); if (cls) e.className = cls; if (text != null) e.textContent = text; return e;
};
const step = one => {
  const li = node('li'), top = node('div', 'head');
  top.append(node('span', '', one.question), node('b', '', one.answer), node('span', 'left', one.left)); li.append(top);
  if (one.note) li.append(node('p', 'note', one.note));
  if (one.removed.length) {
    const ul = node('ul');
    one.removed.forEach(r => { const out = node('li'); out.append(node('s', '', r.name), node('span', '', r.why)); ul.append(out); });
    li.append(ul);
  }
  return li;
};
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null;
  element.style.display = data ? '' : 'none';
  if (!data) return;
  for (const key of ['cap', 'name', 'reason', 'runner', 'up']) $('.' + key).textContent = data[key];
  $('.chips').replaceChildren(...data.chips.map(text => node('span', '', text)));
  $('.steps').replaceChildren(...data.steps.map(step));
};
$('.up').onclick = () => {
  const row = document.querySelector('#board-table tr.chosen');
  if (row) row.scrollIntoView({block: 'center', behavior: 'smooth'});
};
watch('value', draw);
draw();
"""


class BoardView(JsonView):
    """columns: {key, name, text, high (sorted downwards first)}. rows: {cells: {t, s, v}, look, tone, find, csv, markdown}.

    v: what a column is sorted by, null last. csv, markdown: the lines before the rows. file: a name to keep it under. words.
    """

    html_template = _TABLE
    css_template = _TABLE_CSS
    js_on_load = _TABLE_JS


class AdviceView(JsonView):
    """cap, name, chips, reason, runner, up, and steps: {question, answer, left, note, removed: {name, why}}."""

    html_template = _ADVICE
    css_template = _ADVICE_CSS
    js_on_load = _ADVICE_JS
