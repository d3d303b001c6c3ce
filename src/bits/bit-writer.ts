// Writes bits LSB-first, the order of DEFLATE (RFC 1951 §3.1.1): the first bit written is the
// lowest bit of the first byte. Huffman codes are passed already reversed. The buffer grows as
// needed.

import type { Bytes } from '../types.js';

/** A growing bit string. Lengths are in bits unless the name says bytes. */
export class BitWriter {
  #bytes: Bytes;
  #lengthBytes = 0;
  /** The bits that do not fill a byte yet, 0–7 of them; all bits above are zero. */
  #hold = 0;
  #held = 0;

  /** @param sizeBytes initial capacity; a good guess only saves copying. */
  constructor(sizeBytes = 256) {
    this.#bytes = new Uint8Array(Math.max(sizeBytes, 16));
  }

  /** Bits written so far, alignment included. */
  get bitLength(): number {
    return this.#lengthBytes * 8 + this.#held;
  }

  /** Writes the low `count` bits (0–25) of `value`, an integer in [0, 2^count): not checked. */
  writeBits(value: number, count: number): void {
    if (this.#lengthBytes + 4 > this.#bytes.length) this.#grow(4);
    let hold = this.#hold | (value << this.#held); // at most 7 + 25 bits
    let held = this.#held + count;
    while (held >= 8) {
      this.#bytes[this.#lengthBytes++] = hold;
      hold >>>= 8;
      held -= 8;
    }
    this.#hold = hold;
    this.#held = held;
  }

  /** Writes zeros up to the next byte boundary; no effect at a boundary. */
  alignToByte(): void {
    if (this.#held > 0) this.writeBits(0, 8 - this.#held);
  }

  /** Writes whole bytes, at any bit position. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#held > 0) {
      for (let i = 0; i < bytes.length; i++) this.writeBits(bytes[i]!, 8);
      return;
    }
    if (this.#lengthBytes + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#lengthBytes);
    this.#lengthBytes += bytes.length;
  }

  /** All bits so far, zeros filling the last byte. The writer is unchanged and can go on. */
  finish(): Bytes {
    const whole = new Uint8Array(this.#lengthBytes + (this.#held > 0 ? 1 : 0));
    whole.set(this.#bytes.subarray(0, this.#lengthBytes));
    if (this.#held > 0) whole[this.#lengthBytes] = this.#hold;
    return whole;
  }

  #grow(neededBytes: number): void {
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#lengthBytes + neededBytes));
    wider.set(this.#bytes.subarray(0, this.#lengthBytes));
    this.#bytes = wider;
  }
}
