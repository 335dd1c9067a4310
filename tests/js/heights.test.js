import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Heights } from '../../static/coding/heights.js';

test('sums of guesses and measurements', () => {
  const heights = new Heights(5, 10);
  assert.equal(heights.before(0), 0);
  assert.equal(heights.before(5), 50);
  heights.set(1, 25);
  heights.set(3, 2);
  // 10 25 10 2 10
  assert.deepEqual([0, 1, 2, 3, 4, 5].map((index) => heights.before(index)), [0, 10, 35, 45, 47, 57]);
});

test('which block lies at a height', () => {
  const heights = new Heights(4, 10);
  heights.set(2, 100);
  // 0..10, 10..20, 20..120, 120..130
  assert.deepEqual([0, 9.9, 10, 19, 20, 119, 120, 129, 130, 9999].map((y) => heights.at(y)), [0, 0, 1, 1, 2, 2, 3, 3, 3, 3]);
});

test('a guess does not replace a measurement', () => {
  const heights = new Heights(2, 10);
  heights.set(0, 30);
  heights.set(0, 99, false);
  heights.set(1, 20, false);
  assert.deepEqual([heights.before(1), heights.before(2)], [30, 50]);
});

test('after a change of width everything is guessed anew and can be measured again', () => {
  const heights = new Heights(3, 10);
  heights.set(0, 30);
  heights.forget((_, height) => height * 2);
  assert.equal(heights.before(3), 60 + 20 + 20);
  heights.set(0, 5, false);
  assert.equal(heights.before(1), 5);
});

test('every block of a long document is found where it begins', () => {
  const heights = new Heights(1000, 7);
  for (let i = 0; i < 1000; i += 3) heights.set(i, (i % 11) + 1);
  let y = 0;
  for (let i = 0; i < 1000; i++) {
    assert.equal(heights.before(i), y);
    assert.equal(heights.at(y + 0.5), i);
    y += heights.values[i];
  }
});

test('a document of one block', () => {
  assert.equal(new Heights(1, 10).at(500), 0);
});
