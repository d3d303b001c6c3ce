// The core in a bundle for browsers: how large it is, and that a compressor that is not imported is
// not in it.

import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';
import { openCompressor } from '../src/index.js';

const CORE = join(import.meta.dirname, '../dist/index.js');
/** Minified and gzipped, for text with gzip and ppm. */
const MOST_BYTES = 60_000;

interface Bundle {
  readonly code: string;
  readonly bytes: number;
  /** Paths in dist/ and names of packages that ended up in it. */
  readonly modules: readonly string[];
}

/** Bundles a module that imports `names` and calls what they are used for. */
async function bundle(script: string): Promise<Bundle> {
  const entry = '\0entry';
  const result = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: true,
      target: 'es2023',
      rolldownOptions: { input: entry },
      modulePreload: { polyfill: false },
    },
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : id === 'zipdream' ? CORE : undefined),
        load: (id) => (id === entry ? script : undefined),
      },
    ],
  })) as Rolldown.RolldownOutput;
  const chunks = result.output.filter((one) => one.type === 'chunk');
  const first = chunks.filter((chunk) => chunk.isEntry);
  const code = first.map((chunk) => chunk.code).join('');
  const modules = first.flatMap((chunk) =>
    Object.entries(chunk.modules)
      .filter(([, { renderedLength }]) => renderedLength > 0)
      .map(([id]) => id.replace(/^.*\/node_modules\/|^.*?\/dist\//, '')),
  );
  return { code, bytes: gzipSync(code, { level: 9 }).length, modules };
}

const using = (name: string, row = name): string => `
  import { ${row}, createRandom, generate, openFrom } from 'zipdream';
  const { start } = await openFrom('${name}', { '${name}': ${row} });
  for await (const { byte } of generate(start(), { length: 9, random: createRandom(1) })) {
    console.log(byte);
  }`;

describe('the core, bundled for a browser', () => {
  it(`takes at most ${MOST_BYTES} bytes for text with gzip and ppm`, async () => {
    const { bytes, modules } = await bundle(`
      import { createRandom, generate, gzip, openFrom, ppm, score, toProbabilities } from 'zipdream';
      const opened = await Promise.all(['gzip', 'ppm'].map((name) => openFrom(name, { gzip, ppm })));
      globalThis.used = [opened, createRandom, generate, score, toProbabilities];`);
    console.log(`gzip and ppm with sampler and score: ${bytes} bytes gzipped`);
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
    expect(modules.filter((name) => /(lzma|mixing|png|flac|pako|fflate)/.test(name))).toEqual([]);
    expect(modules).toContain('compressors/gzip.js');
  });

  it('contains only imported compressors', async () => {
    const engines = {
      gzip: /engines\/deflate/,
      lzma: /engines\/lzma/,
      png: /engines\/png/,
      flac: /engines\/flac/,
      ppm: /engines\/ppm/,
      mix: /engines\/mixing/,
      ctw: /engines\/ctw/,
      pako: /^pako\//,
      fflate: /^fflate\//,
    };
    /** What one needs of another: PNG is DEFLATE, `mix` mixes PPM, the black boxes are inflated. */
    const needs: Readonly<Record<string, readonly string[]>> = {
      png: ['gzip'],
      mix: ['ppm'],
      pako: ['gzip'],
      fflate: ['gzip'],
    };
    for (const name of Object.keys(engines)) {
      const { modules, bytes } = await bundle(using(name));
      console.log(`${name}: ${bytes} bytes gzipped`);
      const there = Object.entries(engines)
        .filter(([, path]) => modules.some((module) => path.test(module)))
        .map(([engine]) => engine);
      expect(there.sort(), name).toEqual([name, ...(needs[name] ?? [])].sort());
    }
  });

  it('gives the same code lengths as the full package', async () => {
    const { code } = await bundle(`
      import { gzip, openFrom } from 'zipdream';
      const { codeLength } = await openFrom('gzip:level=6', { gzip });
      globalThis.measured = await codeLength(new Uint8Array(999).map((_, i) => i % 7));`);
    await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`);
    const whole = await openCompressor('gzip:level=6');
    const { measured } = globalThis as { measured?: number };
    expect(measured).toBe(await whole.codeLength(new Uint8Array(999).map((_, i) => i % 7)));
  });
});
