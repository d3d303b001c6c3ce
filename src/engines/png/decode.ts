// The `decode` reading of PNG: the distribution of the next byte of a picture if the rest of the
// file were coin flips. A row's filter is not known before its end, so each of the five is a
// hypothesis, weighed by how well it codes the row so far; whole rows are filtered as the encoder
// does it.

import type { Predictor } from '../../types.js';
import { FILTER_TYPES, type FilterType, NONE, SUB } from './filters.js';
import { RowCursor } from './row-filters.js';
import type { StreamModel } from './stream-models.js';

export interface PngDecoderOptions {
  /** Bytes of a row. */
  readonly rowBytes: number;
  /** Bytes of a pixel. */
  readonly channels: number;
  /** An empty model, which the decoder owns from now on. */
  readonly stream: StreamModel;
  /** The filter of all whole rows; each row's own, as the encoder chooses it, if left out. */
  readonly filter?: FilterType | undefined;
  /** What residuals that wrap around 255 are multiplied with; PNG itself: 1. */
  readonly wrap: number;
}

/** Hypotheses less probable than this are given up until the row ends. */
const LEAST_WEIGHT = 1e-4;

export class PngDecoder implements Predictor {
  readonly alphabetSize = 256;
  readonly #channels: number;
  readonly #filter: FilterType | undefined;
  readonly #wrap: number;
  /** All rows before this one. */
  #rows: StreamModel;
  /** This row so far under each filter; undefined for one that is given up. */
  #streams: (StreamModel | undefined)[] = [];
  readonly #weights = new Float64Array(FILTER_TYPES.length);
  /** Which bytes of the row are to be learnt from. */
  readonly #learn: Uint8Array;
  #cursor: RowCursor;
  /** Under each filter the probabilities of each next byte, once they are asked for. */
  readonly #laws = FILTER_TYPES.map(() => new Float64Array(256));
  #knowsLaws = false;

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
    this.#findLaws();
    out.fill(0);
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      if (!this.#streams[f]) continue;
      const weight = this.#weights[f]!;
      const law = this.#laws[f]!;
      for (let b = 0; b < 256; b++) out[b]! += weight * law[b]!;
    }
    for (let b = 0; b < 256; b++) out[b] = -Math.log2(out[b]!);
  }

  surprisal(byte: number): number {
    this.#findLaws();
    let probability = 0;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      if (this.#streams[f]) probability += this.#weights[f]! * this.#laws[f]![byte]!;
    }
    return -Math.log2(probability);
  }

  update(byte: number): void {
    this.#observe(byte, true);
  }

  /**
   * At temperature 1 what was drawn is what the codec would say, and is learnt from. At others
   * literals are not: they would learn that the picture is as smooth as it was drawn.
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
    this.#findLaws();
    const cursor = this.#cursor;
    const weights = this.#weights;
    let total = 0;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      weights[f]! *= this.#streams[f] ? this.#laws[f]![byte]! : 0;
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
    this.#knowsLaws = false;
    cursor.push(byte);
    if (cursor.filled === cursor.size) this.#endRow();
  }

  /** The row joins those before it, under the filter that the encoder would choose. */
  #endRow(): void {
    const cursor = this.#cursor;
    const type = cursor.filter();
    this.#rows = this.#streams[type] ?? this.#filtered(type);
    cursor.nextRow();
    this.#beginRow();
  }

  /** The rows before and the whole row under a filter that was given up. */
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
    const law = this.#rows.law();
    let total = 0;
    for (const f of FILTER_TYPES) total += law[f]!;
    this.#streams = FILTER_TYPES.map((f) => {
      this.#weights[f] = law[f]! / total;
      const stream = this.#rows.fork();
      stream.update(f, true);
      return stream;
    });
    this.#knowsLaws = false;
  }

  /** Turns the laws of residuals into laws of the byte. */
  #findLaws(): void {
    if (this.#knowsLaws) return;
    for (let f = 0; f < FILTER_TYPES.length; f++) {
      const stream = this.#streams[f];
      if (!stream) continue;
      const prediction = this.#cursor.predictions[f]!;
      const ofResidual = stream.law();
      const ofByte = this.#laws[f]!;
      for (let b = 0; b < 256; b++) ofByte[b] = ofResidual[(b - prediction) & 255]!;
      // With nothing to the left, residuals of these two are the bytes themselves.
      const plain = f === NONE || (f === SUB && this.#cursor.filled < this.#channels);
      if (this.#wrap !== 1 && !plain) dampWrapping(ofByte, prediction, this.#wrap);
    }
    this.#knowsLaws = true;
  }
}

/** Damps the bytes that are more than 127 from the prediction: their residuals wrap around. */
function dampWrapping(law: Float64Array, prediction: number, factor: number): void {
  let total = 0;
  for (let b = 0; b < 256; b++) {
    const distance = b - prediction;
    if (distance < -128 || distance > 127) law[b]! *= factor;
    total += law[b]!;
  }
  for (let b = 0; b < 256; b++) law[b]! /= total;
}
