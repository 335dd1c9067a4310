/**
 * Comments on passages, whether coded or not: what colleagues say to each other about the text itself. They stand in the
 * margin like codings, without a colour, and open as a thread with room for an answer.
 *
 * @module
 */

import { h, icon, kbd } from './dom.js';
import { textField } from './fields.js';
import { initials } from './margin.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Comment} Comment */
/** @typedef {import('./types.js').Group} Group */

/** @typedef {{group: Group, root: Comment, replies: Comment[]}} Thread */

export class Notes {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Thread[]} */
    this.threads = [];
  }

  async load() {
    const { api, data } = this.app;
    try {
      const answer = await api.get(`/comments?subject=passage:${data.document.id}`);
      this.#take(answer.items);
    } catch {
      // Without them the text and the codings are all there; the next comment or page asks again.
    }
  }

  /** @param {Comment[]} items */
  #take(items) {
    const before = this.threads;
    this.threads = [];
    for (const root of items) {
      if (root.reply_to !== null || root.start === undefined || root.end === undefined) continue;
      this.threads.push({
        root, replies: items.filter((other) => other.reply_to === root.id),
        group: {
          key: `note-${root.id}`, start: root.start, end: root.end, code: 0, consensus: false, ids: [], mine: root.mine, waiting: root.waiting ?? false, lane: 0, col: null,
        },
      });
    }
    this.threads.sort((a, b) => a.group.start - b.group.start);
    this.#redraw([...before, ...this.threads]);
  }

  /** @param {Thread[]} threads */
  #redraw(threads) {
    const { window, margin } = this.app;
    margin.measure(window.touched(threads.map(({ group }) => [group.start, group.end])));
    margin.schedule();
  }

  /**
   * Threads that touch a range.
   * @param {number} start
   * @param {number} end
   */
  in(start, end) {
    return this.threads.filter(({ group }) => group.start < end && group.end > start);
  }

  /** @param {string} key */
  get(key) {
    return this.threads.find(({ group }) => group.key === key) ?? null;
  }

  /**
   * The label in the margin.
   * @param {Thread} thread
   */
  label({ group, root, replies }) {
    const { messages, data } = this.app;
    const count = 1 + replies.length;
    return h('a', {
      class: 'mark-label', href: typeof root.id === 'number' ? `#comment-${root.id}` : `#passage-${group.start}-${group.end}`, tabindex: '0', 'data-key': group.key,
      onclick: (/** @type {MouseEvent} */ event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        this.open(group.key);
      },
    },
    icon('comment'),
    h('span', { class: 'visually-hidden' }, messages.t('ws-note-label', { name: root.author.name, count })),
    h('span', { class: 'people', 'aria-hidden': 'true' }, h('span', { class: root.mine ? 'who who--me' : 'who' }, h('bdi', {}, data.coders.find(({ id }) => id === root.author.id)?.initials ?? initials(root.author.name)))),
    h('span', { class: 'name', dir: 'auto' }, root.text),
    count > 1 ? h('span', { class: 'n', 'aria-hidden': 'true' }, messages.number(count)) : null,
    root.waiting ? icon('clock', 'is-waiting') : null);
  }

  /** A new comment on the selected passage. */
  compose() {
    const { selection, data, messages, toasts } = this.app;
    const range = selection.now;
    if (!data.me.can.comment) return;
    if (!range) {
      toasts.show(messages.t('ws-select-first'));
      return;
    }
    this.#dialog(messages.t('ws-note-new'), selection.words(), [], (text) => this.#send(range.start, range.end, text, null));
  }

  /** @param {string} key */
  open(key) {
    const thread = this.get(key);
    if (!thread) return;
    const { messages, selection } = this.app;
    const { start, end } = thread.group;
    this.#dialog(messages.t('ws-note-thread'), selection.wordsOf(start, end), [thread.root, ...thread.replies], (text) => this.#send(start, end, text, thread.root));
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {string} text
   * @param {Comment | null} root
   */
  #send(start, end, text, root) {
    const { actions, data } = this.app;
    const replyTo = root && typeof root.id === 'number' ? root.id : null;
    const key = actions.comment({ kind: 'passage', id: data.document.id, start, end }, text, replyTo);
    /** @type {Comment} */
    const comment = { id: key, author: { id: data.me.id, name: data.me.name }, text, reply_to: replyTo, created_at: new Date().toISOString(), mine: true, waiting: true, start, end };
    this.#take([...this.threads.flatMap((thread) => [thread.root, ...thread.replies]), comment]);
  }

  /**
   * @param {string} title
   * @param {string} quote
   * @param {Comment[]} comments
   * @param {(text: string) => void} send
   */
  #dialog(title, quote, comments, send) {
    const { messages, data, card } = this.app;
    const { element, area } = textField(messages, messages.t('ws-comment'), '', { placeholder: messages.t('ws-comment-hint') });
    const run = () => {
      const text = area.value.trim();
      if (text === '') {
        area.focus();
        return;
      }
      dialog.close();
      send(text);
    };
    const dialog = h('dialog', { class: 'dialog ws-note', 'aria-labelledby': 'ws-note-title' },
      h('div', { class: 'coding-head' }, h('h2', { id: 'ws-note-title' }, title), h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-close'), onclick: () => dialog.close() }, icon('close'))),
      h('blockquote', { class: 'quote', lang: data.document.language, dir: 'auto' }, quote.length > 300 ? `${quote.slice(0, 300)}…` : quote),
      ...comments.map((comment) => card.comment(comment)),
      data.me.can.comment ? element : null,
      data.me.can.comment ? h('div', { class: 'dialog-foot' }, h('button', { type: 'button', class: 'btn btn--primary', onclick: run }, messages.t('ws-send'), kbd('Ctrl ↵'))) : null,
    );
    dialog.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      run();
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      this.app.window.read(this.app.selection.cursor)?.focus({ preventScroll: true });
    });
    document.body.append(dialog);
    dialog.showModal();
    if (data.me.can.comment) area.focus();
  }
}
