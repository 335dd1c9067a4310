/**
 * What happened to a coding, in sentences.
 *
 * @module
 */

import { h } from './dom.js';

/** @typedef {import('./types.js').App} App */

/**
 * @param {App} app
 * @param {{seq: number, at: string, actor: {id: number, name: string}, verb: string, before: any, after: any}[]} items
 */
export function history(app, items) {
  const { messages } = app;
  return h('ol', { class: 'history' }, ...items.map((item) => h('li', {}, ...sentences(app, item).map((text) => h('p', { dir: 'auto' }, text)), h('small', { class: 'muted' }, `${item.actor.name} · ${messages.when(item.at)}`))));
}

/**
 * @param {App} app
 * @param {{verb: string, before: any, after: any}} item
 */
function sentences(app, { before, after }) {
  const { messages, codebook } = app;
  if (!before && after) return [messages.t('ws-history-made', { code: codebook.label(after.code) })];
  if (before && !after) return [messages.t('ws-history-removed')];
  const found = [];
  if (before && after) {
    if (before.code !== after.code) found.push(messages.t('ws-history-code', { from: codebook.label(before.code), to: codebook.label(after.code) }));
    if (before.start !== after.start || before.end !== after.end) found.push(messages.t('ws-history-edges', { before: before.end - before.start, after: after.end - after.start }));
    if ((before.memo ?? null) !== (after.memo ?? null)) found.push(after.memo ? messages.t('ws-history-memo', { memo: after.memo }) : messages.t('ws-history-no-memo'));
    if ((before.weight ?? null) !== (after.weight ?? null)) found.push(after.weight === null || after.weight === undefined ? messages.t('ws-history-no-weight') : messages.t('ws-history-weight', { weight: messages.number(after.weight) }));
  }
  return found.length > 0 ? found : [messages.t('ws-history-other')];
}
