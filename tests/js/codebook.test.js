// @ts-check
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { childrenOf, dropTo, endOf, fold, matching, parentOf, stepTo } from '../../static/codebook/tree.js';

// Security (1) > WMD (2), Arms (3) > Embargo (4); Energy (5); نفت (6)
const lines = [
  { id: 1, level: 1, name: 'Sécurité' },
  { id: 2, level: 2, name: 'WMD' },
  { id: 3, level: 2, name: 'Arms' },
  { id: 4, level: 3, name: 'Embargo' },
  { id: 5, level: 1, name: 'Energy' },
  { id: 6, level: 1, name: 'كتاب' },
];

test('lines know who is above and below', () => {
  assert.equal(parentOf(lines, 3), 2);
  assert.equal(parentOf(lines, 4), -1);
  assert.equal(endOf(lines, 0), 4);
  assert.deepEqual(childrenOf(lines, 1), [2, 3]);
  assert.deepEqual(childrenOf(lines, null), [1, 5, 6]);
  assert.deepEqual(childrenOf(lines, 4), []);
});

test('keys move a code one place, counted without itself', () => {
  assert.deepEqual(stepTo(lines, 3, 'up'), { parent: 1, position: 0 });
  assert.equal(stepTo(lines, 3, 'down'), null);
  assert.deepEqual(stepTo(lines, 3, 'in'), { parent: 2, position: 0 });
  assert.deepEqual(stepTo(lines, 3, 'out'), { parent: null, position: 1 });
  assert.deepEqual(stepTo(lines, 5, 'in'), { parent: 1, position: 2 });
  assert.deepEqual(stepTo(lines, 1, 'down'), { parent: null, position: 1 });
  assert.equal(stepTo(lines, 1, 'out'), null);
  assert.equal(stepTo(lines, 99, 'up'), null);
});

test('a drop never puts a code under itself', () => {
  for (const how of /** @type {const} */ (['before', 'after', 'inside'])) {
    for (const onto of [1, 2, 3, 4]) assert.equal(dropTo(lines, 1, onto, how), null);
  }
});

test('a drop goes before, after or under a code', () => {
  assert.deepEqual(dropTo(lines, 5, 2, 'before'), { parent: 1, position: 0 });
  assert.deepEqual(dropTo(lines, 5, 2, 'after'), { parent: 1, position: 1 });
  assert.deepEqual(dropTo(lines, 5, 3, 'inside'), { parent: 3, position: 1 });
  assert.deepEqual(dropTo(lines, 2, 3, 'after'), { parent: 1, position: 1 });
  assert.equal(dropTo(lines, 2, 3, 'before'), null);
  assert.deepEqual(dropTo(lines, 6, 1, 'before'), { parent: null, position: 0 });
});

test('the filter shows what fits with what is above it', () => {
  const found = matching(lines, 'EMB');
  assert.equal(found.hits, 1);
  assert.deepEqual([...found.shown].sort(), [0, 2, 3]);
  assert.equal(matching(lines, 'securite').hits, 1);
  assert.equal(matching(lines, 'کتاب').hits, 1);
  assert.equal(matching(lines, 'nothing').hits, 0);
  assert.equal(fold('نمی\u200cخواهم'), 'نمیخواهم');
});
