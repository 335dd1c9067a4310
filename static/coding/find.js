/**
 * Finding words in the whole document, also where it is not on the page. The server searches, because it folds Arabic and
 * Persian letters, vowel points and half-spaces; hits are drawn with the browser's own highlights. What was found is
 * selected when the field is left, ready to be coded.
 *
 * @module
 */

import { h, icon, kbd } from './dom.js';

/** @typedef {import('./types.js').App} App */

export class Find {
  /**
   * @param {App} app
   * @param {HTMLElement} host
   */
  constructor(app, host) {
    this.app = app;
    this.host = host;
    /** @type {{start: number, end: number}[]} */
    this.hits = [];
    this.total = 0;
    this.at = -1;
    this.asked = '';
    /** @type {AbortController | null} */
    this.asking = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    const can = typeof Highlight === 'function' && CSS.highlights;
    this.all = can ? new Highlight() : null;
    this.one = can ? new Highlight() : null;
    if (this.all && this.one) {
      this.all.priority = 3;
      this.one.priority = 4;
      CSS.highlights.set('found', this.all);
      CSS.highlights.set('found-now', this.one);
    }
    const { messages } = app;
    this.input = h('input', {
      class: 'input', type: 'search', 'aria-label': messages.t('ws-find'), placeholder: messages.t('ws-find'), dir: 'auto', autocomplete: 'off', spellcheck: 'false',
      oninput: () => this.#later(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
    });
    this.count = h('span', { class: 'count', role: 'status' });
    const step = (/** @type {1 | -1} */ by) => () => void this.step(by);
    host.append(
      h('label', { class: 'search' }, icon('search'), this.input), this.count,
      h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-find-previous'), onclick: step(-1) }, icon('up')),
      h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-find-next'), onclick: step(1) }, icon('down')),
      h('button', { type: 'button', class: 'btn btn--quiet btn--sm', onclick: () => this.close() }, messages.t('ws-close'), kbd('Esc')),
    );
  }

  get isOpen() {
    return !this.host.hidden;
  }

  open() {
    this.host.hidden = false;
    this.input.focus();
    this.input.select();
    this.draw();
  }

  /** Leaves the field; the hit that is current becomes the selection. */
  close() {
    this.host.hidden = true;
    const hit = this.hits[this.at];
    this.draw();
    const { selection, window } = this.app;
    if (hit) selection.set(hit.start, hit.end, { snap: true, editing: null });
    window.read(selection.cursor)?.focus({ preventScroll: true });
    selection.draw(true);
  }

  #later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.#search(), 150);
  }

  async #search() {
    const { api, data, messages, window } = this.app;
    const query = this.input.value.trim();
    if (query === this.asked) return;
    this.asked = query;
    this.asking?.abort();
    this.asking = new AbortController();
    if (query === '') {
      this.#found([], 0);
      return;
    }
    try {
      const answer = await api.get(`/documents/${data.document.id}/find?q=${encodeURIComponent(query)}`, this.asking.signal);
      this.#found(answer.items, answer.total ?? answer.items.length);
      const { from } = window.visible();
      const next = this.hits.findIndex(({ start }) => start >= from);
      if (this.hits.length > 0) await this.#go(next === -1 ? 0 : next);
    } catch (error) {
      if (error instanceof DOMException && error.name === 'AbortError') return;
      this.asked = '';
      this.count.textContent = messages.t('ws-find-failed');
    }
  }

  /**
   * @param {{start: number, end: number}[]} hits
   * @param {number} total
   */
  #found(hits, total) {
    this.hits = hits;
    this.total = total;
    this.at = -1;
    const { messages } = this.app;
    this.count.textContent = this.asked === '' ? '' : messages.t('ws-find-count', { at: 0, total });
    this.draw();
  }

  /** @param {1 | -1} by */
  async step(by) {
    clearTimeout(this.timer);
    await this.#search();
    if (this.hits.length > 0) await this.#go((this.at + by + this.hits.length) % this.hits.length);
  }

  /** @param {number} at */
  async #go(at) {
    this.at = at;
    const { messages, window } = this.app;
    this.count.textContent = messages.t('ws-find-count', { at: at + 1, total: this.total });
    await window.show(this.hits[at].start, { end: this.hits[at].end });
    this.draw();
  }

  /** Marks the hits that are on the page. */
  draw() {
    if (!this.all || !this.one) return;
    this.all.clear();
    this.one.clear();
    if (!this.isOpen || this.hits.length === 0) return;
    const { window } = this.app;
    const from = window.blocks.get(window.first)?.start ?? 0;
    const to = window.blocks.get(window.last)?.end ?? Infinity;
    for (let i = 0; i < this.hits.length; i++) {
      const { start, end } = this.hits[i];
      if (end <= from || start >= to) continue;
      for (const range of window.rangesOf(start, end)) (i === this.at ? this.one : this.all).add(range);
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation();
    if (event.key === 'Enter') void this.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
  }
}
