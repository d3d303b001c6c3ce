// The pitch of a voice: the lag at which the residual of linear prediction is most like itself, and
// what the residual was that long ago (long-term prediction: Atal & Schroeder 1970).

/** Residuals around the lag that `read` gives. */
export const TAPS = 5;

/** Periods in samples: 40–500 Hz at 16 kHz. */
const SHORTEST = 32;
const LONGEST = 400;
/** Residuals that are compared with those a lag before them. */
const COMPARED = 320;
const KEPT = LONGEST + COMPARED + TAPS;

export class PitchMemory {
  readonly #residuals: Float64Array;
  #end: number;
  #lag: number;

  constructor(from?: PitchMemory) {
    this.#residuals = from ? from.#residuals.slice() : new Float64Array(4 * KEPT);
    this.#end = from ? from.#end : KEPT; // as if silence had gone before
    this.#lag = from ? from.#lag : SHORTEST;
  }

  fork(): PitchMemory {
    return new PitchMemory(this);
  }

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

  /** Moves to the lag of the largest correlation, squared and over the energy that it is with. */
  search(): void {
    const e = this.#residuals;
    const from = this.#end - COMPARED;
    let energy = 0;
    for (let i = from; i < this.#end; i++) energy += e[i - SHORTEST]! ** 2;
    let best = 0;
    for (let lag = SHORTEST; lag <= LONGEST; lag++) {
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
