// Sound files: WAV of all kinds that are read, those refused by name, and damaged ones.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { readAudio, writeAudio } from '../src/modality/audio.js';
import { bytesOfSamples, samplesOfBytes } from '../src/modality/audio-bytes.js';
import { readWav, writeWav } from '../src/modality/wav.js';
import type { AudioFormat } from '../src/types.js';

const FORMATS: readonly AudioFormat[] = ([8, 16, 24] as const).flatMap((bitsPerSample) =>
  ([1, 2] as const).map((channels) => ({
    kind: 'audio',
    sampleRate: 22_050,
    channels,
    bitsPerSample,
  })),
);

function noise(length: number): Uint8Array {
  const random = createRandom(length);
  return Uint8Array.from({ length }, () => random() * 256);
}

/** A WAV file with some of its header replaced: places and 16-bit values. */
function wavWith(changes: Readonly<Record<number, number>>): Uint8Array {
  const file = writeWav({ format: FORMATS[2]!, data: noise(40) });
  for (const [at, value] of Object.entries(changes)) {
    new DataView(file.buffer).setUint16(Number(at), value, true);
  }
  return file;
}

describe('sound comes back from both containers', () => {
  for (const format of FORMATS) {
    test(`${format.bitsPerSample} bits, ${format.channels} channels`, () => {
      const moment = (format.channels * format.bitsPerSample) / 8;
      for (const moments of [0, 1, 3, 1000]) {
        const sound = { format, data: noise(moment * moments) };
        expect(readAudio(writeAudio(sound, 'wav'))).toEqual(sound);
        expect(readAudio(writeAudio(sound, 'flac'))).toEqual(sound);
        expect(bytesOfSamples(samplesOfBytes(sound.data, format), format)).toEqual(sound.data);
      }
    });
  }
});

test('8-bit samples are unsigned, wider ones signed and little-endian', () => {
  const at = (bitsPerSample: 8 | 16 | 24, ...bytes: number[]): number[] =>
    Array.from(samplesOfBytes(Uint8Array.from(bytes), { ...FORMATS[0]!, bitsPerSample }));
  expect(at(8, 0, 128, 255)).toEqual([-128, 0, 127]);
  expect(at(16, 0xff, 0x7f, 0, 0x80, 0xfe, 0xff)).toEqual([32767, -32768, -2]);
  expect(at(24, 0, 0, 0x80, 1, 0, 0)).toEqual([-8388608, 1]);
});

test('an extensible header is read, and other chunks are skipped, with their padding', () => {
  const { format } = readWav(wavWith({}));
  const data = noise(10);
  const plain = writeWav({ format, data });
  const list = Uint8Array.from(
    [...'LIST'].map((c) => c.charCodeAt(0)).concat([3, 0, 0, 0, 1, 2, 3, 0]),
  );
  const extensible = new Uint8Array(40);
  extensible.set(plain.subarray(20, 36));
  new DataView(extensible.buffer).setUint16(0, 0xfffe, true);
  new DataView(extensible.buffer).setUint16(24, 1, true);
  const file = Uint8Array.from([
    ...plain.subarray(0, 12),
    ...list,
    ...plain.subarray(12, 16),
    ...[40, 0, 0, 0],
    ...extensible,
    ...plain.subarray(36),
  ]);
  expect(readWav(file)).toEqual({ format, data });
});

test('of a file cut short the whole samples are taken', () => {
  const file = writeWav({ format: FORMATS[3]!, data: noise(400) });
  expect(readWav(file.subarray(0, 44 + 103)).data).toEqual(noise(400).subarray(0, 100));
  expect(readWav(file.subarray(0, 44)).data.length).toBe(0);
  expect(() => readWav(file.subarray(0, 43))).toThrow(CorruptDataError);
});

test('what is not read is refused by its name', () => {
  const refusal = (changes: Readonly<Record<number, number>>): string => {
    try {
      readWav(wavWith(changes));
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return 'accepted';
  };
  expect(refusal({ 20: 3 })).toBe(
    'WAV of floating-point samples is not read; convert it to integer samples',
  );
  expect(refusal({ 20: 7 })).toMatch('µ-law');
  expect(refusal({ 20: 99 })).toMatch('encoding 99');
  expect(refusal({ 22: 6 })).toBe('WAV of 6 channels is not read; 1 and 2 are');
  expect(refusal({ 34: 32 })).toMatch('32 bits per sample');
  expect(refusal({ 24: 0 })).toMatch('0 Hz');
});

test('what contradicts itself is refused with a place', () => {
  const offset = (file: Uint8Array): number => {
    try {
      readWav(file);
    } catch (error) {
      if (error instanceof CorruptDataError) return error.offset;
      throw error;
    }
    return -1;
  };
  expect(offset(new Uint8Array(100))).toBe(0);
  expect(offset(wavWith({ 32: 7 }))).toBe(32);
  expect(offset(wavWith({ 16: 3 }))).toBe(20);
  expect(offset(wavWith({ 20: 0xfffe }))).toBe(20);
  expect(offset(wavWith({ 12: 0 }))).toBe(36); // no format before the samples
  expect(offset(wavWith({ 36: 0 }))).toBe(84); // no samples
});

test('20,000 damaged WAV files are read or refused with a place', () => {
  const random = createRandom('wav');
  const files = FORMATS.map((format) => writeWav({ format, data: noise(60) }));
  let refused = 0;
  for (let i = 0; i < 20_000; i++) {
    const file = files[i % files.length]!.slice();
    for (let h = 0; h < 3; h++) file[Math.floor(random() * 44)] = random() * 256;
    const data = random() < 0.2 ? file.subarray(0, random() * file.length) : file;
    try {
      const sound = readWav(data);
      expect(sound.data.length).toBeLessThanOrEqual(data.length);
    } catch (error) {
      refused++;
      if (error instanceof UsageError) continue;
      if (!(error instanceof CorruptDataError)) throw error;
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(data.length);
    }
  }
  expect(refused).toBeGreaterThan(10_000);
});
