// Models of the data that DEFLATE compresses in a PNG, filter bytes and residuals: either the
// tokens of DEFLATE, or only its literals, which is much faster and nearly as good for photographs.

import { createDeflateDecoder, type DeflateDecoder } from '../deflate/decode/decode.js';
import { EncoderTwin } from '../deflate/twin/encoder-twin.js';
import { magnitude } from './filters.js';
import { PNG_DEFLATE } from './write.js';

/** A distribution of the next byte of the stream, which adapts to the bytes seen. */
export interface StreamModel {
  /** P of each next byte, Σ = 1; valid until the next `update`. */
  distribution(): Float64Array;
  /** @param learn false if the byte was drawn in a way that should not be learnt from. */
  update(byte: number, learn: boolean): void;
  fork(): StreamModel;
}

/**
 * DEFLATE's literals and matches, summed over all parses (see engines/deflate/decode/decode.ts).
 */
export class TokenStream implements StreamModel {
  readonly #decoder: DeflateDecoder;
  readonly #distribution = new Float64Array(256);

  constructor(decoder = createDeflateDecoder(new EncoderTwin(PNG_DEFLATE), PNG_DEFLATE)) {
    this.#decoder = decoder;
  }

  distribution(): Float64Array {
    this.#decoder.probabilities(this.#distribution);
    return this.#distribution;
  }

  /** Learns every byte, as matches must be able to copy it. */
  update(byte: number): void {
    this.#decoder.update(byte);
  }

  fork(): TokenStream {
    return new TokenStream(this.#decoder.fork());
  }
}

/** Added to the count of each literal, as for the tokens of DEFLATE. */
const UNSEEN = 0.05;
/** Weight of the smooth prior, in residuals. */
const PRIOR_WEIGHT = 100;
/** Initial mean |residual|, with the weight of that many observations. */
const FIRST_MAGNITUDE = 6;
const FIRST_COUNT = 16;

/** DEFLATE without matches: one code for all literals, from their counts so far. */
export class LiteralStream implements StreamModel {
  readonly #smooth: boolean;
  readonly #counts = new Float64Array(256);
  readonly #distribution = new Float64Array(256);
  #total = 0;
  /** A smooth distribution around residual 0, recomputed when its width changes. */
  #prior: Float64Array | undefined;
  #magnitudes = FIRST_MAGNITUDE * FIRST_COUNT;
  #renewAt = 0;

  /** @param smooth mix in a smooth distribution of residuals, which DEFLATE does not have. */
  constructor(smooth: boolean) {
    this.#smooth = smooth;
  }

  distribution(): Float64Array {
    const counts = this.#counts;
    const distribution = this.#distribution;
    const prior = this.#smooth ? this.#currentPrior() : undefined;
    const weight = prior ? PRIOR_WEIGHT : 0;
    const scale = 1 / (this.#total + 256 * UNSEEN + weight);
    for (let b = 0; b < 256; b++) distribution[b] = (counts[b]! + UNSEEN) * scale;
    if (prior) for (let b = 0; b < 256; b++) distribution[b]! += weight * scale * prior[b]!;
    return distribution;
  }

  update(byte: number, learn: boolean): void {
    if (!learn) return;
    this.#counts[byte]!++;
    this.#total++;
    this.#magnitudes += magnitude(byte);
  }

  fork(): LiteralStream {
    const copy = new LiteralStream(this.#smooth);
    copy.#counts.set(this.#counts);
    copy.#total = this.#total;
    copy.#prior = this.#prior; // immutable once computed
    copy.#magnitudes = this.#magnitudes;
    copy.#renewAt = this.#renewAt;
    return copy;
  }

  #currentPrior(): Float64Array {
    if (!this.#prior || this.#total >= this.#renewAt) {
      this.#prior = smoothDistribution(this.#magnitudes / (this.#total + FIRST_COUNT));
      this.#renewAt = this.#total + Math.max(16, this.#total >> 4);
    }
    return this.#prior;
  }
}

/**
 * An equal mixture of Laplace, for the centre, and Student's t with 2 degrees of freedom, for the
 * tails.
 */
function smoothDistribution(meanMagnitude: number): Float64Array {
  const width = Math.max(meanMagnitude, 0.25);
  const laplace = new Float64Array(256);
  const student = new Float64Array(256);
  for (let b = 0; b < 256; b++) {
    const widths = magnitude(b) / width;
    laplace[b] = Math.exp(-widths);
    student[b] = (1 + widths ** 2) ** -1.5;
  }
  const sums = [laplace, student].map((distribution) =>
    distribution.reduce((sum, p) => sum + p, 0),
  );
  return laplace.map((p, b) => 0.5 * (p / sums[0]! + student[b]! / sums[1]!));
}
