/**
 * The coding workspace: puts its parts together.
 *
 * The page is readable before this runs: it holds the first blocks as HTML. Everything that draws hangs on one rule: the store
 * says which ranges changed, and only the paragraphs that touch them are drawn again.
 *
 * @module
 */

import { Actions } from './actions.js';
import { Api } from './api.js';
import { Bar } from './bar.js';
import { Card } from './card.js';
import { Codebook } from './codebook.js';
import { need } from './dom.js';
import { Filters } from './filters.js';
import { Find } from './find.js';
import { listen } from './keys.js';
import { listenLive } from './live.js';
import { Margin } from './margin.js';
import { Messages } from './messages.js';
import { Minimap } from './minimap.js';
import { Notes } from './notes.js';
import { Picker } from './picker.js';
import { Place } from './place.js';
import { Queue } from './queue.js';
import { cut, paint, pieceGroups } from './render.js';
import { Selection } from './selection.js';
import { Store } from './store.js';
import { Toasts } from './toasts.js';
import { read, Tree } from './tree.js';
import { BlockWindow } from './window.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').PageData} PageData */
/** @typedef {import('./types.js').Op} Op */

/** @param {string} id */
const island = (id) => JSON.parse(need(`#${id}`, HTMLScriptElement).textContent ?? 'null');

function start() {
  const data = /** @type {PageData} */ (island('workspace-data'));
  const app = /** @type {App} */ ({});
  const narrow = matchMedia('(max-width: 60rem)');
  app.data = data;
  app.narrow = () => narrow.matches;
  app.current = null;
  app.messages = new Messages(/** @type {string} */ (island('messages')), document.documentElement.lang || 'en');
  app.api = new Api(data.api);
  app.comments = new Map(Object.entries(data.first.comments));
  const kept = read(`concord:recents:${data.project.id}`);
  app.codebook = new Codebook(data.codebook, data.pins, kept.length > 0 ? kept : data.recents);
  app.store = new Store({ me: data.me, coders: data.coders, filter: { layer: data.layer } });
  app.toasts = new Toasts(need('#ws-toasts', HTMLElement), need('#ws-live', HTMLElement), app.messages);
  app.queue = makeQueue(app);
  app.actions = new Actions(app);

  const scroller = need('#text', HTMLElement);
  app.notes = new Notes(app);
  app.redraw = redrawer(app);
  /** What each block on the page was drawn from. @type {WeakMap<Element, string>} */
  const painted = new WeakMap();
  app.window = new BlockWindow(app, {
    scroller, sheet: need('#sheet', HTMLElement), total: data.document.blocks,
    paint: (block, element) => {
      const { store, codebook, current } = app;
      const text = element.querySelector('.read');
      const groups = store.groupsIn(block.start, block.end);
      // What is drawn depends on these alone: an answer that brings nothing new costs nothing.
      const sign = `${current?.key ?? ''}|${groups.map(({ key, lane, mine, waiting, code }) => `${key},${lane},${mine},${waiting},${codebook.color(code)}`).join(';')}`;
      if (painted.get(element) === sign) return false;
      painted.set(element, sign);
      text?.replaceChildren(...paint(cut(block, groups, current?.key ?? null), (code) => codebook.color(code), current?.key ?? null));
      return true;
    },
    painted: (indexes) => {
      app.margin.measure(indexes);
      app.card.attach();
      app.margin.schedule();
      app.selection.draw();
      app.find.draw();
    },
    moved: () => {
      app.minimap.moved();
      app.bar.schedule();
      app.picker.place();
    },
  });
  app.margin = new Margin(app, (key) => {
    app.actions.setCurrent(key);
    app.card.focus();
  });
  app.card = new Card(app, need('#ws-drawer', HTMLElement));
  app.picker = new Picker(app);
  app.place = new Place(app);
  app.selection = new Selection(app, {
    changed: (byPointer) => {
      app.bar.schedule();
      touchButton(app);
      const { now } = app.selection;
      if (!now) return;
      if (app.picker.isOpen) app.picker.place();
      if (byPointer && !app.selection.touching && data.me.can.code && now.editing === null) app.picker.open();
      else if (!byPointer) app.toasts.say(app.messages.t('ws-selected-words', { words: app.selection.words().slice(0, 200) }));
    },
    moved: (id, from, to) => app.actions.update(id, { start: from, end: to }),
  });
  app.find = new Find(app, need('#ws-find', HTMLElement));
  app.minimap = new Minimap(app, need('#ws-map', SVGSVGElement));
  app.tree = new Tree(app, {
    tree: need('#tree', HTMLElement), filter: need('#tree-filter', HTMLInputElement), foot: need('#tree-foot', HTMLElement), version: need('#tree-version', HTMLElement),
  });
  app.filters = new Filters(app, { panel: need('#ws-filter', HTMLElement), buttons: [need('#filter-button', HTMLElement)] });
  app.bar = new Bar(app);

  app.refreshCodebook = async () => {
    try {
      const answer = await app.api.get('/codes?counts=true&limit=1000');
      app.codebook.set(answer.items);
      app.tree.render();
      app.redraw([], true);
    } catch {
      // The codebook that is here stays in use; the next event or page brings the new one.
    }
  };

  app.store.subscribe((dirty) => {
    app.tree.count(dirty.counts);
    app.redraw(dirty.ranges, dirty.all);
    app.minimap.schedule();
    app.bar.schedule();
  });

  app.window.put(data.first.blocks);
  app.store.apply({ type: 'load', items: data.first.codings, since: 0 });
  app.queue.restore();
  app.window.update();
  app.minimap.draw();
  app.bar.schedule();
  clicks(app);
  listen(app);
  narrow.addEventListener('change', () => {
    app.card.show();
    app.margin.schedule();
  });
  document.documentElement.setAttribute('data-ready', '');
  void app.place.open();
  listenLive(app, {
    assigned: (state) => {
      data.assignment.state = state;
      app.bar.state();
    },
  });
  void app.notes.load();
  // The rest of the codings' places: for the map, the lanes and going from one to the next.
  app.api.get(`/documents/${data.document.id}/map`).then((answer) => app.store.apply({ type: 'map', rows: answer.codings })).catch(() => {
    app.toasts.show(app.messages.t('ws-map-missing'));
  });
}

