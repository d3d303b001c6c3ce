// The two public entries: what they export is chosen, and Node's adds to the core's.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import * as core from '../src/index.js';
import * as node from '../src/node/index.js';
import { withFolder } from './run-cli.js';

const ROOT = join(import.meta.dirname, '..');

it('exports exactly the public names from the core', () => {
  expect(Object.keys(core).sort()).toEqual([
    'ALPHABETS',
    'CompressorUnavailableError',
    'CopyGuard',
    'CorruptDataError',
    'FRAGMENT_STYLE',
    'NgramCounts',
    'PatchPlaces',
    'ShareCourse',
    'UsageError',
    'VERSION',
    'alphabetOf',
    'blend',
    'bytesOfSamples',
    'compressorRow',
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
    'generatePieces',
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
    'membersOf',
    'mix',
    'modelPredictor',
    'namedAlphabet',
    'ngramPredictor',
    'open',
    'openCompressor',
    'openFrom',
    'openFromOutside',
    'order0',
    'pako',
    'patchPredictor',
    'pictureFigure',
    'png',
    'ppm',
    'readPng',
    'readWav',
    'recompressReading',
    'resolutionOf',
    'samplesOfBytes',
    'score',
    'shareStrip',
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

it('exports all of the core and the additions for Node from the Node entry', () => {
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
    'openResults',
    'readSample',
    'summarize',
    'tidyRows',
    'webp',
    'withWorkers',
    'xz',
  ]);
  for (const name of Object.keys(core)) expect(node).toHaveProperty(name);
});

it('opens the rows of each registry by name, and custom rows', async () => {
  expect((await core.openCompressor('order0')).name).toBe('order0');
  await expect(core.openCompressor('node-zlib')).rejects.toThrow(core.UsageError);
  expect((await node.openCompressor('node-zlib:level=1')).name).toBe('node-zlib');
  const registry = { mine: core.coreRegistry.order0! };
  expect((await core.openCompressor('mine', { registry })).name).toBe('order0');
});

/** What a person might do in a page with bytes that the library returned. */
const PAGE = `
import {
  bytesOfSamples, coreRegistry, decodeZd, encodeWithPredictor, encodeZd, generateSpans,
  generateTokens, openCompressor, readPng, readWav, writePng, writeWav, type Bytes, type Predictor,
} from 'zipdream';
import { openCompressor as openInNode, readSample } from 'zipdream/node';

export async function use(file: Uint8Array, predictor: Predictor): Promise<void> {
  const fits = async (bytes: Bytes): Promise<void> => {
    new Blob([bytes]);
    new Response(bytes);
    await crypto.subtle.digest('SHA-256', bytes);
  };
  const gzip = await openCompressor('gzip');
  await fits(await gzip.compress!(file));
  await fits(await gzip.decompress!(file));
  await fits(await (await openInNode('brotli')).compress!(file));
  for await (const part of encodeZd(gzip, file, { spec: 'gzip' })) await fits(part);
  for await (const part of decodeZd(file, { registry: coreRegistry })) await fits(part.bytes);
  await fits(await encodeWithPredictor(() => predictor, file));
  await fits(readPng(file).picture.pixels);
  await fits(writePng(readPng(file).picture));
  await fits(readWav(file).data);
  await fits(writeWav(readWav(file)));
  await fits(bytesOfSamples(new Int32Array(1), readWav(file).format));
  await fits(readSample(JSON.parse('{}')).bytes);
  const random = () => 0.5;
  const tokens = gzip.startTokens!();
  for await (const { token } of generateTokens(tokens, { length: 1, random })) {
    await fits(token.bytes);
  }
  const drawn = generateSpans(gzip.start(), { length: 1, random, proposal: predictor, span: 1, candidates: 2 });
  for await (const { bytes } of drawn) await fits(bytes);
}
`;

it('returns bytes whose types fit Blob, Response and crypto.subtle', async () => {
  await withFolder(async (folder) => {
    const path = join(folder, 'page.ts');
    writeFileSync(path, PAGE);
    const types = (name: string): string[] => [join(ROOT, 'dist', name)];
    const program = ts.createProgram([path], {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
      types: [],
      paths: { zipdream: types('index.d.ts'), 'zipdream/node': types('node/index.d.ts') },
    });
    const [problems, page] = [ts.getPreEmitDiagnostics(program), program.getSourceFile(path)];
    expect(page).toBeDefined();
    const text = (one: ts.Diagnostic): string =>
      ts.flattenDiagnosticMessageText(one.messageText, ' ');
    expect(problems.map(text)).toEqual([]);
  });
});
