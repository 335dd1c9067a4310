// Worked out by hand: each string is spelled out, code point by code point, in its comment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countPoints, nextWordEdge, sentences, skipSpace, skipSpaceBack, snap, snapEnd, snapStart, Text, words } from '../../static/coding/positions.js';

test('without surrogate pairs both counts are the same', () => {
  const text = new Text('سلام دنیا');
  assert.equal(text.length, 9);
  for (let i = 0; i <= 9; i++) {
    assert.equal(text.toPoint(i), i);
    assert.equal(text.toUnit(i), i);
  }
});

test('a character outside the BMP is one code point and two units', () => {
  // a U+1F600 b U+1F600: units 0 1-2 3 4-5, points 0 1 2 3
  const text = new Text('a😀b😀');
  assert.equal(text.length, 4);
  assert.deepEqual([0, 1, 2, 3, 4].map((point) => text.toUnit(point)), [0, 1, 3, 4, 6]);
  assert.deepEqual([0, 1, 3, 4, 6].map((unit) => text.toPoint(unit)), [0, 1, 2, 3, 4]);
  assert.equal(text.slice(1, 3), '😀b');
  assert.equal(text.slice(3, 4), '😀');
});

test('a unit inside a pair counts as before it', () => {
  assert.equal(new Text('😀').toPoint(1), 0);
  assert.equal(new Text('x😀y').toPoint(2), 1);
});

test('pairs that follow each other', () => {
  const text = new Text('😀😀😀');
  assert.deepEqual([0, 1, 2, 3].map((point) => text.toUnit(point)), [0, 2, 4, 6]);
  assert.deepEqual([0, 2, 4, 6].map((unit) => text.toPoint(unit)), [0, 1, 2, 3]);
});

test('positions outside the text are held to its ends', () => {
  const text = new Text('a😀');
  assert.equal(text.toUnit(-3), 0);
  assert.equal(text.toUnit(99), 3);
  assert.equal(text.toPoint(99), 2);
});

test('going to units and back is the identity for every position of a long mixed text', () => {
  const text = new Text('א😀ב\u200cγ👩‍👩‍👧‍👦 e\u0301 \u{1F1EE}\u{1F1F7}ي'.repeat(20));
  assert.equal(text.length, [...text.text].length);
  for (let point = 0; point <= text.length; point++) assert.equal(text.toPoint(text.toUnit(point)), point);
});

test('a lone surrogate is one position, as the browser shows it', () => {
  assert.equal(new Text('a\ud83d').length, 2);
});

test('counting code points', () => {
  assert.equal(countPoints('👩‍👩‍👧‍👦'), 7); // four people, three joiners
  assert.equal(countPoints('می‌روم'), 6); // the half-space counts
});

test('a range that cuts a family is widened to the whole of it', () => {
  // H i space [family: 4 + 3 joiners = points 3..10] !
  const text = new Text('Hi 👩‍👩‍👧‍👦!');
  assert.deepEqual(snap(text, 4, 5), { start: 3, end: 10 });
  assert.deepEqual(snap(text, 0, 4), { start: 0, end: 10 });
});

test('a flag is two code points that belong together', () => {
  const text = new Text('🇮🇷🇷🇺');
  assert.equal(text.length, 4);
  assert.deepEqual(snap(text, 1, 2), { start: 0, end: 2 });
  assert.deepEqual(snap(text, 1, 3), { start: 0, end: 4 });
});

test('combining marks stay with their letter', () => {
  // c a f e U+0301
  const text = new Text('cafe\u0301');
  assert.deepEqual(snap(text, 0, 4), { start: 0, end: 5 });
  assert.deepEqual(snap(text, 4, 5), { start: 3, end: 5 });
  // Arabic shadda and fatha, Hebrew points: alef, bet with two marks
  assert.deepEqual(snap(new Text('م\u0651\u064eد'), 0, 1), { start: 0, end: 3 });
  assert.deepEqual(snap(new Text('ב\u05bc\u05b0א'), 1, 2), { start: 0, end: 3 });
});

