// The FLAC codec: what it writes comes back, the reference program reads it, and what the reference
// writes is read. Many more files, and damaged ones, in slow-flac.test.ts.

import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { crc8, crc16, md5 } from '../src/engines/flac/checksums.js';
import { decodeFlac } from '../src/engines/flac/decode.js';
import { encodeFlac, FrameEncoder, HEADER_BYTES, interleave } from '../src/engines/flac/encode.js';
import { MsbWriter } from '../src/engines/flac/msb-writer.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { cases, FULL } from './deep.js';
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

test('the checksums match the published check values', () => {
  expect(crc8(bytes('123456789'))).toBe(0xf4); // CRC-8/SMBUS
  expect(crc16(bytes('123456789'))).toBe(0xfee8); // CRC-16/UMTS
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const message = Uint8Array.from({ length }, (_, i) => 7 * i);
    expect(md5(message)).toEqual(new Uint8Array(createHash('md5').update(message).digest()));
  }
});

test('any samples round trip', () => {
  for (const wave of WAVE_NAMES) {
    for (const bitsPerSample of FULL ? [8, 16, 24] : [16]) {
      for (const [channels, length] of [
        [1, 0],
        [1, 1],
        [2, 5],
        [1, cases(300, 4096)],
        [cases(1, 2), cases(4200, 5000)],
        [3, cases(200, 700)],
      ] as const) {
        const audio = makeAudio({ wave, length, channels, bitsPerSample });
        const back = decodeFlac(encodeFlac(audio));
        expect(back, `${wave} ${bitsPerSample} ${length}`).toEqual({ ...audio, notKept: [] });
      }
    }
  }
});

test('wasted bits, odd sample rates and high orders round trip', () => {
  for (const sampleRate of [1, 8000, 11_025, 44_100, 96_001, 250_000, 655_350, 1_048_575]) {
    const audio = makeAudio({
      wave: 'sine',
      length: cases(600, 3000),
      channels: 2,
      bitsPerSample: 16,
      sampleRate,
      wasted: 3,
    });
    expect(decodeFlac(encodeFlac(audio, { lpcOrder: 32 }))).toEqual({ ...audio, notKept: [] });
  }
});

test('bits that are always zero cost nothing', () => {
  const shape = { wave: 'noise', length: 4096, channels: 1, bitsPerSample: 16 };
  const full = encodeFlac(makeAudio(shape)).length;
  const wasted = encodeFlac(makeAudio({ ...shape, wasted: 6 })).length;
  expect(wasted).toBeLessThan(full - (6 * 4096) / 8 + 16);
});

test('the reference program reads our files', ({ skip }) => {
  if (noFlac) skip(noFlac);
  for (const wave of WAVE_NAMES) {
    const audio = makeAudio({ wave, length: 5000, channels: 2, bitsPerSample: 16 });
    expect(referenceDecode(encodeFlac(audio)), wave).toEqual(interleave(audio));
  }
});

test('files of the reference program are read', ({ skip }) => {
  if (noFlac) skip(noFlac);
  for (const [i, wave] of WAVE_NAMES.entries()) {
    const audio = makeAudio({ wave, length: 5000, channels: 1 + (i % 2), bitsPerSample: 16 });
    const file = referenceEncode(audio, [`-${i % 9}`]);
    expect(decodeFlac(file), wave).toEqual({ ...audio, notKept: [] });
  }
});

test('clips of speech take at most 2 % more than with flac -8', ({ skip }) => {
  if (noFlac ?? noSpeech) skip((noFlac ?? noSpeech)!);
  let ours = 0;
  let theirs = 0;
  for (const samples of speechClips().slice(0, cases(1, 8))) {
    const audio = { sampleRate: 16_000, bitsPerSample: 16, channels: [samples] };
    ours += encodeFlac(audio).length;
    // The reference keeps room for tags and seeking, which is not what is compared.
    theirs += referenceEncode(audio, ['-8', '--no-padding', '--no-seektable']).length;
  }
  expect(ours / theirs).toBeLessThan(1.02);
});

