// The undecided end of a parse, for all 256 next bytes at once. Most next bytes continue no match:
// for them the parse takes the same default path and ends with the byte as a literal. A byte that
// extends a match ending at the last known byte leaves the default path where that match starts.

import { MAX_MATCH, MIN_MATCH } from './tables.js';
import type { Window } from './window.js';

/** No literal in between. */
const NONE = -1;

/**
 * The end of the parse for a byte that extends a match: default tokens, an optional literal, a
 * match.
 */
export interface Extension {
  /** Number of tokens of the default path before it. */
  readonly after: number;
  /** The literal between them and the match, or −1. */
  readonly literal: number;
  readonly length: number;
  readonly distance: number;
}

export class Tail {
  /** The default path: per token a distance (0 for a literal) and a length (or the literal). */
  distances = new Int32Array(1024);
  values = new Int32Array(1024);
  count = 0;
  /** The start of the window at the end of the default path. */
  base = 0;
  /** Bytes that extend a match, in the order found. */
  readonly extendedBytes = new Uint8Array(256);
  extendedCount = 0;
  readonly #extensions: (Extension | undefined)[] = new Array(256);

  reset(): void {
    for (let i = 0; i < this.extendedCount; i++)
      this.#extensions[this.extendedBytes[i]!] = undefined;
    this.extendedCount = 0;
    this.count = 0;
  }

  addLiteral(byte: number): void {
    this.#add(0, byte);
  }

  addMatch(length: number, distance: number): void {
    this.#add(distance, length);
  }

  #add(distance: number, value: number): void {
    if (this.count === this.values.length) {
      this.distances = grow(this.distances);
      this.values = grow(this.values);
    }
    this.distances[this.count] = distance;
    this.values[this.count++] = value;
  }

  extension(byte: number): Extension | undefined {
    return this.#extensions[byte];
  }

  /**
   * Records that `byte` ends inside a match from here; only the first extension of a byte counts.
   */
  extend(byte: number, length: number, distance: number, literal: number = NONE): void {
    if (this.#extensions[byte]) return;
    this.#extensions[byte] = { after: this.count, literal, length, distance };
    this.extendedBytes[this.extendedCount++] = byte;
  }
}

function grow(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * array.length);
  grown.set(array);
  return grown;
}

/**
 * zlib's longest_match at `q` if `known` of the bytes ahead are known and one more is not. Returns
 * the longest match (> `best`) for a byte that extends none, otherwise `best`; stores its start in
 * `window.matchStart`. Records in `tail` each byte that extends a match through itself: zlib takes
 * the first such match along the chain, as nothing can be longer.
 */
export function searchOpenEnd(
  window: Window,
  tail: Tail,
  q: number,
  known: number,
  first: number,
  best: number,
  chain: number,
  nice: number,
  base: number,
  literal = NONE,
): number {
  const { bytes, back } = window;
  const mask = window.size - 1;
  const limit = Math.max(q - window.maxDistance, base);
  const longest = Math.min(known, MAX_MATCH);
  const open = known < MAX_MATCH;
  const byte0 = bytes[q]!;
  const byte1 = bytes[q + 1]!;
  let match = first;
  do {
    // No match can be longer, and the byte that this match could extend already has a match.
    if (best === known && tail.extension(bytes[match + known]!)) continue;
    const probe = best < known ? best : known - 1;
    if (
      bytes[match + probe] !== bytes[q + probe] ||
      bytes[match + probe - 1] !== bytes[q + probe - 1] ||
      bytes[match] !== byte0 ||
      bytes[match + 1] !== byte1
    ) {
      continue;
    }
    let length = 2;
    while (length < longest && bytes[match + length] === bytes[q + length]) length++;
    if (open && length === known) tail.extend(bytes[match + known]!, known + 1, q - match, literal);
    if (length > best) {
      window.matchStart = match;
      best = length;
      if (length >= nice) break;
    }
  } while ((match -= back[match & mask]!) > limit && --chain !== 0);
  return best;
}

/**
 * The same at the last two known bytes, where each next byte gives a different string with its own
 * chain: records for each byte the first match of three, if it is at most `farthest` away.
 */
export function searchLastThree(
  window: Window,
  tail: Tail,
  q: number,
  base: number,
  farthest: number,
  maxChain: number,
  literal = NONE,
): void {
  const { bytes, head, back } = window;
  const mask = window.size - 1;
  const limit = Math.max(q - window.maxDistance, base);
  const nearest = q - farthest;
  const byte0 = bytes[q]!;
  const byte1 = bytes[q + 1]!;
  for (let byte = 0; byte < 256; byte++) {
    let match = head[window.hash(byte0, byte1, byte)]!;
    if (match <= base || q - match > window.maxDistance) continue;
    let chain = maxChain;
    do {
      if (match < nearest) break;
      if (bytes[match + 2] === byte && bytes[match] === byte0 && bytes[match + 1] === byte1) {
        tail.extend(byte, MIN_MATCH, q - match, literal);
        break;
      }
    } while ((match -= back[match & mask]!) > limit && --chain !== 0);
  }
}
