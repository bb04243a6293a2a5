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
