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
$('.copy').onclick = async () => { await copied([...data.markdown, ...shown().map(r => r.markdown)].join('\n') + '\n'); said(data.words.copied); };
$('.csv').onclick = () => {
  const text = '\ufeff' + [data.csv, ...shown().map(r => r.csv)].join('\r\n') + '\r\n';
  const a = node('a'), url = URL.createObjectURL(new Blob([text], {type: 'text/csv;charset=utf-8'}));
  a.href = url; a.download = data.file + '.csv'; a.click(); setTimeout(() => URL.revokeObjectURL(url), 10000);
};
watch('value', draw);
draw();
