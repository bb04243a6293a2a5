const $ = s => element.querySelector(s);
let data = null, at = 0;
const node = (tag, text, cls) => { const n = document.createElement(tag); n.textContent = text; if (cls) n.className = cls; return n; };
const percent = p => (p * 100).toFixed(p > .9995 ? 0 : 1) + '%';
const list = (where, rows) => $(where).replaceChildren(...rows.map(([name, share, told, cls]) => {
  const li = node('li', '', cls || ''), bar = document.createElement('i');
  bar.style.width = (share * 100).toFixed(1) + '%';
  li.append(bar, node('b', name), node('span', told));
  return li;
}));
const choose = (k, focus) => {
  if (!data || k < 0 || k >= data.steps.length) return;
  at = k;
  element.querySelectorAll('.stage button').forEach(b => {
    const on = +b.dataset.k === k; b.setAttribute('aria-pressed', on); b.classList.toggle('on', on);
    b.tabIndex = on ? 0 : -1;
    if (on && focus && b.dataset.row === focus) b.focus();
  });
  const s = data.steps[k], w = data.words;
  $('.n0').textContent = s.top.length ? w.top_free : ''; $('.n1').textContent = s.forced_top.length ? w.top_forced : '';
  $('.n2').textContent = s.beams.length ? w.beam : '';
  list('.t0', s.top.map(([n, p]) => [n, p, percent(p)]));
  list('.t1', s.forced_top.map(([n, p]) => [n, p, percent(p), n === (s.truth || {}).name ? 'true' : '']));
  list('.t2', s.beams.map(b => [b.text, Math.exp(b.log_p), (b.log_p > -.005 ? 0 : b.log_p).toFixed(2)]));
};
const draw = () => {
  data = props.value ? JSON.parse(props.value) : null;
  $('.theatre').style.display = data ? '' : 'none';
  const stage = $('.stage'); stage.replaceChildren();
  if (!data) return;
  stage.style.setProperty('--n', data.steps.length);
  stage.style.gridTemplateColumns = 'max-content repeat(' + data.steps.length + ', minmax(2.6rem, max-content))';
  for (const row of ['free', 'forced', 'truth']) {
    if (!data.steps.some(s => s[row])) continue;
    stage.appendChild(node('div', data.words[row], 'cap'));
    data.steps.forEach((s, k) => {
      const one = s[row];
      if (!one) { stage.appendChild(node('div', '')); return; }
      const b = node('button', '', one.wrong ? 'tok miss' : 'tok'); b.type = 'button'; b.dataset.k = k; b.dataset.row = row;
      b.append(node('span', one.name), ' ', node('small', percent(one.p)));
      b.setAttribute('aria-label', data.words[row] + ' ' + (k + 1) + ': ' + one.name + ' ' + percent(one.p) + (one.wrong ? ', ' + data.words.wrong : ''));
      b.onclick = () => choose(k);
      b.onkeydown = e => {
        const to = e.key === 'ArrowRight' ? k + 1 : e.key === 'ArrowLeft' ? k - 1 : -1;
        if (to >= 0) { e.preventDefault(); choose(to, row); }
      };
      stage.appendChild(b);
    });
  }
  choose(Math.min(data.chosen || 0, data.steps.length - 1));
};
watch('value', draw);
draw();
