/**
 * Two coders in one document: each sees who is here, and what the other does as it happens.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PEOPLE, start, steps, visit } from './server.js';
import { documentCalled, drag, open, own, pick, saved } from './workspace.js';

const PASSAGE = 'the Shanghai Cooperation Organisation in 2023';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

test('two coders in one document', async (t) => {
  const step = steps(t);
  const clara = await visit(world, PEOPLE.third);
  const ben = await visit(world, PEOPLE.second);
  const { id } = await documentCalled(clara.context.request, 'Explanatory memorandum to the draft treaty');
  await open(clara.page, id);
  await open(ben.page, id);
  // A mark that a reload would wipe off.
  await ben.page.evaluate(() => document.body.setAttribute('data-same-page', ''));
  const seen = ben.page.locator('body[data-same-page] #sheet mark.seg', { hasText: PASSAGE });
  /** @param {string} name */
  const here = (name) => new RegExp(`^\\W*${name}\\W*, here now$`);

  await step('each sees that the other is here', async () => {
    for (const { page } of [clara, ben]) {
      await page.locator('#ws-here').getByRole('img', { name: here('Clara Orlova') }).waitFor();
      await page.locator('#ws-here').getByRole('img', { name: here('Ben Levin') }).waitFor();
    }
    assert.equal(await ben.page.locator('#ws-here').getByRole('img', { name: here('Azadeh Karimi') }).count(), 0);
  });

  await step('a new coding appears at the other’s, with its maker', async () => {
    assert.equal(await seen.count(), 0);
    await drag(clara.page, PASSAGE);
    await pick(clara.page, 'multip', "Russia's role › Multipolar order");
    await seen.waitFor();
    const [made] = await own(clara.context.request, id);
    const label = ben.page.locator(`.mark-label[href="#coding-${made.id}"]`);
    await label.waitFor();
    assert.match(await label.innerText(), /Multipolar order/);
    assert.equal(await label.locator('abbr').first().getAttribute('title'), 'Clara Orlova');
  });

  await step('only she can take it away, and it goes from both', async () => {
    const [made] = await own(clara.context.request, id);
    const refused = await ben.context.request.delete(`/api/v1/projects/1/codings/${made.id}`);
    assert.equal(refused.status(), 403);
    await clara.page.locator('.mark[data-current]').first().waitFor();
    await clara.page.keyboard.press('x');
    await seen.waitFor({ state: 'detached' });
    await saved(clara.page);
    assert.deepEqual(await own(clara.context.request, id), []);
  });

  await step('who leaves is gone', async () => {
    await clara.page.goto('/help');
    await ben.page.locator('#ws-here').getByRole('img', { name: /Clara Orlova\W*, away$/ }).waitFor();
  });

  assert.deepEqual([...clara.faults, ...ben.faults], []);
  await clara.context.close();
  await ben.context.close();
});
