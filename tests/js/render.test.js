import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut } from '../../static/coding/render.js';
import { assignLanes } from '../../static/coding/store.js';

/**
 * @param {string} text
 * @param {number} [start]
 * @returns {import('../../static/coding/types.js').Block}
 */
const block = (text, start = 0) => ({ index: 0, kind: 'paragraph', level: null, start, end: start + [...text].length, page: null, dir: null, text });

/**
 * @param {[number, number, number][]} ranges  start, end, code; in text order
 * @returns {import('../../static/coding/types.js').Group[]}
 */
function groups(ranges) {
  const all = ranges.map(([start, end, code]) => ({ key: `${start}-${end}-${code}`, start, end, code, consensus: false, ids: [code], mine: true, waiting: false, lane: 0, col: null }));
  assignLanes(all);
  return all;
}

/** @param {ReturnType<typeof cut>} pieces */
const plain = (pieces) => pieces.map(({ text, top, lanes, more }) => [text, top?.code ?? null, lanes.map((group) => group?.code ?? null), more]);

test('a block without codings is one piece', () => {
  assert.deepEqual(plain(cut(block('Hello'), [], null)), [['Hello', null, [null, null, null], false]]);
});

test('text is cut at every edge, the shorter coding lies on top', () => {
  // 0 1 2 3 4 5 6 7 8 9
  // a b c d e f g h i j      1: [0,8)  2: [2,5)
  assert.deepEqual(plain(cut(block('abcdefghij'), groups([[0, 8, 1], [2, 5, 2]]), null)), [
    ['ab', 1, [1, null, null], false],
    ['cde', 2, [1, 2, null], false],
    ['fgh', 1, [1, null, null], false],
    ['ij', null, [null, null, null], false],
  ]);
});

test('the current one lies on top, whatever its length', () => {
  const all = groups([[0, 8, 1], [2, 5, 2]]);
  const pieces = cut(block('abcdefghij'), all, all[0].key);
  assert.deepEqual(pieces.map(({ top }) => top?.code ?? null), [1, 1, 1, null]);
});

test('four at once: three lanes and a sign that there is more', () => {
  const pieces = cut(block('abcdef'), groups([[0, 6, 1], [1, 6, 2], [2, 6, 3], [3, 6, 4]]), null);
  assert.deepEqual(plain(pieces), [
    ['a', 1, [1, null, null], false],
    ['b', 2, [1, 2, null], false],
    ['c', 3, [1, 2, 3], false],
    ['def', 4, [1, 2, 3], true],
  ]);
  assert.deepEqual(pieces[3].groups.map(({ code }) => code), [1, 2, 3, 4]);
});

test('a coding that comes from the block before and goes on into the next', () => {
  const pieces = cut(block('middle', 100), groups([[50, 200, 1], [103, 150, 2]]), null);
  assert.deepEqual(plain(pieces), [
    ['mid', 1, [1, null, null], false],
    ['dle', 2, [1, 2, null], false],
  ]);
  assert.deepEqual(pieces.map(({ start, end }) => [start, end]), [[100, 103], [103, 106]]);
});

test('two that touch are two pieces, and share a lane', () => {
  assert.deepEqual(plain(cut(block('abcd'), groups([[0, 2, 1], [2, 4, 2]]), null)), [
    ['ab', 1, [1, null, null], false],
    ['cd', 2, [2, null, null], false],
  ]);
});

test('pieces are cut in code points: emoji, marks, half-spaces and bidi marks stay whole', () => {
  // points: x0 😀1 e2 ◌́3 _4 م5 ی6 ZWNJ7 ر8 LRM9
  const text = 'x😀e\u0301 می\u200cر\u200e';
  assert.deepEqual(plain(cut(block(text, 10), groups([[11, 14, 1], [15, 19, 2]]), null)), [
    ['x', null, [null, null, null], false],
    ['😀e\u0301', 1, [1, null, null], false],
    [' ', null, [null, null, null], false],
    ['می\u200cر', 2, [2, null, null], false],
    ['\u200e', null, [null, null, null], false],
  ]);
});

test('the pieces of any block are its text', () => {
  const text = 'سلام 😀 दुनिया e\u0301 world';
  const all = groups([[0, 3, 1], [1, 9, 2], [2, 4, 3], [4, 12, 4], [4, 12, 5], [7, 8, 6]]);
  assert.equal(cut(block(text), all, null).map((piece) => piece.text).join(''), text);
});
