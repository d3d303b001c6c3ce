// FLAC at length: hundreds of files both ways against the reference program, a second decoder
// (libflacjs), and thousands of damaged files.

import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { createRandom } from '../src/bits/random.js';
import { decodeFlac } from '../src/engines/flac/decode.js';
import { encodeFlac, interleave } from '../src/engines/flac/encode.js';
import { CorruptDataError, UsageError } from '../src/errors.js';
import { energyModulation, logSpectralDistance, spectrogram } from '../src/measure/spectrum.js';
import { openCompressor } from '../src/open.js';
import { fuzzCount } from './deep.js';
import {
  makeAudio,
  noFlac,
  noSpeech,
  referenceDecode,
  referenceEncode,
  runFlac,
  type Shape,
  speechClips,
  WAVE_NAMES,
} from './flac-inputs.js';

const FILES = fuzzCount(200);
const DAMAGED = fuzzCount(20_000);

/** A shape of any sort, the same for the same seed. */
function randomShape(seed: string): Shape {
  const random = createRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  return {
    wave: pick(WAVE_NAMES),
    length: 1 + Math.floor(random() ** 2 * 9000),
    channels: pick([1, 2]),
    bitsPerSample: pick([8, 16, 24]),
    sampleRate: pick([8000, 11_025, 16_000, 44_100, 48_000]),
    wasted: pick([0, 0, 0, 2, 5]),
  };
}

test(`the reference program accepts ${FILES} files and decodes the same samples`, ({ skip }) => {
  if (noFlac) skip(noFlac);
  for (let i = 0; i < FILES; i++) {
    const shape = randomShape(`ours ${i}`);
    const audio = makeAudio(shape);
    const file = encodeFlac(audio, { lpcOrder: [0, 8, 12, 32][i % 4]! });
    expect(runFlac(['--test', '--warnings-as-errors'], file), JSON.stringify(shape)).toBeDefined();
    expect(referenceDecode(file), JSON.stringify(shape)).toEqual(interleave(audio));
  }
});

test(`${FILES} files of the reference program are read, at all levels`, ({ skip }) => {
  if (noFlac) skip(noFlac);
  const more = [[], ['-p', '-e'], ['--blocksize=777', '--lax'], ['-l', '32', '--lax'], ['-r', '8']];
  for (let i = 0; i < FILES; i++) {
    const shape = randomShape(`theirs ${i}`);
    const audio = makeAudio(shape);
    const file = referenceEncode(audio, [`-${i % 9}`, ...more[i % more.length]!]);
    expect(decodeFlac(file), JSON.stringify(shape)).toEqual({ ...audio, notKept: [] });
  }
});

interface FlacLibrary {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  create_libflac_decoder(verify: number): number;
  init_decoder_stream(
    id: number,
    read: (bytes: number) => { buffer: Uint8Array; readDataLength: number; error: boolean },
    write: (channels: Uint8Array[]) => void,
    error: (code: number, what: string) => void,
  ): number;
  FLAC__stream_decoder_process_until_end_of_stream(id: number): boolean;
  FLAC__stream_decoder_finish(id: number): boolean;
}

test('a second decoder returns the same samples', async () => {
  const library: FlacLibrary = createRequire(import.meta.url)('libflacjs')();
  if (!library.isReady()) await new Promise<void>((ready) => library.on('ready', ready));
  for (let i = 0; i < 20; i++) {
    const audio = makeAudio({ ...randomShape(`second ${i}`), channels: 1, bitsPerSample: 16 });
    const file = encodeFlac(audio);
    const blocks: Uint8Array[] = [];
    const problems: string[] = [];
    let at = 0;
    const id = library.create_libflac_decoder(1);
    library.init_decoder_stream(
      id,
      (bytes) => {
        const buffer = file.slice(at, at + bytes);
        at += buffer.length;
        return { buffer, readDataLength: buffer.length, error: false };
      },
      ([channel]) => blocks.push(channel!.slice()),
      (_code, what) => problems.push(what),
    );
    expect(library.FLAC__stream_decoder_process_until_end_of_stream(id)).toBeTruthy();
    expect(library.FLAC__stream_decoder_finish(id), 'its MD5').toBeTruthy();
    expect(problems).toEqual([]);
    expect(new Uint8Array(Buffer.concat(blocks))).toEqual(interleave(audio));
  }
});

test(`${DAMAGED} damaged files are refused with an offset or decoded`, () => {
  const random = createRandom('damaged');
  const files = Array.from({ length: 12 }, (_, i) =>
    encodeFlac({
      ...makeAudio({ ...randomShape(`damage ${i}`), length: 300 + 40 * i }),
    }),
  );
  let refused = 0;
  for (let i = 0; i < DAMAGED; i++) {
    const file = files[i % files.length]!.slice();
    const hits = 1 + Math.floor(random() * 4);
    for (let h = 0; h < hits; h++) {
      const at = Math.floor(random() ** 2 * file.length);
      file[at] = random() < 0.5 ? random() * 256 : file[at]! ^ (1 << (random() * 8));
    }
    const data = random() < 0.2 ? file.subarray(0, random() * file.length) : file;
    try {
      decodeFlac(data, { maxBytes: 2 ** 20 });
    } catch (error) {
      refused++;
      if (error instanceof UsageError) continue;
      if (!(error instanceof CorruptDataError)) throw error;
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(data.length);
    }
  }
  expect(refused).toBeGreaterThan(0.75 * DAMAGED);
});

test('noise after a valid frame header is refused', () => {
  const random = createRandom('wild');
  for (let i = 0; i < 2000; i++) {
    const noise = Uint8Array.from({ length: 60 }, () => random() * 256);
    const head = encodeFlac(
      makeAudio({ wave: 'noise', length: 16, channels: 1, bitsPerSample: 16 }),
    );
    const data = new Uint8Array([...head.subarray(0, 49), ...noise]);
    expect(() => decodeFlac(data)).toThrow(CorruptDataError);
  }
});

test('drawn speech has the spectrum and syllables of speech', async ({ skip }) => {
  if (noSpeech) skip(noSpeech);
  const format = { kind: 'audio', sampleRate: 16_000, channels: 1, bitsPerSample: 16 } as const;
  const flac = await openCompressor('flac', { format });
  let distance = 0;
  let modulation = 0;
  const clips = speechClips();
  for (const [i, clip] of clips.entries()) {
    const [given, truth] = [clip.subarray(0, 32_000), clip.subarray(32_000, 64_000)];
    const model = flac.startSamples!();
    model.push(given);
    const draw = model.sampler(createRandom(i), 1);
    const drawn = spectrogram(Array.from({ length: truth.length }, () => draw()));
    const floor = logSpectralDistance(spectrogram(given), spectrogram(truth));
    distance += logSpectralDistance(drawn, spectrogram(truth)) / floor / clips.length;
    modulation += energyModulation(drawn) / energyModulation(spectrogram(truth)) / clips.length;
  }
  expect(distance).toBeLessThan(1.3);
  expect(Math.abs(modulation - 1)).toBeLessThan(0.3);
});
