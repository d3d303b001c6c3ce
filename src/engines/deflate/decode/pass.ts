// The forward pass of the `decode` reading: all token sequences that may have led to this byte.
// P(x) = Σ over parses; the parse is at a boundary between tokens, or inside a match at distance d
// that started m bytes ago. All matches that started at the same position share a factor, so a
// distance is listed once, with its run: the number of last bytes it predicted. The cost per step
// is the number of occurrences of the last two bytes; shorter matches are summed by the window.
//
// Loops take four listed matches at a time, because V8 loads and checks every array again in each
// iteration. That saves a third to a half of the time (measured with Node 20).

import { distanceCode, MAX_MATCH } from '../codec/tables.js';
import type { TokenModel } from './token-model.js';
import type { DecodeWindow } from './window.js';

/** Longest run of a match that can still continue. */
const LONGEST_RUN = MAX_MATCH - 1;
/** Slots for the starts of matches, a power of two above the longest match. */
const START_SLOTS = 512;
/**
 * Limit on the listed distances, nearest first. Farther ones are left out until their run is rare
 * enough to be listed again. Only a pair of bytes that fills a thirty-second of the window is cut
 * off.
 */
const MOST_LISTED = 1024;
// A listed match is one integer: its distance in 15 bits, the byte that it predicts next in 8, and
// its run in 9. An entry of an array costs V8 far more than the arithmetic to unpack it.
const DISTANCE_MASK = 0x7fff;
const NEXT_SHIFT = 15;
const RUN_SHIFT = 23;
const NOT_RUN = 2 ** RUN_SHIFT - 1;
/** Fills the list up to a multiple of four; a match of this run has no mass. */
const NO_MATCH = 1 << RUN_SHIFT;
/** Farther than any distance. */
const OUT_OF_REACH = 1 << 16;
/** When the mass of a boundary falls below this, all masses are scaled up. */
const LEAST_BOUNDARY = 2 ** -300;

/** The byte that a listed match predicts. */
const nextOf = (match: number): number => (match >> NEXT_SHIFT) & 0xff;

/** 1 if a listed match predicts `byte`, otherwise 0; without a branch. */
const predicts = (match: number, byte: number): number => ((nextOf(match) ^ byte) - 1) >>> 31;

/** The mass of a listed match beyond that of a match of one byte, which the window has summed. */
const excessOf = (match: number, weights: Float64Array, masses: Float64Array): number =>
  weights[distanceCode[match & DISTANCE_MASK]!]! * (masses[match >>> RUN_SHIFT]! - masses[1]!);

/**
 * Lists a distance, with the run of `kept` if that is at the same distance, otherwise a run of 2.
 * Returns 1 or 0 accordingly; without a branch.
 */
const put = (
  listed: Int32Array,
  i: number,
  distance: number,
  next: number,
  kept: number,
): number => {
  const fresh = distance | (2 << RUN_SHIFT);
  const isKept = (((kept & DISTANCE_MASK) ^ distance) - 1) >>> 31;
  listed[i] = (fresh ^ ((fresh ^ kept) & -isKept)) | (next << NEXT_SHIFT);
  return isKept;
};

export class ForwardPass {
  /** Mass of the parses in which a token ends here; only ratios of masses are meaningful. */
  boundary = 1;
  /** Number of listed distances. */
  count = 0;
  /** The listed matches, nearest first; their distances are those of the last two bytes. */
  readonly #listed = new Int32Array(MOST_LISTED + 3);
  /** Those that predicted the last byte, while the list is renewed; then an entry of distance 0. */
  readonly #kept = new Int32Array(MOST_LISTED + 4);
  /** The longest of the runs; 1 if none is listed. */
  longestRun = 1;
  /** All distances up to here at which the pair of bytes occurs are listed. */
  #listedUpTo = OUT_OF_REACH;
  /** For recent positions: mass of a boundary there, per unit weight of a distance. */
  readonly #starts = new Float64Array(START_SLOTS);
  readonly #ended = new Float64Array(LONGEST_RUN + 1);
  readonly #goingOn = new Float64Array(LONGEST_RUN + 1);
  readonly #window: DecodeWindow;

  constructor(window: DecodeWindow) {
    this.#window = window;
  }

  copyFrom(other: ForwardPass): void {
    this.boundary = other.boundary;
    this.count = other.count;
    this.#listed.set(other.#listed.subarray(0, other.count + 3));
    this.longestRun = other.longestRun;
    this.#listedUpTo = other.#listedUpTo;
    this.#starts.set(other.#starts);
  }

  /** Drops all matches: a token is known to end here. */
  restart(): void {
    this.boundary = 1;
    this.count = 0;
    this.longestRun = 1;
    this.#listedUpTo = OUT_OF_REACH;
    this.#starts.fill(0);
  }

  /** The distance of listed match `i`; they are in order. */
  distanceOf(i: number): number {
    return this.#listed[i]! & DISTANCE_MASK;
  }

  /** The number of last bytes that listed match `i` predicted: 2 to 257. */
  runOf(i: number): number {
    return this.#listed[i]! >>> RUN_SHIFT;
  }

