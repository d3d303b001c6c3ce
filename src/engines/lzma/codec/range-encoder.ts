// The range encoder of LZMA: binary decisions narrow a range of 32 bits, under adaptive models or
// with probability one half (Pavlov, lzma-specification.txt; Martin 1979). A carry propagates into
// bytes already written. It knows nothing about tokens.
//
// Between calls 2^24 ≤ range < 2^32 and 0 ≤ low < 2^32, in units of the last byte's place. Both are
// kept as signed 32-bit integers, which is faster.

import { ADAPT_SHIFT, PROBABILITY_BITS, PROBABILITY_ONE } from './models.js';
import type { Decisions } from './tokens.js';

const BOTTOM = 2 ** 24;
const FIRST_BYTES = 256;

/** Writes decisions and updates the models. */
export class LzmaRangeEncoder implements Decisions {
  readonly #models: Uint16Array;
  #bytes = new Uint8Array(FIRST_BYTES);
  /** The first byte of a stream is always zero, as nothing can carry beyond it. */
  #length = 1;
  #low = 0;
  /** 2^32 − 1 as a signed integer. */
  #range = -1;

  /** @param models are updated from now on; the caller may read them. */
  constructor(models: Uint16Array) {
    this.#models = models;
  }

  decide(model: number, bit: number): void {
    const models = this.#models;
    const probability = models[model]!;
    const bound = Math.imul(this.#range >>> PROBABILITY_BITS, probability);
    if (bit === 0) {
      this.#range = bound;
      models[model] = probability + ((PROBABILITY_ONE - probability) >> ADAPT_SHIFT);
    } else {
      this.#add(bound);
      this.#range = (this.#range - bound) | 0;
      models[model] = probability - (probability >> ADAPT_SHIFT);
    }
    // No probability is below 31/2048, so one byte is enough.
    if (this.#range >>> 0 < BOTTOM) this.#shift();
  }

  decideEvenly(value: number, count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const half = this.#range >>> 1;
      if ((value >>> i) & 1) this.#add(half);
      this.#range = half;
      if (half < BOTTOM) this.#shift();
    }
  }

  /**
   * The number of bits by which the decisions have narrowed the range: the sum of −log2 of their
   * probabilities plus the cost of rounding the range.
   */
  get bits(): number {
    return 8 * (this.#length - 1) + 32 - Math.log2(this.#range >>> 0);
  }

  /** The whole stream: ⌈bits / 8⌉ + 4 bytes. The encoder cannot be used afterwards. */
  finish(): Uint8Array {
    for (let i = 0; i < 4; i++) this.#shift();
    return this.#bytes.slice(0, this.#length);
  }

  #add(amount: number): void {
    const before = this.#low >>> 0;
    this.#low = (before + amount) | 0;
    if (before <= this.#low >>> 0) return;
    let at = this.#length - 1;
    while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
    this.#bytes[at] = this.#bytes[at]! + 1;
  }

  #shift(): void {
    if (this.#length === this.#bytes.length) {
      const wider = new Uint8Array(2 * this.#length);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes[this.#length++] = this.#low >>> 24;
    this.#low <<= 8;
    this.#range <<= 8;
  }
}
