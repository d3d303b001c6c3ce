// Sound files: WAV of all kinds that are read, those refused by name, and damaged ones.

import { describe, expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { readAudio, writeAudio } from '../src/modality/audio.js';
import { bytesOfSamples, samplesOfBytes } from '../src/modality/audio-bytes.js';
import { readWav, writeWav } from '../src/modality/wav.js';
import type { AudioFormat } from '../src/types.js';
import { cases } from './deep.js';
import { noFlac, runFlac } from './flac-inputs.js';

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

describe('sound round trips through both containers', () => {
  for (const format of FORMATS) {
    test(`${format.bitsPerSample} bits, ${format.channels} channels`, () => {
      const moment = (format.channels * format.bitsPerSample) / 8;
      for (const moments of [0, 1, 3, 1000]) {
        const sound = { format, data: noise(moment * moments) };
        const read = { ...sound, notKept: [], assumed: [] };
        expect(readAudio(writeAudio(sound, 'wav'))).toEqual(read);
        expect(readAudio(writeAudio(sound, 'flac'))).toEqual(read);
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

/** A file of chunks, of the length that it says unless another is said. */
function wavOf(
  chunks: readonly (readonly [name: string, body: ArrayLike<number>])[],
  riff = 'RIFF',
) {
  const little = riff !== 'RIFX';
  const uint32 = (n: number): number[] => [...bytesOf(n, 4, little)];
  const body = chunks.flatMap(([name, data]) => [
    ...letters(name),
    ...uint32(data.length),
    ...Array.from(data),
    ...(data.length % 2 ? [0] : []),
  ]);
  return Uint8Array.from([
    ...letters(riff),
    ...uint32(4 + body.length),
    ...letters('WAVE'),
    ...body,
  ]);
}

function letters(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

function bytesOf(n: number, width: number, little = true): number[] {
  const bytes = Array.from({ length: width }, (_, b) => Math.floor(n / 256 ** b) & 255);
  return little ? bytes : bytes.reverse();
}

interface FormatFields {
  readonly bits?: number;
  readonly channels?: number;
  readonly valid?: number;
  readonly little?: boolean;
  readonly blockBytes?: number;
}

/** The body of a `fmt ` chunk at 22,050 Hz; extensible if `valid` bits are said. */
function formatChunk({ bits = 16, channels = 1, valid, little = true, blockBytes }: FormatFields) {
  const short = (n: number): number[] => bytesOf(n, 2, little);
  const block = blockBytes ?? (channels * bits) / 8;
  const encoding = valid === undefined ? 1 : 0xfffe;
  const rates = [...bytesOf(22_050, 4, little), ...bytesOf(22_050 * block, 4, little)];
  const head = [...short(encoding), ...short(channels), ...rates, ...short(block), ...short(bits)];
  if (valid === undefined) return head;
  const guid = [
    ...bytesOf(1, 4, little),
    0,
    0,
    ...short(16),
    0x80,
    0,
    0,
    0xaa,
    0,
    0x38,
    0x9b,
    0x71,
  ];
  return [...head, ...short(22), ...short(valid), 0, 0, 0, 0, ...guid];
}

test('an extensible header is read, and chunks before and after the data are reported', () => {
  const data = noise(10);
  const file = wavOf([
    ['JUNK', [1, 2, 3]],
    ['LIST', letters('INFOIART')],
    ['bext', noise(5)],
    ['fmt ', formatChunk({ valid: 16 })],
    ['data', data],
    ['cue ', noise(4)],
    ['LIST', letters('adtl')],
    ['LGWV', []],
    ['\x01\x02\x1b[', []],
  ]);
  expect(readWav(file)).toEqual({
    format: FORMATS[2],
    data,
    notKept: [
      ...['text (INFO)', 'broadcast data (bext)', 'cue points', 'labels of cue points'],
      ...['chunk "LGWV"', 'chunk 0x01021b5b'],
    ],
    assumed: [],
  });
  expect(readWav(Uint8Array.from([...file, 1, 2, 3])).notKept.at(-1)).toBe(
    '3 bytes after the sound',
  );
});

describe('a sound with a wrong length in its file', () => {
  const data = noise(400);
  const format = FORMATS[3]!;
  const file = writeWav({ format, data });
  const withSize = (size: number, riffSize: number): Uint8Array => {
    const copy = file.slice();
    const view = new DataView(copy.buffer);
    view.setUint32(4, riffSize, true);
    view.setUint32(40, size, true);
    return copy;
  };

  test('that is cut short is read up to the last whole sample, and the missing part is reported', () => {
    const cut = readWav(file.subarray(0, 44 + 103));
    expect(cut.data).toEqual(data.subarray(0, 100));
    expect(cut.assumed).toEqual([
      'the file ends 297 bytes before the sound does',
      'the last 3 of 103 bytes are not a whole sample',
    ]);
    expect(readWav(file.subarray(0, 44)).data.length).toBe(0);
    expect(readWav(file.subarray(0, 44)).assumed).toEqual([
      'the file ends 400 bytes before the sound does',
    ]);
    expect(() => readWav(file.subarray(0, 43))).toThrow(CorruptDataError);
  });

  test('whose header was never finalised is read to the end of the file, and this is reported', () => {
    for (const [size, riffSize] of [
      [0, 0],
      [0, 36],
      [0, 0xffffffff],
    ] as const) {
      const read = readWav(withSize(size, riffSize));
      expect(read.data).toEqual(data);
      expect(read.assumed).toEqual([
        'the declared length is 0: the rest of the file is read as sound',
      ]);
    }
    for (const size of [0xffffffff, 0x7ffff000, 0x80000000]) {
      const read = readWav(withSize(size, 0xffffffff));
      expect(read.data).toEqual(data);
      expect(read.assumed).toEqual([
        'no length is declared: the rest of the file is read as sound',
      ]);
    }
  });

  test('that is finalised and empty is read as empty, and later chunks are reported', () => {
    const empty = wavOf([
      ['fmt ', formatChunk({})],
      ['data', []],
      ['LIST', letters('INFO')],
    ]);
    const { data, notKept, assumed } = readWav(empty);
    expect([data.length, notKept, assumed]).toEqual([0, ['text (INFO)'], []]);
  });

  test('that ends inside a sample is read without the partial sample, and this is reported', () => {
    const odd = wavOf([
      ['fmt ', formatChunk({ channels: 2 })],
      ['data', noise(402)],
    ]);
    const read = readWav(odd);
    expect(read.data).toEqual(noise(402).subarray(0, 400));
    expect(read.assumed).toEqual(['the last 2 of 402 bytes are not a whole sample']);
  });
});

test('big-endian files and files with 64-bit lengths are read', ({ skip }) => {
  const data = noise(12);
  for (const format of FORMATS) {
    const width = format.bitsPerSample / 8;
    const swapped = data.map((_, i) => data[i - (i % width) + width - 1 - (i % width)]!);
    const { channels } = format;
    const fmt = formatChunk({ bits: format.bitsPerSample, channels, little: false });
    const read = readWav(
      wavOf(
        [
          ['fmt ', fmt],
          ['data', swapped],
        ],
        'RIFX',
      ),
    );
    expect(read).toEqual({ format, data, notKept: [], assumed: [] });
  }
  const sizes = [...bytesOf(100, 8), ...bytesOf(12, 8), ...bytesOf(6, 8), 0, 0, 0, 0];
  const chunks = [
    ['ds64', sizes],
    ['fmt ', formatChunk({})],
    ['data', data],
    ['LIST', letters('INFO')],
  ] as const;
  for (const riff of ['RF64', 'BW64']) {
    const file = wavOf(chunks, riff);
    const at = 12 + 8 + sizes.length + 8 + 16 + 4;
    file.fill(255, at, at + 4);
    expect(readWav(file)).toEqual({
      format: FORMATS[2],
      data,
      notKept: ['text (INFO)'],
      assumed: [],
    });
  }
  if (noFlac) skip(noFlac);
  const sound = { format: FORMATS[5]!, data: noise(600) };
  const rf64 = runFlac(['-d', '--force-rf64-format'], writeAudio(sound, 'flac'))!;
  expect(String.fromCharCode(...rf64.subarray(0, 4))).toBe('RF64');
  expect(readWav(rf64)).toMatchObject(sound);
});

test('24-bit samples stored in 32 bits are read if the other bits are zero', () => {
  const samples = noise(24);
  const wide = Array.from({ length: 8 }, (_, i) => [
    0,
    ...samples.subarray(3 * i, 3 * i + 3),
  ]).flat();
  const fmt = formatChunk({ bits: 32, channels: 2, valid: 24 });
  const read = readWav(
    wavOf([
      ['fmt ', fmt],
      ['data', wide],
    ]),
  );
  expect(read).toEqual({ format: FORMATS[5], data: samples, notKept: [], assumed: [] });
  wide[4] = 1;
  const broken = wavOf([
    ['fmt ', fmt],
    ['data', wide],
  ]);
  expect(() => readWav(broken)).toThrow(/^WAV of 32 bits per sample is not supported, although/);
  const all = wavOf([
    ['fmt ', formatChunk({ bits: 32, valid: 32 })],
    ['data', wide],
  ]);
  expect(() => readWav(all)).toThrow(/^WAV of 32 bits per sample is not supported/);
  const plain = wavOf([
    ['fmt ', formatChunk({ bits: 24, blockBytes: 4 })],
    ['data', wide],
  ]);
  expect(() => readWav(plain)).toThrow(/^WAV of 24-bit samples in 4 bytes each/);
  const tooMany = wavOf([
    ['fmt ', formatChunk({ bits: 16, valid: 17 })],
    ['data', wide],
  ]);
  expect(() => readWav(tooMany)).toThrow(CorruptDataError);
});

test('unsupported formats are refused by name', () => {
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
    'WAV of floating-point samples is not supported; convert it to integer samples',
  );
  expect(refusal({ 20: 7 })).toMatch('µ-law');
  expect(refusal({ 20: 99 })).toMatch('encoding 99');
  expect(refusal({ 22: 6 })).toBe('WAV of 6 channels is not supported; 1 and 2 are');
  expect(refusal({ 34: 32 })).toMatch('32 bits per sample');
  expect(refusal({ 24: 0 })).toMatch('0 Hz');
});

test('contradictory headers are refused with an offset', () => {
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

test('damaged WAV files are read or refused with an offset', () => {
  const random = createRandom('wav');
  const files = FORMATS.map((format) => writeWav({ format, data: noise(60) }));
  let refused = 0;
  const count = cases(2000, 20_000);
  for (let i = 0; i < count; i++) {
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
  expect(refused).toBeGreaterThan(count / 2);
});