  /** Fills `out` with the mass of each next byte; their sum is not 1. */
  fillMasses(model: TokenModel, out: Float64Array): void {
    const { bytes, mask, length, reach, byteWeight, pairWeight } = this.#window;
    const { boundary, count } = this;
    const { literal, distance: weights } = model;
    const starting = reach > 0 ? (boundary * model.atLeast[0]!) / reach : 0;
    const started = this.#startOf(1) * model.atLeast[0]!;
    const row = length > 0 ? bytes[(length - 1) & mask]! << 8 : 0;
    for (let a = 0; a < 256; a += 4) {
      const b = a + 1;
      const c = a + 2;
      const d = a + 3;
      out[a] = boundary * literal[a]! + starting * byteWeight[a]! + started * pairWeight[row | a]!;
      out[b] = boundary * literal[b]! + starting * byteWeight[b]! + started * pairWeight[row | b]!;
      out[c] = boundary * literal[c]! + starting * byteWeight[c]! + started * pairWeight[row | c]!;
      out[d] = boundary * literal[d]! + starting * byteWeight[d]! + started * pairWeight[row | d]!;
    }
    const masses = this.massesOfRuns(model);
    const listed = this.#listed;
    for (let i = 0; i < count; i += 4) {
      const m0 = listed[i]!;
      const m1 = listed[i + 1]!;
      const m2 = listed[i + 2]!;
      const m3 = listed[i + 3]!;
      const e0 = excessOf(m0, weights, masses);
      const e1 = excessOf(m1, weights, masses);
      const e2 = excessOf(m2, weights, masses);
      const e3 = excessOf(m3, weights, masses);
      out[nextOf(m0)]! += e0;
      out[nextOf(m1)]! += e1;
      out[nextOf(m2)]! += e2;
      out[nextOf(m3)]! += e3;
    }
  }

  /** The share of one byte in the total mass, without computing the others. */
  shareOf(byte: number, model: TokenModel): number {
    const { bytes, mask, length, reach, byteWeight, pairWeight } = this.#window;
    const { boundary, count } = this;
    const weights = model.distance;
    const starting = reach > 0 ? (boundary * model.atLeast[0]!) / reach : 0;
    const started = this.#startOf(1) * model.atLeast[0]!;
    const row = length > 0 ? bytes[(length - 1) & mask]! << 8 : 0;
    let own =
      boundary * model.literal[byte]! +
      starting * byteWeight[byte]! +
      started * pairWeight[row | byte]!;
    // Literals and matches sum to 1.
    let total = reach > 0 ? boundary : boundary * (1 - model.atLeast[0]!);
    if (started > 0) {
      let pairs = 0;
      for (let b = 0; b < 256; b += 4) {
        pairs += pairWeight[row | b]! + pairWeight[row | (b + 1)]!;
        pairs += pairWeight[row | (b + 2)]! + pairWeight[row | (b + 3)]!;
      }
      total += started * pairs;
    }
    const masses = this.massesOfRuns(model);
    const listed = this.#listed;
    for (let i = 0; i < count; i += 4) {
      const m0 = listed[i]!;
      const m1 = listed[i + 1]!;
      const m2 = listed[i + 2]!;
      const m3 = listed[i + 3]!;
      const e0 = excessOf(m0, weights, masses);
      const e1 = excessOf(m1, weights, masses);
      const e2 = excessOf(m2, weights, masses);
      const e3 = excessOf(m3, weights, masses);
      total = total + e0 + e1 + e2 + e3;
      if (nextOf(m0) === byte) own += e0;
      if (nextOf(m1) === byte) own += e1;
      if (nextOf(m2) === byte) own += e2;
      if (nextOf(m3) === byte) own += e3;
    }
    return own / total;
  }

  /**
   * Per unit weight of a distance, the mass of all matches that are not at their end: for each run,
   * those that started at most that many bytes ago, and at least `since`. The array is overwritten
   * by the next call.
   */
  massesOfRuns(model: TokenModel, since = 1): Float64Array {
    const goingOn = this.#goingOn;
    goingOn[since - 1] = 0;
    for (let run = since; run <= this.longestRun; run++) {
      goingOn[run] = goingOn[run - 1]! + this.#startOf(run) * model.atLeast[run + 1]!;
    }
    return goingOn;
  }

  /**
   * Per unit weight of a distance, the mass of a match that continues for exactly `rest` more
   * bytes.
   */
  massOfRest(model: TokenModel, run: number, rest: number): number {
    let mass = 0;
    for (let m = Math.max(1, 3 - rest); m <= run && m + rest <= MAX_MATCH; m++) {
      mass += this.#startOf(m) * model.length[m + rest]!;
    }
    return mass;
  }

