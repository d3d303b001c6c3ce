// The decode reading of FLAC: its distributions are normalised, bytes and samples agree, and it loses nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { totalBits } from '../src/bits/units.js';
import {
  laplaceDistribution,
  type ResidualDistribution,
  riceDistribution,
} from '../src/engines/flac/residual-distribution.js';
import { samplesOfBytes } from '../src/modality/audio-bytes.js';
import { openCompressor } from '../src/open.js';
import type { AudioFormat, Compressor } from '../src/types.js';
import { DEEP } from './deep.js';
import { AUDIO_FOLDER, makeAudio, noSpeech } from './flac-inputs.js';

const DISTRIBUTIONS: Readonly<Record<string, ResidualDistribution>> = {
  rice: riceDistribution(9),
  smooth: laplaceDistribution(18),
};

function format(bitsPerSample: 8 | 16 | 24): AudioFormat {
  return { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample };
}

function openFlac(bitsPerSample: 8 | 16 | 24, spec = 'flac'): Promise<Compressor> {
  return openCompressor(spec, { format: format(bitsPerSample) });
}

test('each distribution sums to 1 over the range, wherever the prediction lies', () => {
  for (const [name, distribution] of Object.entries(DISTRIBUTIONS)) {
    for (const prediction of [-128, -127.3, -20.5, 0, 0.49, 63.2, 127]) {
      const sums = new Float64Array(distribution.scales);
      const [out, masses] = [sums.slice(), sums.slice()];
      distribution.masses(prediction, -128, 127, masses, 0);
      for (let sample = -128; sample <= 127; sample++) {
        distribution.probabilities(sample, prediction, masses, out, 0);
        for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + out[i]!;
      }
      for (const sum of sums) expect(sum, `${name} at ${prediction}`).toBeCloseTo(1, 9);
    }
  }
});

test('samples are drawn from the distribution: chi-square over the likeliest values, at T = 1', () => {
  for (const distribution of Object.values(DISTRIBUTIONS)) {
    const random = createRandom('law');
    const counts = new Map<number, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const sample = distribution.draw(3.3, 4, random, 1);
      counts.set(sample, (counts.get(sample) ?? 0) + 1);
    }
    const out = new Float64Array(distribution.scales);
    const masses = out.slice();
    distribution.masses(3.3, -1e6, 1e6, masses, 0);
    let chi = 0;
    let cells = 0;
    for (let sample = -100; sample <= 100; sample++) {
      distribution.probabilities(sample, 3.3, masses, out, 0);
      const expected = draws * out[4]!;
      if (expected < 20) continue;
      chi += ((counts.get(sample) ?? 0) - expected) ** 2 / expected;
      cells++;
    }
    expect(cells).toBeGreaterThan(5);
    expect(chi).toBeLessThan(cells + 4 * Math.sqrt(2 * cells)); // 4 standard deviations
  }
});

test('the distribution of samples sums to 1', async () => {
  const bitsPerSample = DEEP ? 16 : 8;
  const flac = await openFlac(bitsPerSample);
  const { channels } = makeAudio({ wave: 'sine', length: 300, channels: 1, bitsPerSample });
  const samples = flac.startSamples!();
  samples.push(channels[0]!);
  let sum = 0;
  const limit = 2 ** (bitsPerSample - 1);
  for (let s = -limit; s < limit; s++) sum += 2 ** -samples.surprisal(s);
  expect(sum).toBeCloseTo(1, 9);
  expect(samples.surprisal(limit)).toBe(Infinity);
});

test.runIf(DEEP)('bytes and samples have the same surprisals', async () => {
  const flac = await openFlac(16);
  const { channels } = makeAudio({ wave: 'sine', length: 300, channels: 1, bitsPerSample: 16 });
  const samples = flac.startSamples!();
  samples.push(channels[0]!);
  const model = flac.start('decode');
  const bytes = new Uint8Array(Int16Array.from(channels[0]!).buffer);
  model.push(bytes);
  const next = new Float64Array(256);
  await model.next(next);
  expect(2 ** -totalBits(next)).toBeCloseTo(1, 9);
  const [delta] = await model.score([Uint8Array.of(0x34, 0x12)]);
  expect(delta).toBeCloseTo(samples.surprisal(0x1234), 9);
});

test('drawn samples stay in range, leave the model unchanged and depend only on the seed', async () => {
  for (const bitsPerSample of [8, 16, 24] as const) {
    const flac = await openFlac(bitsPerSample);
    const { channels } = makeAudio({ wave: 'chord', length: 3000, channels: 1, bitsPerSample });
    const limit = 2 ** (bitsPerSample - 1);
    const model = flac.startSamples!();
    model.push(channels[0]!);
    const before = model.surprisal(5);
    const draw = (seed: string, temperature = 1): number[] => {
      const draw = model.sampler(createRandom(seed), temperature);
      return Array.from({ length: 500 }, () => draw());
    };
    const drawn = draw('a');
    expect(draw('a')).toEqual(drawn);
    expect(draw('b')).not.toEqual(drawn);
    expect(drawn.every((x) => Number.isInteger(x) && x >= -limit && x < limit)).toBe(true);
    expect(model.surprisal(5)).toBe(before);
    expect(draw('a', 0)).toEqual(draw('a', 0));
  }
});

test('samples can be drawn from an empty context', async () => {
  const draw = (await openFlac(16)).startSamples!().sampler(createRandom('nothing'), 1);
  expect(new Set(Array.from({ length: 1000 }, () => draw())).size).toBeGreaterThan(10);
});

test('the distributions of speech samples have no conversion loss: the rate is below the encoder’s', async ({
  skip,
}) => {
  if (noSpeech) skip(noSpeech);
  for (const bitsPerSample of [8, 16] as const) {
    const file = readFileSync(
      join(AUDIO_FOLDER, `speech-${bitsPerSample === 8 ? 'u' : 's'}${bitsPerSample}-test.bin`),
    );
    const flac = await openFlac(bitsPerSample);
    let bits = 0;
    let own = 0;
    for (let chunk = 0; chunk < 4; chunk++) {
      const data = new Uint8Array(file.subarray(2048 * chunk, 2048 * (chunk + 1)));
      const samples = samplesOfBytes(data, format(bitsPerSample));
      const model = flac.startSamples!();
      const half = samples.length / 2;
      model.push(samples.subarray(0, half));
      for (let i = half; i < samples.length; i++) {
        bits += model.surprisal(samples[i]!);
        model.push(samples.subarray(i, i + 1));
      }
      own += (await flac.codeLength(data)) - (await flac.codeLength(data.subarray(0, 1024)));
    }
    expect(bits).toBeLessThan(0.98 * own);
  }
});

test('the exact reading is exact to the bit: Δ is what the encoder adds', async () => {
  const flac = await openFlac(16);
  const { channels } = makeAudio({ wave: 'sine', length: 400, channels: 1, bitsPerSample: 16 });
  const bytes = new Uint8Array(Int16Array.from(channels[0]!).buffer);
  const model = flac.start('exact');
  model.push(bytes.subarray(0, 600));
  const [delta] = await model.score([bytes.subarray(600)]);
  const whole = (await flac.codeLength(bytes)) as number;
  expect(delta).toBe(whole - ((await flac.codeLength(bytes.subarray(0, 600))) as number));
  expect(Math.ceil(whole / 8)).toBe((await flac.compress!(bytes)).length);
});
