// A range coder (Martin 1979; Schindler 1998) with 48-bit ranges in doubles, which hold integers
// exactly up to 2^53. The encoder keeps an interval [low, low + range) inside the unit interval and
// writes its leading bytes once they are determined; a carry propagates into bytes already written.
// It knows nothing about models: its input is integer frequencies or the probability of a bit.
//
// Invariants, between calls: 1. 2^40 ≤ range ≤ 2^48 and 0 ≤ low < 2^48, integers, in units of 2^−48
// of the last byte's place; 2. the number written so far, plus low + range, is at most 1: a carry
// never leaves the output; 3. the decoder's range is the encoder's at the same symbol, and 0 ≤ code
// < range, whatever the
//     bytes: decoding corrupt bytes gives wrong symbols, never an error.

import type { Bytes } from '../../types.js';

const TOP = 2 ** 48;
const BOTTOM = 2 ** 40;
const FIRST_BYTES = 1024;

/**
 * Encodes symbols to bytes. Each costs at most 1.5 · total / 2^40 bits more than −log2(freq /
 * total), and the message 1 byte in total.
 */
export class RangeEncoder {
  #bytes: Uint8Array;
  #length = 0;
  #low = 0;
  #range = TOP;

  constructor(sizeBytes = FIRST_BYTES) {
    this.#bytes = new Uint8Array(Math.max(sizeBytes, 16));
  }

  /**
   * Encodes the symbol whose frequencies are [low, low + freq) of `total`.
   *
   * Integers, not checked: freq ≥ 1, low ≥ 0, low + freq ≤ total ≤ 2^32. The last symbol, with low
   * + freq = total, also gets the remainder of dividing the range.
   */
  encode(low: number, freq: number, total: number): void {
    const unit = Math.floor(this.#range / total);
    const below = unit * low;
    this.#narrow(below, low + freq === total ? this.#range - below : unit * freq);
  }

  /** `encode` for a total of 2^`totalBits` (0–32), without the division. */
  encodeShift(low: number, freq: number, totalBits: number): void {
    const unit = Math.floor(this.#range * INVERSE[totalBits]!);
    const below = unit * low;
    this.#narrow(below, low + freq === POWERS[totalBits] ? this.#range - below : unit * freq);
  }

  /** Encodes a bit that is 1 with probability `p1`, a number in [0, 1], not checked. Leaky. */
  encodeBit(bit: number, p1: number): void {
    const ones = onesOf(this.#range, p1);
    if (bit) this.#narrow(0, ones);
    else this.#narrow(ones, this.#range - ones);
  }

  /**
   * Ends the message: returns the fewest bytes that lie in the interval whatever zeros follow; none
   * for an empty message. The encoder cannot be used afterwards.
   */
  finish(): Bytes {
    const low = this.#low;
    const end = low + this.#range;
    if (low > 0) {
      let step = TOP;
      let value = low;
      do {
        step /= 256;
        value = Math.ceil(low / step) * step;
      } while (value >= end);
      this.#low = value;
      if (this.#low >= TOP) this.#carry();
      while (this.#low > 0) this.#writeTop();
    }
    let length = this.#length;
    while (length > 0 && this.#bytes[length - 1] === 0) length--;
    return this.#bytes.slice(0, length);
  }

  #narrow(below: number, range: number): void {
    this.#low += below;
    if (this.#low >= TOP) this.#carry();
    while (range < BOTTOM) {
      this.#writeTop();
      range *= 256;
    }
    this.#range = range;
  }

  #carry(): void {
    this.#low -= TOP;
    let at = this.#length - 1;
    while (this.#bytes[at] === 255) this.#bytes[at--] = 0;
    this.#bytes[at] = this.#bytes[at]! + 1;
  }

  #writeTop(): void {
    if (this.#length === this.#bytes.length) this.#grow();
    const top = Math.floor(this.#low / BOTTOM);
    this.#bytes[this.#length++] = top;
    this.#low = (this.#low - top * BOTTOM) * 256;
  }

  #grow(): void {
    const wider = new Uint8Array(this.#bytes.length * 2);
    wider.set(this.#bytes);
    this.#bytes = wider;
  }
}

/**
 * Decodes what `RangeEncoder` wrote, given the same frequencies in the same order. Never fails and
 * never reads beyond the bytes: zeros follow them implicitly.
 */
export class RangeDecoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #code = 0;
  #range = TOP;
  /** range / total of the symbol being decoded. */
  #unit = 1;

  /** @param bytes are read during decoding and must not change until it ends. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let i = 0; i < 6; i++) this.#code = this.#code * 256 + this.#nextByte();
  }

  /**
   * A number in [0, total): the symbol is the one whose frequency range contains it. Call `consume`
   * next.
   */
  decodeTarget(total: number): number {
    this.#unit = Math.floor(this.#range / total);
    const target = Math.floor(this.#code / this.#unit);
    return target < total ? target : total - 1;
  }

  /** `decodeTarget` for a total of 2^`totalBits` (0–32), with one division less. */
  decodeTargetShift(totalBits: number): number {
    this.#unit = Math.floor(this.#range * INVERSE[totalBits]!);
    const target = Math.floor(this.#code / this.#unit);
    const total = POWERS[totalBits]!;
    return target < total ? target : total - 1;
  }

  /** Moves past the symbol [low, low + freq) that contains the result of `decodeTarget(total)`. */
  consume(low: number, freq: number, total: number): void {
    const below = this.#unit * low;
    this.#narrow(below, low + freq === total ? this.#range - below : this.#unit * freq);
  }

  /** Decodes a bit that was encoded with the same `p1`. */
  decodeBit(p1: number): number {
    const ones = onesOf(this.#range, p1);
    if (this.#code < ones) {
      this.#narrow(0, ones);
      return 1;
    }
    this.#narrow(ones, this.#range - ones);
    return 0;
  }

  #narrow(below: number, range: number): void {
    let code = this.#code - below;
    while (range < BOTTOM) {
      code = code * 256 + this.#nextByte();
      range *= 256;
    }
    this.#code = code;
    this.#range = range;
  }

  #nextByte(): number {
    return this.#at < this.#bytes.length ? this.#bytes[this.#at++]! : 0;
  }
}

const POWERS = Float64Array.from({ length: 33 }, (_, k) => 2 ** k);
const INVERSE = Float64Array.from({ length: 33 }, (_, k) => 2 ** -k);

/** The part of a range for a 1 bit: neither empty nor the whole range. */
function onesOf(range: number, p1: number): number {
  const ones = Math.floor(range * p1);
  return ones < 1 ? 1 : ones >= range ? range - 1 : ones;
}
