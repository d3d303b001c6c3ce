// Reads bits most significant first, the order of FLAC (RFC 9639 §5), and never past the end.

import { CorruptDataError } from '../../errors.js';

/** A position in a bit string. */
export class MsbReader {
  readonly #data: Uint8Array;
  #bit: number;

  constructor(data: Uint8Array, startByte = 0) {
    this.#data = data;
    this.#bit = startByte * 8;
  }

  /** Index of the byte that contains the next bit. */
  get byte(): number {
    return Math.floor(this.#bit / 8);
  }

  get bitsLeft(): number {
    return this.#data.length * 8 - this.#bit;
  }

  /** The next `count` bits (0–32), unsigned. @throws CorruptDataError at the end of the data. */
  readBits(count: number): number {
    if (count > this.bitsLeft) this.#endTooSoon();
    let value = 0;
    let left = count;
    while (left > 0) {
      const inByte = this.#bit & 7;
      const take = Math.min(8 - inByte, left);
      const byte = this.#data[Math.floor(this.#bit / 8)]!;
      value = value * (1 << take) + ((byte >> (8 - inByte - take)) & ((1 << take) - 1));
      this.#bit += take;
      left -= take;
    }
    return value;
  }

  /** The next `count` bits (0–32) as two's complement. */
  readSigned(count: number): number {
    const value = this.readBits(count);
    return count > 0 && value >= 2 ** (count - 1) ? value - 2 ** count : value;
  }

  /** The number of zeros before the next one bit, which is consumed too. */
  readUnary(): number {
    const data = this.#data;
    let at = Math.floor(this.#bit / 8);
    let byte = (data[at] ?? 0) & (0xff >> (this.#bit & 7));
    while (byte === 0) {
      if (++at >= data.length) this.#endTooSoon();
      byte = data[at]!;
    }
    const one = at * 8 + Math.clz32(byte) - 24;
    const zeros = one - this.#bit;
    this.#bit = one + 1;
    return zeros;
  }

  /** Skips to the next byte boundary. @throws CorruptDataError if the skipped bits are not zero. */
  alignToByte(): void {
    const padding = -this.#bit & 7;
    if (this.readBits(padding) !== 0) throw new CorruptDataError('padding is not zero', this.byte);
  }

  #endTooSoon(): never {
    throw new CorruptDataError('FLAC stream ends too soon', this.#data.length);
  }
}
