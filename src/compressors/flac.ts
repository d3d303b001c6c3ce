// Row `flac`: FLAC (RFC 9639) of sound. `decode` is the distribution implied by its decoder;
// `exact` and `recompress` measure the encoder.

import { decodeFlac } from '../engines/flac/decode.js';
import { BLOCK_SIZE, encodeFlac, FrameEncoder, HEADER_BYTES } from '../engines/flac/encode.js';
import { laplaceDistribution, riceDistribution } from '../engines/flac/residual-distribution.js';
import { FlacSampleModel } from '../engines/flac/sample-model.js';
import { CorruptDataError } from '../errors.js';
import { audioOfBytes, bytesOfAudio } from '../modality/audio-bytes.js';
import { chooseReading } from '../readings/choose.js';
import { exactReading, type IncrementalEncoder } from '../readings/exact.js';
import { recompressReading } from '../readings/recompress.js';
import { samplesReading } from '../readings/samples.js';
import type { CompressorEntry } from '../registry.js';
import type { AudioFormat, Compressor, SampleModel } from '../types.js';
import { VERSION } from '../version.js';

/** Row `flac`: FLAC of sound (RFC 9639), all three readings. */
export const flac: CompressorEntry = {
  summary: 'FLAC (RFC 9639) of sounds: linear prediction and Rice codes',
  accepts: ['audio'],
  reach: 'nothing',
  options: {
    order: {
      type: 'integer',
      min: 0,
      max: 32,
      default: 12,
      summary: 'highest order of linear prediction; above 12 the file is outside the subset',
    },
    smooth: {
      type: 'integer',
      min: 0,
      max: 1,
      default: 0,
      summary: 'decode with a smooth residual distribution, which FLAC does not have',
    },
  },
  open(format, options) {
    if (format.kind !== 'audio') throw new TypeError('flac expected samples of sound');
    const settings = { lpcOrder: Number(options.order), smooth: Number(options.smooth) === 1 };
    return openFlac(format, settings);
  },
};

interface FlacSettings {
  readonly lpcOrder: number;
  readonly smooth: boolean;
}

function openFlac(format: AudioFormat, settings: FlacSettings): Compressor {
  const { bitsPerSample } = format;
  const startSamples = (): SampleModel => startModel(format, settings.smooth);
  const startTwin = (): FlacTwin => new FlacTwin(format, settings, []);
  const codeLength = (data: Uint8Array): number => {
    const twin = startTwin();
    twin.push(data);
    return twin.codeLength();
  };
  const measured = {
    exact: () => exactReading(startTwin()),
    recompress: () => recompressReading((data) => 8 * Math.ceil(codeLength(data) / 8)),
  };
  // For 24-bit samples, the distribution of a low byte is a sum over too many samples.
  const decoded =
    bitsPerSample === 24 ? {} : { decode: () => samplesReading(startSamples(), bitsPerSample) };
  return {
    name: 'flac',
    version: `zipdream ${VERSION}`,
    ...chooseReading('flac', { ...decoded, ...measured }),
    startSamples,
    codeLength,
    compress: (data) => encodeFlac(audioOfBytes(data, format), settings),
    decompress(data, limits) {
      const audio = decodeFlac(data, limits);
      const { sampleRate, channels } = audio;
      const same =
        sampleRate === format.sampleRate &&
        channels.length === format.channels &&
        audio.bitsPerSample === bitsPerSample;
      if (!same) throw new CorruptDataError('FLAC stream with a different sample format', 4);
      return bytesOfAudio(audio);
    },
  };
}

function startModel({ sampleRate, channels, bitsPerSample }: AudioFormat, smooth: boolean) {
  const distribution = smooth
    ? laplaceDistribution(2 * bitsPerSample + 2)
    : riceDistribution(bitsPerSample === 8 ? 9 : bitsPerSample - 1);
  return new FlacSampleModel({ distribution, sampleRate, channels, bitsPerSample });
}

/**
 * Measures the encoder's output length to the bit. Whole frames are final; the last one is measured
 * again at each step, at a cost bounded by the frame size. Bytes of an incomplete sample count 8
 * bits each.
 */
class FlacTwin implements IncrementalEncoder {
  readonly #format: AudioFormat;
  readonly #settings: FlacSettings;
  readonly #frames: FrameEncoder;
  /** Bytes of the samples in the last, incomplete frame. */
  #open: number[];
  /** Number of the last frame. */
  #number = 0;
  #finalBits = 8 * HEADER_BYTES;

  constructor(format: AudioFormat, settings: FlacSettings, open: number[]) {
    this.#format = format;
    this.#settings = settings;
    this.#frames = new FrameEncoder(format, settings);
    this.#open = open;
  }

  push(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++) {
      // The first byte after a full frame closes it, so only the last frame lacks its padding.
      if (this.#open.length === BLOCK_SIZE * this.#sampleBytes) this.#close();
      this.#open.push(bytes[i]!);
    }
  }

  fork(): IncrementalEncoder {
    const twin = new FlacTwin(this.#format, this.#settings, this.#open.slice());
    twin.#number = this.#number;
    twin.#finalBits = this.#finalBits;
    return twin;
  }

  codeLength(): number {
    const incomplete = this.#open.length % this.#sampleBytes;
    const frame = this.#frameBits(this.#open.slice(0, this.#open.length - incomplete));
    if (incomplete === 0) return this.#finalBits + frame;
    return this.#finalBits + 8 * Math.ceil(frame / 8) + 8 * incomplete;
  }

  nextCodeLengths(out: Float64Array): void {
    for (let b = 0; b < 256; b++) out[b] = this.#codeLengthWith(Uint8Array.of(b));
  }

  candidateCodeLengths(candidates: readonly Uint8Array[]): Float64Array {
    return Float64Array.from(candidates, (candidate) => this.#codeLengthWith(candidate));
  }

  /** Size of one sample of all channels, in bytes. */
  get #sampleBytes(): number {
    return (this.#format.channels * this.#format.bitsPerSample) / 8;
  }

  #codeLengthWith(candidate: Uint8Array): number {
    const twin = this.fork();
    twin.push(candidate);
    return twin.codeLength();
  }

  #frameBits(bytes: readonly number[]): number {
    if (bytes.length === 0) return 0;
    const { channels } = audioOfBytes(Uint8Array.from(bytes), this.#format);
    return this.#frames.codeLength(channels, this.#number);
  }

  #close(): void {
    this.#finalBits += 8 * Math.ceil(this.#frameBits(this.#open) / 8);
    this.#number++;
    this.#open = [];
  }
}