test('a half-space belongs to the letter before it, and is not white space to trim', () => {
  // م ی ZWNJ خ
  const text = new Text('می‌خ');
  assert.equal(snapEnd(text, 2), 3);
  assert.equal(snapStart(text, 2), 1);
  assert.deepEqual(snap(text, 0, 2), { start: 0, end: 3 });
});

test('bidi marks: a left-to-right mark is a position of its own and is kept', () => {
  // a LRM b: U+200E is a control, so it is a cluster by itself
  const text = new Text('a\u200eb');
  assert.equal(text.length, 3);
  assert.deepEqual(snap(text, 0, 1), { start: 0, end: 1 });
  assert.deepEqual(snap(text, 1, 3), { start: 1, end: 3 });
});

test('white space at both ends is trimmed, of every kind', () => {
  const text = new Text(' \u00a0\u3000\u2003word\n\t\u0085 ');
  assert.deepEqual(snap(text, 0, text.length), { start: 4, end: 8 });
  assert.equal(snap(new Text('a  \n b'), 1, 5), null);
  // U+FEFF is not White_Space in Unicode, though JavaScript's \s has it
  assert.deepEqual(snap(new Text('\ufeffx'), 0, 2), { start: 0, end: 2 });
});

test('a space that carries a mark is not white space', () => {
  const text = new Text(' \u0301x');
  assert.equal(skipSpace(text, 0), 0);
  assert.equal(skipSpaceBack(new Text('x \u0301'), 3), 3);
});

test('Windows line ends are one cluster', () => {
  const text = new Text('a\r\nb');
  assert.deepEqual(snap(text, 0, 2), { start: 0, end: 1 });
  assert.equal(skipSpace(text, 1), 3);
});

test('words leave out spaces and punctuation', () => {
  const text = new Text('No, thanks 😀 again.');
  // N0 o1 ,2 _3 t4..s9 _10 😀11 _12 a13..n17 .18
  assert.deepEqual(words(text, 'en'), [{ start: 0, end: 2 }, { start: 4, end: 10 }, { start: 13, end: 18 }]);
});

test('a Persian word with a half-space is one word', () => {
  const text = new Text('تحریم‌ها را');
  assert.deepEqual(words(text, 'fa'), [{ start: 0, end: 8 }, { start: 9, end: 11 }]);
});

test('sentences are trimmed', () => {
  const text = new Text('One. Two!  Three?');
  assert.deepEqual(sentences(text, 'en'), [{ start: 0, end: 4 }, { start: 5, end: 9 }, { start: 11, end: 17 }]);
  assert.deepEqual(sentences(new Text('  \n '), 'en'), []);
});

test('the Arabic question mark ends a sentence', () => {
  const text = new Text('می‌دانی؟ بله.');
  assert.deepEqual(sentences(text, 'fa'), [{ start: 0, end: 8 }, { start: 9, end: 13 }]);
});

test('an edge moves by words: an end to ends, a start to starts', () => {
  const text = new Text('one, two three');
  assert.equal(nextWordEdge(text, 3, 1, 'end', 'en'), 8);
  assert.equal(nextWordEdge(text, 8, -1, 'end', 'en'), 3);
  assert.equal(nextWordEdge(text, 0, 1, 'start', 'en'), 5);
  assert.equal(nextWordEdge(text, 7, -1, 'start', 'en'), 5);
  assert.equal(nextWordEdge(text, 14, 1, 'end', 'en'), null);
  assert.equal(nextWordEdge(text, 0, -1, 'start', 'en'), null);
});

test('a language tag that nobody knows does not stop anything', () => {
  assert.deepEqual(words(new Text('a b'), '!!'), [{ start: 0, end: 1 }, { start: 2, end: 3 }]);
});
