// The dynamic length of a block with one more literal, for every literal, to the bit. Adding a
// literal moves one count by one, so all literals that occur equally often lead to trees of the
// same shape and cost (tree-shape.ts): one shape per distinct count, not one tree per literal.
// Their headers may differ, where zlib's heap decides who among equals gets the longer code; only
// there, and only for the few merges in question, is the heap itself run.

import type { Block, BlockPricer } from '../codec/block.js';
import { countCodeLengths, countRun } from '../codec/header.js';
import {
  CODE_LENGTH_CODES,
  DISTANCE_CODES,
  LITERAL_LENGTH_CODES,
  MAX_CODE_BITS,
} from '../codec/tables.js';
import type { Tail } from '../codec/tail.js';
import { HeapWatch } from './heap-watch.js';
import { TreeShape } from './tree-shape.js';

const MAX_LEAVES = LITERAL_LENGTH_CODES + 1;
/** Zero runs of these lengths take the same code length symbols as their class mates. */
const ZERO_RUN_CLASSES = 10;
const zeroRunClass = Uint8Array.from({ length: 257 }, (_, run) => {
  const rest = run >= 138 ? run - 138 : run;
  const kind = rest > 10 ? 4 : rest > 2 ? 3 : rest;
  return run >= 138 ? 5 + kind : kind;
});

export class LiteralPricer {
  readonly #blocks: BlockPricer;
  readonly #shape = new TreeShape(MAX_LEAVES);
  /** The used symbols in ascending order, and how often each occurs. */
  readonly #symbols = new Int32Array(MAX_LEAVES + 1);
  readonly #frequencies = new Int32Array(MAX_LEAVES + 1);
  #used = 0;
  /** Places in `#symbols`, by ascending frequency, and those frequencies. */
  readonly #order = new Int32Array(MAX_LEAVES);
  readonly #sorted = new Int32Array(MAX_LEAVES);

  readonly #heap = new HeapWatch(MAX_LEAVES);
  /** Code length by place in `#symbols`. */
  readonly #lengths = new Uint8Array(MAX_LEAVES + 1);
  /** Code length symbols of the distance code and of all runs of unused literals. */
  readonly #fixedCounts = new Int32Array(CODE_LENGTH_CODES);
  readonly #counts = new Int32Array(CODE_LENGTH_CODES);
  readonly #gapPrices = new Int32Array(ZERO_RUN_CLASSES * ZERO_RUN_CLASSES);

  constructor(blocks: BlockPricer) {
    this.#blocks = blocks;
  }

