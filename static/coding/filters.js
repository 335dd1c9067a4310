/**
 * Which codings are shown: only mine, whose, which layer, which code. What is hidden is said in the status bar, so that nobody
 * takes a filtered page for an empty one.
 *
 * @module
 */

import { append, h, icon } from './dom.js';

/** @typedef {import('./types.js').App} App */

export class Filters {
  /**
   * @param {App} app
   * @param {{panel: HTMLElement, buttons: HTMLElement[]}} parts
   */
  constructor(app, { panel, buttons }) {
    this.app = app;
    this.panel = panel;
    this.buttons = buttons;
    for (const button of buttons) button.addEventListener('click', () => this.toggle());
    panel.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      event.stopPropagation();
      this.toggle(false);
    });
    document.addEventListener('pointerdown', (event) => {
      if (!panel.hidden && event.target instanceof Node && !panel.contains(event.target) && !buttons.some((button) => button.contains(/** @type {Node} */ (event.target)))) this.toggle(false);
    }, true);
    this.#mark();
  }

  /** @param {boolean} [open] */
  toggle(open = this.panel.hidden !== false) {
    const had = this.panel.contains(document.activeElement);
    this.panel.hidden = !open;
    for (const button of this.buttons) button.setAttribute('aria-expanded', String(open));
    if (open) {
      this.#draw();
      this.panel.querySelector('input')?.focus();
    } else if (had) {
      (this.buttons.find((button) => button.offsetParent !== null) ?? this.buttons[0])?.focus();
    }
  }

  toggleMine() {
    const { store, toasts, messages } = this.app;
    this.#set({ mine: !store.filter.mine });
    toasts.show(messages.t(store.filter.mine ? 'ws-only-mine-on' : 'ws-only-mine-off'));
  }

  /** @param {number} id  a code; its descendants come along */
  onlyCode(id) {
    this.codeId = id;
    this.#set({ codes: this.app.codebook.subtree(id) });
  }

  clear() {
    this.codeId = undefined;
    this.#set({ mine: false, hidden: new Set(), codes: null, layer: 'all' });
  }

  /** @param {Partial<import('./store.js').Filter>} filter */
  #set(filter) {
    const { app } = this;
    app.store.setFilter(filter);
    if (app.current && !app.store.groups.has(app.current.key)) app.actions.setCurrent(null);
    this.#mark();
    if (!this.panel.hidden) this.#draw();
    app.bar.schedule();
  }

  /** Whether anything is hidden. */
  get active() {
    const { mine, hidden, codes, layer } = this.app.store.filter;
    return mine || hidden.size > 0 || codes !== null || layer !== 'all';
  }

  #mark() {
    for (const button of this.buttons) button.setAttribute('data-active', String(this.active));
  }

  #draw() {
    const { app, panel } = this;
    const { messages, store, data, codebook } = app;
    const { filter } = store;
    const focused = document.activeElement instanceof HTMLElement && panel.contains(document.activeElement) ? document.activeElement.id : '';
    const box = (/** @type {string} */ id, /** @type {string} */ type, /** @type {boolean} */ checked, /** @type {string} */ label, /** @type {(on: boolean) => void} */ set) => {
      const input = h('input', { type, id, name: type === 'radio' ? 'ws-layer' : id, checked, onchange: () => set(input.checked) });
      return h('label', { class: 'check' }, input, h('span', {}, label));
    };
    const codes = h('select', { class: 'input', id: 'filter-code', onchange: () => { if (codes.value === '') { this.codeId = undefined; this.#set({ codes: null }); } else this.onlyCode(Number(codes.value)); } },
      h('option', { value: '' }, messages.t('ws-all-codes')),
      ...[...codebook.walk()].map(({ code }) => h('option', { value: code.id }, codebook.path(code.id))));
    codes.value = filter.codes === null ? '' : String(this.codeId ?? '');
    /** @type {HTMLElement[]} */
    const nodes = [
      h('h2', { class: 'label' }, messages.t('ws-show')),
      box('filter-mine', 'checkbox', filter.mine, messages.t('ws-only-mine'), (on) => this.#set({ mine: on })),
    ];
    if (data.coders.length > 1) {
      nodes.push(h('fieldset', {}, h('legend', { class: 'label' }, messages.t('ws-coders')), ...data.coders.map((coder) => box(`filter-coder-${coder.id}`, 'checkbox', !filter.hidden.has(coder.id), coder.name, (on) => {
        const hidden = new Set(filter.hidden);
        if (on) hidden.delete(coder.id);
        else hidden.add(coder.id);
        this.#set({ hidden });
      }))));
    }
    const layers = h('fieldset', {}, h('legend', { class: 'label' }, messages.t('ws-layer')));
    append(layers, [
      box('filter-layer-all', 'radio', filter.layer === 'all', messages.t('ws-layer-all'), () => this.#set({ layer: 'all' })),
      box('filter-layer-coder', 'radio', filter.layer === 'coder', messages.t('ws-layer-coder'), () => this.#set({ layer: 'coder' })),
      box('filter-layer-consensus', 'radio', filter.layer === 'consensus', messages.t('ws-layer-consensus'), () => this.#set({ layer: 'consensus' })),
    ]);
    nodes.push(layers, h('div', { class: 'field' }, h('label', { class: 'label', for: 'filter-code' }, messages.t('ws-code')), codes));
    nodes.push(h('button', { type: 'button', class: 'btn btn--sm btn--quiet', disabled: !this.active, onclick: () => this.clear() }, icon('close'), messages.t('ws-show-all')));
    panel.replaceChildren(...nodes);
    if (focused !== '') document.getElementById(focused)?.focus();
  }
}
