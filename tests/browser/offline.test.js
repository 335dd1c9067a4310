/**
 * What a coder did is not lost when the network, the server or the page goes: it waits, is shown as waiting, and is sent once.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PEOPLE, plain, start, steps, until, visit } from './server.js';
import { codes, documentCalled, drag, open, own, pick, ready, saved } from './workspace.js';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

const CODINGS = /\/api\/v1\/projects\/1\/codings$/;

test('a change waits and is sent', async (t) => {
  const step = steps(t);
  const { context, page } = await visit(world, PEOPLE.second);
  // A window of the same person elsewhere, which sees what the server has.
  const { context: elsewhere } = await visit(world, PEOPLE.second);
  const { id } = await documentCalled(elsewhere.request, 'Explanatory memorandum to the draft treaty');
  const mediation = (await codes(elsewhere.request)).get("Russia's role > Mediation");
  const kept = async () => (await own(elsewhere.request, id)).filter(({ code }) => code === mediation).map(({ quote }) => quote);
  assert.deepEqual(await kept(), [], 'he has not used the code here yet');
  const waiting = page.locator('#ws-saved.is-waiting');
  /** @param {string} words */
  const apply = async (words) => {
    await drag(page, words);
    await pick(page, 'medi', "Russia's role › Mediation");
  };
  await open(page, id);

  await step('without a network', async () => {
    await context.setOffline(true);
    await apply('has twice been extended');
    await waiting.waitFor();
    assert.equal(plain(await waiting.innerText()), '1 change waiting');
    await page.locator('.mark[data-waiting]').waitFor();
    await apply('joint exercises');
    await until('both wait', async () => (plain(await waiting.innerText())) === '2 changes waiting');
    assert.deepEqual(await kept(), [], 'the server has neither');
    await context.setOffline(false);
    await saved(page);
    assert.deepEqual(await kept(), ['has twice been extended', 'joint exercises'], 'in the order they were made');
    await page.locator('.mark[data-waiting]').waitFor({ state: 'detached' });
  });

  await step('through a reload', async () => {
    await page.route(CODINGS, (route) => (route.request().method() === 'POST' ? route.abort() : route.fallback()));
    await apply('no obligation of mutual assistance');
    await waiting.waitFor();
    await page.reload();
    await ready(page);
    await page.locator('.mark[data-waiting]').first().waitFor();
    assert.equal(plain(await waiting.innerText()), '1 change waiting');
    assert.equal(await page.locator('#sheet mark.seg', { hasText: 'no obligation of mutual assistance' }).count(), 1, 'it is still drawn');
    assert.ok(!(await kept()).includes('no obligation of mutual assistance'));
    await page.unroute(CODINGS);
    await saved(page);
    assert.deepEqual(await kept(), ['has twice been extended', 'joint exercises', 'no obligation of mutual assistance']);
  });

  await step('when the answer is lost on its way, it is not made twice', async () => {
    let lost = 0;
    await page.route(CODINGS, async (route) => {
      if (route.request().method() !== 'POST' || lost > 0) return route.fallback();
      lost += 1;
      await route.fetch();
      return route.abort();
    });
    await apply('shall give the aggressor no help');
    await until('the server has it', async () => (await kept()).length === 4);
    await saved(page);
    assert.equal(lost, 1);
    await page.unroute(CODINGS);
    assert.deepEqual((await kept()).filter((quote) => quote === 'shall give the aggressor no help').length, 1);
    assert.equal((await kept()).length, 4);
  });

  await step('while the server is away', async () => {
    await world.server.stop();
    await apply('a matter for the enterprises concerned');
    await waiting.waitFor();
    await world.server.again();
    await saved(page);
    assert.ok((await kept()).includes('a matter for the enterprises concerned'));
  });

  await step('what the server refuses is said, with what it held', async () => {
    await page.route(CODINGS, (route) => (route.request().method() !== 'POST' ? route.fallback() : route.fulfill({
      status: 422, contentType: 'application/problem+json', body: JSON.stringify({ type: '/problems/invalid', title: 'Invalid', status: 422, detail: 'This document was corrected meanwhile.' }),
    })));
    await apply('price and route remain to be agreed');
    const toast = page.locator('#ws-toasts [data-kind=problem]');
    await toast.waitFor();
    const words = await toast.innerText();
    assert.ok(words.includes('This document was corrected meanwhile.'), words);
    assert.ok(words.includes('price and route remain to be agreed'), words);
    await saved(page);
    assert.equal(await page.locator('#sheet mark.seg', { hasText: 'price and route remain to be agreed' }).count() > 0 && (await kept()).includes('price and route remain to be agreed'), false);
    await page.unroute(CODINGS);
  });

  await context.close();
  await elsewhere.close();
});
