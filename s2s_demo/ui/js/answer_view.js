// Draws one AnswerView; called by gr.HTML once for each, see answer_view.py.
window.s2sAnswer = (element, props, trigger, watch, picked) => {
const $ = s => element.querySelector(s);
let data = null, chosen = 0, shown = 0;
const cell = (name, tag) => {
  const c = document.createElement(tag); c.className = 'tok';
  const n = document.createElement('span'); n.textContent = name; c.appendChild(n);
  return c;
};
const tint = (row) => {
  const weights = data && data.matrix ? data.matrix[row] : null;
  [...$('.xs').children].forEach((c, i) => {
    const w = weights && weights[i] != null ? weights[i] : 0;
    c.style.setProperty('--w', w.toFixed(3));
    c.classList.toggle('none', !!weights && weights[i] == null);
  });
  [...$('.ys').children].forEach((c, i) => { c.classList.toggle('on', i === row);
    c.setAttribute('aria-pressed', i === chosen ? 'true' : 'false'); });
};
const choose = (row, tell) => {
  if (!data || !data.y || row < 0 || row >= data.y.length) return;
  chosen = row; tint(row);
  window.dispatchEvent(new CustomEvent('s2s:step', {detail: {channel: props.channel, row}}));
  rank(row);
  if (tell) trigger(picked, {row});
};
const rank = (row) => {
  const five = data.top && data.top[row] ? data.top[row] : [];
  $('.capt').textContent = five.length ? data.words.top : '';
  $('.top').replaceChildren(...five.map(one => {
    const li = document.createElement('li');
    const bar = document.createElement('i'); bar.style.width = (one.p * 100).toFixed(1) + '%';
    const name = document.createElement('b'); name.textContent = one.name;
    const small = document.createElement('small'); small.textContent = one.group || '';
    const p = document.createElement('span'); p.textContent = (one.p * 100).toFixed(1) + '%';
    li.append(bar, name, small, p);
    return li;
  }));
};
const draw = () => {
  data = props.value ? JSON.parse(props.value) : null;
  const a = $('.answer');
  a.classList.toggle('bad', !!(data && data.problem));
  $('.said').textContent = data ? (data.problem || data.said || '') : '';
  $('.verdict').textContent = data && data.verdict ? data.verdict : '';
  $('.verdict').className = 'verdict ' + (data && data.right === true ? 'right' : data && data.right === false ? 'wrong' : '');
  $('.rows').style.display = data && data.y && data.y.length ? '' : 'none';
  $('.xs').replaceChildren(); $('.ys').replaceChildren();
  if (!data || !data.y) return;
  $('.capx').textContent = data.words.x; $('.capy').textContent = data.words.y; $('.keys').textContent = data.words.keys;
  data.x.forEach(name => $('.xs').appendChild(cell(name, 'span')));
  data.y.forEach((y, i) => {
    const c = cell(y.name, 'button'); c.type = 'button';
    if (y.over) { const o = document.createElement('em'); o.textContent = y.over; c.prepend(o); }
    if (y.hue != null) { c.classList.add('tag'); c.style.setProperty('--hue', y.hue); }
    if (y.wrong) { c.classList.add('miss'); const t = document.createElement('s'); t.textContent = y.wrong; c.append(t); }
    const p = (y.p * 100).toFixed(y.p > .9995 ? 0 : 1) + '%';
    c.title = (y.means ? y.name + ': ' + y.means + ' · ' : '') + data.words.confidence + ' ' + p;
    const bar = document.createElement('i'); bar.style.width = (y.p * 100).toFixed(1) + '%'; c.appendChild(bar);
    const small = document.createElement('small'); small.textContent = p; c.appendChild(small);
    if (y.part) c.classList.add('part');
    c.onclick = () => choose(i, true);
    c.onmouseenter = () => tint(i); c.onmouseleave = () => tint(chosen);
    c.onkeydown = e => {
      const to = e.key === 'ArrowRight' ? i + 1 : e.key === 'ArrowLeft' ? i - 1 : -1;
      if (to >= 0 && to < data.y.length) { e.preventDefault(); $('.ys').children[to].focus(); choose(to, true); }
    };
    $('.ys').appendChild(c);
  });
  choose(Math.min(data.step || 0, data.y.length - 1), false);
};
window.addEventListener('s2s:look', e => {
  if (e.detail.channel !== props.channel || !data || !data.y) return;
  if (e.detail.row === null) { tint(chosen); [...$('.xs').children].forEach(c => c.classList.remove('hov')); return; }
  tint(e.detail.row);
  [...$('.xs').children].forEach((c, i) => c.classList.toggle('hov', i === e.detail.column));
});
window.addEventListener('s2s:ask', e => { if (e.detail.channel === props.channel) choose(chosen, false); });
watch('value', draw);
draw();
};
