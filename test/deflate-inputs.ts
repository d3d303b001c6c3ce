// Seeded inputs for the DEFLATE engine, each of a kind that some part of the encoder trips over.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/bits/random.js';
import type { Random } from '../src/types.js';

/** Where the evaluation data are, if they are. */
export const dataFolder = process.env.ZIPDREAM_DATA ?? '../shared/data';

/** A file of the evaluation data, or a bundled text where the data is missing. */
export function evaluationText(path: string): Uint8Array {
  const file = join(dataFolder, path);
  return readFileSync(existsSync(file) ? file : 'samples/text/tale.txt');
}

const english = evaluationText('text/wiki-valid.txt');
const source = readFileSync('samples/text/program.txt');

export const inputKinds = [
  'english',
  'source',
  'random',
  'zeros',
  'few',
  'periodic',
  'skewed',
  'runs',
  'copies',
  'mixed',
] as const;
export type InputKind = (typeof inputKinds)[number];

/** `length` bytes of a kind. */
export function makeInput(kind: InputKind, length: number, random: Random): Uint8Array {
  const below = (limit: number) => Math.floor(random() * limit);
  const bytes = new Uint8Array(length);
  switch (kind) {
    case 'english':
      return excerpt(english, length, random);
    case 'source':
      return excerpt(source, length, random);
    case 'random':
      return bytes.map(() => below(256));
    case 'zeros':
      return bytes;
    case 'few': {
      const letters = 2 + below(4);
      return bytes.map(() => 97 + below(letters));
    }
    case 'periodic': {
      // The periods near 250 put matches at the farthest distance of the smallest window.
      const period = random() < 0.5 ? 1 + below(300) : 240 + below(24);
      for (let i = 0; i < length; i++) {
        bytes[i] = i < period || random() < 0.02 ? below(256) : bytes[i - period]!;
      }
      return bytes;
    }
    case 'skewed':
      // A geometric distribution: its Huffman tree is deeper than a code word may be long.
      return bytes.map(() => Math.min(255, Math.floor(Math.log(1 - random()) / Math.log(0.62))));
    case 'runs':
      for (let i = 0; i < length; ) {
        const end = Math.min(length, i + 1 + Math.floor(random() ** 3 * 400));
        bytes.fill(random() < 0.5 ? 0 : below(256), i, end);
        i = end;
      }
      return bytes;
    case 'copies':
      for (let i = 0; i < length; ) {
        if (i === 0 || random() < 0.3) bytes[i++] = below(256);
        else {
          const distance = 1 + Math.floor(random() ** 2 * Math.min(i, 40000) * 0.999);
          const end = Math.min(length, i + 2 + Math.floor(random() ** 4 * 300));
          for (; i < end; i++) bytes[i] = bytes[i - distance]!;
        }
      }
      return bytes;
    case 'mixed':
      for (let i = 0; i < length; ) {
        const piece = Math.min(length - i, 1 + Math.floor(random() * random() * 20000));
        bytes.set(makeInput(inputKinds[below(9)]!, piece, random), i);
        i += piece;
      }
      return bytes;
  }
}

function excerpt(text: Uint8Array, length: number, random: Random): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; ) {
    const start = Math.floor(random() * text.length);
    const piece = text.subarray(start, start + length - i);
    bytes.set(piece, i);
    i += piece.length;
  }
  return bytes;
}

export interface DeflateCase {
  readonly kind: InputKind;
  readonly options: { level: number; windowBits: number; memLevel: number };
  readonly data: Uint8Array;
}

/** A random case: any kind, level 1–9, often small windows and blocks, mostly short. */
export function randomCase(seed: string, longest: number): DeflateCase {
  const random = createRandom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const kind = inputKinds[below(inputKinds.length)]!;
  const options = {
    level: 1 + below(9),
    windowBits: random() < 0.4 ? 15 : 9 + below(7),
    memLevel: random() < 0.4 ? 8 : 1 + below(9),
  };
  const length = Math.floor(random() ** 3 * longest);
  return { kind, options, data: makeInput(kind, length, random) };
}
