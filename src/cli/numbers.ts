// Numbers as people read them.

/** With its thousands apart: 12,345. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 chunk`, `2 chunks`. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A time: `42 ms`, `3.1 s`. */
export function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** With a sign, a real minus: +0.250, −0.131. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 ? '−' : '+'}${text}`;
}
