// Predicts the next pixel from earlier pixels with similar neighbourhoods. Candidates are found by a
// hash of the neighbours and by continuing the best matches of the neighbours. The prediction is an
// average of the candidates weighted by similarity, each shifted by the difference in mean between
// the two neighbourhoods.

/** Neighbours that make up a neighbourhood. */
const COMPARED: readonly (readonly [up: number, right: number])[] = [
  [0, -1],
  [1, 0],
  [1, -1],
  [1, 1],
  [0, -2],
  [2, 0],
  [1, 2],
  [1, -2],
  [2, -1],
  [2, 1],
  [0, -3],
  [3, 0],
  [2, 2],
  [2, -2],
];
/** Largest distance of a neighbour in either direction, in pixels. */
const MARGIN = 3;
const TABLE_BITS = 14;
/** Number of pixels stored per hash. */
const WAYS = 4;
/**
 * Hashed contexts: the number of leading neighbours, whether the value above is subtracted from them,
 * and the quantisation step.
 */
const CONTEXTS = [
  { neighbours: 6, isRelative: true, step: 6 },
  { neighbours: 4, isRelative: false, step: 16 },
] as const;
/** Limit on the candidates: four from the neighbours' matches, and those of each hash. */
const MAX_CANDIDATES = 4 + WAYS * CONTEXTS.length;
/** Added to the variance of the differences, so that exact matches have a finite weight. */
const NOISE = 6;

export class PixelMatches {
  readonly #width: number;
  readonly #channels: number;
  /** All rows so far, the last being the current one; the others are shared with forks. */
  readonly #rows: Uint8Array[];
  readonly #table: Int32Array;
  /** Position of the best match of each pixel in the current row and in the row above; −1 for none. */
  #best: Int32Array;
  #above: Int32Array;
  /** Positions of the candidates, as row · width + column, and their weights. */
  readonly #positions = new Int32Array(MAX_CANDIDATES);
  readonly #weights = new Float64Array(MAX_CANDIDATES);
  /** Value added to each channel of each candidate. */
  readonly #offsets: Float64Array;
  readonly #hashes = new Int32Array(CONTEXTS.length);
  #found = 0;
  #x = 0;

  constructor(width: number, channels: number, from?: PixelMatches) {
    this.#width = width;
    this.#channels = channels;
    this.#rows = from ? from.#rows.slice() : [new Uint8Array(width * channels)];
    if (from) this.#rows[this.#rows.length - 1] = from.#rows.at(-1)!.slice();
    this.#table = from ? from.#table.slice() : new Int32Array(WAYS << TABLE_BITS).fill(-1);
    this.#best = from ? from.#best.slice() : new Int32Array(width).fill(-1);
    this.#above = from ? from.#above.slice() : new Int32Array(width).fill(-1);
    this.#offsets = new Float64Array(MAX_CANDIDATES * channels);
    if (!from) return;
    this.#x = from.#x;
    this.#found = from.#found;
    this.#positions.set(from.#positions);
    this.#weights.set(from.#weights);
    this.#offsets.set(from.#offsets);
    this.#hashes.set(from.#hashes);
  }

