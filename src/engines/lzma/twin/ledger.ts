// Sums the bits of decisions while updating the models, and can undo both: the previous values of
// the models are kept in a journal, so nothing is copied.

import { ADAPT_SHIFT, BITS_OF, PROBABILITY_ONE } from '../codec/models.js';
import type { Decisions } from '../codec/tokens.js';

export class Ledger implements Decisions {
  readonly models: Uint16Array;
  /** Sum of −log2 of the probability of every decision. */
  bits = 0;
  /** Models changed since `mark`, in order, and their previous values. */
  #journal = new Int32Array(1024);
  #noted = -1;
  #markedBits = 0;

  /** @param models are updated from now on. */
  constructor(models: Uint16Array) {
    this.models = models;
  }

  copyFrom(other: Ledger): void {
    this.models.set(other.models);
    this.bits = other.bits;
  }

  decide(model: number, bit: number): void {
    const { models } = this;
    const probability = models[model]!;
    if (this.#noted >= 0) this.#note(model, probability);
    if (bit === 0) {
      this.bits += BITS_OF[probability]!;
      models[model] = probability + ((PROBABILITY_ONE - probability) >> ADAPT_SHIFT);
    } else {
      this.bits += BITS_OF[PROBABILITY_ONE - probability]!;
      models[model] = probability - (probability >> ADAPT_SHIFT);
    }
  }

  decideEvenly(_value: number, count: number): void {
    this.bits += count;
  }

  /** Starts recording changes, until `rollback`. */
  mark(): void {
    this.#noted = 0;
    this.#markedBits = this.bits;
  }

  /** Undoes everything since `mark`. */
  rollback(): void {
    const journal = this.#journal;
    for (let i = this.#noted - 2; i >= 0; i -= 2) this.models[journal[i]!] = journal[i + 1]!;
    this.#noted = -1;
    this.bits = this.#markedBits;
  }

  #note(model: number, probability: number): void {
    if (this.#noted === this.#journal.length) {
      const wider = new Int32Array(2 * this.#noted);
      wider.set(this.#journal);
      this.#journal = wider;
    }
    this.#journal[this.#noted++] = model;
    this.#journal[this.#noted++] = probability;
  }
}
