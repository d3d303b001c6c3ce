// A mixture model of pictures that predicts better than PNG: predictions by local least squares, by
// the median edge detector and by similar neighbourhoods, and a mixture of their distributions. It
// runs in WebAssembly (native/image-mix/).

import { squashTable, stretchTable, stretchTailTable } from '../../bits/logistic.js';
import { type Copyable, wasmCreator } from '../../bits/wasm.js';
import { UsageError } from '../../errors.js';
import type { BitCoder, Predictor } from '../../types.js';
import { modelCode } from './model-code.js';

interface Exports extends Copyable {
  readonly squashTable: { readonly value: number };
  readonly stretchTable: { readonly value: number };
  readonly stretchTailTable: { readonly value: number };
  readonly chances: { readonly value: number };
  start(width: number, channels: number): void;
  predictAll(): void;
  begin(): void;
  chanceOfOne(): number;
  take(bit: number): void;
  walk(value: number): void;
  update(value: number, temperature: number): void;
}

/** A temperature that stands for a value that was given, not drawn. */
const GIVEN = -1;

const create = wasmCreator<Exports>(modelCode);

/**
 * Pixels are interleaved: their channels follow each other, and the known channels of a pixel are
 * inputs for the next one.
 */
export class ImageMixModel implements Predictor {
  readonly alphabetSize = 256;
  readonly codesBits = true;
  readonly #run: Exports;

  /**
   * @param width width of the picture in pixels.
   * @throws UsageError if the picture is too wide for the memory, or has more than 4 channels.
   */
  constructor(width: number, channels: number, from?: ImageMixModel) {
    const run = from ? create(from.#run) : create();
    this.#run = run;
    if (from) return;
    const write = (at: number, table: Float64Array): void => {
      new Float64Array(run.memory.buffer, at, table.length).set(table);
    };
    write(run.squashTable.value, squashTable);
    write(run.stretchTable.value, stretchTable);
    write(run.stretchTailTable.value, stretchTailTable);
    try {
      run.start(width, channels);
    } catch (cause) {
      throw new UsageError(
        '"mix" needs more memory: it takes pictures at most 65,536 pixels wide, of at most 4 channels',
        { cause },
      );
    }
  }

  predict(out: Float64Array): void {
    this.#run.predictAll();
    const ones = this.#chances(256);
    out[0] = 0;
    for (let depth = 0, node = 1; depth < 8; depth++) {
      const size = 256 >> depth;
      for (let low = 0; low < 256; low += size, node++) {
        const p = ones[node]!;
        out[low + size / 2] = out[low]! - Math.log2(p);
        out[low]! -= Math.log2(1 - p);
      }
    }
  }

  surprisal(symbol: number): number {
    this.#run.walk(symbol);
    const ones = this.#chances(8);
    let bits = 0;
    for (let depth = 0; depth < 8; depth++) {
      const p = ones[depth]!;
      bits -= Math.log2((symbol >> (7 - depth)) & 1 ? p : 1 - p);
    }
    return bits;
  }

  code(coder: BitCoder, symbol: number): number {
    const run = this.#run;
    run.begin();
    let coded = 0;
    for (let depth = 7; depth >= 0; depth--) {
      const bit = coder.code((symbol >> depth) & 1, run.chanceOfOne());
      run.take(bit);
      coded = 2 * coded + bit;
    }
    return coded;
  }

  update(symbol: number): void {
    this.#run.update(symbol, GIVEN);
  }

  /**
   * Only the residual scales are updated by drawn values: training the mixer on its own output would
   * reinforce its errors.
   */
  updateDrawn(symbol: number, temperature: number): void {
    this.#run.update(symbol, temperature);
  }

  fork(): ImageMixModel {
    return new ImageMixModel(0, 0, this);
  }

  /** The probabilities that the model stored last; valid until the next call. */
  #chances(count: number): Float64Array {
    return new Float64Array(this.#run.memory.buffer, this.#run.chances.value, count);
  }
}
