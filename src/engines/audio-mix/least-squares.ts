// Linear prediction by the covariance method: least squares over all samples so far, with
// exponential forgetting, for several orders at once. One Cholesky factorisation serves all orders,
// as the factor of a leading block is the leading block of the factor.

/** Normal equations A c = b, with forgetting, for predicting a sample from those before it. */
export class CovariancePredictor {
  readonly #orders: readonly number[];
  readonly #decay: number;
  /** Weight of a prior that all coefficients are zero, in units of the samples' mean square. */
  readonly #ridge: number;
  readonly #maxOrder: number;
  /** Lower triangle of A by rows, and b. */
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #factor: Float64Array;
  readonly #forward: Float64Array;
  /** Coefficients of each order, latest sample first. */
  readonly coefficients: readonly Float64Array[];

  constructor(orders: readonly number[], decay: number, ridge: number, from?: CovariancePredictor) {
    this.#orders = orders;
    this.#decay = decay;
    this.#ridge = ridge;
    this.#maxOrder = Math.max(...orders);
    const n = this.#maxOrder;
    this.#a = from ? from.#a.slice() : new Float64Array(n * n);
    this.#b = from ? from.#b.slice() : new Float64Array(n);
    this.#factor = new Float64Array(n * n);
    this.#forward = new Float64Array(n);
    this.coefficients = orders.map((order, i) =>
      from ? from.coefficients[i]!.slice() : new Float64Array(order),
    );
  }

  fork(): CovariancePredictor {
    return new CovariancePredictor(this.#orders, this.#decay, this.#ridge, this);
  }

  /** Learns that `sample` followed past[end − 1], past[end − 2] … */
  update(past: Float64Array, end: number, sample: number): void {
    const n = this.#maxOrder;
    const a = this.#a;
    const decay = this.#decay;
    for (let i = 0; i < n; i++) {
      const x = past[end - 1 - i]!;
      const row = i * n;
      for (let j = 0; j <= i; j++) a[row + j] = decay * a[row + j]! + x * past[end - 1 - j]!;
      this.#b[i] = decay * this.#b[i]! + x * sample;
    }
  }

  /** Solves for the coefficients; costs n³/6 operations. */
  solve(): void {
    const n = this.#maxOrder;
    const a = this.#a;
    const l = this.#factor;
    const y = this.#forward;
    const ridge = this.#ridge * (a[0]! * (1 - this.#decay) + 1);
    for (let i = 0; i < n; i++) {
      let rest = this.#b[i]!;
      for (let j = 0; j <= i; j++) {
        let sum = a[i * n + j]!;
        for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
        if (i === j) l[i * n + i] = Math.sqrt(Math.max(sum + ridge, ridge));
        else {
          l[i * n + j] = sum / l[j * n + j]!;
          rest -= l[i * n + j]! * y[j]!;
        }
      }
      y[i] = rest / l[i * n + i]!;
    }
    for (const c of this.coefficients) {
      for (let i = c.length - 1; i >= 0; i--) {
        let sum = y[i]!;
        for (let k = i + 1; k < c.length; k++) sum -= l[k * n + i]! * c[k]!;
        c[i] = sum / l[i * n + i]!;
      }
    }
  }
}
