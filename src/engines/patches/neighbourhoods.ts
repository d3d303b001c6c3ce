// The causal neighbourhoods of the pixels of a picture of which a part is given: left, above and
// above right, several pixels far. An index finds places of the given part where it is alike
// (Efros & Leung 1999), by its principal axes (Hertzmann et al. 2001).

import { UsageError } from '../../errors.js';
import { KdTree } from './kd-tree.js';
import { principalAxes } from './principal-axes.js';

/** How far a neighbourhood reaches to the left, above and to the right, in pixels. */
export const REACH = 5;
/** The standard deviation of a neighbour's weight, a Gaussian of its distance, in pixels. */
const DEVIATION = 2.5;
const AXES = 12;
/** So many neighbourhoods at most find the axes, and so many are looked among. */
const MOST_SAMPLES = 2048;
const MOST_INDEXED = 2 ** 18;
/** Leaves of the index that a search looks into. */
const LEAVES = 24;

/** A picture of which a part is given: whole rows, and the left of the others. */
export interface Example {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Bytes of a pixel. */
  readonly channels: number;
  /** Pixels row by row; those that are not given are never read. */
  readonly pixels: Uint8Array;
  /** Rows that are given whole, at the top. */
  readonly rows: number;
  /** Pixels given of every other row, at its left. */
  readonly columns: number;
}

/** What is known around a pixel, in the order of `Neighbourhoods`. */
export interface Around {
  readonly values: Float32Array;
  /** Of each value, 0 where there is none. */
  readonly weights: Float32Array;
}

export class Neighbourhoods {
  readonly example: Example;
  /** Values of a neighbourhood: rows from the uppermost, pixels from the left, channels. */
  readonly size: number;
  /** Of each value, where all are known. */
  readonly weights: Float32Array;
  readonly #mean: Float64Array;
  /** As principal axes, of values times the root of their weight. */
  readonly #axes: Float64Array;
  readonly #indexed: Int32Array;
  readonly #tree: KdTree;
  readonly #query = new Float32Array(AXES);

  /** @throws UsageError if the given part has no pixel with a whole neighbourhood. */
  constructor(example: Example) {
    this.example = example;
    const { width, height, channels } = example;
    this.size = channels * (REACH * (2 * REACH + 1) + REACH);
    this.weights = new Float32Array(this.size);
    for (let i = 0; i < this.size; i++) {
      const { up, right } = neighbourOf(i, channels);
      this.weights[i] = Math.exp(-(up * up + right * right) / (2 * DEVIATION ** 2));
    }
    const places: number[] = [];
    for (let y = REACH; y < height; y++) {
      for (let x = REACH; x < width; x++) if (this.isPlace(x, y)) places.push(y * width + x);
    }
    const least = `${2 * REACH + 1} × ${REACH + 1}`;
    if (places.length === 0) {
      throw new UsageError(`${least} given pixels or more are needed to take a texture from`);
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

  /** Whether a pixel is given and its neighbourhood too. */
  isPlace(x: number, y: number): boolean {
    const { width, height, rows, columns } = this.example;
    if (x < REACH || x >= width - REACH || y < REACH || y >= height) return false;
    return y < rows || (x < columns && (y <= rows || x + REACH < columns));
  }

  /** Fills `values` with the neighbourhood of a place. */
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

  /** The mean squared difference of what is known around a pixel to a place; `most` if larger. */
  difference({ values, weights }: Around, place: number, total: number, most: number): number {
    const { width, channels, pixels } = this.example;
    const row = width * channels;
    const side = (2 * REACH + 1) * channels;
    const limit = most * total;
    let sum = 0;
    // From the nearest row: sums grow the fastest.
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

  /** Places where the neighbourhood is more or less alike. */
  search(around: Around, visit: (place: number, squared: number) => void): void {
    this.#project(around);
    this.#tree.search(this.#query, LEAVES, (point, squared) =>
      visit(this.#indexed[point]!, squared),
    );
  }

  /** What is not known is taken to be as it is on average. */
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

/** Where the value at place `i` of a neighbourhood is from. */
export function neighbourOf(i: number, channels: number): { up: number; right: number } {
  const pixel = Math.floor(i / channels);
  const side = 2 * REACH + 1;
  return { up: REACH - Math.floor(pixel / side), right: (pixel % side) - REACH };
}

/** So many of the places at most, evenly. */
function spread(places: readonly number[], most: number): Int32Array {
  const count = Math.min(most, places.length);
  return Int32Array.from(
    { length: count },
    (_, i) => places[Math.floor((i * places.length) / count)]!,
  );
}
