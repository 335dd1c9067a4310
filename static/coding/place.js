/**
 * The address holds the place: `#coding-17`, `#passage-120-180`, `#p21`, `#page-3`, `#comment-9` open exactly there, and moving
 * about keeps the address in step, so that it can be copied at any time.
 *
 * @module
 */

/** @typedef {import('./types.js').App} App */

export class Place {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    addEventListener('hashchange', () => void this.open());
  }

  /** Goes where the address says. Answers whether it said anything. */
  async open() {
    const { app } = this;
    const [, kind, first, second] = /^#(coding|passage|comment|page|p)-?(\d+)(?:-(\d+))?$/.exec(location.hash) ?? [];
    if (!kind) return false;
    const number = Number(first);
    try {
      if (kind === 'coding') await this.#coding(number);
      else if (kind === 'passage' && second) await this.#passage(number, Number(second));
      else if (kind === 'p') await app.selection.paragraph(number - 1);
      else if (kind === 'page') await this.#page(number);
      else if (kind === 'comment') await this.#comment(number);
      return true;
    } catch {
      app.toasts.show(app.messages.t('ws-place-gone'), { sticky: true });
      return false;
    }
  }

  /** @param {number} id */
  async #coding(id) {
    const { app } = this;
    const coding = app.store.get(id) ?? (await app.api.get(`/codings/${id}`));
    if (!app.store.get(id)) app.store.apply({ type: 'put', coding });
    const group = app.store.groupOf.get(id);
    if (group) {
      await app.actions.goTo(group.key, id);
    } else {
      // It is there, but the filter hides it.
      app.filters.clear();
      const shown = app.store.groupOf.get(id);
      if (shown) await app.actions.goTo(shown.key, id);
    }
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  async #passage(start, end) {
    const { app } = this;
    const length = app.data.document.length;
    if (start >= end || end > length) throw new Error('outside');
    await app.window.findBlock(end - 1);
    await app.window.show(start, { end });
    app.selection.set(start, end, { editing: null });
    app.window.read(app.selection.cursor)?.focus({ preventScroll: true });
    app.selection.draw(true);
  }

  /** @param {number} page */
  async #page(page) {
    const { app } = this;
    const { window } = app;
    // Pages are in order: halve until the first block of the page is found.
    let low = 0;
    let high = window.total - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      await window.ensure(middle);
      const at = window.blocks.get(middle)?.page ?? 0;
      if (at < page) low = middle + 1;
      else high = middle;
    }
    await window.ensure(low);
    window.scrollTo(low);
    app.selection.cursor = low;
  }

  /** @param {number} id */
  async #comment(id) {
    const { app } = this;
    const { subject } = await app.api.get(`/comments/${id}`);
    if (subject.kind === 'coding') {
      await this.#coding(subject.id);
      await app.card.loadComments();
      document.getElementById(`comment-${id}`)?.scrollIntoView({ block: 'nearest' });
    } else if (typeof subject.start === 'number') {
      await this.#passage(subject.start, subject.end);
      await app.notes.load();
      const thread = app.notes.threads.find(({ root, replies }) => root.id === id || replies.some((reply) => reply.id === id));
      if (thread) app.notes.open(thread.group.key);
    }
  }

  /** Keeps the address in step with the current coding. */
  current() {
    const id = this.app.current?.id;
    clearTimeout(this.timer);
    // Browsers allow only so many changes of the address in a while.
    this.timer = setTimeout(() => {
      const hash = typeof id === 'number' ? `#coding-${id}` : '';
      if (location.hash !== hash && (hash !== '' || location.hash.startsWith('#coding'))) history.replaceState(null, '', hash || location.pathname + location.search);
    }, 400);
  }
}
