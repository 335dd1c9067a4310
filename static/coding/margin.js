/**
 * The margin: a bracket for each passage that is coded, with the code's name and the coders' initials at its head.
 *
 * Each block measures and draws its own brackets, so that a new coding costs one paragraph and not the page; a passage over
 * several blocks goes on through each. Brackets never move; labels slide down rather than overlap, and where more come
 * together than there is room for, one button stands for the rest. Names are slid with arithmetic on what was measured, so
 * that no layout is read while writing.
 *
 * @module
 */

import { h, icon } from './dom.js';
import { pieceGroups } from './render.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Group} Group */

/**
 * @typedef {object} Mark
 * @property {Group} group
 * @property {number} top  pixels from the block's top
 * @property {number} bottom
 * @property {boolean} head  the passage begins in this block
 * @property {HTMLLIElement} li
 * @property {string} sign  what the label was made of
 */

/** @typedef {{marks: Mark[], more: HTMLLIElement | null}} BlockMarks */

const COLUMNS = 4;
/** A label stands at most this many rows below its bracket's head. */
const SLIDE = 7;

export class Margin {
  /**
   * @param {App} app
   * @param {(key: string, label: HTMLElement) => void} open
   */
  constructor(app, open) {
    this.app = app;
    this.open = open;
    /** @type {Map<number, BlockMarks>} */
    this.blocks = new Map();
    /** Pixels of one label. */
    this.row = 26;
    this.frame = 0;
  }

  /** @param {number} index */
  forget(index) {
    this.blocks.delete(index);
  }

  /**
   * Measures the passages of blocks and draws their brackets.
   * @param {number[]} indexes
   */
  measure(indexes) {
    const { window, store, current, notes } = this.app;
    this.row = 1.625 * (parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
    const found = [];
    // Read everything first, then write: one layout for all.
    for (const index of [...indexes].sort((a, b) => a - b)) {
      const element = window.elements.get(index);
      const block = window.blocks.get(index);
      const read = element?.querySelector('.read');
      const list = element?.querySelector('.marks');
      if (!element || !block || !read || !(list instanceof HTMLElement)) continue;
      const groups = store.groupsIn(block.start, block.end);
      const box = element.getBoundingClientRect();
      /** @type {Map<string, {top: number, bottom: number}>} */
      const places = new Map();
      if (groups.length > 0) {
        for (const seg of read.querySelectorAll('.seg')) {
          const rects = seg.getClientRects();
          if (rects.length === 0) continue;
          const top = rects[0].top - box.top;
          const bottom = rects[rects.length - 1].bottom - box.top;
          for (const group of pieceGroups.get(seg) ?? []) {
            const place = places.get(group.key);
            if (place) place.bottom = Math.max(place.bottom, bottom);
            else places.set(group.key, { top, bottom });
          }
        }
      }
      const threads = notes.in(block.start, block.end);
      for (const { group } of threads) {
        const rects = window.rangeIn(index, group.start, group.end)?.getClientRects();
        if (rects && rects.length > 0) places.set(group.key, { top: rects[0].top - box.top, bottom: rects[rects.length - 1].bottom - box.top });
      }
      const all = threads.length === 0 ? groups : [...groups, ...threads.map(({ group }) => group)].sort((a, b) => a.start - b.start);
      found.push({ index, block, list, groups: all, places, height: box.height });
    }
    for (const { index, block, list, groups, places, height } of found) {
      const old = new Map((this.blocks.get(index)?.marks ?? []).map((mark) => [mark.group.key, mark]));
      /** @type {Mark[]} */
      const marks = [];
      for (const group of groups) {
        const place = places.get(group.key);
        if (!place) continue;
        const head = group.start >= block.start;
        const tail = group.end <= block.end;
        const before = old.get(group.key);
        old.delete(group.key);
        const li = before?.li ?? h('li', { class: 'mark', id: head ? `m-${group.key}` : null });
        const mark = { group, top: head ? place.top : 0, bottom: tail ? place.bottom : height, head, li, sign: before?.sign ?? '' };
        marks.push(mark);
        flag(li, 'data-code', group.code === 0 ? null : String(this.app.codebook.color(group.code)));
        flag(li, 'data-note', group.code === 0 ? '' : null);
        flag(li, 'data-other', group.mine ? null : '');
        flag(li, 'data-waiting', group.waiting ? '' : null);
        flag(li, 'data-from', head ? null : '');
        flag(li, 'data-on', tail ? null : '');
        flag(li, 'data-consensus', group.consensus ? '' : null);
        flag(li, 'data-current', current?.key === group.key ? '' : null);
        li.style.insetBlockStart = `${mark.top}px`;
        li.style.blockSize = `${Math.max(8, mark.bottom - mark.top)}px`;
        if (head) this.#label(mark);
        else flag(li, 'aria-hidden', 'true');
      }
      for (const { li } of old.values()) li.remove();
      this.#columns(marks);
      marks.forEach(({ li }, at) => {
        if (list.children[at] !== li) list.insertBefore(li, list.children[at] ?? null);
      });
      flag(list, 'hidden', marks.length === 0 ? '' : null);
      this.blocks.set(index, { marks, more: this.blocks.get(index)?.more ?? null });
    }
  }

  /**
   * Columns by what meets in height, in lane order; a passage that comes from above keeps the one it has.
   * @param {Mark[]} marks
   */
  #columns(marks) {
    /** @type {number[]} */
    const bottoms = new Array(COLUMNS).fill(-1);
    for (const mark of marks) {
      if (!mark.head && mark.group.col !== null) bottoms[mark.group.col] = Math.max(bottoms[mark.group.col], mark.bottom);
    }
    for (const mark of marks) {
      if (mark.head || mark.group.col === null) {
        let col = bottoms.findIndex((bottom) => bottom < mark.top + 1);
        if (col === -1) col = COLUMNS - 1;
        mark.group.col = col;
        bottoms[col] = Math.max(bottoms[col], mark.bottom);
      }
      flag(mark.li, 'data-col', String(mark.group.col));
    }
  }

