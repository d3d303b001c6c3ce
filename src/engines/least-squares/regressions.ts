// Linear regressions whose coefficients are fitted anew at every step, in WebAssembly
// (native/least-squares/). All regressions of a model share a linear memory, so that a fork is one copy.

import { compileWasm, instantiateWasm, type WasmModule } from '../../bits/wasm.js';
import { regressionsCode } from './regressions-code.js';

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly regressors: { readonly value: number };
  create(order: number, width: number, decay: number, ridge: number, relative: number): number;
  setPrior(at: number, index: number, value: number): void;
  used(): number;
  reserve(end: number): void;
  resume(size: number): void;
  predict(at: number): number;
  update(at: number, value: number, weight: number): void;
  observe(at: number, value: number): void;
  solve(at: number): void;
  coefficients(at: number, order: number): number;
}

export interface RegressionOptions {
  /** Number of regressors, at most 35. */
  readonly order: number;
  /** Width of the picture in pixels, for sums over the pixels around the next one; 0 for a sequence. */
  readonly width: number;
  /** Factor on the weight of an observation per pixel of distance, or per step of a sequence. */
  readonly decay: number;
  /** Strength of the prior: a term added to the diagonal of the normal equations … */
  readonly ridge: number;
  /** … and a term relative to the mean of that diagonal. */
  readonly relativeRidge: number;
  /** Prior coefficients; those that are not given are 0. */
  readonly prior?: readonly number[];
}

let code: WasmModule | undefined;

/** Regressions in single precision, numbered as they are listed. */
export class Regressions {
  readonly #run: Exports;
  readonly #addresses: readonly number[];
  /** The regressors of the next prediction or observation, to be written by the caller. */
  readonly regressors: Float32Array;

  /** @throws RangeError if the memory for them cannot be had. */
  constructor(options: readonly RegressionOptions[], from?: Regressions) {
    code ??= compileWasm(regressionsCode);
    const run = instantiateWasm(code) as Exports;
    this.#run = run;
    if (from) {
      const size = from.#run.used();
      run.reserve(size);
      run.resume(size);
      new Uint8Array(run.memory.buffer, 0, size).set(
        new Uint8Array(from.#run.memory.buffer, 0, size),
      );
      this.#addresses = from.#addresses;
    } else {
      this.#addresses = options.map(({ order, width, decay, ridge, relativeRidge, prior = [] }) => {
        const at = run.create(order, width, decay, ridge, relativeRidge);
        prior.forEach((value, i) => {
          run.setPrior(at, i, value);
        });
        return at;
      });
    }
    this.regressors = new Float32Array(run.memory.buffer, run.regressors.value, 36);
  }

  fork(): Regressions {
    return new Regressions([], this);
  }

  /** Predicts the next pixel from the first `regressors`. */
  predict(i: number): number {
    return this.#run.predict(this.#addresses[i]!);
  }

  /** Learns the value of the pixel that was predicted last, and moves past it. */
  update(i: number, value: number, weight: number): void {
    this.#run.update(this.#addresses[i]!, value, weight);
  }

  /** Learns that `value` followed after the first `regressors` in a sequence. */
  observe(i: number, value: number): void {
    this.#run.observe(this.#addresses[i]!, value);
  }

  /** Solves for the coefficients of a sequence, for each number of regressors given. */
  solve(i: number, out: readonly Float64Array[]): void {
    const at = this.#addresses[i]!;
    this.#run.solve(at);
    for (const c of out) {
      const from = this.#run.coefficients(at, c.length);
      c.set(new Float32Array(this.#run.memory.buffer, from, c.length));
    }
  }
}
