// literals.ts in WebAssembly: the same prices, several times faster. The code is compiled from
// native/deflate/ and kept as text (literals-code.ts), so that it loads anywhere without a file.

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
import { LiteralPricer } from './literals.js';
import { literalsCode } from './literals-code.js';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Where an array is, in bytes: 0 literals, 1 distance counts, 2 skip, 3 prices. */
  addressOf(array: number): number;
  price(): void;
}

/** Prices literals by WebAssembly, or where that is missing or forbidden by TypeScript. */
export function createLiteralPricer(blocks: BlockPricer): Pick<LiteralPricer, 'price'> {
  try {
    const exports = instantiateWasm(compileWasm(literalsCode));
    return new WasmLiteralPricer(blocks, exports as Exports);
  } catch {
    return new LiteralPricer(blocks);
  }
}

class WasmLiteralPricer {
  readonly #blocks: BlockPricer;
  readonly #run: () => void;
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

  /** See `LiteralPricer.price`. */
  price(block: Block, tail: Tail, out: Float64Array): void {
    const { distanceTree } = this.#blocks;
    const counts = this.#distanceCounts.fill(0);
    const distanceBits = distanceTree.build(block.distances, DISTANCE_CODES, MAX_CODE_BITS);
    countCodeLengths(counts, distanceTree.lengths, distanceTree.maxCode);
    this.#literals.set(block.literals);
    const skip = this.#skip.fill(0);
    for (let i = 0; i < tail.extendedCount; i++) skip[tail.extendedBytes[i]!] = 1;
    this.#run();
    const otherBits = distanceBits + block.extraBits;
    for (let byte = 0; byte < 256; byte++) out[byte] = otherBits + this.#prices[byte]!;
  }
}
