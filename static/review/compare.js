// @ts-check
// Stepping through the paragraphs where the two layers differ, and commenting on the one at hand.

const view = /** @type {HTMLElement | null} */ (document.querySelector('.rv'));
const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('.rv-row')]);
const differing = rows.filter((row) => row.dataset.differs !== undefined);
const place = document.getElementById('place');
const form = /** @type {HTMLFormElement | null} */ (document.getElementById('comment-form'));
const about = document.getElementById('comment-about');
const text = /** @type {HTMLTextAreaElement | null} */ (document.getElementById('comment-text'));
const error = document.getElementById('comment-error');

/** @type {HTMLElement | null} */
let now = null;

/** @param {HTMLElement | undefined} row @param {boolean} move */
function go(row, move) {
  if (!row) return;
  if (now) delete now.dataset.now;
  now = row;
  row.dataset.now = '';
  if (move) {
    row.scrollIntoView({ block: 'center' });
    row.focus({ preventScroll: true });
  }
  const number = row.id.slice(1);
  const at = differing.indexOf(row);
  if (place) place.textContent = at >= 0 ? `${at + 1} / ${differing.length}` : '';
  if (form && about) {
    form.hidden = false;
    about.textContent = (about.dataset.about ?? '').replace('%n%', number);
  }
}

/** @param {number} by */
function step(by) {
  if (differing.length === 0) return;
  const at = now ? rows.indexOf(now) : by > 0 ? -1 : rows.length;
  const next =
    by > 0
      ? differing.find((row) => rows.indexOf(row) > at) ?? differing[0]
      : [...differing].reverse().find((row) => rows.indexOf(row) < at) ?? differing[differing.length - 1];
  go(next, true);
}

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target);
  const button = target.closest('[data-step]');
  if (button instanceof HTMLElement) step(Number(button.dataset.step));
  else {
    const row = target.closest('.rv-row');
    if (row instanceof HTMLElement && !target.closest('a')) go(row, false);
  }
});

document.addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (event.key === 'n') step(1);
  else if (event.key === 'p') step(-1);
  else if (event.key === 'r' && form && text) {
    if (!now) go(differing[0] ?? rows[0], true);
    text.focus();
  } else return;
  event.preventDefault();
});

form?.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!view || !now || !text || !text.value.trim()) return;
  const answer = await fetch(`${view.dataset.api}/comments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify({
      subject: {
        kind: 'passage',
        id: Number(view.dataset.document),
        start: Number(now.dataset.start),
        end: Number(now.dataset.end),
      },
      text: text.value,
    }),
  }).catch(() => null);
  if (answer?.ok) {
    window.location.hash = now.id;
    window.location.reload();
  } else if (error) {
    const problem = answer ? await answer.json().catch(() => ({})) : {};
    error.textContent = problem.detail ?? problem.title ?? String(answer?.status ?? '');
    error.hidden = false;
  }
});

if (window.location.hash) {
  const row = document.querySelector(window.location.hash)?.closest('.rv-row');
  if (row instanceof HTMLElement) go(row, true);
}
