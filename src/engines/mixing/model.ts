// Context mixing: P(bit) is a logistic mix of what the contexts' bit histories say (Mahoney 2005;
// lpaq1 and paq8l by description, own code). Learning waits for the end of each byte, so that all
// 256 bytes are priced under the same weights and their probabilities sum to 1 exactly.

import { foldHash } from '../../bits/hash.js';
import { KNOWN } from '../../bits/known-coder.js';
import { Lines } from '../../bits/lines.js';
import { STRETCH_LIMIT, squash, stretch } from '../../bits/logistic.js';
import type { BitCoder, Predictor } from '../../types.js';
import { type BitHistories, createBitHistories } from './bit-history.js';
import { CONTEXT_COUNT, HIGHEST_ORDER, Past } from './contexts.js';
import { MATCH_LEAST, MATCH_MOST, Match } from './match.js';
import {
  APM1,
  APM2,
  APM2_LOG,
  createParameters,
  FINAL,
  KNOTS,
  MAP,
  MATCH_INPUT,
  MATCH_MAP,
  SET,
  SET_LINES,
  SETS,
  WIDTH,
} from './parameters.js';
import { Slots } from './slots.js';

/** How fast the mixers learn: change of a weight per unit of error × input, in the end … */
const MIX_RATE = 0.0014;
/** … and how much faster at first, half of it gone after so many bytes. */
const MIX_RATE_AT_FIRST = 0.015;
const MIX_HALVING = 10000;
const FINAL_RATE = 0.002;
/** Mixers that were off by less than this learn nothing: it would cost more time than it gains. */
const LEAST_ERROR = 0.005;
/** Adaptive probabilities move by 1/n, n the times seen, but never by less than 1/this. */
const MAP_LIMIT = 1000;
const APM_RATE = 0.02;
/** No bit is ever less likely than this. */
const LEAST = 1 / 65536;

