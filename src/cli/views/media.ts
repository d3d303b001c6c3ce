// Shows drawn pictures and sounds: in the terminal, and on a sheet beside the truth and the results
// of other compressors.

import type { Picture } from '../../engines/png/picture.js';
import { canvasOf } from '../../media/picture.js';
import { pictureOfBytes } from '../../modality/image.js';
import { heldOutBytes, type Passage } from '../../passage/passage.js';
import type { AudioFormat, ImageFormat } from '../../types.js';
import { type Io, paletteOf } from '../io.js';
import { halfBlocks } from './half-blocks.js';
import { drawPictureSheet } from './picture-sheet.js';
import { drawSheet } from './sound-sheet.js';
import { drawWaveform } from './waveform.js';

/** A passage completed by one compressor. */
export interface Completion {
  readonly title: string;
  readonly note: string;
  readonly passage: Passage;
}

interface MediaView {
  /** Text for a terminal; empty if the terminal cannot show it. */
  show(io: Io, passage: Passage): string;
  /** A picture that is filled while drawing, as a preview; undefined for media without one. */
  canvas?(passage: Passage): Picture;
  /** The sheet as SVG. @param truth undefined if the true continuation is unknown. */
  sheet(truth: Passage | undefined, given: Passage, completions: readonly Completion[]): string;
}

export const MEDIA_VIEWS: Readonly<Record<string, MediaView>> = {
  picture: {
    show(io, { bytes, format }) {
      if (paletteOf(io).depth !== 'truecolour') return '';
      const columns = Math.min(io.stdout.columns ?? 80, 96);
      return halfBlocks(pictureOfBytes(bytes, format as ImageFormat), columns, 40);
    },
    canvas: canvasOf,
    sheet(truth, given, completions) {
      const canvas = canvasOf(given);
      const size = `${canvas.width} × ${canvas.height}`;
      const whole = (passage: Passage): Picture =>
        pictureOfBytes(passage.bytes, passage.format as ImageFormat);
      return drawPictureSheet([
        ...(truth ? [{ picture: whole(truth), title: 'truth', note: size }] : []),
        { picture: canvas, title: 'given', note: shareOf(given, canvas) },
        ...completions.map(({ passage, ...caption }) => ({ picture: whole(passage), ...caption })),
      ]);
    },
  },
  sound: {
    show(io, passage) {
      const format = passage.format as AudioFormat;
      const given = passage.bytes.subarray(0, passage.from);
      return drawWaveform(given, heldOutBytes(passage), format, paletteOf(io));
    },
    sheet(truth, given, completions) {
      const rows = completions.map(({ title, passage }) => ({
        title,
        data: heldOutBytes(passage),
      }));
      const truly = {
        title: 'original',
        data: truth ? heldOutBytes(truth) : new Uint8Array(),
      };
      const before = given.bytes.subarray(0, given.from);
      return drawSheet(before, [truly, ...rows], given.format as AudioFormat);
    },
  },
};

function shareOf({ given }: Passage, { width, height }: Picture): string {
  if (!given) return '';
  if (given.rows > 0) return `the first ${given.rows} of ${height} rows`;
  return given.columns > 0 ? `the left ${given.columns} of ${width} columns` : 'nothing';
}
