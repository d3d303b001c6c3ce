// Sounds to code as FLAC, and what the reference programs say of them.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../src/bits/random.js';
import { interleave } from '../src/engines/flac/encode.js';
import type { FlacAudio } from '../src/engines/flac/format.js';

export const AUDIO_FOLDER = join(process.env.ZIPDREAM_DATA ?? '../shared/data', 'audio');

/** Why tests of the reference program cannot run, if so. */
export const noFlac =
  spawnSync('flac', ['--version']).status === 0 ? undefined : 'there is no program "flac" here';

/** Why tests of real speech cannot run, if so. */
export const noSpeech = existsSync(join(AUDIO_FOLDER, 'wav'))
  ? undefined
  : `there is no ${AUDIO_FOLDER}; ZIPDREAM_DATA names another place`;

/** The eight clips of speech, 16 bits mono at 16 kHz, as samples. */
export function speechClips(): Int32Array[] {
  const folder = join(AUDIO_FOLDER, 'wav');
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const data = readFileSync(join(folder, name)).subarray(44);
      return Int32Array.from({ length: data.length / 2 }, (_, i) => data.readInt16LE(2 * i));
    });
}

type Wave = (i: number, random: () => number) => number;

/** Shapes of sound in [−1, 1). */
const WAVES: Readonly<Record<string, Wave>> = {
  silence: () => 0,
  level: () => 0.3,
  noise: (_, random) => 2 * random() - 1,
  quiet: (_, random) => 0.01 * (random() - 0.5),
  sine: (i, random) => 0.7 * Math.sin(i / 20) + 0.001 * random(),
  chord: (i) => 0.4 * Math.sin(i / 11) + 0.3 * Math.sin(i / 17) * Math.exp(-i / 3000),
  square: (i) => (Math.floor(i / 37) % 2 ? 0.999 : -1),
  clicks: (_, random) => (random() < 0.01 ? 2 * random() - 1 : 0),
  bursts: (i, random) => (Math.floor(i / 500) % 2 ? 2 * random() - 1 : 0.002 * random()),
};

export const WAVE_NAMES = Object.keys(WAVES);

export interface Shape {
  readonly wave: string;
  readonly length: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly sampleRate?: number;
  /** Low bits that are always zero. */
  readonly wasted?: number;
}

export function makeAudio(shape: Shape): FlacAudio {
  const { wave, length, bitsPerSample, sampleRate = 16_000, wasted = 0 } = shape;
  const random = createRandom(JSON.stringify(shape));
  const limit = 2 ** (bitsPerSample - 1);
  const channels = Array.from({ length: shape.channels }, (_, c) =>
    Int32Array.from({ length }, (_, i) => {
      const x = WAVES[wave]!(i + 3 * c, random) * (1 - 0.1 * c) * limit;
      return Math.max(-limit, Math.min(limit - 1, Math.floor(x / 2 ** wasted) * 2 ** wasted));
    }),
  );
  return { sampleRate, bitsPerSample, channels };
}

/** Runs `flac ARGS` on some input; its output, or undefined if it failed. */
export function runFlac(args: readonly string[], input: Uint8Array): Uint8Array | undefined {
  const { status, stdout } = spawnSync('flac', ['--silent', '--stdout', ...args, '-'], {
    input,
    maxBuffer: 2 ** 28,
  });
  return status === 0 ? new Uint8Array(stdout) : undefined;
}

const RAW = ['--force-raw-format', '--endian=little', '--sign=signed'];

/** The samples that the reference decoder reads, interleaved, signed, little-endian. */
export function referenceDecode(file: Uint8Array): Uint8Array | undefined {
  return runFlac(['-d', ...RAW], file);
}

export function referenceEncode(audio: FlacAudio, flags: readonly string[]): Uint8Array {
  const { sampleRate, bitsPerSample, channels } = audio;
  const shape = [`--sample-rate=${sampleRate}`, `--bps=${bitsPerSample}`];
  const raw = [...RAW, ...shape, `--channels=${channels.length}`];
  return runFlac([...raw, ...flags], interleave(audio))!;
}
