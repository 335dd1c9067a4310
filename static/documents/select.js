// @ts-check
// The bar of changes to many documents shows only when some are selected, and says how many.

function wire() {
  const form = document.getElementById('bulk-form');
  const bar = /** @type {HTMLElement | null} */ (form?.querySelector('.bulk') ?? null);
  const all = /** @type {HTMLInputElement | null} */ (form?.querySelector('[data-select-all]') ?? null);
  if (!form || !bar || !all) return;
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('input[name=document]')]);
  all.hidden = false;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    bar.hidden = chosen === 0;
    all.checked = chosen === boxes.length && chosen > 0;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const box of boxes) {
      const row = box.closest('tr');
      if (box.checked) row?.setAttribute('aria-selected', 'true');
      else row?.removeAttribute('aria-selected');
    }
    const count = bar.querySelector('[data-selected-count]');
    if (count) count.textContent = String(chosen);
  };
  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  for (const box of boxes) box.addEventListener('change', show);
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || bar.hidden) return;
    for (const box of boxes) box.checked = false;
    show();
  });
  // Enter in a field of the bar does what the button beside it says, not the first button of the form.
  bar.addEventListener('keydown', (event) => {
    const field = /** @type {Element} */ (event.target);
    if (event.key !== 'Enter' || !field.matches('input')) return;
    event.preventDefault();
    /** @type {HTMLButtonElement | null} */ (field.closest('.bulk-group')?.querySelector('button') ?? null)?.click();
  });
  show();
}

document.addEventListener('documents:fresh', wire);
wire();
