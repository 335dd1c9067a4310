/**
 * What a coder can do, whatever by: a key, a button, a menu, a drag. Each acts at once on what is seen, goes through the
 * queue to the server, and says how to take it back.
 *
 * @module
 */

import { newKey, Problem } from './api.js';
import { write } from './tree.js';

/** @typedef {import('./types.js').App} App */
/** @typedef {import('./types.js').Coding} Coding */
/** @typedef {import('./types.js').CodingId} CodingId */
/** @typedef {import('./types.js').Fields} Fields */
/** @typedef {import('./types.js').Op} Op */

export class Actions {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    this.undoing = false;
    /** Where the last removed coding stood, to go on from there. @type {number | null} */
    this.after = null;
  }

  /**
   * Makes a passage current: its card is open, its tint stronger.
   * @param {string | null} key
   * @param {CodingId} [id]  which of the codings there
   */
  setCurrent(key, id) {
    const { app } = this;
    const { store } = app;
    const old = app.current;
    const group = key === null ? null : store.groups.get(key) ?? null;
    if (!group) {
      app.current = null;
    } else {
      const mine = group.ids.find((one) => { const coding = store.get(one); return coding !== null && store.isMine(coding); });
      app.current = { key: group.key, id: id !== undefined && group.ids.includes(id) ? id : mine ?? group.ids[0] };
    }
    /** @type {[number, number][]} */
    const ranges = [];
    for (const one of [old && old.key !== app.current?.key ? store.groups.get(old.key) : null, group && old?.key !== group.key ? group : null]) {
      if (one) ranges.push([one.start, one.end]);
    }
    app.redraw(ranges);
    app.margin.setCurrent(app.current?.key ?? null);
    app.card.show();
    app.margin.schedule();
    app.selection.draw();
    app.place.current();
    if (group) app.tree.select(group.code);
  }

  /** Leaves what is open, one thing at a time. */
  leave() {
    const { app } = this;
    if (app.picker.isOpen) app.picker.close(true);
    else if (app.find.isOpen) app.find.close();
    else if (app.selection.now) {
      const { editing } = app.selection.now;
      app.selection.clear();
      if (editing !== null) app.toasts.say(app.messages.t('ws-edges-kept'));
    } else this.setCurrent(null);
  }

  /**
   * Puts a code on the selection.
   * @param {number} codeId
   * @param {{memo?: string | null, weight?: number | null, stay?: boolean}} [options]
   */
  applyCode(codeId, { memo = null, weight = null, stay = false } = {}) {
    const { app } = this;
    const { store, queue, selection, codebook, messages, data, toasts } = app;
    const code = codebook.get(codeId);
    const range = selection.now;
    if (!data.me.can.code) {
      toasts.show(messages.t('ws-cannot-code'));
      return;
    }
    if (!range || !code) {
      toasts.show(messages.t('ws-select-first'));
      return;
    }
    if (!codebook.usable(code)) {
      toasts.show(messages.t('ws-only-heading', { code: code.name }));
      return;
    }
    const { start, end } = range;
    const own = store.ownOverlapping(codeId, start, end);
    const from = Math.min(start, ...own.map((coding) => coding.start));
    const to = Math.max(end, ...own.map((coding) => coding.end));
    const now = new Date().toISOString();
    const id = `~${newKey()}`;
    /** @type {Coding} */
    const coding = {
      id, code: codeId, coder: { id: data.me.id, name: data.me.name }, layer: 'coder', start: from, end: to,
      quote: selection.wordsOf(from, to), memo: memo ?? own.find((one) => one.memo)?.memo ?? null,
      weight: weight ?? own.find((one) => one.weight !== null)?.weight ?? null, version: 0, created_at: now, updated_at: now,
    };
    /** @type {Op['fields']} */
    const fields = { code: codeId, start, end };
    if (memo !== null) fields.memo = memo;
    if (weight !== null) fields.weight = weight;
    queue.add({ kind: 'create', id, fields, coding, absorbs: own.map((one) => one.id) });
    codebook.used(codeId);
    write(`concord:recents:${data.project.id}`, codebook.recents);
    if (!stay) selection.clear();
    selection.coded = end;
    const group = store.groupOf.get(id);
    // On a narrow page the card would cover the text that is read on.
    if (group && !app.narrow()) this.setCurrent(group.key, id);
    const block = app.window.blockAt(start);
    const said = messages.t(own.length > 0 ? 'ws-extended' : 'ws-applied', {
      code: codebook.label(codeId), count: to - from, paragraph: messages.number((block?.index ?? 0) + 1),
    });
    toasts.show(said, { action: this.#undoAction() });
    if (!stay && block) app.window.read(block.index)?.focus({ preventScroll: true });
    if (data.assignment.state === 'todo') void this.setState('in_progress', true);
  }

  /** The code that was used last goes on the selection. */
  repeat() {
    const [last] = this.app.codebook.recents;
    if (last === undefined) this.app.toasts.show(this.app.messages.t('ws-nothing-to-repeat'));
    else this.applyCode(last);
  }

  /** @param {number} digit */
  applyPin(digit) {
    const { codebook, toasts, messages } = this.app;
    const id = codebook.pins[digit - 1];
    if (id === undefined) toasts.show(messages.t('ws-no-pin', { digit: messages.number(digit) }));
    else this.applyCode(id);
  }

  /** A code that is called as the selected words are. */
  async inVivo() {
    const { selection, toasts, messages, data, codebook } = this.app;
    if (!selection.now) {
      toasts.show(messages.t('ws-select-first'));
      return;
    }
    if (!data.me.can.create_code) {
      toasts.show(messages.t('ws-cannot-create'));
      return;
    }
    const name = selection.words().replace(/\s+/gu, ' ').trim();
    if ([...name].length > 80) {
      toasts.show(messages.t('ws-in-vivo-long'));
      return;
    }
    const same = [...codebook.codes.values()].find((code) => code.name === name && codebook.usable(code));
    const code = same ?? (await this.createCode(name, null));
    if (code) this.applyCode(code.id);
  }

  /**
   * @param {string} name
   * @param {number | null} parent
   */
  async createCode(name, parent) {
    const { api, codebook, toasts, messages, tree } = this.app;
    try {
      const { body } = await api.send('POST', '/codes', parent === null ? { name } : { name, parent });
      const code = /** @type {import('./types.js').Code} */ ({
        color: 1, is_codable: true, retired: false, description: null, use_when: null, do_not_use_when: null, scale: null, shortcut: null, count: 0, parent, ...body,
      });
      if (!codebook.get(code.id)) codebook.set([...codebook.codes.values(), code]);
      tree.render();
      return codebook.get(code.id);
    } catch (error) {
      toasts.show(this.#why(error, messages.t('ws-create-failed', { name })), { kind: 'problem', sticky: true });
      return null;
    }
  }

  /**
   * @param {CodingId} id
   * @param {Fields} fields
   */
  update(id, fields) {
    const { app } = this;
    const { store, queue, messages, toasts, codebook } = app;
    const coding = store.get(id);
    if (!coding) return;
    const base = store.base.get(id);
    queue.add({ kind: 'update', id, fields, version: base && !base.partial ? base.version : null });
    const group = store.groupOf.get(id);
    if (group) this.setCurrent(group.key, id);
    const said =
      fields.code !== undefined ? messages.t('ws-code-changed', { code: codebook.label(fields.code) })
      : fields.memo !== undefined ? messages.t('ws-memo-saved')
      : fields.weight !== undefined ? messages.t('ws-weight-saved')
      : messages.t('ws-edges-moved', { count: (fields.end ?? coding.end) - (fields.start ?? coding.start) });
    toasts.show(said, { action: this.#undoAction() });
  }

  /** @param {CodingId} [which]  the current one if left out */
  remove(which) {
    const { app } = this;
    const { store, queue, messages, toasts, codebook, data } = app;
    const id = which ?? app.current?.id;
    const coding = id === undefined ? null : store.get(id);
    if (!coding || id === undefined) {
      toasts.show(messages.t('ws-no-current'));
      return;
    }
    if (!(store.isMine(coding) && data.me.can.code) && !(data.me.can.edit_any && coding.layer === 'coder')) {
      toasts.show(messages.t('ws-not-yours'));
      return;
    }
    const group = store.groupOf.get(id);
    const next = group ? store.step(group, 1) ?? store.step(group, -1) : null;
    const base = store.base.get(id);
    this.setCurrent(null);
    queue.add({ kind: 'delete', id, version: base && !base.partial ? base.version : null });
    toasts.show(messages.t('ws-removed', { code: codebook.label(coding.code) }), { action: this.#undoAction() });
    const block = app.window.blockAt(coding.start);
    if (block) {
      app.selection.cursor = block.index;
      app.window.read(block.index)?.focus({ preventScroll: true });
    }
    // So that n and p go on from here.
    this.after = next ? coding.start : null;
  }

  /** The edges of the current coding become the selection; Enter keeps what they are moved to. */
  editEdges() {
    const { card, selection, toasts, messages } = this.app;
    const coding = card.editable();
    if (!coding) {
      toasts.show(messages.t(this.app.current ? 'ws-not-yours' : 'ws-no-current'));
      return;
    }
    selection.set(coding.start, coding.end, { editing: coding.id });
    this.app.window.read(selection.cursor)?.focus({ preventScroll: true });
    selection.draw(true);
    toasts.show(messages.t('ws-edges-how'));
  }

  /** Keeps moved edges. */
  keepEdges() {
    const { selection, store } = this.app;
    const now = selection.now;
    if (!now || now.editing === null) return;
    const coding = store.get(now.editing);
    selection.clear();
    if (coding && (coding.start !== now.start || coding.end !== now.end)) this.update(coding.id, { start: now.start, end: now.end });
  }

  /** @param {1 | -1} direction */
  async step(direction) {
    const { app } = this;
    const { store, window, selection, messages, toasts } = app;
    const current = app.current && store.groups.get(app.current.key);
    const seen = window.blocks.get(selection.here());
    const from = current ?? (selection.now ? selection.now.start : this.after ?? seen?.start ?? window.visible().from);
    this.after = null;
    const next = store.step(from, direction);
    if (!next) {
      toasts.show(messages.t(store.order.length === 0 ? 'ws-no-codings' : direction > 0 ? 'ws-last-coding' : 'ws-first-coding'));
      return;
    }
    selection.clear();
    await this.goTo(next.key);
  }

  /**
   * Shows a passage that is coded and opens its card.
   * @param {string} key
   * @param {CodingId} [id]
   */
  async goTo(key, id) {
    const { app } = this;
    const group = app.store.groups.get(key);
    if (!group) return;
    await app.window.show(group.start, { end: group.end });
    this.setCurrent(key, id);
    const block = app.window.blockAt(group.start);
    if (block) {
      app.selection.cursor = block.index;
      app.window.read(block.index)?.focus({ preventScroll: true });
    }
    const coding = app.current && app.store.get(app.current.id);
    if (coding) {
      app.toasts.say(app.messages.t('ws-at-coding', {
        code: app.codebook.path(coding.code), coder: coding.layer === 'consensus' ? app.messages.t('ws-consensus') : coding.coder.name,
        words: app.selection.wordsOf(group.start, Math.min(group.end, group.start + 160)),
      }));
    }
    app.bar.schedule();
  }

  #undoAction() {
    const { messages } = this.app;
    return { label: messages.t('ws-undo'), key: 'Ctrl Z', run: () => void this.undo() };
  }

  undo() {
    return this.#turn('undo');
  }

  redo() {
    return this.#turn('redo');
  }

  /**
   * The coder's own last change is taken back (or made again) on the server, so that this works tomorrow as well.
   * @param {'undo' | 'redo'} way
   */
  async #turn(way) {
    const { app } = this;
    const { queue, api, store, messages, toasts } = app;
    if (this.undoing) return;
    if (way === 'undo') {
      const op = queue.takeBack();
      if (op) {
        this.#afterTurn([]);
        toasts.show(messages.t('ws-undone'));
        return;
      }
    }
    if (queue.down) {
      toasts.show(messages.t('ws-undo-offline'));
      return;
    }
    this.undoing = true;
    try {
      await queue.idle();
      const { body } = await api.send('POST', `/${way}`, {});
      /** @type {{kind: string, id: number, coding?: Coding | null, merged?: number[]}[]} */
      const changes = body.changes ?? [];
      const here = changes.filter(({ kind, coding }) => kind === 'coding' && (!coding || coding.document === undefined || coding.document === app.data.document.id));
      store.applyAll(here.map(({ id, coding, merged }) => (coding ? { type: 'put', coding, merged, force: true } : { type: 'drop', id })));
      this.#afterTurn(changes);
      const elsewhere = here.length < changes.filter(({ kind }) => kind === 'coding').length;
      toasts.show(messages.t(elsewhere ? 'ws-undone-elsewhere' : way === 'undo' ? 'ws-undone' : 'ws-redone'), {
        action: way === 'undo' ? { label: messages.t('ws-redo'), key: 'Ctrl ⇧ Z', run: () => void this.redo() } : this.#undoAction(),
      });
      if (changes.some(({ kind }) => kind !== 'coding')) void app.refreshCodebook();
    } catch (error) {
      const nothing = error instanceof Problem && (error.status === 404 || error.type === 'nothing-to-undo' || error.type === 'nothing-to-redo');
      toasts.show(nothing ? messages.t(way === 'undo' ? 'ws-nothing-to-undo' : 'ws-nothing-to-redo') : this.#why(error, messages.t('ws-undo-failed')));
    } finally {
      this.undoing = false;
    }
  }

  /** @param {{kind: string, id: number, coding?: Coding | null}[]} changes */
  #afterTurn(changes) {
    const { app } = this;
    const back = changes.find(({ coding }) => coding && coding.document === app.data.document.id);
    const group = back ? app.store.groupOf.get(back.id) : null;
    if (group) void this.goTo(group.key, back?.id);
    else if (!app.current || !app.store.get(app.current.id)) this.setCurrent(null);
  }

  /**
   * The codings of a stretch of text, with all that is to be known of them.
   * @param {number} start
   * @param {number} end
   */
  async loadCodings(start, end) {
    const { api, data, store } = this.app;
    const since = store.clock;
    let cursor = '';
    try {
      do {
        const answer = await api.get(`/codings?document=${data.document.id}&from=${start}&to=${end}&limit=1000${cursor}`);
        store.apply({ type: 'load', items: answer.items, since });
        cursor = answer.next ? `&cursor=${encodeURIComponent(answer.next)}` : '';
      } while (cursor !== '');
    } catch {
      // Place and code are known from the map; the rest is asked for again when a card is opened.
    }
  }

  /** @param {number} id */
  async loadCoding(id) {
    try {
      const coding = await this.app.api.get(`/codings/${id}`);
      this.app.store.apply({ type: 'put', coding });
    } catch (error) {
      if (error instanceof Problem && error.status === 404) this.app.store.apply({ type: 'drop', id });
    }
  }

  /**
   * Says something about a coding or a passage. Answers the key under which it is on its way.
   * @param {{kind: string, id: CodingId, start?: number, end?: number}} subject
   * @param {string} text
   * @param {number | null} replyTo
   */
  comment(subject, text, replyTo) {
    const op = this.app.queue.add({ kind: 'comment', id: null, body: { subject, text, ...(replyTo === null ? {} : { reply_to: replyTo }) } });
    return op.key;
  }

  /**
   * @param {import('./types.js').State} state
   * @param {boolean} [quiet]
   */
  async setState(state, quiet = false) {
    const { app } = this;
    const before = app.data.assignment.state;
    if (before === state) return;
    app.data.assignment.state = state;
    app.bar.state();
    app.queue.add({ kind: 'state', id: null, body: { state } });
    if (quiet) return;
    app.toasts.show(app.messages.t(state === 'done' ? 'ws-now-done' : state === 'in_progress' ? 'ws-now-in-progress' : 'ws-now-todo'), {
      action: { label: app.messages.t('ws-undo'), run: () => void this.setState(before ?? 'todo', true) },
    });
  }

  toggleDone() {
    void this.setState(this.app.data.assignment.state === 'done' ? 'in_progress' : 'done');
  }

  /** The address of the current coding, of the selection, or of the paragraph. */
  async copyLink() {
    const { app } = this;
    const { messages, toasts, selection } = app;
    const id = app.current?.id;
    const hash = selection.now && selection.now.editing === null ? `#passage-${selection.now.start}-${selection.now.end}` : typeof id === 'number' ? `#coding-${id}` : `#p${selection.cursor + 1}`;
    const link = `${location.origin}${location.pathname}${hash}`;
    try {
      await navigator.clipboard.writeText(link);
      toasts.show(messages.t('ws-link-copied'));
    } catch {
      // The clipboard is closed to pages that did not come over a secure connection.
      toasts.show(link, { sticky: true });
    }
  }

  /**
   * @param {number} id
   * @param {number} [digit]
   */
  async pin(id, digit) {
    const { api, codebook, tree, messages, toasts } = this.app;
    const before = [...codebook.pins];
    codebook.pin(id, digit);
    tree.render();
    const now = codebook.digit(id);
    toasts.say(now === null ? messages.t('ws-unpinned') : messages.t('ws-pinned', { digit: messages.number(now) }));
    try {
      await api.send('PUT', '/me/pins', { pins: codebook.pins });
    } catch (error) {
      codebook.pins = before;
      tree.render();
      toasts.show(this.#why(error, messages.t('ws-pin-failed')), { kind: 'problem' });
    }
  }

  /**
   * The server's own words for what went wrong, with ours before them.
   * @param {unknown} error
   * @param {string} what
   */
  #why(error, what) {
    const { messages } = this.app;
    if (error instanceof Problem && error.status === 0) return messages.t('ws-unreachable', { what });
    return error instanceof Error && error.message ? messages.t('ws-because', { what, why: error.message }) : what;
  }
}
