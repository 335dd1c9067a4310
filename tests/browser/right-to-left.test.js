/**
 * Persian and Hebrew documents: the text runs from right to left, the margin stands on the other side, and what is coded is
 * exactly what was selected, half-spaces and combining marks included.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PEOPLE, start, steps, visit } from './server.js';
import { documentCalled, drag, open, own, pick, PROJECT, saved } from './workspace.js';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

const STORIES = [
  {
    language: 'Persian', lang: 'fa', title: 'رأی مسکو به قطعنامهٔ',
    // A half-space (U+200C) in the first; a combining hamza (U+0654) in the second.
    wide: 'تحریم‌ها علیه ایران را تصویب کرد', narrow: 'عهدنامهٔ ترکمانچای',
  },
  { language: 'Hebrew', lang: 'he', title: 'ביקור היסטורי', wide: 'משמר כבוד, עץ בחורשה', narrow: 'מאזן הכוחות' },
];

/** @param {import('playwright-core').Page} page */
const frame = (page) => page.evaluate(() => {
  const list = [...document.querySelectorAll('#sheet .block')].find((block) => block.querySelector('.marks .mark'));
  if (!list) throw new Error('a paragraph with codings');
  const box = (/** @type {string} */ what) => /** @type {Element} */ (list.querySelector(what)).getBoundingClientRect();
  const read = box('.read');
  const mark = box('.marks .mark');
  const number = box('.read-num');
  const style = getComputedStyle(/** @type {Element} */ (list.querySelector('.marks .mark')), '::before');
  return {
    page: document.documentElement.dir, text: document.getElementById('text')?.dir, lang: document.getElementById('sheet')?.lang,
    block: list.querySelector('.read')?.getAttribute('dir'), reads: [read.left, read.right], mark: [mark.left, mark.right], number: [number.left, number.right],
    bracket: style.content === 'none' ? null : [style.borderInlineStartWidth, style.borderLeftWidth, style.borderRightWidth],
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  };
});

for (const { language, lang, title, wide, narrow } of STORIES) {
  test(language, async (t) => {
    const step = steps(t);
    const { context, page, faults } = await visit(world, PEOPLE.coder);
    const { request } = context;
    const { id } = await documentCalled(request, title);
    const points = [...(await (await request.get(`${PROJECT}/documents/${id}/text`)).text())];

    /** Where words stand, in code points, found without the program's own arithmetic. @param {string} words */
    const rangeOf = (words) => {
      const wanted = [...words];
      const start = points.findIndex((_, at) => wanted.every((letter, by) => points[at + by] === letter));
      assert.ok(start >= 0);
      return [start, start + wanted.length];
    };

    await step('the page stays as its language runs, the document runs its own way, the margin is mirrored', async () => {
      await open(page, id);
      await page.locator('#sheet .mark').first().waitFor();
      const it = await frame(page);
      assert.equal(it.page, 'ltr');
      assert.equal(it.text, 'rtl');
      assert.equal(it.lang, lang);
      assert.equal(it.block, 'rtl');
      assert.ok(it.mark[1] <= it.reads[0], `the brackets stand left of the text: ${JSON.stringify(it)}`);
      assert.ok(it.number[0] >= it.reads[1], `the numbers stand right of the text: ${JSON.stringify(it)}`);
      assert.ok(it.overflow <= 0, 'nothing sticks out');
    });

    await step('the words that were selected are the words that are kept', async () => {
      await drag(page, wide);
      await pick(page, 'astana', 'Syria › Astana process');
      await saved(page);
      const mine = (await own(request, id)).find(({ quote }) => quote === wide);
      assert.ok(mine, 'the coding holds exactly the words');
      assert.deepEqual([mine.start, mine.end], rangeOf(wide));
      assert.deepEqual(points.slice(mine.start, mine.end), [...wide]);
    });

    await step('on a narrow page as well', async () => {
      await page.setViewportSize({ width: 390, height: 780 });
      await open(page, id);
      await page.locator('#sheet .mark').first().waitFor({ state: 'attached' });
      const it = await frame(page);
      assert.equal(it.text, 'rtl');
      assert.ok(it.mark[1] <= it.reads[0], `the brackets stand left of the text: ${JSON.stringify(it)}`);
      assert.ok(it.overflow <= 0, `nothing sticks out: ${JSON.stringify(it)}`);
      await drag(page, narrow);
      await pick(page, 'astana', 'Syria › Astana process');
      await saved(page);
      const mine = (await own(request, id)).find(({ quote }) => quote === narrow);
      assert.ok(mine, 'the coding holds exactly the words');
      assert.deepEqual([mine.start, mine.end], rangeOf(narrow));
    });

    assert.deepEqual(faults, []);
    await context.close();
  });
}
