/**
 * The interface's words in the browser: the page brings the Fluent source of its language, so that plurals and bidi
 * isolation are the same as on the server, and no word stands in a script.
 *
 * @module
 */

import { FluentBundle, FluentResource } from '../vendor/fluent/index.js';

/** @typedef {Record<string, string | number>} Args */

export class Messages {
  /**
   * @param {string} source  Fluent
   * @param {string} language
   */
  constructor(source, language) {
    this.language = language;
    this.bundle = new FluentBundle(language, { useIsolating: true });
    // English may stand first and the page's language after it, so that what is not translated yet is still said.
    this.bundle.addResource(new FluentResource(source), { allowOverrides: true });
    this.numbers = new Intl.NumberFormat(language);
    // Plain English writes its dates as the pages do: 30 Sep 2015, 14:05.
    const dates = language === 'en' ? 'en-GB' : language;
    this.days = new Intl.DateTimeFormat(dates, { day: 'numeric', month: 'short', year: 'numeric' });
    this.times = new Intl.DateTimeFormat(dates, { hour: '2-digit', minute: '2-digit' });
  }

  /**
   * @param {string} id
   * @param {Args} [args]
   * @returns {string}  the id itself where a message is missing, which the tests would have said
   */
  t(id, args) {
    const message = this.bundle.getMessage(id);
    // Errors are collected so that a variable that was forgotten shows as its name, rather than stopping the page.
    return message?.value ? this.bundle.formatPattern(message.value, args, []) : id;
  }

  /** @param {number} value */
  number(value) {
    // A minus sign, not a hyphen: it is as wide as a plus and does not break.
    return this.numbers.format(value).replace('-', '\u2212');
  }

  /**
   * When something was made: the time if that was today, the day otherwise.
   * @param {string} iso
   */
  when(iso) {
    const at = new Date(iso);
    if (Number.isNaN(at.getTime())) return '';
    const today = new Date();
    return at.toDateString() === today.toDateString()
      ? this.t('ws-today-at', { time: this.times.format(at) })
      : this.days.format(at);
  }
}
