// @ts-check
// Behaviour that every page shares: menus close on Escape and on a click elsewhere; dialogs open by data attributes.

/** @param {Element | null} keep */
function closeMenus(keep) {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (menu !== keep) menu.removeAttribute('open');
  }
}

document.addEventListener('click', (event) => {
  const target = /** @type {Element} */ (event.target);
  closeMenus(target.closest('details[data-menu]'));
  const opener = target.closest('[data-open-dialog]');
  if (opener) {
    const dialog = document.getElementById(opener.getAttribute('data-open-dialog') ?? '');
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  }
  const closer = target.closest('[data-close-dialog]');
  if (closer) closer.closest('dialog')?.close();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  const open = document.querySelector('details[data-menu][open]');
  if (open) {
    open.removeAttribute('open');
    open.querySelector('summary')?.focus();
  }
});

// "Are you sure" only where a form says how many things of whom it touches.
document.addEventListener('submit', (event) => {
  const form = /** @type {HTMLElement} */ (event.target);
  const question = form.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});
