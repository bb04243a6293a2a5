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
