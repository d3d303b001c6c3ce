// Pictures: pixels row by row, of which the left or the upper part is given.

import type { Picture } from '../engines/png/picture.js';
import { writePng } from '../engines/png/write.js';
import { UsageError } from '../errors.js';
import { readUprightPng } from '../modality/exif.js';
import {
  DEFAULT_MAX_PIXELS,
  formatOfPicture,
  givenCanvas,
  type PictureLimits,
  type PictureRead,
  pictureOfBytes,
  shrink,
  toGrey,
} from '../modality/image.js';
import {
  type GivenPart,
  type GivenSide,
  givenPart,
  missingPixels,
} from '../modality/image-given.js';
import type { ImageFormat, MaybePromise } from '../types.js';
import type { Content, Cut, CutOptions, Medium } from './medium.js';

/** @param readJpeg what reads a JPEG: it needs a package. */
export function pictureMedium(
  readJpeg: (file: Uint8Array, limits: PictureLimits) => MaybePromise<PictureRead>,
): Medium {
  return {
    name: 'picture',
    kind: 'image',
    per: 'pixel and channel',
    counted: 'pixels',
    compressor: 'png',
    flags: [
      ...['given', 'protocol', 'maxSize', 'grey', 'width', 'height', 'sheet', 'beside'],
      ...['topK', 'topP', 'minP', 'spans', 'candidates', 'proposal', 'beta'],
      ...['scoreHeat', 'scoreOutput', 'scoreForce'],
    ],
    recognises: (start) => isPng(start) || (start[0] === 0xff && start[1] === 0xd8),
    async read(file) {
      const limits = { maxPixels: DEFAULT_MAX_PIXELS };
      const isJpeg = file[0] === 0xff;
      return contentOf(isJpeg ? await readJpeg(file, limits) : readUprightPng(file, limits));
    },
    blank,
    cut: cutPicture,
    count: (bytes, format) => bytes / (format.kind === 'image' ? format.channels : 1),
    endings: ['.png'],
    write: ({ bytes, format }) => writePng(pictureOfBytes(bytes, format as ImageFormat)),
  };
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

function isPng(start: Uint8Array): boolean {
  return PNG.every((byte, i) => start[i] === byte);
}

function contentOf({ picture, notKept, assumed }: PictureRead): Content {
  return { format: formatOfPicture(picture), data: picture.pixels, notKept, assumed };
}

/** The picture that a content or a passage is. */
export function pictureOf({ format, data }: Pick<Content, 'format' | 'data'>): Picture {
  return pictureOfBytes(data, format as ImageFormat);
}

/** Made smaller and grey, as the options say. */
export function preparePicture(content: Content, { maxSize, grey }: CutOptions): Picture {
  const whole = pictureOf(content);
  const small = maxSize === undefined ? whole : shrink(whole, maxSize);
  return grey ? toGrey(small) : small;
}

function cutPicture(content: Content, options: CutOptions): Cut {
  const { protocol, width, height } = options;
  const side = readGivenSide(options.given ?? 'left');
  const isPaper = protocol === 'paper';
  if (isPaper && side.side !== 'left') {
    throw new UsageError('--protocol paper gives the left of each row; try --given left:0.3');
  }
  if (width !== undefined || height !== undefined) {
    throw new UsageError('--width and --height need --given none and no picture');
  }
  const picture = preparePicture(content, isPaper ? { ...options, grey: true } : options);
  const given = givenPart(side, picture);
  const fresh = isPaper ? picture.width * picture.channels : undefined;
  return cutOf(picture, given, missingPixels(given, picture), fresh);
}

function cutOf(picture: Picture, given: GivenPart, truePixels: number, fresh?: number): Cut {
  const format = formatOfPicture(picture);
  const passage = { bytes: picture.pixels, from: 0, format, given, fresh };
  return { passage, trueBytes: truePixels * picture.channels };
}

function blank({ given, width, height, protocol, grey }: CutOptions): Cut {
  if (given === undefined || readGivenSide(given).side !== 'none') {
    throw new UsageError('--width and --height need --given none and no picture');
  }
  if (width === undefined || height === undefined) {
    throw new UsageError('--given none without a picture needs --width and --height');
  }
  if (protocol === 'paper') throw new UsageError('--protocol paper needs a picture');
  if (width * height > DEFAULT_MAX_PIXELS) {
    throw new UsageError(`${width} × ${height} pixels exceed the limit of ${DEFAULT_MAX_PIXELS}`);
  }
  const channels = grey ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  return cutOf({ width, height, channels, pixels }, { rows: 0, columns: 0 }, 0);
}

/** Reads `left`, `top:64`, `left:0.3`, `half` or `none`. @throws UsageError for anything else. */
function readGivenSide(text: string): GivenSide {
  if (text === 'none') return { side: 'none', amount: 0 };
  if (text === 'half') return { side: 'left', amount: 0.5 };
  const [, side, digits = '0.5'] = /^(left|top)(?::(\d+|0?\.\d+))?$/.exec(text) ?? [];
  if (side === 'left' || side === 'top') return { side, amount: Number(digits) };
  throw new UsageError(
    `"--given" of a picture expected left, top, left:0.3, top:64, half or none, got "${text}"`,
  );
}

/** The given part of a passage as a picture, the rest of it mid-grey. */
export function canvasOf({ bytes, format, given }: Cut['passage']): Picture {
  const picture = pictureOfBytes(bytes, format as ImageFormat);
  return givenCanvas(picture, given ?? { rows: picture.height, columns: 0 });
}
