/**
 * The card of the current coding: code, coder, memo, weight, comments, history, and what can be done about it. Beside the
 * text it stands at its bracket; on a narrow page it is a sheet at the foot.
 *
 * @module
 */

import { append, h, icon, kbd } from './dom.js';
import { said, textField, weightField } from './fields.js';
import { initials } from './margin.js';
import { openMenu } from './menu.js';
import { history } from './history.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Coding} Coding */
/** @typedef {import('./types.js').CodingId} CodingId */
/** @typedef {import('./types.js').Comment} Comment */

export class Card {
  /**
   * @param {App} app
   * @param {HTMLElement} drawer  where the card stands on a narrow page
   */
  constructor(app, drawer) {
    this.app = app;
    this.drawer = drawer;
    /** @type {HTMLElement | null} */
    this.element = null;
    /** @type {CodingId | null} */
    this.id = null;
    this.sign = '';
    this.body = h('div', {});
    this.thread = h('div', {});
    this.form = h('div', {});
    this.past = h('div', {});
    /** @type {Comment[]} */
    this.comments = [];
    this.observer = new ResizeObserver(() => app.margin.schedule());
  }

  /** The current coding if its edges may be moved by this coder. */
  editable() {
    const coding = this.#coding();
    return coding && this.#mayChange(coding) && !coding.partial ? coding : null;
  }

