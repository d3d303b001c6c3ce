// Texture synthesis as a predictor of pixels: the values at the positions of the given part with
// the most similar causal neighbourhoods (Efros & Leung 1999), including the positions next to the
// sources of neighbouring pixels (Ashikhmin 2001); the more similar, the more likely.

import type { Predictor } from '../../types.js';
import { type Around, type Neighbourhoods, REACH } from './neighbourhoods.js';

/** Limit on the candidate positions of a pixel. */
const PLACES = 12;
/** Number of results of the index that are compared in full. */
const COMPARED = 20;
/** Neighbours whose sources are continued. */
const COHERENT: readonly (readonly [up: number, right: number])[] = [
  [0, -1],
  [1, 0],
  [1, -1],
  [1, 1],
  [0, -2],
  [2, 0],
  [1, -2],
  [1, 2],
  [2, -1],
  [2, 1],
];
/** A mean squared difference this small counts as zero. */
const NOISE = 4;
/**
 * At temperature 1, a position whose difference exceeds the best one's by this fraction of it is
 * 1/e as likely.
 */
const STEP = 0.05;
/** Side of the largest square copied from a single position, in pixels. */
const MOST_COPIED = 24;
/** Probability given to values near those of the candidates, and to all values uniformly. */
const NEAR_SHARE = 1 / 128;
const UNIFORM_SHARE = 2 ** -24;

