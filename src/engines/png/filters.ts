// The five filters of PNG (PNG specification, third edition, §9): replace each row by its
// differences to a prediction from the bytes to the left, above and above left, and invert that.

/** Filter types 0–4, as stored in a row's first byte. */
export type FilterType = 0 | 1 | 2 | 3 | 4;

export const NONE = 0;
export const SUB = 1;
export const UP = 2;
export const AVERAGE = 3;
export const PAETH = 4;
export const FILTER_TYPES: readonly FilterType[] = [NONE, SUB, UP, AVERAGE, PAETH];
/** Names in the specification, in the order of the types. */
export const FILTER_NAMES = ['none', 'sub', 'up', 'average', 'paeth'] as const;

/** Which of left, above and above left is closest to left + above − above left (§9.4). */
export function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner);
  const toAbove = Math.abs(left - corner);
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

/**
 * Writes the residuals of `row` to `out`, which has its length.
 *
 * @param above the row above, unfiltered, of the same length; zeros above the first.
 * @param step bytes of a whole pixel, at least 1: the distance to the left neighbour.
 */
export function filterRow(
  type: FilterType,
  row: Uint8Array,
  above: Uint8Array,
  step: number,
  out: Uint8Array,
): void {
  const bytes = row.length;
  const first = Math.min(step, bytes);
  switch (type) {
    case NONE:
      out.set(row);
      return;
    case SUB:
      for (let i = 0; i < first; i++) out[i] = row[i]!;
      for (let i = step; i < bytes; i++) out[i] = row[i]! - row[i - step]!;
      return;
    case UP:
      for (let i = 0; i < bytes; i++) out[i] = row[i]! - above[i]!;
      return;
    case AVERAGE:
      for (let i = 0; i < first; i++) out[i] = row[i]! - (above[i]! >> 1);
      for (let i = step; i < bytes; i++) out[i] = row[i]! - ((row[i - step]! + above[i]!) >> 1);
      return;
    case PAETH:
      for (let i = 0; i < first; i++) out[i] = row[i]! - above[i]!;
      for (let i = step; i < bytes; i++) {
        out[i] = row[i]! - paeth(row[i - step]!, above[i]!, above[i - step]!);
      }
  }
}

/** Converts the residuals in `row` to bytes, in place; `above` and `step` as in `filterRow`. */
export function unfilterRow(
  type: FilterType,
  row: Uint8Array,
  above: Uint8Array,
  step: number,
): void {
  const bytes = row.length;
  const first = Math.min(step, bytes);
  switch (type) {
    case NONE:
      return;
    case SUB:
      for (let i = step; i < bytes; i++) row[i]! += row[i - step]!;
      return;
    case UP:
      for (let i = 0; i < bytes; i++) row[i]! += above[i]!;
      return;
    case AVERAGE:
      for (let i = 0; i < first; i++) row[i]! += above[i]! >> 1;
      for (let i = step; i < bytes; i++) row[i]! += (row[i - step]! + above[i]!) >> 1;
      return;
    case PAETH:
      for (let i = 0; i < first; i++) row[i]! += above[i]!;
      for (let i = step; i < bytes; i++) {
        row[i]! += paeth(row[i - step]!, above[i]!, above[i - step]!);
      }
  }
}

/** |residual| of a byte, read as a signed one. */
export function magnitude(residual: number): number {
  return residual < 128 ? residual : 256 - residual;
}

/** Σ |residual|: the heuristic of §12.7, to be minimised. */
export function absoluteSum(residuals: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += magnitude(residuals[i]!);
  return sum;
}

/** Cost of a row's residuals; the filter with the least cost is chosen. */
export type RowCost = (residuals: Uint8Array) => number;

/**
 * The filter of least cost, the lowest type if tied. `scratch` has the length of the row and is
 * overwritten.
 *
 * @param cost default: the sum of absolute differences, as recommended in §12.7.
 */
export function cheapestFilter(
  row: Uint8Array,
  above: Uint8Array,
  step: number,
  scratch: Uint8Array,
  cost: RowCost = absoluteSum,
): FilterType {
  let best: FilterType = NONE;
  let least = Infinity;
  for (const type of FILTER_TYPES) {
    filterRow(type, row, above, step, scratch);
    const bits = cost(scratch);
    if (bits < least) {
      least = bits;
      best = type;
    }
  }
  return best;
}

/** Number of different pairs of adjacent bytes: small if there are many matches. */
export function distinctPairs(residuals: Uint8Array): number {
  const seen = new Uint8Array(65536);
  let count = 0;
  for (let i = 1; i < residuals.length; i++) {
    const pair = (residuals[i - 1]! << 8) | residuals[i]!;
    count += 1 - seen[pair]!;
    seen[pair] = 1;
  }
  return count;
}

/** Initial count of residuals, their mean magnitude, and the decay of the counts per row. */
const FIRST_COUNT = 64;
const FIRST_MAGNITUDE = 8;
const FADING = 0.9;
/** Lower limit of a residual's count. */
const LEAST_COUNT = 0.2;

/**
 * Bits of residuals under the distribution of those chosen for the rows above, with more weight on
 * nearer rows.
 */
export class ResidualBits {
  #counts = Float64Array.from(
    { length: 256 },
    (_, b) =>
      LEAST_COUNT +
      (FIRST_COUNT / (2 * FIRST_MAGNITUDE)) * Math.exp(-magnitude(b) / FIRST_MAGNITUDE),
  );
  readonly #bits = new Float64Array(256);

  constructor() {
    this.#price();
  }

  readonly cost: RowCost = (residuals) => {
    let bits = 0;
    for (let i = 0; i < residuals.length; i++) bits += this.#bits[residuals[i]!]!;
    return bits;
  };

  update(residuals: Uint8Array): void {
    this.#counts = this.#counts.map((count) => Math.max(LEAST_COUNT, count * FADING));
    for (let i = 0; i < residuals.length; i++) this.#counts[residuals[i]!]!++;
    this.#price();
  }

  #price(): void {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    for (let b = 0; b < 256; b++) this.#bits[b] = Math.log2(total / this.#counts[b]!);
  }
}
