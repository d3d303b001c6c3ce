// The known values of one channel around the next pixel: its row so far and the three rows above.
// Values outside the picture are padded as `at` describes.

const ROWS_ABOVE = 3;
/** Padding on each side of a row, in pixels: the largest horizontal distance of a neighbour. */
const MARGIN = 4;
/** Value of all neighbours of the first pixel. */
const MIDDLE = 128;

export class ChannelRows {
  readonly #width: number;
  /** The current row, the one above it, and so on, each padded on both sides. */
  readonly #rows: Float64Array[];
  #x = 0;
  #first = true;

  constructor(width: number, from?: ChannelRows) {
    this.#width = width;
    this.#rows = from
      ? from.#rows.map((row) => row.slice())
      : Array.from({ length: ROWS_ABOVE + 1 }, () =>
          new Float64Array(width + 2 * MARGIN).fill(MIDDLE),
        );
    if (!from) return;
    this.#x = from.#x;
    this.#first = from.#first;
  }

  fork(): ChannelRows {
    return new ChannelRows(this.#width, this);
  }

  /**
   * The value `up` rows above the next pixel and `right` columns to its right. Positions left of the
   * picture have the value of the first pixel of the row above, those right of it the value of the
   * last pixel of their row, and those above it the value of the pixel to the left.
   */
  at(up: number, right: number): number {
    return this.#rows[up]![this.#x + MARGIN + right]!;
  }

  /** Sets the value of the next pixel, without moving past it. */
  put(value: number): void {
    const rows = this.#rows;
    const at = this.#x + MARGIN;
    rows[0]![at] = value;
    if (this.#first) {
      for (let up = 1; up <= ROWS_ABOVE; up++) rows[up]!.fill(value, at + 1, at + 1 + MARGIN);
      if (this.#x === 0) for (const row of rows) row.fill(value, 0, at + 1);
    }
    if (this.#x === this.#width - 1) rows[0]!.fill(value, at + 1);
  }

  /** Moves past the next pixel. */
  advance(): void {
    if (++this.#x < this.#width) return;
    const rows = this.#rows;
    rows.unshift(rows.pop()!);
    rows[0]!.fill(rows[1]![MARGIN]!, 0, MARGIN);
    this.#x = 0;
    this.#first = false;
  }
}
