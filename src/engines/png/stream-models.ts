// Models of what DEFLATE is given in a PNG, filter bytes and residuals: the tokens of DEFLATE, or
// its literals alone, which is much faster and on photographs nearly as good.

import { createDeflateDecoder, type DeflateDecoder } from '../deflate/decode/decode.js';
import { EncoderTwin } from '../deflate/twin/encoder-twin.js';
import { magnitude } from './filters.js';
import { PNG_DEFLATE } from './write.js';

/** A law of the next byte of the stream, which learns from those that came. */
export interface StreamModel {
  /** P of each next byte, Σ = 1; valid until the next `update`. */
  law(): Float64Array;
  /** @param learn false if the byte was drawn in a way that nothing should be learnt from. */
  update(byte: number, learn: boolean): void;
  fork(): StreamModel;
}

/** DEFLATE's literals and matches, summed over all ways to parse (see engines/deflate/decode/decode.ts). */
export class TokenStream implements StreamModel {
  readonly #decoder: DeflateDecoder;
  readonly #law = new Float64Array(256);

  constructor(decoder = createDeflateDecoder(new EncoderTwin(PNG_DEFLATE), PNG_DEFLATE)) {
    this.#decoder = decoder;
  }

  law(): Float64Array {
    this.#decoder.probabilities(this.#law);
    return this.#law;
  }

  /** Learns from every byte, as matches must be able to copy it. */
  update(byte: number): void {
    this.#decoder.update(byte);
  }

  fork(): TokenStream {
    return new TokenStream(this.#decoder.fork());
  }
}

/** Added to the count of each literal: as for the tokens of DEFLATE. */
const UNSEEN = 0.05;
/** Worth so many residuals, where the law is smoothed. */
const PRIOR_WEIGHT = 100;
/** Mean |residual| taken for granted before any was seen, as if it had been seen so often. */
const FIRST_MAGNITUDE = 6;
const FIRST_COUNT = 16;

/** DEFLATE without matches: one code for all literals, of their counts so far. */
export class LiteralStream implements StreamModel {
  readonly #smooth: boolean;
  readonly #counts = new Float64Array(256);
  readonly #law = new Float64Array(256);
  #total = 0;
  /** A smooth law around residual 0, renewed as its width changes. */
  #prior: Float64Array | undefined;
  #magnitudes = FIRST_MAGNITUDE * FIRST_COUNT;
  #renewAt = 0;

  /** @param smooth blend in a smooth law of residuals, which no DEFLATE has. */
  constructor(smooth: boolean) {
    this.#smooth = smooth;
  }

  law(): Float64Array {
    const counts = this.#counts;
    const law = this.#law;
    const prior = this.#smooth ? this.#currentPrior() : undefined;
    const weight = prior ? PRIOR_WEIGHT : 0;
    const scale = 1 / (this.#total + 256 * UNSEEN + weight);
    for (let b = 0; b < 256; b++) law[b] = (counts[b]! + UNSEEN) * scale;
    if (prior) for (let b = 0; b < 256; b++) law[b]! += weight * scale * prior[b]!;
    return law;
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
    copy.#prior = this.#prior; // never written to once made
    copy.#magnitudes = this.#magnitudes;
    copy.#renewAt = this.#renewAt;
    return copy;
  }

  #currentPrior(): Float64Array {
    if (!this.#prior || this.#total >= this.#renewAt) {
      this.#prior = smoothLaw(this.#magnitudes / (this.#total + FIRST_COUNT));
      this.#renewAt = this.#total + Math.max(16, this.#total >> 4);
    }
    return this.#prior;
  }
}

/** Half Laplace, for the middle, and half Student's t of 2 degrees of freedom, for the tails. */
function smoothLaw(meanMagnitude: number): Float64Array {
  const width = Math.max(meanMagnitude, 0.25);
  const laplace = new Float64Array(256);
  const student = new Float64Array(256);
  for (let b = 0; b < 256; b++) {
    const widths = magnitude(b) / width;
    laplace[b] = Math.exp(-widths);
    student[b] = (1 + widths ** 2) ** -1.5;
  }
  const sums = [laplace, student].map((law) => law.reduce((sum, p) => sum + p, 0));
  return laplace.map((p, b) => 0.5 * (p / sums[0]! + student[b]! / sums[1]!));
}
