// The geometric mixture, bit by bit: ln(p/(1−p)) of a bit is a weighted sum of what the models say
// of it, with weights learnt by descent on the code length (Mattern 2012, 2013; Mahoney 2005). The
// weights are a sum of sets, each chosen by a context of its own; all learn by the one error of the
// sum, so that few bytes suffice. A last stage corrects what is said by what came of it (SSE).
// Learning waits for the end of a symbol, so that all are priced alike.

import { Lines } from '../../bits/lines.js';
import { STRETCH_LIMIT, squash, stretch } from '../../bits/logistic.js';
import { shareOut } from './fixed.js';
import { bitsAlong, type Mixture, spreadByPath } from './mixture.js';

/** At first the weights of the models sum to this. */
const FIRST_SUM = 1.1;
/** Change of a weight per unit of error × input, in the end … */
const RATE = 0.002;
/** … and how much more of it at first, half of that gone after so many bytes. */
const RATE_AT_FIRST = 0.01;
const HALVING = 500;
/** How much slower the sets learn that a context chooses. */
const CHOSEN = 0.5;
/** How much the latest byte counts in how a model has done lately. */
const RECENT = 0.3;
/** How far the two corrections are believed, and how fast they learn. */
const CORRECTION = 0.25;
const CORRECTION_RATE = 0.02;
const KNOTS = 33;
/** No bit is less likely than this. */
const LEAST = 1 / 65536;
/** Levels of how sure a model is of a bit, and of how well it has done lately. */
const SURE = 5;
const DONE = 4;
/** Models beyond these choose no weights: there would be too many. */
const CHOOSING = 4;
/** Levels of how the first model has done compared with the best of the others. */
const COMPARED = 7;
const LETTERS = 8;

/** Contexts in each set of weights: all, place, last byte, how sure, how well, compared, letters. */
const SETS = 7;
const CONTEXTS = [256, SURE ** CHOOSING, DONE ** CHOOSING, COMPARED, LETTERS];

type Table = Lines<Float32Array<ArrayBuffer>>;

const zeros = (lines: number, width: number): Table =>
  Lines.zeros(new Float32Array(0), lines, width);

export class GeometricMixture implements Mixture {
  readonly byPath = true;
  readonly #models: number;
  /** Bits of a symbol. */
  readonly #depths: number;
  /** Places in a symbol that are told apart: nodes of its high byte, then how far below it. */
  readonly #places: number;
  /** The first line of each set of weights. */
  readonly #firstLine: readonly number[];
  /** A weight a model in each line. */
  readonly #table: Table;
  readonly #corrections: Table | undefined;
  /** Bits of the latest bytes by each model, the last counting most. */
  readonly #recent: Float64Array;
  #last = 0;
  /** Letters since the last other byte. */
  #letters = 0;
  #symbols = 0;
  /** What the recent bits choose: a line of the sets that go by them. */
  #done = 0;
  #compared = 0;

  // Of the bit last priced at each depth: its node, inputs, lines of weights and weighted sum. What
  // was priced is learnt next, as a rule, and need not be summed up twice.
  readonly #priced: Int32Array;
  readonly #inputs: Float64Array;
  readonly #lines: Int32Array;
  readonly #sums: Float64Array;

  private constructor(
    models: number,
    depths: number,
    table: Table,
    corrections: Table | undefined,
    recent: Float64Array,
  ) {
    this.#models = models;
    this.#depths = depths;
    this.#places = placesOf(depths);
    this.#firstLine = firstLines(depths);
    this.#table = table;
    this.#corrections = corrections;
    this.#recent = recent;
    this.#priced = new Int32Array(depths);
    this.#inputs = new Float64Array(depths * models);
    this.#lines = new Int32Array(depths * SETS);
    this.#sums = new Float64Array(depths);
    this.#compare();
  }

