/**
 * What colleagues do, as it happens: server-sent events, resumed from where they broke off. Own changes come back the same way
 * and change nothing, because the store knows their versions.
 *
 * @module
 */

/** @typedef {import('./types.js').App} App */

/**
 * @param {App} app
 * @param {{assigned: (state: import('./types.js').State) => void}} hooks
 */
export function listenLive(app, { assigned }) {
  let last = app.data.seq;
  let pause = 1000;
  /** @type {EventSource | null} */
  let source = null;

  const connect = () => {
    source = new EventSource(`${app.api.base}/events?since=${last}&document=${app.data.document.id}`, { withCredentials: true });
    source.addEventListener('open', () => {
      pause = 1000;
      if (app.queue.down) app.queue.retry();
    });
    source.addEventListener('error', () => {
      // The browser tries again by itself, from the last event; only when it has given up is it for us to begin anew.
      if (source?.readyState !== EventSource.CLOSED) return;
      setTimeout(connect, pause);
      pause = Math.min(30_000, pause * 2);
    });
    on('coding', (data) => {
      const { coding, id, before, merged } = data;
      if (coding && coding.document !== undefined && coding.document !== app.data.document.id) return;
      if (coding) app.store.apply({ type: 'put', coding, merged });
      else app.store.apply({ type: 'drop', id: Number(id), version: before?.version });
    });
    on('comment', (data) => {
      const subject = data.subject ?? data.comment?.subject;
      if (subject?.kind === 'passage' || (typeof subject === 'string' && subject.startsWith('passage'))) {
        void app.notes.load();
        return;
      }
      const id = Number(typeof subject === 'string' ? subject.split(':')[1] : subject?.id);
      if (!Number.isFinite(id) || (typeof subject === 'object' && subject.kind !== 'coding')) return;
      const key = `coding:${id}`;
      const by = data.verb === 'delete' ? -1 : data.verb === 'update' ? 0 : 1;
      app.comments.set(key, Math.max(0, (app.comments.get(key) ?? 0) + by));
      const group = app.store.groupOf.get(id);
      if (group) app.redraw([[group.start, group.end]]);
      if (app.card.id === id) void app.card.loadComments();
    });
    on('assignment', (data) => {
      const user = data.user ?? data.coder ?? data.actor?.id;
      const state = data.state ?? data.after?.state;
      if (Number(user?.id ?? user) === app.data.me.id && typeof state === 'string') assigned(/** @type {any} */ (state));
    });
    on('codebook', () => void app.refreshCodebook());
    on('presence', (data) => app.bar.presence(data.here ?? []));
  };

  /**
   * @param {string} name
   * @param {(data: any) => void} take
   */
  function on(name, take) {
    source?.addEventListener(name, (/** @type {MessageEvent} */ event) => {
      if (event.lastEventId !== '') last = Math.max(last, Number(event.lastEventId) || 0);
      /** @type {any} */
      let data;
      try {
        data = JSON.parse(event.data);
      } catch {
        return;
      }
      take(data);
    });
  }

  connect();
  addEventListener('online', () => {
    app.queue.retry();
    if (source?.readyState === EventSource.CLOSED) connect();
  });
  addEventListener('pagehide', () => source?.close());
  addEventListener('pageshow', (event) => { if (event.persisted) connect(); });
}
