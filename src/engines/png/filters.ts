// The five filters of PNG (PNG specification, third edition, §9): each row becomes the differences
// to a prediction from the bytes to the left, above and above left, and back.

/** Filter types 0–4, in the numbers that a row's first byte holds. */
export type FilterType = 0 | 1 | 2 | 3 | 4;

export const NONE = 0;
export const SUB = 1;
export const UP = 2;
export const AVERAGE = 3;
export const PAETH = 4;
export const FILTER_TYPES: readonly FilterType[] = [NONE, SUB, UP, AVERAGE, PAETH];

/** Which of left, above and above left is nearest to left + above − above left (§9.4). */
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
 * @param step bytes of a whole pixel, at least 1: how far to the left a byte looks.
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

/** Turns the residuals in `row` into bytes, in place; `above` and `step` as in `filterRow`. */
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

/** Σ |residual|: what §12.7 would have a filter make least. */
export function absoluteSum(residuals: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < residuals.length; i++) sum += magnitude(residuals[i]!);
  return sum;
}

/**
 * The filter with the minimum sum of absolute differences (§12.7), the lowest type if several have
 * it. `scratch` has the length of the row and is overwritten.
 */
export function leastAbsoluteSum(
  row: Uint8Array,
  above: Uint8Array,
  step: number,
  scratch: Uint8Array,
): FilterType {
  let best: FilterType = NONE;
  let least = Infinity;
  for (const type of FILTER_TYPES) {
    filterRow(type, row, above, step, scratch);
    const sum = absoluteSum(scratch);
    if (sum < least) {
      least = sum;
      best = type;
    }
  }
  return best;
}
