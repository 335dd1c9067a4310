/**
 * Every write of the workspace, in order, until the server has answered it.
 *
 * A write is put into the browser's own storage before it is sent and taken out when it is answered, so nothing is lost when
 * the connection, the tab or the machine goes: what is left is sent when the page comes back. Each carries an idempotency
 * key, so sending twice does no harm, and each is an entry of its own, so two tabs do not overwrite each other's. They go one
 * after another, because a later one may build on an earlier one.
 *
 * When the server cannot be reached, they wait and are tried again; when it refuses one, that one is given up, and
 * whoever listens is told why and what it held.
 *
 * @module
 */

import { newKey, Problem } from './api.js';

/** @typedef {import('./types.js').Op} Op */
/** @typedef {import('./types.js').Coding} Coding */
/** @typedef {import('./types.js').CodingId} CodingId */

/**
 * @typedef {object} Listener
 * @property {() => void} changed  the number of what waits, or whether it waits, changed
 * @property {(op: Op, answer: any) => void} saved
 * @property {(op: Op, problem: Problem) => void} refused
 * @property {() => void} signedOut  the session has ended: what waits can only go after signing in again
 */

/** Milliseconds between tries; the last one goes on. */
const PAUSES = [1000, 2000, 4000, 8000, 15_000, 30_000];

export class Queue {
  /**
   * @param {object} options
   * @param {import('./api.js').Api} options.api
   * @param {import('./store.js').Store} options.store
   * @param {Storage | null} options.storage
   * @param {string} options.prefix  of the entries: one person, one document
   * @param {number} options.document
   * @param {Listener} options.listener
   */
  constructor({ api, store, storage, prefix, document, listener }) {
    this.api = api;
    this.store = store;
    this.storage = storage;
    this.prefix = prefix;
    this.document = document;
    this.listener = listener;
    /** @type {Op[]} */
    this.ops = [];
    this.down = false;
    this.busy = false;
    this.tries = 0;
    this.last = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {(() => void)[]} */
    this.idlers = [];
  }

  /** Takes up what an earlier page left behind. */
  restore() {
    if (!this.storage) return;
    /** @type {Op[]} */
    const found = [];
    for (let i = 0; i < this.storage.length; i++) {
      const name = this.storage.key(i);
      if (!name?.startsWith(this.prefix)) continue;
      try {
        const op = /** @type {Op} */ (JSON.parse(this.storage.getItem(name) ?? ''));
        if (op && typeof op.key === 'string' && typeof op.order === 'number') found.push(op);
      } catch {
        // Not ours to read; it stays where it is.
      }
    }
    found.sort((a, b) => a.order - b.order);
    for (const op of found) {
      op.waiting = true;
      this.ops.push(op);
      this.last = Math.max(this.last, op.order);
    }
    this.store.applyAll(found.map((op) => ({ type: 'pend', op })));
    this.listener.changed();
    this.kick();
  }

  /**
   * @param {Pick<Op, 'kind' | 'id'> & Partial<Op>} what
   * @returns {Op}
   */
  add(what) {
    this.last = Math.max(this.last + 1, Date.now());
    /** @type {Op} */
    const op = {
      key: newKey(), order: this.last, fields: {}, version: null, coding: null, absorbs: [], body: null,
      ...what, waiting: this.down,
    };
    this.#keep(op);
    this.ops.push(op);
    this.store.apply({ type: 'pend', op });
    this.listener.changed();
    this.kick();
    return op;
  }

  /** How many writes the server has not confirmed. */
  get size() {
    return this.ops.length;
  }

  /** How many of them wait for the connection. */
  get waiting() {
    return this.ops.filter((op) => op.waiting).length;
  }

  /** Resolves when nothing is on its way (at once when nothing is). */
  idle() {
    return this.ops.length === 0 ? Promise.resolve() : new Promise((/** @type {(value?: any) => void} */ done) => this.idlers.push(done));
  }

  /**
   * Takes back the last write if it has not been sent. Answers it, or null when there is none.
   * @returns {Op | null}
   */
  takeBack() {
    const op = this.ops.at(-1);
    if (!op || !this.down || (this.busy && this.ops.length === 1)) return null;
    this.ops.pop();
    this.#forget(op);
    this.store.apply({ type: 'settle', key: op.key });
    this.listener.changed();
    return op;
  }

