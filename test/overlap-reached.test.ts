// One corpus, prompt and seed with an overlap: the same bytes, however the drawing is reached.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { openCompressor } from '../src/open.js';
import { CopyGuard } from '../src/sampling/copy-guard.js';
import { type GenerateOptions, generate } from '../src/sampling/generate.js';
import type { CodeLengthModel } from '../src/types.js';
import { bytesOf } from './contract.js';
import { jsonLines, runCli, TALE, withFolder } from './run-cli.js';

const CORPUS = new Uint8Array(readFileSync(TALE));
/** The page's code has other types around it, so it is not imported by name. */
const ENGINE = join(import.meta.dirname, '../src/explorer/text-engine.ts');
const DIST = join(import.meta.dirname, '../dist/index.js');
const [SEED, LENGTH] = ['reached', 60];
const HELD = ['--overlap', 'word', '--no-copy', '24', '--alphabet', 'all'];

const optionsFor = (given: readonly Uint8Array[]): GenerateOptions => ({
  length: LENGTH,
  random: createRandom(`${SEED}:0`),
  overlap: 'word',
  copyGuard: CopyGuard.of(24, given),
  context: given.at(-1)!,
});

async function bytesDrawn(model: CodeLengthModel, options: GenerateOptions): Promise<Uint8Array> {
  const bytes = [];
  for await (const { byte } of generate(model, options)) bytes.push(byte);
  return Uint8Array.from(bytes);
}

type Reply = { kind: 'drawn'; bytes: Uint8Array } | { kind: 'failed'; message: string };
type Engine = new (
  post: (reply: Reply) => void,
  pause: () => Promise<void>,
) => { handle(request: object): Promise<void> };

/** What the page's worker draws: the first bytes at once, or taken as drawn before, then the rest. */
async function pageDraws(
  spec: string,
  prompt: Uint8Array,
  first: Uint8Array,
  corpus: Uint8Array = CORPUS,
): Promise<Uint8Array> {
  const drawn: number[] = [];
  const { TextEngine } = (await import(ENGINE)) as { TextEngine: Engine };
  const engine = new TextEngine(
    (reply) => {
      if (reply.kind === 'failed') throw new Error(reply.message);
      if (reply.kind === 'drawn') drawn.push(...reply.bytes);
    },
    () => Promise.resolve(),
  );
  const [turn, temperature] = [1, 1];
  const rest = { kind: 'draw', turn, temperature, topK: 256, unit: 'byte' } as const;
  const text = {
    kind: 'text',
    turn,
    spec,
    reading: undefined,
    seed: SEED,
    overlap: 'auto',
  } as const;
  const after = { kind: 'take', turn, bytes: first, drawnAt: temperature } as const;
  await engine.handle({ ...text, corpus, context: prompt, after });
  for (const count of [7, LENGTH - 7 - first.length]) await engine.handle({ ...rest, count });
  return Uint8Array.from(drawn);
}

/** A worker thread with the built library. */
function threadDraws(spec: string, prompt: Uint8Array): Promise<Uint8Array> {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { dist, spec, seed, length, corpus, prompt } = workerData;
    import(dist).then(async ({ CopyGuard, createRandom, generate, openCompressor }) => {
      const model = (await openCompressor(spec)).start();
      for (const part of [corpus, prompt]) model.push(part);
      const given = { context: prompt.length > 0 ? prompt : corpus };
      const held = { overlap: 'word', copyGuard: CopyGuard.of(24, [corpus, prompt]), ...given };
      const bytes = [];
      const options = { length, random: createRandom(seed + ':0'), ...held };
      for await (const { byte } of generate(model, options)) bytes.push(byte);
      parentPort.postMessage(Uint8Array.from(bytes));
    });`;
  const workerData = { dist: DIST, spec, seed: SEED, length: LENGTH, corpus: CORPUS, prompt };
  return new Promise((resolve, reject) => {
    new Worker(code, { eval: true, workerData }).once('message', resolve).once('error', reject);
  });
}

describe.each([
  ['gzip', 'Wenna said '],
  ['deflate', ''],
  ['lzma:maxMatch=16', 'Wenna said '],
])('an overlap draws the same bytes with %s after "%s"', (spec, text) => {
  const prompt = bytesOf(text);
  const given = text === '' ? [CORPUS] : [CORPUS, prompt];
  const args = ['sample', text, '--corpus', TALE, '-c', spec, '-n', `${LENGTH}`, '--seed', SEED];
  const byCli = runCli([...args, ...HELD]).then(({ stdout }) => stdout);
  byCli.catch(() => {}); // each test reports it

  test('on the command line, with defaults, in records, in pieces and as the first of several', async () => {
    const expected = await byCli;
    expect(expected).toHaveLength(LENGTH);
    expect((await runCli([...args, '--alphabet', 'all'])).stdout).toEqual(expected);
    const lines = jsonLines(await runCli([...args, ...HELD, '--json', '--count', '2']));
    const first = lines.filter(({ sample }) => sample === 0).map(({ byte }) => byte as number);
    expect(Uint8Array.from(first)).toEqual(expected);
    await withFolder(async (folder) => {
      for (const units of ['bytes', 'tokens']) {
        const output = join(folder, units);
        await runCli([...args, ...HELD, '--units', units, '-o', output]);
        expect(new Uint8Array(readFileSync(output).subarray(0, LENGTH))).toEqual(expected);
      }
    });
  });

  test('in the library, with the given bytes pushed at once or one by one', async () => {
    const all = Uint8Array.from(given.flatMap((part) => [...part]));
    for (const size of [all.length, 1]) {
      const model = (await openCompressor(spec)).start();
      for (let at = 0; at < all.length; at += size) model.push(all.subarray(at, at + size));
      expect(await bytesDrawn(model, optionsFor(given))).toEqual(await byCli);
    }
  });

  test('in forks, and after a pause', async () => {
    const model = (await openCompressor(spec)).start();
    for (const part of given) model.push(part);
    const fork = model.fork();
    const other = { ...optionsFor(given), random: createRandom('other') };
    expect(await bytesDrawn(model.fork(), other)).not.toEqual(await byCli);
    expect(await bytesDrawn(model, optionsFor(given))).toEqual(await byCli);
    // Drawn in two calls, the second on a fork, with the guard and the random numbers of the first.
    const options = optionsFor(given);
    const first = await bytesDrawn(fork, { ...options, length: 40 });
    const context = Uint8Array.from([...options.context!, ...first]);
    const rest = await bytesDrawn(fork.fork(), { ...options, length: LENGTH - 40, context });
    expect(Uint8Array.from([...first, ...rest])).toEqual(await byCli);
  });

  test('in a worker thread and in the page, also after earlier draws', async () => {
    expect(await threadDraws(spec, prompt)).toEqual(await byCli);
    for (const length of [0, 30]) {
      const first = (await byCli).subarray(0, length);
      expect(await pageDraws(spec, prompt, first)).toEqual(await byCli);
    }
  });
});

test('the page draws with lzma only bytes of a long prompt, as sample does', async () => {
  const prompt = CORPUS.subarray(0, 1200);
  const spec = 'lzma:maxMatch=16';
  const args = ['sample', '-', '-c', spec, '-n', `${LENGTH}`, '--seed', SEED];
  const expected = (await runCli(args, { input: prompt })).stdout;
  const drawn = await pageDraws(spec, prompt, new Uint8Array(), new Uint8Array());
  expect(drawn).toEqual(expected);
  expect([...new Set(drawn)].filter((byte) => !prompt.includes(byte))).toEqual([]);
});