  /** @param {Mark} mark */
  #label(mark) {
    const { group, li } = mark;
    const { messages, codebook, store, comments, notes } = this.app;
    const thread = notes.get(group.key);
    if (thread) {
      const sign = JSON.stringify([thread.root, thread.replies.length]);
      if (sign === mark.sign) return;
      mark.sign = sign;
      li.replaceChildren(notes.label(thread));
      return;
    }
    const codings = group.ids.map((id) => store.get(id)).filter((coding) => coding !== null);
    const name = codebook.label(group.code);
    const people = codings.map((coding) => (coding.layer === 'consensus' ? messages.t('ws-consensus') : coding.coder.name || '…'));
    const said = codings.reduce((sum, coding) => sum + (comments.get(`coding:${coding.id}`) ?? 0), 0);
    const memo = codings.some((coding) => coding.memo);
    const weights = codings.filter((coding) => coding.weight !== null).map((coding) => messages.number(coding.weight ?? 0));
    const sign = JSON.stringify([name, people, said, memo, weights, group.waiting, group.ids]);
    if (sign === mark.sign) return;
    mark.sign = sign;
    const first = codings.find((coding) => typeof coding.id === 'number');
    const label = h(
      'a',
      {
        class: 'mark-label', href: first ? `#coding-${first.id}` : `#passage-${group.start}-${group.end}`, tabindex: '-1', 'data-key': group.key,
        onclick: (/** @type {MouseEvent} */ event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          this.open(group.key, label);
        },
      },
      h('span', { class: 'name', dir: 'auto' }, name),
      h('span', { class: 'visually-hidden' }, messages.t('ws-label', { coders: people.join(', '), comments: said, waiting: group.waiting ? 'yes' : 'no' })),
      h('span', { class: 'people', 'aria-hidden': 'true' }, ...codings.slice(0, 6).map((coding) => this.#who(coding)), codings.length > 6 ? h('span', { class: 'n' }, `+${messages.number(codings.length - 6)}`) : null),
      weights.length > 0 ? h('bdi', { class: 'n weight', dir: 'ltr', 'aria-hidden': 'true' }, weights.join(' ')) : null,
      memo ? icon('memo') : null,
      said > 0 ? icon('comment') : null,
      said > 0 ? h('span', { class: 'n', 'aria-hidden': 'true' }, messages.number(said)) : null,
      group.waiting ? icon('clock', 'is-waiting') : null,
    );
    const old = li.querySelector('.mark-label');
    const focused = old !== null && old === document.activeElement;
    if (old) old.replaceWith(label);
    else li.prepend(label);
    if (focused) label.focus();
  }

  /** @param {import('./types.js').Coding} coding */
  #who(coding) {
    const { store, messages } = this.app;
    if (coding.layer === 'consensus') return h('abbr', { class: 'who who--consensus', title: messages.t('ws-consensus') }, icon('check'));
    const coder = this.app.data.coders.find((one) => one.id === coding.coder.id);
    const name = coder?.name || coding.coder.name;
    return h('abbr', { class: store.isMine(coding) ? 'who who--me' : 'who', title: name || null }, h('bdi', {}, coder?.initials || initials(name)));
  }

