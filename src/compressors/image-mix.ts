// The mixture model of pictures as a compressor: row `mix` with format image. `decode` is its only
// reading.

import { ImageMixModel } from '../engines/image-mix/model.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import type { Compressor, ImageFormat } from '../types.js';
import { VERSION } from '../version.js';

/** Opens row `mix` for pictures of the given width and number of channels. */
export function openImageMix({ width, channels }: ImageFormat): Compressor {
  const startModel = (): ImageMixModel => new ImageMixModel(width, channels);
  return {
    name: 'mix',
    version: `zipdream ${VERSION}`,
    ...chooseReading('mix', { decode: () => decodeReading(startModel()) }),
    codeLength(data) {
      const model = startModel();
      let bits = 0;
      for (const byte of data) {
        bits += model.surprisal(byte);
        model.update(byte);
      }
      return bits;
    },
  };
}
