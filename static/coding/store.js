/**
 * All codings of the document that this coder may see, and the one reducer through which they change.
 *
 * A change may come from the page, a fetch, the server's answer, a colleague's event, undo, or the queue of what waits to be
 * sent. All go through {@link Store.apply}, so what is seen never depends on where a change came from. What is shown is
 * always: what the server said (`base`), with what it has not answered yet (`pending`) laid over it in order. When an
 * answer comes, or a refusal, the operation is taken out and the rest folds again; nothing has to be rolled back by hand.
 *
 * Equal passages with the same code are one {@link Group}, because they are drawn as one. Groups are indexed by buckets of
 * text, so that drawing a block looks only at what lies there, and kept in text order for moving from one to the next.
 *
 * @module
 */

/** @typedef {import('./types.js').Coding} Coding */
/** @typedef {import('./types.js').CodingId} CodingId */
/** @typedef {import('./types.js').Group} Group */
/** @typedef {import('./types.js').Op} Op */

/**
 * @typedef {object} Filter
 * @property {boolean} mine  only the reader's own
 * @property {Set<number>} hidden  coders not to show
 * @property {Set<number> | null} codes  only these (with their descendants already in); null: all
 * @property {'coder' | 'consensus' | 'all'} layer
 */

/**
 * @typedef {{type: 'map', rows: any[][]}
 *   | {type: 'load', items: Coding[], since: number}
 *   | {type: 'put', coding: Coding, merged?: CodingId[], force?: boolean}
 *   | {type: 'drop', id: CodingId, version?: number}
 *   | {type: 'pend', op: Op}
 *   | {type: 'waits', key: string, waiting: boolean}
 *   | {type: 'settle', key: string, answer?: Coding | null, merged?: CodingId[], dropped?: boolean}} Change
 */

/**
 * What changed for the eye: the ranges to draw again, and by how much each code's count moved.
 * @typedef {{ranges: [number, number][], all: boolean, counts: Map<number, number>}} Dirty
 */

/** Code points per bucket of the index: a few paragraphs. */
const BUCKET = 2048;

export class Store {
  /** @param {{me: {id: number, name: string}, coders?: {id: number, name: string}[], filter?: Partial<Filter>}} options */
  constructor({ me, coders = [], filter }) {
    this.me = me;
    /** Names, for codings of which only the place is known. */
    this.names = new Map(coders.map(({ id, name }) => [id, name]));
    /** @type {Filter} */
    this.filter = { mine: false, hidden: new Set(), codes: null, layer: 'all', ...filter };
    /** What the server said. @type {Map<CodingId, Coding>} */
    this.base = new Map();
    /** What it has not answered, in the order it was done. @type {Map<string, Op>} */
    this.pending = new Map();
    /** @type {Map<CodingId, Op[]>} */
    this.touching = new Map();
    /** What is to be seen. @type {Map<CodingId, Coding>} */
    this.views = new Map();
    /** @type {Map<string, Group>} */
    this.groups = new Map();
    /** @type {Map<CodingId, Group>} */
    this.groupOf = new Map();
    /** @type {Map<number, Set<Group>>} */
    this.buckets = new Map();
    /** All visible groups in text order. @type {Group[]} */
    this.order = [];
    /** Ids taken away: at which version, and when by our own clock. @type {Map<CodingId, {version: number, at: number}>} */
    this.gone = new Map();
    /** Counts what happened, so that an answer to an older question cannot bring back what went since. */
    this.clock = 0;
    /** @type {((dirty: Dirty) => void)[]} */
    this.listeners = [];
    /** @type {{all: number, mine: number, coders: number} | null} */
    this.summed = null;
  }

  /** @param {(dirty: Dirty) => void} listener */
  subscribe(listener) {
    this.listeners.push(listener);
  }

  /**
   * The reducer. Answers whether anything changed for the eye.
   * @param {Change} change
   */
  apply(change) {
    return this.applyAll([change]);
  }

  /** @param {Change[]} changes */
  applyAll(changes) {
    /** @type {Dirty} */
    const dirty = { ranges: [], all: false, counts: new Map() };
    /** @type {Set<CodingId>} */
    const touched = new Set();
    let counting = false;
    for (const change of changes) {
      this.clock += 1;
      // What is only read was in the server's counts already; what happens from now on is not.
      if (change.type !== 'map' && change.type !== 'load') counting = true;
      this.#reduce(change, touched);
    }
    const many = touched.size > 200;
    for (const id of touched) this.#refresh(id, dirty, many, counting);
    if (many) this.#reorder(dirty);
    if (dirty.ranges.length > 0) this.#assignLanes(dirty);
    if (dirty.ranges.length === 0 && dirty.counts.size === 0) return false;
    this.summed = null;
    for (const listener of this.listeners) listener(dirty);
    return true;
  }

