// The geometric mixture, bit by bit: the logit ln(p/(1−p)) of a bit is a weighted sum of the models'
// logits, with weights trained by gradient descent on the code length (Mattern 2012, 2013; Mahoney
// 2005). The weights are a sum over several sets, each selected by its own context and all trained
// on the same error, so they adapt within few bytes. A final stage corrects the probability by
// secondary symbol estimation (SSE). Weights change only at the end of a symbol, so all symbols are
// priced under the same ones.

import { Lines } from '../../bits/lines.js';
import { STRETCH_LIMIT, squash, stretch } from '../../bits/logistic.js';
import { shareOut } from './fixed.js';
import { bitsAlong, type Mixture, spreadByPath } from './mixture.js';

/** Sum of the initial weights. */
const INITIAL_SUM = 1.1;
/** Final learning rate, as change of a weight per unit of error × input … */
const RATE = 0.002;
/** … and the initial addition to it, which has halved after this many symbols. */
const INITIAL_RATE = 0.01;
const HALVING = 500;
/** Factor on the learning rate of sets that are selected by a context. */
const SELECTED_RATE = 0.5;
/** Weight of the last symbol in the moving average of a model's code length. */
const RECENT = 0.3;
/** Factor on the sum of the two corrections, and their learning rate. */
const CORRECTION = 0.25;
const CORRECTION_RATE = 0.02;
/** Interpolation points of a correction. */
const KNOTS = 33;
/** Lower limit of the probability of a bit. */
const MIN_PROBABILITY = 1 / 65536;
/** Number of levels of a model's logit, and of its recent code length. */
const LOGIT_LEVELS = 5;
const COST_LEVELS = 4;
/** Only this many models, the first ones, form contexts; more would make too many contexts. */
const CONTEXT_MODELS = 4;
/** Number of levels of the first model's recent code length relative to the best of the others. */
const COMPARED = 7;
/** Number of levels of the count of letters since the last other byte. */
const LETTERS = 8;

/**
 * Weight sets, by context: none, node, last byte, logits, recent code lengths, first model relative
 * to the others, letters. `CONTEXTS` has the sizes of the last five.
 */
const SETS = 7;
const CONTEXTS = [
  256,
  LOGIT_LEVELS ** CONTEXT_MODELS,
  COST_LEVELS ** CONTEXT_MODELS,
  COMPARED,
  LETTERS,
];

type Table = Lines<Float32Array<ArrayBuffer>>;

const zeros = (lines: number, width: number): Table =>
  Lines.zeros(new Float32Array(0), lines, width);

export class GeometricMixture implements Mixture {
  readonly byPath = true;
  readonly #models: number;
  /** Bits of a symbol. */
  readonly #depths: number;
  /** Number of node contexts; see {@link placeOf}. */
  readonly #places: number;
  /** First line of each weight set in the table. */
  readonly #firstLine: readonly number[];
  /** Weights; each line has one per model. */
  readonly #table: Table;
  readonly #corrections: Table | undefined;
  /** Moving average of each model's code length of a symbol, in bits. */
  readonly #recent: Float64Array;
  /** High byte of the last symbol. */
  #last = 0;
  /** Letters since the last other byte. */
  #letters = 0;
  #symbols = 0;
  /** Contexts computed from `#recent`. */
  #costs = 0;
  #compared = 0;

