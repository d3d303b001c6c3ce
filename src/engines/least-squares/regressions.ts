// Linear regressions over the known pixels around the next one, fitted anew at every pixel
// (edge-directed prediction: Li & Orchard 2001), in WebAssembly (native/least-squares/). All regressions
// of a model share a linear memory, so that a fork is one copy.

import {
  type Copyable,
  compileWasm,
  copyInstance,
  instantiateWasm,
  type WasmModule,
} from '../../bits/wasm.js';
import { regressionsCode } from './regressions-code.js';

interface Exports extends Copyable {
  readonly regressors: { readonly value: number };
  create(order: number, width: number, decay: number, ridge: number, relative: number): number;
  setPrior(at: number, index: number, value: number): void;
  predict(at: number): number;
  update(at: number, value: number, weight: number): void;
}

export interface RegressionOptions {
  /** Number of regressors, at most 35. */
  readonly order: number;
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Factor on the weight of an observation per pixel of distance. */
  readonly decay: number;
  /** Strength of the prior: a term added to the diagonal of the normal equations … */
  readonly ridge: number;
  /** … and a term relative to the mean of that diagonal. */
  readonly relativeRidge: number;
  /** Prior coefficients; those that are not given are 0. */
  readonly prior: readonly number[];
}

let code: WasmModule | undefined;

/** Regressions in single precision, numbered as they are listed. */
export class Regressions {
  readonly #run: Exports;
  readonly #addresses: readonly number[];
  /** The regressors of the next prediction, to be written by the caller. */
  readonly regressors: Float32Array;

  /** @throws RangeError if the memory for them cannot be had. */
  constructor(options: readonly RegressionOptions[], from?: Regressions) {
    code ??= compileWasm(regressionsCode);
    const run = from ? copyInstance(code, from.#run) : (instantiateWasm(code) as Exports);
    this.#run = run;
    if (from) this.#addresses = from.#addresses;
    else {
      this.#addresses = options.map(({ order, width, decay, ridge, relativeRidge, prior }) => {
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
}
