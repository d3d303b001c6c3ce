// The causal neighbourhoods of the pixels of a partly given picture: several pixels to the left,
// above and above right. An index finds positions of the given part with similar neighbourhoods
// (Efros & Leung 1999), by their principal axes (Hertzmann et al. 2001).

import { UsageError } from '../../errors.js';
import { KdTree } from './kd-tree.js';
import { principalAxes } from './principal-axes.js';

/** Extent of a neighbourhood to the left, above and to the right, in pixels. */
export const REACH = 5;
/** Standard deviation, in pixels, of the Gaussian weight of a neighbour by its distance. */
const DEVIATION = 2.5;
const AXES = 12;
/** Limits on the neighbourhoods used to find the axes and on those in the index. */
const MOST_SAMPLES = 2048;
const MOST_INDEXED = 2 ** 18;
/** Number of leaves of the index visited by a search. */
const LEAVES = 24;

/** A partly given picture: whole rows, and the left part of the others. */
export interface Example {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes of a pixel. */
  readonly channels: number;
  /** Pixels in raster order; missing ones are never read. */
  readonly pixels: Uint8Array;
  /** Rows that are given whole, at the top. */
  readonly rows: number;
  /** Pixels given of every other row, at its left. */
  readonly columns: number;
}

/** The known values around a pixel, in the order of `Neighbourhoods`. */
export interface Around {
  readonly values: Float32Array;
  /** Weight of each value, 0 if it is unknown. */
  readonly weights: Float32Array;
}

export class Neighbourhoods {
  readonly example: Example;
  /** Number of values of a neighbourhood: rows from the top, pixels from the left, channels. */
  readonly size: number;
  /** Offset of each value's pixel: rows above, and columns to the right. */
  readonly ups: Int8Array;
  readonly rights: Int8Array;
  /** Weight of each value if all are known. */
  readonly weights: Float32Array;
  readonly #mean: Float64Array;
  /** Principal axes of the values multiplied by the square root of their weights. */
  readonly #axes: Float64Array;
  readonly #indexed: Int32Array;
  readonly #tree: KdTree;
  readonly #query = new Float32Array(AXES);

  /** @throws UsageError if the given part has no pixel with a whole neighbourhood. */
  constructor(example: Example) {
    this.example = example;
    const { width, height, channels } = example;
    this.size = channels * (REACH * (2 * REACH + 1) + REACH);
    this.ups = new Int8Array(this.size);
    this.rights = new Int8Array(this.size);
    this.weights = new Float32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      const pixel = Math.floor(i / channels);
      const up = REACH - Math.floor(pixel / (2 * REACH + 1));
      const right = (pixel % (2 * REACH + 1)) - REACH;
      this.ups[i] = up;
      this.rights[i] = right;
      this.weights[i] = Math.exp(-(up * up + right * right) / (2 * DEVIATION ** 2));
    }
    const places: number[] = [];
    for (let y = REACH; y < height; y++) {
      for (let x = REACH; x < width; x++) if (this.isPlace(x, y)) places.push(y * width + x);
    }
    const least = `${2 * REACH + 1} × ${REACH + 1}`;
    if (places.length === 0) {
      throw new UsageError(`texture synthesis needs at least ${least} given pixels`);
    }
    this.#indexed = spread(places, MOST_INDEXED);
    const vectors = this.#vectorsOf(spread(places, MOST_SAMPLES));
    const { mean, axes } = principalAxes(vectors, this.size, AXES);
    this.#mean = mean;
    this.#axes = axes;
    const points = new Float32Array(AXES * this.#indexed.length);
    const around = { values: new Float32Array(this.size), weights: this.weights };
    for (const [i, place] of this.#indexed.entries()) {
      this.read(place, around.values);
      this.#project(around);
      points.set(this.#query, AXES * i);
    }
    this.#tree = new KdTree(points, AXES);
  }

  /** True if a pixel and its neighbourhood are given. */
  isPlace(x: number, y: number): boolean {
    const { width, height, rows, columns } = this.example;
    if (x < REACH || x >= width - REACH || y < REACH || y >= height) return false;
    return y < rows || (x < columns && (y <= rows || x + REACH < columns));
  }

  /** Fills `values` with the neighbourhood of a position. */
  read(place: number, values: Float32Array): void {
    const { width, channels, pixels } = this.example;
    const row = width * channels;
    const side = (2 * REACH + 1) * channels;
    let from = (place - REACH) * channels - REACH * row;
    for (let i = 0, x = 0; i < this.size; i++) {
      values[i] = pixels[from + x]!;
      if (++x < side) continue;
      x = 0;
      from += row;
    }
  }

  /**
   * The mean squared difference between the known values around a pixel and a position; `most` if
   * larger.
   */
  difference({ values, weights }: Around, place: number, total: number, most: number): number {
    const { width, channels, pixels } = this.example;
    const row = width * channels;
    const side = (2 * REACH + 1) * channels;
    const limit = most * total;
    let sum = 0;
    // Starts with the nearest row, where the sum grows fastest.
    for (let up = 0; up <= REACH; up++) {
      let from = (place - REACH) * channels - up * row;
      const start = (REACH - up) * side;
      const end = up === 0 ? this.size : start + side;
      for (let i = start; i < end; i++, from++) {
        const difference = values[i]! - pixels[from]!;
        sum += weights[i]! * difference * difference;
      }
      if (sum > limit) return most;
    }
    return sum / total;
  }

  /** Visits positions with similar neighbourhoods. */
  search(around: Around, visit: (place: number, squared: number) => void): void {
    this.#project(around);
    this.#tree.search(this.#query, LEAVES, (point, squared) =>
      visit(this.#indexed[point]!, squared),
    );
  }

  /** Projects on the axes; unknown values are replaced by their mean. */
  #project({ values, weights }: Around): void {
    const axes = this.#axes;
    const query = this.#query.fill(0);
    const size = this.size;
    for (let i = 0; i < size; i++) {
      if (weights[i] === 0) continue;
      const off = Math.sqrt(weights[i]!) * values[i]! - this.#mean[i]!;
      for (let a = 0, at = i; a < AXES; a++, at += size) query[a]! += off * axes[at]!;
    }
  }

  #vectorsOf(places: Int32Array): Float32Array {
    const vectors = new Float32Array(places.length * this.size);
    const values = new Float32Array(this.size);
    for (const [i, place] of places.entries()) {
      this.read(place, values);
      for (let j = 0; j < this.size; j++) {
        vectors[i * this.size + j] = Math.sqrt(this.weights[j]!) * values[j]!;
      }
    }
    return vectors;
  }
}

/** At most `most` of the positions, evenly spaced. */
function spread(places: readonly number[], most: number): Int32Array {
  const count = Math.min(most, places.length);
  return Int32Array.from(
    { length: count },
    (_, i) => places[Math.floor((i * places.length) / count)]!,
  );
}
