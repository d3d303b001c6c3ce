// Estimates pitch: the lag at which the residual of linear prediction correlates best with itself,
// and the residual at that lag (long-term prediction: Atal & Schroeder 1970).

/** Number of residuals around the lag that `read` returns. */
export const TAPS = 5;

/** Limits of the period in samples: 40–500 Hz at 16 kHz. */
const MIN_LAG = 32;
const MAX_LAG = 400;
/** Number of residuals compared with those one lag earlier. */
const COMPARED = 320;
const KEPT = MAX_LAG + COMPARED + TAPS;

/** The recent residuals of a predictor and the lag at which they repeat. */
export class PitchMemory {
  readonly #residuals: Float64Array;
  #end: number;
  #lag: number;

  constructor(from?: PitchMemory) {
    this.#residuals = from ? from.#residuals.slice() : new Float64Array(4 * KEPT);
    this.#end = from ? from.#end : KEPT; // as if preceded by silence
    this.#lag = from ? from.#lag : MIN_LAG;
  }

  fork(): PitchMemory {
    return new PitchMemory(this);
  }

  /** Appends a residual. */
  push(residual: number): void {
    if (this.#end === this.#residuals.length) {
      this.#residuals.copyWithin(0, this.#end - KEPT);
      this.#end = KEPT;
    }
    this.#residuals[this.#end++] = residual;
  }

  /** out[0 … TAPS − 1] = residuals around one period before the next sample, earliest first. */
  read(out: Float64Array): void {
    const from = this.#end - this.#lag - (TAPS - 1) / 2;
    for (let i = 0; i < TAPS; i++) out[i] = this.#residuals[from + i]!;
  }

  /** Finds the lag with the largest squared correlation divided by the energy at that lag. */
  search(): void {
    const e = this.#residuals;
    const from = this.#end - COMPARED;
    let energy = 0;
    for (let i = from; i < this.#end; i++) energy += e[i - MIN_LAG]! ** 2;
    let best = 0;
    for (let lag = MIN_LAG; lag <= MAX_LAG; lag++) {
      let sum = 0;
      for (let i = from; i < this.#end; i++) sum += e[i]! * e[i - lag]!;
      const gain = sum > 0 ? (sum * sum) / (energy + 1) : 0;
      if (gain > best) {
        best = gain;
        this.#lag = lag;
      }
      energy += e[from - lag - 1]! ** 2 - e[this.#end - lag - 1]! ** 2;
    }
  }
}
