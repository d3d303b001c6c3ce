// Specs that a stranger may have written: in jobs of a queue, headers of files, links. Whatever they
// look like, no program is started and no file opened that they name.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { decodeZd, encodeZd } from '../src/coding/zd.js';
import { order0 } from '../src/compressors/order0.js';
import type { CellTask } from '../src/measure/compare-row.js';
import { runCell } from '../src/node/compare-worker.js';
import { nodeRegistry } from '../src/node/registry.js';
import { type CompressorEntry, openFromOutside, type Registry } from '../src/registry.js';
import { withFolder } from './run-cli.js';

/** Rows that open others: the specs between plus signs. */
const pair: CompressorEntry = {
  ...order0,
  options: { specs: { type: 'rest', summary: 'compressors' } },
  reach: ({ specs }) => ({ specs: String(specs).split('+') }),
};
const silent: CompressorEntry = { ...order0, reach: undefined };
const endless: CompressorEntry = { ...order0, reach: () => ({ specs: ['endless'] }) };
const registry: Registry = { ...nodeRegistry, pair, silent, endless };

const REACHING = [
  'command:touch FILE; cat',
  ' command:touch FILE',
  '\tcommand:touch FILE',
  '\n command\t:touch FILE',
  '\u00a0command:touch FILE',
  '\ufeffcommand:touch FILE',
  'onnx:model=FILE',
  ' onnx :model=FILE',
  'xz',
  ' xz:level=1',
  'bzip2',
  'silent',
  'pair:gzip+command:touch FILE',
  'pair:gzip+ command:touch FILE',
  'pair:pair:pair: onnx:model=FILE',
  'endless',
];

describe('an untrusted spec that starts a program or reads a file is refused', () => {
  test.each(REACHING)('%j', async (spec) => {
    await withFolder(async (folder) => {
      const file = join(folder, 'made');
      const named = spec.replace('FILE', file);
      const opened = openFromOutside(named, registry, { advice: 'ask first' });
      await expect(opened).rejects.toThrow(
        / comes from an untrusted source and is refused: .*; ask first$/s,
      );
      expect(existsSync(file)).toBe(false);
    });
  });

  test.each([
    'COMMAND:touch x',
    'Command:touch x',
    'c\u043emmand:touch x',
    '\uff43\uff4f\uff4d\uff4d\uff41\uff4e\uff44:touch x',
    'com\u200bmand:touch x',
    'command\u0000:touch x',
    '__proto__',
    'constructor:x',
    'pair:gzip+COMMAND:touch x',
  ])('%j is not a compressor', async (spec) => {
    await expect(openFromOutside(spec, registry)).rejects.toThrow(/^unknown compressor "/);
  });

  it('and opened where allowed, and other specs are opened anywhere', async () => {
    const allowed = await openFromOutside('command:cat', registry, { allowed: true });
    expect(allowed.name).toBe('command:cat');
    for (const spec of [
      'gzip',
      ' gzip:level=6 ',
      'ppm',
      'brotli:quality=1',
      'pair:gzip+pair:ppm',
    ]) {
      await openFromOutside(spec, registry);
    }
  });
});

test('every Node row declares what it reaches, and only programs, models and blends reach anything', () => {
  const reaching = Object.entries(nodeRegistry).filter(([, { reach }]) => reach !== 'nothing');
  expect(reaching.map(([name]) => name).sort()).toEqual([
    'blend',
    'bzip2',
    'command',
    'onnx',
    'xz',
  ]);
  for (const [, { reach }] of reaching) expect(reach).toBeTypeOf('function');
});

function taskOf(specs: { spec: string; judge?: string }): CellTask {
  const bytes = new TextEncoder().encode('once upon a time');
  const place = { input: 'x', start: 0, from: 8, sha256: '', version: '', metrics: [] };
  return { bytes, fromOutside: true, row: { id: 'x', zipdream: '', ...place, ...specs } };
}

test.each([
  { spec: ' command:touch FILE' },
  { spec: 'gzip', judge: '\tcommand:touch FILE' },
  { spec: 'held-out', judge: 'command:touch FILE' },
  { spec: ' onnx:model=FILE' },
])('a job %j starts nothing in a worker', async (specs) => {
  await withFolder(async (folder) => {
    const file = join(folder, 'made');
    const task = JSON.parse(JSON.stringify(specs).replace('FILE', file));
    const row = await runCell(taskOf(task));
    expect(row.error).toMatch(
      /comes from an untrusted source and is refused.*with --programs to allow it$/,
    );
    expect(row.measure ?? row.control).toBeUndefined();
    expect(existsSync(file)).toBe(false);
  });
});

test('the header of a .zd file starts nothing unless the same spec is confirmed', async () => {
  await withFolder(async (folder) => {
    const made = join(folder, 'made');
    const spec = ` command:tee ${made}`;
    const compressor = await order0.open({ kind: 'bytes' }, {});
    const parts: Uint8Array[] = [];
    const data = new TextEncoder().encode('ab');
    for await (const part of encodeZd(compressor, data, { spec })) parts.push(part);
    const file = Uint8Array.from(Buffer.concat(parts));
    const read = async (confirmed?: string): Promise<void> => {
      for await (const _ of decodeZd(file, { registry: nodeRegistry, confirmed }));
    };
    await expect(read()).rejects.toThrow(/starts the program "tee .*"; the same spec after -c/);
    expect(existsSync(made)).toBe(false);
    await expect(read('order0')).rejects.toThrow(/written by " command:tee .*", not by "order0"/);
    await expect(read(spec)).rejects.toThrow(/this file was written by command version "zipdream/);
  });
});
