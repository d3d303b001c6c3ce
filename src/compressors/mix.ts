// mix: bitwise context mixing after lpaq and paq8, the best text model here that is not neural.

import { MixModel } from '../engines/mixing/model.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor, Predictor } from '../types.js';
import { VERSION } from '../version.js';

export const mix: CompressorEntry = {
  summary: 'context mixing: orders 0–6, words and matches, mixed bit by bit (lpaq, paq8)',
  accepts: ['bytes'],
  options: {
    memory: {
      type: 'integer',
      min: 16,
      max: 28,
      default: 25,
      summary: 'log2 of the bytes kept for bit histories; text wants 32 per byte',
    },
  },
  open: (_format, options): Compressor => {
    const memory = Number(options.memory);
    return {
      name: 'mix',
      version: `zipdream ${VERSION}`,
      ...chooseReading('mix', { decode: () => decodeReading(mixPredictor(memory)) }),
      codeLength: (data) => {
        const model = MixModel.create(memory);
        let bits = 0;
        for (let i = 0; i < data.length; i++) {
          bits += model.surprisal(data[i]!);
          model.update(data[i]!);
        }
        return bits;
      },
    };
  },
};

/** A predictor that prices one symbol without pricing all. */
interface PricedPredictor extends Predictor {
  /** −log2 P of one next symbol, the same as `predict`'s. */
  surprisal(symbol: number): number;
  fork(): PricedPredictor;
}

/** A predictor that has seen nothing yet, with 2^memory bytes of bit histories. */
export function mixPredictor(memory: number): PricedPredictor {
  return new MixPredictor(MixModel.create(memory));
}

class MixPredictor implements PricedPredictor {
  readonly alphabetSize = 256;
  readonly #model: MixModel;

  constructor(model: MixModel) {
    this.#model = model;
  }

  predict(out: Float64Array): void {
    this.#model.predict(out);
  }

  surprisal(symbol: number): number {
    return this.#model.surprisal(symbol);
  }

  update(symbol: number): void {
    this.#model.update(symbol);
  }

  fork(): MixPredictor {
    return new MixPredictor(this.#model.fork());
  }
}
