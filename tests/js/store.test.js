import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignLanes, Store } from '../../static/coding/store.js';

const ME = { id: 1, name: 'A. Karimi' };

/**
 * @param {number} id
 * @param {number} start
 * @param {number} end
 * @param {Partial<import('../../static/coding/types.js').Coding>} [more]
 * @returns {import('../../static/coding/types.js').Coding}
 */
const coding = (id, start, end, more = {}) => ({
  id, code: 1, coder: ME, layer: 'coder', start, end, quote: '', memo: null, weight: null, version: 1, created_at: '', updated_at: '', ...more,
});

/**
 * @param {Partial<import('../../static/coding/types.js').Op>} more
 * @returns {import('../../static/coding/types.js').Op}
 */
const op = (more) => ({
  key: 'k', order: 1, kind: 'create', id: null, fields: {}, version: null, coding: null, absorbs: [], body: null, waiting: false, ...more,
});

const spans = (/** @type {Store} */ store) => store.order.map(({ start, end, code }) => [start, end, code]);

test('an event about a version that is known changes nothing', () => {
  const store = new Store({ me: ME });
  assert.equal(store.apply({ type: 'put', coding: coding(1, 0, 10) }), true);
  assert.equal(store.apply({ type: 'put', coding: coding(1, 0, 10) }), false);
  assert.equal(store.apply({ type: 'put', coding: coding(1, 0, 99, { version: 1 }) }), false);
  assert.deepEqual(spans(store), [[0, 10, 1]]);
  assert.equal(store.apply({ type: 'put', coding: coding(1, 0, 12, { version: 2 }) }), true);
  assert.deepEqual(spans(store), [[0, 12, 1]]);
});

test('a change says which ranges to draw: where it was and where it is', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10) });
  /** @type {[number, number][]} */
  let ranges = [];
  store.subscribe((dirty) => { ranges = dirty.ranges; });
  store.apply({ type: 'put', coding: coding(1, 100, 120, { version: 2 }) });
  assert.deepEqual(ranges.sort((a, b) => a[0] - b[0]), [[0, 10], [100, 120]]);
});

test('equal passages with the same code are one group, mine if one of them is', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 5, 9, { coder: { id: 2, name: 'B' } }) });
  assert.equal(store.order[0].mine, false);
  store.apply({ type: 'put', coding: coding(2, 5, 9) });
  assert.equal(store.order.length, 1);
  assert.deepEqual(store.order[0].ids, [1, 2]);
  assert.equal(store.order[0].mine, true);
  store.apply({ type: 'put', coding: coding(3, 5, 9, { layer: 'consensus' }) });
  assert.equal(store.order.length, 2, 'consensus is a layer of its own');
});

test('a new coding is seen at once, and turns into the answer without a trace', () => {
  const store = new Store({ me: ME });
  const create = op({ id: '~a', fields: { code: 1, start: 3, end: 8 }, coding: coding(0, 3, 8, { id: '~a', version: 0 }) });
  store.apply({ type: 'pend', op: create });
  assert.equal(store.get('~a')?.sending, true);
  assert.deepEqual(spans(store), [[3, 8, 1]]);
  store.apply({ type: 'settle', key: 'k', answer: coding(7, 3, 8) });
  assert.equal(store.get('~a'), null);
  assert.equal(store.get(7)?.sending, undefined);
  assert.deepEqual(store.order[0].ids, [7]);
  // and its own event comes back
  assert.equal(store.apply({ type: 'put', coding: coding(7, 3, 8) }), false);
});

test('an own coding that the union swallows is hidden at once and gone with the answer', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10) });
  store.apply({ type: 'put', coding: coding(2, 20, 30) });
  const create = op({ id: '~a', absorbs: [1, 2], coding: coding(0, 0, 30, { id: '~a', version: 0 }) });
  store.apply({ type: 'pend', op: create });
  assert.deepEqual(spans(store), [[0, 30, 1]]);
  store.apply({ type: 'settle', key: 'k', answer: coding(1, 0, 30, { version: 2 }), merged: [2] });
  assert.deepEqual(spans(store), [[0, 30, 1]]);
  assert.deepEqual(store.order[0].ids, [1]);
  assert.equal(store.get(2), null);
});

