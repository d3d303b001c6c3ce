// Parses the values of flags. Every parser throws a UsageError that names the flag and quotes the
// value.

import { UsageError } from '../errors.js';
import { type Bounds, expectInteger, expectNumber } from '../expect.js';
import type { Overlap } from '../sampling/overlap.js';

/** A parser of integers. @throws UsageError for anything else, or if out of bounds. */
export function integer(flag: string, bounds: Bounds): (text: string) => number {
  return (text) => readNumber(text, (value) => expectInteger(flag, value, bounds));
}

/** A parser of numbers; `inf` is Infinity. @throws UsageError if out of bounds. */
export function number(flag: string, bounds: Bounds): (text: string) => number {
  return (text) => readNumber(text, (value) => expectNumber(flag, value, bounds));
}

/** A parser of numbers in (0, 1]. @throws UsageError for anything else. */
export function share(flag: string): (text: string) => number {
  return (text) =>
    readNumber(text, (value) => {
      expectNumber(flag, value, { max: 1 });
      if (value <= 0) throw new RangeError(`"${flag}" expected number > 0, got ${value}`);
    });
}

function readNumber(text: string, check: (value: number) => void): number {
  const plain = text.trim().replace(/^inf(inity)?$/i, 'Infinity');
  const value = plain === '' ? Number.NaN : Number(plain);
  try {
    check(value);
  } catch (error) {
    const wanted = (error as Error).message.replace(/, got .*$/, '');
    throw new UsageError(`${wanted}, got "${text}"`, { cause: error });
  }
  return value;
}

/** Parses `word` or a number of bytes. @throws UsageError for anything else. */
export function readOverlap(text: string): Overlap {
  if (text === 'word') return 'word';
  if (/^0*(0|[2-9]|[1-9]\d+)$/.test(text)) return Number(text);
  throw new UsageError(`"--overlap" expected word, 0 or integer >= 2, got "${text}"`);
}

/** Parses a stop text. @throws UsageError if it is empty. */
export function stopText(text: string): Uint8Array {
  if (text === '') throw new UsageError('"--stop" expected at least one byte, got none');
  return unescapeText(text);
}

/** The UTF-8 bytes of a text with the escapes `\n \t \r \\ \xff`. */
function unescapeText(text: string): Uint8Array {
  const parts = text.split(/(\\(?:[ntr\\]|x[0-9a-fA-F]{2}))/);
  const bytes = parts.flatMap((part, i) => {
    if (i % 2 === 0) return [...new TextEncoder().encode(part)];
    const c = part[1]!;
    return c === 'x' ? Number.parseInt(part.slice(2), 16) : { n: 10, t: 9, r: 13, '\\': 92 }[c]!;
  });
  return Uint8Array.from(bytes);
}
