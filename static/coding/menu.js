/**
 * A menu that a button opens: arrow keys, Home, End, Escape, a click elsewhere. It hangs on the body, because blocks of text
 * contain their own layout.
 *
 * @module
 */

import { append, h, icon, kbd } from './dom.js';

/**
 * @typedef {object} Item
 * @property {string} label
 * @property {string} [key]
 * @property {boolean} [checked]  makes it a choice
 * @property {boolean} [danger]
 * @property {() => void} run
 */

/** @type {(() => void) | null} */
let closeOpen = null;

/**
 * @param {HTMLElement} button
 * @param {string} name
 * @param {Item[]} items
 */
export function openMenu(button, name, items) {
  if (closeOpen && button.getAttribute('aria-expanded') === 'true') {
    closeOpen();
    return;
  }
  closeOpen?.();
  const entries = items.map((item) => {
    const entry = h('div', {
      role: item.checked === undefined ? 'menuitem' : 'menuitemradio', tabindex: '-1', class: item.danger ? 'is-danger' : null,
      'aria-checked': item.checked === undefined ? null : String(item.checked),
      onclick: () => { close(true); item.run(); },
    });
    append(entry, [item.checked === undefined ? null : h('span', { class: 'tick' }, item.checked ? icon('check') : null), item.label, item.key ? h('span', { class: 'push' }, kbd(item.key)) : null]);
    return entry;
  });
  const menu = h('div', { class: 'menu ws-menu', role: 'menu', 'aria-label': name }, ...entries);
  document.body.append(menu);
  button.setAttribute('aria-expanded', 'true');
  const place = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const rtl = getComputedStyle(button).direction === 'rtl';
  const left = rtl ? place.left : place.right - size.width;
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - size.width - 8))}px`;
  menu.style.top = `${place.bottom + size.height + 12 > innerHeight ? Math.max(8, place.top - size.height - 4) : place.bottom + 4}px`;
  let at = Math.max(0, items.findIndex((item) => item.checked));
  const go = (/** @type {number} */ to) => {
    at = (to + entries.length) % entries.length;
    entries[at].focus();
  };
  go(at);

  const outside = (/** @type {Event} */ event) => {
    if (event.target instanceof Node && !menu.contains(event.target) && !button.contains(event.target)) close(false);
  };
  /** @param {boolean} back  return the focus to the button */
  function close(back) {
    menu.remove();
    button.setAttribute('aria-expanded', 'false');
    document.removeEventListener('pointerdown', outside, true);
    closeOpen = null;
    if (back) button.focus();
  }
  closeOpen = () => close(true);
  document.addEventListener('pointerdown', outside, true);
  menu.addEventListener('keydown', (event) => {
    switch (event.key) {
      case 'ArrowDown': go(at + 1); break;
      case 'ArrowUp': go(at - 1); break;
      case 'Home': go(0); break;
      case 'End': go(entries.length - 1); break;
      case 'Enter':
      case ' ': entries[at].click(); break;
      case 'Escape': close(true); break;
      case 'Tab': close(true); return;
      default: return;
    }
    event.preventDefault();
    event.stopPropagation();
  });
}
