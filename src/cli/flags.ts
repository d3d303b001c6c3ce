// Flags that several commands share, and how their values are read.

import { Option } from 'commander';
import { UsageError } from '../errors.js';
import { type Bounds, expectInteger, expectNumber } from '../expect.js';
import type { Overlap } from '../sampling/overlap.js';
import type { Compressor, Reading } from '../types.js';

export const READINGS: readonly Reading[] = ['decode', 'exact', 'recompress'];

export function compressorFlag(): Option {
  return new Option(
    '-c, --compressor <spec>',
    'compressor and its options, gzip:level=6 say',
  ).default('gzip');
}

export function readingFlag(): Option {
  return new Option(
    '--reading <reading>',
    "way to get a distribution (default: the compressor's best)",
  ).choices(READINGS);
}

export function workersFlag(): Option {
  return new Option(
    '--workers <n>',
    'threads for a black box whose steps are long, 1 for none (default: as many as cores)',
  ).argParser(integer('--workers', { min: 1 }));
}

export function promptFileFlag(): Option {
  return new Option('--prompt-file <file>', 'the prompt from a file (- for stdin), byte for byte');
}

export function corpusFlag(): Option {
  return new Option(
    '--corpus <files...>',
    'files to learn from, before the prompt; tale is bundled',
  );
}

export function overlapFlag(): Option {
  return new Option(
    '--overlap <bytes|word>',
    'go on with copies that cover so many of the last bytes, or the word (default with a corpus: word; 0 for all parses)',
  ).argParser(readOverlap);
}

function readOverlap(text: string): Overlap {
  if (text === 'word') return 'word';
  if (/^0*(0|[2-9]|[1-9]\d+)$/.test(text)) return Number(text);
  throw new UsageError(`"--overlap" expected word, 0 or integer >= 2, got "${text}"`);
}

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

/** Bytes of a text given to a flag, in which `\n \t \r \\ \xff` stand for what they say. */
export function unescapeText(text: string): Uint8Array {
  const parts = text.split(/(\\(?:[ntr\\]|x[0-9a-fA-F]{2}))/);
  const bytes = parts.flatMap((part, i) => {
    if (i % 2 === 0) return [...new TextEncoder().encode(part)];
    const c = part[1]!;
    return c === 'x' ? Number.parseInt(part.slice(2), 16) : { n: 10, t: 9, r: 13, '\\': 92 }[c]!;
  });
  return Uint8Array.from(bytes);
}

/** The reading asked for, or the compressor's best. @throws UsageError if it does not have it. */
export function checkReading(compressor: Compressor, wanted: Reading | undefined): Reading {
  if (wanted === undefined) return compressor.readings[0]!;
  if (!compressor.readings.includes(wanted)) {
    const has = compressor.readings.join(', ');
    throw new UsageError(`${compressor.name} has no reading "${wanted}"; it has ${has}`);
  }
  return wanted;
}
