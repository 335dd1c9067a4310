import assert from 'node:assert/strict';
import { test } from 'node:test';
import { match } from '../../static/coding/fuzzy.js';

const best = (/** @type {string} */ query, /** @type {string[]} */ texts) => texts.map((text) => ({ text, hit: match(query, text) })).filter(({ hit }) => hit !== null).sort((a, b) => (b.hit?.score ?? 0) - (a.hit?.score ?? 0)).map(({ text }) => text);

test('letters in order, or nothing', () => {
  assert.equal(match('xyz', 'Security'), null);
  assert.equal(match('ytiruces', 'Security'), null);
  assert.deepEqual(match('secu', 'Security')?.ranges, [[0, 4]]);
});

test('the start of words counts more than the middle', () => {
  assert.deepEqual(best('arm', ['Warmth', 'Security › Arms transfers']), ['Security › Arms transfers', 'Warmth']);
});

test('letters of a path: the heads of its words', () => {
  assert.deepEqual(match('sat', 'Security › Arms transfers')?.ranges, [[0, 1], [11, 12], [16, 17]]);
});

test('letters together beat letters apart', () => {
  assert.deepEqual(best('iran', ['Iran as partner', 'International arena']), ['Iran as partner', 'International arena']);
});

test('case, diacritics and Arabic variants make no difference', () => {
  assert.notEqual(match('ECO', 'économie'), null);
  assert.notEqual(match('تحریمها', 'تحريم‌ها'), null); // Arabic yeh, half-space
  assert.notEqual(match('كتاب', 'کتاب'), null);
  assert.deepEqual(match('e', 'é')?.ranges, [[0, 1]]);
});

test('an empty query matches everything without emphasis', () => {
  assert.deepEqual(match('  ', 'Any'), { score: 0, ranges: [] });
});
