// gzip's `recompress` comes from its twin, in whole bytes: what compressing all over again says.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { coreRegistry } from '../src/compressors/index.js';
import { recompressReading } from '../src/readings/recompress.js';
import { openCompressor } from '../src/registry.js';
import { FULL } from './deep.js';
import { TALE } from './run-cli.js';

test.each(FULL ? ['gzip', 'gzip:level=1', 'zlib'] : ['gzip', 'zlib'])(
  '%s: the same as compressing again, after any push',
  async (spec) => {
    const tale = new Uint8Array(readFileSync(TALE));
    const compressor = await openCompressor(spec, coreRegistry);
    const quick = compressor.start('recompress');
    const slow = recompressReading(async (data) => 8 * (await compressor.compress!(data)).length);
    const [a, b] = [new Float64Array(256), new Float64Array(256)];
    const values = new Set<number>();
    let from = 0;
    for (const to of FULL ? [0, 1, 200, 201, 900] : [0, 1, 200]) {
      for (const model of [quick, slow]) model.push(tale.subarray(from, to));
      from = to;
      await quick.next(a);
      await slow.next(b);
      expect(a).toEqual(b);
      for (const bits of a) values.add(bits);
    }
    expect(values.size).toBeGreaterThan(1);
    const candidates = [tale.subarray(900, 930), tale.subarray(20, 90)];
    expect(await quick.fork().score(candidates)).toEqual(await slow.score(candidates));
  },
);