  fork(): PixelMatches {
    return new PixelMatches(this.#width, this.#channels, this);
  }

  /** Finds the candidates for the next pixel. */
  search(): void {
    const width = this.#width;
    const x = this.#x;
    const y = this.#rows.length - 1;
    this.#found = 0;
    this.#best[x] = -1;
    if (y < MARGIN || x < MARGIN || x >= width - MARGIN) return;
    let best = Infinity;
    const consider = (position: number): void => {
      if (position < 0 || this.#found === MAX_CANDIDATES) return;
      const px = position % width;
      const py = Math.floor(position / width);
      if (px < MARGIN || px >= width - MARGIN || py < MARGIN || (py === y && px >= x) || py > y)
        return;
      for (let i = 0; i < this.#found; i++) if (this.#positions[i] === position) return;
      const difference = this.#compare(px, py, this.#found);
      this.#positions[this.#found] = position;
      this.#weights[this.#found++] = 1 / (difference + NOISE) ** 2;
      if (difference < best) {
        best = difference;
        this.#best[x] = position;
      }
    };
    consider(after(this.#best[x - 1]!, 1));
    consider(after(this.#above[x]!, width));
    consider(after(this.#above[x + 1]!, width - 1));
    consider(after(this.#above[x - 1]!, width + 1));
    for (let i = 0; i < CONTEXTS.length; i++) {
      const hash = this.#hash(x, y, i);
      this.#hashes[i] = hash;
      for (let way = 0; way < WAYS; way++) consider(this.#table[hash * WAYS + way]!);
    }
    let total = 0;
    for (let i = 0; i < this.#found; i++) total += this.#weights[i]!;
    for (let i = 0; i < this.#found; i++) this.#weights[i]! /= total;
  }

  /** Predicts channel `c` of the next pixel; NaN if there are no candidates. */
  predict(c: number): number {
    if (this.#found === 0) return Number.NaN;
    let sum = 0;
    for (let i = 0; i < this.#found; i++) {
      const position = this.#positions[i]!;
      const row = this.#rows[Math.floor(position / this.#width)]!;
      const value = row[(position % this.#width) * this.#channels + c]!;
      sum += this.#weights[i]! * (value + this.#offsets[i * this.#channels + c]!);
    }
    return sum;
  }

  /** Sets a channel of the next pixel. */
  put(c: number, value: number): void {
    this.#rows.at(-1)![this.#x * this.#channels + c] = value;
  }

  /** Moves past the next pixel; drawn pixels do not enter the hash table. */
  advance(isGiven: boolean): void {
    const y = this.#rows.length - 1;
    const x = this.#x;
    if (isGiven && y >= MARGIN && x >= MARGIN && x < this.#width - MARGIN) {
      for (const hash of this.#hashes) {
        const at = hash * WAYS;
        this.#table.copyWithin(at + 1, at, at + WAYS - 1);
        this.#table[at] = y * this.#width + x;
      }
    }
    if (++this.#x < this.#width) return;
    this.#x = 0;
    this.#rows.push(new Uint8Array(this.#width * this.#channels));
    const above = this.#above;
    this.#above = this.#best;
    this.#best = above;
  }

  /**
   * Returns the variance of the differences between the neighbourhoods of the next pixel and of
   * candidate `i`. Their mean becomes the candidate's offset.
   */
  #compare(px: number, py: number, i: number): number {
    const channels = this.#channels;
    const y = this.#rows.length - 1;
    let variance = 0;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let squares = 0;
      for (const [up, right] of COMPARED) {
        const own = this.#rows[y - up]![(this.#x + right) * channels + c]!;
        const other = this.#rows[py - up]![(px + right) * channels + c]!;
        const difference = own - other;
        sum += difference;
        squares += difference * difference;
      }
      const mean = sum / COMPARED.length;
      this.#offsets[i * channels + c] = mean;
      variance += squares / COMPARED.length - mean * mean;
    }
    return variance / channels;
  }

  #hash(x: number, y: number, context: number): number {
    const channels = this.#channels;
    const { neighbours, isRelative, step } = CONTEXTS[context]!;
    let hash = context + 1;
    const at = (up: number, right: number, c: number): number =>
      this.#rows[y - up]![(x + right) * channels + c]!;
    for (let c = 0; c < channels; c += 2) {
      const base = isRelative ? at(1, 0, c) : 0;
      for (let i = 0; i < neighbours; i++) {
        const [up, right] = COMPARED[i]!;
        hash = Math.imul(hash ^ Math.round((at(up, right, c) - base) / step), 0x2c1b3c6d);
        hash ^= hash >>> 13;
      }
    }
    return (Math.imul(hash, 0x297a2d39) >>> 0) >>> (32 - TABLE_BITS);
  }
}

/** The position `by` pixels after another, or −1 if that is −1. */
const after = (position: number, by: number): number => (position < 0 ? -1 : position + by);
