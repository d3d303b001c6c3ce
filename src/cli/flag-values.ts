// How the values of flags are read.

import { UsageError } from '../errors.js';
import { type Bounds, expectInteger, expectNumber } from '../expect.js';
import type { Overlap } from '../sampling/overlap.js';

/** Reads the integer of a flag. @throws UsageError if it is none or out of bounds. */
export function integer(flag: string, bounds: Bounds): (text: string) => number {
  return (text) => readNumber(text, (value) => expectInteger(flag, value, bounds));
}

/** Reads the number of a flag; `inf` is Infinity. @throws UsageError if out of bounds. */
export function number(flag: string, bounds: Bounds): (text: string) => number {
  return (text) => readNumber(text, (value) => expectNumber(flag, value, bounds));
}

/** Reads a number in (0, 1]. @throws UsageError for any other. */
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

/** Reads `word` or a number of bytes. @throws UsageError for anything else. */
export function readOverlap(text: string): Overlap {
  if (text === 'word') return 'word';
  if (/^0*(0|[2-9]|[1-9]\d+)$/.test(text)) return Number(text);
  throw new UsageError(`"--overlap" expected word, 0 or integer >= 2, got "${text}"`);
}

/** Reads a text that ends a sample. @throws UsageError for an empty one. */
export function stopText(text: string): Uint8Array {
  if (text === '') throw new UsageError('"--stop" expected at least one byte, got none');
  return unescapeText(text);
}

/** Bytes of a text given to a flag, in which `\n \t \r \\ \xff` stand for what they say. */
function unescapeText(text: string): Uint8Array {
  const parts = text.split(/(\\(?:[ntr\\]|x[0-9a-fA-F]{2}))/);
  const bytes = parts.flatMap((part, i) => {
    if (i % 2 === 0) return [...new TextEncoder().encode(part)];
    const c = part[1]!;
    return c === 'x' ? Number.parseInt(part.slice(2), 16) : { n: 10, t: 9, r: 13, '\\': 92 }[c]!;
  });
  return Uint8Array.from(bytes);
}
