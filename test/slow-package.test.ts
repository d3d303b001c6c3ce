// What a stranger gets: the package, packed and installed in an empty folder, works there.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '..');
const MOST_BYTES = 6_500_000; // language models are 4.9 MB of it

describe('the package, installed in an empty folder', () => {
  let folder: string;
  let tarball: string;
  let packed: readonly string[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zipdream-package-'));
    // The build is there already; making it again would pull it from under other tests.
    const flags = ['--json', '--ignore-scripts', '--pack-destination', folder];
    const { stdout } = await run('npm', ['pack', ...flags], { cwd: ROOT });
    const [report] = JSON.parse(stdout);
    tarball = join(folder, report.filename);
    packed = report.files.map(({ path }: { path: string }) => path);
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }');
    await run('npm', ['install', '--prefer-offline', '--no-audit', tarball], { cwd: folder });
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is small and contains what is run and read, but no tests', () => {
    expect(statSync(tarball).size).toBeLessThan(MOST_BYTES);
    for (const path of [
      'LICENSE',
      'README.md',
      'dist/index.js',
      'dist/index.d.ts',
      'dist/node/index.d.ts',
      'dist/cli/main.js',
      'dist/explorer/index.html',
      'samples/text/tale.txt',
    ]) {
      expect(packed).toContain(path);
    }
    expect(packed.filter((path) => path.startsWith('models/lm-')).sort()).toEqual([
      'models/lm-200k.onnx',
      'models/lm-800k.onnx',
      'models/lm-media.onnx',
    ]);
    expect(packed.filter((path) => /^(src|test|bench|\.ci)\/|\.test\./.test(path))).toEqual([]);
  });

  it('has a command that samples', async () => {
    const args = ['zipdream', 'sample', 'tick tock tick tock ', '-n', '12', '--seed', '1'];
    const { stdout } = await run('npx', ['--no-install', ...args], {
      cwd: folder,
      encoding: 'buffer',
    });
    expect(stdout.length).toBe(12);
  });

  it('says where the language models are that it does not contain', async () => {
    const args = ['--no-install', 'zipdream', 'score', 'package.json', '-c', 'lm:size=media-3m'];
    const failed = run('npx', args, { cwd: folder });
    const message =
      /^zipdream: "lm:size=media-3m" comes with a clone of the repository only; put models\/lm-media-3m\.onnx of the repository into the folder models of the package\n$/;
    await expect(failed).rejects.toMatchObject({ stderr: expect.stringMatching(message) });
  });

  it('has two entry points, with types for both', async () => {
    const script = join(folder, 'both.mjs');
    writeFileSync(
      script,
      `import * as core from 'zipdream';
      import * as node from 'zipdream/node';
      const bits = [];
      for (const [{ openCompressor }, name] of [[core, 'gzip'], [node, 'node-zlib']]) {
        const compressor = await openCompressor(name);
        bits.push(await compressor.codeLength(new Uint8Array(1000)));
      }
      console.log(JSON.stringify([core.VERSION, ...bits.map((n) => n > 0 && n < 500)]));`,
    );
    const { stdout } = await run(process.execPath, [script], { cwd: folder });
    expect(JSON.parse(stdout)).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+$/), true, true]);

    const types = join(folder, 'both.mts');
    writeFileSync(
      types,
      `import { openCompressor, type Compressor } from 'zipdream';
      import { nodeRegistry } from 'zipdream/node';
      export const opened: Promise<Compressor> = openCompressor('gzip', { registry: nodeRegistry });`,
    );
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--lib', 'es2023'];
    await run(process.execPath, [tsc, ...flags, types], { cwd: folder });
  });
});
