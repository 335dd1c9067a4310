// @ts-check
/**
 * The codebook's page: the tree by keyboard, drag and filter; codes open, dialogs ask and forms save without the page
 * being loaded anew. Every change goes through the same addresses as without scripts, or the API.
 *
 * @module
 */

import { dropTo, matching, stepTo } from './tree.js';

const root = /** @type {HTMLElement} */ (document.getElementById('codebook'));
const project = root.dataset.project ?? '';
/** @type {Record<string, string>} */
const words = JSON.parse(root.dataset.words ?? '{}');
const memory = `concord.codebook.${project}.closed`;
const api = `/api/v1/projects/${project}`;

/** @returns {Set<number>} */
function remembered() {
  try {
    return new Set(JSON.parse(localStorage.getItem(memory) ?? '[]'));
  } catch {
    return new Set();
  }
}

const closed = remembered();

function remember() {
  try {
    localStorage.setItem(memory, JSON.stringify([...closed]));
  } catch {
    // Without storage the tree opens whole next time.
  }
}

const tree = () => document.getElementById('cb-tree');
/** @returns {HTMLElement[]} */
const items = () => [...(tree()?.querySelectorAll('[role="treeitem"]') ?? [])].map((li) => /** @type {HTMLElement} */ (li));
const lines = () => items().map((li) => ({ id: Number(li.dataset.id), level: Number(li.getAttribute('aria-level')), name: li.querySelector('.name')?.textContent ?? '' }));
const editable = () => tree()?.hasAttribute('data-edit') ?? false;
/** @param {number} id */
const item = (id) => document.getElementById(`code-${id}`);
/** @param {Element | null | undefined} li */
const idOf = (li) => Number(/** @type {HTMLElement | null} */ (li)?.dataset.id);

// ---------------------------------------------------------------- what is said

/**
 * @param {string} text
 * @param {boolean} [undo] offers to take it back
 */
function say(text, undo = false) {
  const box = document.getElementById('toasts');
  if (!box) return;
  const toast = document.createElement('div');
  toast.className = 'toast';
  const span = document.createElement('span');
  span.textContent = text;
  toast.append(span);
  if (undo) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn';
    button.textContent = words.undo;
    button.addEventListener('click', async () => {
      toast.remove();
      if (await send('POST', '/undo', {})) {
        await refresh();
        say(words.undone);
      }
    });
    toast.append(button);
  }
  box.replaceChildren(toast);
  setTimeout(() => toast.remove(), undo ? 12000 : 6000);
}

/**
 * A change through the API; null when it failed, which has been said by then.
 * @param {string} method
 * @param {string} path
 * @param {object} body
 */
