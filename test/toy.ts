// A toy compressor whose distribution is known in closed form: it codes words of four letters, each
// independently of the others, and shows nothing of a word before its last letter.

import type { CodeLengthModel } from '../src/types.js';

export const WORD_BYTES = 4;

/** Bits of each letter of a word that is not complete. */
const LETTER_BITS = 8;
/** Bits of anything that is no word. */
const UNKNOWN_BITS = 100;

/** The words and their probabilities: any positive weights, normalised. */
export class Toy {
  readonly words: readonly string[];
  readonly probabilities: readonly number[];
  readonly #bits: ReadonlyMap<string, number>;
  readonly #beginnings: ReadonlySet<string>;

  constructor(letters: string, weight: (word: string) => number) {
    let words = [''];
    for (let i = 0; i < WORD_BYTES; i++) {
      words = words.flatMap((word) => [...letters].map((letter) => word + letter));
    }
    const weights = words.map(weight);
    const sum = weights.reduce((a, b) => a + b, 0);
    this.words = words;
    this.probabilities = weights.map((w) => w / sum);
    this.#beginnings = new Set(
      words.flatMap((word) => Array.from(word, (_, i) => word.slice(0, i))),
    );
    this.#bits = new Map(words.map((word, i) => [word, -Math.log2(this.probabilities[i]!)]));
  }

  /** A model after `begun`, the letters of an incomplete word. */
  start(begun = ''): CodeLengthModel {
    const model = {
      push(bytes: Uint8Array) {
        begun += String.fromCharCode(...bytes);
        begun = begun.slice(WORD_BYTES * Math.floor(begun.length / WORD_BYTES));
      },
      fork: () => this.start(begun),
      score: (candidates: readonly Uint8Array[]) =>
        Float64Array.from(candidates, (candidate) => {
          return (
            this.#codeLength(begun + String.fromCharCode(...candidate)) - this.#codeLength(begun)
          );
        }),
      next(out: Float64Array) {
        out.set(model.score(Array.from({ length: 256 }, (_, b) => Uint8Array.of(b))));
      },
    };
    return model;
  }

  #codeLength(message: string): number {
    let bits = 0;
    for (let at = 0; at < message.length; at += WORD_BYTES) {
      const word = message.slice(at, at + WORD_BYTES);
      if (word.length === WORD_BYTES) bits += this.#bits.get(word) ?? UNKNOWN_BITS;
      else if (this.#beginnings.has(word)) bits += LETTER_BITS * word.length;
      else bits += UNKNOWN_BITS;
    }
    return bits;
  }

  /** Half the summed difference between a distribution over words and the true one. */
  totalVariation(probability: (word: string) => number): number {
    const differences = this.words.map((word, i) => {
      return Math.abs(probability(word) - this.probabilities[i]!);
    });
    return differences.reduce((a, b) => a + b, 0) / 2;
  }
}
