// Numbers as people read them.

/** With its thousands apart: 12,345. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 chunk`, `2 chunks`. */
export function plural(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** A time: `42 ms`, `3.1 s`, `11 min 21 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(ms / 60_000);
  return `${count(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/** With a sign, a real minus: +0.250, −0.131. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return `${value < 0 ? '−' : '+'}${text}`;
}
