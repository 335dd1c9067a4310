/**
 * Asking the server. Every failure is a {@link Problem}: with the server's own words when it answered
 * (`application/problem+json`), with status 0 when it could not be reached.
 *
 * @module
 */

export class Problem extends Error {
  /**
   * @param {number} status  0: not reached
   * @param {{type?: string, title?: string, detail?: string, current?: any}} [body]
   */
  constructor(status, body = {}) {
    super(body.detail || body.title || '');
    this.status = status;
    this.type = (body.type ?? '').split('/').pop() ?? '';
    this.current = body.current ?? null;
  }

  /** Whether the same request may succeed later, unchanged. */
  get passing() {
    return this.status === 0 || this.status >= 500 || [401, 408, 425, 429].includes(this.status);
  }
}

export class Api {
  /**
   * @param {string} base  of the project, e.g. `/api/v1/projects/3`
   * @param {typeof fetch} [fetcher]
   */
  constructor(base, fetcher = (...args) => fetch(...args)) {
    this.base = base;
    this.fetcher = fetcher;
  }

  /**
   * @param {string} path  below the base
   * @param {AbortSignal} [signal]
   * @returns {Promise<any>}
   */
  async get(path, signal) {
    return (await this.#ask('GET', path, undefined, {}, signal)).body;
  }

  /**
   * @param {'POST' | 'PUT' | 'PATCH' | 'DELETE'} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {{key?: string, version?: number | null}} [options]
   * @returns {Promise<{status: number, body: any}>}
   */
  send(method, path, body, { key = newKey(), version = null } = {}) {
    /** @type {Record<string, string>} */
    const headers = { 'Idempotency-Key': key };
    if (version !== null) headers['If-Match'] = `"${version}"`;
    return this.#ask(method, path, body, headers, AbortSignal.timeout(20_000));
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} body
   * @param {Record<string, string>} headers
   * @param {AbortSignal} [signal]
   */
  async #ask(method, path, body, headers, signal) {
    /** @type {Response} */
    let response;
    let answer = null;
    try {
      response = await this.fetcher(this.base + path, {
        method,
        credentials: 'same-origin',
        signal,
        headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      answer = text === '' ? null : JSON.parse(text);
    } catch (error) {
      if (signal?.aborted && error instanceof DOMException && error.name === 'AbortError') throw error;
      throw new Problem(0);
    }
    if (!response.ok) throw new Problem(response.status, answer ?? {});
    return { status: response.status, body: answer };
  }
}

/** A key that no other request has. `randomUUID` is missing where the page came over plain HTTP from another machine. */
export function newKey() {
  if (globalThis.isSecureContext) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
