/**
 * Where codings lie in the whole document, and which part of it is in sight. However many codings there are, the map has a few
 * hundred rows: neighbours of one colour in one lane are one mark. A click or a drag goes there; by keyboard, `n` and `p` do.
 *
 * @module
 */

/** @typedef {import('./types.js').App} App */

const SVG = 'http://www.w3.org/2000/svg';
const ROWS = 400;
const HEIGHT = 1000;

export class Minimap {
  /**
   * @param {App} app
   * @param {SVGSVGElement} svg
   */
  constructor(app, svg) {
    this.app = app;
    this.svg = svg;
    this.view = rect({ class: 'map-view', x: 1.5, width: 25, rx: 2 });
    this.codings = document.createElementNS(SVG, 'g');
    svg.replaceChildren(this.view, this.codings);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.goal = 0;
    let held = false;
    const host = /** @type {HTMLElement} */ (svg.parentElement);
    host.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      held = true;
      host.setPointerCapture(event.pointerId);
      this.#go(event);
      event.preventDefault();
    });
    host.addEventListener('pointermove', (event) => held && this.#go(event));
    for (const end of ['pointerup', 'pointercancel']) host.addEventListener(end, () => { held = false; });
  }

  /** @param {PointerEvent} event */
  #go(event) {
    const { window, data } = this.app;
    const box = this.svg.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (event.clientY - box.top) / box.height));
    const position = Math.round(share * Math.max(0, data.document.length - 1));
    const known = window.blockAt(position);
    // Nearly there at once, exactly there when the blocks have come.
    window.scrollTo(known?.index ?? Math.floor(share * window.total), window.scroller.clientHeight / 2);
    if (known) return;
    const goal = ++this.goal;
    setTimeout(() => {
      if (goal !== this.goal) return;
      void window.findBlock(position).then((block) => {
        if (block && goal === this.goal) window.scrollTo(block.index, window.scroller.clientHeight / 2);
      }).catch(() => undefined);
    }, 80);
  }

  schedule() {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.draw();
    }, 120);
  }

  draw() {
    const { store, codebook, data, messages } = this.app;
    const length = Math.max(1, data.document.length);
    // What each row of each lane shows: the last code that covers it.
    const cells = [new Int32Array(ROWS), new Int32Array(ROWS), new Int32Array(ROWS)];
    for (const group of store.order) {
      const lane = cells[Math.min(group.lane, 2)];
      const from = Math.min(ROWS - 1, Math.floor((group.start / length) * ROWS));
      const to = Math.max(from + 1, Math.min(ROWS, Math.ceil((group.end / length) * ROWS)));
      lane.fill(codebook.color(group.code), from, to);
    }
    const marks = document.createDocumentFragment();
    cells.forEach((lane, at) => {
      for (let row = 0; row < ROWS; ) {
        const color = lane[row];
        let end = row + 1;
        while (end < ROWS && lane[end] === color) end += 1;
        if (color !== 0) {
          marks.append(rect({ class: 'coded', 'data-code': color, x: 5 + at * 7, y: (row * HEIGHT) / ROWS, width: 5, height: Math.max(4, ((end - row) * HEIGHT) / ROWS) }));
        }
        row = end;
      }
    });
    this.codings.replaceChildren(marks);
    this.svg.setAttribute('aria-label', messages.t('ws-map', { paragraphs: data.document.blocks, codings: store.groupOf.size }));
    this.moved();
  }

  /** The part in sight. */
  moved() {
    const length = Math.max(1, this.app.data.document.length);
    const { from, to } = this.app.window.visible();
    const y = (from / length) * HEIGHT;
    this.view.setAttribute('y', y.toFixed(1));
    this.view.setAttribute('height', Math.max(8, ((to - from) / length) * HEIGHT).toFixed(1));
  }
}

/** @param {Record<string, string | number>} attributes */
function rect(attributes) {
  const element = document.createElementNS(SVG, 'rect');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  return element;
}
