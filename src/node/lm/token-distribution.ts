// The distribution of the next token of a language model, by rank, with the sums that are needed to
// marginalise over tokens that begin with the same bytes.

import { UsageError } from '../../errors.js';
import type { Vocabulary } from './vocabulary.js';

/** log2 of the tokens in a block. */
const BLOCK_BITS = 6;
const BLOCK = 1 << BLOCK_BITS;

/** No token is quite impossible, so that any bytes can be coded: 2^−200, and its logarithm. */
const LEAST = 2 ** -200;
const LEAST_LOG = -200 * Math.LN2;

/**
 * Probabilities of tokens and of ranges of ranks. Sums of blocks are kept rather than cumulative
 * sums: a difference of two cumulative sums has no correct digits where a range is unlikely.
 */
export class TokenDistribution {
  /** By rank, proportional to P. */
  readonly #odds: Float64Array;
  /** Sums of `BLOCK` odds each; the last block may be shorter. */
  readonly #blocks: Float64Array;
  readonly #total: number;

  /**
   * @param logits by the model's numbers.
   * @param path of the graph, for the message.
   * @throws UsageError if logits are not numbers.
   */
  constructor({ ids, size }: Vocabulary, logits: Float32Array, path: string) {
    let most = -Infinity;
    for (let i = 0; i < logits.length; i++) if (logits[i]! > most) most = logits[i]!;
    const odds = new Float64Array(size);
    const blocks = new Float64Array((size + BLOCK - 1) >> BLOCK_BITS);
    let total = 0;
    for (let block = 0, rank = 0; block < blocks.length; block++) {
      const end = Math.min(rank + BLOCK, size);
      let sum = 0;
      for (; rank < end; rank++) {
        const log = logits[ids[rank]!]! - most;
        const odd = log < LEAST_LOG ? LEAST : Math.exp(log);
        odds[rank] = odd;
        sum += odd;
      }
      blocks[block] = sum;
      total += sum;
    }
    if (!(total < Infinity)) throw new UsageError(`"${path}" gives logits that are not numbers`);
    this.#odds = odds;
    this.#blocks = blocks;
    this.#total = total;
  }

  /** P of a token. */
  at(rank: number): number {
    return this.#odds[rank]! / this.#total;
  }

  /** P of the tokens with ranks in [low, high). */
  between(low: number, high: number): number {
    const odds = this.#odds;
    const first = (low + BLOCK - 1) >> BLOCK_BITS;
    const last = high >> BLOCK_BITS;
    let sum = 0;
    if (first >= last) {
      for (let rank = low; rank < high; rank++) sum += odds[rank]!;
      return sum / this.#total;
    }
    for (let rank = low; rank < first << BLOCK_BITS; rank++) sum += odds[rank]!;
    for (let block = first; block < last; block++) sum += this.#blocks[block]!;
    for (let rank = last << BLOCK_BITS; rank < high; rank++) sum += odds[rank]!;
    return sum / this.#total;
  }

  /** −log2 P of each token, by rank. */
  bits(): Float64Array {
    return this.#odds.map((odd) => -Math.log2(odd / this.#total));
  }
}
