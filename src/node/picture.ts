// Files of pictures: PNG and JPEG, told apart by their first byte.

import { readUprightPng } from '../modality/exif.js';
import type { PictureLimits, PictureRead } from '../modality/image.js';
import { readJpeg } from './jpeg.js';

/**
 * @throws CorruptDataError if the file is damaged or ends too soon.
 * @throws UsageError for a kind of picture that is not read, or more pixels than allowed.
 */
export async function readPictureFile(
  file: Uint8Array,
  limits: PictureLimits,
): Promise<PictureRead> {
  return file[0] === 0xff ? readJpeg(file, limits) : readUprightPng(file, limits);
}
