// The token model of the `decode` reading: the distribution of the next token in a DEFLATE stream.
// The probabilities of literals, lengths and distances come from counts of the encoder's own
// tokens, smoothed so that no symbol is impossible. Extra bits are uniform, as in the format.

import {
  DISTANCE_CODES,
  distanceExtraBits,
  LITERAL_LENGTH_CODES,
  lengthCode,
  lengthExtraBits,
  MAX_MATCH,
  MIN_MATCH,
} from '../codec/tables.js';

/** The source of the token counts: an encoder that can list the tokens it would write. */
export interface TokenCounter {
  /** Appends to the context; called in batches, before each `addTokenCounts`. */
  push(bytes: Uint8Array): void;
  fork(): TokenCounter;
  /**
   * Adds the token counts of the recent context: of the block in progress, as it would be written
   * if the input ended here, and of the finished block before it.
   *
   * @param literals counts of the 286 literal/length symbols; may include end of block.
   * @param distances counts of the 30 distance codes.
   */
  addTokenCounts(literals: Int32Array, distances: Int32Array): void;
}

/** Added to the count of every literal/length symbol; tuned on Wikipedia text. */
const LITERAL_SMOOTHING = 0.1;
/** Added to the count of every distance code; tuned on Wikipedia text. */
const DISTANCE_SMOOTHING = 0.5;
/** Weights of distances are integer multiples of 1 / this, so that their sums are exact. */
const DISTANCE_UNIT = 2 ** 52;

/**
 * Probabilities of one token. Literals and lengths sum to 1 over the 256 bytes and the lengths
 * 3–258; the distance is independent of the length.
 */
export class TokenModel {
  /** P(literal) of each byte. */
  readonly literal = new Float64Array(256);
  /** P(match of this length) for lengths 3–258; 258 may be written with code 284 or 285. */
  readonly length = new Float64Array(MAX_MATCH + 1);
  /** P(match of at least this length); up to index 3, P(match). */
  readonly atLeast = new Float64Array(MAX_MATCH + 2);
  /**
   * Weight of a single distance of each code. P(distance | match) is this divided by the sum over
   * the distances in reach. Sums and differences of these weights are exact in double precision.
   */
  readonly distance = new Float64Array(DISTANCE_CODES);

  readonly #symbolCounts = new Int32Array(LITERAL_LENGTH_CODES);
  readonly #codeCounts = new Int32Array(DISTANCE_CODES);

  /** Updates the probabilities from the tokens that the encoder would write now. */
  learn(counter: TokenCounter): void {
    this.#symbolCounts.fill(0);
    this.#codeCounts.fill(0);
    counter.addTokenCounts(this.#symbolCounts, this.#codeCounts);
    this.#learnSymbols();
    this.#learnDistances();
  }

  copyFrom(other: TokenModel): void {
    this.literal.set(other.literal);
    this.length.set(other.length);
    this.atLeast.set(other.atLeast);
    this.distance.set(other.distance);
  }

  #learnSymbols(): void {
    const { literal, length, atLeast } = this;
    let total = LITERAL_SMOOTHING * (LITERAL_LENGTH_CODES - 1);
    for (let s = 0; s < 256; s++) total += this.#symbolCounts[s]!;
    for (let s = 257; s < LITERAL_LENGTH_CODES; s++) total += this.#symbolCounts[s]!;
    for (let b = 0; b < 256; b++) literal[b] = (this.#symbolCounts[b]! + LITERAL_SMOOTHING) / total;
    for (let l = MIN_MATCH; l <= MAX_MATCH; l++) {
      length[l] = this.#lengthProbability(lengthCode[l]!, total);
    }
    length[MAX_MATCH]! += this.#lengthProbability(27, total);
    for (let l = MAX_MATCH; l >= 0; l--) atLeast[l] = atLeast[l + 1]! + length[l]!;
  }

  #learnDistances(): void {
    let total = DISTANCE_SMOOTHING * DISTANCE_CODES;
    for (let c = 0; c < DISTANCE_CODES; c++) total += this.#codeCounts[c]!;
    for (let c = 0; c < DISTANCE_CODES; c++) {
      const weight =
        (this.#codeCounts[c]! + DISTANCE_SMOOTHING) / total / (1 << distanceExtraBits[c]!);
      this.distance[c] = Math.ceil(weight * DISTANCE_UNIT) / DISTANCE_UNIT;
    }
  }

  /** P(one length of a length code), where `code` counts from 257. */
  #lengthProbability(code: number, total: number): number {
    const share = (this.#symbolCounts[257 + code]! + LITERAL_SMOOTHING) / total;
    return share / (1 << lengthExtraBits[code]!);
  }
}
