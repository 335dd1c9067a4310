/**
 * From a figure to the quotes behind it, and out of the program: SVG, PNG, CSV.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PEOPLE, start, steps, visit } from './server.js';
import { codes, get, PROJECT, ready } from './workspace.js';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

/**
 * The rows of a CSV file without line breaks in its cells.
 * @param {string} text
 */
function rows(text) {
  return text.trimEnd().split('\r\n').map((line) => [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].slice(0, -1).map(([, cell]) => cell.replace(/^"|"$/g, '').replaceAll('""', '"')));
}

test('a mark leads to its quotes, and the figure can be taken along', async (t) => {
  const step = steps(t);
  const { context, page, faults } = await visit(world, PEOPLE.owner);
  const { request } = context;
  const arms = (await codes(request)).get('Security > Arms transfers');
  // Counted by hand from the codings themselves: the coders' layer, this code.
  const { items } = await get(request, `${PROJECT}/codings?code=${arms}&layer=coder&limit=1000`);
  const passages = items.length;
  assert.ok(passages > 10);

  await step('the mark says how many passages it stands for', async () => {
    await page.goto('/projects/1/themes');
    const mark = page.locator(`.figure svg a[href*="/passages?"][href*="code=${arms}&"], .figure svg a[href$="code=${arms}"]`).first();
    await mark.waitFor();
    assert.match((await mark.getAttribute('aria-label')) ?? '', new RegExp(`Arms transfers.*\\b${passages}\\b`, 's'));
    await mark.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/projects\/1\/passages\?/);
  });

  await step('behind it are as many quotes, each at its document', async () => {
    assert.match(await page.locator('h1').innerText(), /Arms transfers/);
    assert.match(await page.locator('.page-head').innerText(), new RegExp(`\\b${passages}\\b`));
    const quotes = await page.locator('blockquote mark').allInnerTexts();
    const known = new Set(items.map((/** @type {any} */ one) => one.quote.replace(/\s+/g, ' ').trim()));
    assert.ok(quotes.length > 0 && quotes.length <= passages);
    for (const quote of quotes) assert.ok(known.has(quote.replace(/\s+/g, ' ').trim()), quote);
    const link = page.locator('blockquote footer a').first();
    const id = Number(/#coding-(\d+)$/.exec((await link.getAttribute('href')) ?? '')?.[1]);
    assert.ok(items.some((/** @type {any} */ one) => one.id === id));
    await link.click();
    await ready(page);
    await page.locator(`.mark[data-current] .coding, .ws-drawer .coding`).first().waitFor();
    assert.ok(page.url().endsWith(`#coding-${id}`), page.url());
  });

  await step('CSV: the same number', async () => {
    await page.goto('/projects/1/themes');
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV' }).click()]);
    assert.match(download.suggestedFilename(), /\.csv$/);
    const [head, ...body] = rows(await readFile(await download.path(), 'utf8'));
    const column = head.indexOf('Passages');
    assert.ok(column > 0, head.join());
    const row = body.find((cells) => cells.some((cell) => /Arms transfers$/.test(cell)));
    assert.equal(row?.[column], String(passages));
  });

  let width = 0;
  await step('SVG: a picture that stands alone', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'SVG' }).click()]);
    assert.match(download.suggestedFilename(), /\.svg$/);
    const svg = await readFile(await download.path(), 'utf8');
    assert.match(svg, /^(<\?xml[^>]*>\s*)?<svg /);
    assert.ok(svg.includes('Arms transfers') && svg.includes('<title'));
    width = Number(/ viewBox="(\S+) (\S+) (\S+) /.exec(svg)?.[3]);
    assert.ok(!/(href|src)="|url\(|@import/.test(svg), 'it leads nowhere and asks for nothing');
  });

  await step('PNG: the same, in twice its size', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'PNG' }).click()]);
    assert.match(download.suggestedFilename(), /\.png$/);
    const png = await readFile(await download.path());
    assert.equal(png.subarray(1, 4).toString('latin1'), 'PNG');
    assert.ok(width > 0);
    assert.equal(png.readUInt32BE(16), width * 2);
  });

  await step('a filter narrows the figure and the quotes alike', async () => {
    const { items: hebrew } = await get(request, `${PROJECT}/codings?code=${arms}&layer=coder&language=he&limit=1000`);
    assert.ok(hebrew.length > 0 && hebrew.length < passages);
    await page.goto('/projects/1/themes?language=he');
    const mark = page.locator(`.figure svg a[href*="code=${arms}"]`).first();
    assert.match((await mark.getAttribute('aria-label')) ?? '', new RegExp(`\\b${hebrew.length}\\b`));
    await mark.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/passages\?/);
    assert.match(await page.locator('.page-head').innerText(), new RegExp(`\\b${hebrew.length}\\b`));
    assert.equal(await page.locator('blockquote[dir=rtl]').count(), await page.locator('blockquote').count());
  });

  assert.deepEqual(faults, []);
  await context.close();
});
