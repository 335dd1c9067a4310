/**
 * A document is coded without the mouse.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { PEOPLE, start, steps, until, visit } from './server.js';
import { codes, documentCalled, open, own, pick, saved, selected } from './workspace.js';

const FIRST = 'The draft replaces the treaty of 12 March 2001 on the basis of mutual relations and the principles of co-operation, which was concluded for ten years and has twice been extended.';
const SECOND = 'It raises relations with Iran to the level of a comprehensive strategic partnership and is concluded for twenty years.';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

test('coding by keyboard alone', async (t) => {
  const step = steps(t);
  const { context, page, faults } = await visit(world, PEOPLE.third);
  const { request } = context;
  const keys = page.keyboard;
  const document = (await documentCalled(request, 'Explanatory memorandum to the draft treaty')).id;
  const mediation = (await codes(request)).get("Russia's role > Mediation");
  const kept = async () => (await own(request, document)).map(({ code, quote }) => ({ code, quote }));
  assert.deepEqual(await kept(), [], 'she has coded nothing here yet');
  await open(page, document);

  /** Presses a key until it has selected something else, and says what. @param {string} key */
  const select = async (key) => {
    const was = await selected(page);
    await keys.press(key);
    return until(`${key} selects`, async () => {
      const now = await selected(page);
      return now !== was && now !== '' ? now : null;
    });
  };

  await step('j goes to a paragraph, s selects its sentences one after the other', async () => {
    for (let i = 0; i < 3; i++) await keys.press('j');
    await page.locator('#p4:focus, [data-index="3"] .read:focus').waitFor();
    assert.equal(await select('s'), '1.');
    assert.equal(await select('s'), FIRST);
    assert.equal(await select('s'), SECOND);
    assert.equal(await select('Shift+S'), FIRST);
  });

  await step('c opens the picker, a few letters find the code, Enter applies it', async () => {
    await keys.press('c');
    await pick(page, 'medi', "Russia's role › Mediation");
    await page.getByRole('status').filter({ hasText: 'Mediation' }).first().waitFor();
    await saved(page);
    assert.deepEqual(await kept(), [{ code: mediation, quote: FIRST }]);
    assert.equal(await page.locator('#ws-state').innerText(), 'In progress', 'the first coding says that she has begun');
  });

  await step('s goes on behind what was coded, and . repeats the code', async () => {
    assert.equal(await select('s'), SECOND);
    await keys.press('.');
    await until('the second coding is kept', async () => (await kept()).length === 2);
    assert.deepEqual(await kept(), [{ code: mediation, quote: FIRST }, { code: mediation, quote: SECOND }]);
  });

  await step('x removes it, Ctrl+Z brings it back, Ctrl+Shift+Z removes it again', async () => {
    await keys.press('x');
    await until('it is gone', async () => (await kept()).length === 1);
    assert.deepEqual(await kept(), [{ code: mediation, quote: FIRST }]);
    await keys.press('Control+z');
    await until('it is back', async () => (await kept()).length === 2);
    assert.deepEqual((await kept()).map(({ quote }) => quote).sort(), [FIRST, SECOND].sort());
    await page.locator('#ws-toasts', { hasText: 'Undone' }).waitFor();
    await keys.press('Control+Shift+Z');
    await until('it is gone again', async () => (await kept()).length === 1);
    await page.locator('#ws-toasts', { hasText: 'Done again' }).waitFor();
  });

  await step('Shift and arrows move the end of the selection by a word', async () => {
    await keys.press('Escape');
    await page.keyboard.press('j');
    await page.locator('[data-index="4"] .read:focus').waitFor();
    await select('s');
    const sentence = await select('s');
    assert.equal(sentence, 'The preamble states that the parties will contribute to the shaping of a just multipolar world order, founded on the sovereign equality of States.');
    const shorter = await select('Shift+ArrowLeft');
    assert.ok(sentence.startsWith(shorter) && shorter.length < sentence.length, shorter);
    await keys.press('Escape');
  });

  await step('v shows only her own; n and p go through the codings', async () => {
    const current = () => page.locator('.mark[data-current] .mark-label').first().getAttribute('href');
    await keys.press('n');
    await page.locator('.mark[data-current]').first().waitFor();
    const one = await current();
    await keys.press('n');
    const two = await until('the next is current', async () => ((await current()) !== one ? current() : null));
    await keys.press('p');
    await until('the one before is current', async () => (await current()) === one);
    assert.notEqual(two, one);
    await keys.press('v');
    await until('only hers are drawn', async () => (await page.locator('#sheet .mark').count()) === 1 && (await page.locator('#sheet .mark[data-other]').count()) === 0);
    await keys.press('v');
    await until('all are drawn', async () => (await page.locator('#sheet .mark').count()) > 1);
  });

  await step('a memo stays with the coding', async () => {
    const mine = (await own(request, document))[0];
    await open(page, document, `#coding-${mine.id}`);
    await page.locator('.mark[data-current] .coding').waitFor();
    await keys.press('m');
    await page.locator('.coding textarea').first().waitFor();
    await keys.type('A date before everything else.');
    await keys.press('Control+Enter');
    await until('the memo is kept', async () => (await own(request, document))[0].memo === 'A date before everything else.');
  });

  await step('d marks the document done and takes it back', async () => {
    await page.locator('[data-index="0"] .read').focus();
    await keys.press('d');
    await page.locator('#ws-state', { hasText: 'Done' }).waitFor();
    await saved(page);
    await keys.press('d');
    await page.locator('#ws-state', { hasText: 'In progress' }).waitFor();
    await saved(page);
  });

  await step('? shows every key, Escape closes it', async () => {
    await keys.press('?');
    const sheet = page.getByRole('dialog', { name: 'Keys' });
    await sheet.waitFor();
    const words = await sheet.innerText();
    for (const said of ['Select the next, previous sentence', 'Apply the last code again', 'Undo', 'Remove it', 'Next, previous coding']) {
      assert.ok(words.includes(said), `the sheet says “${said}”`);
    }
    await keys.press('Escape');
    await sheet.waitFor({ state: 'detached' });
  });

  assert.deepEqual(faults, []);
  await context.close();
});
