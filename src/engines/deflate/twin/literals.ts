// The exact dynamic length of a block with one more literal, for every literal. It takes most of
// the time of the `exact` reading, so it runs in WebAssembly (native/deflate/, stored as text in
// literals-code.ts so that it loads anywhere without a file). Where WebAssembly is missing or
// forbidden a plain loop builds each of the 256 trees: the same result, many times slower.

import { compileWasm, instantiateWasm } from '../../../bits/wasm.js';
import type { Block, BlockPricer } from '../codec/block.js';
import { countCodeLengths } from '../codec/header.js';
import {
  CODE_LENGTH_CODES,
  DISTANCE_CODES,
  LITERAL_LENGTH_CODES,
  MAX_CODE_BITS,
} from '../codec/tables.js';
import type { Tail } from '../codec/tail.js';
import { literalsCode } from './literals-code.js';

export interface LiteralPricer {
  /**
   * `out[c]` = bits of the symbols and header of `block` in dynamic form after one more literal c,
   * for all c that do not extend a match in `tail`. A length of `enough` bits or more may be given
   * as any other such length.
   */
  price(block: Block, tail: Tail, enough: number, out: Float64Array): void;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Address of an array in bytes: 0 literals, 1 distance counts, 2 skip, 3 prices. */
  addressOf(array: number): number;
  /** Prices of `enough` bits or more may be given as `enough`. */
  price(enough: number): void;
}

/** Prices literals with WebAssembly, or with the plain loop where it is unavailable. */
export function createLiteralPricer(blocks: BlockPricer): LiteralPricer {
  try {
    const exports = instantiateWasm(compileWasm(literalsCode));
    return new WasmLiteralPricer(blocks, exports as Exports);
  } catch {
    return plainLiteralPricer(blocks);
  }
}

/** Rebuilds both trees and the header for each literal, as zlib does. */
export function plainLiteralPricer(blocks: BlockPricer): LiteralPricer {
  return {
    price(block, tail, _enough, out) {
      for (let literal = 0; literal < 256; literal++) {
        if (tail.extension(literal)) continue;
        block.addLiteral(literal);
        out[literal] = blocks.dynamicBits(block);
        block.removeLiteral(literal);
      }
    },
  };
}

class WasmLiteralPricer implements LiteralPricer {
  readonly #blocks: BlockPricer;
  readonly #run: (enough: number) => void;
  readonly #literals: Int32Array;
  readonly #distanceCounts: Int32Array;
  readonly #skip: Uint8Array;
  readonly #prices: Int32Array;

  constructor(blocks: BlockPricer, { memory, addressOf, price }: Exports) {
    const { buffer } = memory;
    this.#blocks = blocks;
    this.#run = price;
    this.#literals = new Int32Array(buffer, addressOf(0), LITERAL_LENGTH_CODES);
    this.#distanceCounts = new Int32Array(buffer, addressOf(1), CODE_LENGTH_CODES);
    this.#skip = new Uint8Array(buffer, addressOf(2), 256);
    this.#prices = new Int32Array(buffer, addressOf(3), 256);
  }

  price(block: Block, tail: Tail, enough: number, out: Float64Array): void {
    const { distanceTree } = this.#blocks;
    const counts = this.#distanceCounts.fill(0);
    const distanceBits = distanceTree.build(block.distances, DISTANCE_CODES, MAX_CODE_BITS);
    countCodeLengths(counts, distanceTree.lengths, distanceTree.maxCode);
    this.#literals.set(block.literals);
    const skip = this.#skip.fill(0);
    for (let i = 0; i < tail.extendedCount; i++) skip[tail.extendedBytes[i]!] = 1;
    const otherBits = distanceBits + block.extraBits;
    this.#run(Math.min(enough - otherBits, 0x7fffffff));
    for (let byte = 0; byte < 256; byte++) out[byte] = otherBits + this.#prices[byte]!;
  }
}
