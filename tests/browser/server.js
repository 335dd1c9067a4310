/**
 * The program under test and the browser that looks at it: starts the real binary on a free port with a data directory of
 * its own, and Chromium; both end with the test file.
 *
 * `CONCORD_BIN` names the binary (by default the debug build), `CONCORD_CHROMIUM` another Chromium than the system's.
 *
 * @module
 */

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** @typedef {import('playwright-core').Browser} Browser */
/** @typedef {import('playwright-core').BrowserContext} BrowserContext */
/** @typedef {import('playwright-core').BrowserContextOptions} BrowserContextOptions */
/** @typedef {import('playwright-core').Page} Page */

/** The people of the demo, by what they may do. */
export const PEOPLE = {
  owner: 'm.haddad@example.org',
  coder: 'a.karimi@example.org',
  second: 'b.levin@example.org',
  third: 'c.orlova@example.org',
  viewer: 'n.eze@example.org',
};

const PASSWORD = 'concord-demo';
/** How long the program may take to be ready: a debug build makes the demo project first. */
const READY = 60_000;

export class Server {
  /**
   * @param {'demo' | 'serve'} kind
   * @param {string} data
   */
  constructor(kind, data) {
    this.kind = kind;
    this.data = data;
    /** Where it answers, without a slash at the end. */
    this.url = '';
    /** @type {import('node:child_process').ChildProcess | null} */
    this.process = null;
    this.output = '';
  }

  /** @param {string} listen */
  async run(listen) {
    const program = process.env.CONCORD_BIN ?? 'target/debug/concord';
    const child = spawn(program, [this.kind, '--listen', listen], {
      env: { PATH: process.env.PATH, HOME: this.data, CONCORD_DATA: this.data, RUST_LOG: 'warn' }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    this.output = '';
    // Whatever ends this process must not leave the program behind.
    process.once('exit', () => child.kill('SIGKILL'));
    this.url = await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`not ready in time:\n${this.output}`)), READY);
      const read = (/** @type {Buffer} */ chunk) => {
        this.output += chunk.toString();
        const ready = /^Concord is ready at (\S+)$/m.exec(this.output);
        if (!ready) return;
        clearTimeout(late);
        resolve(ready[1]);
      };
      child.stdout?.on('data', read);
      child.stderr?.on('data', read);
      child.on('error', reject);
      child.on('exit', (code) => reject(new Error(`ended with ${code}:\n${this.output}`)));
    });
  }

  /** Asks it to stop, as an operator does, and waits until it has. */
  async stop() {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill('SIGTERM');
    assert.equal(await ended, 0, `SIGTERM ends the program gracefully:\n${this.output}`);
  }

  /** The same data at the same address again. */
  async again() {
    await this.run(new URL(this.url).host);
  }
}

/**
 * Starts the program, and a browser beside it.
 * @param {'demo' | 'serve'} kind  the demo project, or an instance that nobody has used yet
 */
export async function start(kind) {
  const data = await mkdtemp(join(tmpdir(), 'concord-browser-'));
  const server = new Server(kind, data);
  await server.run('127.0.0.1:0');
  const browser = await chromium.launch({
    executablePath: process.env.CONCORD_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    server,
    browser,
    url: server.url,
    async end() {
      await browser.close();
      await server.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** @typedef {Awaited<ReturnType<typeof start>>} World */

/**
 * A browser window of somebody's own, signed in when a person is named.
 * @param {World} world
 * @param {string | null} email
 * @param {BrowserContextOptions} [options]
 */
export async function visit(world, email, options = {}) {
  const context = await world.browser.newContext({ baseURL: world.url, viewport: { width: 1440, height: 900 }, locale: 'en-GB', ...options });
  context.setDefaultTimeout(30_000);
  if (email) {
    const answer = await context.request.post('/sign-in', { form: { email, password: PASSWORD, next: '/' }, maxRedirects: 0 });
    assert.equal(answer.status(), 303, `${email} signs in`);
  }
  const page = await context.newPage();
  return { context, page, faults: watch(page) };
}

/**
 * Everything that goes wrong on a page: errors on the console, exceptions, violations of the Content-Security-Policy. An answer
 * that is an error is for the test to judge, not a fault by itself.
 * @param {Page} page
 * @returns {string[]}  filled as it happens
 */
export function watch(page) {
  /** @type {string[]} */
  const faults = [];
  page.on('console', (message) => {
    const refused = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
    if (refused || /content security policy/i.test(message.text())) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // What is left behind on going elsewhere, and what a test takes away itself, is not a fault.
    if (!['net::ERR_ABORTED', 'net::ERR_INTERNET_DISCONNECTED', 'net::ERR_FAILED', 'net::ERR_CONNECTION_REFUSED', 'net::ERR_INCOMPLETE_CHUNKED_ENCODING', 'net::ERR_NETWORK_CHANGED'].includes(why)) faults.push(`${request.url()}: ${why}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${response.url()}: ${response.status()}`);
    const asset = new URL(response.url()).pathname.startsWith('/static/');
    if (asset && response.status() >= 400) faults.push(`${response.url()}: ${response.status()}`);
  });
  return faults;
}

/**
 * Waits until something is so; for what no element of the page says.
 * @template T
 * @param {string} what
 * @param {() => Promise<T | null | undefined | false>} ask
 * @returns {Promise<T>}
 */
export async function until(what, ask) {
  for (let tries = 0; tries < 300; tries++) {
    const answer = await ask();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new assert.AssertionError({ message: `never came true: ${what}` });
}

/**
 * The steps of a story, each building on the one before: after one that failed the rest are skipped.
 * @param {import('node:test').TestContext} t
 */
export function steps(t) {
  let broken = false;
  return (/** @type {string} */ name, /** @type {() => Promise<void>} */ run) => t.test(name, async (step) => {
    if (broken) {
      step.skip('a step before this one failed');
      return;
    }
    try {
      await run();
    } catch (error) {
      broken = true;
      throw error;
    }
  });
}

/**
 * Words without the invisible marks that set a foreign run apart.
 * @param {string} words
 */
export function plain(words) {
  return words.replace(/[\u2066-\u2069]/g, '');
}
