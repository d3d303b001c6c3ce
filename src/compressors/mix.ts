// Row `mix`: bitwise context mixing after lpaq and paq8 (Mahoney 2005), the best text model here that
// is not neural. For sound and pictures it mixes linear predictions instead (audio-mix.ts,
// image-mix.ts).

import { compileMix } from '../engines/mixing/image.js';
import { MixModel } from '../engines/mixing/model.js';
import type { IntegerOption } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor } from '../types.js';
import { VERSION } from '../version.js';
import { openAudioMix } from './audio-mix.js';
import { openImageMix } from './image-mix.js';

/** Row `mix`: bitwise context mixing of bytes, pixels and samples, decode. */
export const mix: CompressorEntry<Readonly<Record<'memory', IntegerOption>>> = {
  summary: 'context mixing: orders 0–8, words and matches, mixed bit by bit (lpaq, paq8)',
  accepts: ['bytes', 'audio', 'image'],
  reach: 'nothing',
  options: {
    memory: {
      type: 'integer',
      min: 16,
      max: 28,
      default: 26,
      summary: 'log2 of the bytes for bit histories',
    },
  },
  open: (format, options): Compressor => {
    if (format.kind === 'audio') return openAudioMix(format);
    if (format.kind === 'image') return openImageMix(format);
    const code = compileMix(Number(options.memory));
    return {
      name: 'mix',
      version: `zipdream ${VERSION}, mix 4`,
      ...chooseReading('mix', { decode: () => decodeReading(MixModel.create(code)) }),
      codeLength: (data) => MixModel.create(code).learn(data),
    };
  },
};
