/**
 * Where UTF-16 becomes code points and back, and where text is cut into graphemes, words and sentences.
 *
 * The server counts Unicode code points; the browser's selection counts UTF-16 units. They differ by one for every
 * character outside the Basic Multilingual Plane, so this is the one place that converts. Everything else in the
 * workspace speaks code points.
 *
 * Graphemes, words and sentences come from `Intl.Segmenter`, which knows that a flag, a family joined by ZWJ, a letter with
 * its marks and a Persian half-space (ZWNJ) inside a word belong together.
 *
 * @module
 */

/** White_Space as Unicode and the server define it (JavaScript's `\s` lacks U+0085 and has U+FEFF). */
const SPACE = /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;

/**
 * A text in which code points and UTF-16 units can be translated quickly: it remembers where the surrogate pairs are, of
 * which most texts have none.
 */
export class Text {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    /** UTF-16 index of the first half of each surrogate pair. @type {number[]} */
    this.pairs = [];
    for (let i = 0; i + 1 < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0xd800 && unit < 0xdc00) {
        const next = text.charCodeAt(i + 1);
        if (next >= 0xdc00 && next < 0xe000) this.pairs.push(i++);
      }
    }
    /** Length in code points. */
    this.length = text.length - this.pairs.length;
  }

  /**
   * The code point index of a UTF-16 index. One that falls inside a pair counts as before it.
   * @param {number} unit
   */
  toPoint(unit) {
    return Math.max(0, Math.min(unit, this.text.length)) - below(this.pairs, unit);
  }

  /**
   * The UTF-16 index of a code point index.
   * @param {number} point
   */
  toUnit(point) {
    const at = Math.max(0, Math.min(point, this.length));
    // The k-th pair begins at code point pairs[k] - k; count those that begin before `at`.
    let low = 0;
    let high = this.pairs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.pairs[middle] - middle < at) low = middle + 1;
      else high = middle;
    }
    return at + low;
  }

  /**
   * The words of a range of code points.
   * @param {number} start
   * @param {number} end
   */
  slice(start, end) {
    return this.pairs.length === 0 ? this.text.slice(start, end) : this.text.slice(this.toUnit(start), this.toUnit(end));
  }
}

/**
 * How many of the sorted numbers are smaller than `limit`.
 * @param {number[]} sorted
 * @param {number} limit
 */
function below(sorted, limit) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @type {Map<string, Intl.Segmenter>} */
const segmenters = new Map();

/**
 * @param {'grapheme' | 'word' | 'sentence'} granularity
 * @param {string} [language]
 */
function segmenter(granularity, language = 'und') {
  const key = `${granularity} ${language}`;
  let found = segmenters.get(key);
  if (!found) {
    try {
      found = new Intl.Segmenter(language, { granularity });
    } catch {
      // A language tag that the browser does not accept must not keep anybody from selecting.
      found = new Intl.Segmenter('und', { granularity });
    }
    segmenters.set(key, found);
  }
  return found;
}

/**
 * Widens a range inside one text to whole grapheme clusters, then trims clusters of white space from both ends. Null when
 * nothing is left. In code points.
 *
 * @param {Text} text
 * @param {number} start
 * @param {number} end
 * @returns {{start: number, end: number} | null}
 */
export function snap(text, start, end) {
  const a = snapStart(text, start);
  const b = snapEnd(text, end);
  const first = skipSpace(text, a);
  const last = skipSpaceBack(text, b);
  return first < last ? { start: first, end: last } : null;
}

/**
 * The start of the grapheme cluster that a position lies in.
 * @param {Text} text
 * @param {number} point
 */
export function snapStart(text, point) {
  const unit = text.toUnit(point);
  if (unit <= 0 || unit >= text.text.length) return text.toPoint(unit);
  const cluster = segmenter('grapheme').segment(text.text).containing(unit);
  return text.toPoint(cluster ? cluster.index : unit);
}

/**
 * The end of the grapheme cluster that a position lies in; the position itself when it lies on an edge.
 * @param {Text} text
 * @param {number} point
 */
export function snapEnd(text, point) {
  const unit = text.toUnit(point);
  if (unit <= 0 || unit >= text.text.length) return text.toPoint(unit);
  const cluster = segmenter('grapheme').segment(text.text).containing(unit);
  if (!cluster || cluster.index === unit) return text.toPoint(unit);
  return text.toPoint(cluster.index + cluster.segment.length);
}

/**
 * The first position at or after `point` where a cluster is not white space (or the end).
 * @param {Text} text
 * @param {number} point
 */
export function skipSpace(text, point) {
  const clusters = segmenter('grapheme').segment(text.text);
  let unit = text.toUnit(point);
  while (unit < text.text.length) {
    const cluster = clusters.containing(unit);
    if (!cluster || !SPACE.test(cluster.segment)) break;
    unit = cluster.index + cluster.segment.length;
  }
  return text.toPoint(unit);
}

/**
 * The last position at or before `point` such that the cluster before it is not white space (or the start).
 * @param {Text} text
 * @param {number} point
 */
export function skipSpaceBack(text, point) {
  const clusters = segmenter('grapheme').segment(text.text);
  let unit = text.toUnit(point);
  while (unit > 0) {
    const cluster = clusters.containing(unit - 1);
    if (!cluster || !SPACE.test(cluster.segment)) break;
    unit = cluster.index;
  }
  return text.toPoint(unit);
}

/**
 * The words of a text as ranges of code points: what is spoken, no spaces, no punctuation.
 * @param {Text} text
 * @param {string} [language]
 * @returns {{start: number, end: number}[]}
 */
export function words(text, language) {
  const found = [];
  for (const word of segmenter('word', language).segment(text.text)) {
    if (word.isWordLike) found.push({ start: text.toPoint(word.index), end: text.toPoint(word.index + word.segment.length) });
  }
  return found;
}

/**
 * The sentences of a text as ranges of code points, trimmed; those of white space alone are left out.
 * @param {Text} text
 * @param {string} [language]
 * @returns {{start: number, end: number}[]}
 */
export function sentences(text, language) {
  const found = [];
  for (const sentence of segmenter('sentence', language).segment(text.text)) {
    const range = snap(text, text.toPoint(sentence.index), text.toPoint(sentence.index + sentence.segment.length));
    if (range) found.push(range);
  }
  return found;
}

/**
 * Where an edge goes when it moves by one word inside a text: to the next end of a word going forward, to the previous start
 * going back. Null when there is none on that side.
 *
 * @param {Text} text
 * @param {number} point
 * @param {1 | -1} direction
 * @param {'start' | 'end'} edge  an end stops after words, a start stops before them
 * @param {string} [language]
 * @returns {number | null}
 */
export function nextWordEdge(text, point, direction, edge, language) {
  const all = words(text, language);
  if (direction > 0) {
    for (const word of all) {
      const at = edge === 'end' ? word.end : word.start;
      if (at > point) return at;
    }
  } else {
    for (let i = all.length - 1; i >= 0; i--) {
      const at = edge === 'end' ? all[i].end : all[i].start;
      if (at < point) return at;
    }
  }
  return null;
}

/**
 * Number of code points of a string.
 * @param {string} text
 */
export function countPoints(text) {
  return new Text(text).length;
}
