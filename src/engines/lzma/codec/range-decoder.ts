// The range decoder of LZMA: decodes binary decisions from bytes, under adaptive models or with
// probability one half (Pavlov, lzma-specification.txt). Any bytes can be decoded; only a premature
// end is an error.
//
// Range and code are unsigned, but kept as signed 32-bit integers: 1.4 times as fast, measured.

import { CorruptDataError } from '../../../errors.js';
import { ADAPT_SHIFT, PROBABILITY_BITS, PROBABILITY_ONE } from './models.js';

const BOTTOM = 2 ** 24;
/** 2^32 − 1 as a signed integer. */
const FIRST_RANGE = -1;

export class LzmaRangeDecoder {
  readonly #models: Uint16Array;
  readonly #data: Uint8Array;
  #at: number;
  #range = FIRST_RANGE;
  #code = 0;

  /**
   * @param start position of the stream in `data`.
   * @throws CorruptDataError if the stream is invalid. All methods throw it at the end of the data.
   */
  constructor(models: Uint16Array, data: Uint8Array, start: number) {
    this.#models = models;
    this.#data = data;
    this.#at = start;
    if (this.#nextByte() !== 0) {
      throw new CorruptDataError('LZMA stream must start with a zero byte', start);
    }
    for (let i = 0; i < 4; i++) this.#code = (this.#code << 8) | this.#nextByte();
    if (this.#code === FIRST_RANGE) throw new CorruptDataError('impossible LZMA stream', start + 1);
  }

  /** Number of bytes of `data` read so far. */
  get offset(): number {
    return this.#at;
  }

  /** True if the stream may end here: the code is zero. */
  get mayEnd(): boolean {
    return this.#code === 0;
  }

  /** Decodes a decision under a model and updates the model. */
  decide(model: number): number {
    const models = this.#models;
    const probability = models[model]!;
    const bound = Math.imul(this.#range >>> PROBABILITY_BITS, probability);
    let bit = 0;
    if (this.#code >>> 0 < bound >>> 0) {
      this.#range = bound;
      models[model] = probability + ((PROBABILITY_ONE - probability) >> ADAPT_SHIFT);
    } else {
      this.#code = (this.#code - bound) | 0;
      this.#range = (this.#range - bound) | 0;
      models[model] = probability - (probability >> ADAPT_SHIFT);
      bit = 1;
    }
    if (this.#range >>> 0 < BOTTOM) this.#shift();
    return bit;
  }

  /** Decodes `count` bits (up to 26) with probability one half, highest first. */
  decideEvenly(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1;
      value <<= 1;
      if (this.#code >>> 0 >= this.#range) {
        this.#code = (this.#code - this.#range) | 0;
        value |= 1;
      }
      if (this.#range < BOTTOM) this.#shift();
    }
    return value;
  }

  /**
   * Decodes a value of `depth` bits, highest first, each under the model selected by the bits
   * before it.
   */
  decideTree(models: number, depth: number): number {
    let node = 1;
    for (let i = 0; i < depth; i++) node = (node << 1) | this.decide(models + node);
    return node - (1 << depth);
  }

  /** The same, lowest bit first. */
  decideReverseTree(models: number, depth: number): number {
    let node = 1;
    let value = 0;
    for (let i = 0; i < depth; i++) {
      const bit = this.decide(models + node);
      node = (node << 1) | bit;
      value |= bit << i;
    }
    return value;
  }

  #shift(): void {
    this.#range <<= 8;
    this.#code = (this.#code << 8) | this.#nextByte();
  }

  #nextByte(): number {
    if (this.#at >= this.#data.length) {
      throw new CorruptDataError('LZMA stream ends too soon', this.#at);
    }
    return this.#data[this.#at++]!;
  }
}
