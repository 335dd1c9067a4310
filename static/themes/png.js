// @ts-check
// A figure as PNG: its SVG file drawn on a canvas at twice its size, here in the browser, which has the fonts.

/** @param {string} address @param {string} name */
async function save(address, name) {
  const answer = await fetch(address, { headers: { accept: 'image/svg+xml' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const source = URL.createObjectURL(new Blob([await answer.text()], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    const pen = canvas.getContext('2d');
    if (!pen) throw new Error('no canvas');
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    /** @type {Blob | null} */
    const png = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    if (!png) throw new Error('no picture');
    const link = document.createElement('a');
    link.href = URL.createObjectURL(png);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  } finally {
    URL.revokeObjectURL(source);
  }
}

for (const link of document.querySelectorAll('a[data-png]')) {
  if (!(link instanceof HTMLAnchorElement)) continue;
  link.hidden = false;
  link.addEventListener('click', (event) => {
    event.preventDefault();
    // Without a picture the vector file itself is still of use.
    save(link.href, link.dataset.png ?? 'figure.png').catch(() => {
      window.location.href = link.href;
    });
  });
}