  /**
   * @param isCorrected whether the last stage is there.
   * @param depths bits of a symbol: 8 of a byte, 16 of a sample.
   */
  static create(models: number, isCorrected: boolean, depths = 8): GeometricMixture {
    const table = zeros(firstLines(depths)[SETS]!, models);
    table.write(0);
    table.array.fill(FIRST_SUM / models, table.offset, table.offset + models);
    // By place, then by last byte and place.
    const corrections = isCorrected ? zeros(257 * placesOf(depths), KNOTS) : undefined;
    const recent = new Float64Array(models).fill(2);
    return new GeometricMixture(models, depths, table, corrections, recent);
  }

  fork(): GeometricMixture {
    const fork = new GeometricMixture(
      this.#models,
      this.#depths,
      this.#table.fork(),
      this.#corrections?.fork(),
      this.#recent.slice(),
    );
    fork.#last = this.#last;
    fork.#letters = this.#letters;
    fork.#symbols = this.#symbols;
    return fork;
  }

  /** Those of all contexts; what a context chooses is added to them. */
  get weights(): Float64Array {
    this.#table.read(0);
    const { array, offset } = this.#table;
    return Float64Array.from(array.subarray(offset, offset + this.#models));
  }

  spread(trees: readonly Float64Array[], out: Float64Array): void {
    spreadByPath(this, trees, out);
  }

  probability(path: Float64Array, depth: number, node: number): number {
    const mixed = this.#mix(path, depth, node);
    const p = squash(mixed) + CORRECTION * this.#corrected(placeOf(depth, node), knotOf(mixed));
    return Math.max(LEAST, Math.min(1 - LEAST, p));
  }

  learn(path: Float64Array, symbol: number): void {
    const rate = RATE + RATE_AT_FIRST / (1 + this.#symbols / HALVING);
    const table = this.#table;
    const models = this.#models;
    const depths = this.#depths;
    const top = 1 << depths;
    for (let depth = 0; depth < depths; depth++) {
      this.#mix(path, depth, (top + symbol) >> (depths - depth));
    }
    for (let depth = 0, node = 1; depth < depths; depth++) {
      const bit = (symbol >> (depths - 1 - depth)) & 1;
      const mixed = this.#sums[depth]!;
      const error = bit - squash(mixed);
      const from = depth * models;
      for (let set = 0; set < SETS; set++) {
        const step = (set === 0 ? rate : CHOSEN * rate) * error;
        table.write(this.#lines[depth * SETS + set]!);
        const { array, offset } = table;
        for (let i = 0; i < models; i++) array[offset + i]! += step * this.#inputs[from + i]!;
      }
      this.#correct(placeOf(depth, node), knotOf(mixed), error);
      node = 2 * node + bit;
    }
    const bits = new Float64Array(models);
    bitsAlong(path, symbol, bits);
    for (let i = 0; i < models; i++) {
      this.#recent[i]! += RECENT * (Math.min(bits[i]!, MOST_BITS) - this.#recent[i]!);
    }
    this.#compare();
    this.#symbols++;
    this.pass(symbol);
  }

  pass(symbol: number): void {
    this.#priced.fill(0);
    this.#last = symbol >> (this.#depths - 8);
    this.#letters = isLetter(this.#last) ? this.#letters + 1 : 0;
  }

  shares(bits: Float64Array, out: Float64Array): void {
    shareOut(bits, this.weights, out);
  }

  /** The weighted sum of what the models say of a bit, in nats. */
  #mix(path: Float64Array, depth: number, node: number): number {
    const models = this.#models;
    const inputs = this.#inputs;
    const from = depth * models;
    let isPriced = this.#priced[depth] === node;
    let sure = 0;
    for (let i = 0; i < models; i++) {
      const p = path[from + i]!;
      const nats = stretch(Math.max(LEAST_INPUT, Math.min(1 - LEAST_INPUT, p)));
      if (inputs[from + i] !== nats) isPriced = false;
      inputs[from + i] = nats;
      if (i < CHOOSING)
        sure = sure * SURE + (nats < -4 ? 0 : nats < -1 ? 1 : nats < 1 ? 2 : nats < 4 ? 3 : 4);
    }
    if (isPriced) return this.#sums[depth]!;
    const lines = this.#lines;
    const at = depth * SETS;
    const first = this.#firstLine;
    const depths = this.#depths;
    lines[at + 1] = first[1]! + placeOf(depth, node);
    lines[at + 2] = first[2]! + depths * this.#last + depth;
    lines[at + 3] = first[3]! + depths * sure + depth;
    lines[at + 4] = first[4]! + depths * this.#done + depth;
    lines[at + 5] = first[5]! + depths * this.#compared + depth;
    lines[at + 6] = first[6]! + depths * Math.min(this.#letters, LETTERS - 1) + depth;
    let sum = 0;
    const table = this.#table;
    for (let set = 0; set < SETS; set++) {
      table.read(lines[at + set]!);
      const { array, offset } = table;
      for (let i = 0; i < models; i++) sum += array[offset + i]! * inputs[from + i]!;
    }
    this.#priced[depth] = node;
    this.#sums[depth] = Math.max(-LIMIT, Math.min(LIMIT, sum));
    return this.#sums[depth]!;
  }

  /** What the corrections add to a probability at a place among their knots. */
  #corrected(place: number, at: number): number {
    const table = this.#corrections;
    if (!table) return 0;
    const later = this.#places * (1 + this.#last) + place;
    return readKnot(table, place, at) + readKnot(table, later, at);
  }

  #correct(place: number, at: number, error: number): void {
    const table = this.#corrections;
    if (!table) return;
    for (const line of [place, this.#places * (1 + this.#last) + place]) {
      const wrong = error - readKnot(table, line, at);
      table.write(line);
      const share = at - (at | 0);
      const i = table.offset + (at | 0);
      table.array[i]! += CORRECTION_RATE * wrong * (1 - share);
      table.array[i + 1]! += CORRECTION_RATE * wrong * share;
    }
  }

  /** Finds what the recent bits choose. */
  #compare(): void {
    const recent = this.#recent;
    this.#done = 0;
    let others = Infinity;
    for (let i = 0; i < recent.length; i++) {
      const bits = recent[i]!;
      if (i < CHOOSING) {
        this.#done = this.#done * DONE + (bits < 0.5 ? 0 : bits < 1.5 ? 1 : bits < 3 ? 2 : 3);
      }
      if (i > 0) others = Math.min(others, bits);
    }
    const ahead = recent[0]! - others;
    this.#compared = STEPS.reduce((level, step) => level + (ahead < step ? 0 : 1), 0);
  }
}

const STEPS = [-2, -0.7, -0.2, 0.2, 0.7, 2];
/** What a model says is cut here, as is the sum: beyond it `squash` does not go. */
const LEAST_INPUT = 1e-6;
const LIMIT = STRETCH_LIMIT - 0.1;
/** One byte says no more than this of how a model does. */
const MOST_BITS = 30;

const placesOf = (depths: number): number => 256 + depths - 8;

/** A node of the high byte; below that, how far. */
const placeOf = (depth: number, node: number): number => (depth < 8 ? node : 248 + depth);

/** Where each set of weights begins, and where the last ends. */
function firstLines(depths: number): number[] {
  const lines = [0, 1];
  for (const n of [placesOf(depths), ...CONTEXTS.map((n) => depths * n)]) {
    lines.push(lines.at(-1)! + n);
  }
  return lines;
}

const isLetter = (byte: number): boolean =>
  (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);

/** Place among the knots of a correction, which are spread evenly over the range of the sum. */
function knotOf(mixed: number): number {
  return (mixed + STRETCH_LIMIT) * ((KNOTS - 2) / (2 * STRETCH_LIMIT));
}

function readKnot(table: Table, line: number, at: number): number {
  table.read(line);
  const i = table.offset + (at | 0);
  const low = table.array[i]!;
  return low + (at - (at | 0)) * (table.array[i + 1]! - low);
}
