// Draws one FilmView; called by gr.HTML once for each, see film_view.py.
window.s2sFilm = (element, props, trigger, watch, picked) => {
const $ = s => element.querySelector(s);
let data = null, chosen = 0, shown = 0, telling = 0, aimed = -1, mute = false, laid = {};
const player = () => document.querySelector('#' + props.player + " video:not([data-testid='webcam-video'])");
const percent = p => (p * 100).toFixed(p > .9995 ? 0 : 1) + '%';
const clock = s => s.toFixed(2) + ' s';
const node = (tag, cls, text) => {
  const e = document.createElement(tag); e.className = cls || ''; if (text != null) e.textContent = text; return e;
};
const paint = (e, i) => {
  const look = data.labels[i];
  e.style.setProperty('--tone', look.colour); e.style.setProperty('--ink', look.ink);
  e.classList.toggle('striped', look.striped); return e;
};
const named = i => { const l = data.labels[i]; return l.means && l.means !== l.says ? l.says + ': ' + l.means : l.says; };
const numbered = i => (i + 1) + ' ' + data.labels[i].says;
const runs = ys => {
  const out = [];
  ys.forEach((y, i) => { if (i && ys[i - 1] === y) out[out.length - 1].to = i + 1; else out.push({label: y, from: i, to: i + 1}); });
  return out;
};
const ends = i => i < data.n ? data.seconds[i] : data.seconds[data.n - 1] + data.lasts;
const span = run => clock(data.seconds[run.from]) + ' – ' + clock(ends(run.to));

const thumb = (e, frame) => {
  const s = data.strip, i = data.n > 1 ? Math.round(frame / (data.n - 1) * (s.frames - 1)) : 0;
  const x = i % s.across, y = Math.floor(i / s.across);
  e.style.backgroundSize = s.across * 100 + '% ' + s.rows * 100 + '%';
  e.style.backgroundPosition = x / (s.across - 1) * 100 + '% ' + (s.rows > 1 ? y / (s.rows - 1) * 100 : 0) + '%';
};
const lay = () => {
  if (!data || !data.n || !element.offsetWidth) return;
  const time = $('.time'), many = Math.max(1, Math.min(data.n, Math.floor(element.offsetWidth / 60)));
  time.style.maxWidth = Math.max(240, data.n * 64) + 'px';
  if (laid.of === data && laid.many === many) return;
  laid = {of: data, many};
  $('.strip').replaceChildren(...Array.from({length: many}, (_, i) => {
    const e = node('span', 'frame'); thumb(e, Math.min(data.n - 1, Math.floor((i + .5) * data.n / many))); return e;
  }));
  const length = ends(data.n), step = [.1, .2, .5, 1, 2, 5, 10, 20].find(s => length / s <= many / 1.2) || 30;
  $('.axis').replaceChildren(...Array.from({length: Math.floor(length * .97 / step) + 1}, (_, i) => {
    const e = node('span', '', (i * step).toFixed(step < 1 ? 1 : 0) + ' s'); e.style.left = i * step / length * 100 + '%'; return e;
  }));
};
const band = (where, list, words) => {
  where.setAttribute('aria-label', words);
  where.replaceChildren(...list.map(run => {
    const e = paint(node('button', 'run', numbered(run.label)), run.label);
    e.type = 'button'; e.tabIndex = -1;
    e.style.left = run.from / data.n * 100 + '%'; e.style.width = (run.to - run.from) / data.n * 100 + '%';
    e.title = named(run.label) + ' · ' + span(run);
    e.setAttribute('aria-label', words + ': ' + numbered(run.label) + ' · ' + e.title);
    e.onclick = () => choose(run.from, true);
    return e;
  }));
};
const bars = weights => weights.map((w, i) => w ? `M${i} 1v${-w}h1v${w}z` : '').join('');
const line = p => 'M0 1' + p.map((v, i) => `L${i} ${1 - v}L${i + 1} ${1 - v}`).join('') + `L${p.length} 1Z`;

const mark = frame => {
  shown = frame;
  const at = $('.time > .cursor'), label = data.labels[data.y[frame]], truth = data.truth && data.labels[data.truth[frame]];
  at.style.left = frame / data.n * 100 + '%'; at.style.width = 100 / data.n + '%';
  const facts = data.words.frame + ' ' + (frame + 1) + ' / ' + data.n + ' · ' + clock(data.seconds[frame]);
  const sure = data.words.confidence + ' ' + percent(data.p[frame]);
  const right = truth ? ' · ' + (truth === label ? '✓' : '✗') + ' ' + data.words.truth + ': ' + truth.says : '';
  $('.what').textContent = label.says; paint($('.what'), data.y[frame]);
  $('.facts').textContent = facts + ' · ' + sure + right;
  thumb($('.thumb'), frame);
  $('.strip').setAttribute('aria-valuenow', frame + 1);
  $('.strip').setAttribute('aria-valuetext', facts + ' · ' + label.says + ' · ' + sure + right);
  const list = $('.events'), on = data.events.findIndex(run => frame < run.to);
  [...list.children].forEach((li, i) => li.firstChild.classList.toggle('on', i === on));
  const li = list.children[on];  // the list alone is scrolled, never the page
  if (li && (li.offsetTop < list.scrollTop || li.offsetTop + li.offsetHeight > list.scrollTop + list.clientHeight))
    list.scrollTop = li.offsetTop - list.clientHeight / 2;
  gaze(frame); rank(frame);
};
const gaze = row => {
  const weights = data.matrix && data.matrix[row];
  $('.capl').style.display = $('.gaze').style.display = weights ? '' : 'none';
  if (!weights) return;
  $('.bars').setAttribute('d', bars(weights));
  $('.nowhere').setAttribute('d', bars(weights.map(w => w === null ? 1 : 0)));  // no path is not the same as nothing left
};
const rank = row => {
  const five = data.top && data.top[row] ? data.top[row] : [];
  $('.capr').textContent = five.length ? data.words.top : '';
  $('.top').replaceChildren(...five.map(one => {
    const li = node('li'), bar = node('i'); bar.style.width = (one.p * 100).toFixed(1) + '%';
    li.append(bar, node('b', '', one.name), node('span', '', percent(one.p)));
    return li;
  }));
};
const choose = (frame, seek, quiet) => {
  if (!data || !data.n) return;
  chosen = Math.max(0, Math.min(data.n - 1, frame)); mark(chosen);
  window.dispatchEvent(new CustomEvent('s2s:step', {detail: {channel: props.channel, row: chosen}}));
  const video = seek && player();
  if (video) {
    aimed = Math.min(data.seconds[chosen] + data.lasts / 2, video.duration || Infinity);  // a last frame may be cut short
    video.pause(); video.currentTime = aimed;
  }
  clearTimeout(telling);
  if (!quiet) telling = setTimeout(() => trigger(picked, {row: chosen}), 150);  // a key held down tells once
};
const tell = () => $('.notices').replaceChildren(...[...(data && data.notices || []), ...(mute && data && data.n ? [data.words.unplayable] : [])]
  .map(text => node('p', 'notice', text)));
const draw = () => {
  data = props.value ? JSON.parse(props.value) : null;
  element.querySelector('.film').classList.toggle('bad', !!(data && data.problem));
  $('.said').textContent = data ? (data.problem || data.said || '') : '';
  $('.verdict').textContent = data && data.verdict ? data.verdict : '';
  $('.verdict').className = 'verdict ' + (data && data.right === true ? 'right' : data && data.right === false ? 'wrong' : '');
  tell();
  $('.seen').style.display = data && data.n ? '' : 'none';
  if (!data || !data.n) return;
  const w = data.words;
  element.querySelector('.film').style.setProperty('--sheet', 'url(' + data.strip.src + ')');
  $('.capx').textContent = w.strip; $('.capl').textContent = w.lens; $('.capt').textContent = w.truth; $('.capy').textContent = w.mine;
  $('.capc').textContent = w.sure; $('.cape').textContent = w.events; $('.keys').textContent = w.keys;
  $('.strip').setAttribute('aria-label', w.strip); $('.sure').setAttribute('aria-label', w.sure);
  $('.strip').setAttribute('aria-valuemin', 1); $('.strip').setAttribute('aria-valuemax', data.n);
  $('.csv').title = w.csv; $('.srt').title = w.srt;
  ['.gaze', '.sure'].forEach(s => $(s).setAttribute('viewBox', '0 0 ' + data.n + ' 1'));
  $('.sure path').setAttribute('d', line(data.p));
  lay();
  $('.capt').style.display = $('.truth').style.display = data.truth ? '' : 'none';
  band($('.truth'), data.truth ? runs(data.truth) : [], w.truth);
  band($('.mine'), data.events, w.mine);
  $('.events').replaceChildren(...data.events.map(run => {
    const li = node('li'), b = node('button', 'event'); b.type = 'button';
    b.append(paint(node('span', 'chip', numbered(run.label)), run.label), node('span', 'when', span(run)), node('span', 'sureness', percent(run.p)));
    b.title = named(run.label);
    b.onclick = () => choose(run.from, true);
    li.append(b); return li;
  }));
  choose(Math.min(data.step || 0, data.n - 1), false, true);
};

const strip = $('.strip');
strip.onclick = e => {
  const box = strip.getBoundingClientRect();
  strip.focus(); choose(Math.floor((e.clientX - box.left) / box.width * data.n), true);
};
strip.onkeydown = e => {
  const to = {ArrowRight: chosen + 1, ArrowLeft: chosen - 1, PageDown: chosen + 10, PageUp: chosen - 10, Home: 0, End: data.n - 1}[e.key];
  if (to !== undefined) { e.preventDefault(); choose(to, true); }
};
const gazeAt = (column, row) => {
  const at = $('.time > .hov');
  at.style.display = column === null ? 'none' : 'block';
  if (column !== null) { at.style.left = column / data.n * 100 + '%'; at.style.width = 100 / data.n + '%'; }
  gaze(row);
};
window.addEventListener('s2s:look', e => {
  if (e.detail.channel !== props.channel || !data || !data.n) return;
  e.detail.row === null ? gazeAt(null, shown) : gazeAt(e.detail.column, e.detail.row);
});
window.addEventListener('s2s:ask', e => { if (e.detail.channel === props.channel) choose(chosen, false, true); });

const frameOf = video => Math.max(0, Math.min(data.n - 1, Math.floor(video.currentTime / data.lasts + 1e-3)));
const follow = () => {
  const video = player();
  if (!video || video.paused || !data || !data.n) return;
  if (frameOf(video) !== shown) mark(frameOf(video));
  requestAnimationFrame(follow);
};
const mine = (kind, then) => document.addEventListener(kind, e => {  // media events do not bubble, but they can be caught on the way down
  if (data && data.n && e.target === player()) then(e.target);
}, true);
const settle = video => {
  if (video.paused && Math.abs(video.currentTime - aimed) > .005 && frameOf(video) !== chosen) choose(frameOf(video), false);
};
mine('play', follow); mine('pause', settle); mine('seeked', settle); mine('ended', settle);
['error', 'loadeddata'].forEach(kind => document.addEventListener(kind, e => {
  if (e.target === player()) { mute = kind === 'error'; tell(); }
}, true));

const keep = (text, type, end) => {
  const a = node('a'), url = URL.createObjectURL(new Blob([text], {type: type + ';charset=utf-8'}));
  a.href = url; a.download = data.file + end; a.click(); setTimeout(() => URL.revokeObjectURL(url), 10000);
};
const cell = text => {  // a spreadsheet takes what begins so for a formula
  const plain = /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  return /[",\n\r]/.test(plain) ? '"' + plain.replaceAll('"', '""') + '"' : plain;
};
const stamp = s => {
  const ms = Math.round(s * 1000), two = n => String(n).padStart(2, '0');
  return two(Math.floor(ms / 3600000)) + ':' + two(Math.floor(ms / 60000) % 60) + ':' + two(Math.floor(ms / 1000) % 60) + ',' + String(ms % 1000).padStart(3, '0');
};
$('.csv').onclick = () => {
  const rows = data.y.map((y, i) => [i + 1, data.seconds[i].toFixed(3), cell(data.labels[y].name), data.p[i].toFixed(4),
    data.truth ? cell(data.labels[data.truth[i]].name) : ''].join(','));
  keep('\ufeff' + ['frame,second,label,confidence,truth', ...rows].join('\r\n') + '\r\n', 'text/csv', '.csv');
};
$('.srt').onclick = () => keep(data.events.map((run, i) =>
  (i + 1) + '\n' + stamp(data.seconds[run.from]) + ' --> ' + stamp(ends(run.to)) + '\n' + data.labels[run.label].says + '\n').join('\n'),
  'application/x-subrip', '.srt');
new ResizeObserver(lay).observe(element);
watch('value', draw);
draw();
};