  /**
   * Names and initials anew for blocks whose passages stayed where they were.
   * @param {number[]} indexes
   */
  relabel(indexes) {
    for (const index of indexes) {
      for (const mark of this.blocks.get(index)?.marks ?? []) {
        const group = this.app.store.groups.get(mark.group.key);
        if (!group) continue;
        group.col = mark.group.col;
        mark.group = group;
        if (mark.head) this.#label(mark);
      }
    }
  }

  /** Slides labels apart before the page is next drawn. */
  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.layout();
    });
  }

  /** Slides the labels of all blocks on the page apart. */
  layout() {
    const { window, current } = this.app;
    if (this.app.narrow()) return;
    let floor = -Infinity;
    // Below an open card labels may slide as far as it takes.
    let cardEnd = -Infinity;
    for (let index = window.first; index <= window.last; index++) {
      const block = this.blocks.get(index);
      if (!block) continue;
      const base = window.heights.before(index);
      let hidden = 0;
      let shown = floor;
      for (const mark of block.marks) {
        if (!mark.head) continue;
        const natural = base + mark.top + 3;
        const isCurrent = mark.group.key === current?.key;
        const card = isCurrent ? mark.li.querySelector('.coding') : null;
        const at = Math.max(natural, floor);
        const rows = (at - natural) / this.row;
        if (at - Math.max(natural, cardEnd) > SLIDE * this.row && !isCurrent) {
          flag(mark.li, 'data-folded', '');
          hidden += 1;
          continue;
        }
        flag(mark.li, 'data-folded', null);
        const nudge = card ? 0 : Math.round(rows * 1000) / 1000;
        mark.li.style.setProperty('--nudge', String(nudge));
        if (card) {
          floor = Math.max(floor, natural + /** @type {HTMLElement} */ (card).offsetHeight + 8);
          cardEnd = floor;
        } else {
          floor = at + this.row;
        }
        shown = floor;
      }
      this.#more(index, block, hidden, shown - base);
      if (hidden > 0) floor = shown + this.row;
    }
  }

  /**
   * One button for the labels there was no room for.
   * @param {number} index
   * @param {BlockMarks} block
   * @param {number} hidden
   * @param {number} top
   */
  #more(index, block, hidden, top) {
    if (hidden === 0) {
      block.more?.remove();
      block.more = null;
      return;
    }
    const { messages } = this.app;
    if (!block.more) {
      const button = h('button', { type: 'button', class: 'mark-label', tabindex: '-1', onclick: () => this.app.card.list(index) });
      block.more = h('li', { class: 'mark-more' }, button);
      this.app.window.elements.get(index)?.querySelector('.marks')?.append(block.more);
    }
    const button = /** @type {HTMLElement} */ (block.more.firstElementChild);
    const words = messages.t('ws-more-codings', { count: hidden });
    if (button.textContent !== words) button.textContent = words;
    block.more.style.insetBlockStart = `${top}px`;
  }

  /** The element of a passage's bracket where it begins, if it is on the page. @param {string} key */
  mark(key) {
    for (const { marks } of this.blocks.values()) {
      for (const mark of marks) if (mark.head && mark.group.key === key) return mark.li;
    }
    return null;
  }

  /** Tells the blocks which passage is current. @param {string | null} key */
  setCurrent(key) {
    for (const { marks } of this.blocks.values()) {
      for (const { group, li } of marks) {
        flag(li, 'data-current', group.key === key ? '' : null);
        const label = li.querySelector('.mark-label');
        if (label && group.code !== 0) flag(label, 'tabindex', group.key === key ? '0' : '-1');
      }
    }
  }
}

/**
 * @param {Element} element
 * @param {string} name
 * @param {string | null} value
 */
export function flag(element, name, value) {
  if (value === null) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== value) {
    element.setAttribute(name, value);
  }
}

/** @param {string} name */
export function initials(name) {
  const parts = name.split(/[\s.]+/u).filter((part) => part !== '');
  return (parts.length > 1 ? [parts[0], parts[parts.length - 1]] : parts).map((part) => [...part][0]).join('').toUpperCase() || '?';
}
