// The forward pass of the `decode` reading: all token sequences that may have led to this byte.
// P(x) = Σ over parses; the parse is at a boundary between tokens, or inside a match at distance d
// that started m bytes ago. All matches that started at the same position share a factor, so a
// distance is listed once, with its run: the number of last bytes it predicted. The cost per step
// is the number of occurrences of the last two bytes; shorter matches are summed by the window.

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
/** When the mass of a boundary falls below this, all masses are scaled up. */
const LEAST_BOUNDARY = 2 ** -300;

export class ForwardPass {
  /** Mass of the parses in which a token ends here; only ratios of masses are meaningful. */
  boundary = 1;
  /** Number of listed distances. */
  count = 0;
  /** The distances at which the last two bytes also occur, nearest first. */
  readonly distances = new Int32Array(MOST_LISTED);
  /** The number of last bytes that each of them predicted: 2 to 257. */
  readonly runs = new Int16Array(MOST_LISTED);
  /** The same runs, indexed by the position of the last byte in the window. */
  readonly #runsAt: Int16Array;
  /** The longest of the runs; 1 if none is listed. */
  longestRun = 1;
  /** All distances up to here at which the pair of bytes occurs are listed. */
  #listedUpTo = Infinity;
  /** True if it is not yet known which distances predicted the last byte. */
  #restarted = true;
  /** For recent positions: mass of a boundary there, per unit weight of a distance. */
  readonly #starts = new Float64Array(START_SLOTS);
  readonly #ended = new Float64Array(LONGEST_RUN + 1);
  readonly #goingOn = new Float64Array(LONGEST_RUN + 1);
  readonly #window: DecodeWindow;

  constructor(window: DecodeWindow) {
    this.#window = window;
    this.#runsAt = new Int16Array(window.bytes.length);
  }

  copyFrom(other: ForwardPass): void {
    this.boundary = other.boundary;
    this.count = other.count;
    this.distances.set(other.distances.subarray(0, other.count));
    this.runs.set(other.runs.subarray(0, other.count));
    this.longestRun = other.longestRun;
    this.#listedUpTo = other.#listedUpTo;
    this.#restarted = other.#restarted;
    const { length, mask } = this.#window;
    for (let i = 0; i < this.count; i++) {
      this.#runsAt[(length - 1 - this.distances[i]!) & mask] = this.runs[i]!;
    }
    this.#starts.set(other.#starts);
  }

  /** Drops all matches: a token is known to end here. */
  restart(): void {
    this.boundary = 1;
    this.count = 0;
    this.longestRun = 1;
    this.#listedUpTo = Infinity;
    this.#restarted = true;
    this.#starts.fill(0);
  }

  /** Fills `out` with the mass of each next byte; their sum is not 1. */
  fillMasses(model: TokenModel, out: Float64Array): void {
    const { bytes, mask, length, reach, byteWeight, pairWeight } = this.#window;
    const { boundary, distances, runs } = this;
    const starting = reach > 0 ? (boundary * model.atLeast[0]!) / reach : 0;
    const started = this.#startOf(1) * model.atLeast[0]!;
    const row = length > 0 ? bytes[(length - 1) & mask]! << 8 : 0;
    for (let b = 0; b < 256; b++) {
      out[b] =
        boundary * model.literal[b]! + starting * byteWeight[b]! + started * pairWeight[row | b]!;
    }
    const masses = this.massesOfRuns(model);
    const single = masses[1]!;
    for (let i = 0; i < this.count; i++) {
      const distance = distances[i]!;
      const weight = model.distance[distanceCode[distance]!]!;
      out[bytes[(length - distance) & mask]!]! += weight * (masses[runs[i]!]! - single);
    }
  }

  /** The share of one byte in the total mass, without computing the others. */
  shareOf(byte: number, model: TokenModel): number {
    const { bytes, mask, length, reach, byteWeight, pairWeight } = this.#window;
    const { boundary, distances, runs, count } = this;
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
      for (let b = 0; b < 256; b++) pairs += pairWeight[row | b]!;
      total += started * pairs;
    }
    const masses = this.massesOfRuns(model);
    const single = masses[1]!;
    for (let i = 0; i < count; i++) {
      const distance = distances[i]!;
      const mass = model.distance[distanceCode[distance]!]! * (masses[runs[i]!]! - single);
      total += mass;
      if (bytes[(length - distance) & mask] === byte) own += mass;
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
    const { bytes, mask, maxDistance, length: end } = window;
    const ended = this.#ended;
    for (let run = 2; run <= this.longestRun; run++) {
      ended[run] = ended[run - 1]! + this.#startOf(run) * model.length[run + 1]!;
    }
    const reach = window.reach;
    const start = reach > 0 ? this.boundary / reach : 0;
    window.append(byte, model.distance);

    const { distances, runs } = this;
    const runsAt = this.#runsAt;
    // If the byte before the last two also matches, the distance was listed before.
    const third = this.#restarted || end < 2 ? -1 : bytes[(end - 2) & mask]!;
    const knownUpTo = this.#listedUpTo;
    let boundary = this.boundary * model.literal[byte]!;
    let count = 0;
    let longest = 1;
    let listedUpTo = Infinity;
    for (let p = end > 0 ? window.earlierPair(end) : -1; p >= 0; p = window.earlierPair(p)) {
      const distance = end - p;
      if (distance > maxDistance) break;
      const wasListed = p > 1 && bytes[(p - 2) & mask] === third && distance <= knownUpTo;
      let run = 2;
      if (wasListed) {
        run = runsAt[(p - 1) & mask]!;
        boundary += model.distance[distanceCode[distance]!]! * ended[run]!;
        if (run < LONGEST_RUN) run++;
      }
      if (count === MOST_LISTED) {
        // Listed matches may still end here.
        if (listedUpTo === Infinity) listedUpTo = distance - 1;
        if (distance > knownUpTo) break;
        continue;
      }
      if (distance > knownUpTo) run = window.countRun(distance, LONGEST_RUN);
      if (run > longest) longest = run;
      runsAt[p & mask] = run;
      distances[count] = distance;
      runs[count++] = run;
    }
    this.count = count;
    this.longestRun = longest;
    this.#listedUpTo = listedUpTo;
    this.#restarted = false;
    if (count > 0) {
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
