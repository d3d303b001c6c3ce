// A picture in memory, as the image formats of the waist see it.

/** Pixels row by row from the top, left to right, one byte per channel. */
export interface Picture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
  /** `width · height · channels` bytes. */
  readonly pixels: Uint8Array;
}
