// The mixture for sound: its law is proper, it copes with extremes, and it beats FLAC on 8 bits.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { openAudioMix } from '../src/compressors/audio-mix.js';
import { SHAPES, studentCdf, studentMass } from '../src/engines/audio-mix/student.js';
import { samplesOfBytes } from '../src/modality/audio-bytes.js';
import { openCompressor } from '../src/open.js';
import type { AudioFormat, Compressor } from '../src/types.js';
import { compressorContract } from './contract.js';
import { AUDIO_FOLDER, makeAudio, noSpeech } from './flac-inputs.js';

const FORMAT: AudioFormat = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 8 };

compressorContract('mix of sound', () => openAudioMix(FORMAT));

test("Student's t has its published quantiles and loses nothing in the tails", () => {
  // The 0.975 quantiles for 2, 4 and 8 degrees of freedom.
  for (const [shape, x] of [4.302653, 2.776445, 2.306004].entries()) {
    expect(studentCdf(x, shape)).toBeCloseTo(0.975, 6);
    expect(studentMass(-x, x, shape)).toBeCloseTo(0.95, 6);
  }
  for (let shape = 0; shape < SHAPES; shape++) {
    expect(studentMass(1e4, 1e4 + 1, shape)).toBe(studentMass(-1e4 - 1, -1e4, shape));
    expect(studentMass(500, 501, shape)).toBeGreaterThan(0);
  }
});

test('no sound makes it improper: silence, full scale, clicks', () => {
  for (const wave of ['silence', 'square', 'clicks', 'noise', 'sine']) {
    const { channels } = makeAudio({ wave, length: 1500, channels: 1, bitsPerSample: 8 });
    const model = openAudioMix(FORMAT).startSamples!();
    model.push(channels[0]!);
    let sum = 0;
    for (let s = -128; s <= 127; s++) {
      const bits = model.surprisal(s);
      expect(Number.isFinite(bits), `${wave} ${s}`).toBe(true);
      sum += 2 ** -bits;
    }
    expect(sum, wave).toBeCloseTo(1, 9);
    const speak = model.speak(createRandom(wave), 1);
    for (let i = 0; i < 300; i++) expect(Math.abs(speak() + 0.5)).toBeLessThan(128);
  }
});

test('it expects 8-bit speech better than FLAC does', async ({ skip }) => {
  if (noSpeech) skip(noSpeech);
  const file = readFileSync(join(AUDIO_FOLDER, 'speech-u8-valid.bin'));
  const rate = (compressor: Compressor): number => {
    let bits = 0;
    for (let chunk = 0; chunk < 4; chunk++) {
      const data = new Uint8Array(file.subarray(2048 * chunk, 2048 * (chunk + 1)));
      const samples = samplesOfBytes(data, FORMAT);
      const model = compressor.startSamples!();
      model.push(samples.subarray(0, 1024));
      for (let i = 1024; i < 2048; i++) {
        bits += model.surprisal(samples[i]!);
        model.push(samples.subarray(i, i + 1));
      }
    }
    return bits / 4096;
  };
  const flac = rate(await openCompressor('flac', { format: FORMAT }));
  expect(rate(openAudioMix(FORMAT))).toBeLessThan(0.9 * flac);
});
