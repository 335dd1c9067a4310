/**
 * The coded data leaves the program: what is shown on the page is what is in the file.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { PEOPLE, start, steps, visit } from './server.js';
import { get, PROJECT } from './workspace.js';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

/**
 * The records of a CSV file (RFC 4180), each a list of cells.
 * @param {string} text
 */
function records(text) {
  /** @type {string[][]} */
  const all = [[]];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') { cell += '"'; at += 1; } else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',') { all[all.length - 1].push(cell); cell = ''; } else if (sign === '\r' && text[at + 1] === '\n') {
      all[all.length - 1].push(cell);
      all.push([]);
      cell = '';
      at += 1;
    } else cell += sign;
  }
  if (cell !== '' || all[all.length - 1].length > 0) all[all.length - 1].push(cell);
  else all.pop();
  return all;
}

test('the codings as a table', async (t) => {
  const step = steps(t);
  const { context, page, faults } = await visit(world, PEOPLE.coder);
  const { request } = context;
  const table = page.locator('#dl-preview table');
  const persian = (await get(request, `${PROJECT}/codings?layer=coder&language=fa&limit=1000`)).items;
  assert.ok(persian.length > 20);

  await step('a choice changes the preview and the address without a new page', async () => {
    await page.goto('/projects/1/downloads');
    await page.evaluate(() => document.body.setAttribute('data-same-page', ''));
    await page.locator('input[name=format][value=csv]').check();
    await page.locator('select[name=layer]').selectOption('coder');
    await page.locator('select[name=language]').selectOption('fa');
    await page.waitForURL(/language=fa/);
    await page.locator('body[data-same-page] #dl-preview .count', { hasText: String(persian.length) }).waitFor();
    assert.ok(await table.locator('tbody tr').count() > 0);
  });

  await step('the file holds as many rows as the page says, in the order of the document', async () => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#dl-preview a[download]').click()]);
    assert.match(download.suggestedFilename(), /\.csv$/);
    const text = await readFile(await download.path(), 'utf8');
    assert.notEqual(text.charCodeAt(0), 0xfeff, 'no byte order mark unless it is asked for');
    const [head, ...rows] = records(text);
    assert.deepEqual(head.slice(0, 25), [
      'coding_id', 'project', 'document_id', 'document_title', 'document_type', 'document_date', 'language', 'cases', 'code_id', 'code_path', 'code_name', 'coder_id',
      'coder', 'layer', 'round', 'start', 'end', 'length', 'quote', 'before', 'after', 'memo', 'weight', 'codebook_version', 'created_at',
    ]);
    assert.equal(rows.length, persian.length);
    const at = (/** @type {string} */ name) => head.indexOf(name);
    assert.deepEqual(
      rows.map((row) => Number(row[at('coding_id')])).sort((a, b) => a - b),
      persian.map((/** @type {any} */ one) => one.id).sort((/** @type {number} */ a, /** @type {number} */ b) => a - b),
    );
    for (let i = 1; i < rows.length; i++) {
      const [a, b] = [rows[i - 1], rows[i]].map((row) => ['document_id', 'start', 'end'].map((name) => Number(row[at(name)])));
      const order = a.map((value, by) => value - b[by]).find((value) => value !== 0) ?? 0;
      assert.ok(order <= 0, `${a} stands before ${b}`);
    }
    // Every quote is what stands there in the document, counted in code points.
    const texts = new Map();
    for (const row of rows) {
      const document = row[at('document_id')];
      if (!texts.has(document)) texts.set(document, [...await (await request.get(`${PROJECT}/documents/${document}/text`)).text()]);
      assert.equal(row[at('quote')], texts.get(document).slice(Number(row[at('start')]), Number(row[at('end')])).join(''));
    }
  });

  await step('without scripts it is a form', async () => {
    const plain = await visit(world, PEOPLE.coder, { javaScriptEnabled: false });
    await plain.page.goto('/projects/1/downloads');
    await plain.page.locator('select[name=language]').selectOption('fa');
    await plain.page.locator('select[name=layer]').selectOption('coder');
    await plain.page.locator('.dl-form button.btn').first().click();
    await plain.page.waitForURL(/language=fa/);
    assert.match(await plain.page.locator('#dl-preview .count').innerText(), new RegExp(`\\b${persian.length}\\b`));
    await plain.context.close();
  });

  assert.deepEqual(faults, []);
  await context.close();
});
