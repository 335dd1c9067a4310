/**
 * The passage that is selected before it is coded: by mouse, by touch, by keyboard.
 *
 * It is kept as a range of code points, widened to whole graphemes and trimmed, and drawn with the browser's own highlights, so
 * that the text is not touched and the selection survives when the cursor goes into a field. The browser's selection is
 * kept in step where possible, for copying and for screen readers. The same selection serves to move the edges of a
 * coding: then it knows which one it edits.
 *
 * @module
 */

import { h } from './dom.js';
import { nodeStarts, textOf } from './render.js';
import { nextWordEdge, sentences, skipSpace, skipSpaceBack, snapEnd, snapStart } from './positions.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Block} Block */
/** @typedef {import('./types.js').Selected} Selected */

export class Selection {
  /**
   * @param {App} app
   * @param {object} hooks
   * @param {(byPointer: boolean) => void} hooks.changed
   * @param {(id: import('./types.js').CodingId, start: number, end: number) => void} hooks.moved  edges of a coding were dragged
   */
  constructor(app, { changed, moved }) {
    this.app = app;
    this.changed = changed;
    this.moved = moved;
    /** @type {Selected | null} */
    this.now = null;
    /** Where the keyboard is when nothing is selected: a block. */
    this.cursor = 0;
    /** The end of what was coded last, where going on by sentences begins as long as the keyboard stays in that block. */
    this.coded = 0;
    this.language = app.data.document.language ?? undefined;
    this.touching = false;
    this.frame = 0;
    this.inBrowser = false;
    /** How many moves are under way. */
    this.moving = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.settle = undefined;
    this.ink = typeof Highlight === 'function' && CSS.highlights ? new Highlight() : null;
    if (this.ink) {
      this.ink.priority = 2;
      CSS.highlights.set('selected', this.ink);
    }
    this.handles = {
      start: h('span', { class: 'sel-handle sel-handle--start', 'data-edge': 'start', 'aria-hidden': 'true' }),
      end: h('span', { class: 'sel-handle sel-handle--end', 'data-edge': 'end', 'aria-hidden': 'true' }),
    };
    for (const edge of /** @type {const} */ (['start', 'end'])) {
      this.handles[edge].addEventListener('pointerdown', (event) => this.#drag(event, edge));
    }
    this.#listen();
  }

  #listen() {
    const { scroller, sheet } = this.app.window;
    let down = false;
    scroller.addEventListener('pointerdown', (event) => {
      this.touching = event.pointerType === 'touch';
      down = event.button === 0 && event.target instanceof Element && event.target.closest('.read') !== null;
    });
    document.addEventListener('pointerup', (event) => {
      if (!down || event.pointerType === 'touch') return;
      down = false;
      // The browser settles a double or triple click after this event.
      clearTimeout(this.settle);
      this.settle = setTimeout(() => this.#fromBrowser(true), 0);
    });
    document.addEventListener('selectionchange', () => {
      if (!this.touching) return;
      clearTimeout(this.settle);
      this.settle = setTimeout(() => this.#fromBrowser(false), 250);
    });
    sheet.addEventListener('copy', (event) => {
      if (!this.now) return;
      const words = this.words();
      if (words === '') return;
      event.clipboardData?.setData('text/plain', words);
      event.preventDefault();
    });
  }

  /**
   * Takes over what the browser has selected in the text.
   * @param {boolean} byMouse
   */
  #fromBrowser(byMouse) {
    const chosen = document.getSelection();
    if (!chosen || chosen.rangeCount === 0 || chosen.isCollapsed) {
      if (byMouse && this.now && this.now.editing === null && !inField()) this.clear();
      return;
    }
    const range = chosen.getRangeAt(0);
    if (!this.app.window.sheet.contains(range.commonAncestorContainer)) return;
    const start = this.#position(range.startContainer, range.startOffset, 1);
    const end = this.#position(range.endContainer, range.endOffset, -1);
    if (start === null || end === null || start >= end) return;
    this.set(start, end, { snap: true, byPointer: true, keepBrowser: !byMouse });
  }

  /**
   * The code point position of a place in the page.
   * @param {Node} node
   * @param {number} offset
   * @param {1 | -1} towards  where to look when the place is between blocks
   * @returns {number | null}
   */
  #position(node, offset, towards) {
    const known = nodeStarts.get(node);
    if (known) return known.start + known.text.toPoint(offset);
    // Not inside words: the nearest text of the sheet after (or before) this place.
    const point = document.createRange();
    point.setStart(node, offset);
    const indexes = [...this.app.window.elements.keys()].sort((a, b) => (a - b) * towards);
    for (const index of indexes) {
      const nodes = [...this.app.window.textNodes(index)];
      if (towards < 0) nodes.reverse();
      for (const { node: words, start, text } of nodes) {
        if (towards > 0 && point.comparePoint(words, 0) >= 0) return start;
        if (towards < 0 && point.comparePoint(words, words.length) <= 0) return start + text.length;
      }
    }
    return null;
  }

