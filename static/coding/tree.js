/**
 * The codebook beside the text: a tree that filters, unfolds by keyboard, and codes. A click (or Enter) puts a code on the
 * selection; a code can be dragged onto it; a pin gives it a digit. What a code means stands below the tree.
 *
 * @module
 */

import { append, h, icon } from './dom.js';
import { match } from './fuzzy.js';
import { emphasised } from './picker.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Code} Code */

export class Tree {
  /**
   * @param {App} app
   * @param {{tree: HTMLElement, filter: HTMLInputElement, foot: HTMLElement, version: HTMLElement}} parts
   */
  constructor(app, { tree, filter, foot, version }) {
    this.app = app;
    this.tree = tree;
    this.filter = filter;
    this.foot = foot;
    this.versionLine = version;
    this.folded = new Set(read(`concord:folded:${app.data.project.id}`));
    /** @type {number | null} */
    this.active = null;
    this.hint = foot.textContent ?? '';
    filter.addEventListener('input', () => this.render());
    filter.addEventListener('keydown', (event) => this.#filterKey(event));
    tree.addEventListener('keydown', (event) => this.#key(event));
    tree.addEventListener('click', (event) => this.#click(event));
    tree.addEventListener('focusin', (event) => this.#describe(codeOf(event.target)));
    tree.addEventListener('pointerover', (event) => this.#describe(codeOf(event.target)));
    tree.addEventListener('pointerleave', () => this.#describe(null));
    tree.addEventListener('dragstart', (event) => {
      const id = codeOf(event.target);
      if (id === null || !event.dataTransfer || !app.codebook.usable(app.codebook.get(id))) return;
      event.dataTransfer.setData('application/x-concord-code', String(id));
      event.dataTransfer.setData('text/plain', app.codebook.path(id));
      event.dataTransfer.effectAllowed = 'copy';
    });
    this.#dropTarget();
    this.render();
  }

  #dropTarget() {
    const { window: view } = this.app;
    const { sheet } = view;
    const carries = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('application/x-concord-code') ?? false;
    sheet.addEventListener('dragover', (event) => {
      if (!carries(event) || !this.app.selection.now) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      sheet.setAttribute('data-drop', '');
    });
    sheet.addEventListener('dragleave', () => sheet.removeAttribute('data-drop'));
    sheet.addEventListener('drop', (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      sheet.removeAttribute('data-drop');
      const id = Number(event.dataTransfer?.getData('application/x-concord-code'));
      this.app.picker.close(false);
      this.app.actions.applyCode(id);
    });
  }

  render() {
    const { codebook, messages, data } = this.app;
    const query = this.filter.value.trim();
    /** @type {Map<number, [number, number][]>} */
    const hits = new Map();
    const shown = new Set();
    for (const { code } of codebook.walk()) {
      if (code.retired && code.count === 0) continue;
      const hit = query === '' ? { ranges: /** @type {[number, number][]} */ ([]) } : match(query, code.name);
      if (!hit) continue;
      hits.set(code.id, hit.ranges);
      for (let at = /** @type {Code | null} */ (code); at; at = at.parent === null ? null : codebook.get(at.parent)) shown.add(at.id);
    }
    const list = [];
    let skip = 0;
    for (const { code, level } of codebook.walk()) {
      if (skip > 0 && level > skip) continue;
      skip = 0;
      if (!shown.has(code.id)) continue;
      const inner = codebook.children(code.id).filter((child) => shown.has(child.id));
      const open = query !== '' || !this.folded.has(code.id);
      if (inner.length > 0 && !open) skip = level;
      list.push(this.#row(code, level, inner.length > 0 ? open : null, hits.get(code.id) ?? []));
    }
    const hadFocus = this.tree.contains(document.activeElement);
    this.tree.replaceChildren(...list);
    if (list.length === 0) {
      this.tree.append(h('li', { role: 'none', class: 'note' }, messages.t(codebook.codes.size === 0 ? 'ws-no-codes' : 'ws-no-code-found')));
    }
    this.#rove(this.active, hadFocus);
    this.versionLine.textContent = codebook.version === null ? '' : messages.t('ws-version', { version: messages.number(codebook.version) });
    this.tree.setAttribute('data-can', data.me.can.code ? 'code' : '');
  }

  /**
   * @param {Code} code
   * @param {number} level
   * @param {boolean | null} open
   * @param {[number, number][]} ranges
   */
  #row(code, level, open, ranges) {
    const { codebook, messages } = this.app;
    const usable = codebook.usable(code);
    const digit = codebook.digit(code.id);
    const row = h('li', {
      role: 'treeitem', 'aria-level': level, 'aria-expanded': open === null ? null : String(open), 'aria-selected': 'false', tabindex: '-1',
      'data-id': code.id, draggable: usable ? 'true' : null, class: usable ? null : 'heading', 'aria-disabled': usable ? null : 'true',
      'aria-keyshortcuts': digit === null ? null : String(digit),
    });
    append(row, [
      open === null ? h('span', { class: 'twist' }) : icon('twist', 'twist'),
      h('span', { class: `swatch${code.is_codable ? '' : ' swatch--none'}`, 'data-code': code.color }),
      h('span', { class: 'name' }, h('bdi', {}, ...emphasised(code.name, 0, code.name.length, ranges))),
    ]);
    if (usable) {
      row.append(
        h('button', { type: 'button', class: 'pin', tabindex: '-1', 'aria-hidden': 'true', 'data-pinned': digit === null ? null : '', title: messages.t(digit === null ? 'ws-pin' : 'ws-unpin') }, digit === null ? icon('pin') : h('kbd', {}, messages.number(digit))),
      );
    }
    row.append(
      h('span', { class: 'visually-hidden said' }, this.#said(code)),
      h('span', { class: 'count', 'aria-hidden': 'true' }, messages.number(code.count)),
    );
    return row;
  }

  /** What a screen reader hears after a code's name. @param {Code} code */
  #said(code) {
    return this.app.messages.t('ws-tree-item', { count: code.count, kind: code.retired ? 'retired' : code.is_codable ? 'code' : 'heading' });
  }

  /**
   * Adds to the counts what happened here.
   * @param {Map<number, number>} counts
   */
  count(counts) {
    const { codebook, messages } = this.app;
    for (const [id, by] of counts) {
      const code = codebook.get(id);
      if (!code) continue;
      code.count = Math.max(0, code.count + by);
      const cell = this.tree.querySelector(`[data-id="${id}"] > .count`);
      if (cell) cell.textContent = messages.number(code.count);
      const said = this.tree.querySelector(`[data-id="${id}"] > .said`);
      if (said) said.textContent = this.#said(code);
    }
  }

  rows() {
    return /** @type {HTMLElement[]} */ ([...this.tree.querySelectorAll('[role="treeitem"]')]);
  }

  /**
   * One row can be reached by Tab: the active one.
   * @param {number | null} id
   * @param {boolean} focus
   */
  #rove(id, focus) {
    const rows = this.rows();
    const row = rows.find((row) => Number(row.dataset.id) === id) ?? rows[0];
    for (const other of rows) {
      other.tabIndex = other === row ? 0 : -1;
      other.setAttribute('aria-selected', String(other === row && id !== null));
    }
    this.active = row && id !== null ? Number(row.dataset.id) : null;
    if (focus) {
      row?.focus();
      row?.scrollIntoView({ block: 'nearest' });
    }
  }

  /** Shows which code is meant, e.g. that of the current coding. @param {number | null} id */
  select(id) {
    if (id === this.active) return;
    this.#rove(id, false);
    if (id !== null) requestAnimationFrame(() => this.tree.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: 'nearest' }));
  }

  focus() {
    this.filter.focus();
    this.filter.select();
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const id = codeOf(event.target);
    if (id === null || !(event.target instanceof Element)) return;
    if (event.target.closest('.twist') && this.app.codebook.children(id).length > 0) {
      this.#fold(id, !this.folded.has(id));
      return;
    }
    if (event.target.closest('.pin')) {
      this.app.actions.pin(id);
      return;
    }
    this.#rove(id, true);
    this.#use(id);
  }

  /** @param {number} id */
  #use(id) {
    const { app } = this;
    const code = app.codebook.get(id);
    if (!code) return;
    if (app.selection.now && app.codebook.usable(code)) {
      app.picker.close(false);
      app.actions.applyCode(id);
    } else if (app.codebook.children(id).length > 0 && !app.selection.now) {
      this.#fold(id, !this.folded.has(id));
    } else {
      app.toasts.show(app.messages.t(app.codebook.usable(code) ? 'ws-select-first' : 'ws-only-heading', { code: code.name }));
    }
  }

  /**
   * @param {number} id
   * @param {boolean} folded
   */
  #fold(id, folded) {
    if (folded) this.folded.add(id);
    else this.folded.delete(id);
    write(`concord:folded:${this.app.data.project.id}`, [...this.folded]);
    this.active = id;
    this.render();
    this.#rove(id, true);
  }

