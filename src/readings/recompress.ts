// The reading of a black box: compress the whole context with every candidate and subtract, Δ(c) =
// L(xc) − L(x) (Delétang et al. 2023 §2). Costs one compression per candidate, so a step grows with
// the context. Compression and limits on concurrency are left to `codeLength`.

import { BYTES } from '../bits/bytes.js';
import type { CodeLengthModel, MaybePromise } from '../types.js';

/** Bits of a whole message. It must neither modify nor keep its argument. */
export type CodeLength = (data: Uint8Array) => MaybePromise<number>;

/**
 * A model that measures by compressing again. Synchronous if `codeLength` is. If it returns
 * promises, all candidates are started at once, each on its own copy of the bytes.
 */
export function recompressReading(codeLength: CodeLength): CodeLengthModel {
  return new RecompressModel(codeLength, new Uint8Array(FIRST_BYTES), 0, undefined);
}

const FIRST_BYTES = 1024;

class RecompressModel implements CodeLengthModel {
  readonly #codeLength: CodeLength;
  /** `#bytes[0 … #length)` is the context and never changes; the rest is scratch space. */
  #bytes: Uint8Array;
  #length: number;
  /** L(context) in bits, until the next push. */
  #contextBits: MaybePromise<number> | undefined;

  constructor(
    codeLength: CodeLength,
    bytes: Uint8Array,
    length: number,
    contextBits: number | undefined,
  ) {
    this.#codeLength = codeLength;
    this.#bytes = bytes;
    this.#length = length;
    this.#contextBits = contextBits;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    this.#contextBits = undefined;
  }

  fork(): CodeLengthModel {
    const known = typeof this.#contextBits === 'number' ? this.#contextBits : undefined;
    return new RecompressModel(this.#codeLength, this.#bytes.slice(), this.#length, known);
  }

  next(out: Float64Array): MaybePromise<void> {
    return this.#deltas(BYTES, out);
  }

  score(candidates: readonly Uint8Array[]): MaybePromise<Float64Array> {
    const deltas = new Float64Array(candidates.length);
    const pending = this.#deltas(candidates, deltas);
    return pending ? pending.then(() => deltas) : deltas;
  }

  #deltas(candidates: readonly Uint8Array[], out: Float64Array): MaybePromise<void> {
    const contextBits = this.#measureContext();
    const lengths: MaybePromise<number>[] = [];
    let pending = contextBits instanceof Promise;
    for (const candidate of candidates) {
      const bits = this.#measure(candidate);
      if (bits instanceof Promise) pending = true;
      lengths.push(bits);
    }
    if (pending) {
      return Promise.all([contextBits, ...lengths]).then(([base, ...bits]) => {
        for (let i = 0; i < bits.length; i++) out[i] = bits[i]! - base!;
      });
    }
    for (let i = 0; i < lengths.length; i++) {
      out[i] = (lengths[i] as number) - (contextBits as number);
    }
  }

  #measureContext(): MaybePromise<number> {
    if (this.#contextBits !== undefined) return this.#contextBits;
    const bits = this.#codeLength(this.#bytes.subarray(0, this.#length));
    this.#contextBits = bits;
    if (bits instanceof Promise) {
      const settle = (known: number | undefined): void => {
        if (this.#contextBits === bits) this.#contextBits = known;
      };
      // A failure may be temporary (a busy machine), so it is not cached.
      bits.then(settle, () => settle(undefined));
    }
    return bits;
  }

  /**
   * L(context + candidate), measured in the scratch space, which is handed over if the result is a
   * promise.
   */
  #measure(candidate: Uint8Array): MaybePromise<number> {
    this.#reserve(candidate.length);
    const length = this.#length + candidate.length;
    const message = this.#bytes.subarray(0, length);
    message.set(candidate, this.#length);
    const bits = this.#codeLength(message);
    if (bits instanceof Promise) this.#bytes = this.#bytes.slice(0, Math.max(length, FIRST_BYTES));
    return bits;
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const wider = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
  }
}