test('a refused coding leaves everything as it was', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10) });
  store.apply({ type: 'pend', op: op({ id: '~a', absorbs: [1], coding: coding(0, 0, 15, { id: '~a', version: 0 }) }) });
  store.apply({ type: 'settle', key: 'k' });
  assert.deepEqual(spans(store), [[0, 10, 1]]);
});

test('changes lie over each other in order and come off one by one', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10) });
  store.apply({ type: 'pend', op: op({ key: 'a', kind: 'update', id: 1, fields: { end: 12 }, version: 1 }) });
  store.apply({ type: 'pend', op: op({ key: 'b', kind: 'update', id: 1, fields: { memo: 'why' }, version: 1 }) });
  assert.equal(store.get(1)?.end, 12);
  assert.equal(store.get(1)?.memo, 'why');
  store.apply({ type: 'settle', key: 'a' });
  assert.equal(store.get(1)?.end, 10);
  assert.equal(store.get(1)?.memo, 'why');
  store.apply({ type: 'settle', key: 'b', answer: coding(1, 0, 10, { memo: 'why', version: 2 }) });
  assert.equal(store.get(1)?.sending, undefined);
});

test('what was done to a coding before it had an id goes on under its id', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'pend', op: op({ key: 'a', id: '~a', coding: coding(0, 0, 5, { id: '~a', version: 0 }) }) });
  const later = op({ key: 'b', kind: 'update', id: '~a', fields: { memo: 'm' } });
  store.apply({ type: 'pend', op: later });
  store.apply({ type: 'settle', key: 'a', answer: coding(9, 0, 5) });
  assert.equal(later.id, 9);
  assert.equal(later.version, 1);
  assert.equal(store.get(9)?.memo, 'm');
});

test('a deletion hides at once; a list that was asked for before it does not bring it back', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10) });
  const since = store.clock;
  store.apply({ type: 'pend', op: op({ kind: 'delete', id: 1, version: 1 }) });
  assert.equal(store.get(1), null);
  store.apply({ type: 'settle', key: 'k', dropped: true });
  store.apply({ type: 'load', items: [coding(1, 0, 10)], since });
  assert.equal(store.get(1), null);
});

test('a late event about a deletion does not take away what undo has brought back', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'put', coding: coding(1, 0, 10, { version: 1 }) });
  store.apply({ type: 'drop', id: 1, version: 1 });
  store.apply({ type: 'put', coding: coding(1, 0, 10, { version: 2 }), force: true });
  store.apply({ type: 'drop', id: 1, version: 1 });
  assert.notEqual(store.get(1), null);
  // but an event about the creation of what was deleted stays without effect
  store.apply({ type: 'drop', id: 1, version: 2 });
  assert.equal(store.apply({ type: 'put', coding: coding(1, 0, 10, { version: 1 }) }), false);
});

test('waiting shows on the coding and on its group', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'pend', op: op({ id: '~a', coding: coding(0, 0, 5, { id: '~a' }) }) });
  assert.equal(store.order[0].waiting, false);
  store.apply({ type: 'waits', key: 'k', waiting: true });
  assert.equal(store.get('~a')?.waiting, true);
  assert.equal(store.order[0].waiting, true);
});

test('the map brings places, and the full coding replaces them', () => {
  const store = new Store({ me: ME });
  store.apply({ type: 'map', rows: [[1, 4, true, 0, 10], [2, 5, false, 3, 6, 8]] });
  assert.deepEqual(spans(store), [[0, 10, 4], [3, 6, 5]]);
  assert.equal(store.get(2)?.coder.id, 8);
  store.apply({ type: 'load', items: [coding(1, 0, 10, { code: 4, memo: 'm' })], since: store.clock });
  assert.equal(store.get(1)?.memo, 'm');
  assert.equal(store.get(1)?.partial, undefined);
});

test('filters: only mine, coders, codes, layers', () => {
  const store = new Store({ me: ME });
  store.applyAll([
    { type: 'put', coding: coding(1, 0, 10, { code: 1 }) },
    { type: 'put', coding: coding(2, 20, 30, { code: 2, coder: { id: 2, name: 'B' } }) },
    { type: 'put', coding: coding(3, 40, 50, { code: 3, coder: { id: 3, name: 'C' }, layer: 'consensus' }) },
  ]);
  const shown = () => store.order.map(({ code }) => code);
  store.setFilter({ mine: true });
  assert.deepEqual(shown(), [1]);
  store.setFilter({ mine: false, hidden: new Set([2]) });
  assert.deepEqual(shown(), [1, 3]);
  store.setFilter({ hidden: new Set(), layer: 'coder' });
  assert.deepEqual(shown(), [1, 2]);
  store.setFilter({ layer: 'all', codes: new Set([3]) });
  assert.deepEqual(shown(), [3]);
  store.setFilter({ codes: null });
  assert.deepEqual(shown(), [1, 2, 3]);
  assert.deepEqual(store.totals(), { all: 3, mine: 1, coders: 2 });
});

