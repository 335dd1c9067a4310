import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nameOf } from '../../static/coding/keys.js';

const press = (/** @type {string} */ key, /** @type {string} */ code, /** @type {Partial<KeyboardEvent>} */ more = {}) =>
  nameOf(/** @type {KeyboardEvent} */ ({ key, code, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more }));

test('letters and signs of a Latin layout', () => {
  assert.equal(press('j', 'KeyJ'), 'j');
  assert.equal(press('S', 'KeyS', { shiftKey: true }), 'Shift+S');
  assert.equal(press('?', 'Slash', { shiftKey: true }), '?');
  assert.equal(press('.', 'Period'), '.');
  assert.equal(press('7', 'Digit7'), '7');
});

test('on other layouts the place on the keyboard counts', () => {
  assert.equal(press('ت', 'KeyJ'), 'j'); // Persian
  assert.equal(press('о', 'KeyJ'), 'j'); // Russian
  assert.equal(press('ס', 'KeyX'), 'x'); // Hebrew
  assert.equal(press('Ы', 'KeyS', { shiftKey: true }), 'Shift+S');
  assert.equal(press('۳', 'Digit3'), '3');
  assert.equal(press('؟', 'Slash', { shiftKey: true }), '?');
  assert.equal(press('х', 'BracketLeft'), '[');
});

test('a Latin layout with other places keeps its own letters', () => {
  assert.equal(press('a', 'KeyQ'), 'a'); // French
  assert.equal(press('z', 'KeyW', { ctrlKey: true }), 'Ctrl+z');
  assert.equal(press('J', 'KeyJ'), 'j', 'Caps Lock');
});

test('modifiers and named keys', () => {
  assert.equal(press('z', 'KeyZ', { ctrlKey: true }), 'Ctrl+z');
  assert.equal(press('Z', 'KeyZ', { metaKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(press('я', 'KeyZ', { ctrlKey: true }), 'Ctrl+z');
  assert.equal(press('ArrowRight', 'ArrowRight', { shiftKey: true }), 'Shift+ArrowRight');
  assert.equal(press('ArrowLeft', 'ArrowLeft', { shiftKey: true, altKey: true }), 'Alt+Shift+ArrowLeft');
});