export class PatchModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #neighbourhoods: Neighbourhoods;
  readonly #temperature: number;
  /** The row of the next pixel and those above, and the sources of their pixels: −1 if given. */
  readonly #rows: Uint8Array[];
  readonly #sources: Int32Array[];
  #x = 0;
  #y = 0;
  #channel = 0;

  /** The candidate positions of the next pixel, most similar first, once they are searched. */
  #found = 0;
  #isSearched = false;
  readonly #places = new Int32Array(PLACES);
  readonly #differences = new Float64Array(PLACES);
  /** Their probabilities given the pixel's channels so far. */
  readonly #chances = new Float64Array(PLACES);
  /** Offsets added to their values if a channel had a different one. */
  readonly #offsets = new Float64Array(PLACES);
  readonly #around: Around;

  /**
   * @param temperature > 0, divides the excess of a position's difference over the best: near 0 the
   * best is taken, at ∞ any of the twelve best with equal probability.
   */
  constructor(neighbourhoods: Neighbourhoods, temperature: number) {
    this.#neighbourhoods = neighbourhoods;
    this.#temperature = temperature;
    const { width, channels } = neighbourhoods.example;
    this.#rows = [new Uint8Array(width * channels)];
    this.#sources = [new Int32Array(width).fill(-1)];
    const { size } = neighbourhoods;
    this.#around = { values: new Float32Array(size), weights: new Float32Array(size) };
  }

  fork(): PatchModel {
    const copy = new PatchModel(this.#neighbourhoods, this.#temperature);
    // Rows above are never modified again.
    copy.#rows.splice(0, 1, this.#rows[0]!.slice(), ...this.#rows.slice(1));
    copy.#sources.splice(0, 1, this.#sources[0]!.slice(), ...this.#sources.slice(1));
    copy.#x = this.#x;
    copy.#y = this.#y;
    copy.#channel = this.#channel;
    copy.#found = this.#found;
    copy.#isSearched = this.#isSearched;
    copy.#places.set(this.#places);
    copy.#differences.set(this.#differences);
    copy.#chances.set(this.#chances);
    copy.#offsets.set(this.#offsets);
    return copy;
  }

  predict(out: Float64Array): void {
    if (!this.#isSearched) this.#searchPlaces();
    let mean = 0;
    let squares = 0;
    for (let i = 0; i < this.#found; i++) {
      const value = this.#value(i);
      mean += this.#chances[i]! * value;
      squares += this.#chances[i]! * value * value;
    }
    const best = this.#found === 0 ? 255 ** 2 : this.#differences[0]!;
    const width = 1 + Math.sqrt(Math.max(0, squares - mean * mean) + best) / 2;
    fillAround(out, mean, Math.exp(-1 / width));
    const near = this.#found === 0 ? 1 - UNIFORM_SHARE : NEAR_SHARE;
    for (let v = 0; v < 256; v++) out[v] = near * out[v]! + UNIFORM_SHARE / 256;
    const exact = 1 - near - UNIFORM_SHARE;
    for (let i = 0; i < this.#found; i++) out[this.#value(i)]! += exact * this.#chances[i]!;
    for (let v = 0; v < 256; v++) out[v] = -Math.log2(out[v]!);
  }

  update(byte: number): void {
    const { width, channels } = this.#neighbourhoods.example;
    this.#rows[0]![this.#x * channels + this.#channel] = byte;
    if (this.#isSearched) this.#narrow(byte);
    if (++this.#channel < channels) return;
    this.#channel = 0;
    this.#sources[0]![this.#x] = this.#likeliest();
    this.#isSearched = false;
    this.#found = 0;
    if (++this.#x < width) return;
    this.#x = 0;
    this.#y++;
    this.#rows.unshift(new Uint8Array(width * channels));
    this.#sources.unshift(new Int32Array(width).fill(-1));
    if (this.#rows.length > MOST_COPIED + 1) this.#rows.pop();
    if (this.#sources.length > REACH + 1) this.#sources.pop();
  }

  /** The value of the next channel at a candidate. */
  #value(i: number): number {
    const { channels, pixels } = this.#neighbourhoods.example;
    const value = pixels[this.#places[i]! * channels + this.#channel]! + this.#offsets[i]!;
    return Math.max(0, Math.min(255, value));
  }

  /**
   * Keeps the candidates that have this value; if none has, keeps all and shifts their other
   * channels.
   */
  #narrow(byte: number): void {
    let left = 0;
    for (let i = 0; i < this.#found; i++) if (this.#value(i) === byte) left += this.#chances[i]!;
    for (let i = 0; i < this.#found; i++) {
      const value = this.#value(i);
      if (left === 0) this.#offsets[i]! += byte - value;
      else this.#chances[i] = value === byte ? this.#chances[i]! / left : 0;
    }
  }

  #likeliest(): number {
    let best = -1;
    for (let i = 0; i < this.#found; i++) {
      if (this.#chances[i]! > (best < 0 ? 0 : this.#chances[best]!)) best = i;
    }
    return best < 0 || this.#offsets[best] !== 0 ? -1 : this.#places[best]!;
  }

  #searchPlaces(): void {
    this.#isSearched = true;
    this.#found = 0;
    const total = this.#look();
    const { width } = this.#neighbourhoods.example;
    for (const [up, right] of COHERENT) {
      const x = this.#x + right;
      if (up >= this.#sources.length || x < 0 || x >= width) continue;
      const source = this.#sources[up]![x]!;
      if (source < 0) continue;
      const sourceX = (source % width) - right;
      const sourceY = Math.floor(source / width) + up;
      if (this.#neighbourhoods.isPlace(sourceX, sourceY)) {
        this.#consider(sourceY * width + sourceX, total);
      }
    }
    const nearest = new Int32Array(COMPARED);
    const distances = new Float64Array(COMPARED);
    let count = 0;
    this.#neighbourhoods.search(this.#around, (place, squared) => {
      if (count === COMPARED && squared >= distances[count - 1]!) return;
      let i = count < COMPARED ? count++ : count - 1;
      for (; i > 0 && distances[i - 1]! > squared; i--) {
        distances[i] = distances[i - 1]!;
        nearest[i] = nearest[i - 1]!;
      }
      distances[i] = squared;
      nearest[i] = place;
    });
    for (let i = 0; i < count; i++) this.#consider(nearest[i]!, total);
    this.#leaveLongCopy();
    this.#weigh();
  }

  /** Reads the known values around the next pixel. @returns the sum of their weights. */
  #look(): number {
    const { size, example, ups, rights, weights } = this.#neighbourhoods;
    const { width, channels } = example;
    let total = 0;
    for (let i = 0; i < size; i++) {
      const up = ups[i]!;
      const x = this.#x + rights[i]!;
      const isKnown = up <= this.#y && x >= 0 && x < width;
      this.#around.weights[i] = isKnown ? weights[i]! : 0;
      this.#around.values[i] = isKnown ? this.#rows[up]![x * channels + (i % channels)]! : 0;
      if (isKnown) total += weights[i]!;
    }
    return Math.max(total, 1e-9);
  }

  /** Adds a position if it is among the most similar so far. */
  #consider(place: number, total: number): void {
    for (let i = 0; i < this.#found; i++) if (this.#places[i] === place) return;
    const isFull = this.#found === PLACES;
    const most = isFull ? this.#differences[PLACES - 1]! : Infinity;
    const difference = this.#neighbourhoods.difference(this.#around, place, total, most);
    if (difference >= most) return;
    let i = isFull ? PLACES - 1 : this.#found++;
    for (; i > 0 && this.#differences[i - 1]! > difference; i--) {
      this.#differences[i] = this.#differences[i - 1]!;
      this.#places[i] = this.#places[i - 1]!;
    }
    this.#differences[i] = difference;
    this.#places[i] = place;
  }

  /**
   * Drops the position of a square that has grown too large, unless the given part repeats that
   * square.
   */
  #leaveLongCopy(): void {
    const long: number[] = [];
    for (let i = 0; i < this.#found; i++) if (this.#isLongCopy(this.#places[i]!)) long.push(i);
    if (long.length !== 1 || this.#found === 1) return;
    this.#places.copyWithin(long[0]!, long[0]! + 1);
    this.#differences.copyWithin(long[0]!, long[0]! + 1);
    this.#found--;
  }

  /** True if copying this pixel would complete a square larger than allowed. */
  #isLongCopy(place: number): boolean {
    const { width, channels, pixels } = this.#neighbourhoods.example;
    const placeX = place % width;
    const placeY = Math.floor(place / width);
    if (Math.min(placeX, placeY, this.#x, this.#y) < MOST_COPIED) return false;
    for (let up = 0; up <= MOST_COPIED; up++) {
      const row = this.#rows[up]!;
      const from = (place - up * width) * channels;
      const end = this.#x * channels;
      for (let back = up === 0 ? 1 : 1 - channels; back <= MOST_COPIED * channels; back++) {
        if (row[end - back] !== pixels[from - back]) return false;
      }
    }
    return true;
  }

  #weigh(): void {
    const best = this.#differences[0]!;
    const scale = 1 / (STEP * this.#temperature * (best + NOISE));
    let total = 0;
    for (let i = 0; i < this.#found; i++) {
      this.#offsets[i] = 0;
      this.#chances[i] = Math.exp((best - this.#differences[i]!) * scale);
      total += this.#chances[i]!;
    }
    for (let i = 0; i < this.#found; i++) this.#chances[i]! /= total;
  }
}

/**
 * Fills `out` with a distribution that decreases by `ratio` per step of the value, on both sides.
 */
function fillAround(out: Float64Array, mean: number, ratio: number): void {
  const middle = Math.round(mean);
  out[middle] = 1;
  let total = 1;
  for (let v = middle + 1, chance = ratio; v < 256; v++, chance *= ratio) total += out[v] = chance;
  for (let v = middle - 1, chance = ratio; v >= 0; v--, chance *= ratio) total += out[v] = chance;
  for (let v = 0; v < 256; v++) out[v]! /= total;
}
