// What the next pixel is likely to be by places before it whose neighbourhood was alike: those that
// a hash of the neighbours finds, and those behind the places that its neighbours were like. They are
// averaged by how alike they are, each moved by how much lighter its neighbourhood was.

/** Neighbours that are compared. */
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
/** How far those are away at most. */
const MARGIN = 3;
const TABLE_BITS = 14;
/** Places that are remembered of each hash. */
const WAYS = 4;
/** Contexts that are hashed: the first neighbours, less the one above or as they are, in such steps. */
const CONTEXTS = [
  { neighbours: 6, isRelative: true, step: 6 },
  { neighbours: 4, isRelative: false, step: 16 },
] as const;
/** Places that are compared, at most: the neighbours' four, and those of each hash. */
const MOST = 4 + WAYS * CONTEXTS.length;
/** A variance that is as good as none. */
const NOISE = 6;

export class PixelMatches {
  readonly #width: number;
  readonly #channels: number;
  /** All so far, the last one of the next pixel; those before it are shared with forks. */
  readonly #rows: Uint8Array[];
  readonly #table: Int32Array;
  /** Of each pixel of this row and the one above the best place; −1 for none. */
  #best: Int32Array;
  #above: Int32Array;
  readonly #places = new Int32Array(MOST);
  readonly #weights = new Float64Array(MOST);
  /** What is added to the channels of each place. */
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
    this.#offsets = new Float64Array(MOST * channels);
    if (!from) return;
    this.#x = from.#x;
    this.#found = from.#found;
    this.#places.set(from.#places);
    this.#weights.set(from.#weights);
    this.#offsets.set(from.#offsets);
    this.#hashes.set(from.#hashes);
  }

  fork(): PixelMatches {
    return new PixelMatches(this.#width, this.#channels, this);
  }

  /** Looks for places like the next pixel. */
  search(): void {
    const width = this.#width;
    const x = this.#x;
    const y = this.#rows.length - 1;
    this.#found = 0;
    this.#best[x] = -1;
    if (y < MARGIN || x < MARGIN || x >= width - MARGIN) return;
    let best = Infinity;
    const consider = (place: number): void => {
      if (place < 0 || this.#found === MOST) return;
      const px = place % width;
      const py = Math.floor(place / width);
      if (px < MARGIN || px >= width - MARGIN || py < MARGIN || (py === y && px >= x) || py > y)
        return;
      for (let i = 0; i < this.#found; i++) if (this.#places[i] === place) return;
      const difference = this.#compare(px, py, this.#found);
      this.#places[this.#found] = place;
      this.#weights[this.#found++] = 1 / (difference + NOISE) ** 2;
      if (difference < best) {
        best = difference;
        this.#best[x] = place;
      }
    };
    consider(next(this.#best[x - 1]!, 1));
    consider(next(this.#above[x]!, width));
    consider(next(this.#above[x + 1]!, width - 1));
    consider(next(this.#above[x - 1]!, width + 1));
    for (let i = 0; i < CONTEXTS.length; i++) {
      const hash = this.#hash(x, y, i);
      this.#hashes[i] = hash;
      for (let way = 0; way < WAYS; way++) consider(this.#table[hash * WAYS + way]!);
    }
    let total = 0;
    for (let i = 0; i < this.#found; i++) total += this.#weights[i]!;
    for (let i = 0; i < this.#found; i++) this.#weights[i]! /= total;
  }

  /** What channel `c` of the next pixel is likely to be; NaN where nothing was alike. */
  predict(c: number): number {
    if (this.#found === 0) return Number.NaN;
    let sum = 0;
    for (let i = 0; i < this.#found; i++) {
      const place = this.#places[i]!;
      const row = this.#rows[Math.floor(place / this.#width)]!;
      const value = row[(place % this.#width) * this.#channels + c]!;
      sum += this.#weights[i]! * (value + this.#offsets[i * this.#channels + c]!);
    }
    return sum;
  }

  /** A channel of the next pixel. */
  put(c: number, value: number): void {
    this.#rows.at(-1)![this.#x * this.#channels + c] = value;
  }

  /** Goes on behind the pixel; what was drawn is not remembered. */
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

  /** The variance of the difference to a place, whose mean becomes its offset. */
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

/** The place that is so many pixels behind one, if there is one. */
const next = (place: number, by: number): number => (place < 0 ? -1 : place + by);
