/**
 * The keyboard. One table says what each key does, and the sheet behind `?` is drawn from it, so it cannot forget one.
 *
 * Letters are the same in every language: on a Persian, Russian, Arabic or Hebrew layout the key's place on the keyboard
 * counts. Keys do nothing while a field has the cursor, and single letters can be switched off in the sheet for those who
 * speak to their machine.
 *
 * @module
 */

import { h, icon } from './dom.js';
import { inField } from './selection.js';

/** @typedef {import('./types.js').App} App */

/**
 * @typedef {object} Key
 * @property {string[]} keys  as a program sees them: `j`, `Shift+ArrowRight`, `g c`
 * @property {string[]} show  as they are printed
 * @property {string} message  what it does
 * @property {(event: KeyboardEvent, key: string) => boolean | void} run  false: not now, let the browser have it
 */

/**
 * @param {App} app
 * @returns {{message: string, keys: Key[]}[]}
 */
function table(app) {
  const { actions, selection, card, picker, find, data } = app;
  const go = (/** @type {string} */ page) => { location.href = `/projects/${data.project.id}/${page}`; };
  const other = (/** @type {number | null} */ id) => {
    if (id === null) app.toasts.show(app.messages.t('ws-no-other-document'));
    else location.href = `/projects/${data.project.id}/documents/${id}/code`;
  };
  /** @param {'start' | 'end'} edge @param {1 | -1} direction */
  const nudge = (edge, direction) => {
    if (!selection.now) return false;
    const rtl = app.data.document.dir === 'rtl';
    void selection.nudge(edge, rtl ? /** @type {1 | -1} */ (-direction) : direction);
    return true;
  };
  return [
    {
      message: 'ws-keys-read',
      keys: [
        { keys: ['j', 'k'], show: ['j', 'k'], message: 'ws-key-paragraph', run: (_, key) => void move(app, key === 'j' ? 1 : -1) },
        { keys: ['n', 'p'], show: ['n', 'p'], message: 'ws-key-coding', run: (_, key) => void actions.step(key === 'n' ? 1 : -1) },
        { keys: ['[', ']'], show: ['[', ']'], message: 'ws-key-document', run: (_, key) => other(key === '[' ? data.documents.previous : data.documents.next) },
        { keys: ['/'], show: ['/'], message: 'ws-key-find', run: () => find.open() },
        { keys: ['v'], show: ['v'], message: 'ws-key-mine', run: () => app.filters.toggleMine() },
        { keys: ['f'], show: ['f'], message: 'ws-key-filter', run: () => app.filters.toggle() },
      ],
    },
    {
      message: 'ws-keys-select',
      keys: [
        { keys: ['s', 'Shift+S'], show: ['s', 'S'], message: 'ws-key-sentence', run: (_, key) => void sentence(app, key === 's' ? 1 : -1) },
        { keys: ['Shift+ArrowRight', 'Shift+ArrowLeft'], show: ['⇧ →', '⇧ ←'], message: 'ws-key-end', run: (_, key) => nudge('end', key.endsWith('Right') ? 1 : -1) },
        { keys: ['Alt+Shift+ArrowRight', 'Alt+Shift+ArrowLeft'], show: ['Alt ⇧ →', 'Alt ⇧ ←'], message: 'ws-key-start', run: (_, key) => nudge('start', key.endsWith('Right') ? 1 : -1) },
        { keys: ['Shift+P'], show: ['P'], message: 'ws-key-select-paragraph', run: () => selectParagraph(app) },
        { keys: ['Escape'], show: ['Esc'], message: 'ws-key-leave', run: () => actions.leave() },
      ],
    },
    {
      message: 'ws-keys-code',
      keys: [
        { keys: ['c', 'Enter'], show: ['c', '↵'], message: 'ws-key-picker', run: (event, key) => enter(app, event, key) },
        { keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], show: ['1', '…', '9'], message: 'ws-key-pins', run: (_, key) => actions.applyPin(Number(key)) },
        { keys: ['.'], show: ['.'], message: 'ws-key-repeat', run: () => actions.repeat() },
        { keys: ['i'], show: ['i'], message: 'ws-key-in-vivo', run: () => void actions.inVivo() },
        { keys: ['t'], show: ['t'], message: 'ws-key-tree', run: () => app.bar.tree() },
      ],
    },
    {
      message: 'ws-keys-coding',
      keys: [
        { keys: ['e'], show: ['e'], message: 'ws-key-edges', run: () => actions.editEdges() },
        { keys: ['a'], show: ['a'], message: 'ws-key-change', run: () => change(app) },
        { keys: ['m'], show: ['m'], message: 'ws-key-memo', run: () => withCard(app, () => card.memo()) },
        { keys: ['w'], show: ['w'], message: 'ws-key-weight', run: () => withCard(app, () => card.weight()) },
        { keys: ['r'], show: ['r'], message: 'ws-key-reply', run: () => (selection.now && selection.now.editing === null ? app.notes.compose() : withCard(app, () => card.reply())) },
        { keys: ['h'], show: ['h'], message: 'ws-key-history', run: () => withCard(app, () => void card.showHistory()) },
        { keys: ['l'], show: ['l'], message: 'ws-key-link', run: () => void actions.copyLink() },
        { keys: ['x', 'Delete'], show: ['x'], message: 'ws-key-remove', run: () => actions.remove() },
      ],
    },
    {
      message: 'ws-keys-work',
      keys: [
        { keys: ['Ctrl+z'], show: ['Ctrl Z'], message: 'ws-key-undo', run: () => void actions.undo() },
        { keys: ['Ctrl+Shift+Z', 'Ctrl+y'], show: ['Ctrl ⇧ Z'], message: 'ws-key-redo', run: () => void actions.redo() },
        { keys: ['d'], show: ['d'], message: 'ws-key-done', run: () => actions.toggleDone() },
        { keys: ['g c'], show: ['g', 'c'], message: 'ws-key-go-codebook', run: () => go('codebook') },
        { keys: ['g d'], show: ['g', 'd'], message: 'ws-key-go-documents', run: () => go('documents') },
        { keys: ['g a'], show: ['g', 'a'], message: 'ws-key-go-agreement', run: () => go('agreement') },
        { keys: ['g t'], show: ['g', 't'], message: 'ws-key-go-themes', run: () => go('themes') },
        { keys: ['?'], show: ['?'], message: 'ws-key-sheet', run: () => sheet(app) },
      ],
    },
  ];

  /** @param {App} app @param {KeyboardEvent} event @param {string} key */
  function enter(app, event, key) {
    const { target } = event;
    const elsewhere = target instanceof Element && target.closest('a, button, summary, [role="treeitem"], [role="menuitem"], .coding') !== null;
    if (key === 'Enter' && elsewhere) return false;
    if (selection.now && selection.now.editing !== null && key === 'Enter') actions.keepEdges();
    else if (selection.now) picker.open();
    else if (app.current && key === 'Enter') { card.show(); card.focus(); }
    else if (key === 'c' && data.me.can.code) { void sentence(app, 1).then(() => picker.open()); }
    else return false;
    return true;
  }
}

