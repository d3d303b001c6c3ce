// Definitions of all metrics of a comparison: name, unit, formula, source, and the better
// direction. Tables, CSV, tidy rows and reports take their columns from here. x is the given part,
// y what follows it, drawn or held out; L is a code length in bits; |y| is in bytes.

import type { CompareSummary } from './compare-summary.js';

/** Description of one metric of a summary. */
export interface MetricInfo {
  /** Column heading. */
  readonly title: string;
  /** What it is counted in. */
  readonly unit: string;
  /** Definition, as a formula or in words. */
  readonly formula: string;
  /** Publication that introduced it. */
  readonly source?: string;
  /** `truth`: the closer to the control `held-out`, the better. */
  readonly better: 'lower' | 'higher' | 'truth';
  /** Group that the metric belongs to. */
  readonly family: MetricFamily;
}

/** The groups of metrics. */
export type MetricFamily = 'rates' | 'calibration' | 'samples' | 'pictures' | 'sounds' | 'cost';

/** Keys of a summary whose value is one number. */
export type MetricName = {
  [K in keyof CompareSummary]-?: Exclude<CompareSummary[K], undefined> extends number ? K : never;
}[Exclude<keyof CompareSummary, 'cells' | 'failed'>];

const DELETANG = 'Delétang et al. 2023 §3';

