// The header of a dynamic block: code lengths, run-length coded and then Huffman coded (RFC 1951
// §3.2.7; zlib's scan_tree and build_bl_tree). Computes its size in bits without writing it.

import { HuffmanBuilder } from './huffman.js';
import { CODE_LENGTH_CODES, codeLengthOrder, MAX_CODE_LENGTH_BITS } from './tables.js';

/** Repeat the previous length 3–6 times; repeat zero 3–10 times; repeat zero 11–138 times. */
export const REPEAT_PREVIOUS = 16;
export const REPEAT_ZERO = 17;
const REPEAT_ZERO_LONG = 18;
const LONGEST_ZERO_RUN = 138;

/** Adds the code length symbols needed for a run of `run` equal lengths. */
function countRun(counts: Int32Array, length: number, run: number): void {
  if (length === 0) {
    while (run >= LONGEST_ZERO_RUN) {
      counts[REPEAT_ZERO_LONG]!++;
      run -= LONGEST_ZERO_RUN;
    }
    if (run > 10) counts[REPEAT_ZERO_LONG]!++;
    else if (run > 2) counts[REPEAT_ZERO]!++;
    else counts[0]! += run;
    return;
  }
  counts[length]!++;
  run--;
  while (run >= 6) {
    counts[REPEAT_PREVIOUS]!++;
    run -= 6;
  }
  if (run >= 3) counts[REPEAT_PREVIOUS]!++;
  else counts[length]! += run;
}

/** Adds the code length symbols of `lengths[0, maxCode]`. */
export function countCodeLengths(counts: Int32Array, lengths: Uint8Array, maxCode: number): void {
  for (let symbol = 0; symbol <= maxCode; ) {
    const length = lengths[symbol]!;
    const start = symbol++;
    while (symbol <= maxCode && lengths[symbol] === length) symbol++;
    countRun(counts, length, symbol - start);
  }
}

/** Visits the same symbols in transmission order, each with its repeat count. */
export function forEachCodeLength(
  lengths: Uint8Array,
  maxCode: number,
  visit: (symbol: number, repeat: number) => void,
): void {
  for (let symbol = 0; symbol <= maxCode; ) {
    const length = lengths[symbol]!;
    const start = symbol++;
    while (symbol <= maxCode && lengths[symbol] === length) symbol++;
    let run = symbol - start;
    if (length !== 0) {
      visit(length, 1);
      run--;
    }
    const longest = length === 0 ? LONGEST_ZERO_RUN : 6;
    while (run >= 3) {
      const repeat = Math.min(run, longest);
      if (length !== 0) visit(REPEAT_PREVIOUS, repeat);
      else visit(repeat > 10 ? REPEAT_ZERO_LONG : REPEAT_ZERO, repeat);
      run -= repeat;
    }
    while (run-- > 0) visit(length, 1);
  }
}

const SLOT_BITS = 12;
const STRIDE = CODE_LENGTH_CODES;

/** Computes the size of headers from their code length symbols; results are cached by counts. */
export class HeaderPricer {
  readonly #builder = new HuffmanBuilder();
  readonly #keys = new Int32Array(STRIDE << SLOT_BITS);
  readonly #prices = new Int32Array(1 << SLOT_BITS);

  /**
   * Bits of a header whose code length symbols occur `counts` times, its three count fields
   * included.
   */
  price(counts: Int32Array): number {
    let hash = 0;
    for (let i = 0; i < STRIDE; i++) hash = Math.imul(hash, 31) + counts[i]!;
    const slot = Math.imul(hash, 0x9e3779b1) >>> (32 - SLOT_BITS);
    const base = slot * STRIDE;
    const keys = this.#keys;
    const prices = this.#prices;
    if (prices[slot] !== 0) {
      let i = 0;
      while (i < STRIDE && keys[base + i] === counts[i]) i++;
      if (i === STRIDE) return prices[slot]!;
    }
    for (let i = 0; i < STRIDE; i++) keys[base + i] = counts[i]!;
    return (prices[slot] = this.#build(counts));
  }

  #build(counts: Int32Array): number {
    const builder = this.#builder;
    const bits = builder.build(counts, CODE_LENGTH_CODES, MAX_CODE_LENGTH_BITS);
    const extra =
      2 * counts[REPEAT_PREVIOUS]! + 3 * counts[REPEAT_ZERO]! + 7 * counts[REPEAT_ZERO_LONG]!;
    return 5 + 5 + 4 + 3 * sentCodeLengths(builder) + bits + extra;
  }
}

/** Number of code length code lengths sent: trailing zeros in transmission order are omitted. */
export function sentCodeLengths(builder: HuffmanBuilder): number {
  let last = CODE_LENGTH_CODES - 1;
  while (last >= 3) {
    const symbol = codeLengthOrder[last]!;
    if (symbol <= builder.maxCode && builder.lengths[symbol] !== 0) break;
    last--;
  }
  return last + 1;
}
