/**
 * The part of the document that is on the page.
 *
 * Only the blocks in sight and a little around them exist as elements; the rest is two empty boxes whose heights come from
 * {@link Heights}. So a document of 50,000 paragraphs opens and scrolls like one of 50. A short document is shown whole, so
 * that the browser's own search and printing see all of it. Whatever turns out taller or shorter than guessed, the
 * paragraph that is being read stays where it is.
 *
 * @module
 */

import { h } from './dom.js';
import { Heights } from './heights.js';
import { nodeStarts } from './render.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Block} Block */

/** A list item that brings its own dash, bullet or number with it. */
const MARKED = /^\s*(?:[-–—−*•·‣◦▪●]|\(?[\p{Nd}]{1,3}[.)]|\(?\p{L}[.)])\s/u;
/** Blocks fetched at a time. */
const CHUNK = 100;
/** Pixels drawn beyond each edge of the view. */
const BEYOND = 900;
/** A document with no more blocks than this is shown whole. */
const WHOLE = 150;

export class BlockWindow {
  /**
   * @param {App} app
   * @param {object} parts
   * @param {HTMLElement} parts.scroller
   * @param {HTMLElement} parts.sheet
   * @param {number} parts.total
   * @param {(block: Block, element: HTMLElement) => boolean} parts.paint  draws a block's text; false if it was so already
   * @param {(indexes: number[]) => void} parts.painted  after new blocks were laid out
   * @param {() => void} parts.moved  after the view moved
   */
  constructor(app, { scroller, sheet, total, paint, painted, moved }) {
    this.app = app;
    this.scroller = scroller;
    this.sheet = sheet;
    this.total = total;
    this.paint = paint;
    this.painted = painted;
    this.moved = moved;
    /** @type {Map<number, Block>} */
    this.blocks = new Map();
    /** Elements on the page, by block index. @type {Map<number, HTMLElement>} */
    this.elements = new Map();
    /** @type {Map<number, Promise<void>>} */
    this.asked = new Map();
    this.first = 0;
    this.last = -1;
    this.before = h('div', { class: 'sheet-space', 'aria-hidden': 'true' });
    this.after = h('div', { class: 'sheet-space', 'aria-hidden': 'true' });
    sheet.replaceChildren(this.before, this.after);
    this.line = 30;
    this.perLine = 70;
    this.gap = 18;
    this.width = 0;
    this.#gauge();
    const average = total > 0 ? app.data.document.length / total : 0;
    this.heights = new Heights(total, this.#guess(average));
    this.frame = 0;
    scroller.addEventListener('scroll', () => this.schedule(), { passive: true });
    this.observer = new ResizeObserver((entries) => this.#resized(entries));
    this.observer.observe(scroller);
  }

  /** Measures line height and letters per line as the style sheet has them now. */
  #gauge() {
    const probe = h('p', { class: 'read', 'aria-hidden': 'true' }, 'n'.repeat(40));
    const box = h('div', { class: 'block' }, probe);
    this.sheet.append(box);
    const letters = document.createRange();
    letters.selectNodeContents(probe);
    const rects = letters.getClientRects();
    const style = getComputedStyle(probe);
    this.line = parseFloat(style.lineHeight) || 30;
    const em = parseFloat(style.fontSize) || 18;
    const width = probe.getBoundingClientRect().width || 560;
    this.perLine = Math.max(10, width / (((rects[0]?.width ?? 40 * em * 0.5) / 40) * 0.86 || em * 0.45));
    this.gap = Math.max(0, box.getBoundingClientRect().height - probe.getBoundingClientRect().height);
    box.remove();
  }

  /** @param {number} length  in code points */
  #guess(length) {
    return Math.max(1, Math.ceil(length / this.perLine)) * this.line + this.gap;
  }

