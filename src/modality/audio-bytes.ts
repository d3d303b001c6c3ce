// Conversion between the bytes of an AudioFormat, as in a WAV file, and the sample values that an
// audio codec works on.

import type { AudioFormat, Bytes } from '../types.js';

/** Sound as sample values, one array per channel. */
interface Audio {
  readonly sampleRate: number;
  readonly bitsPerSample: number;
  /** Signed samples; all channels have the same length. */
  readonly channels: readonly Int32Array[];
}

/** Bytes of one frame: one sample of each channel. */
export function bytesPerFrame({ channels, bitsPerSample }: AudioFormat): number {
  return (channels * bitsPerSample) / 8;
}

/** @throws RangeError if the bytes end within a frame. */
export function audioOfBytes(data: Uint8Array, format: AudioFormat): Audio {
  const { sampleRate, bitsPerSample } = format;
  const length = data.length / bytesPerFrame(format);
  if (!Number.isInteger(length)) {
    const whole = `a multiple of ${bytesPerFrame(format)} bytes`;
    throw new RangeError(`"data" expected ${whole} of sound, got ${data.length}`);
  }
  const samples = samplesOfBytes(data, format);
  const channels = Array.from({ length: format.channels }, (_, c) =>
    Int32Array.from({ length }, (_, i) => samples[i * format.channels + c]!),
  );
  return { sampleRate, bitsPerSample, channels };
}

/** Signed samples, interleaved; an incomplete last sample is dropped. */
export function samplesOfBytes(data: Uint8Array, { bitsPerSample }: AudioFormat): Int32Array {
  const width = bitsPerSample / 8;
  const samples = new Int32Array(Math.floor(data.length / width));
  for (let i = 0; i < samples.length; i++) {
    let value = 0;
    for (let b = 0; b < width; b++) value |= data[i * width + b]! << (8 * b);
    samples[i] =
      width === 1 ? value - 128 : (value << (32 - bitsPerSample)) >> (32 - bitsPerSample);
  }
  return samples;
}

/** The inverse of `samplesOfBytes`. */
export function bytesOfSamples(samples: Int32Array, { bitsPerSample }: AudioFormat): Bytes {
  const width = bitsPerSample / 8;
  const bytes = new Uint8Array(samples.length * width);
  for (let i = 0; i < samples.length; i++) {
    const value = width === 1 ? samples[i]! + 128 : samples[i]!;
    for (let b = 0; b < width; b++) bytes[i * width + b] = value >> (8 * b);
  }
  return bytes;
}

export function bytesOfAudio(audio: Audio): Bytes {
  const { channels } = audio;
  const samples = new Int32Array(channels.length * channels[0]!.length);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = channels[i % channels.length]![Math.floor(i / channels.length)]!;
  }
  return bytesOfSamples(samples, formatOfAudio(audio));
}

/** @throws RangeError for properties that no AudioFormat has. */
export function formatOfAudio({ sampleRate, bitsPerSample, channels }: Audio): AudioFormat {
  const count = channels.length;
  if (count !== 1 && count !== 2)
    throw new RangeError(`${count} channels; only 1 or 2 are supported`);
  if (bitsPerSample !== 8 && bitsPerSample !== 16 && bitsPerSample !== 24) {
    throw new RangeError(`${bitsPerSample} bits per sample; only 8, 16 or 24 are supported`);
  }
  return { kind: 'audio', sampleRate, channels: count, bitsPerSample };
}