/** @param {App} app */
function makeQueue(app) {
  const { data, messages } = app;
  let toldSignedOut = false;
  /** @type {Storage | null} */
  let storage = null;
  try {
    storage = localStorage;
  } catch {
    // A browser that keeps nothing: what waits lives as long as the page.
  }
  return new Queue({
    api: app.api, store: app.store, storage, prefix: `concord:waiting:${data.me.id}:${data.project.id}:${data.document.id}:`, document: data.document.id,
    listener: {
      changed: () => app.bar?.saving(),
      signedOut: () => {
        if (toldSignedOut) return;
        toldSignedOut = true;
        app.toasts.show(messages.t('ws-signed-out'), { sticky: true, kind: 'problem', action: { label: messages.t('ws-sign-in'), run: () => { location.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`; } } });
      },
      saved: (op, answer) => {
        if (app.current && app.current.id === op.id && answer && typeof answer.id === 'number') follow(app, answer.id);
        else if (op.kind === 'create' && app.current && !app.store.get(app.current.id)) follow(app, answer.id);
        if (op.kind === 'comment') {
          const { subject } = /** @type {{subject: {kind: string, id: number}}} */ (op.body);
          if (subject.kind === 'passage') void app.notes.load();
          else if (app.card.id === subject.id) void app.card.loadComments();
        }
      },
      refused: (op, problem) => {
        const held = op.kind === 'comment' ? String(/** @type {any} */ (op.body).text) : [op.fields.code !== undefined ? app.codebook.label(op.fields.code) : '', op.coding?.quote ?? '', op.fields.memo ?? ''].filter((part) => part !== '').join(' · ');
        const what = messages.t(problem.status === 409 ? 'ws-refused-changed' : op.kind === 'comment' ? 'ws-refused-comment' : op.kind === 'state' ? 'ws-refused-state' : 'ws-refused');
        const why = problem.message ? messages.t('ws-because', { what, why: problem.message }) : what;
        app.toasts.show(held === '' ? why : messages.t('ws-refused-kept', { why, held }), { sticky: true, kind: 'problem' });
        if (op.kind === 'comment') void app.notes.load();
        if (op.kind === 'state') {
          data.assignment.state = null;
          app.bar.state();
        }
        if (app.current && !app.store.get(app.current.id)) app.actions.setCurrent(null);
      },
    },
  });
}

/**
 * The current coding got its id from the server, or went into another.
 * @param {App} app
 * @param {number} id
 */
function follow(app, id) {
  const group = app.store.groupOf.get(id);
  if (group) app.actions.setCurrent(group.key, id);
}

/**
 * Draws again what touches the ranges; while the mouse is selecting, waits, so that nothing is pulled from under it.
 * @param {App} app
 * @returns {App['redraw']}
 */
function redrawer(app) {
  let held = false;
  /** @type {[number, number][]} */
  let later = [];
  let laterAll = false;
  const run = (/** @type {[number, number][]} */ ranges, /** @type {boolean} */ all) => {
    const { window, margin, selection } = app;
    const indexes = all ? [...window.elements.keys()] : window.touched(ranges);
    if (indexes.length === 0) return;
    /** @type {number[]} */
    const changed = [];
    /** @type {number[]} */
    const same = [];
    for (const index of indexes) {
      const element = window.elements.get(index);
      const block = window.blocks.get(index);
      if (element && block) (window.paint(block, element) ? changed : same).push(index);
    }
    margin.measure(changed);
    margin.relabel(same);
    if (app.current && !app.store.groups.has(app.current.key)) {
      const group = app.store.groupOf.get(app.current.id);
      app.current = group ? { key: group.key, id: app.current.id } : app.current;
    }
    if (app.card.element) app.card.show();
    margin.schedule();
    if (changed.length === 0) return;
    selection.draw(selection.now !== null);
    app.find.draw();
  };
  document.addEventListener('pointerdown', (event) => {
    held = event.pointerType !== 'touch' && event.button === 0 && event.target instanceof Element && event.target.closest('.read') !== null;
  }, true);
  for (const end of ['pointerup', 'pointercancel']) {
    document.addEventListener(end, () => setTimeout(() => {
      held = false;
      if (later.length === 0 && !laterAll) return;
      const ranges = later;
      const all = laterAll;
      later = [];
      laterAll = false;
      run(ranges, all);
    }, 10), true);
  }
  return (ranges, all = false) => {
    if (!app.window || !app.margin || !app.card) return;
    if (held) {
      later.push(...ranges);
      laterAll ||= all;
    } else {
      run(ranges, all);
    }
  };
}

/** A click on a highlight opens its card; on a paragraph's number, goes there. @param {App} app */
function clicks(app) {
  app.window.sheet.addEventListener('click', (event) => {
    if (!(event.target instanceof Element)) return;
    const number = event.target.closest('.read-num');
    if (number) {
      const block = number.closest('.block');
      event.preventDefault();
      history.replaceState(null, '', number.getAttribute('href'));
      void app.selection.paragraph(Number(/** @type {HTMLElement} */ (block).dataset.index));
      return;
    }
    const text = event.target.closest('.read');
    if (text) app.selection.cursor = Number(/** @type {HTMLElement} */ (text.closest('.block')).dataset.index);
    const chosen = document.getSelection();
    if (chosen && !chosen.isCollapsed) return;
    const seg = event.target.closest('.seg');
    const groups = seg ? pieceGroups.get(seg) ?? [] : [];
    if (groups.length > 0) {
      // Clicking again on the same place goes to the next one that lies there.
      const by = [...groups].sort((a, b) => a.end - a.start - (b.end - b.start));
      const at = by.findIndex(({ key }) => key === app.current?.key);
      app.actions.setCurrent(by[(at + 1) % by.length].key);
    } else if (text && app.current) {
      app.actions.setCurrent(null);
    }
  });
}

/** Where a finger selects, a button by the passage opens the picker: the browser's own handles come first. @param {App} app */
function touchButton(app) {
  const button = need('#ws-touch', HTMLButtonElement);
  const { now, touching } = app.selection;
  const show = now !== null && touching && app.data.me.can.code && !app.picker.isOpen && !app.narrow();
  button.hidden = !show;
  if (!show || !now) return;
  button.onclick = () => { button.hidden = true; app.picker.open(); };
  const rect = app.window.rectAt(now.end - 1);
  if (!rect) return;
  button.style.left = `${Math.min(innerWidth - 140, Math.max(8, rect.left - 40))}px`;
  button.style.top = `${Math.min(innerHeight - 60, rect.bottom + 28)}px`;
}

start();
