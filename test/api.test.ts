// The two public entries: what they export is chosen, and Node's adds to the core's.

import { expect, it } from 'vitest';
import * as core from '../src/index.js';
import * as node from '../src/node/index.js';

it('exports from the core what was chosen, and no more', () => {
  expect(Object.keys(core).sort()).toEqual([
    'ALPHABETS',
    'CompressorUnavailableError',
    'CopyGuard',
    'CorruptDataError',
    'FRAGMENT_STYLE',
    'NgramCounts',
    'UsageError',
    'VERSION',
    'alphabetOf',
    'bytesOfSamples',
    'copyPredictor',
    'coreRegistry',
    'createRandom',
    'ctw',
    'dataTable',
    'decodeReading',
    'decodeSymbols',
    'decodeWithPredictor',
    'decodeZd',
    'deflate',
    'distributionBars',
    'encodeSymbols',
    'encodeWithPredictor',
    'encodeZd',
    'escapeHtml',
    'exactReading',
    'fflate',
    'flac',
    'formatOfPicture',
    'generate',
    'generateChoices',
    'generateSpans',
    'generateTokens',
    'gzip',
    'heatColour',
    'heatLegend',
    'heatStep',
    'longestCopy',
    'lookaheadPredictor',
    'lzma',
    'lzmaJs',
    'measureSpanNoise',
    'mix',
    'modelPredictor',
    'namedAlphabet',
    'ngramPredictor',
    'openCompressor',
    'openFrom',
    'order0',
    'pako',
    'pictureFigure',
    'png',
    'ppm',
    'readPng',
    'readWav',
    'recompressReading',
    'resolutionOf',
    'samplesOfBytes',
    'score',
    'showBeside',
    'showDistribution',
    'showPicture',
    'showSound',
    'showSurprisal',
    'showTable',
    'showTokens',
    'shrink',
    'soundPlayer',
    'surprisal',
    'surprisalMap',
    'toGrey',
    'toProbabilities',
    'tokensView',
    'totalBits',
    'withStyle',
    'writePng',
    'writeWav',
    'zlib',
    'zstd',
  ]);
});

it('exports from Node all of the core, and what Node adds', () => {
  const added = Object.keys(node).filter((name) => !(name in core));
  expect(added.sort()).toEqual([
    'HELD_OUT',
    'METRICS',
    'METRIC_NAMES',
    'METRIC_TABLE',
    'SHARPENED',
    'brotli',
    'bzip2',
    'command',
    'commandEntry',
    'compare',
    'compareRankings',
    'crossMatrix',
    'flacLib',
    'isControl',
    'jxl',
    'lm',
    'nodeRegistry',
    'nodeZlib',
    'onnx',
    'readSample',
    'summarize',
    'tidyRows',
    'webp',
    'withWorkers',
    'xz',
  ]);
  for (const name of Object.keys(core)) expect(node).toHaveProperty(name);
});

it('opens by name what each registry has, and rows of your own', async () => {
  expect((await core.openCompressor('order0')).name).toBe('order0');
  await expect(core.openCompressor('node-zlib')).rejects.toThrow(core.UsageError);
  expect((await node.openCompressor('node-zlib:level=1')).name).toBe('node-zlib');
  const registry = { mine: core.coreRegistry.order0! };
  expect((await core.openCompressor('mine', { registry })).name).toBe('order0');
});