  /**
   * `out[c]` = bits of the symbols and header of `block` in dynamic form after one more literal c,
   * for all c that do not extend a match in `tail`.
   */
  price(block: Block, tail: Tail, out: Float64Array): void {
    const { distanceTree } = this.#blocks;
    const fixed = this.#fixedCounts.fill(0);
    const distanceBits = distanceTree.build(block.distances, DISTANCE_CODES, MAX_CODE_BITS);
    countCodeLengths(fixed, distanceTree.lengths, distanceTree.maxCode);
    const otherBits = distanceBits + block.extraBits;
    this.#collect(block.literals);
    this.#heap.run(this.#frequencies, this.#used);

    for (let start = 0; start < this.#used; ) {
      const frequency = this.#sorted[start]!;
      let end = start + 1;
      while (end < this.#used && this.#sorted[end] === frequency) end++;
      this.#priceUsed(block.literals, start, end, otherBits, tail, out);
      start = end;
    }
    this.#priceUnused(block.literals, otherBits, tail, out);
  }

  /** Lists the used symbols, sorts them by frequency, and counts the zeros between them. */
  #collect(literals: Int32Array): void {
    const symbols = this.#symbols;
    const frequencies = this.#frequencies;
    let used = 0;
    let previous = -1;
    for (let symbol = 0; symbol < LITERAL_LENGTH_CODES; symbol++) {
      const frequency = literals[symbol]!;
      if (frequency === 0) continue;
      if (symbol - previous > 1) countRun(this.#fixedCounts, 0, symbol - previous - 1);
      symbols[used] = symbol;
      frequencies[used++] = frequency;
      previous = symbol;
    }
    const order = this.#order;
    const sorted = this.#sorted;
    // The order of the last call is nearly right: insertion sort mends it in one pass.
    if (used !== this.#used) for (let i = 0; i < used; i++) order[i] = i;
    this.#used = used;
    for (let i = 0; i < used; i++) {
      const place = order[i]!;
      const frequency = frequencies[place]!;
      let j = i - 1;
      while (j >= 0 && sorted[j]! > frequency) {
        sorted[j + 1] = sorted[j]!;
        order[j + 1] = order[j]!;
        j--;
      }
      sorted[j + 1] = frequency;
      order[j + 1] = place;
    }
  }

  /** Prices one more of each literal among `order[start, end)`, which are equally frequent. */
  #priceUsed(
    literals: Int32Array,
    start: number,
    end: number,
    otherBits: number,
    tail: Tail,
    out: Float64Array,
  ): void {
    const order = this.#order;
    const sorted = this.#sorted;
    const symbols = this.#symbols;
    const shape = this.#shape;
    const frequency = sorted[start]!;
    let ready = false;
    let header = 0;
    for (let i = start; i < end; i++) {
      const place = order[i]!;
      const literal = symbols[place]!;
      if (literal > 255 || tail.extension(literal)) continue;
      if (!ready) {
        sorted[end - 1] = frequency + 1;
        shape.build(sorted, this.#used);
        sorted[end - 1] = frequency;
        ready = true;
      }
      if (shape.longest > MAX_CODE_BITS) {
        out[literal] = otherBits + this.#rebuild(literals, literal);
        continue;
      }
      // Nothing in the header tells a literal from its equals, unless the heap has a say in its
      // length or theirs, or the one more makes its code shorter than theirs.
      const equals = shape.lateLeafLength[start]!;
      const own = shape.lateLeafLength[end - 1]!;
      if (header === 0 || own !== equals || shape.contestedFrequency >= frequency) {
        this.#setLateLengths(0);
        this.#lengths[order[end - 1]!] = equals;
        this.#lengths[place] = own;
        this.#heap.setLengths(place, shape, this.#lengths);
        header = this.#priceHeader();
      }
      out[literal] = otherBits + shape.bits + header;
    }
  }

  /** Every leaf's length as if it were popped last among its equals; `skip` leaves come before. */
  #setLateLengths(skip: number): void {
    const { lateLeafLength } = this.#shape;
    const lengths = this.#lengths;
    const order = this.#order;
    for (let r = 0; r < this.#used; r++) lengths[order[r]!] = lateLeafLength[r + skip]!;
  }

  /** Bits of the header with the lengths as they are set. */
  #priceHeader(): number {
    const counts = this.#counts;
    counts.set(this.#fixedCounts);
    countUsed(counts, this.#symbols, this.#lengths, this.#used);
    return this.#blocks.headers.price(counts);
  }

  /** A tree too deep for its limit: built in full, as zlib does. */
  #rebuild(literals: Int32Array, literal: number): number {
    const { literalTree, headers } = this.#blocks;
    literals[literal]!++;
    const bits = literalTree.build(literals, LITERAL_LENGTH_CODES, MAX_CODE_BITS);
    literals[literal]!--;
    const counts = this.#counts.fill(0);
    countCodeLengths(counts, literalTree.lengths, literalTree.maxCode);
    const { distanceTree } = this.#blocks;
    countCodeLengths(counts, distanceTree.lengths, distanceTree.maxCode);
    return bits + headers.price(counts);
  }

  /** Prices the first of every literal that is not used yet, gap by gap between those that are. */
  #priceUnused(literals: Int32Array, otherBits: number, tail: Tail, out: Float64Array): void {
    const sorted = this.#sorted;
    const shape = this.#shape;
    sorted.copyWithin(1, 0, this.#used);
    sorted[0] = 1;
    shape.build(sorted, this.#used + 1);
    sorted.copyWithin(0, 1, this.#used + 1);
    const symbols = this.#symbols;
    let start = 0;
    for (let place = 0; start < 256; place++) {
      const end = symbols[place]!;
      if (end > start) {
        if (shape.longest > MAX_CODE_BITS) {
          for (let literal = start; literal < end; literal++) {
            if (!tail.extension(literal))
              out[literal] = otherBits + this.#rebuild(literals, literal);
          }
        } else {
          this.#priceGap(place, start, end, otherBits + shape.bits, tail, out);
        }
      }
      start = end + 1;
    }
  }

  /** Prices the unused literals `[start, end)`, the gap before `place`. */
  #priceGap(
    place: number,
    start: number,
    end: number,
    otherBits: number,
    tail: Tail,
    out: Float64Array,
  ): void {
    const used = this.#used;
    const lengths = this.#lengths;
    const symbols = this.#symbols;
    this.#setLateLengths(1);
    lengths[used] = this.#shape.lateLeafLength[0]!;
    this.#heap.setLengthsWithNew(place, this.#shape, lengths);
    const length = lengths[used]!;
    lengths.copyWithin(place + 1, place, used);
    lengths[place] = length;
    symbols.copyWithin(place + 1, place, used);

    const gapPrices = this.#gapPrices.fill(0);
    const counts = this.#counts;
    for (let literal = start; literal < end; literal++) {
      if (tail.extension(literal)) continue;
      const before = literal - start;
      const after = end - 1 - literal;
      // Away from both ends of the gap only the lengths of the two zero runs count.
      const inside = before > 0 && after > 0;
      const slot = zeroRunClass[before]! * ZERO_RUN_CLASSES + zeroRunClass[after]!;
      let price = inside ? gapPrices[slot]! : 0;
      if (price === 0) {
        symbols[place] = literal;
        counts.set(this.#fixedCounts);
        countUsed(counts, symbols, lengths, used + 1);
        uncountZeros(counts, end - start);
        if (before > 0) countRun(counts, 0, before);
        if (after > 0) countRun(counts, 0, after);
        price = this.#blocks.headers.price(counts);
        if (inside) gapPrices[slot] = price;
      }
      out[literal] = otherBits + price;
    }
    symbols.copyWithin(place, place + 1, used + 1);
  }
}

/** Adds the code length symbols of the used symbols, not those of the zeros between them. */
function countUsed(
  counts: Int32Array,
  symbols: Int32Array,
  lengths: Uint8Array,
  used: number,
): void {
  for (let i = 0; i < used; ) {
    const length = lengths[i]!;
    const first = i++;
    while (i < used && lengths[i] === length && symbols[i] === symbols[i - 1]! + 1) i++;
    countRun(counts, length, i - first);
  }
}

function uncountZeros(counts: Int32Array, run: number): void {
  for (let i = 0; i < counts.length; i++) counts[i] = -counts[i]!;
  countRun(counts, 0, run);
  for (let i = 0; i < counts.length; i++) counts[i] = -counts[i]!;
}
