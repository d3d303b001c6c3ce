// What a continuation is like, drawn or true: each measure, its unit and its formula are where it is
// computed, and listed in metrics.ts.

import { samplesOfBytes } from '../modality/audio-bytes.js';
import { ownBits } from '../passage/own-bits.js';
import { givenBytes, heldOutBytes, type Passage } from '../passage/passage.js';
import { expectHeldOut } from '../passage/walk.js';
import type { Compressor } from '../types.js';
import { longestCopy } from './longest-copy.js';
import { distinct, overlap } from './ngrams.js';
import { pictureQuality } from './picture-quality.js';
import { energyModulation, logSpectralDistance, spectrogram } from './spectrum.js';
import type { StoredSample } from './stored-sample.js';

/** What a continuation of some given bytes is like, drawn or true. */
export interface ContinuationMeasure {
  /** Its length. */
  readonly bytes: number;
  /** Its bits under the judge, after the given bytes; undefined without one. */
  readonly judgeBits?: number;
  /** Different bytes over bytes. */
  readonly distinct1?: number;
  /** Different pairs of bytes over pairs. */
  readonly distinct2?: number;
  /** Three bytes in a row that are different ones, over all there are (distinct-3, Li et al. 2016). */
  readonly distinct3: number;
  /** As distinct-3, of four in a row. */
  readonly distinct4?: number;
  /** 1 − distinct-8: the share of eight bytes in a row that were there before. */
  readonly repetition?: number;
  /** The share of its 4-grams that the true continuation has. */
  readonly overlap4?: number;
  /** Bytes of its longest verbatim copy of what was given or of itself. */
  readonly longestCopy: number;
  /** Of text: the share of its words that exist in the corpus. */
  readonly knownWords?: number;
  /** Of a picture; dB, undefined for the truth itself, of which it is infinite. */
  readonly psnr?: number;
  /** Of a picture; 1 is the truth. */
  readonly ssim?: number;
  /** In grey levels. */
  readonly gradientDistance?: number;
  /** Of a sound; dB. */
  readonly spectralDistance?: number;
  /** Of a sound; dB. */
  readonly energyModulation?: number;
  /** The continuation itself, where it is short enough to keep. */
  readonly sample?: StoredSample;
}

/**
 * @param passage the given part and the continuation.
 * @param truth the same given part and what truly follows.
 */
export function measureContinuation(passage: Passage, truth: Passage): ContinuationMeasure {
  const bytes = heldOutBytes(passage);
  return {
    bytes: bytes.length,
    distinct1: distinct(bytes, 1),
    distinct2: distinct(bytes, 2),
    distinct3: distinct(bytes, 3),
    distinct4: distinct(bytes, 4),
    repetition: 1 - distinct(bytes, 8),
    overlap4: overlap(bytes, heldOutBytes(truth), 4),
    longestCopy: longestCopy([givenBytes(passage)], [bytes]).length,
    ...pictureMeasures(passage, truth),
    ...soundMeasures(passage, truth),
  };
}

export interface Judgement {
  readonly bits: number;
  /** Undefined where the judge has only lengths of whole messages. */
  readonly surprisals?: Float64Array;
}

/** What a judge says of a continuation: bits under its best reading, or L(xy) − L(x). */
export async function judgeContinuation(judge: Compressor, passage: Passage): Promise<Judgement> {
  const reading = judge.readings[0]!;
  if (reading === 'recompress') return { bits: await ownBits({ compressor: judge }, passage) };
  return expectHeldOut({ compressor: judge, reading }, passage);
}

function pictureMeasures(passage: Passage, truth: Passage): Partial<ContinuationMeasure> {
  const { format, given, bytes } = passage;
  if (format?.kind !== 'image' || !given) return {};
  const { psnr, ...others } = pictureQuality(bytes, truth.bytes, format, given);
  return Number.isFinite(psnr) ? { psnr, ...others } : others;
}

/** Of the first channel. Undefined for sounds shorter than a frame. */
function soundMeasures(passage: Passage, truth: Passage): Partial<ContinuationMeasure> {
  const { format } = passage;
  if (format?.kind !== 'audio') return {};
  const spectra = [passage, truth].map((one) => {
    const samples = samplesOfBytes(heldOutBytes(one), format);
    return spectrogram(samples.filter((_, i) => i % format.channels === 0));
  });
  if (spectra[0]!.frames.length === 0) return {};
  return {
    spectralDistance: logSpectralDistance(spectra[0]!, spectra[1]!),
    energyModulation: energyModulation(spectra[0]!),
  };
}
