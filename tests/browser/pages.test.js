/**
 * Every page, for everybody: it loads without a complaint of the browser, says what it is, can be used by all, in light and
 * dark, and wherever it is read nothing sticks out of it.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { PEOPLE, start, visit } from './server.js';

/** @type {import('./server.js').World} */
let world;
before(async () => { world = await start('demo'); });
after(() => world?.end());

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const DOCUMENTS = { english: 16, persian: 5 };

/** Where everybody may go. */
const ALL = [
  '/',
  '/account',
  '/help',
  '/projects/1',
  '/projects/1/documents',
  `/projects/1/documents/${DOCUMENTS.persian}`,
  `/projects/1/documents/${DOCUMENTS.english}/code`,
  `/projects/1/documents/${DOCUMENTS.persian}/code`,
  '/projects/1/codebook',
  '/projects/1/codebook/print',
  '/projects/1/codebook/versions',
  '/projects/1/codes/7',
  '/projects/1/agreement',
  '/projects/1/agreement?measure=percent&unit=sentence',
  '/projects/1/agreement/disagreements',
  '/projects/1/themes',
  '/projects/1/themes?tab=trend',
  '/projects/1/themes?tab=cases',
  '/projects/1/themes?tab=together',
  '/projects/1/passages',
  '/projects/1/passages?language=fa',
  '/projects/1/settings',
];
const CODING = ['/projects/1/review', '/projects/1/review/1', '/projects/1/downloads'];
const OWNER = [
  '/admin', '/projects/new', '/projects/1/documents/paste', '/projects/1/documents/table', '/projects/1/documents/metadata', '/projects/1/codebook/import',
  '/projects/1/codes/7/move', '/projects/1/codes/7/merge', '/projects/1/codes/7/retire', '/projects/1/codes/7/delete',
];

/** @type {{who: keyof typeof PEOPLE | null, pages: string[], thorough: boolean}[]} */
const VISITS = [
  { who: null, pages: ['/sign-in', '/help'], thorough: true },
  { who: 'owner', pages: [...ALL, ...CODING, ...OWNER], thorough: true },
  { who: 'coder', pages: [...ALL, ...CODING], thorough: false },
  { who: 'viewer', pages: ALL, thorough: false },
];

/**
 * What keeps people out, serious and critical, by the rules of WCAG 2.2 A and AA.
 * @param {import('playwright-core').Page} page
 * @param {string[]} [only]  these rules alone
 */
async function barriers(page, only) {
  const found = await page.evaluate(async (rules) => {
    const { axe } = /** @type {any} */ (window);
    const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] };
    const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
    for (const one of violations) {
      // The words in a mark of a figure are pieces (a name here, a number there), and all of them are in its name; the rule
      // wants them in one run, with the tooltip.
      if (one.id === 'label-content-name-mismatch') one.nodes = one.nodes.filter((/** @type {any} */ node) => !document.querySelector(node.target[0])?.closest('svg'));
    }
    return violations.filter((/** @type {any} */ one) => ['serious', 'critical'].includes(one.impact) && one.nodes.length > 0).map((/** @type {any} */ one) => (
      `${one.id}: ${one.help} (${one.nodes.length}) ${one.nodes.slice(0, 3).map((/** @type {any} */ node) => `${node.html.slice(0, 160)} — ${node.any.concat(node.all).map((/** @type {any} */ why) => why.message).join(' ').slice(0, 160)}`).join(' | ')}`
    ));
  }, only);
  return found;
}

/** How many pixels stick out to the side. @param {import('playwright-core').Page} page */
const overflow = (page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

for (const { who, pages, thorough } of VISITS) {
  test(`the pages of ${who ?? 'whoever is not signed in'}`, async (t) => {
    const { context, page, faults } = await visit(world, who && PEOPLE[who], { reducedMotion: 'reduce', bypassCSP: false });
    // Scripts of a test may not be put into a page with this policy from inside; this way they come before it.
    await context.addInitScript({ path: AXE });
    for (const path of pages) {
      await t.test(path, async () => {
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.emulateMedia({ colorScheme: 'light' });
        const answer = await page.goto(path, { waitUntil: 'load' });
        assert.equal(answer?.status(), 200);
        assert.equal(new URL(page.url()).pathname, path.split('?')[0], 'it is not led elsewhere');
        const policy = answer?.headers()['content-security-policy'] ?? '';
        assert.ok(policy.includes('default-src') && !policy.includes('unsafe-inline'), policy);
        if (path.endsWith('/code')) await page.waitForSelector('html[data-ready]');
        const says = await page.evaluate(() => ({
          h1: document.querySelectorAll('h1').length, title: document.title, lang: document.documentElement.lang, dir: document.documentElement.dir,
          ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
        }));
        assert.equal(says.h1, 1, 'one h1');
        assert.match(says.title, /\S.* · Concord$/);
        assert.equal(says.lang, 'en');
        assert.equal(says.dir, 'ltr');
        assert.deepEqual(says.ids.filter((id, at) => says.ids.indexOf(id) !== at), [], 'each id once');

        /** @type {string[]} */
        const problems = [];
        for (const one of await barriers(page)) problems.push(`light, wide: ${one}`);
        if (thorough) {
          await page.emulateMedia({ colorScheme: 'dark' });
          for (const one of await barriers(page, ['color-contrast', 'link-in-text-block'])) problems.push(`dark, wide: ${one}`);
          await page.setViewportSize({ width: 390, height: 844 });
          for (const one of await barriers(page, ['color-contrast', 'target-size', 'scrollable-region-focusable'])) problems.push(`dark, narrow: ${one}`);
          await page.emulateMedia({ colorScheme: 'light' });
          for (const one of await barriers(page, ['color-contrast', 'target-size', 'aria-hidden-focus', 'label', 'button-name', 'link-name'])) problems.push(`light, narrow: ${one}`);
        }
        for (const width of thorough ? [390, 320] : [320]) {
          await page.setViewportSize({ width, height: 720 });
          const out = await overflow(page);
          if (out > 0) problems.push(`${width} wide: ${out} pixels stick out`);
        }
        assert.deepEqual(problems, []);
        assert.deepEqual(faults.splice(0), []);
      });
    }
    await context.close();
  });
}

test('what is not there, and what is not theirs', async (t) => {
  const { context, page, faults } = await visit(world, PEOPLE.viewer);
  await t.test('a page that does not exist says so and leads back', async () => {
    const answer = await page.goto('/projects/1/no-such-page');
    assert.equal(answer?.status(), 404);
    assert.equal(await page.locator('h1').count(), 1);
    assert.ok(await page.locator('a[href="/"]').count() > 0);
  });
  await t.test('a project of others does not exist', async () => {
    assert.equal((await page.goto('/projects/2'))?.status(), 404);
  });
  await t.test('a viewer does not administer', async () => {
    const status = (await page.goto('/admin'))?.status() ?? 0;
    assert.ok([403, 404].includes(status), String(status));
    assert.equal(await page.locator('h1').count(), 1);
  });
  assert.deepEqual(faults, []);
  await context.close();
});
