// The DEFLATE block being built: its symbol counts, and its size in each of the three forms (zlib's
// _tr_tally and _tr_flush_block). Computes sizes without writing bytes.

import { countCodeLengths, HeaderPricer } from './header.js';
import { HuffmanBuilder } from './huffman.js';
import {
  CODE_LENGTH_CODES,
  DISTANCE_CODES,
  distanceCode,
  distanceExtraBits,
  END_OF_BLOCK,
  FIXED_DISTANCE_BITS,
  fixedLiteralLengths,
  LITERAL_LENGTH_CODES,
  lengthCode,
  lengthExtraBits,
  MAX_CODE_BITS,
} from './tables.js';

const lengthSymbol = Uint16Array.from(lengthCode, (code) => 257 + code);
/** Bits of a length in the fixed code plus any distance with its extra bits. */
const fixedLengthBits = Uint8Array.from(
  lengthCode,
  (code) => fixedLiteralLengths[257 + code]! + lengthExtraBits[code]!,
);

/** Counts of the symbols of one block; its bytes are `[start, …)` of the input. */
export class Block {
  readonly literals = new Int32Array(LITERAL_LENGTH_CODES);
  readonly distances = new Int32Array(DISTANCE_CODES);
  /** Bits that follow length and distance codes, the same in fixed and dynamic blocks. */
  extraBits = 0;
  /** Bits of the symbols under the fixed codes, extra bits and end of block included. */
  fixedBits = 0;
  symbols = 0;
  start = 0;
  /** If set, receives every token: a literal as its byte, a match as distance · 2^9 + length. */
  tokens: Uint32Array | undefined;

  constructor() {
    this.reset(0);
  }

  reset(start: number): void {
    this.literals.fill(0);
    this.distances.fill(0);
    this.literals[END_OF_BLOCK] = 1;
    this.extraBits = 0;
    this.fixedBits = fixedLiteralLengths[END_OF_BLOCK]!;
    this.symbols = 0;
    this.start = start;
  }

  copyFrom(other: Block): void {
    this.literals.set(other.literals);
    this.distances.set(other.distances);
    this.extraBits = other.extraBits;
    this.fixedBits = other.fixedBits;
    this.symbols = other.symbols;
    this.start = other.start;
  }

  addLiteral(byte: number): void {
    this.literals[byte]!++;
    this.fixedBits += fixedLiteralLengths[byte]!;
    if (this.tokens) this.tokens[this.symbols] = byte;
    this.symbols++;
  }

  addMatch(length: number, distance: number): void {
    const code = distanceCode[distance]!;
    const distanceBits = distanceExtraBits[code]!;
    this.literals[lengthSymbol[length]!]!++;
    this.distances[code]!++;
    this.extraBits += lengthExtraBits[lengthCode[length]!]! + distanceBits;
    this.fixedBits += fixedLengthBits[length]! + FIXED_DISTANCE_BITS + distanceBits;
    if (this.tokens) this.tokens[this.symbols] = distance * 512 + length;
    this.symbols++;
  }

  /** Undoes the last literal; only without `tokens`. */
  removeLiteral(byte: number): void {
    this.literals[byte]!--;
    this.fixedBits -= fixedLiteralLengths[byte]!;
    this.symbols--;
  }

  /** Undoes the last match; only without `tokens`. */
  removeMatch(length: number, distance: number): void {
    const code = distanceCode[distance]!;
    const distanceBits = distanceExtraBits[code]!;
    this.literals[lengthSymbol[length]!]!--;
    this.distances[code]!--;
    this.extraBits -= lengthExtraBits[lengthCode[length]!]! + distanceBits;
    this.fixedBits -= fixedLengthBits[length]! + FIXED_DISTANCE_BITS + distanceBits;
    this.symbols--;
  }
}

export type BlockKind = 'stored' | 'fixed' | 'dynamic';

/** `storedBytes` of a block whose bytes have left the window: it cannot be stored. */
export const NOT_STORABLE = -1;

/**
 * The form that zlib chooses for a block. Forms are compared in whole bytes; a tie goes to the
 * fixed form.
 *
 * @param dynamicBits,fixedBits the block's symbols (with header) in either form, in bits.
 */
export function chooseKind(dynamicBits: number, fixedBits: number, storedBytes: number): BlockKind {
  const dynamicBytes = (dynamicBits + 10) >>> 3;
  const fixedBytes = (fixedBits + 10) >>> 3;
  const bytes = Math.min(fixedBytes, dynamicBytes);
  if (storedBytes !== NOT_STORABLE && storedBytes + 4 <= bytes) return 'stored';
  return bytes === fixedBytes ? 'fixed' : 'dynamic';
}

/** Bits from position `bits` to a stored block's first byte: header, padding, sizes. */
function storedHeaderBits(bits: number): number {
  return 3 + (-(bits + 3) & 7) + 32;
}

/** The bit position after a block in its chosen form that starts at bit position `bits`. */
export function endOfBlock(
  bits: number,
  dynamicBits: number,
  fixedBits: number,
  storedBytes: number,
): number {
  const kind = chooseKind(dynamicBits, fixedBits, storedBytes);
  if (kind === 'stored') return bits + storedHeaderBits(bits) + 8 * storedBytes;
  return bits + 3 + (kind === 'fixed' ? fixedBits : dynamicBits);
}

/** Computes the size of whole blocks; owns the scratch memory for building trees. */
export class BlockPricer {
  readonly literalTree = new HuffmanBuilder();
  readonly distanceTree = new HuffmanBuilder();
  readonly headers = new HeaderPricer();
  readonly #counts = new Int32Array(CODE_LENGTH_CODES);

  /** Bits of the block's symbols and header in dynamic form. */
  dynamicBits(block: Block): number {
    const { literalTree, distanceTree } = this;
    const counts = this.#counts.fill(0);
    const literalBits = literalTree.build(block.literals, LITERAL_LENGTH_CODES, MAX_CODE_BITS);
    countCodeLengths(counts, literalTree.lengths, literalTree.maxCode);
    const distanceBits = distanceTree.build(block.distances, DISTANCE_CODES, MAX_CODE_BITS);
    countCodeLengths(counts, distanceTree.lengths, distanceTree.maxCode);
    return literalBits + distanceBits + block.extraBits + this.headers.price(counts);
  }

  /** The bit position after `block`, written from bit position `bits`. */
  endOfBlock(bits: number, block: Block, storedBytes: number): number {
    return endOfBlock(bits, this.dynamicBits(block), block.fixedBits, storedBytes);
  }
}
