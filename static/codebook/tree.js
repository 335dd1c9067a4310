// @ts-check
/**
 * The tree of codes as a list of lines: which is where, which is above which, and what a key or a drop means. Pure: it reads
 * and writes no page.
 *
 * @module
 */

/**
 * @typedef {object} Line
 * @property {number} id
 * @property {number} level from 1
 */

/**
 * The line above in the tree; -1 at the top.
 * @param {readonly Line[]} lines
 * @param {number} at
 */
export function parentOf(lines, at) {
  const level = lines[at]?.level ?? 0;
  for (let i = at - 1; i >= 0; i -= 1) if (lines[i].level < level) return i;
  return -1;
}

/**
 * The first line after a code and all that is under it.
 * @param {readonly Line[]} lines
 * @param {number} at
 */
export function endOf(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].level > lines[at].level) end += 1;
  return end;
}

/**
 * Ids of the children of a code (of the root for null), in order.
 * @param {readonly Line[]} lines
 * @param {number | null} id
 */
export function childrenOf(lines, id) {
  const at = id === null ? -1 : lines.findIndex((line) => line.id === id);
  const level = at < 0 ? 1 : lines[at].level + 1;
  const end = at < 0 ? lines.length : endOf(lines, at);
  return lines.slice(at + 1, end).filter((line) => line.level === level).map((line) => line.id);
}

/**
 * Where a key moves a code to: its parent then, and its rank among that one's other children. Null where there is no such place.
 * @param {readonly Line[]} lines
 * @param {number} id
 * @param {'up' | 'down' | 'in' | 'out'} direction
 * @returns {{parent: number | null, position: number} | null}
 */
export function stepTo(lines, id, direction) {
  const at = lines.findIndex((line) => line.id === id);
  if (at < 0) return null;
  const above = parentOf(lines, at);
  const parent = above < 0 ? null : lines[above].id;
  const siblings = childrenOf(lines, parent);
  const rank = siblings.indexOf(id);
  switch (direction) {
    case 'up':
      return rank > 0 ? { parent, position: rank - 1 } : null;
    case 'down':
      return rank + 1 < siblings.length ? { parent, position: rank + 1 } : null;
    case 'in': {
      if (rank === 0) return null;
      const into = siblings[rank - 1];
      return { parent: into, position: childrenOf(lines, into).length };
    }
    default: {
      if (above < 0) return null;
      const grand = parentOf(lines, above);
      const beside = grand < 0 ? null : lines[grand].id;
      return { parent: beside, position: childrenOf(lines, beside).indexOf(lines[above].id) + 1 };
    }
  }
}

/**
 * Where a code that is dropped on another goes. Null where it would lie under itself or does not move.
 * @param {readonly Line[]} lines
 * @param {number} id the code that is dragged
 * @param {number} onto the code it is dropped on
 * @param {'before' | 'after' | 'inside'} how
 * @returns {{parent: number | null, position: number} | null}
 */
export function dropTo(lines, id, onto, how) {
  const at = lines.findIndex((line) => line.id === id);
  const target = lines.findIndex((line) => line.id === onto);
  if (at < 0 || target < 0 || (target >= at && target < endOf(lines, at))) return null;
  if (how === 'inside') {
    const children = childrenOf(lines, onto).filter((child) => child !== id);
    return { parent: onto, position: children.length };
  }
  const above = parentOf(lines, target);
  const parent = above < 0 ? null : lines[above].id;
  const siblings = childrenOf(lines, parent);
  const others = siblings.filter((sibling) => sibling !== id);
  const position = others.indexOf(onto) + (how === 'after' ? 1 : 0);
  return siblings.indexOf(id) === position ? null : { parent, position };
}

/**
 * Spelling folded for the filter: case, accents, Arabic letter variants, joiners.
 * @param {string} text
 */
export function fold(text) {
  return text
    .normalize('NFKD')
    .replace(/\p{M}|[\u0640\u200c-\u200f\u2066-\u2069]/gu, '')
    .replace(/[يى]/g, 'ی')
    .replace(/ك/g, 'ک')
    .toLowerCase()
    .trim();
}

/**
 * Indices of the lines that fit a filter, with those above them.
 * @param {readonly (Line & {name: string})[]} lines
 * @param {string} query
 * @returns {{shown: Set<number>, hits: number}}
 */
export function matching(lines, query) {
  const wanted = fold(query).split(/\s+/).filter(Boolean);
  const shown = new Set();
  let hits = 0;
  lines.forEach((line, at) => {
    const name = fold(line.name);
    if (!wanted.every((word) => name.includes(word))) return;
    hits += 1;
    for (let i = at; i >= 0; i = parentOf(lines, i)) shown.add(i);
  });
  return { shown, hits };
}
