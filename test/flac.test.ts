// The FLAC codec: what it writes comes back, the reference program reads it, and what the reference
// writes is read. Many more files, and damaged ones, in slow-flac.test.ts.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc8, crc16, md5 } from '../src/engines/flac/checksums.js';
import { decodeFlac } from '../src/engines/flac/decode.js';
import { encodeFlac, interleave } from '../src/engines/flac/encode.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import {
  makeAudio,
  noFlac,
  noSpeech,
  referenceDecode,
  referenceEncode,
  speechClips,
  WAVE_NAMES,
} from './flac-inputs.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test('the checksums are those of the catalogues', () => {
  expect(crc8(bytes('123456789'))).toBe(0xf4); // CRC-8/SMBUS
  expect(crc16(bytes('123456789'))).toBe(0xfee8); // CRC-16/UMTS
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const message = Uint8Array.from({ length }, (_, i) => 7 * i);
    expect(md5(message)).toEqual(new Uint8Array(createHash('md5').update(message).digest()));
  }
});

test('what is encoded comes back, whatever the samples', () => {
  for (const wave of WAVE_NAMES) {
    for (const bitsPerSample of [8, 16, 24]) {
      for (const [channels, length] of [
        [1, 0],
        [1, 1],
        [2, 5],
        [1, 4096],
        [2, 5000],
        [3, 700],
      ] as const) {
        const audio = makeAudio({ wave, length, channels, bitsPerSample });
        expect(decodeFlac(encodeFlac(audio)), `${wave} ${bitsPerSample} ${length}`).toEqual(audio);
      }
    }
  }
});

test('wasted bits, odd sample rates and high orders come back', () => {
  for (const sampleRate of [1, 8000, 11_025, 44_100, 96_001, 250_000, 655_350, 1_048_575]) {
    const audio = makeAudio({
      wave: 'sine',
      length: 3000,
      channels: 2,
      bitsPerSample: 16,
      sampleRate,
      wasted: 3,
    });
    expect(decodeFlac(encodeFlac(audio, { lpcOrder: 32 }))).toEqual(audio);
  }
});

test('bits that are always zero cost nothing', () => {
  const shape = { wave: 'noise', length: 4096, channels: 1, bitsPerSample: 16 };
  const full = encodeFlac(makeAudio(shape)).length;
  const wasted = encodeFlac(makeAudio({ ...shape, wasted: 6 })).length;
  expect(wasted).toBeLessThan(full - (6 * 4096) / 8 + 16);
});

test('the reference program reads what is encoded', ({ skip }) => {
  if (noFlac) skip(noFlac);
  for (const wave of WAVE_NAMES) {
    const audio = makeAudio({ wave, length: 5000, channels: 2, bitsPerSample: 16 });
    expect(referenceDecode(encodeFlac(audio)), wave).toEqual(interleave(audio));
  }
});

test('what the reference program encodes is read', ({ skip }) => {
  if (noFlac) skip(noFlac);
  for (const [i, wave] of WAVE_NAMES.entries()) {
    const audio = makeAudio({ wave, length: 5000, channels: 1 + (i % 2), bitsPerSample: 16 });
    expect(decodeFlac(referenceEncode(audio, [`-${i % 9}`])), wave).toEqual(audio);
  }
});

test('eight clips of speech take at most 2 % more than flac -8 makes of them', ({ skip }) => {
  if (noFlac ?? noSpeech) skip((noFlac ?? noSpeech)!);
  let ours = 0;
  let theirs = 0;
  for (const samples of speechClips()) {
    const audio = { sampleRate: 16_000, bitsPerSample: 16, channels: [samples] };
    ours += encodeFlac(audio).length;
    // The reference keeps room for tags and seeking, which is not what is compared.
    theirs += referenceEncode(audio, ['-8', '--no-padding', '--no-seektable']).length;
  }
  expect(ours / theirs).toBeLessThan(1.02);
});

test('what is not FLAC is refused with the byte where it goes wrong', () => {
  const file = encodeFlac(
    makeAudio({ wave: 'sine', length: 5000, channels: 1, bitsPerSample: 16 }),
  );
  const offsetOf = (data: Uint8Array): number => {
    try {
      decodeFlac(data);
    } catch (error) {
      if (error instanceof CorruptDataError) return error.offset;
      throw error;
    }
    throw new Error('it was accepted');
  };
  const changed = (at: number, xor: number): Uint8Array => {
    const copy = file.slice();
    copy[at] = copy[at]! ^ xor;
    return copy;
  };
  expect(offsetOf(new Uint8Array())).toBe(0);
  expect(offsetOf(changed(0, 1))).toBe(0);
  expect(offsetOf(changed(4, 1))).toBe(4); // PADDING where STREAMINFO belongs
  expect(offsetOf(changed(7, 1))).toBe(4); // its length
  expect(offsetOf(changed(30, 1))).toBe(4); // its MD5
  expect(offsetOf(changed(42, 1))).toBe(42); // the sync code
  expect(offsetOf(changed(46, 1))).toBe(42); // the header of the first frame
  expect(offsetOf(changed(60, 1))).toBe(42); // its contents
  expect(offsetOf(file.subarray(0, 100))).toBe(100);
  expect(() => decodeFlac(file, { maxBytes: 9999 })).toThrow(UsageError);
  expect(decodeFlac(file, { maxBytes: 10_000 }).channels[0]!.length).toBe(5000);
});
