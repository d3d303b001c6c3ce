// A mixture of experts. An expert is a predictor with a scale and a shape: Student's t with 2, 4 or 8
// degrees of freedom (Abramowitz & Stegun 1964, 26.7.4). Scales adapt at several speeds; weights
// follow the fixed-share rule (Herbster & Warmuth 1998).

export const PREDICTORS = 11;
/** Decay of a scale per step. */
const SCALE_DECAYS: StaticArray<f64> = [0.85, 0.96, 0.99];
const SPEEDS = 3;
/** Factors on the scale, which is a mean magnitude. */
const SCALE_FACTORS: StaticArray<f64> = [0.5, 0.85, 1.4];
const WIDTHS = 9;
const SHAPES = 3;
const EXPERTS = PREDICTORS * WIDTHS * SHAPES;
/** Share of all weights that is redistributed equally after each sample. */
const SHARE: f64 = 1.0 / 256;
/** Scale before the first sample, as a fraction of the range. */
const FIRST_SCALE: f64 = 1.0 / 64;
/** Lower limit of a scale, in sample steps. */
const MIN_SCALE: f64 = 0.08;

/** The predictions of the next sample, and the mean magnitude of each residual at each speed. */
export const predictions = memory.data(8 * 11, 16);
const scales = memory.data(8 * 33, 16);
const weights = memory.data(8 * 297, 16);
/** Reciprocal of the width of each predictor at each scale. */
const inverseWidths = memory.data(8 * 99, 16);
/** Reciprocal of the mass of each expert's distribution within the range of samples. */
const inverseMasses = memory.data(8 * 297, 16);
/** Probability of the sample that was evaluated last, by each expert. */
const probabilities = memory.data(8 * 297, 16);

@unmanaged
class State {
  lowest: f64;
  highest: f64;
  /** Weighted mass of all experts below the range of samples. */
  bottom: f64;
  /** The sample that was evaluated last; NaN for none. */
  evaluated: f64;
  isMeasured: bool;
}
const state = changetype<State>(memory.data(40, 8));

/** Starts with equal weights, for samples in [lowest, highest]. */
export function start(lowest: f64, highest: f64): void {
  state.lowest = lowest;
  state.highest = highest;
  for (let i = 0; i < PREDICTORS * SPEEDS; i++) store<f64>(scales + 8 * i, highest * FIRST_SCALE);
  for (let e = 0; e < EXPERTS; e++) store<f64>(weights + 8 * e, 1.0 / EXPERTS);
  begin();
}

/** The predictions are those of another sample now. */
export function begin(): void {
  state.isMeasured = false;
  state.evaluated = NaN;
}

/** The sample nearest to a value within the range. */
export function clip(value: f64): f64 {
  return min(max(value, state.lowest), state.highest);
}

/** The values of the distribution function at both lanes of x. */
// @ts-ignore: decorator
@inline
function cdf(x: v128, squares: v128, shape: i32): v128 {
  const degrees = f64x2.splat(<f64>(2 << shape));
  const r = f64x2.div(f64x2.splat(1), f64x2.add(degrees, squares));
  const c = f64x2.mul(degrees, r);
  const half = f64x2.splat(0.5);
  let series = f64x2.splat(1);
  if (shape === 1) series = f64x2.add(series, f64x2.mul(half, c));
  if (shape === 2) {
    series = f64x2.add(f64x2.splat(0.375), f64x2.mul(f64x2.splat(0.3125), c));
    series = f64x2.add(half, f64x2.mul(c, series));
    series = f64x2.add(f64x2.splat(1), f64x2.mul(c, series));
  }
  const sine = f64x2.mul(x, f64x2.sqrt(r));
  return f64x2.add(half, f64x2.mul(f64x2.mul(half, sine), series));
}

/** Stores the mass between `from` and `to` of the three shapes. */
// @ts-ignore: decorator
@inline
function storeMasses(from: f64, to: f64, out: usize): void {
  // Both ends are in the lower tail or around the middle, where the difference is accurate.
  const isUpper = from > 0;
  const x = f64x2.replace_lane(f64x2.splat(isUpper ? -to : from), 1, isUpper ? -from : to);
  const squares = f64x2.mul(x, x);
  const a = cdf(x, squares, 0);
  const b = cdf(x, squares, 1);
  const c = cdf(x, squares, 2);
  store<f64>(out, f64x2.extract_lane(a, 1) - f64x2.extract_lane(a, 0));
  store<f64>(out, f64x2.extract_lane(b, 1) - f64x2.extract_lane(b, 0), 8);
  store<f64>(out, f64x2.extract_lane(c, 1) - f64x2.extract_lane(c, 0), 16);
}

