// The logistic domain of context mixing: stretch(p) = ln(p/(1−p)), in nats, and its inverse.
// Computed with + − × ÷ only, whose results IEEE 754 fixes exactly, not with Math.log and Math.exp,
// which differ between engines: a predictor must give identical results everywhere.

/** Largest |stretch| that {@link squash} distinguishes. */
export const STRETCH_LIMIT = 12;

/** Table entries per nat; both functions are interpolated linearly between entries. */
const PER_NAT = 128;
const PER_ONE = 4096;
/** Below this probability the table entries are 1/TAIL times as dense, as the curve bends more. */
const TAIL = 1 / 64;

/** squash(i/{@link PER_NAT} − {@link STRETCH_LIMIT}). */
export const squashTable = Float64Array.from(
  { length: 2 * STRETCH_LIMIT * PER_NAT + 1 },
  (_, i) => 1 / (1 + exp(STRETCH_LIMIT - i / PER_NAT)),
);
/** ln((1−p)/p) at multiples of 1/4096, and below 1/64 at multiples of 1/262144. */
export const stretchTable = tableOfStretch(PER_ONE);
export const stretchTailTable = tableOfStretch(PER_ONE / TAIL);

/** ln(p/(1−p)) for 0 < p < 1, odd about 1/2; p is clamped from below to 4e-6. */
export function stretch(p: number): number {
  return p <= 0.5 ? -stretchOdds(p) : stretchOdds(1 - p);
}

/** ln((1−p)/p) for p ≤ 1/2. */
function stretchOdds(p: number): number {
  const table = p < TAIL ? stretchTailTable : stretchTable;
  const at = p < TAIL ? p * (PER_ONE / TAIL) : p * PER_ONE;
  const i = at | 0;
  const low = table[i]!;
  return low + (at - i) * (table[i + 1]! - low);
}

/** 1/(1+e^−x), monotone; x is clamped to ±{@link STRETCH_LIMIT}. */
export function squash(x: number): number {
  if (x >= STRETCH_LIMIT) x = STRETCH_LIMIT - 1e-6;
  else if (x <= -STRETCH_LIMIT) x = -STRETCH_LIMIT;
  const at = (x + STRETCH_LIMIT) * PER_NAT;
  const i = at | 0;
  const low = squashTable[i]!;
  return low + (at - i) * (squashTable[i + 1]! - low);
}

/**
 * ln((1−p)/p) at p = i/scale, up to p = 1/2 or 4096 entries; entry 0, which is infinite, repeats
 * entry 1.
 */
function tableOfStretch(scale: number): Float64Array {
  return Float64Array.from({ length: Math.min(scale / 2, PER_ONE) + 2 }, (_, i) => {
    const p = Math.max(1, i) / scale;
    return ln((1 - p) / p);
  });
}

/** ln x for 1/2 < x < 2^30, by halving and the artanh series. */
function ln(x: number): number {
  let nats = 0;
  for (; x > 1.5; x /= 2) nats += Math.LN2;
  const z = (x - 1) / (x + 1);
  let power = z;
  for (let k = 1; k < 30; k += 2) {
    nats += (2 * power) / k;
    power *= z * z;
  }
  return nats;
}

/** e^x for |x| ≤ 32: the series of e^(x/64), squared six times. */
function exp(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k < 16; k++) {
    term *= x / 64 / k;
    sum += term;
  }
  for (let k = 0; k < 6; k++) sum *= sum;
  return sum;
}
