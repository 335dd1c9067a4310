/**
 * Small helpers to build elements, and the icons (16 × 16, stroked).
 *
 * @module
 */

/** @typedef {string | number | Node | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Attributes */

/**
 * An element. `on…` attributes are listeners; true is an empty attribute; false, null and undefined leave it out. There is
 * no way to pass markup: text is always text.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Attributes} [attributes]
 * @param {Child[]} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {Child[]} children
 */
export function append(element, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

const PATHS = {
  search: '<circle cx="7" cy="7" r="4.25"/><path d="m10.25 10.25 3.25 3.25"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  check: '<path d="m3 8.5 3.25 3.25L13 5"/>',
  close: '<path d="m4 4 8 8M12 4l-8 8"/>',
  twist: '<path d="m6 4 4 4-4 4"/>',
  down: '<path d="m4 6 4 4 4-4"/>',
  up: '<path d="m4 10 4-4 4 4"/>',
  comment: '<path d="M2.75 3.25h10.5v7.5H8l-3 2.5v-2.5H2.75z"/>',
  more: '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2"/>',
  pin: '<path d="M6 2.5h4l-.5 4 2 2.5h-7l2-2.5zM8 9v4.5"/>',
  clock: '<circle cx="8" cy="8" r="5.5"/><path d="M8 5v3l2 1.5"/>',
  warn: '<path d="M8 2.5 14 13H2z"/><path d="M8 6.5v3M8 11.25v.01"/>',
  brackets: '<path d="M5.5 3H3v10h2.5M10.5 3H13v10h-2.5"/>',
  memo: '<path d="M3.5 2.75h9v7l-3 3.5h-6zM5.75 5.75h4.5M5.75 8.25h3"/>',
  weight: '<path d="M8 3v10M3 5.5h10M3 5.5 1.5 9h3zM13 5.5 11.5 9h3zM5.5 13h5"/>',
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} name
 * @param {string} [extra]  more classes
 */
export function icon(name, extra = '') {
  const holder = document.createElement('template');
  // A constant of this module, never anything that came from outside.
  holder.innerHTML = `<svg class="icon ${extra}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${PATHS[name]}</svg>`;
  return /** @type {SVGElement} */ (holder.content.firstElementChild);
}

/**
 * An element that the page must have.
 * @template {Element} T
 * @param {string} selector
 * @param {new () => T} type
 * @returns {T}
 */
export function need(selector, type) {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`missing ${selector}`);
  return element;
}

/** @param {string} key */
export function kbd(key) {
  return h('kbd', { 'aria-hidden': 'true' }, key);
}

/** @param {number} ms */
export function sleep(ms) {
  return new Promise((done) => setTimeout(done, ms));
}
