// The mixture model of sound as a compressor: row `mix` with format audio. `decode` is its only
// reading; samples of 24 bits are not supported.

import { AudioMixModel } from '../engines/audio-mix/model.js';
import { samplesOfBytes } from '../modality/audio-bytes.js';
import { chooseReading } from '../readings/choose.js';
import { samplesReading } from '../readings/samples.js';
import type { AudioFormat, Compressor, SampleModel } from '../types.js';
import { VERSION } from '../version.js';

/**
 * Opens row `mix` for sound.
 *
 * @throws RangeError for 24-bit samples.
 */
export function openAudioMix(format: AudioFormat): Compressor {
  const { bitsPerSample, channels } = format;
  if (bitsPerSample === 24) throw new RangeError('mix expected samples of 8 or 16 bits, got 24');
  const startSamples = (): AudioMixModel => new AudioMixModel(bitsPerSample, channels);
  return {
    name: 'mix',
    version: `zipdream ${VERSION}`,
    ...chooseReading('mix', { decode: () => samplesReading(startSamples(), bitsPerSample) }),
    startSamples,
    codeLength: (data) => sampleCodeLength(startSamples(), data, format),
  };
}

/** Code length of a sound in bits. The model is consumed; an incomplete sample is stored raw. */
export function sampleCodeLength(
  model: SampleModel,
  data: Uint8Array,
  format: AudioFormat,
): number {
  const samples = samplesOfBytes(data, format);
  let bits = (data.length * 8) % format.bitsPerSample;
  for (let i = 0; i < samples.length; i++) {
    bits += model.surprisal(samples[i]!);
    model.push(samples.subarray(i, i + 1));
  }
  return bits;
}
