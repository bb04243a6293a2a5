// No answer is lost between two streams.
// Gradio's server ends the stream of answers when none is due; its page opens another when it hears that a question is queued while it
// has none. A question asked at that moment finds a stream that is over and not yet closed: nobody would read its answer, and the button
// that asked would stay dead. So word of a queued question waits until the stream has spoken of it, or is closed.
(() => {
const plain = window.fetch, PATIENCE = 5000, streams = new Set(), words = new TextDecoder();
let asking = 0, told = '', look = () => {};
const changed = () => { const before = look; look = () => {}; before(); };
const closed = stream => { streams.delete(stream); changed(); };
async function listen(request) {
  streams.add(request);
  request.signal.addEventListener('abort', () => closed(request));
  const reply = await plain(request).catch(e => { closed(request); throw e; });
  if (!reply.body) return reply;
  const tap = new TransformStream({transform(chunk, out) {
    out.enqueue(chunk);
    if (!asking) return;
    told += words.decode(chunk);
    changed();
  }});
  return new Response(reply.body.pipeThrough(tap), reply);
}
async function ask(...question) {
  asking++;
  try {
    const reply = await plain(...question), id = (await reply.clone().json().catch(() => ({}))).event_id;
    for (const until = Date.now() + PATIENCE; id && streams.size && !told.includes(id) && Date.now() < until;)
      await new Promise(on => { const others = look; look = () => { others(); on(); }; setTimeout(on, PATIENCE); });
    return reply;
  } finally {
    if (!--asking) told = '';
  }
}
window.fetch = (where, how) => {
  const path = new URL(where.url || where, location.href).pathname;
  if (path.endsWith('/queue/data')) return listen(new Request(where, how));
  return path.endsWith('/queue/join') ? ask(where, how) : plain(where, how);
};
})();
