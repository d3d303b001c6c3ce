// The given part of a picture: whole rows at the top, and the left part of the other rows.

import { UsageError } from '../errors.js';

/** The given part as requested: a side, and an amount in pixels or as a fraction. */
export interface GivenSide {
  readonly side: 'left' | 'top' | 'none';
  /** Pixels; or a fraction if less than 1. */
  readonly amount: number;
}

/** The given part in pixels. */
export interface GivenPart {
  /** Rows at the top that are given completely. */
  readonly rows: number;
  /** Pixels given at the left of every other row. */
  readonly columns: number;
}

/** @throws UsageError if more is given than there is. */
export function givenPart(
  { side, amount }: GivenSide,
  { width, height }: { readonly width: number; readonly height: number },
): GivenPart {
  if (side === 'none') return { rows: 0, columns: 0 };
  const whole = side === 'left' ? width : height;
  const pixels = amount < 1 ? Math.floor(amount * whole) : amount;
  if (pixels > whole) {
    throw new UsageError(
      `--given ${side}:${amount} is more than the picture has: ${width} × ${height} pixels`,
    );
  }
  return side === 'left' ? { rows: 0, columns: pixels } : { rows: pixels, columns: 0 };
}

/** Number of missing pixels. */
export function missingPixels(
  { rows, columns }: GivenPart,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  return (height - rows) * (width - columns);
}