/**
 * The next paragraph, or the one before; the first in sight when the reader has scrolled away from where she was.
 * @param {App} app
 * @param {1 | -1} direction
 */
function move(app, direction) {
  const { selection } = app;
  const was = selection.cursor;
  const here = selection.here();
  return selection.paragraph(here === was ? here + direction : here);
}

/** @param {App} app @param {() => void} run */
function withCard(app, run) {
  if (!app.current) {
    app.toasts.show(app.messages.t('ws-no-current'));
    return;
  }
  app.card.show();
  run();
}

/** @param {App} app */
function change(app) {
  const coding = app.card.editable();
  if (coding) app.picker.open({ change: coding.id });
  else app.toasts.show(app.messages.t(app.current ? 'ws-not-yours' : 'ws-no-current'));
}

/** @param {App} app @param {1 | -1} direction */
async function sentence(app, direction) {
  const moved = await app.selection.sentence(direction);
  if (!moved) app.toasts.show(app.messages.t(direction > 0 ? 'ws-last-sentence' : 'ws-first-sentence'));
}

/** @param {App} app */
function selectParagraph(app) {
  const block = app.window.blocks.get(app.selection.here());
  if (block) app.selection.set(block.start, block.end, { snap: true, editing: null });
}

/**
 * The name of a pressed key as the table writes it.
 * @param {KeyboardEvent} event
 */
