// A picture in memory, in the layout of the image formats.

/** Pixels in raster order, one byte per channel. */
export interface Picture {
  /** Pixels per row. */
  readonly width: number;
  /** Number of rows. */
  readonly height: number;
  /** 1: grey; 3: red, green and blue. */
  readonly channels: 1 | 3;
  /** `width · height · channels` bytes. */
  readonly pixels: Uint8Array;
}