  /**
   * Takes in blocks that came with the page or from the server.
   * @param {Block[]} blocks
   */
  put(blocks) {
    for (const block of blocks) {
      if (this.blocks.has(block.index)) continue;
      this.blocks.set(block.index, block);
      this.heights.set(block.index, this.#guess(block.end - block.start), false);
      const placeholder = this.elements.get(block.index);
      if (placeholder) this.#removeElement(block.index);
    }
    this.schedule();
  }

  /** Fetches what is missing around a block. @param {number} index */
  ensure(index) {
    const chunk = Math.floor(index / CHUNK);
    const from = chunk * CHUNK;
    const to = Math.min(this.total, from + CHUNK);
    let complete = true;
    for (let i = from; i < to && complete; i++) complete = this.blocks.has(i);
    if (complete) return Promise.resolve();
    let asked = this.asked.get(chunk);
    if (!asked) {
      const { api, data } = this.app;
      asked = api
        .get(`/documents/${data.document.id}/blocks?from=${from}&limit=${CHUNK}`)
        .then((/** @type {{items: Block[]}} */ answer) => {
          this.put(answer.items);
          const items = answer.items;
          if (items.length > 0) void this.app.actions.loadCodings(items[0].start, items[items.length - 1].end);
        })
        .finally(() => this.asked.delete(chunk));
      this.asked.set(chunk, asked);
    }
    return asked;
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.update();
    });
  }

  /** @param {ResizeObserverEntry[]} entries */
  #resized(entries) {
    const keep = this.#anchor();
    let changed = false;
    for (const { target } of entries) {
      if (target === this.scroller) {
        const width = this.scroller.clientWidth;
        if (width === this.width) {
          this.schedule();
          continue;
        }
        this.width = width;
        const was = this.perLine;
        this.#gauge();
        const ratio = was / this.perLine;
        this.heights.forget((index, height) => {
          const block = this.blocks.get(index);
          return block ? this.#guess(block.end - block.start) : Math.max(this.line + this.gap, height * ratio);
        });
        changed = true;
        continue;
      }
      const index = Number(/** @type {HTMLElement} */ (target).dataset.index);
      if (this.elements.get(index) === target && !target.hasAttribute('data-empty')) {
        const height = target.getBoundingClientRect().height;
        if (Math.abs(height - this.heights.values[index]) > 0.5) {
          this.heights.set(index, height);
          changed = true;
        }
      }
    }
    if (!changed) return;
    for (const [index, element] of this.elements) {
      if (!element.hasAttribute('data-empty')) this.heights.set(index, element.getBoundingClientRect().height);
    }
    this.#restore(keep);
    this.painted([...this.elements.keys()]);
    this.schedule();
  }

  /** Distance of the first block from the top of what scrolls. */
  get origin() {
    return this.before.offsetTop;
  }

  /** The block at the top of the view, and how far into it the view begins. */
  #anchor() {
    const top = this.scroller.scrollTop - this.origin;
    const index = this.heights.at(Math.max(0, top));
    return { index, into: top - this.heights.before(index) };
  }

  /** @param {{index: number, into: number}} anchor */
  #restore({ index, into }) {
    this.#spaces();
    const top = this.heights.before(index) + into + this.origin;
    if (Math.abs(top - this.scroller.scrollTop) > 0.5) this.scroller.scrollTop = top;
  }

  #spaces() {
    const above = this.heights.before(this.first);
    const below = this.heights.before(this.total) - this.heights.before(this.last + 1);
    this.before.style.blockSize = `${above}px`;
    this.after.style.blockSize = `${Math.max(0, below)}px`;
  }

  /** Brings onto the page what is in sight, and takes off what is not. */
  update() {
    if (this.total === 0) return;
    /** @type {number[]} */
    const fresh = [];
    // Whoever went to the end stays there, however tall its paragraphs turn out.
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    const atEnd = scrollTop > 0 && scrollTop + clientHeight >= scrollHeight - 2;
    // A guess that was far off brings other blocks into sight; twice is enough to settle.
    for (let round = 0; round < 3; round++) {
      const keep = this.#anchor();
      const top = this.scroller.scrollTop - this.origin;
      const whole = this.total <= WHOLE;
      const from = whole ? 0 : this.heights.at(Math.max(0, top - BEYOND));
      const to = whole ? this.total - 1 : this.heights.at(Math.max(0, top + this.scroller.clientHeight + BEYOND));
      const added = this.#sync(from, to);
      if (added.length === 0 && round > 0) break;
      for (const index of added) {
        const element = /** @type {HTMLElement} */ (this.elements.get(index));
        if (!element.hasAttribute('data-empty')) this.heights.set(index, element.getBoundingClientRect().height);
      }
      this.#restore(keep);
      fresh.push(...added.filter((index) => this.blocks.has(index)));
      if (atEnd && added.length > 0) this.scroller.scrollTop = this.scroller.scrollHeight;
      if (added.length === 0) break;
    }
    if (fresh.length > 0) this.painted(fresh);
    this.moved();
  }

  /**
   * @param {number} from
   * @param {number} to
   * @returns {number[]}  blocks that are new on the page
   */
  #sync(from, to) {
    for (const index of [...this.elements.keys()]) {
      if (index < from || index > to) this.#removeElement(index);
    }
    const added = [];
    /** @type {ChildNode} */
    let place = this.before;
    for (let index = from; index <= to; index++) {
      let element = this.elements.get(index);
      if (!element) {
        element = this.#make(index);
        this.elements.set(index, element);
        place.after(element);
        this.observer.observe(element);
        added.push(index);
      }
      place = element;
    }
    this.first = from;
    this.last = to;
    return added;
  }

  /** @param {number} index */
  #removeElement(index) {
    const element = this.elements.get(index);
    if (!element) return;
    this.observer.unobserve(element);
    element.remove();
    this.elements.delete(index);
    this.app.margin?.forget(index);
  }

  /** @param {number} index */
  #make(index) {
    const block = this.blocks.get(index);
    const element = h('div', { class: 'block', 'data-index': index });
    if (!block) {
      element.setAttribute('data-empty', '');
      element.style.blockSize = `${this.heights.values[index]}px`;
      void this.ensure(index).catch(() => {
        // Said once by whoever asked for it; scrolling here again asks again.
      });
      return element;
    }
    const { messages } = this.app;
    const number = index + 1;
    if (block.kind === 'page_break') {
      element.append(
        h('div', { class: 'read-page', role: 'separator', id: block.page === null ? null : `page-${block.page}` }, block.page === null ? null : messages.t('ws-page', { page: messages.number(block.page) })),
      );
      return element;
    }
    const heading = block.kind === 'heading';
    const tag = heading ? /** @type {'h2'} */ (`h${Math.min(6, (block.level ?? 1) + 1)}`) : 'p';
    element.append(
      h('a', { class: 'read-num', href: `#p${number}`, 'aria-label': messages.t('ws-paragraph', { number: messages.number(number) }) }, messages.number(number)),
      h(tag, {
        class: `read${heading ? ' read--title' : ''}`, id: `p${number}`, dir: block.dir ?? 'auto', tabindex: '-1',
        'data-kind': block.kind, 'data-marked': block.kind === 'list_item' && MARKED.test(block.text) ? '' : null, 'data-level': heading ? block.level ?? 1 : null,
      }),
      h('ol', { class: 'marks', lang: document.documentElement.lang, 'aria-label': messages.t('ws-codings-of', { number: messages.number(number) }) }),
    );
    this.paint(block, element);
    return element;
  }

  /**
   * Indexes of the blocks on the page that touch any of the ranges.
   * @param {[number, number][]} ranges
   */
  touched(ranges) {
    const found = [];
    for (const index of this.elements.keys()) {
      const block = this.blocks.get(index);
      if (block && ranges.some(([start, end]) => block.start < end && block.end > start)) found.push(index);
    }
    return found;
  }

  /**
   * The loaded block that a position lies in (or that ends before it), or null if none there is loaded.
   * @param {number} position
   * @returns {Block | null}
   */
  blockAt(position) {
    for (const index of this.elements.keys()) {
      const block = this.blocks.get(index);
      if (block && block.start <= position && position < block.end) return block;
    }
    /** @type {Block | null} */
    let best = null;
    for (const block of this.blocks.values()) {
      if (block.start <= position && (!best || block.start > best.start || (block.start === best.start && block.end > best.end))) best = block;
    }
    if (!best) return null;
    const next = this.blocks.get(best.index + 1);
    const here = position < best.end || best.index + 1 >= this.total || (next !== undefined && position < next.start);
    return here ? best : null;
  }

  /**
   * As {@link blockAt}, fetching what is there if need be.
   * @param {number} position
   * @returns {Promise<Block | null>}
   */
  async findBlock(position) {
    const here = this.blockAt(position);
    if (here) return here;
    const { api, data } = this.app;
    const answer = await api.get(`/documents/${data.document.id}/blocks?at=${position}&limit=${CHUNK}`);
    this.put(answer.items);
    if (answer.items.length > 0) void this.app.actions.loadCodings(answer.items[0].start, answer.items[answer.items.length - 1].end);
    return this.blockAt(position);
  }

  /** The element of a block's text, if it is on the page. @param {number} index */
  read(index) {
    return /** @type {HTMLElement | null} */ (this.elements.get(index)?.querySelector('.read') ?? null);
  }

  /**
   * Puts a block's top at a height of the view.
   * @param {number} index
   * @param {number} [at]  pixels from the top of the view
   */
  scrollTo(index, at = 80) {
    this.scroller.scrollTop = this.heights.before(index) + this.origin - at;
    this.update();
    this.scroller.scrollTop = this.heights.before(index) + this.origin - at;
    this.update();
  }

  /**
   * Brings a position into sight, in the upper third if it was not there already.
   * @param {number} position
   * @param {{end?: number}} [options]
   */
  async show(position, { end = position } = {}) {
    const block = await this.findBlock(position);
    if (!block) return;
    if (!this.elements.has(block.index) || this.elements.get(block.index)?.hasAttribute('data-empty')) {
      this.scrollTo(block.index, this.scroller.clientHeight / 3);
    }
    const rect = this.rectAt(position) ?? this.elements.get(block.index)?.getBoundingClientRect();
    if (!rect) return;
    const tail = end > position ? this.rectAt(end - 1) : null;
    const view = this.scroller.getBoundingClientRect();
    const bottom = Math.min(tail?.bottom ?? rect.bottom, rect.top + view.height / 2);
    if (rect.top < view.top + 24 || bottom > view.bottom - 48) {
      this.scroller.scrollTop += rect.top - view.top - view.height / 3;
      this.update();
    }
  }

  /**
   * Where a position is drawn, if it is on the page.
   * @param {number} position
   * @returns {DOMRect | null}
   */
  rectAt(position) {
    const range = this.rangeOf(position, position + 1);
    return range ? range.getClientRects()[0] ?? null : null;
  }

  /**
   * The text nodes of a block on the page, in order.
   * @param {number} index
   */
  *textNodes(index) {
    const read = this.read(index);
    if (!read) return;
    const walker = document.createTreeWalker(read, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const known = nodeStarts.get(node);
      if (known) yield { node: /** @type {globalThis.Text} */ (node), start: known.start, text: known.text };
    }
  }

  /**
   * The part of a range that lies in one block on the page, as the browser's own kind of range.
   * @param {number} index
   * @param {number} start
   * @param {number} end
   * @returns {Range | null}
   */
  rangeIn(index, start, end) {
    const range = document.createRange();
    let begun = false;
    let done = false;
    for (const { node, start: from, text } of this.textNodes(index)) {
      const to = from + text.length;
      if (!begun && start < to) {
        range.setStart(node, text.toUnit(Math.max(0, start - from)));
        begun = true;
      }
      if (begun && end > from) {
        range.setEnd(node, text.toUnit(Math.min(end - from, text.length)));
        done = true;
      }
      if (to >= end) break;
    }
    return begun && done ? range : null;
  }

  /**
   * A range over the blocks on the page, clipped to them.
   * @param {number} start
   * @param {number} end
   * @returns {Range | null}
   */
  rangeOf(start, end) {
    const parts = this.rangesOf(start, end);
    if (parts.length === 0) return null;
    const last = parts[parts.length - 1];
    const range = parts[0].cloneRange();
    range.setEnd(last.endContainer, last.endOffset);
    return range;
  }

  /**
   * One range per block on the page.
   * @param {number} start
   * @param {number} end
   * @returns {Range[]}
   */
  rangesOf(start, end) {
    const found = [];
    for (const index of this.touched([[start, end]]).sort((a, b) => a - b)) {
      const range = this.rangeIn(index, start, end);
      if (range) found.push(range);
    }
    return found;
  }

  /** What is in sight: first and last block, and the positions they span. */
  visible() {
    const top = this.scroller.scrollTop - this.origin;
    const first = this.heights.at(Math.max(0, top + 4));
    const last = this.heights.at(Math.max(0, top + this.scroller.clientHeight - 4));
    const length = this.app.data.document.length;
    const from = this.blocks.get(first)?.start ?? (first / Math.max(1, this.total)) * length;
    const to = this.blocks.get(last)?.end ?? ((last + 1) / Math.max(1, this.total)) * length;
    return { first, last, from, to };
  }
}