export function nameOf(event) {
  let key = event.key;
  const letter = /^Key([A-Z])$/.exec(event.code);
  const digit = /^Digit([0-9])$/.exec(event.code);
  const latin = key.length === 1 && key.charCodeAt(0) < 128;
  // Caps Lock changes nothing: only Shift does.
  if (latin && /[a-z]/i.test(key)) key = event.shiftKey ? key.toUpperCase() : key.toLowerCase();
  else if (letter && !latin) key = event.shiftKey ? letter[1] : letter[1].toLowerCase();
  else if (digit && !latin && !event.shiftKey) key = digit[1];
  else if (!latin && key.length === 1) {
    const by = /** @type {Record<string, string>} */ ({ Slash: event.shiftKey ? '?' : '/', BracketLeft: '[', BracketRight: ']', Period: '.' });
    key = by[event.code] ?? key;
  } else if (event.code === 'Slash' && event.shiftKey && key === '؟') key = '?';
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  // Shift is part of what a sign is, except for letters and named keys.
  if (event.shiftKey && (key.length > 1 || /[A-Z]/i.test(key))) parts.push('Shift');
  parts.push(key.length === 1 && event.shiftKey && /[a-z]/i.test(key) ? key.toUpperCase() : key);
  return parts.join('+');
}

const OFF = 'concord:no-letter-keys';

/** @param {App} app */
export function listen(app) {
  /** @type {Map<string, Key>} */
  const keys = new Map();
  for (const { keys: group } of table(app)) for (const key of group) for (const name of key.keys) keys.set(name, key);
  /** @type {string | null} */
  let chord = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let forget;
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return;
    let name = nameOf(event);
    const field = inField();
    if (field && name !== 'Escape') return;
    if (field && !app.find.isOpen && !app.picker.isOpen) return;
    const single = name.length === 1 || /^Shift\+.$/.test(name);
    if (single && name !== '?' && localStorage.getItem(OFF) === '1') return;
    if (chord) {
      name = `${chord} ${name}`;
      chord = null;
    } else if (name === 'g') {
      chord = 'g';
      clearTimeout(forget);
      forget = setTimeout(() => { chord = null; }, 1500);
      event.preventDefault();
      return;
    }
    const key = keys.get(name);
    if (!key) return;
    if (key.run(event, name) !== false) event.preventDefault();
  });
}

/**
 * All keys, and the switch for single letters.
 * @param {App} app
 */
export function sheet(app) {
  const { messages } = app;
  const off = h('input', { type: 'checkbox', id: 'letter-keys', checked: localStorage.getItem(OFF) !== '1' });
  off.addEventListener('change', () => localStorage.setItem(OFF, off.checked ? '0' : '1'));
  const dialog = h('dialog', { class: 'dialog ws-keys', 'aria-labelledby': 'ws-keys-title' },
    h('div', { class: 'coding-head' }, h('h2', { id: 'ws-keys-title' }, messages.t('ws-keys')), h('button', { type: 'button', class: 'btn btn--quiet btn--icon btn--sm', 'aria-label': messages.t('ws-close'), onclick: () => dialog.close() }, icon('close'))),
    h('div', { class: 'ws-keys-groups', tabindex: '0', role: 'group', 'aria-labelledby': 'ws-keys-title' }, ...table(app).map((group) => h('section', {}, h('h3', { class: 'label' }, messages.t(group.message)),
      h('dl', {}, ...group.keys.map((key) => h('div', {}, h('dt', {}, ...key.show.map((name) => h('kbd', {}, name))), h('dd', {}, messages.t(key.message)))))))),
    h('label', { class: 'check' }, off, h('span', {}, messages.t('ws-letter-keys'))),
  );
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
