// The distribution of the next token of a language model, by rank, with the sums that are needed to
// marginalise over tokens that begin with the same bytes.

import { exp2Minus } from '../../bits/exp2.js';
import { UsageError } from '../../errors.js';
import type { Vocabulary } from './vocabulary.js';

/** No token is quite impossible, so that any bytes can be coded: P is at least 2^−200 of the most. */
const MOST_BITS = 200;

/**
 * Probabilities of tokens and of ranges of ranks. Ranges are summed, not subtracted from cumulative
 * sums: a difference of two of those has no correct digits where a range is unlikely.
 */
export class TokenDistribution {
  readonly #vocabulary: Vocabulary;
  /** By the model's numbers. */
  readonly #logits: Float32Array;
  readonly #most: number;
  /** By class, the odds of its tokens; the last entry is that of tokens that stand for no bytes. */
  readonly #sums: Float64Array;
  readonly #total: number;

  /**
   * @param logits by the model's numbers; they are kept.
   * @param path of the graph, for the message.
   * @throws UsageError if logits are not numbers.
   */
  constructor(vocabulary: Vocabulary, logits: Float32Array, path: string) {
    let most = -Infinity;
    for (let id = 0; id < logits.length; id++) if (logits[id]! > most) most = logits[id]!;
    const { classes, classStarts } = vocabulary;
    const sums = new Float64Array(classStarts.length);
    for (let id = 0; id < classes.length; id++) {
      const kind = classes[id]!;
      sums[kind] = sums[kind]! + oddOf(most - logits[id]!);
    }
    let total = 0;
    for (let kind = 0; kind < classStarts.length - 1; kind++) total += sums[kind]!;
    if (!(total < Infinity)) throw new UsageError(`"${path}" gives logits that are not numbers`);
    this.#vocabulary = vocabulary;
    this.#logits = logits;
    this.#most = most;
    this.#sums = sums;
    this.#total = total;
  }

  /** P of a token. */
  at(rank: number): number {
    return this.#odd(rank) / this.#total;
  }

  /** P of the tokens with ranks in [low, high). */
  between(low: number, high: number): number {
    const { ids, classes, classStarts } = this.#vocabulary;
    let sum = 0;
    for (let rank = low; rank < high; ) {
      const kind = classes[ids[rank]!]!;
      const end = classStarts[kind + 1]!;
      if (rank === classStarts[kind] && end <= high) {
        sum += this.#sums[kind]!;
        rank = end;
      } else {
        for (const to = Math.min(end, high); rank < to; rank++) sum += this.#odd(rank);
      }
    }
    return sum / this.#total;
  }

  /** −log2 P of each token, by rank. */
  bits(): Float64Array {
    return Float64Array.from(this.#vocabulary.ids, (_, rank) => -Math.log2(this.at(rank)));
  }

  #odd(rank: number): number {
    return oddOf(this.#most - this.#logits[this.#vocabulary.ids[rank]!]!);
  }
}

/** What a token that many nats under the likeliest has, of what that has. */
function oddOf(under: number): number {
  const bits = under * Math.LOG2E;
  return exp2Minus(bits > MOST_BITS ? MOST_BITS : bits);
}
