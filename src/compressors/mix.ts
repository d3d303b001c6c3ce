// Row `mix`: bitwise context mixing after lpaq and paq8 (Mahoney 2005), with PPM among what it mixes,
// the best text model here that is not neural. For sound and pictures it mixes linear predictions
// instead (audio-mix.ts, image-mix.ts).

import { compileMix, type MixCode } from '../engines/mixing/image.js';
import { MixModel } from '../engines/mixing/model.js';
import { ppmPredictor } from '../engines/ppm/predictor.js';
import type { IntegerOption } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { codeLengthUnder, decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor } from '../types.js';
import { VERSION } from '../version.js';
import { openAudioMix } from './audio-mix.js';
import { openImageMix } from './image-mix.js';

const PPM_ORDER = 12;
/** PPM takes up to twice the memory of bit histories, for 6 MB of books by default. */
const PPM_SHARE = 2;
const PPM_MIN_BYTES = 2 ** 20;

/** An untrained model of bytes. */
export function createMix(code: MixCode): MixModel {
  const memoryBytes = Math.max(PPM_MIN_BYTES, PPM_SHARE * 2 ** code.memoryLog);
  return MixModel.create(code, ppmPredictor({ order: PPM_ORDER, memoryBytes }));
}

/** Row `mix`: bitwise context mixing of bytes, pixels and samples, decode. */
export const mix: CompressorEntry<Readonly<Record<'memory', IntegerOption>>> = {
  summary: 'context mixing: orders 0–8, words, matches and PPM, mixed bit by bit (lpaq, paq8)',
  accepts: ['bytes', 'audio', 'image'],
  reach: 'nothing',
  options: {
    memory: {
      type: 'integer',
      min: 16,
      max: 28,
      default: 26,
      summary: 'log2 of the bytes for bit histories; PPM takes up to twice as many',
    },
  },
  open: (format, options): Compressor => {
    if (format.kind === 'audio') return openAudioMix(format);
    if (format.kind === 'image') return openImageMix(format);
    const code = compileMix(Number(options.memory));
    return {
      name: 'mix',
      version: `zipdream ${VERSION}, mix 5`,
      ...chooseReading('mix', { decode: () => decodeReading(createMix(code)) }),
      codeLength: (data) => codeLengthUnder(createMix(code), data),
    };
  },
};
