// Draws one StartView: the picture of Seq2Seq, or a card a room; see start.py. All that comes from data is written with textContent.
const all = element.querySelector('.start');
const make = (tag, name, text) => { const one = document.createElement(tag); one.className = name || ''; if (text != null) one.textContent = text; return one; };
const here = new URL(window.location), GO_ALONG = ['lang', 'big', '__theme'];
const link = path => {
  const to = new URL(path, here.origin + here.pathname);
  GO_ALONG.forEach(name => { if (here.searchParams.has(name)) to.searchParams.set(name, here.searchParams.get(name)); });
  return to.href;
};
const tile = (kind, one, at) => {
  const t = make('span', 'tile ' + kind, one.name);
  if (one.hue != null) { t.classList.add('tag'); t.style.setProperty('--hue', one.hue); }
  t.style.setProperty('--at', at);
  return t;
};
const row = (choices, chosen, label, choose) => {
  const group = make('div', 'row'); group.setAttribute('role', 'group'); group.setAttribute('aria-label', label);
  group.append(...choices.map(one => {
    const b = make('button', '', (one.glyph ? one.glyph + ' ' : '') + one.title); b.type = 'button';
    b.setAttribute('aria-pressed', String(one.name === chosen));
    b.onclick = () => choose(one.name);
    return b;
  }));
  return group;
};
const ask = (data, more) => {
  all.classList.add('waiting');
  trigger('ask', {scene: data.scene, engine: data.engine, x: data.text, ...more});
};
const typed = data => {
  const box = make('input', 'x'); box.value = data.text; box.maxLength = 200; box.spellcheck = false;
  box.setAttribute('aria-label', data.words.type); box.title = data.words.type;
  box.onchange = () => ask(data, {x: box.value});
  return box;
};
const drawPicture = data => {
  const focus = document.activeElement, again = element.contains(focus) && focus.tagName === 'BUTTON' ? focus.textContent : '';
  const head = make('h1', '', data.words.head + ' '); head.append(make('b', '', data.words['head.end']));
  const top = make('div', 'top');
  top.append(row(data.scenes, data.scene, data.words.case, scene => ask(data, {scene, x: ''})), make('span', 'case', data.case || ''));
  const stage = make('div', 'stage'), x = make('div', 'side'), engine = make('div', 'engine'), y = make('div', 'side');
  const xs = make('div', 'tiles'), ys = make('div', 'tiles');
  xs.append(...data.x.map((name, i) => tile('x', {name}, i)));
  ys.append(...data.y.map((one, i) => tile('y', one, data.x.length + i)));
  x.append(xs, typed(data));
  engine.append(make('small', '', data.wiring), make('strong', '', data.of), make('small', '', [data.weights, data.took].filter(Boolean).join(' · ')));
  const verdict = make('div', 'verdict ' + (data.right === true ? 'right' : data.right === false ? 'wrong' : ''), data.problem || data.verdict || '');
  verdict.setAttribute('aria-live', 'polite');
  y.append(ys, verdict);
  const arrow = () => { const a = make('span', 'arrow', '→'); a.ariaHidden = 'true'; return a; };
  stage.append(x, arrow(), engine, arrow(), y);
  const room = make('a', 'into', data.words.room); room.href = link(data.room);
  all.replaceChildren(head, make('p', 'about', data.words.about), top, stage,
    row(data.engines, data.engine, data.of, engine => ask(data, {engine})), room);
  all.querySelectorAll('[aria-pressed=true]').forEach(b => { b.parentElement.scrollLeft = b.offsetLeft - b.parentElement.offsetLeft - 40; });
  if (again) [...all.querySelectorAll('button')].find(b => b.textContent === again)?.focus();
};
const grid = (name, ones) => { const box = make('div', name); box.append(...ones.map(card)); return box; };
const card = one => {
  const card = make('a', 'card' + (one.door ? ' door' : '')); card.href = link(one.path);
  const head = make('h2', '', one.title); if (one.case) head.append(make('small', '', one.case));
  const line = make('div', 'tiles');
  line.append(...one.x.map(name => make('span', 'tile x', name)));
  if (one.y.length) line.append(make('span', 'arrow', '→'), ...one.y.map((y, i) => tile('y', y, i)));
  card.append(head, line);
  if (one.about) card.append(make('p', 'quiet', one.about));
  return card;
};
const drawCards = data => all.replaceChildren(grid('doors', data.doors), grid('cards', data.cards));
const draw = () => {
  const data = props.value ? JSON.parse(props.value) : null;
  all.classList.remove('waiting');
  all.classList.toggle('empty', !data);
  if (data) data.cards ? drawCards(data) : drawPicture(data);
};
watch('value', draw);
draw();
