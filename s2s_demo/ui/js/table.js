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
