// Row `png`: PNG of pictures. `decode` is the distribution implied by its decoder, summed over the
// filters of the row; `exact` and `recompress` measure the encoder.

import { EncoderTwin } from '../engines/deflate/twin/encoder-twin.js';
import { PngDecoder } from '../engines/png/decode.js';
import { PngTwin } from '../engines/png/encoder-twin.js';
import { FILTER_NAMES, type FilterType } from '../engines/png/filters.js';
import { readPng } from '../engines/png/read.js';
import { LiteralStream, TokenStream } from '../engines/png/stream-models.js';
import {
  FILE_OVERHEAD_BYTES,
  type FilterChoice,
  filterRows,
  PNG_DEFLATE,
  writePng,
} from '../engines/png/write.js';
import { CorruptDataError } from '../errors.js';
import { DEFAULT_MAX_PIXELS, pictureOfBytes } from '../modality/image.js';
import { splitSpec, withOption } from '../options.js';
import { chooseReading } from '../readings/choose.js';
import { decodeReading } from '../readings/decode.js';
import { exactReading } from '../readings/exact.js';
import { recompressReading } from '../readings/recompress.js';
import type { CompressorEntry } from '../registry.js';
import type { Compressor, ImageFormat } from '../types.js';
import { VERSION } from '../version.js';

/** Factor on the probability of a wrapping residual with `wrap=0`. */
const WRAP_FACTOR = 0.01;

/**
 * Filter choices that the encoder, and hence `exact` and `decode`, can make before the row ends.
 */
const FILTER_CHOICES = ['msad', ...FILTER_NAMES] as const satisfies readonly FilterChoice[];
type FilterSetting = (typeof FILTER_CHOICES)[number];

const flag = (value: 0 | 1, summary: string) =>
  ({ type: 'integer', min: 0, max: 1, default: value, summary }) as const;

/** Row `png`: PNG of pictures, all three readings. */
export const png: CompressorEntry = {
  summary: 'PNG of pictures: five row filters, then DEFLATE',
  accepts: ['image'],
  reach: 'nothing',
  options: {
    filter: {
      type: 'choice',
      choices: FILTER_CHOICES,
      default: FILTER_CHOICES[0],
      summary:
        'filter of each row: the one with the least sum of absolute differences, or a fixed one',
    },
    matches: flag(1, '0: decode with DEFLATE literals only, which is faster'),
    smooth: flag(
      0,
      '1: decode with a smooth residual distribution mixed in, which PNG does not have',
    ),
    wrap: flag(1, '0: decode with residuals that rarely wrap around 255, which is not PNG'),
  },
  open(format, { filter, matches, smooth, wrap }) {
    if (format.kind !== 'image') throw new TypeError('png expected pixels of a picture');
    if (matches === 1 && smooth === 1) throw new RangeError('png: "smooth" needs matches=0');
    return openPng(format, {
      filter: filter as FilterSetting,
      startStream: () => (matches === 1 ? new TokenStream() : new LiteralStream(smooth === 1)),
      wrap: wrap === 1 ? 1 : WRAP_FACTOR,
      isPng: wrap === 1 && smooth === 0,
    });
  },
};

interface PngSettings {
  readonly filter: FilterSetting;
  readonly startStream: () => TokenStream | LiteralStream;
  readonly wrap: number;
  /** True if `decode` is the distribution of a PNG decoder, without options that change it. */
  readonly isPng: boolean;
}

function openPng(
  format: ImageFormat,
  { filter, startStream, wrap, isPng }: PngSettings,
): Compressor {
  const { width, channels } = format;
  const rowBytes = width * channels;
  const fixed = filter === 'msad' ? undefined : (FILTER_NAMES.indexOf(filter) as FilterType);
  const codeLength = (data: Uint8Array): number => {
    const twin = new EncoderTwin(PNG_DEFLATE);
    twin.push(filterRows(data, rowBytes, channels, filter));
    return 8 * FILE_OVERHEAD_BYTES + twin.codeLength();
  };
  return {
    name: 'png',
    version: `zipdream ${VERSION}${isPng ? '' : ', not PNG any more'}`,
    ...chooseReading('png', {
      decode: () =>
        decodeReading(
          new PngDecoder({ rowBytes, channels, stream: startStream(), filter: fixed, wrap }),
        ),
      exact: () => exactReading(new PngTwin(rowBytes, channels, fixed)),
      recompress: () => recompressReading((data) => 8 * Math.ceil(codeLength(data) / 8)),
    }),
    codeLength,
    compress: (data) => writePng(pictureOfBytes(data, format), 'zlib', filter),
    decompress(data, { maxBytes } = {}) {
      const maxPixels = Math.min(Math.floor((maxBytes ?? Infinity) / channels), DEFAULT_MAX_PIXELS);
      const { picture } = readPng(data, { maxPixels });
      if (picture.width !== width || picture.channels !== channels) {
        throw new CorruptDataError('PNG with a different width or number of channels', 16);
      }
      return picture.pixels;
    },
  };
}

/**
 * The spec to draw a picture with: PNG with few residuals that wrap around 255, unless the spec says
 * otherwise, because freely drawn ones look like static. Other specs are returned unchanged.
 */
export function drawnPngSpec(spec: string): string {
  const { name, text } = splitSpec(spec);
  if (name !== 'png' || /(^|,)\s*wrap/.test(text)) return spec;
  return withOption(spec, 'wrap=0');
}
