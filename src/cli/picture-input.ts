// A picture named on the command line, cut where it is to be continued, and pictures on their way
// out.

import type { Picture } from '../engines/png/picture.js';
import { UsageError } from '../errors.js';
import { DEFAULT_MAX_PIXELS, shrink, toGrey } from '../modality/image.js';
import { type GivenPart, givenPart } from '../modality/image-given.js';
import { FileError } from '../node/files.js';
import { readPictureFile } from '../node/picture.js';
import { readWhole } from './compress-output.js';
import { isSide, type MediaFlags } from './media-flags.js';
import { notifyOfReading } from './notify.js';

export interface GivenPicture {
  readonly picture: Picture;
  readonly part: GivenPart;
}

/**
 * @throws FileError if it cannot be read or is damaged, UsageError for a kind of picture that is
 *   not read, or if more is given than there is.
 */
export async function readGivenPicture(path: string, flags: MediaFlags): Promise<GivenPicture> {
  const { given = { side: 'left', amount: 0.5 } } = flags;
  if (!isSide(given)) {
    throw new UsageError('--given of a picture expected left, top, left:0.3, top:64 or none');
  }
  if (flags.protocol === 'paper' && given.side !== 'left') {
    throw new UsageError('--protocol paper gives the left of each row; --given left:0.3, say');
  }
  if (flags.width !== undefined || flags.height !== undefined) {
    throw new UsageError('--width and --height need --given none and no picture');
  }
  const whole = await readPicture(path);
  const small = flags.maxSize === undefined ? whole : shrink(whole, flags.maxSize);
  const picture = flags.grey || flags.protocol === 'paper' ? toGrey(small) : small;
  return { picture, part: givenPart(given, picture) };
}

/** Of the size that the flags say, nothing of it given. */
export function emptyPicture(flags: MediaFlags): GivenPicture {
  const { width, height, protocol } = flags;
  if (width === undefined || height === undefined) {
    throw new UsageError('--given none without a picture needs --width and --height');
  }
  if (protocol === 'paper') throw new UsageError('--protocol paper needs a picture');
  if (width * height > DEFAULT_MAX_PIXELS) {
    throw new UsageError(`${width} × ${height} pixels exceed the limit of ${DEFAULT_MAX_PIXELS}`);
  }
  const channels = flags.grey ? 1 : 3;
  const pixels = new Uint8Array(width * height * channels);
  return { picture: { width, height, channels, pixels }, part: { rows: 0, columns: 0 } };
}

/** A PNG or a JPEG, `-` for that of stdin. @throws FileError or UsageError, one line that names the file. */
export async function readPicture(path: string): Promise<Picture> {
  const file = await readWhole(path);
  try {
    const read = await readPictureFile(file, { maxPixels: DEFAULT_MAX_PIXELS });
    notifyOfReading(path, read);
    return read.picture;
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`"${path}": ${error.message}`);
    throw new FileError(`cannot read "${path}": ${(error as Error).message}`, { cause: error });
  }
}

/** The compressor for pictures where none was asked for. */
export function pictureSpec(asked: string | undefined): string {
  return asked ?? 'png';
}