  #coding() {
    const { current } = this.app;
    return current ? this.app.store.get(current.id) : null;
  }

  /** @param {Coding} coding */
  #mayChange(coding) {
    const { data, store } = this.app;
    return (data.me.can.code && store.isMine(coding)) || (data.me.can.edit_any && coding.layer === 'coder');
  }

  /** Shows the current coding, or nothing when there is none. */
  show() {
    const coding = this.#coding();
    if (!coding) {
      this.hide();
      return;
    }
    if (this.id !== coding.id && !(typeof this.id === 'string' && typeof coding.id === 'number' && this.element)) {
      this.hide();
    }
    if (!this.element) {
      this.body = h('div', { class: 'coding-body' });
      this.thread = h('div', { class: 'coding-thread' });
      this.form = h('div', { class: 'coding-form', hidden: true });
      this.past = h('div', { class: 'coding-past', hidden: true });
      this.element = h('div', { class: 'coding', role: 'group', tabindex: '-1', dir: document.documentElement.dir || 'ltr', lang: document.documentElement.lang }, this.body, this.thread, this.form, this.past);
      this.element.addEventListener('keydown', (event) => this.#key(event));
      this.observer.observe(this.element);
      this.sign = '';
      this.comments = [];
    }
    const fresh = this.id !== coding.id;
    this.id = coding.id;
    this.#fill(coding);
    this.attach();
    if (fresh && typeof coding.id === 'number') {
      if (coding.partial) void this.app.actions.loadCoding(coding.id);
      if ((this.app.comments.get(`coding:${coding.id}`) ?? 0) > 0) void this.loadComments();
    }
  }

  /** Puts the card where its bracket is now. */
  attach() {
    const { element, app } = this;
    if (!element || !app.current) return;
    const host = app.narrow() ? this.drawer : app.margin.mark(app.current.key);
    for (const block of app.window.sheet.querySelectorAll('[data-card]')) {
      if (!host || !block.contains(host)) block.removeAttribute('data-card');
    }
    if (!host) {
      element.remove();
      return;
    }
    if (element.parentElement !== host) {
      const focused = element.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement) : null;
      if (host === this.drawer) host.replaceChildren(element);
      else host.append(element);
      focused?.focus({ preventScroll: true });
    }
    host.closest('.block')?.setAttribute('data-card', '');
    this.drawer.hidden = host !== this.drawer;
  }

  hide() {
    if (!this.element) {
      if (!this.drawer.hidden && this.app.narrow()) this.drawer.hidden = true;
      return;
    }
    this.observer.disconnect();
    this.element.remove();
    this.element = null;
    this.id = null;
    this.drawer.hidden = true;
    for (const block of this.app.window.sheet.querySelectorAll('[data-card]')) block.removeAttribute('data-card');
  }

  focus() {
    this.element?.focus({ preventScroll: true });
  }

  /** @param {Coding} coding */
  #fill(coding) {
    const { app } = this;
    const { messages, codebook, store, data } = app;
    const group = store.groupOf.get(coding.id);
    const others = (group?.ids ?? [coding.id]).map((id) => store.get(id)).filter((one) => one !== null);
    const sign = JSON.stringify([coding, codebook.path(coding.code), others.map(({ id }) => id), app.comments.get(`coding:${coding.id}`)]);
    if (sign === this.sign) return;
    this.sign = sign;
    const path = codebook.path(coding.code);
    const mine = store.isMine(coding);
    const by = coding.layer === 'consensus' ? messages.t('ws-consensus') : coding.coder.name || '…';
    const element = /** @type {HTMLElement} */ (this.element);
    element.setAttribute('data-code', String(codebook.color(coding.code)));
    element.setAttribute('aria-label', messages.t('ws-card', { code: path, coder: by }));
    const when = coding.created_at ? messages.when(coding.created_at) : '';
    const weight = coding.weight === null ? '' : messages.t('ws-weight-is', { weight: said(messages, codebook.scale(coding.code), coding.weight) });
    const change = this.#mayChange(coding);
    const more = h('button', {
      type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-more'), 'aria-haspopup': 'menu', 'aria-expanded': 'false',
      onclick: () => openMenu(more, messages.t('ws-more'), this.#items(coding, change)),
    }, icon('more'));
    const nodes = [
      h('div', { class: 'coding-head' },
        h('a', { class: 'code', 'data-code': codebook.color(coding.code), href: `/projects/${data.project.id}/codes/${coding.code}` }, h('strong', {}, h('bdi', {}, path))),
        more,
        h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-close'), onclick: () => app.actions.leave() }, icon('close'))),
      h('div', { class: 'coding-by' },
        h('span', { class: mine ? 'who who--me' : 'who', 'aria-hidden': 'true' }, h('bdi', {}, data.coders.find(({ id }) => id === coding.coder.id)?.initials ?? initials(by))),
        h('span', {}, [by, when, weight].filter((part) => part !== '').join(' · '))),
    ];
    if (others.length > 1) {
      nodes.push(h('div', { class: 'segmented', role: 'group', 'aria-label': messages.t('ws-coders-here') },
        ...others.map((other) => h('button', {
          type: 'button', 'aria-pressed': String(other.id === coding.id), onclick: () => app.actions.setCurrent(app.current?.key ?? null, other.id),
        }, other.layer === 'consensus' ? messages.t('ws-consensus') : other.coder.name || '…'))));
    }
    if (coding.waiting) nodes.push(h('p', { class: 'badge badge--warn' }, icon('clock'), messages.t('ws-waiting-one')));
    if (coding.memo) nodes.push(h('p', { class: 'memo', dir: 'auto' }, coding.memo));
    const buttons = h('div', { class: 'actions' });
    append(buttons, [
      data.me.can.comment ? h('button', { type: 'button', class: 'btn btn--sm', onclick: () => this.reply() }, messages.t('ws-reply'), kbd('r')) : null,
      change ? h('button', { type: 'button', class: 'btn btn--sm btn--quiet', onclick: () => app.picker.open({ change: coding.id }) }, messages.t('ws-change-code')) : null,
      change ? h('button', { type: 'button', class: 'btn btn--sm btn--quiet', onclick: () => app.actions.remove(coding.id) }, messages.t('ws-remove'), kbd('x')) : null,
    ]);
    nodes.push(buttons);
    const focused = this.body.contains(document.activeElement);
    this.body.replaceChildren(...nodes);
    if (focused) this.focus();
  }

  /**
   * @param {Coding} coding
   * @param {boolean} change
   */
  #items(coding, change) {
    const { messages, actions, codebook } = this.app;
    /** @type {import('./menu.js').Item[]} */
    const items = [];
    if (change) {
      items.push({ label: messages.t(coding.memo ? 'ws-edit-memo' : 'ws-add-memo'), key: 'm', run: () => this.memo() });
      if (codebook.scale(coding.code)) items.push({ label: messages.t('ws-set-weight'), key: 'w', run: () => this.weight() });
      items.push({ label: messages.t('ws-change-code'), run: () => this.app.picker.open({ change: coding.id }) });
      items.push({ label: messages.t('ws-move-edges'), key: 'e', run: () => actions.editEdges() });
    }
    items.push({ label: messages.t('ws-copy-link'), key: 'l', run: () => actions.copyLink() });
    if (typeof coding.id === 'number') items.push({ label: messages.t('ws-history'), key: 'h', run: () => void this.showHistory() });
    items.push({ label: messages.t('ws-filter-code'), run: () => this.app.filters.onlyCode(coding.code) });
    if (change) items.push({ label: messages.t('ws-remove'), key: 'x', danger: true, run: () => actions.remove(coding.id) });
    return items;
  }

  /**
   * A small form inside the card.
   * @param {HTMLElement} field
   * @param {string} label
   * @param {() => boolean} save  false keeps the form open
   */
  #openForm(field, label, save) {
    const { messages } = this.app;
    const close = () => {
      this.form.hidden = true;
      this.form.replaceChildren();
      this.focus();
    };
    const run = () => { if (save()) close(); };
    this.form.replaceChildren(
      field,
      h('div', { class: 'actions' },
        h('button', { type: 'button', class: 'btn btn--primary btn--sm', onclick: run }, label, kbd('Ctrl ↵')),
        h('button', { type: 'button', class: 'btn btn--quiet btn--sm', onclick: close }, messages.t('ws-cancel'))),
    );
    this.form.onkeydown = (event) => {
      event.stopPropagation();
      if (event.key === 'Escape') close();
      else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey || field.querySelector('textarea') === null) && !(event.target instanceof HTMLButtonElement)) run();
      else return;
      event.preventDefault();
    };
    this.form.hidden = false;
  }

  memo() {
    const coding = this.editable();
    const { messages, actions, toasts } = this.app;
    if (!coding) {
      toasts.show(messages.t('ws-not-yours'));
      return;
    }
    const { element, area } = textField(messages, messages.t('ws-memo'), coding.memo ?? '', { placeholder: messages.t('ws-memo-hint') });
    this.#openForm(element, messages.t('ws-save-memo'), () => {
      const memo = area.value.trim() || null;
      if (memo !== coding.memo && this.id !== null) actions.update(this.id, { memo });
      return true;
    });
    area.focus();
  }

  weight() {
    const coding = this.editable();
    const { messages, actions, codebook, toasts } = this.app;
    if (!coding) {
      toasts.show(messages.t('ws-not-yours'));
      return;
    }
    const scale = codebook.scale(coding.code);
    if (!scale) {
      toasts.show(messages.t('ws-no-scale', { code: codebook.label(coding.code) }));
      return;
    }
    const field = weightField(messages, scale, coding.weight);
    this.#openForm(field.element, messages.t('ws-save-weight'), () => {
      const weight = field.value();
      if (weight !== coding.weight && this.id !== null) actions.update(this.id, { weight });
      return true;
    });
    field.focus();
  }

  reply() {
    const coding = this.#coding();
    const { messages, data, actions } = this.app;
    if (!coding || !data.me.can.comment) return;
    const { element, area } = textField(messages, messages.t('ws-comment'), '', { placeholder: messages.t('ws-comment-hint'), rows: 2 });
    this.#openForm(element, messages.t('ws-send'), () => {
      const text = area.value.trim();
      if (text === '' || this.id === null) return false;
      const root = this.comments.filter((comment) => comment.reply_to === null && typeof comment.id === 'number').at(-1);
      const key = actions.comment({ kind: 'coding', id: this.id }, text, typeof root?.id === 'number' ? root.id : null);
      this.comments.push({ id: key, author: { id: data.me.id, name: data.me.name }, text, reply_to: root ? Number(root.id) : null, created_at: new Date().toISOString(), mine: true, waiting: true });
      this.#drawComments();
      return true;
    });
    area.focus();
    if (typeof coding.id === 'number' && this.comments.length === 0) void this.loadComments();
  }

  async loadComments() {
    const { api, comments } = this.app;
    const id = this.id;
    if (typeof id !== 'number') return;
    try {
      const answer = await api.get(`/comments?subject=coding:${id}`);
      if (this.id !== id) return;
      this.comments = [...answer.items, ...this.comments.filter((comment) => comment.waiting && !answer.items.some((/** @type {Comment} */ other) => other.text === comment.text && other.mine))];
      comments.set(`coding:${id}`, answer.items.length);
    } catch {
      // The count stays, and opening the card again asks again.
    }
    this.#drawComments();
  }

  #drawComments() {
    const roots = this.comments.filter(({ reply_to }) => reply_to === null || !this.comments.some(({ id }) => id === reply_to));
    this.thread.replaceChildren(...roots.flatMap((root) => [root, ...this.comments.filter(({ reply_to }) => reply_to !== null && reply_to === root.id)].map((comment) => this.comment(comment))));
  }

  /**
   * One comment, with who said it and when.
   * @param {Comment} comment
   */
  comment(comment) {
    const { messages, data } = this.app;
    return h('div', { class: 'comment', id: `comment-${comment.id}`, 'data-reply': comment.reply_to === null ? null : '' },
      h('span', { class: comment.mine ? 'who who--me' : 'who', 'aria-hidden': 'true' }, h('bdi', {}, data.coders.find(({ id }) => id === comment.author.id)?.initials ?? initials(comment.author.name))),
      h('header', {}, `${comment.author.name} · ${messages.when(comment.created_at)}`, comment.waiting ? icon('clock', 'is-waiting') : null),
      h('p', { dir: 'auto' }, comment.text));
  }

  async showHistory() {
    const { api, messages } = this.app;
    const id = this.id;
    if (typeof id !== 'number') return;
    if (!this.past.hidden) {
      this.past.hidden = true;
      return;
    }
    try {
      const answer = await api.get(`/codings/${id}/history`);
      if (this.id !== id) return;
      this.past.replaceChildren(h('h3', { class: 'label' }, messages.t('ws-history')), history(this.app, answer.items));
    } catch {
      this.past.replaceChildren(h('p', { class: 'note' }, messages.t('ws-history-unreachable')));
    }
    this.past.hidden = false;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    this.app.actions.leave();
    this.app.window.read(this.app.selection.cursor)?.focus({ preventScroll: true });
  }

  /**
   * All codings of a paragraph, where the margin has no room for them or is not there.
   * @param {number | null} index  of the block; null for all that is in sight
   */
  list(index) {
    const { app } = this;
    const { messages, codebook, store, window } = app;
    const seen = window.visible();
    const block = index === null ? null : window.blocks.get(index);
    const groups = block ? store.groupsIn(block.start, block.end) : store.groupsIn(seen.from, seen.to);
    const items = groups.map((group) => {
      const codings = group.ids.map((id) => store.get(id)).filter((one) => one !== null);
      return h('li', {}, h('button', {
        type: 'button', class: 'option', onclick: () => { dialog.close(); app.actions.setCurrent(group.key); void window.show(group.start); if (!app.narrow()) this.focus(); },
      },
      h('span', { class: 'code', 'data-code': codebook.color(group.code) }, h('span', { dir: 'auto' }, codebook.label(group.code))),
      h('span', { class: 'push soft' }, codings.map((one) => (one.layer === 'consensus' ? messages.t('ws-consensus') : one.coder.name || '…')).join(', '))));
    });
    const title = block ? messages.t('ws-codings-of', { number: messages.number(block.index + 1) }) : messages.t('ws-codings-in-view');
    const dialog = h('dialog', { class: 'dialog ws-list', 'aria-labelledby': 'ws-list-title' },
      h('div', { class: 'coding-head' }, h('h2', { id: 'ws-list-title' }, title), h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-close'), onclick: () => dialog.close() }, icon('close'))),
      items.length > 0 ? h('ol', {}, ...items) : h('p', { class: 'note' }, messages.t('ws-no-codings-here')));
    dialog.addEventListener('close', () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
  }
}
