import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../static/coding/api.js';
import { Queue } from '../../static/coding/queue.js';
import { Store } from '../../static/coding/store.js';

const ME = { id: 1, name: 'A' };

class Memory {
  constructor() {
    /** @type {Map<string, string>} */
    this.map = new Map();
  }
  get length() { return this.map.size; }
  key(/** @type {number} */ i) { return [...this.map.keys()][i] ?? null; }
  getItem(/** @type {string} */ k) { return this.map.get(k) ?? null; }
  setItem(/** @type {string} */ k, /** @type {string} */ v) { this.map.set(k, v); }
  removeItem(/** @type {string} */ k) { this.map.delete(k); }
  clear() { this.map.clear(); }
}

/**
 * A queue against a server that answers as it is told.
 * @param {(method: string, path: string, body: any, options: any) => any} server
 * @param {Memory} [storage]
 */
function make(server, storage = new Memory()) {
  const store = new Store({ me: ME });
  /** @type {any[]} */
  const sent = [];
  /** @type {{op: any, problem: any}[]} */
  const refused = [];
  const api = /** @type {any} */ ({
    send: async (/** @type {string} */ method, /** @type {string} */ path, /** @type {any} */ body, /** @type {any} */ options) => {
      sent.push({ method, path, body: structuredClone(body), ...options });
      return { status: 200, body: await server(method, path, body, options) };
    },
  });
  const queue = new Queue({
    api, store, storage: /** @type {any} */ (storage), prefix: 'w:', document: 17,
    listener: { changed: () => {}, saved: () => {}, signedOut: () => {}, refused: (op, problem) => refused.push({ op, problem }) },
  });
  return { store, queue, sent, refused, storage };
}

const coding = (/** @type {any} */ more) => ({ id: 1, code: 4, coder: ME, layer: 'coder', start: 0, end: 5, quote: '', memo: null, weight: null, version: 1, created_at: '', updated_at: '', ...more });
const create = (/** @type {string} */ id) => ({ kind: /** @type {const} */ ('create'), id, fields: { code: 4, start: 0, end: 5 }, coding: coding({ id, version: 0 }) });

test('a write is kept before it is sent and forgotten when it is answered', async () => {
  const { queue, store, sent, storage } = make(() => coding({ id: 9 }));
  queue.add(create('~a'));
  assert.equal(storage.length, 1);
  await queue.idle();
  assert.equal(storage.length, 0);
  assert.deepEqual(sent[0].body, { document: 17, code: 4, start: 0, end: 5 });
  assert.equal(typeof sent[0].key, 'string');
  assert.notEqual(store.get(9), null);
});

test('changes go in order, on the version that the one before made', async () => {
  let version = 1;
  const { queue, store, sent } = make((method) => coding({ id: 9, version: method === 'POST' ? 1 : ++version }));
  queue.add(create('~a'));
  queue.add({ kind: 'update', id: '~a', fields: { memo: 'm' } });
  queue.add({ kind: 'update', id: '~a', fields: { weight: 2 } });
  queue.add({ kind: 'comment', id: null, body: { subject: { kind: 'coding', id: '~a' }, text: 'hello' } });
  await queue.idle();
  assert.deepEqual(sent.map(({ method, path, version }) => [method, path, version]), [
    ['POST', '/codings', undefined], ['PATCH', '/codings/9', 1], ['PATCH', '/codings/9', 2], ['POST', '/comments', undefined],
  ]);
  assert.deepEqual(sent[3].body.subject, { kind: 'coding', id: 9 });
  assert.equal(store.get(9)?.version, 3);
});

test('when the server cannot be reached everything waits, and goes later with the same key', async () => {
  let up = false;
  const { queue, store, sent, storage } = make(() => {
    if (!up) throw new Problem(0);
    return coding({ id: 9 });
  });
  queue.add(create('~a'));
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(queue.waiting, 1);
  assert.equal(store.get('~a')?.waiting, true);
  assert.equal(storage.length, 1);
  up = true;
  queue.retry();
  await queue.idle();
  assert.equal(queue.waiting, 0);
  assert.equal(queue.down, false);
  assert.equal(sent[0].key, sent[1].key);
});

test('what a page left behind is taken up by the next one, in order', async () => {
  const storage = new Memory();
  const first = make(() => { throw new Problem(503); }, storage);
  first.queue.add(create('~a'));
  first.queue.add({ kind: 'update', id: '~a', fields: { memo: 'm' } });
  await new Promise((done) => setTimeout(done, 5));
  clearTimeout(first.queue.timer);
  storage.setItem('other', 'not ours');
  storage.setItem('w:broken', '{');
  const second = make((method) => coding({ id: 9, memo: 'm', version: method === 'POST' ? 1 : 2 }), storage);
  second.queue.restore();
  assert.equal(second.store.get('~a')?.memo, 'm', 'shown before it is sent');
  await second.queue.idle();
  assert.deepEqual(second.sent.map(({ method }) => method), ['POST', 'PATCH']);
  assert.equal(second.sent[0].key, first.sent[0].key);
  assert.deepEqual([...storage.map.keys()].sort(), ['other', 'w:broken']);
});

test('a refusal gives up that write, what hangs on it, and nothing else', async () => {
  const { queue, store, refused } = make((_, path, body) => {
    if (body?.end === 5) throw new Problem(422, { detail: 'Outside the text.' });
    return coding({ id: 10, start: 10, end: 15 });
  });
  queue.add(create('~a'));
  queue.add({ kind: 'update', id: '~a', fields: { memo: 'm' } });
  queue.add({ kind: 'create', id: '~b', fields: { code: 4, start: 10, end: 15 }, coding: coding({ id: '~b', start: 10, end: 15 }) });
  await queue.idle();
  assert.deepEqual(refused.map(({ op, problem }) => [op.kind, problem.message]), [['create', 'Outside the text.'], ['update', 'Outside the text.']]);
  assert.equal(store.get('~a'), null);
  assert.notEqual(store.get(10), null);
});

test('a stale change brings what the coding is now', async () => {
  const current = coding({ id: 1, end: 8, version: 5 });
  const { queue, store } = make(() => { throw new Problem(409, { current }); });
  store.apply({ type: 'put', coding: coding({}) });
  queue.add({ kind: 'update', id: 1, fields: { end: 6 }, version: 1 });
  assert.equal(store.get(1)?.end, 6);
  await queue.idle();
  assert.equal(store.get(1)?.end, 8);
});

test('what is gone already was to go', async () => {
  const { queue, store, refused } = make(() => { throw new Problem(404); });
  store.apply({ type: 'put', coding: coding({}) });
  queue.add({ kind: 'delete', id: 1, version: 1 });
  await queue.idle();
  assert.equal(store.get(1), null);
  assert.equal(refused.length, 0);
});

test('a write that waits can be taken back without the server', async () => {
  const { queue, store, sent, storage } = make(() => { throw new Problem(0); });
  queue.add(create('~a'));
  await new Promise((done) => setTimeout(done, 5));
  assert.equal(queue.takeBack()?.id, '~a');
  clearTimeout(queue.timer);
  assert.equal(store.get('~a'), null);
  assert.equal(storage.length, 0);
  assert.equal(sent.length, 1);
  assert.equal(queue.takeBack(), null);
});
