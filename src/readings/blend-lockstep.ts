// Blends of several contexts at once, if a member has a lockstep model: its predictions for all
// rows are computed together and then passed to the ensemble of each row.

import type { Mixture } from '../engines/blend/mixture.js';
import type {
  BitCoder,
  CodeLengthModel,
  Compressor,
  Lockstep,
  LockstepModel,
  MaybePromise,
  Reading,
} from '../types.js';
import { Ensemble } from './ensemble.js';

/** A member of a blend and its reading. */
export interface BlendMember {
  readonly compressor: Pick<Compressor, 'start' | 'lockstep'>;
  readonly reading: Reading;
}

/** The lockstep model of a blend; undefined if no member has one. */
export function blendLockstep(
  members: readonly BlendMember[],
  startMixture: () => Mixture,
): Lockstep | undefined {
  const lockstepOf = members.map(({ compressor, reading }) =>
    reading === 'decode' ? compressor.lockstep : undefined,
  );
  const rows = Math.min(...lockstepOf.flatMap((lockstep) => lockstep?.rows ?? []));
  if (rows === Infinity) return undefined;
  return {
    rows,
    start(count) {
      const sources = lockstepOf.map(
        (lockstep) => lockstep && new RowSource(lockstep.start(count), count),
      );
      const ensembles = Array.from({ length: count }, (_, row) => {
        const models = members.map(
          ({ compressor, reading }, i) => sources[i]?.row(row) ?? compressor.start(reading),
        );
        return new Ensemble(models, startMixture());
      });
      return new BlendLockstep(
        sources.filter((one) => one !== undefined),
        ensembles,
      );
    },
  };
}

class BlendLockstep implements LockstepModel {
  readonly #sources: readonly RowSource[];
  readonly #ensembles: readonly Ensemble[];

  constructor(sources: readonly RowSource[], ensembles: readonly Ensemble[]) {
    this.#sources = sources;
    this.#ensembles = ensembles;
  }

  async predict(out: Float64Array): Promise<void> {
    await this.#know('all');
    for (const [row, ensemble] of this.#ensembles.entries()) {
      ensemble.next(out.subarray(256 * row, 256 * (row + 1)));
    }
  }

  prepare(): Promise<void> {
    return this.#know('code');
  }

  code(row: number, coder: BitCoder, byte: number): number {
    return this.#ensembles[row]!.code(coder, byte);
  }

  update(bytes: Uint8Array): void {
    for (const one of this.#sources) one.update(bytes);
    for (const [row, ensemble] of this.#ensembles.entries()) ensemble.push(bytes[row]!);
  }

  async #know(need: 'all' | 'code'): Promise<void> {
    await Promise.all(this.#sources.map((one) => one.predict()));
    const pending: Promise<void>[] = [];
    for (const ensemble of this.#ensembles) {
      const later = ensemble.know(need);
      if (later) pending.push(later);
    }
    if (pending.length > 0) await Promise.all(pending);
  }
}

/** A member in lockstep, with its last predictions kept for each row. */
class RowSource {
  readonly #model: LockstepModel;
  readonly #predictions: Float64Array;

  constructor(model: LockstepModel, rows: number) {
    this.#model = model;
    this.#predictions = new Float64Array(256 * rows);
  }

  predict(): MaybePromise<void> {
    return this.#model.predict(this.#predictions);
  }

  update(bytes: Uint8Array): void {
    this.#model.update(bytes);
  }

  /** A model that returns the row's predictions and passes on pushed bytes. */
  row(row: number): CodeLengthModel {
    const predictions = this.#predictions.subarray(256 * row, 256 * (row + 1));
    const model: CodeLengthModel = {
      push() {},
      fork: () => model,
      next: (out) => out.set(predictions),
      score: (candidates) => Float64Array.from(candidates, ([byte]) => predictions[byte!]!),
    };
    return model;
  }
}
