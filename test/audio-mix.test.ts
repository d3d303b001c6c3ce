// The mixture for sound: its distribution is normalised, it copes with extremes, and it beats FLAC on 8 bits.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { openAudioMix } from '../src/compressors/audio-mix.js';
import { samplesOfBytes } from '../src/modality/audio-bytes.js';
import { openCompressor } from '../src/open.js';
import type { AudioFormat, Compressor } from '../src/types.js';
import { compressorContract } from './contract.js';
import { cases } from './deep.js';
import { AUDIO_FOLDER, makeAudio, noSpeech } from './flac-inputs.js';

const FORMAT: AudioFormat = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 };

compressorContract('mix of sound', () => openAudioMix(FORMAT));

test("a new model is an equal mixture of Student's t distributions around 0", () => {
  const model = openAudioMix(FORMAT).startSamples!();
  const [lowest, highest] = [-128, 127];
  // The widths are those of the first scale, 1/64 of the highest sample.
  const widths = [0.5, 0.85, 1.4].map((factor) => (highest / 64) * factor + 0.08);
  const mass = (from: number, to: number, width: number, degrees: number): number => {
    const steps = 200 * (to - from);
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const x = (from + (i + 0.5) / 200) / width;
      sum += (1 + x ** 2 / degrees) ** (-(degrees + 1) / 2);
    }
    return sum;
  };
  for (const sample of [lowest, -7, 0, 3, 40, highest]) {
    let expected = 0;
    for (const width of widths) {
      for (const degrees of [2, 4, 8]) {
        const all = mass(lowest - 0.5, highest + 0.5, width, degrees);
        expected += mass(sample - 0.5, sample + 0.5, width, degrees) / all / 9;
      }
    }
    expect(2 ** -(model.surprisal(sample) as number) / expected).toBeCloseTo(1, 3);
  }
});

test('noise through a resonance is predicted better if it repeats at a pitch', () => {
  const rate = (period: number): number => {
    const random = createRandom('voice');
    const noise = Float64Array.from({ length: period }, () => 12 * (random() - 0.5));
    const samples = new Int32Array(3000);
    let [last, before] = [0, 0];
    for (let i = 0; i < samples.length; i++) {
      [last, before] = [1.6 * last - 0.8 * before + noise[i % period]!, last];
      samples[i] = Math.round(last);
    }
    const model = openAudioMix(FORMAT).startSamples!();
    model.push(samples.subarray(0, 2000));
    let bits = 0;
    for (let i = 2000; i < 3000; i++) {
      bits += model.surprisal(samples[i]!);
      model.push(samples.subarray(i, i + 1));
    }
    return bits / 1000;
  };
  // Of 4 bits that the filter leaves; without a pitch memory both need about as many.
  expect(rate(143)).toBeLessThan(rate(3000) - 2);
});

test('the distribution sums to 1 after silence, full scale and clicks', () => {
  for (const wave of ['silence', 'square', 'clicks', 'noise', 'sine']) {
    const { channels } = makeAudio({
      wave,
      length: cases(400, 1500),
      channels: 1,
      bitsPerSample: 8,
    });
    const model = openAudioMix(FORMAT).startSamples!();
    model.push(channels[0]!);
    let sum = 0;
    for (let s = -128; s <= 127; s++) {
      const bits = model.surprisal(s);
      expect(Number.isFinite(bits), `${wave} ${s}`).toBe(true);
      sum += 2 ** -bits;
    }
    expect(sum, wave).toBeCloseTo(1, 9);
    const draw = model.sampler(createRandom(wave), 1);
    for (let i = 0; i < 300; i++) expect(Math.abs(draw() + 0.5)).toBeLessThan(128);
  }
});

test('it predicts 8-bit speech better than FLAC does', async ({ skip }) => {
  if (noSpeech) skip(noSpeech);
  const file = readFileSync(join(AUDIO_FOLDER, 'speech-u8-valid.bin'));
  const rate = (compressor: Compressor): number => {
    let bits = 0;
    for (let chunk = 0; chunk < cases(1, 4); chunk++) {
      const data = new Uint8Array(file.subarray(2048 * chunk, 2048 * (chunk + 1)));
      const samples = samplesOfBytes(data, FORMAT);
      const model = compressor.startSamples!();
      model.push(samples.subarray(0, 1024));
      for (let i = 1024; i < 2048; i++) {
        bits += model.surprisal(samples[i]!);
        model.push(samples.subarray(i, i + 1));
      }
    }
    return bits;
  };
  const flac = rate(await openCompressor('flac', { format: FORMAT }));
  expect(rate(openAudioMix(FORMAT))).toBeLessThan(0.9 * flac);
});
