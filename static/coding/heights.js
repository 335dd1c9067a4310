/**
 * The heights of all blocks, those that were measured and those that are guessed, with sums in logarithmic time (a Fenwick
 * tree): where does block 31,415 begin, which block lies at this scroll position. A document of 50,000 paragraphs answers
 * both in a few steps, so only what is in sight has to exist on the page.
 *
 * @module
 */

export class Heights {
  /**
   * @param {number} count
   * @param {number} guess  height of a block of which nothing is known
   */
  constructor(count, guess) {
    this.count = count;
    this.values = new Float64Array(count).fill(guess);
    this.known = new Uint8Array(count);
    this.sums = new Float64Array(count + 1);
    this.#build();
  }

  #build() {
    this.sums.fill(0);
    for (let i = 1; i <= this.count; i++) {
      this.sums[i] += this.values[i - 1];
      const parent = i + (i & -i);
      if (parent <= this.count) this.sums[parent] += this.sums[i];
    }
  }

  /**
   * @param {number} index
   * @param {number} height
   * @param {boolean} [measured]  false for a better guess, which does not replace a measurement
   */
  set(index, height, measured = true) {
    if (!measured && this.known[index]) return;
    if (measured) this.known[index] = 1;
    const change = height - this.values[index];
    if (change === 0) return;
    this.values[index] = height;
    for (let i = index + 1; i <= this.count; i += i & -i) this.sums[i] += change;
  }

  /**
   * After the page's width changed nothing measured holds: everything scales, and will be measured again when seen.
   * @param {(index: number, height: number) => number} guess
   */
  forget(guess) {
    this.known.fill(0);
    for (let i = 0; i < this.count; i++) this.values[i] = guess(i, this.values[i]);
    this.#build();
  }

  /**
   * Where block `index` begins; `before(count)` is the height of all.
   * @param {number} index
   */
  before(index) {
    let sum = 0;
    for (let i = Math.min(index, this.count); i > 0; i -= i & -i) sum += this.sums[i];
    return sum;
  }

  /**
   * The block that lies at a height: the last one that begins at or above it.
   * @param {number} y
   */
  at(y) {
    let index = 0;
    let rest = y;
    for (let step = 1 << Math.floor(Math.log2(Math.max(1, this.count))); step > 0; step >>= 1) {
      const next = index + step;
      if (next <= this.count && this.sums[next] <= rest) {
        index = next;
        rest -= this.sums[next];
      }
    }
    return Math.max(0, Math.min(index, this.count - 1));
  }
}
