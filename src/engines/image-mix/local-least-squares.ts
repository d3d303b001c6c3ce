// Linear prediction with coefficients refitted at every pixel by weighted least squares over the
// known pixels around it (edge-directed prediction: Li & Orchard 2001).

import { LocalSums } from './local-sums.js';

export interface LocalLeastSquaresOptions {
  /** Width of the picture in pixels. */
  readonly width: number;
  /** Prior coefficients; their number is the number of regressors. */
  readonly prior: Float64Array;
  /** Factor on the weight per pixel of distance; see {@link LocalSums}. */
  readonly decay: number;
  /** Strength of the prior: an absolute term added to the diagonal of A … */
  readonly ridge: number;
  /** … and a term relative to the mean of that diagonal. */
  readonly relativeRidge: number;
}

/** Normal equations A c = b around each pixel, solved by Cholesky factorisation. */
export class LocalLeastSquares {
  readonly #options: LocalLeastSquaresOptions;
  readonly #order: number;
  /** The lower triangle of A by rows, then b. */
  readonly #sums: LocalSums;
  readonly #read: Float64Array;
  readonly #factor: Float64Array;
  readonly #coefficients: Float64Array;
  /** Regressors of the last prediction. */
  readonly #regressors: Float64Array;

  constructor(options: LocalLeastSquaresOptions, from?: LocalLeastSquares) {
    this.#options = options;
    const order = options.prior.length;
    const size = (order * (order + 3)) / 2;
    this.#order = order;
    this.#sums = from ? from.#sums.fork() : new LocalSums(options.width, size, options.decay);
    this.#read = new Float64Array(size);
    this.#factor = new Float64Array(order * order);
    this.#coefficients = new Float64Array(order);
    this.#regressors = new Float64Array(order);
  }

  fork(): LocalLeastSquares {
    return new LocalLeastSquares(this.#options, this);
  }

  /** Predicts the next pixel from the first regressors, as many as there are coefficients. */
  predict(regressors: Float64Array): number {
    for (let i = 0; i < this.#order; i++) this.#regressors[i] = regressors[i]!;
    this.#sums.read(this.#read);
    this.#solve();
    let sum = 0;
    for (let i = 0; i < this.#order; i++) sum += this.#coefficients[i]! * this.#regressors[i]!;
    return sum;
  }

  /** Learns the value of the pixel predicted last. */
  update(value: number, weight: number): void {
    const terms = this.#read;
    const x = this.#regressors;
    let at = 0;
    for (let i = 0; i < this.#order; i++) {
      const weighted = weight * x[i]!;
      for (let j = 0; j <= i; j++) terms[at++] = weighted * x[j]!;
    }
    for (let i = 0; i < this.#order; i++) terms[at++] = weight * x[i]! * value;
    this.#sums.push(terms);
  }

  #solve(): void {
    const n = this.#order;
    const a = this.#read;
    const b = (n * (n + 1)) / 2;
    const l = this.#factor;
    const c = this.#coefficients;
    const { prior } = this.#options;
    let trace = 0;
    for (let i = 0; i < n; i++) trace += a[(i * (i + 3)) / 2]!;
    const ridge = this.#options.ridge + (this.#options.relativeRidge * trace) / n;
    let row = 0;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++) {
        let sum = a[row + j]!;
        for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
        l[i * n + j] = sum / l[j * n + j]!;
      }
      let square = a[row + i]! + ridge;
      let rest = a[b + i]! + ridge * prior[i]!;
      for (let k = 0; k < i; k++) {
        square -= l[i * n + k]! * l[i * n + k]!;
        rest -= l[i * n + k]! * c[k]!;
      }
      l[i * n + i] = Math.sqrt(Math.max(square, 1e-9));
      c[i] = rest / l[i * n + i]!;
      row += i + 1;
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = c[i]!;
      for (let k = i + 1; k < n; k++) sum -= l[k * n + i]! * c[k]!;
      c[i] = sum / l[i * n + i]!;
    }
  }
}
