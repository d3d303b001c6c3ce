// The next byte under a language model of tokens. Bytes can be cut into tokens in many ways, and the
// probability of a text is the sum over all of them (Cao & Rimell 2021; Vieira et al. 2024, "From
// Language Models over Tokens to Language Models over Characters"). Of the ways that agree with the
// bytes so far the likeliest are kept, and what they say is normalised: exact as long as none is
// dropped.

import type { Predictor } from '../../types.js';
import { TokenContext, type TokenModel } from './tokens.js';
import type { RankRange, Vocabulary } from './vocabulary.js';

/** A way to cut the bytes so far: whole tokens, and the beginning of one more. */
interface Way extends RankRange {
  /** Behind the whole tokens. */
  readonly context: TokenContext;
  /** Bytes of the token under way. The range is of the tokens that go on from them. */
  readonly depth: number;
  /** P of the whole tokens, over P of the bytes so far. */
  readonly scale: number;
  /** `scale` times the P of the range: the share of this way. */
  readonly share: number;
}

/** No way that is kept vanishes, however unlikely its tokens are. */
const LEAST_SHARE = 2 ** -400;

/** −log2 P of the next byte. Each byte costs a pass for every way in which a token ends there. */
export class ByteMarginalModel implements Predictor {
  readonly alphabetSize = 256;
  readonly #vocabulary: Vocabulary;
  readonly #beam: number;
  /** Likeliest first; never empty, and in one of them at least a token has just ended. */
  #ways: readonly Way[];
  /** Bytes not yet followed: that takes passes. */
  #pending: number[] = [];

  private constructor(vocabulary: Vocabulary, beam: number, ways: readonly Way[]) {
    this.#vocabulary = vocabulary;
    this.#beam = beam;
    this.#ways = ways;
  }

  /** @param beam ways kept after each byte, at most. */
  static start(model: TokenModel, beam: number): ByteMarginalModel {
    const start = TokenContext.start(model);
    return new ByteMarginalModel(model.vocabulary, beam, [ended(model.vocabulary, start, 1)]);
  }

  fork(): ByteMarginalModel {
    const fork = new ByteMarginalModel(this.#vocabulary, this.#beam, this.#ways);
    fork.#pending = this.#pending.slice();
    return fork;
  }

  update(symbol: number): void {
    this.#pending.push(symbol);
  }

  /** @throws UsageError if the graph fails. */
  async predict(out: Float64Array): Promise<void> {
    for (const byte of this.#pending.splice(0)) this.#ways = await this.#follow(byte);
    out.fill(0);
    for (const { context, low, high, depth, scale } of this.#ways) {
      const probabilities = await context.probabilities();
      for (let rank = low; rank < high; rank++) {
        const byte = this.#vocabulary.byteAt(rank, depth);
        out[byte] = out[byte]! + scale * probabilities[rank]!;
      }
    }
    const total = out.reduce((sum, p) => sum + p, 0);
    for (let byte = 0; byte < 256; byte++) out[byte] = -Math.log2(out[byte]! / total);
  }

  /** The ways after one byte more. */
  async #follow(byte: number): Promise<Way[]> {
    const vocabulary = this.#vocabulary;
    const ways: Way[] = [];
    for (const way of this.#ways) {
      const { low, high } = vocabulary.narrow(way, way.depth, byte);
      if (low === high) continue;
      const { context, scale } = way;
      const probabilities = await context.probabilities();
      const depth = way.depth + 1;
      let rank = low;
      for (; rank < high && vocabulary.lengthAt(rank) === depth; rank++) {
        ways.push(ended(vocabulary, context.after(rank), scale * probabilities[rank]!));
      }
      if (rank === high) continue;
      let mass = 0;
      for (let longer = rank; longer < high; longer++) mass += probabilities[longer]!;
      ways.push({ context, low: rank, high, depth, scale, share: scale * mass });
    }
    return likeliest(ways, this.#beam);
  }
}

/** A way in which a token has just ended: any may follow. */
function ended(vocabulary: Vocabulary, context: TokenContext, scale: number): Way {
  const share = Math.max(scale, LEAST_SHARE);
  return { context, low: 0, high: vocabulary.size, depth: 0, scale: share, share };
}

/**
 * The ways with the largest shares, which then sum to 1: at most `beam`, and none with less than a
 * part of `SPREAD · beam` of all. One in which a token has just ended is among them, since only
 * there every byte is possible.
 */
function likeliest(ways: readonly Way[], beam: number): Way[] {
  const order = ways.toSorted((a, b) => b.share - a.share);
  const least = sumOf(order) / (SPREAD * beam);
  const kept = order.slice(0, beam).filter(({ share }) => share >= least);
  if (!kept.some(({ depth }) => depth === 0)) {
    kept[Math.min(kept.length, beam - 1)] = order.find(({ depth }) => depth === 0)!;
  }
  const total = sumOf(kept);
  return kept.map((way) => ({ ...way, scale: way.scale / total, share: way.share / total }));
}

/** Following less likely ways too: 3.7 passes a byte for 1.6, and 0.002 bits, on 2 KB of validation text. */
const SPREAD = 8;

function sumOf(ways: readonly Way[]): number {
  return ways.reduce((sum, { share }) => sum + share, 0);
}
