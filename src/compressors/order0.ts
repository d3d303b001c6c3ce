// order0: adaptive byte counts, the least that a model can know. P(b) = (count(b) + 1/2)/(n + 128),
// the estimator of Krichevsky & Trofimov 1981. A control that any real compressor should beat.

import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor, Predictor } from '../types.js';
import { VERSION } from '../version.js';

export const order0: CompressorEntry = {
  summary: 'adaptive byte counts, no context: a floor to beat',
  accepts: ['bytes'],
  options: {},
  open: (): Compressor => ({
    name: 'order0',
    version: `zipdream ${VERSION}`,
    ...chooseReading('order0', { decode: () => decodeReading(order0Predictor()) }),
    codeLength: order0CodeLength,
  }),
};

/** A predictor that has seen nothing yet: 8 bits for every byte. */
export function order0Predictor(): Predictor {
  return new Order0Predictor(new Float64Array(256).fill(0.5), 128);
}

/** Summed surprisal of the whole message, in bits. */
function order0CodeLength(data: Uint8Array): number {
  const weights = new Float64Array(256).fill(0.5);
  let total = 128;
  let bits = 0;
  for (let i = 0; i < data.length; i++) {
    bits += Math.log2(total++ / weights[data[i]!]!++);
  }
  return bits;
}

class Order0Predictor implements Predictor {
  readonly alphabetSize = 256;
  /** count + 1/2 of each byte; `#total` is their sum. */
  readonly #weights: Float64Array;
  #total: number;

  constructor(weights: Float64Array, total: number) {
    this.#weights = weights;
    this.#total = total;
  }

  predict(out: Float64Array): void {
    for (let b = 0; b < 256; b++) out[b] = Math.log2(this.#total / this.#weights[b]!);
  }

  update(symbol: number): void {
    this.#weights[symbol] = this.#weights[symbol]! + 1;
    this.#total++;
  }

  fork(): Predictor {
    return new Order0Predictor(this.#weights.slice(), this.#total);
  }
}