  /**
   * The position under a point of the screen.
   * @param {number} x
   * @param {number} y
   * @returns {number | null}
   */
  at(x, y) {
    if (document.caretPositionFromPoint) {
      const place = document.caretPositionFromPoint(x, y);
      return place ? this.#position(place.offsetNode, place.offset, 1) : null;
    }
    const range = /** @type {any} */ (document).caretRangeFromPoint?.(x, y);
    return range ? this.#position(range.startContainer, range.startOffset, 1) : null;
  }

  /**
   * @param {number} start
   * @param {number} end
   * @param {{snap?: boolean, byPointer?: boolean, keepBrowser?: boolean, editing?: import('./types.js').CodingId | null}} [options]
   */
  set(start, end, { snap = false, byPointer = false, keepBrowser = false, editing = this.now?.editing ?? null } = {}) {
    const range = snap ? this.#snap(start, end) : { start, end };
    if (!range) {
      this.clear();
      return;
    }
    this.now = { ...range, editing };
    const block = this.app.window.blockAt(range.start);
    if (block) this.cursor = block.index;
    this.draw(!keepBrowser);
    this.changed(byPointer);
  }

  clear() {
    if (!this.now) return;
    this.now = null;
    const chosen = document.getSelection();
    if (chosen && this.app.window.sheet.contains(chosen.anchorNode)) chosen.removeAllRanges();
    this.draw(false);
    this.changed(false);
  }

