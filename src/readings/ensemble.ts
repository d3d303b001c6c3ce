// Several models at the same position in a text, and the mixture that combines their predictions.
// Each model is asked at most once per position, and only for what is needed: the bits of a known
// byte are cheaper than the whole distribution.

import { BYTES } from '../bits/bytes.js';
import { bitAt, bitsAlong, growTree, type Mixture, NODES } from '../engines/blend/mixture.js';
import type { BitCoder, CodeLengthModel, MaybePromise } from '../types.js';

/** What must be known of each model before a query can be answered. */
export type Need =
  /** The whole distributions. */
  | 'all'
  /** What is needed for the bits of one known byte. */
  | 'price'
  /** What is needed to learn one byte. */
  | 'learn'
  /** What is needed to code a byte that only the coder knows. */
  | 'code';

/** The models of a blend with their mixture. */
export class Ensemble {
  readonly #models: readonly CodeLengthModel[];
  readonly #mixture: Mixture;
  /** Δ bits by each model, and the bit tree built from them, if known. */
  readonly #bits: readonly Float64Array[];
  readonly #trees: readonly Float64Array[];
  readonly #known: Uint8Array;
  /** Index of the model that codes bit by bit, which is cheaper for it; −1 for none. */
  readonly #leader: number;
  /** Predictions of the models along the bits of `#walked`; −1 for none. */
  readonly #path: Float64Array;
  #walked = -1;
  /** Collects the predictions of a model that codes bits into `#path`, from index `#at`. */
  readonly #note: BitCoder;
  #at = 0;
  /** Mixes the leader's prediction of each bit with those of the others, for `#coder`. */
  readonly #step: BitCoder;
  #coder: BitCoder | undefined;
  #node = 1;
  #depth = 0;
  /** −log2 P of a byte by each model. */
  readonly #alone: Float64Array;
  /** The combined distribution, if known. */
  readonly #spread = new Float64Array(256);
  #isSpread = false;

  /** Takes ownership of the models and the mixture. */
  constructor(models: readonly CodeLengthModel[], mixture: Mixture) {
    this.#models = models;
    this.#mixture = mixture;
    this.#bits = models.map(() => new Float64Array(256));
    this.#trees = models.map(() => new Float64Array(NODES));
    this.#known = new Uint8Array(models.length);
    this.#leader = mixture.byPath ? models.findIndex(({ codesBits }) => codesBits) : -1;
    this.#path = new Float64Array(8 * models.length);
    this.#alone = new Float64Array(models.length);
    this.#note = { code: (bit, p1) => this.#noteBit(bit, p1) };
    this.#step = { code: (bit, p1) => this.#codeBit(bit, p1) };
  }

  get weights(): Float64Array {
    return this.#mixture.weights;
  }

  /** True if a model can be asked for several positions at once. */
  get hasNexts(): boolean {
    return this.#models.some(({ nexts }) => nexts);
  }

  fork(): Ensemble {
    const fork = new Ensemble(
      this.#models.map((model) => model.fork()),
      this.#mixture.fork(),
    );
    for (const [i, known] of this.#known.entries()) {
      if (!known) continue;
      fork.#trees[i]!.set(this.#trees[i]!);
      fork.#known[i] = 1;
    }
    return fork;
  }