  // The bit last priced at each depth: its node, the models' predictions, their logits, lines of
  // weights and weighted sum. These are cached because a symbol that was priced is usually learnt
  // next.
  readonly #priced: Int32Array;
  readonly #seen: Float64Array;
  readonly #inputs: Float64Array;
  readonly #lines: Int32Array;
  readonly #sums: Float64Array;
  readonly #weights: Float64Array;
  /** −log2 P of a symbol by each model. */
  readonly #alone: Float64Array;

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
    this.#seen = new Float64Array(depths * models);
    this.#inputs = new Float64Array(depths * models);
    this.#lines = new Int32Array(depths * SETS);
    this.#sums = new Float64Array(depths);
    this.#weights = new Float64Array(models);
    this.#alone = new Float64Array(models);
    this.#compare();
  }

  /**
   * @param isCorrected true to include the final correction stage.
   * @param depths bits of a symbol: 8 for bytes, 8 or 16 for samples.
   */
  static create(models: number, isCorrected: boolean, depths = 8): GeometricMixture {
    const table = zeros(firstLines(depths)[SETS]!, models);
    table.write(0);
    table.array.fill(INITIAL_SUM / models, table.offset, table.offset + models);
    // Corrections by node context, then by last byte and node context.
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

  /** Weights of the set without context; those selected by a context are added to them. */
  get weights(): Float64Array {
    this.#table.read(0);
    const { array, offset } = this.#table;
    for (let i = 0; i < this.#models; i++) this.#weights[i] = array[offset + i]!;
    return this.#weights;
  }

  spread(trees: readonly Float64Array[], out: Float64Array): void {
    spreadByPath(this, trees, out);
  }

  probability(path: Float64Array, depth: number, node: number): number {
    const mixed = this.#mix(path, depth, node);
    const p = squash(mixed) + CORRECTION * this.#corrected(placeOf(depth, node), knotOf(mixed));
    return Math.max(MIN_PROBABILITY, Math.min(1 - MIN_PROBABILITY, p));
  }

  learn(path: Float64Array, symbol: number): void {
    const rate = RATE + INITIAL_RATE / (1 + this.#symbols / HALVING);
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
        const step = (set === 0 ? rate : SELECTED_RATE * rate) * error;
        table.write(this.#lines[depth * SETS + set]!);
        const { array, offset } = table;
        for (let i = 0; i < models; i++) array[offset + i]! += step * this.#inputs[from + i]!;
      }
      this.#correct(placeOf(depth, node), knotOf(mixed), error);
      node = 2 * node + bit;
    }
    const bits = this.#alone;
    bitsAlong(path, symbol, bits);
    for (let i = 0; i < models; i++) {
      this.#recent[i]! += RECENT * (Math.min(bits[i]!, MAX_BITS) - this.#recent[i]!);
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

  /** Weighted sum of the models' logits of a bit, in nats. */
  #mix(path: Float64Array, depth: number, node: number): number {
    const models = this.#models;
    const inputs = this.#inputs;
    const from = depth * models;
    const seen = this.#seen;
    let isPriced = this.#priced[depth] === node;
    for (let i = from; i < from + models; i++) {
      if (seen[i] !== path[i]) isPriced = false;
      seen[i] = path[i]!;
    }
    if (isPriced) return this.#sums[depth]!;
    let logits = 0;
    for (let i = 0; i < models; i++) {
      const p = path[from + i]!;
      const nats = stretch(Math.max(MIN_INPUT, Math.min(1 - MIN_INPUT, p)));
      inputs[from + i] = nats;
      if (i < CONTEXT_MODELS)
        logits =
          logits * LOGIT_LEVELS + (nats < -4 ? 0 : nats < -1 ? 1 : nats < 1 ? 2 : nats < 4 ? 3 : 4);
    }
    const lines = this.#lines;
    const at = depth * SETS;
    const first = this.#firstLine;
    const depths = this.#depths;
    lines[at + 1] = first[1]! + placeOf(depth, node);
    lines[at + 2] = first[2]! + depths * this.#last + depth;
    lines[at + 3] = first[3]! + depths * logits + depth;
    lines[at + 4] = first[4]! + depths * this.#costs + depth;
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

  /** Sum of the two corrections in a node context, interpolated at position `at` among the knots. */
  #corrected(place: number, at: number): number {
    const table = this.#corrections;
    if (!table) return 0;
    const withLast = this.#places * (1 + this.#last) + place;
    return readKnot(table, place, at) + readKnot(table, withLast, at);
  }

  /** Trains the corrections on the error of a bit. */
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

  /** Computes the contexts that depend on the recent code lengths. */
  #compare(): void {
    const recent = this.#recent;
    this.#costs = 0;
    let others = Infinity;
    for (let i = 0; i < recent.length; i++) {
      const bits = recent[i]!;
      if (i < CONTEXT_MODELS) {
        this.#costs =
          this.#costs * COST_LEVELS + (bits < 0.5 ? 0 : bits < 1.5 ? 1 : bits < 3 ? 2 : 3);
      }
      if (i > 0) others = Math.min(others, bits);
    }
    const ahead = recent[0]! - others;
    this.#compared = STEPS.reduce((level, step) => level + (ahead < step ? 0 : 1), 0);
  }
}

/** Limits of the levels of `COMPARED`, in bits per symbol. */
const STEPS = [-2, -0.7, -0.2, 0.2, 0.7, 2];
/** Limits of an input probability and of the weighted sum, within the range of `squash`. */
const MIN_INPUT = 1e-6;
const LIMIT = STRETCH_LIMIT - 0.1;
/** Limit on the code length of one symbol in the moving average, in bits. */
const MAX_BITS = 30;

const placesOf = (depths: number): number => 256 + depths - 8;

/** Context of a node: the node itself in the high byte, only its depth below that. */
const placeOf = (depth: number, node: number): number => (depth < 8 ? node : 248 + depth);

/** First line of each weight set, and the total number of lines. */
function firstLines(depths: number): number[] {
  const lines = [0, 1];
  for (const n of [placesOf(depths), ...CONTEXTS.map((n) => depths * n)]) {
    lines.push(lines.at(-1)! + n);
  }
  return lines;
}

const isLetter = (byte: number): boolean =>
  (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);

/** Fractional position of a sum among the knots, which are spaced evenly over its range. */
function knotOf(mixed: number): number {
  return (mixed + STRETCH_LIMIT) * ((KNOTS - 2) / (2 * STRETCH_LIMIT));
}

/** Linear interpolation between the two knots around position `at`. */
function readKnot(table: Table, line: number, at: number): number {
  table.read(line);
  const i = table.offset + (at | 0);
  const low = table.array[i]!;
  return low + (at - (at | 0)) * (table.array[i + 1]! - low);
}
