// EXIF orientation (CIPA DC-008, tag 274, in the TIFF structure of TIFF 6.0 §2): reads it and
// applies it to a picture.

import type { Picture } from '../engines/png/picture.js';
import { readPng } from '../engines/png/read.js';
import type { PictureLimits, PictureRead } from './image.js';

/** 1: as stored. 2, 4, 5 and 7 are mirrored; from 5 on, rows and columns are swapped. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

const ORIENTATION_TAG = 274;
const SHORT = 3;
const ENTRY_BYTES = 12;

/** The orientation in EXIF data that start at their TIFF header; 1 if missing or invalid. */
export function orientationOf(exif: Uint8Array): Orientation {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.length);
  if (exif.length < 8) return 1;
  const mark = view.getUint16(0);
  const little = mark === 0x4949;
  if (!little && mark !== 0x4d4d) return 1;
  const directory = view.getUint32(4, little);
  if (view.getUint16(2, little) !== 42 || directory + 2 > exif.length) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + i * ENTRY_BYTES;
    if (at + ENTRY_BYTES > exif.length) return 1;
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    const isWhole =
      view.getUint16(at + 2, little) === SHORT && view.getUint32(at + 4, little) === 1;
    return isWhole && value >= 1 && value <= 8 ? (value as Orientation) : 1;
  }
  return 1;
}

/** The picture in its display orientation. */
export function orient(picture: Picture, orientation: Orientation): Picture {
  if (orientation === 1) return picture;
  const { channels, pixels } = picture;
  const swaps = orientation >= 5;
  const width = swaps ? picture.height : picture.width;
  const height = swaps ? picture.width : picture.height;
  // Position of the first displayed pixel in the stored picture.
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const stepX = (fromRight ? -1 : 1) * channels;
  const stepY = (fromBottom ? -1 : 1) * channels * picture.width;
  const first =
    (fromRight ? (picture.width - 1) * channels : 0) +
    (fromBottom ? (picture.height - 1) * picture.width * channels : 0);
  const along = swaps ? stepY : stepX;
  const down = swaps ? stepX : stepY;
  const turned = new Uint8Array(pixels.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = first + y * down;
    for (let x = 0; x < width; x++, from += along) {
      for (let c = 0; c < channels; c++) turned[to++] = pixels[from + c]!;
    }
  }
  return { width, height, channels, pixels: turned };
}

/** Reads a PNG file and applies its orientation. @throws as `readPng` */
export function readUprightPng(file: Uint8Array, limits: PictureLimits): PictureRead {
  const { picture, exif, notKept, assumed } = readPng(file, limits);
  return { picture: exif ? orient(picture, orientationOf(exif)) : picture, notKept, assumed };
}
