// Row `flac-lib`: libFLAC, compiled to JavaScript (package libflacjs, which is optional), as a
// black box. Row `flac` is zipdream's own encoder.

import { decodeFlac } from '../engines/flac/decode.js';
import { CompressorUnavailableError } from '../errors.js';
import { bytesOfAudio, samplesOfBytes } from '../modality/audio-bytes.js';
import { chooseReading } from '../readings/choose.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Bytes } from '../types.js';

/** The part of libflacjs 5 that is used. */
interface Library {
  isReady(): boolean;
  on(event: 'ready', listener: () => void): void;
  create_libflac_encoder(
    sampleRate: number,
    channels: number,
    bitsPerSample: number,
    level: number,
    frames: number,
    verify: boolean,
  ): number;
  init_encoder_stream(encoder: number, write: (data: Uint8Array) => void): number;
  FLAC__stream_encoder_process_interleaved(
    encoder: number,
    samples: Int32Array,
    frames: number,
  ): boolean;
  FLAC__stream_encoder_finish(encoder: number): boolean;
  FLAC__stream_encoder_delete(encoder: number): void;
}

/** Row `flac-lib`: libFLAC of sounds, recompress. */
export const flacLib: CompressorEntry = {
  summary: 'libFLAC (package libflacjs) of sounds, as a black box',
  accepts: ['audio'],
  reach: 'nothing',
  options: { level: { type: 'integer', min: 0, max: 8, default: 8, summary: 'effort' } },
  async open(format, options) {
    if (format.kind !== 'audio') throw new TypeError('flac-lib expected samples of sound');
    const { sampleRate, channels, bitsPerSample } = format;
    const library = await loadLibrary();
    const level = Number(options.level);
    const compress = (data: Uint8Array): Bytes => {
      const samples = samplesOfBytes(data, format);
      const frames = Math.floor(samples.length / channels);
      const encoder = library.create_libflac_encoder(
        sampleRate,
        channels,
        bitsPerSample,
        level,
        frames,
        false,
      );
      const parts: Uint8Array[] = [];
      try {
        const status = library.init_encoder_stream(encoder, (part) => parts.push(part.slice()));
        if (status !== 0) throw new Error(`libFLAC rejects this format: status ${status}`);
        if (frames > 0) {
          library.FLAC__stream_encoder_process_interleaved(encoder, samples, frames);
        }
        library.FLAC__stream_encoder_finish(encoder);
      } finally {
        library.FLAC__stream_encoder_delete(encoder);
      }
      return new Uint8Array(Buffer.concat(parts));
    };
    const codeLength = (data: Uint8Array): number => 8 * compress(data).length;
    return {
      name: 'flac-lib',
      version: 'libflacjs 5',
      ...chooseReading('flac-lib', { recompress: () => recompressReading(codeLength) }),
      codeLength,
      compress,
      decompress: (data, limits) => bytesOfAudio(decodeFlac(data, limits)),
    };
  },
};

async function loadLibrary(): Promise<Library> {
  let library: Library;
  try {
    const name: string = 'libflacjs';
    const { default: create } = (await import(name)) as { default: () => Library };
    library = create();
  } catch (error) {
    const hint = 'npm install libflacjs';
    throw new CompressorUnavailableError('package libflacjs is missing', hint, { cause: error });
  }
  if (!library.isReady()) {
    await new Promise<void>((resolve) => library.on('ready', () => resolve()));
  }
  return library;
}