export class MixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #histories: BitHistories;
  readonly #slots: Slots;
  readonly #parameters: Lines<Float32Array<ArrayBuffer>>;
  readonly #past: Past;
  readonly #match: Match;
  #position = 0;

  // Scratch, valid between a look-up and the next.
  readonly #hashes = new Uint32Array(CONTEXT_COUNT);
  readonly #arrays: Uint8Array[] = [];
  readonly #offsets = new Int32Array(CONTEXT_COUNT);
  #hits = 0;
  readonly #states = new Uint8Array(8 * CONTEXT_COUNT);
  readonly #inputs = new Float32Array(8 * WIDTH);
  readonly #rows = new Int32Array(8 * SETS);
  readonly #dots = new Float64Array(8 * SETS);
  readonly #mixed = new Float64Array(8);
  readonly #path = new Float64Array(8);
  readonly #matchEntries = new Int32Array(8);
  /** The byte whose path the scratch holds, −1 for none, and its surprisal in bits. */
  #walked = -1;
  #walkedBits = 0;

  private constructor(
    histories: BitHistories,
    slots: Slots,
    parameters: Lines<Float32Array<ArrayBuffer>>,
    past: Past,
    match: Match,
  ) {
    this.#histories = histories;
    this.#slots = slots;
    this.#parameters = parameters;
    this.#past = past;
    this.#match = match;
    for (let i = 0; i < CONTEXT_COUNT; i++) this.#arrays.push(slots.array);
    past.hash(this.#hashes);
  }

  /** An untrained model with 2^memoryLog bytes of bit histories, an eighth more, and 2 MB of parameters. */
  static create(memoryLog: number): MixModel {
    const histories = createBitHistories();
    return new MixModel(
      histories,
      Slots.create(memoryLog),
      new Lines(createParameters(histories), WIDTH),
      new Past(),
      new Match(),
    );
  }

  fork(): MixModel {
    const fork = new MixModel(
      this.#histories,
      this.#slots.fork(),
      this.#parameters.fork(),
      this.#past.copy(),
      this.#match.copy(),
    );
    fork.#position = this.#position;
    return fork;
  }

  /** `out[b]` = −log2 P(b) of each next byte: the bit tree's 255 nodes, each once. */
  predict(out: Float64Array): void {
    const costs = new Float64Array(512);
    this.#find(-1);
    for (let node = 1; node < 16; node++) this.#split(costs, node, node);
    for (let half = 16; half < 32; half++) {
      this.#find(half - 16);
      for (let node = 1; node < 16; node++) {
        const depth = 31 - Math.clz32(node);
        this.#split(costs, (half << depth) | (node - (1 << depth)), node);
      }
    }
    for (let b = 0; b < 256; b++) out[b] = costs[256 + b]!;
    this.#walked = -1;
  }

  /** −log2 P of one next byte, by its own 8 nodes; the same bits as `predict`'s. */
  surprisal(symbol: number): number {
    if (this.#walked !== symbol) this.code(KNOWN, symbol);
    return this.#walkedBits;
  }

  /** Codes a byte bit by bit down the tree, highest first; −1 for the decoder to say which. */
  code(coder: BitCoder, symbol: number): number {
    let bits = 0;
    let partial = 1;
    this.#find(-1);
    for (let i = 0; i < 8; i++) {
      if (i === 4) this.#find(partial - 16);
      const node = i < 4 ? partial : (1 << (i - 4)) | (partial & ((1 << (i - 4)) - 1));
      const p = this.#node(partial, node, i);
      const bit = coder.code((symbol >> (7 - i)) & 1, p);
      bits -= Math.log2(bit ? p : 1 - p);
      partial = (partial << 1) | bit;
    }
    this.#walked = partial - 256;
    this.#walkedBits = bits;
    return this.#walked;
  }

  /** Learns from a byte and goes on behind it. */
  update(symbol: number): void {
    if (this.#walked !== symbol) this.code(KNOWN, symbol);
    this.#walked = -1;
    this.#train(symbol);
    this.#advance(symbol);
  }

  #split(costs: Float64Array, partial: number, node: number): void {
    const p = this.#node(partial, node, 0);
    costs[2 * partial] = costs[partial]! - Math.log2(1 - p);
    costs[2 * partial + 1] = costs[partial]! - Math.log2(p);
  }

  /** Looks up every context's slot for the first half byte (−1), or the second after `half`. */
  #find(half: number): void {
    const slots = this.#slots;
    let hits = 0;
    for (let i = 0; i < CONTEXT_COUNT; i++) {
      slots.read(slotHash(this.#hashes[i]!, half));
      this.#arrays[i] = slots.array;
      this.#offsets[i] = slots.offset;
      if (i > 0 && i <= HIGHEST_ORDER && slots.array[slots.offset + 1] !== 0) hits++;
    }
    this.#hits = hits;
  }

  /** P(1) at a node of the bit tree; leaves what training needs in place `step` of the scratch. */
  #node(partial: number, node: number, step: number): number {
    const parameters = this.#parameters;
    const inputs = this.#inputs;
    const x = step * WIDTH;
    for (let i = 0; i < CONTEXT_COUNT; i++) {
      const state = this.#arrays[i]![this.#offsets[i]! + node]!;
      this.#states[step * CONTEXT_COUNT + i] = state;
      if (state === 0) {
        inputs[x + 2 * i] = 0;
        inputs[x + 2 * i + 1] = 0;
        continue;
      }
      parameters.read(MAP + i * 32 + (state >> 3));
      const at = parameters.offset + 4 * (state & 7);
      inputs[x + 2 * i] = parameters.array[at + 1]!;
      inputs[x + 2 * i + 1] = 3 * (parameters.array[at]! - 0.5);
    }
    const depth = 31 - Math.clz32(partial);
    let matched = 0;
    inputs[x + MATCH_INPUT] = 0;
    inputs[x + MATCH_INPUT + 1] = 0;
    if (this.#match.expected >> (8 - depth) === partial) {
      const length = Math.min(this.#match.length, MATCH_MOST) - 1;
      const bit = (this.#match.expected >> (7 - depth)) & 1;
      const entry = 2 * length + 1;
      matched = 1 + (length >> 1);
      this.#matchEntries[step] = entry;
      parameters.read(MATCH_MAP + (entry >> 3));
      const at = parameters.offset + 4 * (entry & 7);
      const sign = bit ? 1 : -1;
      inputs[x + MATCH_INPUT] = sign * parameters.array[at + 1]!;
      inputs[x + MATCH_INPUT + 1] = sign * 3 * (parameters.array[at]! - 0.5);
    } else {
      this.#matchEntries[step] = -1;
    }
    inputs[x + MATCH_INPUT + 2] = 0.3;

    const rows = this.#rows;
    const r = step * SETS;
    rows[r] = SET + partial;
    rows[r + 1] = SET + SET_LINES + (this.#past.last4 & 0xff);
    rows[r + 2] = SET + 2 * SET_LINES + matched * 8 + depth;
    rows[r + 3] = SET + 3 * SET_LINES + this.#hits * 8 + depth;
    rows[r + 4] = SET + 4 * SET_LINES + Math.min(this.#past.column, 63) * 8 + depth;
    rows[r + 5] = SET + 5 * SET_LINES + ((this.#past.last4 >>> 8) & 0xff);
    for (let k = 0; k < SETS; k++) {
      parameters.read(rows[r + k]!);
      const { array, offset } = parameters;
      // Four sums side by side: a single one would wait for each addition.
      let dot0 = 0;
      let dot1 = 0;
      let dot2 = 0;
      let dot3 = 0;
      for (let j = 0; j < WIDTH; j += 4) {
        dot0 += array[offset + j]! * inputs[x + j]!;
        dot1 += array[offset + j + 1]! * inputs[x + j + 1]!;
        dot2 += array[offset + j + 2]! * inputs[x + j + 2]!;
        dot3 += array[offset + j + 3]! * inputs[x + j + 3]!;
      }
      const dot = dot0 + dot1 + (dot2 + dot3);
      this.#dots[r + k] = Math.max(-STRETCH_LIMIT, Math.min(STRETCH_LIMIT, dot));
    }
    parameters.read(FINAL + partial);
    let mixed = 0;
    for (let k = 0; k < SETS; k++) {
      mixed += parameters.array[parameters.offset + k]! * this.#dots[r + k]!;
    }
    mixed = Math.max(-STRETCH_LIMIT + 1, Math.min(STRETCH_LIMIT - 1, mixed));
    this.#mixed[step] = mixed;
    const direct = squash(mixed);
    const at = knotOf(mixed);
    const refined = this.#refined(APM1 + partial, at) + this.#refined(this.#apm2(partial), at);
    const fine = direct + 0.35 * refined;
    this.#path[step] = direct;
    return Math.max(LEAST, Math.min(1 - LEAST, fine));
  }

  /** What an APM adds to the probability at a place among its knots. */
  #refined(line: number, at: number): number {
    this.#parameters.read(line);
    const { array, offset } = this.#parameters;
    const i = at | 0;
    const low = array[offset + i]!;
    return low + (at - i) * (array[offset + i + 1]! - low);
  }

  #apm2(partial: number): number {
    return APM2 + (foldHash(partial, this.#past.last4 & 0xffff) >>> (32 - APM2_LOG));
  }

  /** Moves histories, adaptive probabilities, weights and APMs towards the byte that came. */
  #train(symbol: number): void {
    let partial = 1;
    for (let step = 0; step < 8; step++) {
      const bit = (symbol >> (7 - step)) & 1;
      this.#trainMixers(step, partial, bit);
      this.#trainMaps(step, bit);
      partial = (partial << 1) | bit;
    }
    const { next } = this.#histories;
    for (let half = 0; half < 2; half++) {
      for (let i = 0; i < CONTEXT_COUNT; i++) {
        this.#slots.claim(slotHash(this.#hashes[i]!, half ? symbol >> 4 : -1), this.#histories);
        const { array, offset } = this.#slots;
        let node = 1;
        for (let k = 0; k < 4; k++) {
          const bit = (symbol >> (7 - 4 * half - k)) & 1;
          array[offset + node] = next[2 * array[offset + node]! + bit]!;
          node = 2 * node + bit;
        }
      }
    }
  }

  #trainMixers(step: number, partial: number, bit: number): void {
    const parameters = this.#parameters;
    const x = step * WIDTH;
    const inputs = this.#inputs;
    const speed = MIX_RATE + MIX_RATE_AT_FIRST / (1 + this.#position / MIX_HALVING);
    for (let k = 0; k < SETS; k++) {
      const error = bit - squash(this.#dots[step * SETS + k]!);
      if (Math.abs(error) < LEAST_ERROR) continue;
      const rate = speed * error;
      parameters.write(this.#rows[step * SETS + k]!);
      const { array, offset } = parameters;
      for (let j = 0; j < WIDTH; j++) array[offset + j]! += rate * inputs[x + j]!;
    }
    const error = bit - this.#path[step]!;
    parameters.write(FINAL + partial);
    for (let k = 0; k < SETS; k++) {
      parameters.array[parameters.offset + k]! += FINAL_RATE * error * this.#dots[step * SETS + k]!;
    }
    const at = knotOf(this.#mixed[step]!);
    for (const line of [APM1 + partial, this.#apm2(partial)]) {
      const wrong = error - this.#refined(line, at);
      parameters.write(line);
      const i = parameters.offset + (at | 0);
      const share = at - (at | 0);
      parameters.array[i]! += APM_RATE * wrong * (1 - share);
      parameters.array[i + 1]! += APM_RATE * wrong * share;
    }
  }

  #trainMaps(step: number, bit: number): void {
    for (let i = 0; i < CONTEXT_COUNT; i++) {
      const state = this.#states[step * CONTEXT_COUNT + i]!;
      if (state !== 0) this.#adapt(MAP + i * 32 + (state >> 3), state & 7, bit);
    }
    const entry = this.#matchEntries[step]!;
    if (entry < 0) return;
    const right = ((this.#match.expected >> (7 - step)) & 1) === bit ? 1 : 0;
    this.#adapt(MATCH_MAP + (entry >> 3), entry & 7, right);
  }

  #adapt(line: number, entry: number, bit: number): void {
    this.#parameters.write(line);
    const { array, offset } = this.#parameters;
    const at = offset + 4 * entry;
    const n = array[at + 2]!;
    const p = array[at]! + (bit - array[at]!) / (n + 1.6);
    array[at] = Math.max(0.0002, Math.min(0.9998, p));
    array[at + 1] = stretch(array[at]!);
    if (n < MAP_LIMIT) array[at + 2] = n + 1;
  }

  /** Appends a byte to the context and looks for the longest recent match. */
  #advance(symbol: number): void {
    const slots = this.#slots;
    slots.setByte(this.#position++, symbol);
    this.#past.push(symbol);
    this.#past.hash(this.#hashes);
    this.#match.advance(slots, symbol, this.#position, this.#hashes[MATCH_LEAST]!);
  }
}

/** Place among the knots of an APM, which are spread evenly over the mixers' range. */
function knotOf(mixed: number): number {
  return (mixed + STRETCH_LIMIT) * ((KNOTS - 2) / (2 * STRETCH_LIMIT));
}

function slotHash(hash: number, half: number): number {
  return half < 0 ? hash : foldHash(hash, half + 1);
}