  /** Asks the models for what is needed and not yet known. */
  know(need: Need): MaybePromise<void> {
    let pending: Promise<void>[] | undefined;
    for (let i = 0; i < this.#models.length; i++) {
      if (this.#known[i] || !this.#isNeeded(i, need)) continue;
      const model = this.#models[i]!;
      const later = model.next(this.#bits[i]!);
      if (later instanceof Promise) (pending ??= []).push(later.then(() => this.#grow(i)));
      else this.#grow(i);
    }
    return pending && Promise.all(pending).then(() => {});
  }

  /** `out[b]` = −log2 P of each byte. Requires the distributions of all models. */
  next(out: Float64Array): void {
    if (!this.#isSpread) this.#mixture.spread(this.#trees, this.#spread);
    this.#isSpread = true;
    out.set(this.#spread);
  }

  /** −log2 P of each byte by each model. Requires the distributions of all models. */
  memberPredictions(): Float64Array[] {
    return this.#trees.map((tree) =>
      Float64Array.from({ length: 256 }, (_, b) => -Math.log2(tree[256 + b]! / tree[1]!)),
    );
  }

  /** −log2 P of a byte. Requires `know('price')`. */
  surprisal(byte: number): number {
    if (!this.#mixture.byPath) {
      this.next(this.#spread);
      return this.#spread[byte]!;
    }
    this.#walk(byte);
    let all = 1;
    for (let depth = 0, node = 1; depth < 8; depth++) {
      const bit = (byte >> (7 - depth)) & 1;
      const p = this.#mixture.probability(this.#path, depth, node);
      all *= bit ? p : 1 - p;
      node = 2 * node + bit;
    }
    return -Math.log2(all);
  }

  /** Codes a byte, as `Predictor.code` does. Requires `know('code')`. */
  code(coder: BitCoder, byte: number): number {
    if (!this.#mixture.byPath) return this.#codeSpread(coder, byte);
    this.#coder = coder;
    this.#node = 1;
    this.#depth = 0;
    if (this.#leader >= 0) this.#models[this.#leader]!.code!(this.#step, byte);
    else for (let i = 7; i >= 0; i--) this.#codeBit((byte >> i) & 1, 0.5);
    this.#walked = this.#node - 256;
    return this.#walked;
  }

  /** Learns a byte and moves past it. Requires `know('learn')`. */
  push(byte: number): void {
    this.#learn(byte);
    for (const model of this.#models) model.push(BYTES[byte]!);
    this.#forget();
  }

  /** Moves past a drawn byte; it is learnt like a given one only at temperature 1. */
  pushDrawn(byte: number, temperature: number): void {
    if (temperature === 1) this.#learn(byte);
    else this.#mixture.pass(byte);
    for (const model of this.#models) {
      if (model.pushDrawn) model.pushDrawn(BYTES[byte]!, temperature);
      else model.push(BYTES[byte]!);
    }
    this.#forget();
  }

  /** True if a byte can be learnt without asking the models. */
  get isReady(): boolean {
    return this.#models.every((_, i) => this.#known[i] || !this.#isNeeded(i, 'learn'));
  }

  /** The share of each model in a byte whose bits have been computed. */
  shares(byte: number, out: Float64Array): void {
    const bits = this.#alone;
    if (this.#mixture.byPath) bitsAlong(this.#path, byte, bits);
    else
      for (const [i, tree] of this.#trees.entries())
        bits[i] = -Math.log2(tree[256 + byte]! / tree[1]!);
    this.#mixture.shares(bits, out);
  }

  /**
   * Pushes several bytes, asking models for many positions at once where possible. `visit`
   * is called before each byte is pushed, when the bits of that byte can be computed.
   */
  async walk(bytes: Uint8Array, visit?: (index: number) => void): Promise<void> {
    const need = visit ? 'price' : 'learn';
    const feeds = this.#models.map((model) => model.nexts && new Feed(model.nexts(bytes)));
    for (let at = 0; at < bytes.length; at++) {
      for (const [i, feed] of feeds.entries()) {
        if (!feed) continue;
        if (feed.isEmpty) await feed.fill();
        growTree(feed.take(), this.#trees[i]!);
        this.#known[i] = 1;
      }
      const pending = this.know(need);
      if (pending) await pending;
      visit?.(at);
      this.#learn(bytes[at]!);
      for (const [i, model] of this.#models.entries()) {
        if (!feeds[i]) model.push(BYTES[bytes[at]!]!);
      }
      this.#forget();
    }
    for (const [i, model] of this.#models.entries()) if (feeds[i]) model.push(bytes);
  }

  #isNeeded(i: number, need: Need): boolean {
    if (need === 'all') return true;
    if (!this.#mixture.byPath) return need !== 'learn';
    return need === 'code' ? i !== this.#leader : !this.#models[i]!.codesBits;
  }

  #grow(i: number): void {
    growTree(this.#bits[i]!, this.#trees[i]!);
    this.#known[i] = 1;
  }

  #forget(): void {
    this.#known.fill(0);
    this.#walked = -1;
    this.#isSpread = false;
  }

  #learn(byte: number): void {
    if (!this.#mixture.byPath) return;
    this.#walk(byte);
    this.#mixture.learn(this.#path, byte);
  }

  /** Computes the predictions of the models along the bits of a byte. */
  #walk(byte: number): void {
    if (this.#walked === byte) return;
    const models = this.#models.length;
    for (let i = 0; i < models; i++) {
      const model = this.#models[i]!;
      if (model.codesBits) {
        this.#at = i;
        model.code!(this.#note, byte);
        continue;
      }
      const tree = this.#trees[i]!;
      for (let d = 0; d < 8; d++) this.#path[d * models + i] = bitAt(tree, (256 + byte) >> (8 - d));
    }
    this.#walked = byte;
  }

  #noteBit(bit: number, p1: number): number {
    this.#path[this.#at] = p1;
    this.#at += this.#models.length;
    return bit;
  }

  /** @param p1 P(1) by the leader. */
  #codeBit(bit: number, p1: number): number {
    const models = this.#models.length;
    const from = this.#depth * models;
    for (let i = 0; i < models; i++) {
      this.#path[from + i] = i === this.#leader ? p1 : bitAt(this.#trees[i]!, this.#node);
    }
    const p = this.#mixture.probability(this.#path, this.#depth, this.#node);
    const coded = this.#coder!.code(bit, p);
    this.#node = 2 * this.#node + coded;
    this.#depth++;
    return coded;
  }

  #codeSpread(coder: BitCoder, byte: number): number {
    const tree = new Float64Array(NODES);
    this.next(this.#spread);
    growTree(this.#spread, tree);
    let node = 1;
    for (let i = 7; i >= 0; i--) node = 2 * node + coder.code((byte >> i) & 1, bitAt(tree, node));
    return node - 256;
  }
}

/** Reads the distributions at several positions from batches as they arrive. */
class Feed {
  readonly #batches: AsyncIterator<Float64Array>;
  #batch: Float64Array = new Float64Array();
  #at = 0;

  constructor(batches: AsyncIterable<Float64Array>) {
    this.#batches = batches[Symbol.asyncIterator]();
  }

  get isEmpty(): boolean {
    return this.#at === this.#batch.length;
  }

  async fill(): Promise<void> {
    while (this.isEmpty) {
      const { value, done } = await this.#batches.next();
      if (done) throw new RangeError('a model returned distributions for too few bytes');
      this.#batch = value;
      this.#at = 0;
    }
  }

  /** The next distribution, valid until `fill`. */
  take(): Float64Array {
    this.#at += 256;
    return this.#batch.subarray(this.#at - 256, this.#at);
  }
}
