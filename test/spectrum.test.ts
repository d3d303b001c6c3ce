// Spectra of sounds whose spectra are known.

import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import {
  energyModulation,
  logSpectralDistance,
  noveltyDistance,
  spectrogram,
} from '../src/measure/spectrum.js';

const sine = (frequency: number, loudness = 1000): number[] =>
  Array.from({ length: 8192 }, (_, i) => loudness * Math.sin(2 * Math.PI * frequency * i));
const random = createRandom('spectrum');
const noise = Array.from({ length: 16_384 }, () => 1000 * (random() - 0.5));

test('a tone has the expected place and energy', () => {
  const { frames, size } = spectrogram(sine(32 / 512));
  expect(frames.length).toBe(31);
  for (const frame of frames) {
    expect(frame.indexOf(Math.max(...frame))).toBe(32);
    // Parseval: the window keeps 3/8 of the power, half of which lies above half the rate.
    const sum = frame.reduce((total, power) => total + power, 0);
    expect(sum / ((size * size * 1000 ** 2 * 0.375) / 4)).toBeCloseTo(1, 3);
  }
});

test('twice the amplitude is 6 dB apart, and steady sounds do not modulate', () => {
  const a = spectrogram(noise);
  const b = spectrogram(noise.map((x) => 2 * x));
  expect(logSpectralDistance(a, a)).toBe(0);
  expect(logSpectralDistance(a, b)).toBeCloseTo(20 * Math.log10(2), 3);
  expect(energyModulation(spectrogram(sine(0.1)))).toBeLessThan(0.1);
  const syllables = noise.map((x, i) => (Math.floor(i / 2048) % 2 ? x : x / 100));
  expect(energyModulation(spectrogram(syllables))).toBeGreaterThan(15);
});

test('novelty is 0 for a replay at any loudness, and positive for another sound', () => {
  const given = spectrogram(noise.slice(0, 8192));
  const replay = spectrogram(noise.slice(2048, 6144).map((x) => 3 * x));
  expect(noveltyDistance(replay, given)).toBeLessThan(0.01);
  expect(noveltyDistance(spectrogram(noise.slice(8192)), given)).toBeGreaterThan(1);
  expect(noveltyDistance(spectrogram(sine(0.1)), given)).toBeGreaterThan(5);
});
