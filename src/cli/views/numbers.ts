// Formats numbers for the terminal: counts, times, sizes and differences. The locale is fixed, so
// that output does not depend on the machine.

/** A number with thousands separators and at most three decimals: 12,345. Intl takes 15 ms to load. */
export function count(value: number): string {
  const digits = value.toFixed(3).replace(/\.?0+$/, '');
  return digits.replace(/\B(?<!\.\d*)(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 chunk`, `2 chunks`. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A time: `42 ms`, `3.1 s`, `11 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A number with a sign and a typographic minus: +0.250, −0.131. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** `15,170 → 6,297 bytes, 3.321 bits per byte`. */
export function sizes(original: number, compressed: number): string {
  const rate = original > 0 ? `, ${((8 * compressed) / original).toFixed(3)} bits per byte` : '';
  return `${count(original)} → ${count(compressed)} bytes${rate}`;
}