  /** @param {KeyboardEvent} event */
  #filterKey(event) {
    event.stopPropagation();
    if (event.key === 'Escape') {
      if (this.filter.value !== '') {
        this.filter.value = '';
        this.render();
      } else {
        this.app.window.read(this.app.selection.cursor)?.focus();
      }
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      const rows = this.rows();
      const first = rows.find((row) => !row.classList.contains('heading') && row.querySelector('em')) ?? rows[0];
      if (!first) return;
      this.#rove(Number(first.dataset.id), true);
      if (event.key === 'Enter' && this.app.selection.now) this.#use(Number(first.dataset.id));
    } else {
      return;
    }
    event.preventDefault();
  }

  /** The keyboard of a tree (WAI-ARIA), and Shift with a digit to pin. @param {KeyboardEvent} event */
  #key(event) {
    const rows = this.rows();
    const at = rows.findIndex((row) => row === document.activeElement);
    const row = rows[at];
    if (!row) return;
    const id = Number(row.dataset.id);
    const go = (/** @type {HTMLElement | undefined} */ to) => to && this.#rove(Number(to.dataset.id), true);
    const rtl = getComputedStyle(this.tree).direction === 'rtl';
    const forward = rtl ? 'ArrowLeft' : 'ArrowRight';
    const back = rtl ? 'ArrowRight' : 'ArrowLeft';
    const open = row.getAttribute('aria-expanded');
    const digit = /^Digit([1-9])$/.exec(event.code);
    if (event.shiftKey && digit) this.app.actions.pin(id, Number(digit[1]));
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === 'ArrowDown') go(rows[at + 1]);
    else if (event.key === 'ArrowUp') go(rows[at - 1]);
    else if (event.key === 'Home') go(rows[0]);
    else if (event.key === 'End') go(rows.at(-1));
    else if (event.key === forward && open === 'false') this.#fold(id, false);
    else if (event.key === forward && open === 'true') go(rows[at + 1]);
    else if (event.key === back && open === 'true') this.#fold(id, true);
    else if (event.key === back) go(rows.slice(0, at).reverse().find((other) => Number(other.ariaLevel) < Number(row.ariaLevel)));
    else if (event.key === '*') { for (const other of rows) this.folded.delete(Number(other.dataset.id)); this.#fold(id, false); }
    else if (event.key === 'Enter' || event.key === ' ') this.#use(id);
    else if (event.key === 'Escape') this.app.window.read(this.app.selection.cursor)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** What a code means, for whom the name is not enough. @param {number | null} id */
  #describe(id) {
    const code = id === null ? null : this.app.codebook.get(id);
    const { messages } = this.app;
    if (!code || !(code.description || code.use_when || code.do_not_use_when)) {
      if (this.foot.textContent !== this.hint) this.foot.replaceChildren(this.hint);
      return;
    }
    if (this.foot.getAttribute('data-code-id') === String(code.id) && this.foot.childElementCount > 0) return;
    this.foot.setAttribute('data-code-id', String(code.id));
    this.foot.replaceChildren(
      h('div', { class: 'meaning', dir: 'auto' },
        h('strong', {}, code.name),
        code.description ? h('p', {}, code.description) : null,
        code.use_when ? h('p', {}, h('b', {}, messages.t('ws-use-when')), ' ', code.use_when) : null,
        code.do_not_use_when ? h('p', {}, h('b', {}, messages.t('ws-do-not-use-when')), ' ', code.do_not_use_when) : null),
    );
  }
}

/** @param {EventTarget | null} target */
function codeOf(target) {
  const row = target instanceof Element ? target.closest('[data-id]') : null;
  return row instanceof HTMLElement ? Number(row.dataset.id) : null;
}

/**
 * @param {string} name
 * @returns {number[]}
 */
export function read(name) {
  try {
    const kept = JSON.parse(localStorage.getItem(name) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one === 'number') : [];
  } catch {
    return [];
  }
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function write(name, value) {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // What cannot be kept is forgotten with the page.
  }
}