test('looking up what touches a stretch of text, over bucket edges', () => {
  const store = new Store({ me: ME });
  store.applyAll([
    { type: 'put', coding: coding(1, 0, 5000) },
    { type: 'put', coding: coding(2, 2040, 2050, { code: 2 }) },
    { type: 'put', coding: coding(3, 4096, 4097, { code: 3 }) },
  ]);
  const codes = (/** @type {number} */ from, /** @type {number} */ to) => store.groupsIn(from, to).map(({ code }) => code);
  assert.deepEqual(codes(2049, 2060), [1, 2]);
  assert.deepEqual(codes(2050, 2060), [1], 'ranges are half-open');
  assert.deepEqual(codes(4096, 4097), [1, 3]);
  assert.deepEqual(codes(5000, 9000), []);
  assert.deepEqual(codes(10, 10), []);
});

test('from one to the next in text order', () => {
  const store = new Store({ me: ME });
  store.applyAll([
    { type: 'put', coding: coding(1, 10, 20) },
    { type: 'put', coding: coding(2, 10, 15, { code: 2 }) },
    { type: 'put', coding: coding(3, 30, 40) },
  ]);
  assert.deepEqual(spans(store), [[10, 20, 1], [10, 15, 2], [30, 40, 1]], 'the longer of two that begin together comes first');
  assert.equal(store.step(0, 1)?.end, 20);
  assert.equal(store.step(store.order[0], 1)?.end, 15);
  assert.equal(store.step(store.order[2], 1), null);
  assert.equal(store.step(store.order[0], -1), null);
  assert.equal(store.step(25, 1)?.start, 30);
  assert.equal(store.step(25, -1)?.end, 15);
});

test('a coding that touches another of the same code does not overlap it', () => {
  const store = new Store({ me: ME });
  store.applyAll([
    { type: 'put', coding: coding(1, 0, 10) },
    { type: 'put', coding: coding(2, 0, 10, { coder: { id: 2, name: 'B' } }) },
    { type: 'put', coding: coding(3, 0, 10, { code: 2 }) },
  ]);
  assert.deepEqual(store.ownOverlapping(1, 10, 20).map(({ id }) => id), []);
  assert.deepEqual(store.ownOverlapping(1, 9, 20).map(({ id }) => id), [1]);
});

test('counts move by what happens, not by what is read', () => {
  const store = new Store({ me: ME });
  /** @type {Map<number, number>} */
  let counts = new Map();
  store.subscribe((dirty) => { counts = dirty.counts; });
  store.apply({ type: 'load', items: [coding(1, 0, 10, { code: 4 })], since: 0 });
  assert.equal(counts.size, 0);
  store.apply({ type: 'put', coding: coding(2, 0, 10, { code: 4 }) });
  assert.deepEqual([...counts], [[4, 1]]);
  store.apply({ type: 'put', coding: coding(2, 0, 10, { code: 5, version: 2 }) });
  assert.deepEqual([...counts].sort(), [[4, -1], [5, 1]]);
  store.apply({ type: 'drop', id: 1 });
  assert.deepEqual([...counts], [[4, -1]]);
});

test('lanes: the lowest that is free where a passage begins, for its whole length', () => {
  const group = (/** @type {number} */ start, /** @type {number} */ end) => ({ key: `${start}-${end}`, start, end, code: 1, consensus: false, ids: [], mine: true, waiting: false, lane: -1, col: null });
  // 0....................20
  //    3....8   9...15
  //      5...........15
  //       6.7
  const order = [group(0, 20), group(3, 8), group(5, 15), group(6, 7), group(9, 15), group(20, 25)];
  assignLanes(order);
  assert.deepEqual(order.map(({ lane }) => lane), [0, 1, 2, 3, 1, 0]);
  assert.deepEqual(assignLanes(order), [], 'nothing changes the second time');
});
