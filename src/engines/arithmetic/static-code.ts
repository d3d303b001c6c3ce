// Coding with fixed frequencies: cumulative sums computed once, and a table from target to symbol.
// For static models and as the fastest path of the coder; adaptive models use new frequencies for
// each symbol and search instead.

import { RangeDecoder, RangeEncoder } from './range-coder.js';

/** Above 2^16 the table would not fit in the cache. */
const MAX_TOTAL_BITS = 16;

/** A static model of up to 2^16 symbols. */
export class StaticCode {
  readonly #frequencies: Uint32Array;
  /** `#lows[s]` = sum of the frequencies before s. */
  readonly #lows: Uint32Array;
  readonly #symbols: Uint16Array;
  readonly #totalBits: number;

  /**
   * @param frequencies each ≥ 1, as `quantise` gives them, summing to 2^totalBits.
   * @throws RangeError if they do not, or totalBits is not an integer from 0 to 16.
   */
  constructor(frequencies: Uint32Array, totalBits: number) {
    if (!(Number.isInteger(totalBits) && totalBits >= 0 && totalBits <= MAX_TOTAL_BITS)) {
      throw new RangeError(`"totalBits" expected integer from 0 to 16, got ${totalBits}`);
    }
    const total = 2 ** totalBits;
    this.#totalBits = totalBits;
    this.#frequencies = frequencies.slice();
    this.#lows = new Uint32Array(frequencies.length);
    this.#symbols = new Uint16Array(total);
    let low = 0;
    for (let s = 0; s < frequencies.length; s++) {
      const end = low + frequencies[s]!;
      if (frequencies[s] === 0) throw new RangeError(`"frequencies" expected each >= 1, got 0`);
      this.#lows[s] = low;
      this.#symbols.fill(s, low, Math.min(end, total));
      low = end;
    }
    if (low !== total) {
      throw new RangeError(`"frequencies" expected sum ${total}, got ${low}`);
    }
  }

  encode(symbols: ArrayLike<number>): Uint8Array {
    const encoder = new RangeEncoder(symbols.length);
    for (let i = 0; i < symbols.length; i++) {
      const s = symbols[i]!;
      encoder.encodeShift(this.#lows[s]!, this.#frequencies[s]!, this.#totalBits);
    }
    return encoder.finish();
  }

  /** Decodes as many symbols as `out` holds. */
  decodeInto(bytes: Uint8Array, out: { length: number; [index: number]: number }): void {
    const decoder = new RangeDecoder(bytes);
    const total = 2 ** this.#totalBits;
    for (let i = 0; i < out.length; i++) {
      const s = this.#symbols[decoder.decodeTargetShift(this.#totalBits)]!;
      decoder.consume(this.#lows[s]!, this.#frequencies[s]!, total);
      out[i] = s;
    }
  }
}