  /**
   * Advances by one byte, with the window: ends matches according to their length, drops the
   * distances that predicted another byte, and lists those of the last two bytes.
   */
  observe(byte: number, model: TokenModel): void {
    const window = this.#window;
    const end = window.length;
    const ended = this.#ended;
    for (let run = 2; run <= this.longestRun; run++) {
      ended[run] = ended[run - 1]! + this.#startOf(run) * model.length[run + 1]!;
    }
    const reach = window.reach;
    const start = reach > 0 ? this.boundary / reach : 0;
    window.append(byte, model.distance);

    const boundary = this.#keep(byte, this.boundary * model.literal[byte]!, model.distance);
    this.#list();
    if (this.count > 0) {
      this.boundary = boundary;
      this.#starts[end & (START_SLOTS - 1)] = start;
    } else {
      // The last two bytes are new: no match continues, and all earlier mass is one factor. Without
      // it the masses are bit-identical wherever the pass started.
      this.boundary = model.literal[byte]!;
      this.#starts[end & (START_SLOTS - 1)] = reach > 0 ? 1 / reach : 0;
    }
    if (this.boundary < LEAST_BOUNDARY) this.#rescale();
  }

  /**
   * Keeps the listed matches that predicted `byte`; returns `boundary` plus the mass of those that
   * end with it.
   */
  #keep(byte: number, boundary: number, weights: Float64Array): number {
    const { count } = this;
    const listed = this.#listed;
    const kept = this.#kept;
    const ended = this.#ended;
    let keptCount = 0;
    // Without branches: in text, every fourth match goes on, at random.
    for (let i = 0; i < count; i += 4) {
      const first = listed[i]!;
      const second = listed[i + 1]!;
      const third = listed[i + 2]!;
      const fourth = listed[i + 3]!;
      kept[keptCount] = first;
      keptCount += predicts(first, byte);
      kept[keptCount] = second;
      keptCount += predicts(second, byte);
      kept[keptCount] = third;
      keptCount += predicts(third, byte);
      kept[keptCount] = fourth;
      keptCount += predicts(fourth, byte);
    }
    const codes = distanceCode;
    for (let i = 0; i < keptCount; i++) {
      const distance = kept[i]! & DISTANCE_MASK;
      const run = kept[i]! >>> RUN_SHIFT;
      boundary += weights[codes[distance]!]! * ended[run]!;
      kept[i] = distance | (Math.min(run + 1, LONGEST_RUN) << RUN_SHIFT);
    }
    kept[keptCount] = 0;
    return boundary;
  }

  /** Lists the matches at the distances of the last two bytes, with the runs of those kept. */
  #list(): void {
    const window = this.#window;
    const { bytes, backOne, backFour, maxDistance } = window;
    const mask = window.mask | 0;
    const length = window.length | 0;
    const last = (length - 1) | 0;
    const listed = this.#listed;
    const kept = this.#kept;
    let count = 0;
    let j = 0;
    let first = last > 0 ? backOne[last & mask]! : OUT_OF_REACH;
    while (first <= maxDistance && count < MOST_LISTED) {
      const second = first + backOne[(last - first) & mask]!;
      const third = second + backOne[(last - second) & mask]!;
      const fourth = third + backOne[(last - third) & mask]!;
      j += put(listed, count, first, bytes[(length - first) & mask]!, kept[j]!);
      j += put(listed, count + 1, second, bytes[(length - second) & mask]!, kept[j]!);
      j += put(listed, count + 2, third, bytes[(length - third) & mask]!, kept[j]!);
      j += put(listed, count + 3, fourth, bytes[(length - fourth) & mask]!, kept[j]!);
      if (fourth <= maxDistance) count += 4;
      else count += third <= maxDistance ? 3 : second <= maxDistance ? 2 : 1;
      first += backFour[(last - first) & mask]!;
    }
    for (let i = 0; i < 3; i++) listed[count + i] = NO_MATCH;
    let longest = count > 0 ? 2 : 1;
    for (let i = 0; i < j && longest < LONGEST_RUN; i++) {
      longest = Math.max(longest, kept[i]! >>> RUN_SHIFT);
    }
    this.count = count;
    // Those farther than all that were listed before may have predicted more than two bytes.
    for (let i = count - 1; i >= 0 && this.distanceOf(i) > this.#listedUpTo; i--) {
      const run = window.countRun(this.distanceOf(i), LONGEST_RUN);
      listed[i] = (listed[i]! & NOT_RUN) | (run << RUN_SHIFT);
      longest = Math.max(longest, run);
    }
    this.longestRun = longest;
    this.#listedUpTo = first <= maxDistance ? first - 1 : OUT_OF_REACH;
  }

  /** Scaling by a power of two is exact; starts that no run reaches would overflow. */
  #rescale(): void {
    const scale = 2 ** Math.round(-Math.log2(this.boundary));
    const position = this.#window.length;
    this.boundary *= scale;
    for (let m = 1; m <= START_SLOTS; m++) {
      const slot = (position - m) & (START_SLOTS - 1);
      this.#starts[slot] = m <= this.longestRun ? this.#starts[slot]! * scale : 0;
    }
  }

  /** Mass, per unit weight of a distance, of a boundary `m` bytes ago. */
  #startOf(m: number): number {
    return this.#starts[(this.#window.length - m) & (START_SLOTS - 1)]!;
  }
}
