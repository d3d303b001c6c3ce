// What `recompress` reads of a compressor that has an `exact` reading, without compressing: lengths
// to the bit rounded up to whole bytes, as files are.

import type { CodeLengthModel } from '../types.js';

/** Differences of whole bytes, in bits, from a model with differences to the bit. */
export class WholeByteModel implements CodeLengthModel {
  readonly #exact: CodeLengthModel;
  /** L(context), in bits. */
  #bits: number;

  /** @param bits L of what `exact` was given. It is taken over. */
  constructor(exact: CodeLengthModel, bits: number) {
    this.#exact = exact;
    this.#bits = bits;
  }

  push(bytes: Uint8Array): void {
    const deltas = this.#exact.score([bytes]);
    if (deltas instanceof Promise)
      throw new TypeError('"exact" expected a model that is not async');
    this.#bits += deltas[0]!;
    this.#exact.push(bytes);
  }

  fork(): WholeByteModel {
    return new WholeByteModel(this.#exact.fork(), this.#bits);
  }

  async next(out: Float64Array): Promise<void> {
    await this.#exact.next(out);
    this.#round(out);
  }

  async score(candidates: readonly Uint8Array[]): Promise<Float64Array> {
    return this.#round(await this.#exact.score(candidates));
  }

  #round(deltas: Float64Array): Float64Array {
    const before = Math.ceil(this.#bits / 8);
    for (let i = 0; i < deltas.length; i++) {
      deltas[i] = 8 * (Math.ceil((this.#bits + deltas[i]!) / 8) - before);
    }
    return deltas;
  }
}