async function send(method, path, body) {
  try {
    const answer = await fetch(api + path, {
      method,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
    if (answer.ok) return answer;
    const problem = await answer.json().catch(() => ({}));
    say(problem.detail ?? words.failed);
  } catch {
    say(words.failed);
  }
  return null;
}

// ---------------------------------------------------------------- parts of the page

/**
 * Puts the page of an answer in place of this one, keeping what is closed and where the focus is.
 * @param {string} html
 * @param {string} address
 * @param {boolean} push
 */
function show(html, address, push) {
  const page = new DOMParser().parseFromString(html, 'text/html');
  const next = page.getElementById('codebook');
  if (!next) {
    location.assign(address);
    return;
  }
  const focused = document.activeElement?.closest('#cb-tree') ? idOf(document.activeElement.closest('[role="treeitem"]')) : null;
  const query = /** @type {HTMLInputElement | null} */ (document.getElementById('cb-filter'))?.value ?? '';
  const scrolled = tree()?.scrollTop ?? 0;
  root.replaceChildren(...next.childNodes);
  document.title = page.title;
  if (push) history.pushState(null, '', address);
  ready();
  const list = tree();
  if (list) list.scrollTop = scrolled;
  const filter = /** @type {HTMLInputElement | null} */ (document.getElementById('cb-filter'));
  if (filter && query) {
    filter.value = query;
    narrow(query);
  }
  if (focused !== null) focus(item(focused) ?? current());
}

/**
 * @param {string} address
 * @param {boolean} push
 */
async function open(address, push) {
  try {
    const answer = await fetch(address, { headers: { accept: 'text/html' } });
    show(await answer.text(), push ? answer.url : address, push);
  } catch {
    location.assign(address);
  }
}

/** @param {number} [id] the code to open; otherwise the one that is */
async function refresh(id) {
  const address = new URL(location.href);
  address.searchParams.delete('said');
  address.searchParams.delete('edit');
  address.hash = '';
  if (id !== undefined) address.searchParams.set('code', String(id));
  await open(address.href, id !== undefined && address.href !== location.href);
}

// ---------------------------------------------------------------- the tree

const current = () => /** @type {HTMLElement | null} */ (tree()?.querySelector('[aria-selected="true"]') ?? items()[0] ?? null);
const visible = () => items().filter((li) => !li.hidden);

/** @param {HTMLElement | null} li */
function focus(li) {
  if (!li) return;
  for (const other of items()) other.tabIndex = other === li ? 0 : -1;
  li.focus();
}

/** Hides what lies under a closed code. */
function fold() {
  let under = Infinity;
  for (const li of items()) {
    const level = Number(li.getAttribute('aria-level'));
    if (level > under) {
      li.hidden = true;
      continue;
    }
    under = Infinity;
    li.hidden = false;
    if (li.hasAttribute('aria-expanded')) {
      const shut = closed.has(idOf(li));
      li.setAttribute('aria-expanded', String(!shut));
      if (shut) under = level;
    }
  }
  const list = visible();
  if (!list.some((li) => li.tabIndex === 0)) {
    const home = list.find((li) => li === current()) ?? list[0];
    for (const li of items()) li.tabIndex = li === home ? 0 : -1;
  }
}

/**
 * @param {HTMLElement} li
 * @param {boolean} shut
 */
function setClosed(li, shut) {
  if (shut) closed.add(idOf(li));
  else closed.delete(idOf(li));
  remember();
  fold();
}

/** @param {string} query */
function narrow(query) {
  const none = document.getElementById('cb-none');
  const found = document.getElementById('cb-found');
  if (query.trim() === '') {
    fold();
    if (none) none.hidden = true;
    if (found) found.textContent = '';
    return;
  }
  const { shown, hits } = matching(lines(), query);
  items().forEach((li, at) => {
    li.hidden = !shown.has(at);
    if (li.hasAttribute('aria-expanded')) li.setAttribute('aria-expanded', 'true');
  });
  if (none) none.hidden = hits > 0;
  if (found) found.textContent = `${hits} ${words.found}`;
  const first = visible()[0];
  for (const li of items()) li.tabIndex = li === first ? 0 : -1;
}

/**
 * @param {HTMLElement} li
 * @param {{parent: number | null, position: number} | null} place
 */
async function move(li, place) {
  if (!place) {
    say(words.edge);
    return;
  }
  const id = idOf(li);
  if (await send('PATCH', `/codes/${id}`, place)) {
    if (place.parent !== null) closed.delete(place.parent);
    await refresh();
    focus(item(id));
    say(words.moved, true);
  }
}

/** @param {HTMLElement} li */
function rename(li) {
  const link = /** @type {HTMLElement | null} */ (li.querySelector('.name'));
  if (!link || li.querySelector('.cb-rename')) return;
  const before = link.textContent ?? '';
  const input = document.createElement('input');
  input.className = 'input cb-rename';
  input.value = before;
  input.dir = 'auto';
  input.maxLength = 200;
  input.setAttribute('aria-label', words.rename);
  link.hidden = true;
  link.after(input);
  input.select();
  let over = false;
  /** @param {boolean} save */
  const end = async (save) => {
    if (over) return;
    over = true;
    const name = input.value.trim();
    if (save && name && name !== before) {
      input.disabled = true;
      if (await send('PATCH', `/codes/${idOf(li)}`, { name })) {
        await refresh();
        focus(item(idOf(li)));
        say(words.renamed, true);
        return;
      }
    }
    input.remove();
    link.hidden = false;
    focus(li);
  };
  input.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter') {
      event.preventDefault();
      void end(true);
    } else if (event.key === 'Escape') {
      void end(false);
    }
  });
  input.addEventListener('blur', () => void end(true));
}

