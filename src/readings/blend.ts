// The reading of a blend. To learn its weights from a byte, the blend needs its members' predictions.
// Some of these are asynchronous, but `push` is synchronous. Bytes that cannot be learnt at once are
// therefore queued, and the next query waits until the queue is empty.

import type { Mixture } from '../engines/blend/mixture.js';
import type {
  BitCoder,
  CodeLengthModel,
  MaybePromise,
  MemberPredictions,
  MemberShares,
} from '../types.js';
import { Ensemble, type Need } from './ensemble.js';

/** A model whose Δ is −log2 P under the mixture of the models. Takes ownership of both. */
export function blendReading(
  models: readonly CodeLengthModel[],
  mixture: Mixture,
): CodeLengthModel {
  return new BlendModel(new Ensemble(models, mixture), undefined);
}

class BlendModel implements CodeLengthModel {
  #ensemble: Ensemble | undefined;
  /** The model whose ensemble is forked for this one, once its queue is empty. */
  #origin: BlendModel | undefined;
  #queue: number[] = [];
  #settling: Promise<void> | undefined;
  /** The pending request made while pushing. */
  #asked: Promise<void> | undefined;
  readonly surprisals?: (bytes: Uint8Array) => Promise<Float64Array>;

  constructor(ensemble: Ensemble | undefined, origin: BlendModel | undefined) {
    this.#ensemble = ensemble;
    this.#origin = origin;
    if (ensemble?.hasNexts || origin?.surprisals) {
      this.surprisals = async (bytes) => (await this.memberShares(bytes)).bits;
    }
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) this.#push(bytes[i]!);
  }

  pushDrawn(bytes: Uint8Array, temperature: number): void {
    for (let i = 0; i < bytes.length; i++) {
      const canPush = this.#isSettled && (temperature !== 1 || this.#ensemble!.isReady);
      if (canPush) this.#ensemble!.pushDrawn(bytes[i]!, temperature);
      else this.#push(bytes[i]!);
    }
  }

  fork(): CodeLengthModel {
    return this.#fork();
  }

  #fork(): BlendModel {
    if (this.#isSettled) return new BlendModel(this.#ensemble!.fork(), undefined);
    // Both continue from the current state, whose queue is then processed only once.
    const origin = new BlendModel(this.#ensemble, this.#origin);
    origin.#queue = this.#queue;
    origin.#asked = this.#asked;
    this.#ensemble = undefined;
    this.#origin = origin;
    this.#queue = [];
    this.#asked = undefined;
    return new BlendModel(undefined, origin);
  }

  next(out: Float64Array): MaybePromise<void> {
    return this.#after('all', (ensemble) => ensemble.next(out));
  }

  surprisal(byte: number): MaybePromise<number> {
    return this.#after('price', (ensemble) => ensemble.surprisal(byte));
  }

  prepare(): MaybePromise<void> {
    return this.#after('code', () => {});
  }

  code(coder: BitCoder, byte: number): number {
    return this.#ensemble!.code(coder, byte);
  }

  async score(candidates: readonly Uint8Array[]): Promise<Float64Array> {
    const first = new Float64Array(256);
    const isMany = candidates.length > FEW_CANDIDATES;
    if (isMany) await this.next(first);
    const deltas = new Float64Array(candidates.length);
    for (const [i, candidate] of candidates.entries()) {
      if (candidate.length === 0) continue;
      let bits = isMany ? first[candidate[0]!]! : await this.surprisal(candidate[0]!);
      const fork = candidate.length > 1 ? this.fork() : this;
      for (let j = 1; j < candidate.length && bits < Infinity; j++) {
        fork.push(candidate.subarray(j - 1, j));
        bits += await fork.surprisal!(candidate[j]!);
      }
      deltas[i] = bits;
    }
    return deltas;
  }

  memberPredictions(): MaybePromise<MemberPredictions> {
    return this.#after('all', (ensemble) => ({
      weights: ensemble.weights.slice(),
      bits: ensemble.memberPredictions(),
    }));
  }

  memberShares(bytes: Uint8Array): Promise<MemberShares> {
    return this.#fork().pushShares(bytes);
  }

  async pushShares(bytes: Uint8Array): Promise<MemberShares> {
    await this.#settle();
    const ensemble = this.#ensemble!;
    const members = ensemble.weights.length;
    const bits = new Float64Array(bytes.length);
    const weights = new Float64Array(members * bytes.length);
    const shares = new Float64Array(members * bytes.length);
    await ensemble.walk(bytes, (i) => {
      bits[i] = ensemble.surprisal(bytes[i]!);
      weights.set(ensemble.weights, members * i);
      ensemble.shares(bytes[i]!, shares.subarray(members * i, members * (i + 1)));
    });
    return { bits, weights, shares };
  }

  get #isSettled(): boolean {
    return this.#origin === undefined && this.#queue.length === 0;
  }

  #push(byte: number): void {
    if (!this.#isSettled) {
      this.#queue.push(byte);
      return;
    }
    const ensemble = this.#ensemble!;
    const pending = ensemble.isReady ? undefined : ensemble.know('learn');
    if (!pending) {
      ensemble.push(byte);
      return;
    }
    this.#queue.push(byte);
    this.#asked = pending;
    pending.catch(() => {}); // the next query asks again and throws the error
  }

  /** Computes an answer once all pushed bytes are learnt and its needs are known. */
  #after<T>(need: Need, answer: (ensemble: Ensemble) => T): MaybePromise<T> {
    if (!this.#isSettled) return this.#settle().then(() => this.#after(need, answer));
    const ensemble = this.#ensemble!;
    const pending = ensemble.know(need);
    return pending ? pending.then(() => answer(ensemble)) : answer(ensemble);
  }

  #settle(): Promise<void> {
    this.#settling ??= this.#catchUp().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #catchUp(): Promise<void> {
    if (this.#origin) {
      await this.#origin.#settle();
      this.#ensemble = this.#origin.#ensemble!.fork();
      this.#origin = undefined;
    }
    await this.#asked?.catch(() => {});
    this.#asked = undefined;
    const ensemble = this.#ensemble!;
    while (this.#queue.length > 0) {
      if (this.#queue.length === 1 || !ensemble.hasNexts) {
        const pending = ensemble.know('learn');
        if (pending) await pending;
        ensemble.push(this.#queue[0]!);
        this.#queue.shift();
      } else {
        const count = this.#queue.length;
        await ensemble.walk(Uint8Array.from(this.#queue));
        this.#queue.splice(0, count);
      }
    }
  }
}

/** With at most this many candidates, separate surprisals are assumed to be cheaper than `next`. */
const FEW_CANDIDATES = 16;
