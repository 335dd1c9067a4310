// @ts-check
// Uploads: files chosen, dropped or pasted go out one request each, a few at once, each with its own progress and
// outcome. Without this module the same form sends them all and the server's page lists what became of each.

/** Requests at once: enough to keep a line busy, few enough to leave the server to others. */
export const AT_ONCE = 3;

const form = /** @type {HTMLFormElement | null} */ (document.getElementById('upload'));
const panel = document.getElementById('uploads');
if (form && panel) start(form, panel);

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement} panel
 */
function start(form, panel) {
  const picker = /** @type {HTMLInputElement} */ (form.querySelector('input[type=file]'));
  const rows = /** @type {HTMLElement} */ (panel.querySelector('tbody'));
  const api = form.dataset.api ?? '';
  const words = panel.dataset;
  /** @type {{file: File, row: HTMLTableRowElement}[]} */
  const queue = [];
  let running = 0;
  form.dataset.ready = '';

  picker.addEventListener('change', () => {
    add([...(picker.files ?? [])]);
    picker.value = '';
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    picker.click();
  });
  panel.querySelector('[data-hide]')?.addEventListener('click', () => { panel.hidden = true; });

  // The whole page takes files, so that nobody has to aim; leaving it takes back the sign.
  const carries = (/** @type {DragEvent} */ event) => [...(event.dataTransfer?.types ?? [])].includes('Files');
  document.addEventListener('dragover', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    form.dataset.over = '';
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) delete form.dataset.over;
  });
  document.addEventListener('drop', (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    delete form.dataset.over;
    add([...(event.dataTransfer?.files ?? [])]);
  });
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length) add(files);
  });
  window.addEventListener('beforeunload', (event) => {
    if (running + queue.length > 0) event.preventDefault();
  });

  /** @param {File[]} files */
  function add(files) {
    if (!files.length) return;
    panel.hidden = false;
    for (const file of files) {
      const row = document.createElement('tr');
      const name = document.createElement('th');
      name.scope = 'row';
      const bdi = document.createElement('bdi');
      bdi.textContent = file.name;
      name.append(bdi);
      const outcome = document.createElement('td');
      outcome.textContent = words.waiting ?? '';
      const action = document.createElement('td');
      action.className = 'end';
      row.append(name, outcome, action);
      rows.append(row);
      const entry = { file, row };
      stopper(entry, () => {
        const at = queue.indexOf(entry);
        if (at >= 0) queue.splice(at, 1);
        tell(row, words.stopped ?? '', '', 'stopped');
        offerAgain(entry);
        count();
      });
      queue.push(entry);
    }
    panel.scrollIntoView({ block: 'nearest' });
    next();
  }

  /**
   * @param {{file: File, row: HTMLTableRowElement}} entry
   * @param {() => void} stop
   */
  function stopper(entry, stop) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn--quiet btn--sm';
    button.textContent = words.stop ?? '';
    button.setAttribute('aria-label', `${words.stop}: ${entry.file.name}`);
    button.addEventListener('click', stop);
    entry.row.cells[2]?.replaceChildren(button);
  }

  /** @param {{file: File, row: HTMLTableRowElement}} entry */
  function offerAgain(entry) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn--quiet btn--sm';
    button.textContent = words.retry ?? '';
    button.setAttribute('aria-label', `${words.retry}: ${entry.file.name}`);
    button.addEventListener('click', () => {
      entry.row.remove();
      add([entry.file]);
    });
    entry.row.cells[2]?.replaceChildren(button);
  }

  function count() {
    const numbers = {
      added: rows.querySelectorAll('[data-status="imported"]').length,
      'left-out': rows.querySelectorAll('[data-status="failed"]').length,
      running: running + queue.length,
    };
    for (const [name, n] of Object.entries(numbers)) {
      const place = panel.querySelector(`[data-count="${name}"]`);
      if (place) place.textContent = String(n);
    }
  }

  function next() {
    while (running < AT_ONCE) {
      const entry = queue.shift();
      if (!entry) break;
      running += 1;
      send(entry);
    }
    count();
    if (running === 0 && queue.length === 0) refresh();
  }

  /** @param {{file: File, row: HTMLTableRowElement}} entry */
  function send(entry) {
    const { file, row } = entry;
    const outcome = /** @type {HTMLTableCellElement} */ (row.cells[1]);
    const meter = document.createElement('div');
    meter.className = 'meter';
    const bar = document.createElement('progress');
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    const label = document.createElement('span');
    label.textContent = words.sending ?? '';
    meter.append(bar, label);
    outcome.replaceChildren(meter);
    const request = new XMLHttpRequest();
    request.open('POST', api);
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', (event) => {
      if (!event.lengthComputable) return;
      bar.value = (100 * event.loaded) / event.total;
      label.textContent = `${words.sending} ${Math.floor(bar.value)} %`;
    });
    request.upload.addEventListener('load', () => {
      bar.removeAttribute('value');
      label.textContent = words.reading ?? '';
    });
    const done = () => { running -= 1; next(); };
    request.addEventListener('load', () => {
      try {
        const answer = JSON.parse(request.responseText);
        if (request.status === 200) show(entry, answer.items ?? []);
        else tell(row, answer.detail ?? answer.title ?? words.failed, '', 'failed');
      } catch {
        tell(row, words.failed ?? '', '', 'failed');
        offerAgain(entry);
      }
      done();
    });
    request.addEventListener('error', () => { tell(row, words.failed ?? '', '', 'failed'); offerAgain(entry); done(); });
    request.addEventListener('abort', () => { tell(row, words.stopped ?? '', '', 'stopped'); offerAgain(entry); done(); });
    stopper(entry, () => request.abort());
    const data = new FormData();
    data.append('file', file);
    request.send(data);
  }

  /**
   * One line for a file; a line for each document of a table or an archive.
   * @param {{file: File, row: HTMLTableRowElement}} entry
   * @param {any[]} items
   */
  function show(entry, items) {
    let place = entry.row;
    items.forEach((item, at) => {
      let row = entry.row;
      if (at > 0) {
        row = /** @type {HTMLTableRowElement} */ (entry.row.cloneNode(true));
        place.after(row);
      }
      place = row;
      const name = row.querySelector('th bdi');
      if (name) name.textContent = item.archive ? `${item.archive} / ${item.file}` : item.row ? `${item.file} / ${item.row}` : item.file;
      tell(row, item.summary, item.document ? `${words.base}/${item.document}` : '', item.status);
    });
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {string} text
   * @param {string} href the document's own page
   * @param {string} status
   */
  function tell(row, text, href, status) {
    row.dataset.status = status;
    const outcome = /** @type {HTMLTableCellElement} */ (row.cells[1]);
    outcome.className = status === 'failed' ? 'is-danger' : status === 'imported' ? 'is-ok' : '';
    outcome.replaceChildren();
    const icon = document.getElementById(status === 'failed' ? 'icon-warn' : status === 'imported' ? 'icon-ok' : '');
    if (icon instanceof HTMLTemplateElement) outcome.append(icon.content.cloneNode(true));
    outcome.append(` ${text}`);
    const action = /** @type {HTMLTableCellElement} */ (row.cells[2]);
    action.replaceChildren();
    if (href) {
      const open = document.createElement('a');
      open.href = `${href}/code`;
      open.textContent = words.open ?? '';
      const details = document.createElement('a');
      details.href = href;
      details.textContent = words.details ?? '';
      action.append(open, ' · ', details);
    }
  }

  /** The list as it is now, without losing the outcomes above it. */
  async function refresh() {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } }).catch(() => null);
    if (!answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const selector of ['#documents', '.page-head']) {
      const [old, fresh] = [document.querySelector(selector), page.querySelector(selector)];
      if (old && fresh) old.replaceWith(document.importNode(fresh, true));
    }
    document.dispatchEvent(new Event('documents:fresh'));
  }
}

// The paste page as a dialog.
document.addEventListener('click', (event) => {
  const link = /** @type {Element} */ (event.target).closest('[data-paste]');
  const dialog = document.getElementById('paste');
  if (link && dialog instanceof HTMLDialogElement) {
    event.preventDefault();
    dialog.showModal();
  }
});

// `u` uploads, unless somebody is typing.
document.addEventListener('keydown', (event) => {
  const target = /** @type {Element} */ (event.target);
  if (event.key !== 'u' || event.ctrlKey || event.metaKey || event.altKey || target.closest('input, textarea, select, dialog')) return;
  const picker = document.getElementById('upload-files');
  if (picker) { event.preventDefault(); picker.click(); }
});
