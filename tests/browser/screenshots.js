/**
 * The pictures of the README and the documents, taken from the demo: `scripts/screenshots`.
 *
 * @module
 */

import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PEOPLE, start, visit } from './server.js';
import { documentCalled, get, open, PROJECT } from './workspace.js';

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');
/** A picture is read on a slow line, too. */
const LARGEST = 350_000;

await mkdir(folder, { recursive: true });
const world = await start('demo');
try {
  const { context, page } = await visit(world, PEOPLE.coder, { reducedMotion: 'reduce' });
  const me = await get(context.request, '/api/v1/me');
  /** @param {import('playwright-core').Page} of @param {string} path */
  const go = async (of, path) => {
    const answer = await of.goto(path);
    if (answer?.status() !== 200) throw new Error(`${path}: ${answer?.status()}`);
  };

  /** @param {string} name @param {import('playwright-core').Page} [of] */
  const shoot = async (name, of = page) => {
    await of.evaluate(() => document.fonts.ready);
    // What is on its way, such as who is here, arrives.
    await of.waitForTimeout(400);
    const file = join(folder, `${name}.png`);
    await of.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
    const { size } = await stat(file);
    if (size > LARGEST) throw new Error(`${name}.png has ${size} bytes, over ${LARGEST}`);
    console.log(`${name}.png  ${Math.round(size / 1000)} kB`);
  };
  /** @param {'light' | 'dark'} colorScheme */
  const scheme = (colorScheme) => page.emulateMedia({ colorScheme });
  /**
   * A document with the card of one of the coder's own codings open.
   * @param {string} title
   * @param {string} words  that the coding holds
   */
  const workspace = async (title, words) => {
    const { id } = await documentCalled(context.request, title);
    const { items } = await get(context.request, `${PROJECT}/codings?document=${id}&limit=1000`);
    const found = items.find((/** @type {any} */ one) => one.quote.includes(words) && one.coder.id === me.id);
    if (!found) throw new Error(`no coding of hers holds “${words}”`);
    await open(page, id, `#coding-${found.id}`);
    await page.locator('.mark[data-current] .coding').waitFor();
  };

  await scheme('light');
  await workspace('Explanatory memorandum to the draft treaty', 'It contains no obligation of mutual assistance');
  await shoot('workspace-light');
  await scheme('dark');
  await shoot('workspace-dark');
  await scheme('light');
  await workspace('رأی مسکو به قطعنامهٔ', 'روس‌ها ما را به غرب می‌فروشند');
  await shoot('workspace-rtl');
  await go(page, '/projects/1/themes?tab=cases');
  await shoot('themes');
  await go(page, '/projects/1/agreement');
  await shoot('agreement');

  const third = await visit(world, PEOPLE.third, { reducedMotion: 'reduce' });
  await go(third.page, '/');
  await shoot('home', third.page);
} finally {
  await world.end();
}
