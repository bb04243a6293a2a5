const node = (tag, cls, text) => { const n = document.createElement(tag); if (cls) n.className = cls; if (text != null) n.textContent = text; return n; };
const row = (cap, names, cls) => {
  const r = node('div', 'row'); r.appendChild(node('span', 'cap', cap));
  const list = node('div', 'toks'); names.forEach(n => list.appendChild(node('span', 'tok ' + (cls || ''), n)));
  r.appendChild(list); return r;
};
const net = (part, counted, words) => {
  const box = node('div', 'net'), n = part.names.length;
  const grid = node('div', 'lanes'); grid.style.setProperty('--n', n);
  const cells = counted ? part.names.map((_, i) => part.out[part.counted.indexOf(i)]) : [];
  if (counted) cells.forEach(name => { const c = node('span', name == null ? 'out none' : 'out', name == null ? '' : name);
    if (name != null) c.appendChild(node('i', '', 'L')); grid.appendChild(c); });
  if (counted) cells.forEach(name => grid.appendChild(node('span', 'up', name == null ? '' : '↑')));
  const bar = node('span', 'bar', part.of); grid.appendChild(bar);
  part.names.forEach(() => grid.appendChild(node('span', 'up', '↑')));
  part.names.forEach(name => grid.appendChild(node('span', part.given.includes(name) ? 'tok given' : 'tok', name)));
  box.appendChild(grid); return box;
};
const mask = m => {
  const box = node('figure', 'mask');
  box.appendChild(node('figcaption', '', m.title));
  const grid = node('div', 'cells'); grid.setAttribute('role', 'img'); grid.setAttribute('aria-label', m.label); grid.style.setProperty('--n', m.columns.length);
  grid.appendChild(node('span'));
  m.columns.forEach(c => grid.appendChild(node('span', 'col', c)));
  m.rows.forEach((r, i) => { grid.appendChild(node('span', 'rowname', r));
    m.may[i].forEach((on, j) => { const c = node('b', on ? 'may' : 'not'); c.title = r + ' → ' + m.columns[j] + ': ' + (on ? m.yes : m.no); grid.appendChild(c); }); });
  box.appendChild(grid); return box;
};
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null, all = element.querySelector('.shapes');
  all.replaceChildren();
  if (!data) return;
  if (data.problem) { all.appendChild(node('p', 'said', data.problem)); return; }
  data.cards.forEach(card => {
    const box = node('section', 'shape');
    box.append(node('h2', '', card.title), node('p', 'quiet', card.about), row('x', card.x), row('y', card.y, 'y'));
    card.parts.forEach((part, i) => { if (i) box.appendChild(node('div', 'copy', card.between)); box.appendChild(net(part, part.counted.length > 0)); });
    box.appendChild(node('p', 'loss', card.loss));
    const masks = node('div', 'masks'); card.masks.forEach(m => masks.appendChild(mask(m))); box.appendChild(masks);
    all.appendChild(box);
  });
};
watch('value', draw);
draw();
