// What is known of the picture: all its pixels so far, and around the next pixel the values of
// neighbours, also of those outside the picture.

import { allocate, extendTo } from '../memory';

@unmanaged
class Picture {
  width: usize;
  channels: usize;
  /** Position of the next pixel, and the channel of the next value. */
  x: usize;
  y: usize;
  channel: usize;
  /** Four rows of each channel, padded on both sides. */
  rows: usize;
  /** Which of the four rows is the current one; the one above it follows, and so on. */
  top: usize;
  /** All pixels so far, with their channels interleaved. */
  pixels: usize;
}
export const picture = changetype<Picture>(memory.data(32, 16));

const ROWS_ABOVE = 3;
const ROWS: usize = 4;
/** Padding on each side of a row, in pixels: the largest horizontal distance of a neighbour. */
const MARGIN: usize = 4;
/** Value of all neighbours of the first pixel. */
const MIDDLE: f32 = 128;

/** Pixels of a row with its padding. */
// @ts-ignore: decorator
@inline
function padded(): usize {
  return picture.width + 2 * MARGIN;
}

/** Starts a picture. */
export function startPicture(width: usize, channels: usize): void {
  picture.width = width;
  picture.channels = channels;
  const values = ROWS * padded() * channels;
  picture.rows = allocate(4 * values);
  for (let i: usize = 0; i < values; i++) store<f32>(picture.rows + 4 * i, MIDDLE);
}

/** Makes room for the pixels, which grow row by row; nothing else may be allocated after that. */
export function startPixels(): void {
  picture.pixels = allocate(picture.width * picture.channels);
}

/** Address of the next pixel's column in the row `up` above the current one. */
// @ts-ignore: decorator
@inline
function columnOf(c: usize, up: usize): usize {
  const row = c * ROWS + ((picture.top + up) & (ROWS - 1));
  return picture.rows + 4 * (row * padded() + picture.x + MARGIN);
}

/**
 * The value of channel c, `up` rows above the next pixel and `right` columns to its right. Positions
 * left of the picture have the value of the first pixel of the row above, those right of it the value
 * of the last pixel of their row, and those above it the value of the pixel to the left.
 */
// @ts-ignore: decorator
@inline
export function near(c: usize, up: usize, right: i32): f64 {
  return <f64>load<f32>(columnOf(c, up) + 4 * right);
}

/** Address of a known pixel. */
// @ts-ignore: decorator
@inline
export function pixelAt(x: usize, y: usize): usize {
  return picture.pixels + (y * picture.width + x) * picture.channels;
}

/** Sets the next value, without moving past it. */
export function put(value: i32): void {
  const width = picture.width;
  const x = picture.x;
  const y = picture.y;
  const c = picture.channel;
  store<u8>(pixelAt(x, y) + c, <u8>value);
  const v = <f32>value;
  const at = columnOf(c, 0);
  store<f32>(at, v);
  if (y === 0) {
    for (let up = 1; up <= ROWS_ABOVE; up++) fill(columnOf(c, up) + 4, MARGIN, v);
    if (x === 0) {
      for (let up = 0; up <= ROWS_ABOVE; up++) fill(columnOf(c, up) - 4 * MARGIN, MARGIN + 1, v);
    }
  }
  if (x === width - 1) fill(at + 4, MARGIN, v);
}

/** Moves past the next pixel. */
export function advance(): void {
  if (++picture.x < picture.width) return;
  picture.x = 0;
  picture.y++;
  picture.top = (picture.top + ROWS - 1) & (ROWS - 1);
  for (let c: usize = 0; c < picture.channels; c++) {
    fill(columnOf(c, 0) - 4 * MARGIN, MARGIN, load<f32>(columnOf(c, 1)));
  }
  extendTo(pixelAt(0, picture.y + 1));
}

function fill(at: usize, count: usize, value: f32): void {
  for (let i: usize = 0; i < count; i++) store<f32>(at + 4 * i, value);
}
