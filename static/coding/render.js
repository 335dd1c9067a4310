/**
 * Draws a block: cuts its text at every edge of a coding and says for each piece what lies on top and what in which lane.
 *
 * {@link cut} is pure and tested alone; {@link paint} turns its pieces into elements. A piece is a `<mark class="seg">` whose
 * look is said in attributes only, because the Content-Security-Policy allows no inline style. Overlaps are drawn without
 * mixing colours: the shortest coding (or the current one) gives the tint, every coding keeps its lane, and from the fourth
 * on the third lane is dotted and the margin names them all.
 *
 * @module
 */

import { Text } from './positions.js';

/** @typedef {import('./types.js').Block} Block */
/** @typedef {import('./types.js').Group} Group */

/**
 * A run of text with the same set of codings.
 * @typedef {object} Piece
 * @property {number} start
 * @property {number} end
 * @property {string} text
 * @property {Group[]} groups
 * @property {Group | null} top
 * @property {(Group | null)[]} lanes  three
 * @property {boolean} more  a fourth and more
 */

/** Where each text node on the page begins, in code points. @type {WeakMap<Node, {start: number, text: Text}>} */
export const nodeStarts = new WeakMap();

/** Which passages a piece belongs to. @type {WeakMap<Element, Group[]>} */
export const pieceGroups = new WeakMap();

/** @type {WeakMap<Block, Text>} */
const texts = new WeakMap();

/**
 * The block's text, ready to be measured in code points.
 * @param {Block} block
 */
export function textOf(block) {
  let text = texts.get(block);
  if (!text) texts.set(block, (text = new Text(block.text)));
  return text;
}

/**
 * @param {Block} block
 * @param {Group[]} groups  that touch the block, in text order, with their lanes
 * @param {string | null} current  key of the group that is current
 * @returns {Piece[]}
 */
export function cut(block, groups, current) {
  const text = textOf(block);
  const end = block.start + text.length;
  const edges = new Set([block.start, end]);
  for (const group of groups) {
    if (group.start > block.start && group.start < end) edges.add(group.start);
    if (group.end > block.start && group.end < end) edges.add(group.end);
  }
  const points = [...edges].sort((a, b) => a - b);
  /** @type {Piece[]} */
  const pieces = [];
  /** @type {Group[]} */
  let active = [];
  let next = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    const from = points[i];
    const to = points[i + 1];
    while (next < groups.length && groups[next].start <= from) active.push(groups[next++]);
    active = active.filter((group) => group.end > from);
    pieces.push(describe(from, to, text.slice(from - block.start, to - block.start), active, current));
  }
  return pieces;
}

/**
 * @param {number} start
 * @param {number} end
 * @param {string} text
 * @param {Group[]} active
 * @param {string | null} current
 * @returns {Piece}
 */
function describe(start, end, text, active, current) {
  /** @type {Group | null} */
  let top = null;
  /** @type {(Group | null)[]} */
  const lanes = [null, null, null];
  let more = false;
  for (const group of active) {
    if (top === null || isAbove(group, top, current)) top = group;
    if (group.lane < 3) lanes[group.lane] = group;
    else more = true;
  }
  return { start, end, text, groups: [...active], top, lanes, more };
}

/**
 * The current one lies on top, then the shorter, then the one that begins later.
 * @param {Group} a
 * @param {Group} b
 * @param {string | null} current
 */
function isAbove(a, b, current) {
  if (b.key === current) return false;
  if (a.key === current) return true;
  return a.end - a.start <= b.end - b.start;
}

/**
 * The nodes of a block's text.
 * @param {Piece[]} pieces
 * @param {(code: number) => number} colorOf
 * @param {string | null} current
 * @returns {Node[]}
 */
export function paint(pieces, colorOf, current) {
  /** @type {Node[]} */
  const nodes = [];
  for (const piece of pieces) {
    const words = document.createTextNode(piece.text);
    nodeStarts.set(words, { start: piece.start, text: new Text(piece.text) });
    if (piece.top === null) {
      nodes.push(words);
      continue;
    }
    const mark = document.createElement('mark');
    mark.className = 'seg';
    mark.setAttribute('data-top', String(colorOf(piece.top.code)));
    piece.lanes.forEach((group, lane) => {
      if (!group) return;
      mark.setAttribute(`data-l${lane + 1}`, String(colorOf(group.code)));
      if (group.waiting) mark.setAttribute(`data-w${lane + 1}`, '');
      else if (!group.mine) mark.setAttribute(`data-o${lane + 1}`, '');
    });
    if (piece.more) mark.setAttribute('data-more', '');
    if (current !== null && piece.groups.some((group) => group.key === current)) mark.setAttribute('data-current', '');
    mark.setAttribute('aria-details', `m-${piece.top.key}`);
    pieceGroups.set(mark, piece.groups);
    mark.append(words);
    nodes.push(mark);
  }
  return nodes;
}
