// Writes bits most significant first, the order of FLAC (RFC 9639 §5).

/** A growing bit string. Lengths are in bits unless the name says bytes. */
export class MsbWriter {
  #bytes = new Uint8Array(1024);
  #lengthBytes = 0;
  /** The bits that do not fill a byte yet, 0–7 of them. */
  #hold = 0;
  #held = 0;

  /** Bits written so far. */
  get bitLength(): number {
    return this.#lengthBytes * 8 + this.#held;
  }

  /** Writes the low `count` bits (0–32) of `value`, two's complement if negative. */
  writeBits(value: number, count: number): void {
    if (count > 16) {
      this.writeBits(value >> 16, count - 16);
      this.writeBits(value, 16);
      return;
    }
    if (this.#lengthBytes + 4 > this.#bytes.length) this.#grow(4);
    let hold = (this.#hold << count) | (value & ((1 << count) - 1)); // at most 7 + 16 bits
    let held = this.#held + count;
    while (held >= 8) {
      held -= 8;
      this.#bytes[this.#lengthBytes++] = hold >>> held;
      hold &= (1 << held) - 1;
    }
    this.#hold = hold;
    this.#held = held;
  }

  /** Writes `value` zeros and a one. */
  writeUnary(value: number): void {
    let zeros = value;
    for (; zeros >= 16; zeros -= 16) this.writeBits(0, 16);
    this.writeBits(1, zeros + 1);
  }

  /** Writes zeros up to the next byte boundary; no effect at a boundary. */
  alignToByte(): void {
    if (this.#held > 0) this.writeBits(0, 8 - this.#held);
  }

  /** Appends whole bytes; the writer must be at a byte boundary. */
  writeBytes(bytes: Uint8Array): void {
    if (this.#lengthBytes + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#lengthBytes);
    this.#lengthBytes += bytes.length;
  }

  /** The bytes from `start` on, as a view that is valid until the next write. */
  bytesFrom(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#lengthBytes);
  }

  #grow(neededBytes: number): void {
    const wider = new Uint8Array(Math.max(this.#bytes.length * 2, this.#lengthBytes + neededBytes));
    wider.set(this.#bytes.subarray(0, this.#lengthBytes));
    this.#bytes = wider;
  }
}
