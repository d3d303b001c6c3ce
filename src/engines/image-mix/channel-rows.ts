// What is known of one channel of a picture around the next pixel: its row so far and three above.

/** Rows above that are kept, and pixels on both sides that neighbours may be away. */
const ROWS_ABOVE = 3;
const MARGIN = 4;
/** All pixels before the first. */
const MIDDLE = 128;

export class ChannelRows {
  readonly #width: number;
  /** This row, the one above, and so on, each with margins. */
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
   * The pixel `up` rows above the next one and `right` of it. Beyond the sides pixels are those
   * above them, or at the edge; above the first row, those to the left.
   */
  at(up: number, right: number): number {
    return this.#rows[up]![this.#x + MARGIN + right]!;
  }

  /** Says what the next pixel is; `advance` goes on behind it. */
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

  advance(): void {
    if (++this.#x < this.#width) return;
    const rows = this.#rows;
    rows.unshift(rows.pop()!);
    rows[0]!.fill(rows[1]![MARGIN]!, 0, MARGIN);
    this.#x = 0;
    this.#first = false;
  }
}