let typed = '';
let typedAt = 0;

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} li
 */
function treeKey(event, li) {
  const rtl = document.documentElement.dir === 'rtl';
  const inward = rtl ? 'ArrowLeft' : 'ArrowRight';
  const outward = rtl ? 'ArrowRight' : 'ArrowLeft';
  if (event.ctrlKey || event.metaKey) return;
  if (event.altKey) {
    const direction = /** @type {Record<string, 'up' | 'down' | 'in' | 'out'>} */ ({ ArrowUp: 'up', ArrowDown: 'down', [inward]: 'in', [outward]: 'out' })[event.key];
    if (direction && editable()) {
      event.preventDefault();
      void move(li, stepTo(lines(), idOf(li), direction));
    }
    return;
  }
  const list = visible();
  const at = list.indexOf(li);
  const level = Number(li.getAttribute('aria-level'));
  const open = li.getAttribute('aria-expanded');
  switch (event.key) {
    case 'ArrowDown':
      focus(list[Math.min(at + 1, list.length - 1)]);
      break;
    case 'ArrowUp':
      focus(list[Math.max(at - 1, 0)]);
      break;
    case 'Home':
      focus(list[0]);
      break;
    case 'End':
      focus(list[list.length - 1]);
      break;
    case inward:
      if (open === 'false') setClosed(li, false);
      else if (open === 'true') focus(list[at + 1] ?? li);
      break;
    case outward:
      if (open === 'true') setClosed(li, true);
      else focus([...list.slice(0, at)].reverse().find((above) => Number(above.getAttribute('aria-level')) < level) ?? li);
      break;
    case 'Enter':
    case ' ':
      select(li);
      break;
    case 'F2':
      if (editable()) rename(li);
      break;
    case 'Delete':
      if (editable()) void ask(`/projects/${project}/codes/${idOf(li)}/delete`);
      break;
    case '*':
      for (const sibling of list.filter((other) => other.hasAttribute('aria-expanded'))) closed.delete(idOf(sibling));
      remember();
      fold();
      break;
    case 'n':
    case 'e':
    case '/':
      // The page's own keys.
      return;
    default: {
      if (event.key.length !== 1) return;
      const now = Date.now();
      typed = now - typedAt > 700 ? event.key : typed + event.key;
      typedAt = now;
      const after = [...list.slice(at + (typed.length > 1 ? 0 : 1)), ...list.slice(0, at + 1)];
      focus(after.find((other) => (other.querySelector('.name')?.textContent ?? '').toLowerCase().startsWith(typed.toLowerCase())) ?? li);
    }
  }
  event.preventDefault();
}

/** @param {HTMLElement} li */
function select(li) {
  const link = /** @type {HTMLAnchorElement | null} */ (li.querySelector('a.name'));
  if (!link) return;
  for (const other of items()) other.setAttribute('aria-selected', String(other === li));
  focus(li);
  void open(link.href, true);
}

// ---------------------------------------------------------------- drag and drop

let dragged = 0;

/**
 * @param {DragEvent} event
 * @param {HTMLElement} li
 * @returns {'before' | 'after' | 'inside'}
 */
function half(event, li) {
  const box = li.getBoundingClientRect();
  const share = (event.clientY - box.top) / box.height;
  if (share < 0.28) return 'before';
  return share > 0.72 ? 'after' : 'inside';
}

function clearDrop() {
  for (const li of items()) li.removeAttribute('data-drop');
}

root.addEventListener('dragstart', (event) => {
  const li = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('#cb-tree [role="treeitem"]'));
  if (!li || !editable() || !event.dataTransfer) return;
  dragged = idOf(li);
  event.dataTransfer.effectAllowed = 'move';
  event.dataTransfer.setData('text/plain', li.querySelector('.name')?.textContent ?? '');
  li.setAttribute('data-dragged', '');
});
root.addEventListener('dragover', (event) => {
  const li = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('#cb-tree [role="treeitem"]'));
  clearDrop();
  if (!li || !dragged) return;
  const how = half(event, li);
  if (!dropTo(lines(), dragged, idOf(li), how)) return;
  event.preventDefault();
  li.setAttribute('data-drop', how);
});
root.addEventListener('drop', (event) => {
  const li = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('#cb-tree [role="treeitem"]'));
  const moved = item(dragged);
  if (!li || !moved) return;
  event.preventDefault();
  const place = dropTo(lines(), dragged, idOf(li), half(event, li));
  if (place) void move(moved, place);
});
root.addEventListener('dragend', () => {
  dragged = 0;
  clearDrop();
  for (const li of items()) li.removeAttribute('data-dragged');
});