/** P that the next sample is `sample`. */
export function probability(sample: f64): f64 {
  measure();
  state.evaluated = sample;
  let sum: f64 = 0;
  let e: usize = 0;
  for (let p = 0; p < PREDICTORS; p++) {
    const away = sample - load<f64>(predictions + 8 * p);
    for (let w = 0; w < WIDTHS; w++) {
      const inverseWidth = load<f64>(inverseWidths + 8 * (p * WIDTHS + w));
      storeMasses((away - 0.5) * inverseWidth, (away + 0.5) * inverseWidth, probabilities + e);
      for (let shape = 0; shape < SHAPES; shape++, e += 8) {
        const conditional = load<f64>(probabilities + e) * load<f64>(inverseMasses + e);
        store<f64>(probabilities + e, conditional);
        sum += load<f64>(weights + e) * conditional;
      }
    }
  }
  return sum;
}

/** P that the next sample is below `sample`. */
export function below(sample: f64): f64 {
  measure();
  return massBelow(sample) - state.bottom;
}

/** Weighted mass of all experts below `sample`, each relative to its mass within the range. */
function massBelow(sample: f64): f64 {
  let sum: f64 = 0;
  let e: usize = 0;
  for (let p = 0; p < PREDICTORS; p++) {
    const away = sample - 0.5 - load<f64>(predictions + 8 * p);
    for (let w = 0; w < WIDTHS; w++) {
      const x = f64x2.splat(away * load<f64>(inverseWidths + 8 * (p * WIDTHS + w)));
      const squares = f64x2.mul(x, x);
      sum += share(e) * f64x2.extract_lane(cdf(x, squares, 0), 0);
      sum += share(e + 8) * f64x2.extract_lane(cdf(x, squares, 1), 0);
      sum += share(e + 16) * f64x2.extract_lane(cdf(x, squares, 2), 0);
      e += 24;
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function share(e: usize): f64 {
  return load<f64>(weights + e) * load<f64>(inverseMasses + e);
}

/** The width of predictor p's distributions at scale w. */
function width(p: i32, w: i32): f64 {
  const scale = load<f64>(scales + 8 * (p * SPEEDS + w / 3));
  return scale * unchecked(SCALE_FACTORS[w % 3]) + MIN_SCALE;
}

/** The expert that the uniform number u in [0, 1) chooses by the weights. */
export function choose(u: f64): i32 {
  let e = 0;
  while (e < EXPERTS - 1 && (u -= load<f64>(weights + 8 * e)) >= 0) e++;
  return e;
}

/** The prediction of an expert. */
export function meanOf(e: i32): f64 {
  return load<f64>(predictions + 8 * (e / (WIDTHS * SHAPES)));
}

/** The width of its distribution. */
export function widthOf(e: i32): f64 {
  return width(e / (WIDTHS * SHAPES), (e / SHAPES) % WIDTHS);
}

/** The degrees of freedom of its distribution. */
export function degreesOf(e: i32): i32 {
  return 2 << e % SHAPES;
}

/** Computes the mass of each expert within the range of samples, once per sample. */
function measure(): void {
  if (state.isMeasured) return;
  state.isMeasured = true;
  let e: usize = 0;
  for (let p = 0; p < PREDICTORS; p++) {
    const at = load<f64>(predictions + 8 * p);
    for (let w = 0; w < WIDTHS; w++) {
      const inverseWidth = 1.0 / width(p, w);
      store<f64>(inverseWidths + 8 * (p * WIDTHS + w), inverseWidth);
      const bottom = (state.lowest - 0.5 - at) * inverseWidth;
      storeMasses(bottom, (state.highest + 0.5 - at) * inverseWidth, inverseMasses + e);
      for (let shape = 0; shape < SHAPES; shape++, e += 8) {
        store<f64>(inverseMasses + e, 1.0 / load<f64>(inverseMasses + e));
      }
    }
  }
  state.bottom = massBelow(state.lowest);
}

/** Learns a sample, the `step`-th. */
export function update(sample: f64, step: i32): void {
  if (state.evaluated !== sample) probability(sample);
  let sum: f64 = 0;
  for (let e: usize = 0; e < 8 * EXPERTS; e += 8) {
    const weight = load<f64>(weights + e) * load<f64>(probabilities + e);
    store<f64>(weights + e, weight);
    sum += weight;
  }
  const kept = (1 - SHARE) / sum;
  for (let e: usize = 0; e < 8 * EXPERTS; e += 8) {
    store<f64>(weights + e, kept * load<f64>(weights + e) + SHARE / EXPERTS);
  }
  const slowest = <f64>step / <f64>(step + 1);
  for (let p = 0; p < PREDICTORS; p++) {
    const magnitude = abs(sample - load<f64>(predictions + 8 * p));
    for (let d = 0; d < SPEEDS; d++) {
      const at = scales + 8 * (p * SPEEDS + d);
      const decay = min(unchecked(SCALE_DECAYS[d]), slowest);
      store<f64>(at, decay * load<f64>(at) + (1 - decay) * magnitude);
    }
  }
}
