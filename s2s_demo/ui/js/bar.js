// The bar over every page and the row of a room's tasks; called by gr.HTML once for each, see bar.py.
// What a visitor chose for himself (language, big type, light or dark) goes along every link; dark also outlives a reload.
window.s2sBar = element => {
const here = new URL(window.location), GO_ALONG = ['lang', 'big', '__theme'];
const lang = (here.searchParams.get('lang') || navigator.language).slice(0, 2).toLowerCase();
const store = name => { try { return localStorage.getItem(name); } catch { return null; } };
const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* a browser that keeps nothing */ } };
element.querySelectorAll('nav a, a.brand').forEach(a => {
  const to = new URL(a.getAttribute('href'), here.origin + here.pathname);
  GO_ALONG.forEach(name => { if (here.searchParams.has(name)) to.searchParams.set(name, here.searchParams.get(name)); });
  a.href = to;
});
const say = (part, name) => part.dataset[name + lang[0].toUpperCase() + lang.slice(1)] || part.dataset[name + 'En'];
element.querySelectorAll('[data-text-en]').forEach(part => { part.textContent = say(part, 'text'); });
element.querySelectorAll('[data-label-en]').forEach(part => { part.ariaLabel = say(part, 'label'); });
element.querySelectorAll('a.lang').forEach(a => {
  a.classList.toggle('on', a.dataset.lang === lang);
  a.lang = a.dataset.lang;
  a.addEventListener('click', () => {  // with whatever the address has come to say since
    const to = new URL(window.location); to.searchParams.set('lang', a.dataset.lang); a.href = to;
  });
});
const shade = element.querySelector('.shade'), big = element.querySelector('.big'), copy = element.querySelector('.copy');
if (!shade) return;
shade.ariaLabel = shade.title = say(shade, 'name');
big.title = say(big, 'name'); big.ariaLabel = `${big.textContent} · ${big.title}`;
if (!here.searchParams.has('__theme') && store('shade')) document.body.classList.toggle('dark', store('shade') === 'dark');
shade.onclick = () => keep('shade', document.body.classList.toggle('dark') ? 'dark' : 'light');
document.body.classList.toggle('big', here.searchParams.get('big') === '1');
big.ariaPressed = String(document.body.classList.contains('big'));
big.onclick = () => {
  const on = document.body.classList.toggle('big'), now = new URL(window.location);
  if (on) now.searchParams.set('big', '1'); else now.searchParams.delete('big');
  history.replaceState(history.state, '', now);
  window.location.reload();  // figures are drawn in the size of the type
};
copy.onclick = async () => {
  const before = copy.textContent;
  try { await navigator.clipboard.writeText(window.location.href); } catch {
    const box = document.createElement('textarea'); box.value = window.location.href; document.body.append(box);
    box.select(); document.execCommand('copy'); box.remove();
  }
  copy.textContent = say(copy, 'said');
  setTimeout(() => { copy.textContent = before; }, 1500);
};
const links = JSON.parse(element.querySelector('header').dataset.links);
if (Object.keys(links.controls).length || links.copy) window.s2sLinks(links, say(element.querySelector('header'), 'ignored'));
const menus = [...element.querySelectorAll('details')];
menus.forEach(menu => {
  menu.addEventListener('toggle', () => { if (menu.open) menus.forEach(other => { if (other !== menu) other.open = false; }); });
  menu.addEventListener('keydown', e => { if (e.key === 'Escape') { menu.open = false; menu.firstElementChild.focus(); } });
});
document.addEventListener('click', e => menus.forEach(menu => { if (!menu.contains(e.target)) menu.open = false; }));
element.querySelector('nav .on')?.scrollIntoView({block: 'nearest', inline: 'center'});
const aim = () => document.querySelectorAll('[id^=engine-] input:checked, [id^=approach-] input:checked').forEach(one => {  // on a phone the row scrolls
  const label = one.closest('label'), row = label.parentElement;
  if (row.scrollWidth > row.clientWidth) row.scrollLeft = label.offsetLeft - row.offsetLeft - (row.clientWidth - label.offsetWidth) / 2;
});
[300, 1500].forEach(later => setTimeout(aim, later));
if (here.pathname !== new URL(element.querySelector('.brand').href).pathname)
  document.title = say(element.querySelector('header'), 'title') + ' · Seq2Seq Lab';
};
