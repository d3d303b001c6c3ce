// A growing byte array with a limit, such as the output of a decoder. Memory is bounded by the bytes written so far:
// room is made only just before a write and at most doubles.

import { UsageError } from '../errors.js';
import type { Bytes } from '../types.js';

/** Default limit on the bytes that a decoder writes: 1 GiB. */
export const DEFAULT_MAX_BYTES = 2 ** 30;

const FIRST_BYTES = 4096;

/** Bytes that are appended. Hot loops write into `bytes` directly, after `reserve`. */
export class LimitedBuffer {
  /** The buffer: `bytes[0 … length)` is written. `reserve` replaces it when it is too small. */
  bytes: Bytes;
  length = 0;
  readonly maxBytes: number;

  /**
   * @param guessBytes the expected size; capped, so a wrong guess costs little.
   * @throws RangeError if `maxBytes` is not a number ≥ 0.
   */
  constructor(maxBytes: number = DEFAULT_MAX_BYTES, guessBytes: number = FIRST_BYTES) {
    if (!(maxBytes >= 0)) throw new RangeError(`"maxBytes" expected number ≥ 0, got ${maxBytes}`);
    this.maxBytes = maxBytes;
    this.bytes = new Uint8Array(Math.min(maxBytes, guessBytes, FIRST_BYTES));
  }

  /** Makes room for `count` more bytes. @throws UsageError if that would exceed `maxBytes`. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed > this.maxBytes) {
      throw new UsageError(
        `output would exceed ${this.maxBytes} bytes; a higher maxBytes (--max-bytes) allows more`,
      );
    }
    if (needed <= this.bytes.length) return;
    const wider = new Uint8Array(Math.min(Math.max(needed, this.bytes.length * 2), this.maxBytes));
    wider.set(this.bytes.subarray(0, this.length));
    this.bytes = wider;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** A copy of the bytes written so far. */
  finish(): Bytes {
    return this.bytes.slice(0, this.length);
  }
}
