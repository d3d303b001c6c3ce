// Pixels of a picture's given part as a proposal: those whose neighbourhood is most alike.

import { PatchModel } from '../engines/patches/model.js';
import { type Example, Neighbourhoods } from '../engines/patches/neighbourhoods.js';
import { expectNumber } from '../expect.js';
import type { Predictor } from '../types.js';

export type { Example as PatchExample };

/** The given part of a picture, indexed by what is left of and above each of its pixels. */
export class PatchPlaces {
  readonly #neighbourhoods: Neighbourhoods;

  /**
   * Takes time in proportion to the given pixels, of which 2^18 at most are looked among.
   *
   * @throws UsageError if less than 11 × 6 pixels are given.
   */
  constructor(example: Example) {
    this.#neighbourhoods = new Neighbourhoods({ ...example, pixels: example.pixels.slice() });
  }

  /** @internal */
  start(temperature: number): PatchModel {
    return new PatchModel(this.#neighbourhoods, temperature);
  }
}

/**
 * Bytes of pixels in the order of the picture, from its first: those at the places of the given part
 * whose causal neighbourhood is most alike (Efros & Leung 1999), the others with little probability
 * and never none, so that `generateSpans` needs no `uniformShare`. No square larger than 24 × 24
 * pixels is copied, but by chance or where the given part itself repeats it.
 *
 * @param temperature of the similarity: at 0 the most alike, at ∞ any of the twelve most alike.
 * @throws RangeError for a temperature below 0.
 */
export function patchPredictor(places: PatchPlaces, temperature = 1): Predictor {
  expectNumber('temperature', temperature, { min: 0 });
  return places.start(Math.max(temperature, 1e-9));
}

/** The compressor's share in spans of `patch` unless said otherwise: more tears a texture. */
export const PATCH_BETA = 0.25;
