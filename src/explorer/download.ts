// Saves what the page shows as PNG or JSON.

export function saveFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function saveJson(value: unknown): void {
  // A bit count may be infinite, which JSON has no number for.
  const text = JSON.stringify(value, (_, one) => (one === Infinity ? 'Infinity' : one), 2);
  saveFile(new Blob([`${text}\n`], { type: 'application/json' }), 'zipdream.json');
}

export function savePng(canvas: HTMLCanvasElement): void {
  canvas.toBlob((blob) => {
    if (blob) saveFile(blob, 'zipdream.png');
  }, 'image/png');
}
