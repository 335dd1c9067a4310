/**
 * What stands around the text: saved or waiting, who is here, my state, the status bar, and the buttons of a narrow page.
 *
 * @module
 */

import { append, h, icon, kbd, need } from './dom.js';
import { sheet as keySheet } from './keys.js';
import { initials } from './margin.js';
import { openMenu } from './menu.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').State} State */

export class Bar {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.saved = need('#ws-saved', HTMLElement);
    this.here = need('#ws-here', HTMLElement);
    this.stateButton = need('#ws-state', HTMLButtonElement);
    this.doneButton = need('#ws-done', HTMLButtonElement);
    this.status = need('#ws-status', HTMLElement);
    this.panel = need('#ws-tree', HTMLElement);
    this.frame = 0;
    /** @type {{id: number, name: string, initials: string}[]} */
    this.present = [];
    this.stateButton.addEventListener('click', () => this.#states());
    this.doneButton.addEventListener('click', () => app.actions.toggleDone());
    const tool = (/** @type {string} */ id, /** @type {() => void} */ run) => need(id, HTMLButtonElement).addEventListener('click', run);
    tool('#tool-codes', () => this.tree());
    tool('#tool-code', () => {
      if (app.selection.now) app.picker.open();
      else app.toasts.show(app.messages.t('ws-select-first'));
    });
    tool('#tool-codings', () => app.card.list(null));
    tool('#tool-find', () => app.find.open());
    tool('#tool-done', () => app.actions.toggleDone());
    need('#tree-close', HTMLButtonElement).addEventListener('click', () => this.tree());
    this.state();
    this.saving();
    this.presence([]);
  }

  /** The codebook: gets the focus, and is a sheet on a narrow page. */
  tree() {
    if (this.app.narrow()) {
      const open = this.panel.toggleAttribute('data-open');
      need('#tool-codes', HTMLButtonElement).setAttribute('aria-expanded', String(open));
      if (open) this.app.tree.focus();
      else this.app.window.read(this.app.selection.cursor)?.focus({ preventScroll: true });
    } else {
      this.app.tree.focus();
    }
  }

