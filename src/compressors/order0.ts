// Row `order0`: adaptive byte counts without context. P(b) = (count(b) + 1/2)/(n + 128), the
// estimator of Krichevsky & Trofimov 1981. It is a baseline that any real compressor should beat.

import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { BitCoder, Compressor, Predictor } from '../types.js';
import { VERSION } from '../version.js';

/** Row `order0`: adaptive byte counts (Krichevsky & Trofimov 1981), decode. */
export const order0: CompressorEntry = {
  summary: 'adaptive byte counts, no context: a baseline',
  accepts: ['bytes'],
  reach: 'nothing',
  options: {},
  open: (): Compressor => ({
    name: 'order0',
    version: `zipdream ${VERSION}`,
    ...chooseReading('order0', { decode: () => decodeReading(order0Predictor()) }),
    codeLength: order0CodeLength,
  }),
};

/** Returns a predictor in its initial state, which gives every byte 8 bits. */
export function order0Predictor(): Predictor {
  const sums = new Float64Array(512);
  for (let node = 1; node < 512; node++) sums[node] = 128 / 2 ** (31 - Math.clz32(node));
  return new Order0Predictor(sums);
}

/** Code length of the whole message in bits. */
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
  readonly codesBits = true;
  /**
   * Σ (count + 1/2) over the bytes below a node of the bit tree. The index is a leading 1 followed
   * by the bits of the node: the root is 1, byte b is 256 + b.
   */
  readonly #sums: Float64Array;

  constructor(sums: Float64Array) {
    this.#sums = sums;
  }

  predict(out: Float64Array): void {
    const total = this.#sums[1]!;
    for (let b = 0; b < 256; b++) out[b] = Math.log2(total / this.#sums[256 + b]!);
  }

  surprisal(symbol: number): number {
    return Math.log2(this.#sums[1]! / this.#sums[256 + symbol]!);
  }

  code(coder: BitCoder, symbol: number): number {
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      const p1 = this.#sums[2 * node + 1]! / this.#sums[node]!;
      node = 2 * node + coder.code((symbol >> i) & 1, p1);
    }
    return node - 256;
  }

  update(symbol: number): void {
    for (let node = 256 + symbol; node > 0; node >>= 1) this.#sums[node]!++;
  }

  fork(): Predictor {
    return new Order0Predictor(this.#sums.slice());
  }
}
