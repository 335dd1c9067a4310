/**
 * The two things that can be said about a coding besides its code: a weight on the code's scale, and a memo.
 *
 * @module
 */

import { h } from './dom.js';
import { newKey } from './api.js';

/** @typedef {import('./types.js').Scale} Scale */
/** @typedef {import('./messages.js').Messages} Messages */

/** More steps than this are typed, fewer are chosen. */
const CHOICES = 11;

/**
 * @param {Messages} messages
 * @param {Scale} scale
 * @param {number | null} value
 * @returns {{element: HTMLElement, value: () => number | null, focus: () => void}}
 */
export function weightField(messages, scale, value) {
  const name = `weight-${newKey()}`;
  const step = scale.step && scale.step > 0 ? scale.step : 0;
  // Without a step any number in between is a weight.
  const steps = step > 0 ? Math.round((scale.max - scale.min) / step) + 1 : Infinity;
  const ends = messages.t('ws-scale', {
    min: said(messages, scale, scale.min), max: said(messages, scale, scale.max),
  });
  if (steps > CHOICES) {
    const input = h('input', {
      class: 'input', type: 'number', id: name, min: scale.min, max: scale.max, step: step > 0 ? step : 'any', value: value ?? '', inputmode: 'decimal',
    });
    return {
      element: h('div', { class: 'field' }, h('label', { for: name }, messages.t('ws-weight')), input, h('span', { class: 'field-hint' }, ends)),
      value: () => (input.value === '' || !input.checkValidity() ? null : Number(input.value)),
      focus: () => input.focus(),
    };
  }
  const group = h('div', { class: 'weights', role: 'radiogroup', 'aria-label': messages.t('ws-weight') });
  for (let i = 0; i < steps; i++) {
    const at = Math.round((scale.min + i * step) * 1e6) / 1e6;
    const label = scale.labels?.[String(at)];
    group.append(
      h('label', { title: label ?? null }, h('input', { type: 'radio', name, value: at, checked: value === at, 'aria-label': label ? `${messages.number(at)} ${label}` : null }), h('span', { 'aria-hidden': label ? 'true' : null }, messages.number(at))),
    );
  }
  const chosen = () => /** @type {HTMLInputElement | null} */ (group.querySelector('input:checked'));
  return {
    element: h('div', { class: 'field' }, h('span', { class: 'field-label' }, messages.t('ws-weight')), group, h('span', { class: 'field-hint' }, ends)),
    value: () => (chosen() ? Number(chosen()?.value) : null),
    focus: () => (chosen() ?? group.querySelector('input'))?.focus(),
  };
}

/**
 * A number of a scale with its word, if it has one.
 * @param {Messages} messages
 * @param {Scale | null} scale
 * @param {number} value
 */
export function said(messages, scale, value) {
  const label = scale?.labels?.[String(value)];
  return label ? `${messages.number(value)} ${label}` : messages.number(value);
}

/**
 * @param {Messages} messages
 * @param {string} label
 * @param {string} value
 * @param {{placeholder?: string, rows?: number}} [options]
 */
export function textField(messages, label, value, { placeholder, rows = 3 } = {}) {
  const id = `text-${newKey()}`;
  const area = h('textarea', { class: 'input', id, rows, dir: 'auto', placeholder: placeholder ?? null });
  area.value = value;
  return { element: h('div', { class: 'field' }, h('label', { for: id }, label), area), area };
}
