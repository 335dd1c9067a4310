/**
 * What the tests do in the coding workspace, by the hands a coder has: mouse, keys, and the API to see what was kept.
 *
 * @module
 */

import assert from 'node:assert/strict';

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {import('playwright-core').APIRequestContext} APIRequestContext */

export const PROJECT = '/api/v1/projects/1';

/**
 * @param {APIRequestContext} request
 * @param {string} path
 */
export async function get(request, path) {
  const answer = await request.get(path);
  assert.equal(answer.status(), 200, `${path}: ${await answer.text()}`);
  return answer.json();
}

/**
 * The document that is called so.
 * @param {APIRequestContext} request
 * @param {string} title  its beginning
 * @returns {Promise<any>}
 */
export async function documentCalled(request, title) {
  const { items } = await get(request, `${PROJECT}/documents?limit=1000`);
  const found = items.find((/** @type {any} */ one) => one.title.startsWith(title));
  assert.ok(found, `there is a document called ${title}`);
  return found;
}

/**
 * The coder's own codings in a document, in the order they were made.
 * @param {APIRequestContext} request
 * @param {number} document
 * @param {string} [project]
 * @returns {Promise<any[]>}
 */
export async function own(request, document, project = PROJECT) {
  const me = await get(request, '/api/v1/me');
  const { items } = await get(request, `${project}/codings?document=${document}&coder=${me.id}&layer=coder&limit=1000`);
  return items.sort((/** @type {any} */ a, /** @type {any} */ b) => a.id - b.id);
}

/**
 * The codes' ids by path.
 * @param {APIRequestContext} request
 * @param {string} [project]
 * @returns {Promise<Map<string, number>>}
 */
export async function codes(request, project = PROJECT) {
  const { items } = await get(request, `${project}/codes?limit=1000`);
  return new Map(items.map((/** @type {any} */ code) => [code.path, code.id]));
}

/**
 * Opens a document in the workspace and waits until it can be worked in.
 * @param {Page} page
 * @param {number} document
 * @param {string} [rest]
 */
export async function open(page, document, rest = '') {
  await page.goto(`/projects/1/documents/${document}/code${rest}`);
  await ready(page);
}

/** @param {Page} page */
export async function ready(page) {
  await page.waitForSelector('html[data-ready]');
  // Until the paragraphs have been drawn by the script, their text nodes are replaced under the mouse.
  await page.waitForSelector('#sheet .block .marks', { state: 'attached' });
}

/**
 * Drags the mouse over words of the text, from their first letter to their last, whichever way they run.
 * @param {Page} page
 * @param {string} words  within one paragraph
 */
export async function drag(page, words) {
  const place = await page.evaluate(async (wanted) => {
    const read = [...document.querySelectorAll('#sheet .read')].find((one) => one.textContent?.includes(wanted));
    if (!read) return null;
    read.scrollIntoView({ block: 'center' });
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    /** @param {number} at */
    const letter = (at) => {
      const walker = document.createTreeWalker(read, NodeFilter.SHOW_TEXT);
      let left = at;
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const size = /** @type {Text} */ (node).length;
        if (left < size) {
          const range = document.createRange();
          range.setStart(node, left);
          range.setEnd(node, left + 1);
          const { left: x1, right: x2, top, height } = range.getBoundingClientRect();
          return { x1, x2, y: top + height / 2 };
        }
        left -= size;
      }
      throw new Error('past the end');
    };
    const from = (read.textContent ?? '').indexOf(wanted);
    const rtl = /[\u0590-\u08ff]/.test(wanted);
    const first = letter(from);
    const last = letter(from + wanted.length - 1);
    // A hair inside the edges, so that the caret falls before the first letter and behind the last.
    return {
      from: { x: rtl ? first.x2 - 0.5 : first.x1 + 0.5, y: first.y },
      to: { x: rtl ? last.x1 + 0.5 : last.x2 - 0.5, y: last.y },
    };
  }, words);
  assert.ok(place, `the text holds “${words}”`);
  await page.mouse.move(place.from.x, place.from.y);
  await page.mouse.down();
  await page.mouse.move((place.from.x + place.to.x) / 2, place.to.y, { steps: 4 });
  await page.mouse.move(place.to.x, place.to.y, { steps: 4 });
  await page.mouse.up();
}

/**
 * In the open picker: types, and applies what comes first.
 * @param {Page} page
 * @param {string} letters
 * @param {string} expected  the path that must come first
 */
export async function pick(page, letters, expected) {
  const field = page.locator('.picker input[role=combobox]');
  await field.waitFor();
  assert.ok(await field.evaluate((one) => one === document.activeElement), 'the picker has the cursor');
  await page.keyboard.type(letters);
  const first = page.locator('.picker [role=option][aria-selected=true] .code');
  assert.equal((await first.innerText()).trim(), expected);
  await page.keyboard.press('Enter');
  await page.locator('.picker').waitFor({ state: 'detached' });
}

/** Everything was sent. @param {Page} page */
export async function saved(page) {
  await page.locator('#ws-saved[data-state=ok]').waitFor({ timeout: 45_000 });
}

/** What the screen's selection holds. @param {Page} page */
export function selected(page) {
  return page.evaluate(() => String(document.getSelection()));
}