  #states() {
    const { app } = this;
    const { messages, data, actions } = app;
    const item = (/** @type {State} */ state, /** @type {string} */ label) => ({ label, checked: data.assignment.state === state, run: () => void actions.setState(state) });
    openMenu(this.stateButton, messages.t('ws-state'), [item('todo', messages.t('ws-todo')), item('in_progress', messages.t('ws-in-progress')), item('done', messages.t('ws-done'))]);
  }

  state() {
    const { messages, data } = this.app;
    const { state } = data.assignment;
    const label = messages.t(state === null ? 'ws-not-assigned' : state === 'todo' ? 'ws-todo' : state === 'done' ? 'ws-done' : 'ws-in-progress');
    this.stateButton.replaceChildren();
    append(this.stateButton, [state === 'done' ? icon('check', 'is-ok') : null, label, icon('down')]);
    this.stateButton.setAttribute('aria-label', messages.t('ws-state-is', { state: label }));
    this.doneButton.replaceChildren(messages.t(state === 'done' ? 'ws-reopen' : 'ws-mark-done'), ' ', kbd('d'));
    this.doneButton.classList.toggle('btn--primary', state !== 'done');
    const off = !data.me.can.code;
    this.stateButton.hidden = this.doneButton.hidden = off;
    need('#tool-done', HTMLButtonElement).hidden = off;
    need('#tool-code', HTMLButtonElement).hidden = off;
  }

  /** Saved, or how many wait. */
  saving() {
    const { messages, queue } = this.app;
    const waiting = queue.waiting;
    const key = waiting > 0 ? `w${waiting}` : queue.down ? 'off' : 'ok';
    if (this.saved.dataset.state === key) return;
    this.saved.dataset.state = key;
    this.saved.classList.toggle('is-waiting', waiting > 0);
    this.saved.replaceChildren(icon(waiting > 0 ? 'clock' : 'check'), h('span', {}, waiting > 0 ? messages.t('ws-waiting', { count: waiting }) : messages.t('ws-saved')));
    if (waiting > 0) this.saved.title = messages.t('ws-waiting-why');
    else this.saved.removeAttribute('title');
  }

  /** @param {{id: number, name: string, initials: string}[]} here */
  presence(here) {
    this.present = here;
    const { data, messages } = this.app;
    const now = new Map(here.map((one) => [one.id, one]));
    now.set(data.me.id, data.me);
    const people = [...now.values(), ...data.coders.filter(({ id }) => !now.has(id))].slice(0, 6);
    this.here.replaceChildren(...people.map((one) => {
      const away = !now.has(one.id);
      return h('abbr', {
        class: one.id === data.me.id ? 'who who--me' : away ? 'who who--away' : 'who', role: 'img',
        title: away ? messages.t('ws-away', { name: one.name }) : one.name,
        'aria-label': away ? messages.t('ws-away', { name: one.name }) : messages.t('ws-is-here', { name: one.name }),
      }, h('bdi', {}, one.initials || initials(one.name)));
    }));
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.#draw();
    });
  }

  #draw() {
    const { app } = this;
    const { messages, data, store, window, selection, codebook, filters } = app;
    const { all, mine, coders } = store.totals();
    const seen = window.visible();
    const index = selection.cursor >= seen.first && selection.cursor <= seen.last ? selection.cursor : seen.first;
    const page = window.blocks.get(index)?.page ?? null;
    const last = codebook.recents[0];
    const parts = [];
    parts.push(h('span', {}, messages.t('ws-at', { at: messages.number(index + 1), of: messages.number(data.document.blocks) })));
    if (page !== null && data.document.pages !== null) parts.push(h('span', {}, messages.t('ws-at-page', { page: messages.number(page), of: messages.number(data.document.pages) })));
    parts.push(h('span', {}, messages.t('ws-totals', { codings: all, coders, mine })));
    const { filter } = store;
    parts.push(h('button', { type: 'button', class: 'status-filter', 'data-active': String(filters.active), onclick: () => filters.toggle() }, filters.active ? messages.t('ws-filtered', { what: this.#filterWords() }) : messages.t('ws-layer-is', { layer: messages.t(filter.layer === 'all' ? 'ws-layer-all' : filter.layer === 'coder' ? 'ws-layer-coder' : 'ws-layer-consensus') })));
    if (selection.now) parts.push(h('span', {}, messages.t('ws-selected', { count: selection.now.end - selection.now.start })));
    const hint = (/** @type {string} */ key, /** @type {string} */ words) => h('span', {}, kbd(key), words);
    const end = h('span', { class: 'hints' });
    if (selection.now && selection.now.editing !== null) append(end, [hint('⇧ →', messages.t('ws-hint-end')), hint('Alt ⇧ →', messages.t('ws-hint-start')), hint('↵', messages.t('ws-hint-keep')), hint('Esc', messages.t('ws-cancel'))]);
    else if (selection.now) append(end, [hint('c', messages.t('ws-hint-code')), last !== undefined ? hint('.', messages.t('ws-hint-repeat', { code: codebook.get(last)?.name ?? '' })) : null, hint('i', messages.t('ws-hint-in-vivo')), hint('⇧ →', messages.t('ws-hint-end'))]);
    else if (app.current && !app.card.editable()) append(end, [data.me.can.comment ? hint('r', messages.t('ws-reply')) : null, hint('h', messages.t('ws-history')), hint('n', messages.t('ws-hint-next'))]);
    else if (app.current) append(end, [hint('m', messages.t('ws-memo-word')), hint('a', messages.t('ws-hint-change')), hint('e', messages.t('ws-hint-edges')), hint('x', messages.t('ws-hint-remove')), hint('n', messages.t('ws-hint-next'))]);
    else append(end, [hint('s', messages.t('ws-hint-sentence')), hint('j', messages.t('ws-hint-paragraph')), hint('n', messages.t('ws-hint-next'))]);
    const keys = h('button', { type: 'button', onclick: () => keySheet(app) }, kbd('?'), messages.t('ws-hint-keys'));
    const focused = this.status.contains(document.activeElement) ? [...this.status.querySelectorAll('button')].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement)) : -1;
    this.status.replaceChildren(...parts, end, keys);
    if (focused >= 0) this.status.querySelectorAll('button')[focused]?.focus();
    need('#tool-code', HTMLButtonElement).setAttribute('aria-disabled', String(!selection.now));
  }

  #filterWords() {
    const { messages, store, codebook, filters, data } = this.app;
    const { mine, hidden, codes, layer } = store.filter;
    const words = [];
    if (mine) words.push(messages.t('ws-only-mine'));
    if (hidden.size > 0) words.push(messages.t('ws-coders-of', { shown: data.coders.length - hidden.size, all: data.coders.length }));
    if (layer !== 'all') words.push(messages.t(layer === 'coder' ? 'ws-layer-coder' : 'ws-layer-consensus'));
    if (codes !== null && filters.codeId !== undefined) words.push(codebook.label(filters.codeId));
    return words.join(', ');
  }
}
