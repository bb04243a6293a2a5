// Every state is a link: what the address says is set when a page opens, and what is chosen is written into the address, without a reload.
// controls: {name in the address: id of the element}. ready: what stands there once the page has answered for the first time.
window.s2sLinks = ({controls, ready, steps, copy}, ignored) => {
const LONGEST = 1500, PATIENCE = 20000, REST = 350;
const wait = time => new Promise(done => setTimeout(done, time));
const root = name => document.getElementById(controls[name]);
const options = part => [...part.querySelectorAll('input[type=radio]')];
const box = part => part.querySelector('textarea, input[type=number], input[type=text]');
const read = name => {
  const part = root(name);
  if (!part) return null;
  const chosen = options(part);
  return chosen.length ? chosen.find(one => one.checked)?.value ?? null : box(part)?.value ?? null;
};
const type = (field, value) => {
  const kind = field.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(field, value);
  field.dispatchEvent(new Event('input', {bubbles: true}));
  field.dispatchEvent(new Event('change', {bubbles: true}));
};
const write = async (name, value) => {  // false: the page knows no such value
  const part = root(name);
  if (!part) return false;
  if (options(part).length) {
    const option = options(part).find(one => one.value === value);
    if (option && !option.checked) option.click();
    return !!option;
  }
  const field = box(part);
  if (!field || (field.type === 'number' && (value === '' || isNaN(value)))) return false;
  if (field.value !== value) {
    type(field, value);
    await wait(120);  // until the page has taken what was typed
    field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
    field.dispatchEvent(new KeyboardEvent('keypress', {key: 'Enter', bubbles: true}));
  }
  return field.value === value;
};
const stands = async selector => {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(60)) if (document.querySelector(selector)) return true;
  return false;
};
let touched = false;
let drawn = 0;  // when the answer was drawn last
if (steps) window.addEventListener('s2s:step', e => { if (steps.startsWith(`#answer-${e.detail.channel} `)) drawn = Date.now(); });
const settled = async since => {  // an answer newer than that stands, and no other follows it
  for (const until = Date.now() + PATIENCE; Date.now() < until; await wait(60)) if (drawn > since && Date.now() - drawn > 700) return;
};
const keepAt = async at => {  // an answer that was still on its way chooses a step of its own: until none comes, or a hand is on the page
  for (let since = Date.now(), clicks = 0; Date.now() - since < 2000 && clicks < 5 && !touched; await wait(100)) {
    const cell = document.querySelectorAll(steps)[at];
    if (cell && !cell.classList.contains('on')) { cell.click(); clicks++; since = Date.now(); await wait(300); }
  }
};
const usual = {};
const follow = async () => {
  const asked = new URL(window.location).searchParams, names = Object.keys(controls).filter(name => asked.has(name));
  const unknown = [];
  if (names.length || asked.has('step')) document.body.classList.add('following');
  await stands(names.length ? '#' + controls[names[0]] : ready || 'body');
  if (ready) await stands(ready);
  Object.keys(controls).forEach(name => { usual[name] = read(name); });
  let changed = 0;
  for (const name of names) {
    const value = asked.get(name).slice(0, LONGEST);
    const before = read(name);
    if (!await write(name, value)) unknown.push(`${name}=${value.slice(0, 40)}`);
    if (read(name) !== before) changed = Date.now() - 60;
    await wait(60);
  }
  const step = asked.get('step');
  if (step !== null && steps) {
    if (changed) await settled(changed);
    const at = /^\d{1,4}$/.test(step) ? Number(step) - 1 : -1;
    if (!document.querySelectorAll(steps)[at]) unknown.push(`step=${step.slice(0, 40)}`);
    else keepAt(at);
  }
  document.body.classList.remove('following');
  if (unknown.length) {
    const note = document.createElement('p'); note.className = 'link-note'; note.setAttribute('role', 'status');
    note.textContent = ignored + ' ' + unknown.join(', ');
    document.getElementById('bar').after(note);
  }
};
let timer = 0;
const tell = () => {
  if (!touched) return;
  const now = new URL(window.location), before = now.href;
  Object.keys(controls).forEach(name => {
    const value = read(name);
    if (value !== null && value !== usual[name] && value.length <= LONGEST) now.searchParams.set(name, value);
    else now.searchParams.delete(name);
  });
  if (now.href !== before) history.replaceState(history.state, '', now);
};
const later = () => { clearTimeout(timer); timer = setTimeout(tell, REST); };
const set = (name, value) => {  // browsers allow only so many changes of the address in half a minute
  const now = new URL(window.location);
  if (now.searchParams.get(name) === String(value)) return;
  now.searchParams.set(name, value); history.replaceState(history.state, '', now);
};
['pointerdown', 'keydown'].forEach(kind => document.addEventListener(kind, e => { if (e.isTrusted) touched = true; }, true));
['click', 'change', 'keyup'].forEach(kind => document.addEventListener(kind, later));
if (steps) window.addEventListener('s2s:step', e => {
  if (touched && steps.startsWith(`#answer-${e.detail.channel} `)) set('step', e.detail.row + 1);
});
if (copy) new MutationObserver(() => {  // a link that the page gives itself, as to a run in training
  const run = document.querySelector(copy)?.href;
  if (run) set('run', new URL(run).searchParams.get('run'));
}).observe(document.body, {childList: true, subtree: true});
follow();
};
