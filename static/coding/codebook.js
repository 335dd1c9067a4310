/**
 * The codebook as the workspace needs it: the tree, names and colours by id, which codes are pinned to a digit and which were
 * used last.
 *
 * @module
 */

/** @typedef {import('./types.js').Code} Code */

const RECENTS = 8;

export class Codebook {
  /**
   * @param {{version: number | null, codes: Code[]}} codebook
   * @param {number[]} pins
   * @param {number[]} recents
   */
  constructor(codebook, pins, recents) {
    this.version = codebook.version;
    this.pins = [...pins];
    this.recents = [...recents];
    /** @type {Map<number, Code>} */
    this.codes = new Map();
    /** @type {Map<number | null, Code[]>} */
    this.below = new Map();
    this.set(codebook.codes);
    if (this.pins.length === 0) {
      // Until a coder pins her own, the digits that the codebook gives.
      const given = codebook.codes.filter(({ shortcut }) => shortcut !== null && /^[1-9]$/.test(shortcut));
      this.pins = given.sort((a, b) => Number(a.shortcut) - Number(b.shortcut)).map(({ id }) => id);
    }
  }

  /** @param {any[]} given  as the page brings them or as the API lists them */
  set(given) {
    const codes = given.map(usual);
    this.codes = new Map(codes.map((code) => [code.id, code]));
    this.below = new Map();
    for (const code of codes) {
      const parent = code.parent !== null && this.codes.has(code.parent) ? code.parent : null;
      this.below.set(parent, [...(this.below.get(parent) ?? []), code]);
    }
  }

  /** @param {number} id */
  get(id) {
    return this.codes.get(id) ?? null;
  }

  /** @param {number} id */
  children(id) {
    return this.below.get(id) ?? [];
  }

  /** Depth first, as they stand in the codebook. */
  *walk() {
    /** @type {{code: Code, level: number}[]} */
    const stack = [...(this.below.get(null) ?? [])].reverse().map((code) => ({ code, level: 1 }));
    while (stack.length > 0) {
      const next = /** @type {{code: Code, level: number}} */ (stack.pop());
      yield next;
      for (const child of [...this.children(next.code.id)].reverse()) stack.push({ code: child, level: next.level + 1 });
    }
  }

  /**
   * Names from the root down.
   * @param {number} id
   * @returns {string[]}
   */
  names(id) {
    const names = [];
    const seen = new Set();
    for (let code = this.get(id); code && !seen.has(code.id); code = code.parent === null ? null : this.get(code.parent)) {
      seen.add(code.id);
      names.unshift(code.name);
    }
    return names;
  }

  /** @param {number} id */
  path(id) {
    return this.names(id).join(' › ');
  }

  /**
   * What stands in the margin: the name, with its parent's before it.
   * @param {number} id
   */
  label(id) {
    return this.names(id).slice(-2).join(' › ');
  }

  /** @param {number} id */
  color(id) {
    return this.get(id)?.color ?? 1;
  }

  /**
   * A code and all below it.
   * @param {number} id
   */
  subtree(id) {
    const found = new Set([id]);
    for (const inner of found) for (const child of this.children(inner)) found.add(child.id);
    return found;
  }

  /**
   * Whether a coder can put it on a passage.
   * @param {Code | null} code
   * @returns {code is Code & {is_codable: true}}
   */
  usable(code) {
    return code !== null && code.is_codable && !code.retired;
  }

  /** @param {number} id */
  used(id) {
    this.recents = [id, ...this.recents.filter((other) => other !== id)].slice(0, RECENTS);
  }

  /**
   * The digit of a code, 1 to 9, or null.
   * @param {number} id
   */
  digit(id) {
    const at = this.pins.indexOf(id);
    return at >= 0 && at < 9 ? at + 1 : null;
  }

  /**
   * Pins a code to a digit, or the next free one; a code that is pinned there already is freed.
   * @param {number} id
   * @param {number} [digit]
   */
  pin(id, digit) {
    const had = this.digit(id);
    const pins = this.pins.filter((other) => other !== id);
    if (had === null || (digit !== undefined && digit !== had)) pins.splice(digit === undefined ? pins.length : digit - 1, 0, id);
    this.pins = pins.slice(0, 9);
  }

  /** The scale of a code, or of the nearest above it that has one.
   * @param {number} id */
  scale(id) {
    return this.get(id)?.scale ?? null;
  }
}

/**
 * A code as the workspace keeps it. The API names colours by value beside the palette's number, and lists a scale's words.
 * @param {any} code
 * @returns {Code}
 */
function usual(code) {
  const { scale } = code;
  const labels = Array.isArray(scale?.labels)
    ? Object.fromEntries(scale.labels.map((/** @type {{value: number, label: string}} */ { value, label }) => [String(value), label]))
    : scale?.labels ?? null;
  return {
    ...code, color: typeof code.color === 'number' ? code.color : code.palette ?? 1, shortcut: code.shortcut ?? null,
    count: code.count ?? code.codings ?? 0, scale: scale ? { ...scale, labels } : null,
  };
}