test('invalid files are refused with the offset of the error', () => {
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

/** A stream whose blocks have these sizes, in frames that do not say so but for their numbers. */
function streamOfBlocks(sizes: readonly number[], numberOf: 'frames' | 'samples') {
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const audio = makeAudio({ wave: 'chord', length, channels: 2, bitsPerSample: 16 });
  const file = encodeFlac(audio);
  const info = new DataView(file.buffer, 8);
  info.setUint16(0, Math.min(...sizes));
  info.setUint16(2, Math.max(...sizes));
  const writer = new MsbWriter();
  writer.writeBytes(file.subarray(0, HEADER_BYTES));
  const frames = new FrameEncoder(audio, {});
  let from = 0;
  for (const [i, size] of sizes.entries()) {
    const block = audio.channels.map((channel) => channel.subarray(from, from + size));
    frames.write(writer, block, numberOf === 'frames' ? i : from);
    from += size;
  }
  return { audio, file: writer.bytesFrom(0).slice() };
}

test('variable block sizes are numbered by sample, or by frame as before 2007', ({ skip }) => {
  const sizes = [4608, 1152, 4608, 2304, 576];
  const { audio, file } = streamOfBlocks(sizes, 'samples');
  for (const stream of [file, streamOfBlocks(sizes, 'frames').file]) {
    expect(decodeFlac(stream)).toEqual({ ...audio, notKept: [] });
  }
  const damaged = file.slice();
  const skipped = new DataView(damaged.buffer);
  skipped.setUint16(8, 4608); // the least block size, now the same as the most
  expect(() => decodeFlac(damaged)).toThrow(/frame is number 4608, expected 1/);
  if (noFlac) skip(noFlac);
  expect(referenceDecode(file)).toEqual(interleave(audio));
});

/** A metadata block; the last bit of its type is left to be set. */
function block(type: number, ...body: number[]): number[] {
  return [type, 0, 0, body.length, ...body];
}

const letters = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0));

test('a stream is read with ID3 tags before or after it, and its other contents are reported', () => {
  const audio = makeAudio({ wave: 'sine', length: 900, channels: 1, bitsPerSample: 16 });
  const file = encodeFlac(audio);
  const comments = (count: number): number[] => [1, 0, 0, 0, 65, count, 0, 0, 0];
  const withBlocks = (...blocks: number[][]): Uint8Array => {
    const head = file.slice(0, HEADER_BYTES);
    head[4] = 0;
    const last = blocks.at(-1)!;
    last[0] = last[0]! | 0x80;
    return Uint8Array.from([...head, ...blocks.flat(), ...file.subarray(HEADER_BYTES)]);
  };
  const notKept = (data: Uint8Array): readonly string[] => {
    const { notKept, ...rest } = decodeFlac(data);
    expect(rest).toEqual(audio);
    return notKept;
  };
  expect(notKept(withBlocks(block(4, ...comments(0)), block(1, 0, 0), block(3)))).toEqual([]);
  const all = [
    block(4, ...comments(2)),
    block(6, 1),
    block(5, 1),
    block(2, ...letters('riff')),
    block(99),
  ];
  expect(notKept(withBlocks(...all))).toEqual([
    ...['tags', 'pictures', 'cue sheet', 'application data (chunk "riff")', 'metadata of type 99'],
  ]);
  const id3v2 = (flags: number, size: number): number[] => [
    ...letters('ID3'),
    ...[4, 0, flags, 0, 0, size >> 7, size & 127],
    ...Array<number>(size + (flags ? 10 : 0)).fill(7),
  ];
  const behind = Uint8Array.from([...id3v2(0, 200), ...id3v2(0x10, 3), ...file]);
  expect(notKept(behind)).toEqual(['ID3 tags']);
  const before = Uint8Array.from([...file, ...letters('TAG'), ...Array<number>(125).fill(0)]);
  expect(notKept(before)).toEqual(['ID3 tags']);
  expect(() => decodeFlac(before.subarray(0, before.length - 1))).toThrow(/no FLAC frame at/);
  expect(() => decodeFlac(Uint8Array.from(id3v2(0, 9)))).toThrow(/^no FLAC stream at byte 19$/);
});

test('ID3 tags that claim 2^28 bytes and are absent end the search', () => {
  const tag = Uint8Array.from([...letters('ID3'), 4, 0, 0, 127, 127, 127, 127]);
  expect(() => decodeFlac(tag)).toThrow(CorruptDataError);
});