// ---------------------------------------------------------------- dialogs

/** @type {HTMLDialogElement | null} */
let dialog = null;

/**
 * Opens what a page asks in a dialog.
 * @param {string} address
 */
async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { accept: 'text/html' } });
    const question = new DOMParser().parseFromString(await answer.text(), 'text/html').getElementById('ask');
    if (!question) {
      location.assign(address);
      return;
    }
    dialog?.remove();
    dialog = document.createElement('dialog');
    dialog.className = 'dialog cb-dialog';
    dialog.setAttribute('aria-labelledby', 'ask-head');
    dialog.append(question);
    const box = dialog;
    box.addEventListener('close', () => box.remove());
    document.body.append(box);
    box.showModal();
  } catch {
    location.assign(address);
  }
}

/**
 * Sends a form as it stands; its answer is the page, or the same question with what is wrong.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function submit(form, submitter) {
  const data = new FormData(form, /** @type {HTMLButtonElement | null} */ (submitter));
  const body = new URLSearchParams();
  for (const [name, value] of data) body.append(name, String(value));
  try {
    const answer = await fetch(form.action, { method: 'POST', body, headers: { accept: 'text/html' } });
    const html = await answer.text();
    const page = new DOMParser().parseFromString(html, 'text/html');
    const question = page.getElementById('ask');
    if (question && dialog?.open) {
      dialog.replaceChildren(question);
      return;
    }
    if (answer.redirected && page.getElementById('codebook')) {
      const said = page.querySelector('.cb-said')?.textContent?.trim();
      page.querySelector('.cb-said')?.remove();
      dialog?.close();
      const address = new URL(answer.url);
      address.searchParams.delete('said');
      show(page.documentElement.outerHTML, address.href, true);
      say(said ?? '', true);
      return;
    }
    if (page.getElementById('codebook')) {
      show(html, location.href, false);
      document.querySelector('[aria-invalid="true"], [role="alert"]')?.scrollIntoView({ block: 'center' });
      /** @type {HTMLElement | null} */ (document.querySelector('[aria-invalid="true"]'))?.focus();
      return;
    }
    say(page.querySelector('main p')?.textContent ?? words.failed);
  } catch {
    say(words.failed);
  }
}

// ---------------------------------------------------------------- listening

root.addEventListener('keydown', (event) => {
  const li = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('#cb-tree [role="treeitem"]'));
  if (li && !(event.target instanceof HTMLInputElement)) treeKey(event, li);
});

root.addEventListener('input', (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.id === 'cb-filter') narrow(field.value);
  const list = field.closest('#cb-examples');
  if (list && field.name === 'example') {
    // There is always one empty field for another example.
    const fields = [...list.querySelectorAll('textarea')];
    const last = fields[fields.length - 1];
    if (last.value.trim() !== '') {
      const more = /** @type {HTMLTextAreaElement} */ (last.cloneNode(false));
      more.value = '';
      more.setAttribute('aria-label', (last.getAttribute('aria-label') ?? '').replace(/\d+/, String(fields.length + 1)));
      last.after(more);
    }
  }
});

root.addEventListener('change', (event) => {
  const form = /** @type {Element} */ (event.target).closest('form');
  if (form?.hasAttribute('data-color')) void submit(form, null);
});

