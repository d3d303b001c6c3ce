// The core in a real browser as it is built, by a plain <script type="module">: module by module with an
// import map, and as the single file `zipdream/bundle`. All its compressors measure there to the last
// bit what they measure here.

import { existsSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as core from '../src/index.js';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = join(import.meta.dirname, '..');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
};

const MODULES = `<!doctype html><title>core</title>
<script type="importmap">
  {
    "imports": {
      "zipdream": "/dist/index.js",
      "pako": "/node_modules/pako/dist/pako.mjs",
      "fflate": "/node_modules/fflate/esm/browser.js",
      "lzma1": "/node_modules/lzma1/lib/index.js",
      "@hpcc-js/wasm-zstd": "/node_modules/@hpcc-js/wasm-zstd/dist/index.js"
    }
  }
</script>
<script type="module">
  import * as core from 'zipdream';
  globalThis.core = core;
</script>`;

const SINGLE_FILE = `<!doctype html><title>bundle</title>
<script type="module">
  import * as core from './dist/zipdream.js';
  globalThis.core = core;
</script>`;

/**
 * What is measured there and here: every row by each reading, a continuation, the surprisal of a
 * text, and a file of its own code that comes back. Sent to the browser as source.
 */
async function measure(
  zipdream: typeof core,
): Promise<Record<string, Record<string, readonly number[] | boolean>>> {
  const text = 'how much wood would a woodchuck chuck, if a woodchuck could chuck wood? ';
  const data = Uint8Array.from(text.repeat(2), (c) => c.charCodeAt(0));
  const formats = {
    bytes: { kind: 'bytes' },
    image: { kind: 'image', width: 12, channels: 1 },
    audio: { kind: 'audio', sampleRate: 8000, channels: 1, bitsPerSample: 8 },
  } as const;
  const results: Record<string, Record<string, readonly number[] | boolean>> = {};
  for (const [name, { accepts }] of Object.entries(zipdream.coreRegistry)) {
    const format = formats[accepts.includes('bytes') ? 'bytes' : accepts[0]!];
    const spec = name === 'blend' ? 'blend:gzip+ppm' : name;
    const compressor = await zipdream.openCompressor(spec, { format });
    const of: Record<string, readonly number[] | boolean> = {};
    of.whole = [await compressor.codeLength(data)];
    for (const reading of compressor.readings) {
      const model = compressor.start(reading);
      model.push(data.subarray(0, 100));
      const bits = new Float64Array(256);
      await model.next(bits);
      const drawn: number[] = [];
      if (reading !== compressor.readings[0]) {
        of[reading] = [...bits.subarray(96, 128)];
        continue;
      }
      const random = zipdream.createRandom('a seed');
      for await (const { byte } of zipdream.generate(model, { length: 4, random }))
        drawn.push(byte);
      of[reading] = [...bits.subarray(96, 128), ...drawn];
    }
    if (format.kind === 'bytes' && compressor.readings[0] === 'decode') {
      of.scored = [(await zipdream.score(compressor, data, { from: 64 })).bits];
      const parts: number[] = [];
      const short = data.subarray(0, 64);
      for await (const part of zipdream.encodeZd(compressor, short, { spec })) parts.push(...part);
      const back: number[] = [];
      const registry = zipdream.coreRegistry;
      for await (const part of zipdream.decodeZd(Uint8Array.from(parts), { registry })) {
        back.push(...part.bytes);
      }
      of.file = parts;
      of.comesBack = back.join() === short.join();
    }
    results[name] = of;
  }
  return results;
}

describe.skipIf(!existsSync(CHROMIUM))(`a browser (skipped where there is no ${CHROMIUM})`, () => {
  let browser: Browser;
  let here: Awaited<ReturnType<typeof measure>>;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    here = await measure(core);
  });
  afterAll(() => browser?.close());

  /** What a page measures, and the paths that it asks for. */
  async function measureIn(html: string): Promise<{ results: unknown; asked: string[] }> {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const errors: string[] = [];
      const asked: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.route('http://core.test/**', async (route) => {
        const { pathname } = new URL(route.request().url());
        asked.push(pathname);
        if (pathname === '/') return route.fulfill({ contentType: 'text/html', body: html });
        const path = join(ROOT, pathname);
        if (!existsSync(path)) return route.fulfill({ status: 404 });
        const contentType = TYPES[extname(path)] ?? 'application/octet-stream';
        return route.fulfill({ contentType, body: readFileSync(path) });
      });
      await page.goto('http://core.test/');
      await page.waitForFunction('globalThis.core !== undefined');
      const results = await page.evaluate(`(${measure})(core)`);
      expect(errors).toEqual([]);
      return { results, asked };
    } finally {
      await context.close();
    }
  }

  it('runs the core without a bundler and gives the same code lengths', async () => {
    expect(Object.keys(here)).toEqual(Object.keys(core.coreRegistry));
    expect(here.ppm!.comesBack).toBe(true);
    expect((await measureIn(MODULES)).results).toEqual(here);
  });

  it('runs the single-file bundle, which requests nothing else and gives the same code lengths', async () => {
    const { results, asked } = await measureIn(SINGLE_FILE);
    expect(results).toEqual(here);
    expect(asked.filter((path) => path !== '/favicon.ico')).toEqual(['/', '/dist/zipdream.js']);
  });
});
