/**
 * Finding a code by a few of its letters: in order, not necessarily together, better when together and at the start of a word,
 * over the code's whole path. Letters are compared as the server's search folds them: case, diacritics, Arabic and Persian
 * variants, half-spaces and vowel points make no difference.
 *
 * @module
 */

/** @type {Record<string, string>} */
const SAME = { ي: 'ی', ى: 'ی', ك: 'ک', ة: 'ه', أ: 'ا', إ: 'ا', آ: 'ا', ٱ: 'ا', ؤ: 'و', ئ: 'ی', ё: 'е' };
/** Marks, tatweel, ZWNJ and bidi controls: nothing to compare. */
const SKIP = /[\p{M}\u0640\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * The letters of a text that count, each with where it stands (in UTF-16 units, for cutting the same string).
 * @param {string} text
 * @returns {{letter: string, at: number, length: number}[]}
 */
export function fold(text) {
  const letters = [];
  let at = 0;
  for (const char of text) {
    if (!SKIP.test(char)) {
      const plain = (SAME[char] ?? char).normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
      for (const letter of plain) letters.push({ letter: SAME[letter] ?? letter, at, length: char.length });
    }
    at += char.length;
  }
  return letters;
}

/**
 * @param {string} query
 * @param {string} text
 * @returns {{score: number, ranges: [number, number][]} | null}  higher is better; ranges to emphasise, in UTF-16 units of `text`
 */
export function match(query, text) {
  const wanted = fold(query).filter(({ letter }) => !/\s/.test(letter));
  if (wanted.length === 0) return { score: 0, ranges: [] };
  const letters = fold(text);
  let best = null;
  // A run may begin at any place where the first letter stands; the best of them counts.
  for (let from = 0; from < letters.length; from++) {
    if (letters[from].letter !== wanted[0].letter) continue;
    const found = run(wanted, letters, from);
    if (found && (best === null || found.score > best.score)) best = found;
  }
  return best;
}

/**
 * @param {{letter: string}[]} wanted
 * @param {{letter: string, at: number, length: number}[]} letters
 * @param {number} from
 * @returns {{score: number, ranges: [number, number][]} | null}
 */
function run(wanted, letters, from) {
  let score = 0;
  /** @type {[number, number][]} */
  const ranges = [];
  let position = from;
  let last = -2;
  for (const { letter } of wanted) {
    // Prefer the next letter if it fits, else the start of a word, else anything.
    let hit = -1;
    if (last >= 0 && letters[last + 1]?.letter === letter) hit = last + 1;
    for (let i = position; hit < 0 && i < letters.length; i++) if (letters[i].letter === letter && startsWord(letters, i)) hit = i;
    for (let i = position; hit < 0 && i < letters.length; i++) if (letters[i].letter === letter) hit = i;
    if (hit < 0) return null;
    score += hit === last + 1 ? 6 : 1;
    if (startsWord(letters, hit)) score += 5;
    score -= last >= 0 ? Math.min(4, (hit - last - 1) * 0.3) : 0;
    const { at, length } = letters[hit];
    const tail = ranges.at(-1);
    if (tail && tail[1] === at) tail[1] = at + length;
    else ranges.push([at, at + length]);
    last = hit;
    position = hit + 1;
  }
  return { score: score - letters.length * 0.02, ranges };
}

/**
 * @param {{letter: string}[]} letters
 * @param {number} index
 */
function startsWord(letters, index) {
  return index === 0 || /[^\p{L}\p{N}]/u.test(letters[index - 1].letter);
}
