/**
 * What is said to the coder: a line at the foot of the page with its way back, and a live region for what only a
 * screen reader needs to be told.
 *
 * @module
 */

import { h, icon } from './dom.js';

/** @typedef {import('./messages.js').Messages} Messages */

const SHOWN = 7000;

export class Toasts {
  /**
   * @param {HTMLElement} box  role status
   * @param {HTMLElement} region  polite live region, not to be seen
   * @param {Messages} messages
   */
  constructor(box, region, messages) {
    this.box = box;
    this.region = region;
    this.messages = messages;
  }

  /**
   * @param {string} text
   * @param {{action?: {label: string, key?: string, run: () => void}, sticky?: boolean, kind?: 'problem'}} [options]
   */
  show(text, { action, sticky = false, kind } = {}) {
    const toast = h('div', { class: 'toast', 'data-kind': kind ?? null }, h('span', {}, text));
    const close = () => toast.remove();
    if (action) {
      toast.append(
        h('button', { type: 'button', class: 'btn', onclick: () => { close(); action.run(); } }, action.label, action.key ? h('kbd', { 'aria-hidden': 'true' }, action.key) : null),
      );
    }
    toast.append(
      h('button', { type: 'button', class: 'btn btn--icon btn--sm', 'aria-label': this.messages.t('ws-dismiss'), onclick: close }, icon('close')),
    );
    // The newest is the one that counts; what must not be missed stays.
    for (const other of [...this.box.children]) if (!other.hasAttribute('data-sticky')) other.remove();
    if (sticky) toast.setAttribute('data-sticky', '');
    this.box.append(toast);
    if (!sticky) {
      let timer = setTimeout(close, SHOWN);
      const hold = () => clearTimeout(timer);
      const release = () => { clearTimeout(timer); timer = setTimeout(close, SHOWN); };
      toast.addEventListener('pointerenter', hold);
      toast.addEventListener('focusin', hold);
      toast.addEventListener('pointerleave', release);
      toast.addEventListener('focusout', release);
    }
    return close;
  }

  /**
   * Says something to screen readers alone.
   * @param {string} text
   */
  say(text) {
    // The same words twice are only spoken again when the region was empty between.
    this.region.textContent = '';
    requestAnimationFrame(() => { this.region.textContent = text; });
  }
}
