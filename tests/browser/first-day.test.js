/**
 * The first day: from an instance that nobody has used to a first passage that is coded and a document that is done.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { start, steps, visit } from './server.js';
import { drag, get, own, pick, ready, saved } from './workspace.js';

const TEXT = `Report on the visit

Both sides agreed to build a second reactor at Bushehr. The price was not named.

Nothing was said about sanctions.
`;
const PASSAGE = 'build a second reactor at Bushehr';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('serve'); });
after(() => world?.end());

test('from an empty instance to the first coding', async (t) => {
  const step = steps(t);
  const { context, page, faults } = await visit(world, null);
  let project = '';
  let document = 0;

  await step('every page leads to the setup', async () => {
    for (const path of ['/', '/sign-in', '/projects/1', '/account']) {
      await page.goto(path);
      assert.equal(new URL(page.url()).pathname, '/setup', `${path} leads to the setup`);
    }
  });

  await step('what is wrong in the form is said beside its field, and what was typed is kept', async () => {
    await page.getByLabel('Your name').fill('Leila Sayegh');
    await page.getByLabel('E-mail address').fill('leila@example.org');
    await page.getByLabel('Password').fill('short');
    // The browser would hold the form back; what the server says is asked for here.
    await page.locator('form').evaluate((form) => /** @type {HTMLFormElement} */ (form).setAttribute('novalidate', ''));
    await page.getByRole('button', { name: 'Create the first account' }).click();
    await page.locator('[aria-invalid=true]').waitFor();
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Leila Sayegh');
    assert.equal(await page.getByLabel('E-mail address').inputValue(), 'leila@example.org');
  });

  await step('the first administrator', async () => {
    await page.getByLabel('Password').fill('three quiet rivers');
    await page.getByRole('button', { name: 'Create the first account' }).click();
    await page.waitForURL(`${world.url}/`);
    const me = await get(context.request, '/api/v1/me');
    assert.equal(me.email, 'leila@example.org');
    await page.goto('/setup');
    assert.equal(new URL(page.url()).pathname, '/', 'the setup is over');
  });

  await step('a project', async () => {
    await page.getByRole('link', { name: 'New project' }).first().click();
    await page.getByLabel('Name').fill('Reactors');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.waitForURL(/\/projects\/\d+$/);
    project = new URL(page.url()).pathname;
    assert.match(await page.title(), /Reactors/);
  });

  await step('a document', async () => {
    await page.goto(`${project}/documents`);
    await page.locator('#upload[data-ready] input[type=file]').setInputFiles([
      { name: 'visit.txt', mimeType: 'text/plain', buffer: Buffer.from(TEXT) },
      { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.from('') },
    ]);
    const row = (/** @type {string} */ name) => page.locator('#uploads tr', { hasText: name });
    await row('visit.txt').getByText('Added').first().waitFor();
    await row('nothing.txt').getByText('there is nothing in it').waitFor();
    const { items } = await get(context.request, `/api/v1${project}/documents`);
    assert.equal(items.length, 1, 'what cannot be read is left out, the rest is kept');
    document = items[0].id;
    await page.locator(`#documents a[href="${project}/documents/${document}/code"]`).first().waitFor();
    assert.equal(await (await context.request.get(`/api/v1${project}/documents/${document}/text`)).text(), TEXT.trimEnd() + '\n');
  });

  await step('a passage is coded by mouse with a code that is made on the spot', async () => {
    await page.goto(`${project}/documents/${document}/code`);
    await ready(page);
    await drag(page, PASSAGE);
    await page.locator('.picker input').waitFor();
    await page.keyboard.type('Nuclear power');
    await page.getByRole('option', { name: /^Create code “\W*Nuclear power\W*”$/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#sheet mark.seg', { hasText: PASSAGE }).waitFor();
    await saved(page);
    const kept = await own(context.request, document, `/api/v1${project}`);
    assert.equal(kept.length, 1);
    assert.equal(kept[0].quote, PASSAGE);
    const at = TEXT.indexOf(PASSAGE);
    assert.deepEqual([kept[0].start, kept[0].end], [at, at + PASSAGE.length]);
  });

  await step('the same code again, by its name', async () => {
    await drag(page, 'sanctions');
    await pick(page, 'nucl', 'Nuclear power');
    await saved(page);
    assert.deepEqual((await own(context.request, document, `/api/v1${project}`)).map(({ quote }) => quote), [PASSAGE, 'sanctions']);
  });

  await step('it is there after a reload', async () => {
    await page.reload();
    await ready(page);
    assert.deepEqual(await page.locator('#sheet mark.seg').allInnerTexts(), [PASSAGE, 'sanctions']);
  });

  await step('the document is done', async () => {
    await page.locator('#ws-done').click();
    await page.locator('#ws-state', { hasText: 'Done' }).waitFor();
    await saved(page);
    const { items } = await get(context.request, `/api/v1${project}/documents/${document}/assignments`);
    assert.deepEqual(items.map((/** @type {any} */ one) => one.state), ['done']);
  });

  assert.deepEqual(faults, []);
  await context.close();
});