  /**
   * Whole graphemes, no white space at the ends, over as many blocks as it takes.
   * @param {number} start
   * @param {number} end
   */
  #snap(start, end) {
    const { window } = this.app;
    let first = window.blockAt(start);
    while (first) {
      const text = textOf(first);
      const at = skipSpace(text, snapStart(text, Math.max(0, start - first.start)));
      if (at < text.length) {
        start = first.start + at;
        break;
      }
      first = window.blocks.get(first.index + 1) ?? null;
      if (!first || first.start >= end) return null;
      start = first.start;
    }
    let last = window.blockAt(Math.max(start, end - 1));
    while (last) {
      const text = textOf(last);
      const at = skipSpaceBack(text, snapEnd(text, Math.min(text.length, end - last.start)));
      if (at > 0) {
        end = last.start + at;
        break;
      }
      last = window.blocks.get(last.index - 1) ?? null;
      if (!last || last.end <= start) return null;
      end = last.end;
    }
    return start < end ? { start, end } : null;
  }

  /** Draws the selection with the next frame. @param {boolean} [browser]  also as the browser's selection */
  draw(browser = false) {
    this.inBrowser ||= browser;
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const also = this.inBrowser;
      this.inBrowser = false;
      this.#draw(also);
    });
  }

  /** @param {boolean} browser */
  #draw(browser) {
    const { window, card } = this.app;
    const ranges = this.now ? window.rangesOf(this.now.start, this.now.end) : [];
    this.ink?.clear();
    for (const range of ranges) this.ink?.add(range);
    if (browser && ranges.length > 0 && !inField()) {
      const chosen = document.getSelection();
      const last = ranges[ranges.length - 1];
      chosen?.setBaseAndExtent(ranges[0].startContainer, ranges[0].startOffset, last.endContainer, last.endOffset);
    }
    this.#placeHandles(card?.editable() ?? null);
  }

  /**
   * Handles stand at the selection's edges, or at those of the current coding if it may be changed.
   * @param {{start: number, end: number} | null} coding
   */
  #placeHandles(coding) {
    const { window } = this.app;
    const range = this.now ?? coding;
    for (const edge of /** @type {const} */ (['start', 'end'])) {
      const handle = this.handles[edge];
      const position = range && (edge === 'start' ? range.start : range.end - 1);
      const block = position === null ? null : window.blockAt(position);
      const element = block && window.elements.get(block.index);
      const part = position !== null && block ? window.rangeIn(block.index, position, position + 1) : null;
      const rect = part?.getClientRects()[0];
      if (!element || !rect || !block) {
        handle.remove();
        continue;
      }
      const box = element.getBoundingClientRect();
      const read = window.read(block.index);
      const rtl = read !== null && isRtl(part?.startContainer.parentElement ?? read, part?.toString() ?? '');
      const x = (edge === 'start') === rtl ? rect.right : rect.left;
      handle.style.left = `${x - box.left}px`;
      handle.style.top = `${rect.top - box.top}px`;
      handle.style.blockSize = `${rect.height}px`;
      if (handle.parentElement !== element) element.append(handle);
    }
  }

  /**
   * @param {PointerEvent} event
   * @param {'start' | 'end'} edge
   */
  #drag(event, edge) {
    if (event.button !== 0) return;
    const coding = this.now ? null : this.app.card.editable();
    const range = this.now ?? coding;
    if (!range) return;
    event.preventDefault();
    event.stopPropagation();
    this.app.picker.close(false);
    const handle = this.handles[edge];
    handle.setPointerCapture(event.pointerId);
    handle.setAttribute('data-held', '');
    const fixed = edge === 'start' ? range.end : range.start;
    const editing = this.now ? this.now.editing : coding?.id ?? null;
    const move = (/** @type {PointerEvent} */ now) => {
      // A finger covers what it drags: look a little above it.
      const position = this.at(now.clientX, now.pointerType === 'touch' ? now.clientY - 24 : now.clientY);
      if (position === null || position === fixed) return;
      this.set(Math.min(fixed, position), Math.max(fixed, position), { snap: true, editing });
    };
    const up = () => {
      handle.removeEventListener('pointermove', move);
      handle.removeEventListener('pointerup', up);
      handle.removeEventListener('pointercancel', up);
      handle.removeAttribute('data-held');
      const now = this.now;
      if (coding && now && now.editing !== null) {
        const id = now.editing;
        this.now = null;
        const chosen = document.getSelection();
        chosen?.removeAllRanges();
        this.moved(id, now.start, now.end);
        this.draw();
        this.changed(false);
      }
    };
    handle.addEventListener('pointermove', move);
    handle.addEventListener('pointerup', up);
    handle.addEventListener('pointercancel', up);
  }

  /** The words that are selected, as far as their blocks are loaded, blocks apart by a line. */
  words() {
    return this.now ? this.wordsOf(this.now.start, this.now.end) : '';
  }

  /**
   * @param {number} start
   * @param {number} end
   */
  wordsOf(start, end) {
    const { window } = this.app;
    const parts = [];
    let block = window.blockAt(start);
    while (block && block.start < end) {
      const text = textOf(block);
      parts.push(text.slice(Math.max(0, start - block.start), Math.min(text.length, end - block.start)));
      block = window.blocks.get(block.index + 1) ?? null;
    }
    return parts.join('\n');
  }

  /**
   * The next sentence after the selection (or of the current paragraph), or the one before, becomes the selection.
   * @param {1 | -1} direction
   * @returns {Promise<boolean>}
   */
  async sentence(direction) {
    const { window } = this.app;
    const from = this.now;
    const here = from ? window.blockAt(direction > 0 ? from.end - 1 : from.start) : window.blocks.get(this.here()) ?? null;
    let block = here;
    let inside = from ? (direction > 0 ? from.end : from.start) : block ? (direction > 0 ? block.start : block.end) : 0;
    if (!from && block && this.coded > block.start && this.coded <= block.end) inside = this.coded;
    while (block) {
      const base = block.start;
      const all = sentences(textOf(block), this.language).map(({ start, end }) => ({ start: start + base, end: end + base }));
      const next = direction > 0 ? all.find(({ end }) => end > inside) : all.reverse().find(({ start }) => start < inside);
      if (next) {
        // Going back from the middle of a sentence first selects that sentence from its beginning.
        this.set(next.start, next.end, { editing: null });
        await window.show(next.start, { end: next.end });
        this.draw(true);
        return true;
      }
      const index = block.index + direction;
      if (index < 0 || index >= window.total) return false;
      await window.ensure(index);
      block = window.blocks.get(index) ?? null;
      if (block) inside = direction > 0 ? block.start : block.end;
    }
    return false;
  }

  /**
   * Moves an edge by a word.
   * @param {'start' | 'end'} edge
   * @param {1 | -1} direction
   */
  async nudge(edge, direction) {
    const { window } = this.app;
    const now = this.now;
    if (!now) return;
    const position = edge === 'end' ? now.end : now.start;
    let block = window.blockAt(edge === 'end' ? position - 1 : position);
    let inside = block ? position - block.start : 0;
    while (block) {
      const next = nextWordEdge(textOf(block), inside, direction, edge, this.language);
      if (next !== null) {
        const at = block.start + next;
        const start = edge === 'start' ? at : now.start;
        const end = edge === 'end' ? at : now.end;
        if (start < end) {
          this.set(start, end, { snap: true });
          await window.show(at);
          this.draw(true);
        }
        return;
      }
      const index = block.index + direction;
      if (index < 0 || index >= window.total) return;
      await window.ensure(index);
      block = window.blocks.get(index) ?? null;
      inside = direction > 0 ? -1 : block ? textOf(block).length + 1 : 0;
    }
  }

  /** The block to go on from: where the keyboard is, or the first in sight when the reader has scrolled away from it. */
  here() {
    if (this.moving > 0 || this.now) return this.cursor;
    const { first, last } = this.app.window.visible();
    if (this.cursor < first || this.cursor > last) this.cursor = first;
    return this.cursor;
  }

  /**
   * Goes to a paragraph; the focus goes along, so that a screen reader reads it.
   * @param {number} index
   */
  async paragraph(index) {
    this.moving += 1;
    try {
      await this.#goTo(index);
    } finally {
      this.moving -= 1;
    }
  }

  /** @param {number} index */
  async #goTo(index) {
    const { window } = this.app;
    const direction = index >= this.cursor ? 1 : -1;
    let target = Math.max(0, Math.min(window.total - 1, index));
    this.coded = 0;
    await window.ensure(target);
    // Page breaks are not paragraphs.
    while (window.blocks.get(target)?.kind === 'page_break' && target + direction >= 0 && target + direction < window.total) {
      target += direction;
      await window.ensure(target);
    }
    this.cursor = target;
    const block = window.blocks.get(target);
    if (block) await window.show(block.start, { end: block.end });
    window.read(target)?.focus({ preventScroll: true });
  }
}

/** Whether the cursor is in a field, where selecting text would take it away. */
export function inField() {
  const active = document.activeElement;
  return active instanceof HTMLInputElement || active instanceof HTMLTextAreaElement || active instanceof HTMLSelectElement;
}

/**
 * Which way the letters at an edge run: their own script decides, not the paragraph's.
 * @param {Element} element
 * @param {string} letters
 */
function isRtl(element, letters) {
  if (/[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(letters)) return true;
  if (/\p{L}/u.test(letters)) return false;
  return getComputedStyle(element).direction === 'rtl';
}