  /** Try now: the connection may be back. */
  retry() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.tries = 0;
    this.kick();
  }

  kick() {
    if (this.busy || this.timer !== undefined) return;
    void this.#run();
  }

  async #run() {
    this.busy = true;
    while (this.ops.length > 0) {
      const op = this.ops[0];
      // An answer that takes long is shown as waiting, though it may still come.
      const slow = setTimeout(() => this.#mark(op, true), 3000);
      try {
        const answer = await this.#send(op);
        clearTimeout(slow);
        this.#answered(op, answer);
      } catch (error) {
        clearTimeout(slow);
        const problem = error instanceof Problem ? error : new Problem(0);
        if (problem.passing) {
          if (problem.status === 401) this.listener.signedOut();
          this.#unreachable();
          break;
        }
        this.#refuse(op, problem);
      }
    }
    this.busy = false;
    if (this.ops.length === 0) {
      for (const done of this.idlers.splice(0)) done();
    }
  }

  /** @param {Op} op */
  async #send(op) {
    const options = { key: op.key, version: op.version };
    switch (op.kind) {
      case 'create': {
        const body = { document: this.document, ...op.fields };
        return (await this.api.send('POST', '/codings', body, { key: op.key })).body;
      }
      case 'update':
        return (await this.api.send('PATCH', `/codings/${op.id}`, op.fields, options)).body;
      case 'delete':
        try {
          await this.api.send('DELETE', `/codings/${op.id}`, undefined, options);
        } catch (error) {
          // Gone already is what was wanted.
          if (!(error instanceof Problem) || error.status !== 404) throw error;
        }
        return null;
      case 'comment':
        return (await this.api.send('POST', '/comments', op.body, { key: op.key })).body;
      case 'state':
        return (await this.api.send('PATCH', `/documents/${this.document}/assignments/me`, op.body, { key: op.key })).body;
    }
  }

  /**
   * @param {Op} op
   * @param {any} answer
   */
  #answered(op, answer) {
    this.#remove(op);
    const from = op.id;
    if (op.kind === 'delete') {
      this.store.apply({ type: 'settle', key: op.key, dropped: true });
    } else if (op.kind === 'create' || op.kind === 'update') {
      this.store.apply({ type: 'settle', key: op.key, answer, merged: answer.merged ?? [] });
      this.#carryOver(op, from, answer);
    }
    if (this.down) {
      this.down = false;
      this.tries = 0;
      for (const other of this.ops) this.#mark(other, false);
    }
    this.listener.saved(op, answer);
    this.listener.changed();
  }

  /**
   * What was done to the same coding meanwhile goes on from what the server made of it.
   * @param {Op} op
   * @param {CodingId | null} from
   * @param {Coding} answer
   */
  #carryOver(op, from, answer) {
    for (const other of this.ops) {
      const subject = /** @type {{subject?: {kind: string, id: CodingId}} | null} */ (other.body)?.subject;
      if (subject && subject.kind === 'coding' && subject.id === from) subject.id = answer.id;
      if (other.id === from) other.id = answer.id;
      if (other.id === answer.id && (other.version === null || other.version === 0 || other.version === op.version)) {
        other.version = answer.version;
      }
      this.#keep(other);
    }
  }

  #unreachable() {
    this.down = true;
    for (const op of this.ops) this.#mark(op, true);
    const pause = PAUSES[Math.min(this.tries, PAUSES.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.kick();
    }, pause);
    this.listener.changed();
  }

  /**
   * @param {Op} op
   * @param {Problem} problem
   */
  #refuse(op, problem) {
    this.#remove(op);
    this.store.apply({ type: 'settle', key: op.key });
    const current = problem.current;
    if (problem.status === 409 && current && typeof current.id === 'number' && typeof current.start === 'number') {
      this.store.apply({ type: 'put', coding: current });
    }
    this.listener.refused(op, problem);
    if (op.kind === 'create') {
      // What was to be done to a coding that will never be cannot be done either.
      for (const other of this.ops.filter((other) => other.id === op.id)) this.#refuse(other, problem);
    }
    this.listener.changed();
  }

  /**
   * @param {Op} op
   * @param {boolean} waiting
   */
  #mark(op, waiting) {
    if (op.waiting === waiting || !this.ops.includes(op)) return;
    this.store.apply({ type: 'waits', key: op.key, waiting });
    op.waiting = waiting;
    this.listener.changed();
  }

  /** @param {Op} op */
  #remove(op) {
    this.ops = this.ops.filter((other) => other !== op);
    this.#forget(op);
  }

  /** @param {Op} op */
  #name(op) {
    return `${this.prefix}${op.key}`;
  }

  /** @param {Op} op */
  #keep(op) {
    try {
      this.storage?.setItem(this.#name(op), JSON.stringify(op));
    } catch {
      // Storage that is full or closed: the write is still sent, it would only not survive a reload.
    }
  }

  /** @param {Op} op */
  #forget(op) {
    try {
      this.storage?.removeItem(this.#name(op));
    } catch {
      // As above.
    }
  }
}
