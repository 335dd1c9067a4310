/**
 * Light, dark, or as the system says.
 *
 * A small classic script that stands in the head without `defer`, so that a page never flashes in the other theme; it is
 * a file because the Content-Security-Policy allows no inline script. The choice is kept on this device. Whoever
 * switches back to what the system says follows the system again.
 *
 * A switch is any element with `data-theme-toggle`.
 */
(() => {
  const root = document.documentElement;
  const system = matchMedia('(prefers-color-scheme: dark)');

  /** @returns {string | null} what was chosen on this device; null where storage is closed or nothing was chosen */
  const kept = () => {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null;
    }
  };

  /** @param {string | null} theme */
  const keep = (theme) => {
    try {
      if (theme) localStorage.setItem('theme', theme);
      else localStorage.removeItem('theme');
    } catch {
      // Private windows may refuse storage: the choice then lasts as long as the page.
    }
  };

  /** @param {string | null} theme */
  const apply = (theme) => {
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  apply(kept());
  addEventListener('storage', (event) => {
    if (event.key === 'theme') apply(event.newValue);
  });

  document.addEventListener('click', (event) => {
    if (!(event.target instanceof Element) || !event.target.closest('[data-theme-toggle]')) return;
    const dark = root.dataset.theme ? root.dataset.theme === 'dark' : system.matches;
    const next = dark ? 'light' : 'dark';
    const chosen = (next === 'dark') === system.matches ? null : next;
    keep(chosen);
    apply(chosen);
  });
})();
