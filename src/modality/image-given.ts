// How much of a picture is given: whole rows from the top, of the other rows a part from the left.

import { UsageError } from '../errors.js';

/** What was asked for: a side, and how much of it in pixels or as a share. */
export interface GivenSide {
  readonly side: 'left' | 'top' | 'none';
  /** Pixels; or a share, if it is less than 1. */
  readonly amount: number;
}

/** What is given, in pixels. */
export interface GivenPart {
  /** Rows that are given whole, at the top. */
  readonly rows: number;
  /** Pixels given of every other row, at its left. */
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

/** Pixels that are not given. */
export function missingPixels(
  { rows, columns }: GivenPart,
  { width, height }: { readonly width: number; readonly height: number },
): number {
  return (height - rows) * (width - columns);
}
