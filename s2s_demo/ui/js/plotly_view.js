// Draws the figure of one PlotlyView; called by gr.HTML once for each, see plotly_view.py.
// Figures take turns, and one that changes all the time leaves the page as much time as it takes: of values that come faster than
// they are drawn the newest alone is. A drawing that does not end holds up the others for LONG at most.
window.s2sTurn = Promise.resolve();
window.s2sPlotly = (element, props, trigger, watch, clicked) => {
const P = window.Plotly, LONG = 5000, div = element.querySelector('.plt');
let wired = false, chosen = null, linked = false, waiting = false, last = -Infinity;
const ink = () => getComputedStyle(element).getPropertyValue('--body-text-color').trim() || '#444';
const mark = () => {
  if (!linked || chosen === null || !div._fullLayout || !div.offsetWidth) return;
  P.relayout(div, {shapes: [{type:'rect', xref:'paper', x0:0, x1:1, y0:chosen-.5, y1:chosen+.5,
                             line:{color:'#D55E00', width:3}}]});
};
function draw() {
  if (waiting) return;
  waiting = true;
  window.s2sTurn = window.s2sTurn.then(async () => {
    waiting = false;
    const began = performance.now(), again = began - last < 2000;
    await Promise.race([paint().catch(reportError), new Promise(on => setTimeout(on, LONG))]);
    last = performance.now();
    await new Promise(free => setTimeout(free, again ? last - began : 0));
  });
}
async function paint() {
  div.style.display = props.value ? '' : 'none';
  if (!props.value || !div.offsetWidth) return;
  const f = JSON.parse(props.value);
  linked = !!props.channel && !(f.layout.meta && f.layout.meta.rows === 'states');
  const layout = {...f.layout, autosize: true, font: {...(f.layout.font || {}), color: ink()}};
  delete layout.width;
  if (div.offsetWidth < 480) narrow(layout, f.data.filter(t => t.name && t.showlegend !== false));
  div.style.height = (layout.height || 360) + 'px';
  div.setAttribute('aria-label', named(f));
  await P.react(div, {data: f.data, layout, config: {displaylogo: false, displayModeBar: false,
                      showSendToCloud: false, plotlyServerURL: '', responsive: false}});
  if (!wired) {
    wired = true;
    div.on('plotly_click', e => { if (linked) trigger(clicked, {row: e.points[0].y}); });
    div.on('plotly_hover', e => { if (linked) say(e.points[0].y, e.points[0].x); });
    div.on('plotly_unhover', () => { if (linked) say(null, null); });
  }
  mark();
}
const narrow = (layout, lines) => {  // on a phone: words that would lie on each other stand aslant, and of a tag its first half is enough
  const names = (layout.xaxis && layout.xaxis.ticktext) || [], long = names.join('').length * 14 > div.offsetWidth - 120;
  if (long || linked && names.some(t => t.length > 2)) layout.xaxis = {...layout.xaxis, tickangle: -60, automargin: true};
  if (long && layout.legend && layout.legend.y < 0) {  // beneath the words, with room of its own
    const room = 22 * lines.length;
    layout.height = (layout.height || 360) + room;
    layout.margin = {...layout.margin, b: room + 110};
    layout.legend = {...layout.legend, yref: 'container', y: 0, yanchor: 'bottom'};
  }
  if (linked && layout.yaxis && layout.yaxis.ticktext)
    layout.yaxis = {...layout.yaxis, ticktext: layout.yaxis.ticktext.map(t => t.split('/')[0] || t)};
};
const named = f => {  // for who does not see it: what is drawn against what, the names of its lines, or of its panels
  const axis = a => (a && a.title && a.title.text) || '', bars = f.data.map(t => axis(t.colorbar));
  const lines = f.data.filter(t => t.name && t.showlegend !== false).map(t => t.name);
  const told = [...new Set([axis(f.layout.yaxis), axis(f.layout.xaxis), ...bars, ...lines])].filter(Boolean);
  return (told.length ? told : (f.layout.annotations || []).map(a => a.text.replace(/<[^>]*>/g, ' '))).join(', ');
};
const say = (row, column) => window.dispatchEvent(
  new CustomEvent('s2s:look', {detail: {channel: props.channel, row, column}}));
window.addEventListener('s2s:step', e => {
  if (props.channel && e.detail.channel === props.channel) { chosen = e.detail.row; mark(); }
});
watch('value', draw);
if (props.channel) window.dispatchEvent(new CustomEvent('s2s:ask', {detail: {channel: props.channel}}));
new ResizeObserver(() => {
  if (!div.offsetWidth) return;
  div._fullLayout ? P.Plots.resize(div) : draw();
}).observe(div);
new MutationObserver(draw).observe(document.body, {attributes: true, attributeFilter: ['class']});
draw();
};
