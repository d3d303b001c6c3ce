// The medium of sound: samples in order of time, of which the beginning is given. WAV and FLAC are
// read by modality/audio.ts.

import { isFlac } from '../engines/flac/metadata.js';
import { UsageError } from '../errors.js';
import { readAudio, writeAudio } from '../modality/audio.js';
import { bytesPerFrame, samplesOfBytes } from '../modality/audio-bytes.js';
import type { AudioFormat } from '../types.js';
import type { Content, Cut, CutOptions, Medium } from './medium.js';

/** Number of given samples, and of drawn samples, in the paper (Delétang et al. 2023 §3.4). */
export const PAPER_SAMPLES = 1024;

export const sound: Medium = {
  name: 'sound',
  kind: 'audio',
  per: 'sample',
  counted: 'samples',
  compressor: 'gzip',
  flags: ['given', 'protocol', 'length', 'sheet', 'beside'],
  recognises(start) {
    const name = (at: number): string => String.fromCharCode(...start.subarray(at, at + 4));
    return isFlac(start) || name(8) === 'WAVE';
  },
  read: (file) => readAudio(file),
  cut: cutSound,
  count: (bytes, format) => (format.kind === 'audio' ? (8 * bytes) / format.bitsPerSample : bytes),
  endings: ['.wav', '.flac'],
  write: ({ bytes, format }, ending) =>
    writeAudio(
      { format: format as AudioFormat, data: bytes },
      ending.toLowerCase() === '.flac' ? 'flac' : 'wav',
    ),
};

function cutSound(content: Content, { given: asked, length, protocol }: CutOptions): Cut {
  const isPaper = protocol === 'paper';
  const { format, data } = isPaper ? toPaper(content) : content;
  const audio = format as AudioFormat;
  const frameBytes = bytesPerFrame(audio);
  const frames = data.length / frameBytes;
  const half = isPaper ? PAPER_SAMPLES : Math.floor(frames / 2);
  const given =
    asked === undefined || asked === 'half' ? half : samplesIn('--given', asked, audio, frames);
  if (given > frames) {
    const seconds = (frames / audio.sampleRate).toFixed(2);
    throw new UsageError(
      `--given asks for ${given} samples, and the sound has ${frames} (${seconds} s)`,
    );
  }
  const rest = data.subarray(given * frameBytes);
  if (length === undefined) {
    return { passage: { bytes: data, from: given * frameBytes, format }, trueBytes: rest.length };
  }
  const drawn = samplesIn('--length', length, audio) * frameBytes;
  const bytes = new Uint8Array(given * frameBytes + drawn);
  bytes.set(data.subarray(0, bytes.length));
  const trueBytes = Math.min(drawn, rest.length);
  return { passage: { bytes, from: given * frameBytes, format }, trueBytes };
}

/** Reads `2s`, `500ms`, a number of samples, or `all`. @throws UsageError for anything else. */
function samplesIn(flag: string, text: string, format: AudioFormat, all?: number): number {
  if (text === 'all' && all !== undefined) return all;
  const [, digits, unit] = /^\s*(\d+|\d*\.\d+)\s*(s|ms)?\s*$/.exec(text) ?? [];
  const value = Number(digits);
  if (digits === undefined || (!unit && !Number.isSafeInteger(value))) {
    throw new UsageError(
      `"${flag}" of a sound expected samples or a time like 2s or 500ms, got "${text}"`,
    );
  }
  if (!unit) return value;
  return Math.round((unit === 's' ? value : value / 1000) * format.sampleRate);
}

/** Converts to the paper's form of LibriSpeech: 8 bits per sample, first channel only. */
function toPaper(content: Content): Content {
  const { channels, bitsPerSample, sampleRate } = content.format as AudioFormat;
  const samples = samplesOfBytes(content.data, content.format as AudioFormat);
  const data = Uint8Array.from(
    { length: samples.length / channels },
    (_, i) => (samples[i * channels]! >> (bitsPerSample - 8)) + 128,
  );
  return { ...content, format: { kind: 'audio', sampleRate, channels: 1, bitsPerSample: 8 }, data };
}
