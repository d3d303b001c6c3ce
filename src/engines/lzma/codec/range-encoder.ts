// The range encoder of LZMA: binary decisions narrow a range of 32 bits, under adaptive models or at
// even odds (Pavlov, lzma-specification.txt; Martin 1979). A carry walks back into bytes already
// written. Knows nothing of tokens.
//
// Between calls 2^24 ≤ range < 2^32 and 0 ≤ low < 2^32, in units of the last byte's place. Both are
// kept as signed 32-bit integers, which is faster.

import { ADAPT_SHIFT, PROBABILITY_BITS, PROBABILITY_ONE } from './models.js';
import type { Decisions } from './tokens.js';

const BOTTOM = 2 ** 24;
const FIRST_BYTES = 256;

/** Writes decisions, and lets the models learn from them. */
export class LzmaRangeEncoder implements Decisions {
  readonly #models: Uint16Array;
  #bytes = new Uint8Array(FIRST_BYTES);
  /** The first byte of a stream is always zero: there is nothing to carry into it. */
  #length = 1;
  #low = 0;
  /** 2^32 − 1, as it is kept. */
  #range = -1;

  /** @param models are learnt from now on; the caller may look at them. */
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
   * How far the decisions have narrowed the range, in bits: the sum of −log2 of their probabilities
   * and what rounding the range has cost.
   */
  get bits(): number {
    return 8 * (this.#length - 1) + 32 - Math.log2(this.#range >>> 0);
  }

  /** The whole stream: ⌈bits / 8⌉ + 4 bytes. The encoder is used up. */
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
