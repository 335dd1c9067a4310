/**
 * Choosing a code for the selected passage: a field with the cursor in it, recent codes first, then whatever matches a few
 * letters of a path. Enter applies, Shift+Enter applies and stays for the next code; what no code is called can become one.
 * The same picker changes the code of a coding.
 *
 * @module
 */

import { append, h, icon, kbd } from './dom.js';
import { textField, weightField } from './fields.js';
import { fold, match } from './fuzzy.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Code} Code */
/** @typedef {import('./types.js').CodingId} CodingId */

/** @typedef {{code: Code | null, create: {name: string, parent: number | null} | null, ranges: [number, number][], group: 'recent' | 'all' | 'found'}} Option */

const SHOWN = 60;

export class Picker {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {HTMLElement | null} */
    this.box = null;
    /** @type {HTMLInputElement} */
    this.input = h('input', {});
    this.listBox = h('div', {});
    this.extra = h('div', {});
    /** @type {Option[]} */
    this.options = [];
    this.at = 0;
    /** The coding whose code is to change, or null when the selection is to be coded. @type {CodingId | null} */
    this.changing = null;
    /** @type {ReturnType<typeof textField> | null} */
    this.memo = null;
    /** @type {(ReturnType<typeof weightField> & {code: number}) | null} */
    this.weight = null;
    this.busy = false;
  }

  get isOpen() {
    return this.box !== null;
  }

  /** @param {{change?: CodingId, query?: string}} [options] */
  open({ change, query = '' } = {}) {
    const { app } = this;
    const { messages } = app;
    if (!app.data.me.can.code) return;
    this.close(false);
    this.changing = change ?? null;
    this.memo = null;
    this.weight = null;
    const coding = change === undefined ? null : app.store.get(change);
    const range = coding ?? app.selection.now;
    if (!range) return;
    const name = change === undefined ? messages.t('ws-picker') : messages.t('ws-picker-change');
    this.input = h('input', {
      type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'picker-list', 'aria-autocomplete': 'list', autocomplete: 'off',
      autocapitalize: 'off', spellcheck: 'false', 'aria-label': messages.t('ws-code'), dir: 'auto', enterkeyhint: 'done',
      placeholder: change === undefined ? messages.t('ws-picker-hint') : messages.t('ws-picker-change'),
      oninput: () => { this.at = 0; this.#fill(); },
    });
    this.input.value = query;
    this.listBox = h('div', { class: 'picker-list', id: 'picker-list', role: 'listbox', 'aria-label': messages.t('ws-codes') });
    this.extra = h('div', { class: 'picker-extra', hidden: true });
    const foot = h('div', { class: 'picker-foot' });
    append(foot, [
      h('span', {}, kbd('↵'), messages.t('ws-apply')),
      this.changing === null ? h('button', { type: 'button', onclick: () => this.#choose(true) }, kbd('⇧ ↵'), messages.t('ws-apply-stay')) : null,
      this.changing === null ? h('button', { type: 'button', 'aria-keyshortcuts': 'Alt+M', onclick: () => this.#showMemo() }, kbd('Alt M'), messages.t('ws-memo-word')) : null,
      this.changing === null ? h('button', { type: 'button', 'aria-keyshortcuts': 'Alt+W', onclick: () => this.#showWeight() }, kbd('Alt W'), messages.t('ws-weight-word')) : null,
      this.changing === null && app.data.me.can.comment ? h('button', { type: 'button', 'aria-keyshortcuts': 'Alt+R', onclick: () => this.#comment() }, kbd('Alt R'), messages.t('ws-comment-word')) : null,
    ]);
    this.box = h(
      'div', { class: 'popover picker', role: 'dialog', 'aria-label': name, onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event) },
      h('div', { class: 'picker-field' }, icon('search'), this.input, h('button', { type: 'button', class: 'picker-esc', 'aria-label': messages.t('ws-close'), onclick: () => this.close(true) }, kbd('Esc'))),
      this.listBox, this.extra, foot,
    );
    document.body.append(this.box);
    this.#fill();
    this.place();
    this.input.focus({ preventScroll: true });
    app.selection.draw();
    this.outside = (/** @type {PointerEvent} */ event) => {
      if (event.target instanceof Element && this.box && !this.box.contains(event.target) && !event.target.closest('.ws-tree, .sel-handle, .toasts')) this.close(false);
    };
    document.addEventListener('pointerdown', this.outside, true);
  }

  /** @param {boolean} back  give the focus back to the text */
  close(back) {
    if (!this.box) return;
    if (this.outside) document.removeEventListener('pointerdown', this.outside, true);
    const hadFocus = this.box.contains(document.activeElement);
    this.box.remove();
    this.box = null;
    if (back || hadFocus) {
      const { selection, window, card } = this.app;
      const block = window.read(selection.cursor);
      if (this.changing !== null && card.element) card.element.focus({ preventScroll: true });
      else block?.focus({ preventScroll: true });
      selection.draw(true);
    }
  }

  /** Stands below the passage, or above it where there is no room; a sheet at the foot of a narrow page. */
  place() {
    const { box, app } = this;
    if (!box) return;
    const coding = this.changing === null ? null : app.store.get(this.changing);
    const range = coding ?? app.selection.now;
    if (app.narrow() || !range) {
      box.style.left = box.style.top = '';
      return;
    }
    const view = app.window.scroller.getBoundingClientRect();
    const ranges = app.window.rangesOf(range.start, range.end);
    const tail = ranges.at(-1)?.getClientRects();
    const last = tail?.[tail.length - 1];
    const head = ranges[0]?.getClientRects()[0];
    const size = box.getBoundingClientRect();
    const bottom = Math.min(last?.bottom ?? view.top + 80, view.bottom);
    const below = view.bottom - bottom;
    let top = bottom + 10;
    if (below < size.height + 20) {
      const above = (head?.top ?? bottom) - size.height - 10;
      top = above >= view.top ? above : Math.max(view.top + 8, view.bottom - size.height - 8);
    }
    const rtl = app.data.document.dir === 'rtl';
    const edge = rtl ? (last?.right ?? view.right) - size.width + 24 : (last?.left ?? view.left) - 24;
    const text = app.window.read(app.selection.cursor)?.getBoundingClientRect() ?? view;
    const left = Math.max(text.left, Math.min(edge, text.right - size.width));
    box.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
    box.style.top = `${top}px`;
  }

  /** @returns {Option[]} */
  #find() {
    const { codebook, data } = this.app;
    const query = this.input.value.trim();
    if (query === '') {
      /** @type {Option[]} */
      const recent = [];
      for (const id of codebook.recents) {
        const code = codebook.get(id);
        if (codebook.usable(code)) recent.push({ code, create: null, ranges: [], group: 'recent' });
      }
      const known = new Set(recent.map(({ code }) => code?.id));
      /** @type {Option[]} */
      const rest = [];
      for (const { code } of codebook.walk()) {
        if (codebook.usable(code) && !known.has(code.id)) rest.push({ code, create: null, ranges: [], group: 'all' });
      }
      return [...recent, ...rest];
    }
    /** @type {(Option & {score: number})[]} */
    const found = [];
    for (const { code } of codebook.walk()) {
      if (!codebook.usable(code)) continue;
      const hit = match(query, codebook.path(code.id));
      if (!hit) continue;
      const recent = codebook.recents.indexOf(code.id);
      found.push({ code, create: null, ranges: hit.ranges, group: 'found', score: hit.score + (recent >= 0 ? 3 - recent * 0.2 : 0) });
    }
    found.sort((a, b) => b.score - a.score);
    /** @type {Option[]} */
    const options = found.slice(0, SHOWN);
    if (data.me.can.create_code) {
      const wanted = this.#newCode(query);
      if (wanted) options.push({ code: null, create: wanted, ranges: [], group: 'found' });
    }
    return options;
  }

  /**
   * What a query would be called as a code: `Security > Drones` goes below Security.
   * @param {string} query
   */
  #newCode(query) {
    const { codebook } = this.app;
    const same = (/** @type {string} */ a, /** @type {string} */ b) => fold(a).map(({ letter }) => letter).join('') === fold(b).map(({ letter }) => letter).join('');
    const parts = query.split(/\s*[›>]\s*/u).filter((part) => part !== '');
    const name = parts.at(-1);
    if (!name) return null;
    const above = parts.slice(0, -1).join(' › ');
    /** @type {number | null} */
    let parent = null;
    for (const { code } of codebook.walk()) {
      if (above !== '' && same(codebook.path(code.id), above)) parent = code.id;
      if (above === '' && same(code.name, name) && codebook.usable(code)) return null;
      if (above !== '' && same(codebook.path(code.id), `${above} › ${name}`)) return null;
    }
    return above !== '' && parent === null ? { name: query.trim(), parent: null } : { name, parent };
  }

  #fill() {
    const { messages } = this.app;
    this.options = this.#find();
    this.at = Math.min(this.at, Math.max(0, this.options.length - 1));
    /** @type {Node[]} */
    const nodes = [];
    let group = '';
    this.options.forEach((option, index) => {
      if (option.group !== group && option.group !== 'found') {
        nodes.push(h('div', { class: 'label', role: 'presentation' }, messages.t(option.group === 'recent' ? 'ws-recent' : 'ws-all-codes')));
      }
      group = option.group;
      nodes.push(this.#option(option, index));
    });
    if (nodes.length === 0) nodes.push(h('p', { class: 'note' }, messages.t('ws-no-code-found')));
    this.listBox.replaceChildren(...nodes);
    this.#mark();
  }

  /**
   * @param {Option} option
   * @param {number} index
   */
  #option(option, index) {
    const { codebook, messages } = this.app;
    const node = h('div', {
      class: 'option', role: 'option', id: `option-${index}`,
      onpointerdown: (/** @type {Event} */ event) => event.preventDefault(),
      onclick: (/** @type {MouseEvent} */ event) => { this.at = index; this.#choose(event.shiftKey); },
    });
    if (!option.code) {
      const parent = option.create?.parent ?? null;
      node.append(icon('plus'), h('span', {}, parent === null ? messages.t('ws-create-code', { name: option.create?.name ?? '' }) : messages.t('ws-create-code-in', { name: option.create?.name ?? '', parent: codebook.path(parent) })));
      return node;
    }
    const path = codebook.path(option.code.id);
    const cut = path.length - option.code.name.length;
    const words = h('span', { dir: 'auto' });
    if (cut > 0) append(words, [h('span', { class: 'path' }, ...emphasised(path, 0, cut, option.ranges))]);
    append(words, emphasised(path, cut, path.length, option.ranges));
    node.append(h('span', { class: 'code', 'data-code': option.code.color }, words));
    const digit = codebook.digit(option.code.id);
    if (digit !== null) node.append(kbd(messages.number(digit)));
    node.title = option.code.description ?? '';
    return node;
  }

  #mark() {
    const nodes = [...this.listBox.querySelectorAll('.option')];
    nodes.forEach((node, index) => {
      node.setAttribute('aria-selected', String(index === this.at));
      if (index === this.at && !node.querySelector('.enter')) node.append(h('kbd', { class: 'enter', 'aria-hidden': 'true' }, '↵'));
      else if (index !== this.at) node.querySelector('.enter')?.remove();
    });
    const node = nodes[this.at];
    if (node) {
      this.input.setAttribute('aria-activedescendant', node.id);
      node.scrollIntoView({ block: 'nearest' });
    } else {
      this.input.removeAttribute('aria-activedescendant');
    }
    if (this.weight && this.weight.code !== this.options[this.at]?.code?.id) {
      this.weight.element.remove();
      this.weight = null;
      this.extra.hidden = this.extra.childElementCount === 0;
    }
  }

  #showMemo() {
    if (!this.memo) {
      const { messages } = this.app;
      this.memo = textField(messages, messages.t('ws-memo'), '', { placeholder: messages.t('ws-memo-hint'), rows: 2 });
      this.extra.append(this.memo.element);
      this.extra.hidden = false;
      this.place();
    }
    this.memo.area.focus();
  }

  #showWeight() {
    const { messages, codebook, toasts } = this.app;
    const code = this.options[this.at]?.code;
    const scale = code && codebook.scale(code.id);
    if (!code || !scale) {
      toasts.show(code ? messages.t('ws-no-scale', { code: code.name }) : messages.t('ws-no-code-found'));
      return;
    }
    if (!this.weight) {
      this.weight = { ...weightField(messages, scale, null), code: code.id };
      this.extra.prepend(this.weight.element);
      this.extra.hidden = false;
      this.place();
    }
    this.weight.focus();
  }

  /** Say something about the passage instead of coding it. */
  #comment() {
    this.close(false);
    this.app.notes.compose();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation();
    if (event.isComposing) return;
    const target = event.target;
    const inMemo = target === this.memo?.area;
    const step = (/** @type {number} */ by) => {
      const count = this.options.length;
      if (count > 0) this.at = (this.at + by + count) % count;
      this.#mark();
    };
    const move = target === this.input;
    if (event.altKey && event.code === 'KeyM') this.#showMemo();
    else if (event.altKey && event.code === 'KeyW') this.#showWeight();
    else if (event.altKey && event.code === 'KeyR' && this.changing === null) this.#comment();
    else if (event.key === 'Escape') this.close(true);
    else if (event.key === 'Enter' && target instanceof HTMLButtonElement) return;
    else if (event.key === 'Enter' && (!inMemo || event.ctrlKey || event.metaKey)) this.#choose(event.shiftKey);
    else if (move && event.key === 'ArrowDown') step(1);
    else if (move && event.key === 'ArrowUp') step(-1);
    else if (move && event.key === 'PageDown') step(Math.min(8, this.options.length - 1 - this.at));
    else if (move && event.key === 'PageUp') step(-Math.min(8, this.at));
    else if (event.key === 'Tab') { this.#trap(event); return; }
    else return;
    event.preventDefault();
  }

  /** Tab goes round inside the dialog. @param {KeyboardEvent} event */
  #trap(event) {
    const stops = [...(this.box?.querySelectorAll('input, textarea, button') ?? [])].filter((stop) => stop instanceof HTMLElement && stop.offsetParent !== null);
    const at = stops.indexOf(/** @type {Element} */ (event.target));
    const next = stops[(at + (event.shiftKey ? -1 : 1) + stops.length) % stops.length];
    event.preventDefault();
    /** @type {HTMLElement | undefined} */ (next)?.focus();
  }

  /** @param {boolean} stay */
  async #choose(stay) {
    const option = this.options[this.at];
    if (!option || this.busy) return;
    const { actions } = this.app;
    let code = option.code;
    if (!code && option.create) {
      this.busy = true;
      code = await actions.createCode(option.create.name, option.create.parent);
      this.busy = false;
    }
    if (!code) return;
    if (this.changing !== null) {
      const id = this.changing;
      this.close(true);
      actions.update(id, { code: code.id });
      return;
    }
    const memo = this.memo?.area.value.trim() || null;
    const weight = this.weight && this.weight.code === code.id ? this.weight.value() : null;
    if (stay) {
      actions.applyCode(code.id, { memo, weight, stay: true });
      if (!this.box) return;
      this.input.value = '';
      this.at = 0;
      this.memo?.element.remove();
      this.weight?.element.remove();
      this.memo = this.weight = null;
      this.extra.hidden = true;
      this.#fill();
      this.input.focus();
    } else {
      this.close(false);
      actions.applyCode(code.id, { memo, weight });
    }
  }
}

/**
 * A part of a text with the letters that matched set off.
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {[number, number][]} ranges
 * @returns {(string | Node)[]}
 */
export function emphasised(text, from, to, ranges) {
  const parts = [];
  let at = from;
  for (const [start, end] of ranges) {
    const a = Math.max(start, from);
    const b = Math.min(end, to);
    if (a >= b) continue;
    if (a > at) parts.push(text.slice(at, a));
    parts.push(h('em', {}, text.slice(a, b)));
    at = b;
  }
  if (at < to) parts.push(text.slice(at, to));
  return parts;
}