/** All metrics of a summary: definitions and sources. */
export const METRIC_TABLE: Readonly<Record<MetricName, MetricInfo>> = {
  bpb: {
    ...{ title: 'bits/byte', unit: 'bits per byte', better: 'lower', family: 'rates' },
    formula: 'Σ −log2 P(yᵢ | x y₁…yᵢ₋₁) ÷ Σ |y|, of the held-out part',
    source: DELETANG,
  },
  bpbDifference: {
    ...{ title: 'to best', unit: 'bits per byte', better: 'lower', family: 'rates' },
    formula: 'bits/byte − bits/byte of the best model of the input, message by message',
    source: 'paired bootstrap, Efron & Tibshirani 1993',
  },
  ownBpb: {
    ...{ title: 'own', unit: 'bits per byte', better: 'lower', family: 'rates' },
    formula: 'Σ L(xy) − L(x) ÷ Σ |y|: bits spent by the compressor itself',
  },
  conversionLoss: {
    ...{ title: 'loss', unit: 'bits per byte', better: 'lower', family: 'rates' },
    formula: 'bpb − ownBpb: the cost of turning the compressor into a predictor; ≤ 0: none',
  },
  bitsPerUnit: {
    ...{ title: 'bits/unit', unit: 'bits per unit', better: 'lower', family: 'rates' },
    formula: 'Σ −log2 P(y | x) ÷ characters (UTF-8), channel values or samples of y',
  },
  ownBitsPerUnit: {
    ...{ title: 'own/unit', unit: 'bits per unit', better: 'lower', family: 'rates' },
    formula: 'Σ L(xy) − L(x) ÷ characters, channel values or samples of y',
  },
  rawRate: {
    ...{ title: 'raw', unit: 'share', better: 'lower', family: 'rates' },
    formula: 'Σ ⌈L(xy)/8⌉ ÷ Σ |xy|, each chunk a file',
    source: DELETANG,
  },
  rawRateOneHeader: {
    ...{ title: 'raw, 1 header', unit: 'share', better: 'lower', family: 'rates' },
    formula: '(Σ ⌈L(xy)/8⌉ − (n − 1)·h) ÷ Σ |xy|, h bytes of the smallest message, n chunks',
    source: `${DELETANG}: the header counts once`,
  },
  adjustedRate: {
    ...{ title: 'adjusted', unit: 'share', better: 'lower', family: 'rates' },
    formula: '(Σ ⌈L(xy)/8⌉ − (n − 1)·h + bytes of the parameters) ÷ Σ |xy|',
    source: DELETANG,
  },
  wholeRawRate: {
    ...{ title: 'whole raw', unit: 'share', better: 'lower', family: 'rates' },
    formula: '⌈L/8⌉ of all chunks as one file ÷ their bytes',
    source: DELETANG,
  },
  wholeAdjustedRate: {
    ...{ title: 'whole adj.', unit: 'share', better: 'lower', family: 'rates' },
    formula: '(⌈L/8⌉ of all chunks as one file + bytes of the parameters) ÷ their bytes',
    source: DELETANG,
  },
  calibrationError: {
    ...{ title: 'calib.', unit: 'share', better: 'lower', family: 'calibration' },
    formula: 'Σ over octaves of P of |Σ P − number of occurrences| ÷ Σ |y|',
    source: 'DeGroot & Fienberg 1983; expected calibration error, Naeini et al. 2015',
  },
  judgeBpb: {
    ...{ title: 'judge', unit: 'bits per byte', better: 'truth', family: 'samples' },
    formula: 'Σ −log2 Pⱼ(y | x) ÷ Σ |y| under the judge, which never scores its own samples',
  },
  drawnBpb: {
    ...{ title: 'drawn', unit: 'bits per byte', better: 'truth', family: 'samples' },
    formula: 'Σ −log2 P(y | x) ÷ Σ |y| of its samples under itself: its entropy',
  },
  drawnOwnBpb: {
    ...{ title: 'as file', unit: 'bits per byte', better: 'truth', family: 'samples' },
    formula: 'Σ L(xy) − L(x) ÷ Σ |y| of its samples',
    source: 'PAQ-generation: C(original + generated) − C(original)',
  },
  distinct1: distinct(1),
  distinct2: distinct(2),
  distinct3: distinct(3),
  distinct4: distinct(4),
  repetition: {
    ...{ title: 'repeats', unit: 'share', better: 'truth', family: 'samples' },
    formula: '1 − distinct-8',
    source: 'seq-rep-n, Welleck et al. 2020',
  },
  overlap4: {
    ...{ title: 'overlap4', unit: 'share', better: 'higher', family: 'samples' },
    formula:
      '4-grams of y that occur in the true y, each counted at most as often as there, ÷ all of y',
    source: "BLEU's modified precision, Papineni et al. 2002",
  },
  longestCopy: {
    ...{ title: 'copy', unit: 'bytes', better: 'truth', family: 'samples' },
    formula: 'the longest substring of y that occurs earlier in xy, mean over samples',
  },
  knownWords: {
    ...{ title: 'words', unit: 'share', better: 'truth', family: 'samples' },
    formula:
      'words of y, of two or more letters, that occur in the corpus or the rest of the input',
  },
  psnr: {
    ...{ title: 'PSNR', unit: 'dB', better: 'higher', family: 'pictures' },
    formula: '10·log10(255² ÷ mean of (y − true y)²)',
  },
  ssim: {
    ...{ title: 'SSIM', unit: '−1 … 1', better: 'higher', family: 'pictures' },
    formula: 'mean over windows of 8 × 8 of (2µµ′ + C₁)(2σ + C₂) ÷ (µ² + µ′² + C₁)(σ² + σ′² + C₂)',
    source: 'Wang et al. 2004, eq. 13',
  },
  gradientDistance: {
    ...{ title: 'gradients', unit: 'grey levels', better: 'lower', family: 'pictures' },
    formula: "earth mover's distance of the histograms of differences between neighbouring pixels",
    source: 'statistics of Huang & Mumford 1999',
  },
  spectralDistance: {
    ...{ title: 'spectrum', unit: 'dB', better: 'lower', family: 'sounds' },
    formula: 'root mean square over frequencies of the difference of long-term spectra in dB',
    source: 'log-spectral distance, Gray & Markel 1976',
  },
  energyModulation: {
    ...{ title: 'modulation', unit: 'dB', better: 'truth', family: 'sounds' },
    formula: 'standard deviation over frames of their energy in dB',
  },
  msPerByte: {
    ...{ title: 'ms/byte', unit: 'ms per byte', better: 'lower', family: 'cost' },
    formula: 'time to score y after x ÷ |y|, in a worker',
  },
  drawMsPerByte: {
    ...{ title: 'draw ms', unit: 'ms per byte', better: 'lower', family: 'cost' },
    formula: 'time to draw y after x ÷ |y|, in a worker',
  },
  drawPeakBytes: {
    ...{ title: 'draw MB', unit: 'bytes', better: 'lower', family: 'cost' },
    formula: "peak of a worker's heap and buffers while drawing, minus the level before",
  },
};

function distinct(n: number): MetricInfo {
  return {
    ...{ title: `distinct${n}`, unit: 'share', better: 'truth', family: 'samples' },
    formula: `different ${n}-grams of y ÷ all of y`,
    source: 'Li et al. 2016',
  };
}

/** Keys of `METRIC_TABLE`, in order. */
export const METRIC_NAMES = Object.keys(METRIC_TABLE) as readonly MetricName[];
