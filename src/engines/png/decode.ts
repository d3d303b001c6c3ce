// The `decode` reading of PNG: the distribution of the next byte of a picture if the rest of the
// file were random bits. A row's filter is not known before the row ends, so each of the five is a
// hypothesis, weighted by how well it codes the row so far; complete rows are filtered as the
// encoder does.

import type { Predictor } from '../../types.js';
import { FILTER_TYPES, type FilterType, NONE, SUB } from './filters.js';
import { RowCursor } from './row-filters.js';
import type { StreamModel } from './stream-models.js';

export interface PngDecoderOptions {
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Bytes of a pixel. */
  readonly channels: number;
  /** An empty model, which the decoder takes ownership of. */
  readonly stream: StreamModel;
  /** The filter of all complete rows; default: each row's own, as chosen by the encoder. */
  readonly filter?: FilterType | undefined;
  /** Factor on the probability of residuals that wrap around 255; 1 for PNG itself. */
  readonly wrap: number;
}

/** Hypotheses less probable than this are dropped until the row ends. */
const LEAST_WEIGHT = 1e-4;

export class PngDecoder implements Predictor {
  readonly alphabetSize = 256;
  readonly #channels: number;
  readonly #filter: FilterType | undefined;
  readonly #wrap: number;
  /** The model of all previous rows. */
  #rows: StreamModel;
  /** This row so far under each filter; undefined for a dropped hypothesis. */
  #streams: (StreamModel | undefined)[] = [];
  readonly #weights = new Float64Array(FILTER_TYPES.length);
  /** Which bytes of the row to learn from. */
  readonly #learn: Uint8Array;
  #cursor: RowCursor;
  /** Probabilities of each next byte under each filter, once computed. */
  readonly #distributions = FILTER_TYPES.map(() => new Float64Array(256));
  #knowsDistributions = false;

  constructor({ rowBytes, channels, stream, filter, wrap }: PngDecoderOptions) {
    this.#channels = channels;
    this.#filter = filter;
    this.#wrap = wrap;
    this.#rows = stream;
    this.#cursor = new RowCursor(rowBytes, channels, filter);
    this.#learn = new Uint8Array(rowBytes);
    this.#beginRow();
  }

  predict(out: Float64Array): void {
    this.#findDistributions();
    out.fill(0);
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      if (!this.#streams[f]) continue;
      const weight = this.#weights[f]!;
      const distribution = this.#distributions[f]!;
      for (let b = 0; b < 256; b++) out[b]! += weight * distribution[b]!;
    }
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(out[b]!);
  }

  surprisal(byte: number): number {
    this.#findDistributions();
    let probability = 0;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      if (this.#streams[f]) probability += this.#weights[f]! * this.#distributions[f]![byte]!;
    }
    return -Math.log2(probability);
  }

  update(byte: number): void {
    this.#observe(byte, true);
  }

  /**
   * At temperature 1 a drawn byte is distributed like the codec's output and is learnt from. At
   * other temperatures literals are not learnt: the model would learn that the picture is as smooth
   * as the draw.
   */
  updateDrawn(byte: number, temperature: number): void {
    this.#observe(byte, temperature === 1);
  }

  fork(): PngDecoder {
    const copy = new PngDecoder({
      rowBytes: this.#cursor.size,
      channels: this.#channels,
      stream: this.#rows.fork(),
      filter: this.#filter,
      wrap: this.#wrap,
    });
    copy.#streams = this.#streams.map((stream) => stream?.fork());
    copy.#weights.set(this.#weights);
    copy.#learn.set(this.#learn);
    copy.#cursor = this.#cursor.fork();
    return copy;
  }

  #observe(byte: number, learn: boolean): void {
    this.#findDistributions();
    const cursor = this.#cursor;
    const weights = this.#weights;
    let total = 0;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      weights[f]! *= this.#streams[f] ? this.#distributions[f]![byte]! : 0;
      total += weights[f]!;
    }
    let kept = 0;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      if (weights[f]! >= LEAST_WEIGHT * total) kept += weights[f]!;
      else this.#streams[f] = undefined;
    }
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      weights[f]! /= kept;
      this.#streams[f]?.update((byte - cursor.predictions[f]!) & 255, learn);
    }
    this.#learn[cursor.filled] = learn ? 1 : 0;
    this.#knowsDistributions = false;
    cursor.push(byte);
    if (cursor.filled === cursor.size) this.#endRow();
  }

  /** Appends the row to the previous ones, under the filter that the encoder would choose. */
  #endRow(): void {
    const cursor = this.#cursor;
    const type = cursor.filter();
    this.#rows = this.#streams[type] ?? this.#filtered(type);
    cursor.nextRow();
    this.#beginRow();
  }

  /** The previous rows and the whole row under a filter that was dropped. */
  #filtered(type: number): StreamModel {
    const { row, above, size } = this.#cursor;
    const stream = this.#rows;
    stream.update(type, true);
    const again = new RowCursor(size, this.#channels);
    for (const byte of above) again.push(byte);
    again.nextRow();
    for (let i = 0; i < size; i++) {
      stream.update((row[i]! - again.predictions[type]!) & 255, this.#learn[i] === 1);
      again.push(row[i]!);
    }
    return stream;
  }

  #beginRow(): void {
    const distribution = this.#rows.distribution();
    let total = 0;
    for (const f of FILTER_TYPES) total += distribution[f]!;
    this.#streams = FILTER_TYPES.map((f) => {
      this.#weights[f] = distribution[f]! / total;
      const stream = this.#rows.fork();
      stream.update(f, true);
      return stream;
    });
    this.#knowsDistributions = false;
  }

  /** Converts the distributions of residuals to distributions of the byte. */
  #findDistributions(): void {
    if (this.#knowsDistributions) return;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      const stream = this.#streams[f];
      if (!stream) continue;
      const prediction = this.#cursor.predictions[f]!;
      const ofResidual = stream.distribution();
      const ofByte = this.#distributions[f]!;
      for (let b = 0; b < 256; b++) ofByte[b] = ofResidual[(b - prediction) & 255]!;
      // With nothing to the left, the residuals of these two are the bytes themselves.
      const plain = f === NONE || (f === SUB && this.#cursor.filled < this.#channels);
      if (this.#wrap !== 1 && !plain) dampWrapping(ofByte, prediction, this.#wrap);
    }
    this.#knowsDistributions = true;
  }
}

/**
 * Reduces the probability of bytes more than 127 from the prediction, whose residuals wrap around.
 */
function dampWrapping(distribution: Float64Array, prediction: number, factor: number): void {
  let total = 0;
  for (let b = 0; b < 256; b++) {
    const distance = b - prediction;
    if (distance < -128 || distance > 127) distribution[b]! *= factor;
    total += distribution[b]!;
  }
  for (let b = 0; b < 256; b++) distribution[b]! /= total;
}