  /**
   * @param {Change} change
   * @param {Set<CodingId>} touched
   */
  #reduce(change, touched) {
    switch (change.type) {
      case 'map':
        for (const row of change.rows) {
          const [id, code, mine, start, end] = row;
          if (this.base.has(id) || this.gone.has(id)) continue;
          const coder = mine ? { id: this.me.id, name: this.me.name } : { id: Number(row[5] ?? 0), name: this.names.get(Number(row[5])) ?? '' };
          this.base.set(id, {
            id, code, coder, start, end, layer: row[6] === 'consensus' ? 'consensus' : 'coder', quote: '', memo: null,
            weight: null, version: 0, created_at: '', updated_at: '', partial: true,
          });
          touched.add(id);
        }
        break;
      case 'load':
        for (const coding of change.items) {
          const gone = this.gone.get(coding.id);
          if (gone && gone.at >= change.since) continue;
          this.#put(coding, touched, false);
        }
        break;
      case 'put':
        this.#put(change.coding, touched, change.force ?? false);
        for (const id of change.merged ?? []) {
          if (id !== change.coding.id) this.#drop(id, undefined, touched);
        }
        break;
      case 'drop':
        this.#drop(change.id, change.version, touched);
        break;
      case 'pend': {
        const { op } = change;
        this.pending.set(op.key, op);
        for (const id of this.#idsOf(op)) {
          this.touching.set(id, [...(this.touching.get(id) ?? []), op]);
          touched.add(id);
        }
        break;
      }
      case 'waits': {
        const op = this.pending.get(change.key);
        if (op && op.waiting !== change.waiting) {
          op.waiting = change.waiting;
          if (op.id !== null) touched.add(op.id);
        }
        break;
      }
      case 'settle': {
        const op = this.pending.get(change.key);
        if (!op) break;
        this.pending.delete(change.key);
        for (const id of this.#idsOf(op)) {
          const rest = (this.touching.get(id) ?? []).filter((other) => other !== op);
          if (rest.length > 0) this.touching.set(id, rest);
          else this.touching.delete(id);
          touched.add(id);
        }
        const { answer } = change;
        if (answer) {
          if (op.kind === 'create' && op.id !== null && op.id !== answer.id) this.#retarget(op.id, answer, touched);
          this.#put(answer, touched, false);
          for (const id of change.merged ?? []) {
            if (id !== answer.id) this.#drop(id, undefined, touched);
          }
        }
        if (change.dropped && op.id !== null) this.#drop(op.id, this.base.get(op.id)?.version, touched);
        break;
      }
    }
  }

  /**
   * What waits for a coding that now has an id goes on under that id.
   * @param {CodingId} from
   * @param {Coding} answer
   * @param {Set<CodingId>} touched
   */
  #retarget(from, answer, touched) {
    const ops = this.touching.get(from);
    if (!ops) return;
    this.touching.delete(from);
    for (const op of ops) {
      if (op.id === from) op.id = answer.id;
      op.absorbs = op.absorbs.map((id) => (id === from ? answer.id : id));
      if (op.version === null || op.version === 0) op.version = answer.version;
    }
    this.touching.set(answer.id, [...(this.touching.get(answer.id) ?? []), ...ops]);
    touched.add(from);
    touched.add(answer.id);
  }

  /** @param {Op} op */
  #idsOf(op) {
    if (op.kind === 'comment' || op.kind === 'state') return [];
    return op.id === null ? op.absorbs : [op.id, ...op.absorbs];
  }

  /**
   * @param {Coding} coding
   * @param {Set<CodingId>} touched
   * @param {boolean} force
   */
  #put(coding, touched, force) {
    const old = this.base.get(coding.id);
    if (old && !old.partial && old.version >= coding.version) return;
    const gone = this.gone.get(coding.id);
    if (gone && !force && coding.version <= gone.version) return;
    this.gone.delete(coding.id);
    this.base.set(coding.id, coding);
    touched.add(coding.id);
  }

  /**
   * @param {CodingId} id
   * @param {number | undefined} version  that was taken away; what we hold may be newer (undone meanwhile)
   * @param {Set<CodingId>} touched
   */
  #drop(id, version, touched) {
    const old = this.base.get(id);
    if (old && version !== undefined && old.version > version) return;
    this.gone.set(id, { version: version ?? old?.version ?? 0, at: this.clock });
    if (this.base.delete(id)) touched.add(id);
  }

  /**
   * What is to be seen of a coding: the server's word with the unanswered changes over it.
   * @param {CodingId} id
   * @returns {Coding | null}
   */
  #view(id) {
    let view = this.base.get(id) ?? null;
    for (const op of this.touching.get(id) ?? []) {
      if (op.id !== id) {
        view = null; // swallowed by a union that is on its way
      } else if (op.kind === 'create') {
        view = op.coding && { ...op.coding, sending: true, waiting: op.waiting };
      } else if (op.kind === 'update') {
        view = view && { ...view, ...op.fields, sending: true, waiting: op.waiting || view.waiting };
      } else if (op.kind === 'delete') {
        view = null;
      }
    }
    return view;
  }

  /**
   * @param {CodingId} id
   * @param {Dirty} dirty
   * @param {boolean} many
   * @param {boolean} counting
   */
  #refresh(id, dirty, many, counting) {
    const before = this.views.get(id) ?? null;
    const after = this.#view(id);
    if (before === after) return;
    if (after) this.views.set(id, after);
    else this.views.delete(id);
    if (counting) {
      if (before) count(dirty, before.code, -1);
      if (after) count(dirty, after.code, 1);
    }
    this.#place(id, after, dirty, many);
  }

  /**
   * Puts a coding into the group it belongs to now.
   * @param {CodingId} id
   * @param {Coding | null} view
   * @param {Dirty} dirty
   * @param {boolean} many
   */
  #place(id, view, dirty, many) {
    const old = this.groupOf.get(id);
    const shown = view && this.accepts(view) ? view : null;
    const key = shown ? groupKey(shown) : null;
    if (old && old.key !== key) {
      old.ids = old.ids.filter((other) => other !== id);
      this.groupOf.delete(id);
      dirty.ranges.push([old.start, old.end]);
      if (old.ids.length === 0) this.#removeGroup(old, many);
      else this.#summarise(old);
    }
    if (!shown || key === null) return;
    let group = this.groups.get(key);
    if (!group) {
      group = {
        key, start: shown.start, end: shown.end, code: shown.code, consensus: shown.layer === 'consensus', ids: [],
        mine: false, waiting: false, lane: 0, col: null,
      };
      this.#addGroup(group, many);
    }
    if (!group.ids.includes(id)) group.ids.push(id);
    this.groupOf.set(id, group);
    this.#summarise(group);
    dirty.ranges.push([group.start, group.end]);
  }

  /** @param {Group} group */
  #summarise(group) {
    group.mine = false;
    group.waiting = false;
    for (const id of group.ids) {
      const view = this.views.get(id);
      if (view && this.isMine(view)) group.mine = true;
      if (view?.waiting) group.waiting = true;
    }
  }

  /**
   * @param {Group} group
   * @param {boolean} many
   */
  #addGroup(group, many) {
    this.groups.set(group.key, group);
    for (let b = Math.floor(group.start / BUCKET); b <= Math.floor((group.end - 1) / BUCKET); b++) {
      let bucket = this.buckets.get(b);
      if (!bucket) this.buckets.set(b, (bucket = new Set()));
      bucket.add(group);
    }
    if (!many) this.order.splice(lowerBound(this.order, group), 0, group);
  }

  /**
   * @param {Group} group
   * @param {boolean} many
   */
  #removeGroup(group, many) {
    this.groups.delete(group.key);
    for (let b = Math.floor(group.start / BUCKET); b <= Math.floor((group.end - 1) / BUCKET); b++) {
      this.buckets.get(b)?.delete(group);
    }
    if (!many) {
      const at = lowerBound(this.order, group);
      if (this.order[at] === group) this.order.splice(at, 1);
    }
  }

  /** @param {Dirty} dirty */
  #reorder(dirty) {
    this.order = [...this.groups.values()].sort(compareGroups);
    dirty.all = true;
  }

  /** @param {Dirty} dirty */
  #assignLanes(dirty) {
    for (const group of assignLanes(this.order)) dirty.ranges.push([group.start, group.end]);
  }

  /** @param {Coding} coding */
  isMine(coding) {
    return coding.layer === 'coder' && coding.coder.id === this.me.id;
  }

  /** @param {Coding} coding */
  accepts(coding) {
    const { mine, hidden, codes, layer } = this.filter;
    if (mine && !this.isMine(coding)) return false;
    if (layer !== 'all' && coding.layer !== layer) return false;
    if (coding.layer === 'coder' && hidden.has(coding.coder.id)) return false;
    return codes === null || codes.has(coding.code);
  }

  /** @param {Partial<Filter>} filter */
  setFilter(filter) {
    this.filter = { ...this.filter, ...filter };
    /** @type {Dirty} */
    const dirty = { ranges: [], all: true, counts: new Map() };
    this.groups.clear();
    this.groupOf.clear();
    this.buckets.clear();
    for (const [id, view] of this.views) this.#place(id, view, dirty, true);
    this.#reorder(dirty);
    this.#assignLanes(dirty);
    this.summed = null;
    for (const listener of this.listeners) listener(dirty);
  }

  /** @param {CodingId} id */
  get(id) {
    return this.views.get(id) ?? null;
  }

  /**
   * The visible groups that touch a range, in text order.
   * @param {number} start
   * @param {number} end
   * @returns {Group[]}
   */
  groupsIn(start, end) {
    if (end <= start) return [];
    /** @type {Set<Group>} */
    const found = new Set();
    for (let b = Math.floor(start / BUCKET); b <= Math.floor((end - 1) / BUCKET); b++) {
      for (const group of this.buckets.get(b) ?? []) {
        if (group.start < end && group.end > start) found.add(group);
      }
    }
    return [...found].sort(compareGroups);
  }

  /**
   * The reader's own codings with this code that truly overlap the range (those that only touch stay apart).
   * @param {number} code
   * @param {number} start
   * @param {number} end
   */
  ownOverlapping(code, start, end) {
    /** @type {Coding[]} */
    const found = [];
    for (const coding of this.views.values()) {
      if (coding.code === code && coding.start < end && coding.end > start && this.isMine(coding)) found.push(coding);
    }
    return found;
  }

  /** How many codings are in sight, of how many coders, how many of them the reader's own. */
  totals() {
    if (this.summed) return this.summed;
    let mine = 0;
    let all = 0;
    const coders = new Set();
    for (const [id] of this.groupOf) {
      const view = this.views.get(id);
      if (!view) continue;
      all += 1;
      if (this.isMine(view)) mine += 1;
      if (view.layer === 'coder') coders.add(view.coder.id);
    }
    this.summed = { all, mine, coders: coders.size };
    return this.summed;
  }

  /**
   * The next group in text order after a group or a position, or the one before it.
   * @param {Group | number} from
   * @param {1 | -1} direction
   * @returns {Group | null}
   */
  step(from, direction) {
    if (this.order.length === 0) return null;
    if (typeof from === 'number') {
      const at = this.order.findIndex((group) => group.start >= from);
      const next = at === -1 ? this.order.length : at;
      return this.order[direction > 0 ? next : next - 1] ?? null;
    }
    const at = lowerBound(this.order, from);
    return this.order[direction > 0 ? (this.order[at]?.key === from.key ? at + 1 : at) : at - 1] ?? null;
  }
}