document.addEventListener('click', (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = /** @type {Element} */ (event.target);
  const asks = /** @type {HTMLAnchorElement | null} */ (target.closest('#codebook a[data-ask]'));
  const closes = target.closest('[data-close-ask]');
  const adds = /** @type {HTMLAnchorElement | null} */ (target.closest('#codebook a[data-new]'));
  const li = /** @type {HTMLElement | null} */ (target.closest('#cb-tree [role="treeitem"]'));
  if (asks) {
    event.preventDefault();
    asks.closest('details')?.removeAttribute('open');
    void ask(asks.href);
  } else if (closes && dialog?.open) {
    event.preventDefault();
    dialog.close();
  } else if (adds) {
    event.preventDefault();
    adds.closest('details')?.removeAttribute('open');
    addUnder(adds.closest('article') ? Number(current()?.dataset.id) : null);
  } else if (li && !(target instanceof HTMLInputElement)) {
    event.preventDefault();
    if (target.closest('.twist') && li.hasAttribute('aria-expanded')) {
      focus(li);
      setClosed(li, li.getAttribute('aria-expanded') === 'true');
    } else {
      select(li);
    }
  } else {
    const inside = /** @type {HTMLAnchorElement | null} */ (target.closest('#codebook .cb a[href^="?"]'));
    if (inside) {
      event.preventDefault();
      void open(inside.href, true).then(() => {
        if (inside.hasAttribute('data-edit-link')) focusForm(inside.hash);
      });
    }
  }
});

root.addEventListener('dblclick', (event) => {
  const li = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest('#cb-tree [role="treeitem"]'));
  if (li && editable()) rename(/** @type {HTMLElement} */ (item(idOf(li)) ?? li));
});

document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (event.defaultPrevented || !(form.closest('#codebook') || form.closest('#ask')) || form.method !== 'post') return;
  event.preventDefault();
  void submit(form, event.submitter);
});

/** @param {number | null} parent */
function addUnder(parent) {
  const name = document.getElementById('new-name');
  const under = /** @type {HTMLSelectElement | null} */ (document.getElementById('new-parent'));
  if (under) under.value = parent === null ? '' : String(parent);
  name?.scrollIntoView({ block: 'center' });
  name?.focus();
}

/** @param {string} hash */
function focusForm(hash) {
  const form = document.querySelector('[data-edit-form]');
  const field = hash === '#scale' ? document.getElementById('f-min') : document.getElementById('f-description');
  if (form && field) {
    field.scrollIntoView({ block: 'center' });
    field.focus();
  }
}

document.addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || dialog?.open) return;
  if (target.closest('input, textarea, select, [contenteditable]')) {
    if (event.key === 'Escape' && target.closest('[data-edit-form]')) {
      /** @type {HTMLElement | null} */ (document.querySelector('[data-cancel]'))?.click();
    }
    return;
  }
  if (event.key === 'n' && document.getElementById('new-name')) {
    event.preventDefault();
    addUnder(target.closest('#cb-tree') ? idOf(target.closest('[role="treeitem"]')) : null);
  } else if (event.key === 'e') {
    const edit = /** @type {HTMLElement | null} */ (document.querySelector('a[aria-keyshortcuts="e"]'));
    if (edit) {
      event.preventDefault();
      edit.click();
    }
  } else if (event.key === '/') {
    const filter = document.getElementById('cb-filter');
    if (filter) {
      event.preventDefault();
      filter.focus();
    }
  }
});

window.addEventListener('popstate', () => void open(location.href, false));

/** Makes a page that has just been put there ready for use. */
function ready() {
  for (const part of root.querySelectorAll('[data-needs-script]')) part.removeAttribute('hidden');
  for (const li of items()) {
    li.tabIndex = -1;
    const link = /** @type {HTMLElement | null} */ (li.querySelector('a.name'));
    if (link) {
      link.tabIndex = -1;
      link.draggable = false;
    }
    li.draggable = editable();
  }
  const open = current();
  if (open) {
    // What is open must be in sight: nothing above it may be closed.
    const list = lines();
    let level = Number(open.getAttribute('aria-level'));
    for (let at = items().indexOf(open) - 1; at >= 0; at -= 1) {
      if (list[at].level < level) {
        level = list[at].level;
        closed.delete(list[at].id);
      }
    }
  }
  fold();
  const list = tree();
  if (open && list) {
    // Within the tree alone: the page stays where it is.
    const top = open.offsetTop - list.offsetTop;
    if (top < list.scrollTop || top + open.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = top - list.clientHeight / 2;
  }
}

ready();
