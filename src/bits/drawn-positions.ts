// Records which bytes of a context were drawn from the model itself: they are not used as sources
// of copies.

export class DrawnPositions {
  /** Alternating starts and ends (exclusive), in ascending order. */
  readonly #bounds: number[];

  constructor(bounds: readonly number[] = []) {
    this.#bounds = bounds.slice();
  }

  /** Adds a position, which must be greater than all earlier ones. */
  add(position: number): void {
    const bounds = this.#bounds;
    if (bounds.at(-1) === position) bounds[bounds.length - 1] = position + 1;
    else bounds.push(position, position + 1);
  }

  has(position: number): boolean {
    const bounds = this.#bounds;
    for (let i = bounds.length - 2; i >= 0; i -= 2) {
      if (position >= bounds[i]!) return position < bounds[i + 1]!;
    }
    return false;
  }

  fork(): DrawnPositions {
    return new DrawnPositions(this.#bounds);
  }
}