/**
 * @param {Dirty} dirty
 * @param {number} code
 * @param {number} by
 */
function count(dirty, code, by) {
  dirty.counts.set(code, (dirty.counts.get(code) ?? 0) + by);
  if (dirty.counts.get(code) === 0) dirty.counts.delete(code);
}

/** @param {Coding} coding */
export function groupKey(coding) {
  return `${coding.start}-${coding.end}-${coding.code}${coding.layer === 'consensus' ? '-c' : ''}`;
}

/**
 * Text order: earlier first, then the longer, then by code.
 * @param {Group} a
 * @param {Group} b
 */
export function compareGroups(a, b) {
  return a.start - b.start || b.end - a.end || a.code - b.code || Number(a.consensus) - Number(b.consensus);
}

/**
 * @param {Group[]} order
 * @param {Group} group
 */
function lowerBound(order, group) {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareGroups(order[middle], group) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Gives each group a lane for its whole length: the lowest that is free where it begins. Answers those whose lane changed.
 * @param {Group[]} order  in text order
 * @returns {Group[]}
 */
export function assignLanes(order) {
  /** Where each lane becomes free. @type {number[]} */
  const free = [];
  const changed = [];
  for (const group of order) {
    let lane = 0;
    while (lane < free.length && free[lane] > group.start) lane += 1;
    free[lane] = group.end;
    if (group.lane !== lane) {
      group.lane = lane;
      changed.push(group);
    }
  }
  return changed;
}
