// Measures a continuation, drawn or true. Each measure is defined, with unit and formula, where it
// is computed, and listed in metrics.ts.

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

/** Measures of a continuation of given bytes, drawn or true. */
export interface ContinuationMeasure {
  /** Its length in bytes. */
  readonly bytes: number;
  /** Its bits under the judge, given the bytes before; undefined without a judge. */
  readonly judgeBits?: number;
  /** Distinct-1: different bytes over all bytes. */
  readonly distinct1?: number;
  /** Distinct-2: different pairs of adjacent bytes over all pairs. */
  readonly distinct2?: number;
  /** Distinct-3: different 3-grams of bytes over all 3-grams (Li et al. 2016). */
  readonly distinct3: number;
  /** Distinct-4. */
  readonly distinct4?: number;
  /** 1 − distinct-8: the share of 8-grams that occurred before. */
  readonly repetition?: number;
  /** The share of its 4-grams that occur in the true continuation. */
  readonly overlap4?: number;
  /** Length in bytes of its longest verbatim copy of the given bytes or of itself. */
  readonly longestCopy: number;
  /** Text: the share of its words that occur in the corpus. */
  readonly knownWords?: number;
  /** Pictures: dB; undefined for the truth itself, for which it is infinite. */
  readonly psnr?: number;
  /** Pictures: 1 for the truth. */
  readonly ssim?: number;
  /** Pictures: grey levels. */
  readonly gradientDistance?: number;
  /** Sound: dB. */
  readonly spectralDistance?: number;
  /** Sound: dB. */
  readonly energyModulation?: number;
  /** The continuation itself, if short enough to keep. */
  readonly sample?: StoredSample;
}

/**
 * @param passage the given part and the continuation.
 * @param truth the same given part and its true continuation.
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

interface Judgement {
  readonly bits: number;
  /** Undefined if the judge has only lengths of whole messages. */
  readonly surprisals?: Float64Array;
}

/** The judge's bits for a continuation: under its best reading, or L(xy) − L(x). */
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

/** Measures of the first channel. Undefined for sounds shorter than a frame. */
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
